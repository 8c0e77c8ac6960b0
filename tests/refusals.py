"""The published refusals, and what every one of them must look like from outside.

The table repeats the public list on purpose: it is not read from the code that it judges.
"""

import json
from typing import Any

from werkzeug.test import TestResponse

STATUS = {
    "authentication_required": 401,
    "invalid_credentials": 401,
    "not_found": 404,
    "csrf_failed": 400,
    "method_not_allowed": 405,
    "rate_limited": 429,
    "subscription_required": 402,
    "billing_unavailable": 503,
    "quota_exceeded": 403,
    "project_deleted": 409,
    "revision_invalid_state": 409,
    "stale_version": 409,
    "step_out_of_sequence": 409,
    "step_locked": 409,
    "step_not_locked": 409,
    "step_validation_failed": 422,
    "export_ineligible": 409,
    "ai_unavailable": 503,
    "ai_timeout": 504,
    "ai_invalid_response": 502,
    "invalid_input": 422,
}
SERVICE = {
    "authentication_required": "identity",
    "not_found": "identity",
    "csrf_failed": "identity",
    "subscription_required": "billing",
    "quota_exceeded": "quota",
    "project_deleted": "projects",
    "revision_invalid_state": "revisions",
    "stale_version": "revisions",
    "step_out_of_sequence": "steps",
    "step_locked": "steps",
    "step_not_locked": "steps",
    "step_validation_failed": "steps",
    "export_ineligible": "exports",
    "ai_unavailable": "ai",
    "ai_timeout": "ai",
    "ai_invalid_response": "ai",
}
JSON = {"Accept": "application/json"}
HTMX = {"HX-Request": "true"}


def assert_refused(response: TestResponse, code: str) -> None:
    """The code in the header, its own status, and a body for people that says more."""
    got = response.headers.get("DevPilot-Error"), response.status_code
    assert got == (code, STATUS[code]), (got, response.headers.get("Location"), response.text[:600])
    assert response.headers["Cache-Control"] == "no-store"
    assert response.mimetype == "text/html"
    assert response.text.strip()


def assert_problem(response: TestResponse, code: str) -> dict[str, Any]:
    """The same as RFC 9457 JSON; answers with it."""
    got = response.headers.get("DevPilot-Error"), response.status_code
    assert got == (code, STATUS[code]), (got, response.text[:600])
    assert response.mimetype == "application/problem+json"
    body: dict[str, Any] = json.loads(response.text)
    assert body["code"] == code
    assert body["status"] == STATUS[code]
    assert body["service"] == SERVICE.get(code, body["service"])
    assert body["type"].endswith(f"#{code}")
    assert body["title"]
    assert body["detail"]
    for error in body.get("errors", ()):
        assert set(error) == {"field", "message"}
    return body
