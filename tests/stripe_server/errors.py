"""Stripe's refusals: status, type, code and the JSON that says so."""

from typing import Any


class ApiError(Exception):
    """An answer that is an error. `began` tells whether the endpoint had begun its work.

    Only then is the answer kept for an idempotency key.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        began: bool = False,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status
        self.kind = kind
        self.code = code
        self.param = param
        self.began = began

    def body(self, request_id: str) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.kind}
        if self.code:
            error["code"] = self.code
            error["doc_url"] = f"https://stripe.com/docs/error-codes/{self.code.replace('_', '-')}"
        if self.param:
            error["param"] = self.param
        if self.kind == "card_error":
            error["decline_code"] = "generic_decline"
        error["request_log_url"] = f"https://dashboard.stripe.com/test/logs/{request_id}"
        return {"error": error}


def missing(kind: str, name: str, param: str = "id") -> ApiError:
    """No such object: 404 when the address names it, 400 when a parameter does."""
    return ApiError(
        f"No such {kind}: '{name}'",
        status=404 if param == "id" else 400,
        code="resource_missing",
        param=param,
        began=True,
    )


def refused(message: str, param: str = "", code: str = "") -> ApiError:
    """What was asked is well formed, and cannot be done as things stand."""
    return ApiError(message, param=param, code=code, began=True)


INJECTED: dict[int, tuple[str, str, str]] = {
    400: ("invalid_request_error", "", "The request was unacceptable."),
    401: ("invalid_request_error", "", "Invalid API Key provided: sk_test_****"),
    402: ("card_error", "card_declined", "Your card was declined."),
    403: (
        "invalid_request_error",
        "",
        "The provided key does not have the permissions needed for this request.",
    ),
    404: ("invalid_request_error", "resource_missing", "No such object."),
    409: (
        "invalid_request_error",
        "lock_timeout",
        "This object cannot be accessed right now because another API request is using it.",
    ),
    429: ("invalid_request_error", "rate_limit", "Too many requests hit the API too quickly."),
}
"""Type, code and sentence of a status that a test asks for; 5xx are `api_error`."""


def injected(status: int) -> ApiError:
    kind, code, message = INJECTED.get(
        status, ("api_error", "", "An error occurred on Stripe's side.")
    )
    return ApiError(message, status=status, kind=kind, code=code)
