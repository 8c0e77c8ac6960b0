"""The layout program: every way it fails is a picture less, and never an error."""

import json
import stat
import subprocess

import pytest
from structlog.testing import capture_logs

from devpilot.adapters import graphviz
from devpilot.document.outline import Outline
from devpilot.document.pictures import gallery, pictures_of, placed
from devpilot.document.pictures.dot import Graph, graph_of
from devpilot.document.pictures.positions import read_answer
from devpilot.methodology import EXAMPLES

GOOD = Graph("good", "digraph good { a -> b }\n")
BAD = Graph("bad", "digraph bad { a -> larger, and so after the others; \n")


@pytest.fixture
def program(tmp_path, monkeypatch):
    """Puts a program of ours in the place of the layout program."""

    def install(script):
        path = tmp_path / "graphviz-pure"
        path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setattr(graphviz, "executable", lambda: str(path))

    return install


def test_each_graph_is_answered_by_its_name():
    other = Graph("other", "digraph other { c }\n")
    answers = graphviz.lay_out([GOOD, other])
    assert {name: answer["name"] for name, answer in answers.items()} == {
        "good": "good",
        "other": "other",
    }


def test_one_that_cannot_be_read_does_not_take_the_ones_before_it_along():
    with capture_logs() as logs:
        assert graphviz.lay_out([GOOD, BAD]).keys() == {"good"}
    assert [(log["event"], log["missing"]) for log in logs] == [("layout_failed", 1)]


@pytest.mark.parametrize(
    "script",
    [
        "exit 1",
        "echo 'not json'",
        'printf \'{"name": "good", "objects": [\'',
        "printf '{\"nothing\": 1}'",
        "kill -9 $$",
        "head -c 100000 /dev/zero",
    ],
)
def test_a_program_that_fails_is_no_error(program, script):
    program(script)
    with capture_logs() as logs:
        assert graphviz.lay_out([GOOD]) == {}
    assert {log["event"] for log in logs} == {"layout_failed"}


def test_a_program_that_hangs_is_ended(program):
    program("exec sleep 30")
    with capture_logs() as logs:
        assert graphviz.lay_out([GOOD], 0.3) == {}
    assert "too slow" in {log["why"] for log in logs}


@pytest.mark.slow
def test_what_was_laid_out_in_time_counts(program):
    program("""printf '{"name": "good"}'; exec sleep 30""")
    assert graphviz.lay_out([GOOD, BAD], 2.0) == {"good": {"name": "good"}}


def test_no_program_is_no_error(monkeypatch):
    monkeypatch.setattr(graphviz, "executable", lambda: None)
    assert graphviz.lay_out([GOOD]) == {}


def test_a_program_that_is_gone_is_no_error(monkeypatch, tmp_path):
    monkeypatch.setattr(graphviz, "executable", lambda: str(tmp_path / "gone"))
    assert graphviz.lay_out([GOOD]) == {}


def test_another_version_is_not_used(monkeypatch):
    graphviz._is_ours.cache_clear()
    monkeypatch.setattr(graphviz, "LAYOUT_VERSION", "0.0.1")
    assert graphviz.executable() is None
    monkeypatch.undo()
    graphviz._is_ours.cache_clear()
    assert graphviz.executable()


def test_a_program_that_did_not_answer_is_asked_again(monkeypatch):
    def late(*_arguments, **_options):
        raise subprocess.TimeoutExpired("dot", 20)

    graphviz._is_ours.cache_clear()
    with monkeypatch.context() as busy:
        busy.setattr(subprocess, "run", late)
        assert graphviz.executable() is None
    assert graphviz.executable()


def test_no_more_than_two_run_at_once():
    with graphviz._AT_ONCE, graphviz._AT_ONCE, capture_logs() as logs:
        assert graphviz.lay_out([GOOD], 0.2) == {}
    assert logs[0]["why"] == "busy"
    assert graphviz.lay_out_patiently([GOOD])


@pytest.fixture
def scene():
    return pictures_of(Outline(EXAMPLES["wellbrook"].steps, complete=True))[0].scene


@pytest.mark.parametrize(
    "answer",
    [None, [], 1, {}, {"bb": "0,0"}, {"bb": "0,0,9,9", "objects": []},
     {"bb": "0,0,9,9", "objects": [{"name": "b0", "pos": "1,nan"}]},
     {"bb": "0,0,inf,inf", "objects": "b"}],
)  # fmt: skip
def test_an_answer_that_does_not_fit_is_no_answer(scene, answer):
    assert read_answer(scene, answer) is None


def test_a_failure_is_not_kept(scene):
    pictures = pictures_of(Outline(EXAMPLES["wellbrook"].steps, complete=True))
    gallery.kept.clear()
    assert placed(pictures, lambda _graphs: {}) == {}
    assert len(placed(pictures, graphviz.lay_out)) == len(pictures)


def test_what_is_kept_is_bounded(monkeypatch, scene):
    monkeypatch.setattr(gallery, "_MOST_KEPT", 3)
    kept = gallery._Kept()
    positions = read_answer(scene, graphviz.lay_out([graph_of(scene)])[graph_of(scene).name])
    for number in range(9):
        kept.put(json.dumps(number), positions)
    assert [kept.get(json.dumps(n)) is not None for n in range(9)] == [False] * 6 + [True] * 3
