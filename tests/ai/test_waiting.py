"""Calls beside each other and beside other work: bounded, left at the deadline, given up."""

import socket
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from devpilot.adapters.ai import (
    AiFailed,
    AiProvider,
    AiQuestion,
    Cancelled,
    InvalidResponse,
    TimedOut,
    Unavailable,
)
from tests.ai.asking import GOOD, KEY, QUESTION, SCHEMA, SECONDS, nothing_left

pytestmark = pytest.mark.slow


@pytest.mark.slow
def test_calls_at_once_are_bounded(server):
    lasting = 4 * SECONDS  # so long that a busy machine begins all sixteen within it
    provider = AiProvider(KEY, server.url, "m", seconds=lasting, at_once=8)
    server.way = "hang"

    def ask(_):
        started = time.monotonic()
        with pytest.raises(AiFailed) as caught:
            provider.ask(QUESTION)
        return type(caught.value), time.monotonic() - started

    with nothing_left(server), ThreadPoolExecutor(16) as pool:
        found = list(pool.map(ask, range(16)))
    assert sorted(kind.__name__ for kind, _ in found) == ["TimedOut"] * 8 + ["Unavailable"] * 8
    assert max(seconds for kind, seconds in found if kind is Unavailable) < lasting / 2
    assert server.most_at_once == len(server.requests) == 8
    server.way = "good"
    assert provider.ask(QUESTION).data == GOOD


def test_one_line_is_free_again_as_soon_as_it_answered(server):
    provider = AiProvider(KEY, server.url, "m", seconds=5, at_once=1)
    for _ in range(20):
        assert provider.ask(QUESTION).data == GOOD


@pytest.mark.parametrize("way", ["hang", "drip", "drip headers"])
def test_cancelled(server, way):
    provider = AiProvider(KEY, server.url, "m", seconds=10)
    server.way = way
    given_up = threading.Event()
    threading.Timer(0.15, given_up.set).start()
    started = time.monotonic()
    with nothing_left(server), pytest.raises(Cancelled):
        provider.ask(QUESTION, cancelled=given_up.is_set)
    assert time.monotonic() - started < 1


def test_cancelled_before_it_began_and_not_at_all(server, provider):
    with pytest.raises(Cancelled):
        provider.ask(QUESTION, cancelled=lambda: True)
    assert provider.ask(QUESTION, cancelled=lambda: False).data == GOOD


def test_the_second_try_has_no_time_of_its_own(server, provider, monkeypatch):
    server.way = "refuses the format"
    post, line_of = provider._endpoint.post, []

    def slow(line, request):
        line_of.append(line)
        time.sleep(0.3)
        return post(line, request)

    monkeypatch.setattr(provider._endpoint, "post", slow)
    with nothing_left(server), pytest.raises(TimedOut):
        provider.ask(QUESTION)
    assert line_of[0] is line_of[-1]
    assert len(server.requests) == 1


def test_a_connection_that_nobody_takes(server):
    with socket.create_server(("127.0.0.1", 0), backlog=0) as deaf:
        address = deaf.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        provider = AiProvider(KEY, f"http://127.0.0.1:{address[1]}/v1", "m", seconds=SECONDS)
        started = time.monotonic()
        with nothing_left(server), pytest.raises(TimedOut):
            provider.ask(QUESTION)
        assert time.monotonic() - started < SECONDS + 1
        for each in waiting:
            each.close()


def test_a_name_that_is_looked_up_for_ever_keeps_its_line_alone(server, monkeypatch):
    """Nobody can interrupt the system there: the call is left, and its thread ends by itself."""
    provider = AiProvider(KEY, server.url, "m", seconds=0.2, at_once=1)
    look_up, found = socket.getaddrinfo, threading.Event()

    def slow(*args, **more):
        found.wait(5)
        return look_up(*args, **more)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    with nothing_left(server):
        started = time.monotonic()
        with pytest.raises(TimedOut):
            provider.ask(QUESTION)
        assert time.monotonic() - started < 1
        with pytest.raises(Unavailable, match="busy"):
            provider.ask(QUESTION)
        found.set()
    assert server.requests == []
    assert provider.ask(QUESTION).data == GOOD


def test_a_thread_that_cannot_start(server, provider, monkeypatch):
    def refuse(_):
        raise RuntimeError("can't start new thread")

    with monkeypatch.context() as patched:
        patched.setattr(threading.Thread, "start", refuse)
        for _ in range(20):
            with pytest.raises(Unavailable, match="no thread"):
                provider.ask(QUESTION)
    assert provider.ask(QUESTION).data == GOOD


def test_a_fault_of_our_own_is_no_third_kind(server, provider, told):
    question = AiQuestion("s", "a lone \ud800 surrogate", SCHEMA, "step_1")
    with nothing_left(server), pytest.raises(Unavailable):
        provider.ask(question)
    assert told[-1]["why"] == "UnicodeEncodeError"


def test_other_threads_go_on(server):
    provider = AiProvider(KEY, server.url, "m", seconds=SECONDS)
    server.way = "hang"
    pauses, done = [], threading.Event()

    def tick():
        last = time.monotonic()
        while not done.wait(0.005):
            now = time.monotonic()
            pauses.append(now - last)
            last = now

    ticking = threading.Thread(target=tick)
    ticking.start()
    with pytest.raises(TimedOut):
        provider.ask(QUESTION)
    done.set()
    ticking.join()
    assert len(pauses) > 20
    assert max(pauses) < 0.3


@pytest.mark.slow
def test_nothing_is_left_after_many_failures(server):
    provider = AiProvider(KEY, server.url, "m", seconds=0.1)
    hows = ["hang", "drip headers", "cut", 500, "huge", "redirect", "text around", "good"]
    with nothing_left(server):
        for turn in range(40):
            server.way = hows[turn % len(hows)]
            try:
                provider.ask(QUESTION)
            except (TimedOut, Unavailable, InvalidResponse):
                continue
    assert len(server.requests) == 40
    assert server.strayed == []
