"""How a call reaches an AI provider: one attempt, a cap on bytes, and nothing from the environment.

The SDK tries three times, obeys Retry-After, follows redirects with the key, and takes
headers and a log level from the environment. A newcomer's likely mistake: letting the SDK read
an answer; it reads whatever comes to its end, and passes HTML on as a text.
"""

import logging
import ssl
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from devpilot.adapters.ai_answer import InvalidResponse, TimedOut, Unavailable
from devpilot.adapters.ai_lines import Line

if TYPE_CHECKING:
    import httpx2

MOST_BYTES = 2 * 1024 * 1024
"""Of one answer. 4,000 tokens are some 16 kB."""

_NAMED_BYTES = 65_536
"""Of a refusal; what it names stands at its beginning."""

_LOOPBACK = {"127.0.0.1", "localhost", "::1"}


class FormatRefused(Unavailable):
    """The provider does not take a request with a `response_format`."""


class Endpoint:
    """One OpenAI-compatible server. Each request has a connection of its own."""

    def __init__(self, api_key: str, base_url: str) -> None:
        # Nearly a second, which only those pay who set AI up; and not within the first call.
        import httpx2  # noqa: PLC0415
        from openai.resources.chat import completions  # noqa: F401, PLC0415

        for name in ("openai", "httpx2", "httpcore2"):
            # OPENAI_LOG=debug writes all that is sent; the others, the addresses.
            logging.getLogger(name).setLevel(logging.WARNING)
        self._key = api_key
        self._base_url = base_url
        self._is_outside = urlsplit(base_url).hostname not in _LOOPBACK
        # Reading all authorities takes long; without TLS there is nobody to trust.
        has_tls = urlsplit(base_url).scheme == "https"
        self._tls = (
            httpx2.create_ssl_context() if has_tls else ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        )

    def post(self, line: Line, request: dict[str, Any]) -> bytes:
        """The body of the answer to one chat completion. Raises an AiFailed."""
        import httpx2  # noqa: PLC0415
        import openai  # noqa: PLC0415

        line.ensure_whole()
        try:
            with httpx2.Client(
                verify=self._tls,
                trust_env=self._is_outside,  # a proxy of the machine's is for the world outside
                follow_redirects=False,
                timeout=line.left(),  # of each read; the line holds the total
                event_hooks={"request": [partial(self._dress, line)], "response": [_admit]},
            ) as http:
                sdk = openai.OpenAI(
                    api_key=self._key, base_url=self._base_url, max_retries=0, http_client=http
                )
                asked = sdk.chat.completions.with_streaming_response.create(**request)
                with asked as answer:
                    return _whole(answer.iter_bytes())
        except (openai.APITimeoutError, httpx2.TimeoutException) as error:
            raise TimedOut("network") from error
        except (openai.OpenAIError, httpx2.HTTPError, OSError) as error:
            raise Unavailable(type(error.__cause__ or error).__name__) from error

    def _dress(self, line: Line, request: "httpx2.Request") -> None:
        """These headers and no others: the SDK adds what it knows of the machine, and whatever
        OPENAI_CUSTOM_HEADERS and its like say.
        """
        mode = request.headers["x-stainless-raw-response"]  # the SDK reads it once more itself
        request.headers.clear()
        request.headers.update(
            {
                "Host": request.url.netloc.decode("ascii"),
                "Authorization": f"Bearer {self._key}",
                "Content-Type": "application/json",
                "Content-Length": str(len(request.read())),
                "Accept": "application/json",
                "Accept-Encoding": "identity",  # a small body could unfold into a vast one
                "Connection": "close",
                "User-Agent": "DevPilot",
                "X-Stainless-Raw-Response": mode,
            }
        )
        request.extensions = {**request.extensions, "trace": line.traced}


def _admit(response: "httpx2.Response") -> None:
    """Nothing but JSON with status 200 reaches the SDK, which would read the rest to its end."""
    status = response.status_code
    if status in {400, 422}:
        named = _beginning(response.iter_raw())
        names_format = b"response_format" in named or b"json_schema" in named
        raise (FormatRefused if names_format else Unavailable)(f"status {status}")
    if status != 200:
        raise Unavailable(f"status {status}")
    kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise Unavailable("no JSON")
    if response.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Unavailable("encoded")


def _beginning(parts: Iterable[bytes]) -> bytes:
    body = bytearray()
    for part in parts:
        body += part
        if len(body) > _NAMED_BYTES:
            break
    return bytes(body)


def _whole(parts: Iterable[bytes]) -> bytes:
    body = bytearray()
    for part in parts:
        body += part
        if len(body) > MOST_BYTES:
            raise InvalidResponse("too large")
    return bytes(body)
