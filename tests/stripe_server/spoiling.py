"""How an answer goes wrong: each way that `failures` names, carried out on one request."""

import json
from collections.abc import Callable, Iterator

from tests.stripe_server import buying
from tests.stripe_server.api import Answer, Api, Recorded
from tests.stripe_server.errors import injected
from tests.stripe_server.failures import Failure
from tests.stripe_server.listener import Exchange
from tests.stripe_server.objects import new_id
from tests.stripe_server.store import Store

CHUNK = 65_536
HTML = b"<!doctype html><title>Maintenance</title><h1>We'll be right back.</h1>"
BROKEN = b'{\n  "id": "cus_broken",\n  "object": "cust'


class Spoiler:
    def __init__(self, api: Api, stranger: Callable[[], str]) -> None:
        self.api = api
        self.stranger = stranger
        """The address of another host, for redirects; it begins to listen when asked for."""

    def serve(self, exchange: Exchange, asked: Recorded, failure: Failure) -> None:
        if failure.how == "deleted customer":
            delete_customer(self.api.store, asked)
        answer = Answer(200, b"{}")
        if failure.executed:
            answer = self.api.answer(asked, failure.pause)
        if isinstance(failure.how, int):
            self._status(exchange, failure.how)
        elif failure.how == "kept 500":
            self.api.keep(asked, 500, self._status(exchange, 500))
        elif failure.how == "timeout":
            failure.wait()
            exchange.hang_up()
        elif failure.how == "hang up":
            exchange.hang_up()
        elif failure.how == "redirect":
            query = f"?{exchange.query}" if exchange.query else ""
            exchange.answer(307, b"", {"Location": self.stranger() + asked.path + query})
        else:
            self._body(exchange, asked, failure, answer)

    def _status(self, exchange: Exchange, status: int) -> bytes:
        request_id = new_id("req_", 14)
        body = json.dumps(injected(status).body(request_id), indent=2).encode()
        exchange.answer(status, body, {"Request-Id": request_id})
        return body

    def _body(self, exchange: Exchange, asked: Recorded, failure: Failure, answer: Answer) -> None:
        fixed = {"html": HTML, "malformed": BROKEN, "empty": b"", "body": failure.body}
        whole = answer.body
        if failure.how in fixed:
            kind = "text/html" if failure.how == "html" else "application/json"
            exchange.answer(200, fixed[str(failure.how)], kind=kind)
        elif failure.how == "cut":
            exchange.answer(answer.status, whole[: len(whole) // 2], length=len(whole))
            exchange.hang_up()
        elif failure.how == "drip":
            exchange.answer(answer.status, dripping(whole, failure), length=len(whole))
        elif failure.how == "huge":
            length = len(whole) + len(padding(b"")) + failure.size
            exchange.answer(answer.status, padded(whole, failure.size), length=length)
        else:
            if failure.how == "wrong price":
                whole = other_prices(self.api.store, whole)
            asked.status = answer.status
            exchange.answer(answer.status, whole, answer.headers)


def dripping(whole: bytes, failure: Failure) -> Iterator[bytes]:
    for at in range(len(whole)):
        yield whole[at : at + 1]
        if failure.wait(failure.seconds):
            raise BrokenPipeError("released")


def padding(inside: bytes) -> bytes:
    return b'"padding": "' + inside + b'", '


def padded(whole: bytes, size: int) -> Iterator[bytes]:
    """The JSON object with one more member of this many bytes, in chunks."""
    start, end = padding(b"|").split(b"|")
    yield whole[:1] + start
    for left in range(size, 0, -CHUNK):
        yield b"a" * min(left, CHUNK)
    yield end + whole[1:]


def other_prices(store: Store, whole: bytes) -> bytes:
    for name in store.prices:
        whole = whole.replace(name.encode(), b"price_another" + name[-11:].encode())
    return whole


def delete_customer(store: Store, asked: Recorded) -> None:
    """Whoever the request is about: named in it, or by the subscription or session it names."""
    with store.lock:
        about = store.by_id(asked.path.split("/")[-1]) or {}
        names = {str(asked.params.get("customer")), about.get("customer", ""), about.get("id", "")}
        for name in names & store.customers.keys():
            if not store.customers[name].get("deleted"):
                buying.delete_customer(store, store.customers[name])
