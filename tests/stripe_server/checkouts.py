"""Endpoints for checkout sessions, in subscription mode and on Stripe's own page alone."""

from urllib.parse import urlsplit

from tests.stripe_server import buying
from tests.stripe_server.errors import ApiError
from tests.stripe_server.objects import Json
from tests.stripe_server.routing import LISTED, page, route
from tests.stripe_server.store import Store

CREATED = {
    "mode": ("payment", "setup", "subscription"),
    "line_items": [{"price": "text", "quantity": "number"}],
    "success_url": "text",
    "cancel_url": "text",
    "customer": "text",
    "customer_email": "text",
    "client_reference_id": "text",
    "metadata": "hash",
    "subscription_data": {
        "metadata": "hash",
        "description": "text",
        "billing_mode": "anything",
        "proration_behavior": "text",
    },
    "expires_at": "number",
    "ui_mode": ("elements", "embedded_page", "form", "hosted_page"),
    # Read and given back, or read and without effect here.
    "allow_promotion_codes": "flag",
    "automatic_tax": "anything",
    "billing_address_collection": "text",
    "consent_collection": "anything",
    "custom_text": "anything",
    "customer_update": "anything",
    "locale": "text",
    "origin_context": "text",
    "payment_method_collection": "text",
    "payment_method_types": ["text"],
    "saved_payment_method_options": "anything",
    "tax_id_collection": "anything",
}


@route("POST", "/v1/checkout/sessions", CREATED, required=("mode", "success_url", "line_items"))
def create_session(store: Store, params: Json) -> Json:
    if params["mode"] != "subscription" or params.get("ui_mode", "hosted_page") != "hosted_page":
        raise ApiError("This test server does subscriptions on its own page alone.", param="mode")
    for name in ("success_url", "cancel_url"):
        _ensure_address(params, name)
    if len(params["line_items"]) != 1 or "price" not in params["line_items"][0]:
        raise ApiError("This test server sells one price at a time.", param="line_items")
    if "customer" in params:
        if "customer_email" in params:
            raise ApiError(
                "You may only specify one of these parameters: customer, customer_email.",
                param="customer_email",
            )
        store.customer(params["customer"], "customer")
    return buying.open_session(store, params)


def _ensure_address(params: Json, name: str) -> None:
    parts = urlsplit(params.get(name, "https://example.com"))
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ApiError("Not a valid URL", code="url_invalid", param=name)


@route(
    "GET",
    "/v1/checkout/sessions",
    {
        **LISTED,
        "customer": "text",
        "status": ("complete", "expired", "open"),
        "subscription": "text",
    },
)
def list_sessions(store: Store, params: Json) -> Json:
    for each in store.sessions.values():
        buying.lapse(store, each)
    found = [
        each
        for each in store.sessions.values()
        if all(
            params.get(name, each[name]) == each[name]
            for name in ("customer", "status", "subscription")
        )
    ]
    return page(found, params, "/v1/checkout/sessions", "checkout.session")


@route("GET", "/v1/checkout/sessions/<>")
def show_session(store: Store, name: str, params: Json) -> Json:
    buying.lapse(store, store.session(name))
    return store.session(name)


@route("POST", "/v1/checkout/sessions/<>/expire")
def expire_session(store: Store, name: str, params: Json) -> Json:
    buying.lapse(store, store.session(name))
    buying.expire_session(store, store.session(name))
    return store.session(name)
