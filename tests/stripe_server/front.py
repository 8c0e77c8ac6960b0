"""A request as it comes in: a page or the API; kept, and answered rightly or spoiled.

Owns the requests that were made, and the other host that redirects lead to.
"""

import copy
from urllib.parse import parse_qs

from tests.stripe_server import pages, params
from tests.stripe_server.api import Api, Recorded
from tests.stripe_server.errors import ApiError
from tests.stripe_server.failures import Failures
from tests.stripe_server.listener import Exchange, Listener
from tests.stripe_server.objects import API_VERSION
from tests.stripe_server.spoiling import Spoiler
from tests.stripe_server.store import Store

PAGES = ("/c/pay/", "/p/session/")


class Front:
    def __init__(self, store: Store, api_key: str) -> None:
        self.store = store
        self.api = Api(store, api_key)
        self.failures = Failures()
        self.requests: list[Recorded] = []
        self.strayed: list[Recorded] = []
        self._spoiler = Spoiler(self.api, self._other_host)
        self._stranger: Listener | None = None

    def clear(self) -> None:
        self.failures.clear()
        self.api.keys.clear()
        self.requests.clear()
        self.strayed.clear()

    def close(self) -> None:
        if self._stranger is not None:
            self._stranger.close()
            self._stranger = None

    def serve(self, exchange: Exchange) -> None:
        if exchange.asked_path.startswith(PAGES):
            form = {name: texts[-1] for name, texts in parse_qs(exchange.body).items()}
            pages.serve(self.store, exchange, form)
            return
        asked = _recorded(exchange)
        self.requests.append(asked)
        failure = self.failures.take(asked.method, asked.path)
        if failure is not None:
            self._spoiler.serve(exchange, asked, failure)
            return
        made = self.api.answer(asked)
        asked.status = made.status
        exchange.answer(made.status, made.body, made.headers)

    def _other_host(self) -> str:
        if self._stranger is None:
            self._stranger = Listener(0, self._serve_stranger)
        return f"http://localhost:{self._stranger.port}"

    def _serve_stranger(self, exchange: Exchange) -> None:
        """Answers like the true one, whoever asks: only `strayed` tells that it was reached."""
        asked = _recorded(exchange)
        self.strayed.append(copy.deepcopy(asked))
        asked.headers = {
            **asked.headers,
            "authorization": f"Bearer {self.api.api_key}",
            "stripe-version": API_VERSION,
        }
        made = self.api.answer(asked)
        exchange.answer(made.status, made.body, made.headers)


def _recorded(exchange: Exchange) -> Recorded:
    headers = {name.lower(): value for name, value in exchange.headers.items()}
    encoded = exchange.body if exchange.command == "POST" else exchange.query
    try:
        given = params.nested(encoded)
    except ApiError:
        given = {encoded: ""}  # no endpoint knows such a name, so it is refused there
    return Recorded(exchange.command, exchange.asked_path, given, headers)
