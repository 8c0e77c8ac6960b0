"""Endpoints for subscriptions."""

from tests.stripe_server import lifecycle, objects
from tests.stripe_server.accounts import merge
from tests.stripe_server.errors import ApiError, missing, refused
from tests.stripe_server.objects import ENDED, STATUSES, Json
from tests.stripe_server.routing import LISTED, page, route
from tests.stripe_server.store import Store

DETAILS = {"comment": "clearable", "feedback": "clearable"}
UPDATED = {
    "cancel_at": "clearable",
    "cancel_at_period_end": "flag",
    "cancellation_details": DETAILS,
    "items": [{"id": "text", "price": "text", "quantity": "number", "deleted": "flag"}],
    "metadata": "hash",
    "payment_behavior": "text",
    "proration_behavior": "text",
}
ALWAYS_ALLOWED = {"metadata", "cancellation_details", "expand"}


@route(
    "GET",
    "/v1/subscriptions",
    {**LISTED, "customer": "text", "price": "text", "status": (*STATUSES, "all", "ended")},
)
def list_subscriptions(store: Store, params: Json) -> Json:
    customer = params.get("customer")
    if customer is not None and customer not in store.customers:
        raise missing("customer", customer, "customer")
    found = [
        each
        for each in store.subscriptions.values()
        if customer in {None, each["customer"]}
        and _wanted(each["status"], params.get("status"))
        and ("price" not in params or params["price"] in _prices(each))
    ]
    return page(found, params, "/v1/subscriptions", "subscription")


def _wanted(status: str, asked: str | None) -> bool:
    if asked is None:
        return status != "canceled"
    return asked in {"all", status} or (asked == "ended" and status in ENDED)


def _prices(subscription: Json) -> set[str]:
    return {item["price"]["id"] for item in subscription["items"]["data"]}


@route("GET", "/v1/subscriptions/<>")
def show_subscription(store: Store, name: str, params: Json) -> Json:
    return store.subscription(name)


@route("POST", "/v1/subscriptions/<>", UPDATED)
def update_subscription(store: Store, name: str, params: Json) -> Json:
    found = store.subscription(name)
    if found["status"] in ENDED and not params.keys() <= ALWAYS_ALLOWED:
        raise refused(
            "A canceled subscription can only update its cancellation_details and metadata."
        )
    if params.get("cancel_at") and params.get("cancel_at_period_end"):
        raise ApiError(
            "You may only specify one of these parameters: cancel_at, cancel_at_period_end.",
            param="cancel_at",
        )
    cancel_at = _moment(store, found, params["cancel_at"]) if "cancel_at" in params else None
    for asked in params.get("items", []):
        _change_item(store, found, asked)
    with store.changing(found):
        if "metadata" in params:
            merge(found["metadata"], params["metadata"])
        found["cancellation_details"].update(_details(params))
        if "cancel_at" in params:
            _schedule(store, found, cancel_at, at_period_end=False)
        if "cancel_at_period_end" in params:
            end = found["items"]["data"][0]["current_period_end"]
            wanted = params["cancel_at_period_end"]
            _schedule(store, found, end if wanted else None, at_period_end=wanted)
    return found


def _details(params: Json) -> Json:
    return {name: value or None for name, value in params.get("cancellation_details", {}).items()}


def _moment(store: Store, subscription: Json, text: str) -> int | None:
    """The moment that `cancel_at` names; None unsets it."""
    ends = [int(item["current_period_end"]) for item in subscription["items"]["data"]]
    named: dict[str, int | None] = {
        "": None,
        "min_period_end": min(ends),
        "max_period_end": max(ends),
    }
    if text in named:
        return named[text]
    if not (text.isascii() and text.isdigit()):
        raise ApiError(
            f"Invalid timestamp: {text}", code="parameter_invalid_integer", param="cancel_at"
        )
    if int(text) <= store.now:
        raise ApiError("The timestamp must be in the future.", param="cancel_at")
    return int(text)


def _schedule(store: Store, subscription: Json, at: int | None, *, at_period_end: bool) -> None:
    subscription["cancel_at"] = at
    subscription["cancel_at_period_end"] = at_period_end
    subscription["canceled_at"] = store.now if at else None
    subscription["cancellation_details"]["reason"] = "cancellation_requested" if at else None


def _change_item(store: Store, subscription: Json, asked: Json) -> None:
    items = subscription["items"]["data"]
    price = store.price(asked["price"], "items[0][price]") if "price" in asked else None
    if "id" not in asked:
        if price is None:
            raise ApiError("Missing required param: items[0][price].", code="parameter_missing")
        first = items[0]
        period = (first["current_period_start"], first["current_period_end"])
        with store.changing(subscription):
            items.append(
                objects.item(store.now, subscription["id"], price, period, asked.get("quantity", 1))
            )
        return
    item = next((each for each in items if each["id"] == asked["id"]), None)
    if item is None:
        raise missing("subscription item", asked["id"], "items[0][id]")
    with store.changing(subscription):
        item["quantity"] = asked.get("quantity", item["quantity"])
        if asked.get("deleted"):
            items.remove(item)
    if price is not None:
        lifecycle.switch(store, subscription, item, price)


@route(
    "DELETE",
    "/v1/subscriptions/<>",
    {"cancellation_details": DETAILS, "invoice_now": "flag", "prorate": "flag"},
)
def cancel_subscription(store: Store, name: str, params: Json) -> Json:
    found = store.subscription(name)
    if found["status"] in ENDED:
        raise missing("subscription", name)
    found["cancellation_details"].update(_details(params))
    lifecycle.end(store, found, reason="cancellation_requested")
    return found
