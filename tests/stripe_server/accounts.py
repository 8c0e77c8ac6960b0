"""Endpoints for customers, prices, invoices, events and the portal."""

from tests.stripe_server import buying, papers
from tests.stripe_server.errors import missing
from tests.stripe_server.objects import Json
from tests.stripe_server.routing import LISTED, page, route
from tests.stripe_server.store import Store

PERSON = {
    "email": "clearable",
    "metadata": "hash",
    "name": "clearable",
    "description": "clearable",
    "phone": "clearable",
    "preferred_locales": ["text"],
}


def merge(metadata: Json, given: Json | str) -> None:
    """Metadata is merged by key; an empty value takes its key away, an empty hash all."""
    if isinstance(given, str):
        metadata.clear()
        return
    for key, value in given.items():
        if value == "":
            metadata.pop(key, None)
        else:
            metadata[key] = value


@route("POST", "/v1/customers", PERSON)
def create_customer(store: Store, params: Json) -> Json:
    made = buying.create_customer(store, params.get("email") or None, {})
    _write(made, params)
    return made


def _write(customer: Json, params: Json) -> None:
    for name, value in params.items():
        if name == "metadata":
            merge(customer["metadata"], value)
        elif name != "expand":
            customer[name] = value or None


@route("GET", "/v1/customers", {**LISTED, "email": "text"})
def list_customers(store: Store, params: Json) -> Json:
    found = [
        each
        for each in store.customers.values()
        if not each.get("deleted") and params.get("email", each["email"]) == each["email"]
    ]
    return page(found, params, "/v1/customers", "customer")


@route("GET", "/v1/customers/<>")
def show_customer(store: Store, name: str, params: Json) -> Json:
    if name not in store.customers:
        raise missing("customer", name)
    return store.customers[name]


@route("POST", "/v1/customers/<>", PERSON)
def update_customer(store: Store, name: str, params: Json) -> Json:
    with store.changing(store.customer(name), "customer.updated") as customer:
        _write(customer, params)
    return customer


@route("DELETE", "/v1/customers/<>")
def delete_customer(store: Store, name: str, params: Json) -> Json:
    return buying.delete_customer(store, store.customer(name))


@route(
    "GET",
    "/v1/prices",
    {
        **LISTED,
        "active": "flag",
        "product": "text",
        "currency": "text",
        "type": ("one_time", "recurring"),
        "lookup_keys": ["text"],
    },
)
def list_prices(store: Store, params: Json) -> Json:
    found = [
        each
        for each in store.prices.values()
        if all(
            params.get(name, each[name]) == each[name]
            for name in ("active", "product", "currency", "type")
        )
        and each["lookup_key"] in params.get("lookup_keys", [each["lookup_key"]])
    ]
    return page(found, params, "/v1/prices", "price")


@route("GET", "/v1/prices/<>")
def show_price(store: Store, name: str, params: Json) -> Json:
    return store.price(name)


@route("GET", "/v1/products/<>")
def show_product(store: Store, name: str, params: Json) -> Json:
    if name not in store.products:
        raise missing("product", name)
    return store.products[name]


@route("GET", "/v1/invoices/<>")
def show_invoice(store: Store, name: str, params: Json) -> Json:
    if name not in store.invoices:
        raise missing("invoice", name)
    return store.invoices[name]


@route("GET", "/v1/events", {**LISTED, "type": "text", "types": ["text"]})
def list_events(store: Store, params: Json) -> Json:
    found = [
        each
        for each in store.events.values()
        if params.get("type", each["type"]) == each["type"]
        and each["type"] in params.get("types", [each["type"]])
    ]
    return page(found, params, "/v1/events", "event")


@route("GET", "/v1/events/<>")
def show_event(store: Store, name: str, params: Json) -> Json:
    if name not in store.events:
        raise missing("event", name)
    return store.events[name]


@route(
    "POST",
    "/v1/billing_portal/sessions",
    {"customer": "text", "return_url": "text", "locale": "text", "configuration": "text"},
    required=("customer",),
)
def create_portal_session(store: Store, params: Json) -> Json:
    customer = store.customer(params["customer"], "customer")
    made = papers.portal_session(store.now, customer["id"], params.get("return_url"), store.base)
    store.portals[made["id"]] = made
    return made
