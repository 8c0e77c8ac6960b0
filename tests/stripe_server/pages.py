"""The pages that a session's address leads to: a checkout, and a portal for what was bought.

Plain forms: a post acts, and leads on by 303.
"""

from tests.stripe_server import buying, layout, lifecycle
from tests.stripe_server.errors import ApiError
from tests.stripe_server.layout import button, day, money
from tests.stripe_server.listener import Exchange
from tests.stripe_server.objects import ENDED, Json
from tests.stripe_server.store import Store

GONE = "This page is gone. Go back to where you came from and start again."


class PageGone(Exception):
    """There is no such session, or it is over."""


def serve(store: Store, exchange: Exchange, form: dict[str, str]) -> None:
    kind, name = exchange.asked_path.rsplit("/", 1)
    draw, act = (show_checkout, checkout) if kind == "/c/pay" else (show_portal, portal)
    headers: dict[str, str] = {}
    try:
        with store.lock:
            if exchange.command == "POST":
                status, body, headers = 303, b"", {"Location": act(store, name, form)}
            else:
                status, body = 200, draw(store, name)
    except PageGone:
        status, body = 404, layout.page("Nothing here", layout.text(GONE))
    except ApiError as error:
        status, body = 400, layout.page("That cannot be done", layout.text(error.message))
    exchange.answer(status, body, headers, kind="text/html; charset=utf-8")


def _session(store: Store, name: str) -> Json:
    if name not in store.sessions:
        raise PageGone
    found = store.sessions[name]
    buying.lapse(store, found)
    return found


def show_checkout(store: Store, name: str) -> bytes:
    session = _session(store, name)
    if session["status"] != "open":
        return layout.page(
            "Checkout", layout.text(f"This checkout is {session['status']}; nothing to pay.")
        )
    price = store.line_items[name]["data"][0]["price"]
    total = money(session["amount_total"], session["currency"])
    return layout.page(
        "Checkout",
        layout.text(f"DevPilot Pro: {total} a {price['recurring']['interval']}."),
        button(f"Pay {total}", "pay"),
        button("Go back", "back") if session["cancel_url"] else "",
    )


def checkout(store: Store, name: str, form: dict[str, str]) -> str:
    """Pay or go back: where that leads."""
    session = _session(store, name)
    if form.get("action") == "pay":
        buying.pay_session(store, session)
        return str(session["success_url"]).replace("{CHECKOUT_SESSION_ID}", name)
    if session["cancel_url"] is None:
        raise PageGone
    return str(session["cancel_url"])


def _portal(store: Store, name: str) -> Json:
    if name not in store.portals:
        raise PageGone
    return store.portals[name]


def show_portal(store: Store, name: str) -> bytes:
    session = _portal(store, name)
    found = store.subscriptions_of(session["customer"])
    back = session["return_url"]
    return layout.page(
        "Your subscription",
        layout.link("Back to DevPilot", back) if back else "",
        *(_section(store, each) for each in reversed(found)),
        "" if found else layout.text("There is no subscription."),
    )


def _section(store: Store, subscription: Json) -> str:
    item = subscription["items"]["data"][0]
    price, rows = item["price"], [("Status", subscription["status"])]
    interval = price["recurring"]["interval"]
    rows.append(("Price", f"{money(price['unit_amount'], price['currency'])} a {interval}"))
    if subscription["status"] in ENDED:
        rows.append(("Ended", day(subscription["ended_at"] or item["current_period_end"])))
    else:
        rows.append(("Period", f"until {day(item['current_period_end'])}"))
    if subscription["cancel_at"] and subscription["status"] not in ENDED:
        rows.append(("Ends", f"on {day(subscription['cancel_at'])}, and is not renewed"))
    return (
        f"<section><h2>{subscription['id']}</h2>{layout.facts(rows)}"
        + "".join(_buttons(store, subscription))
        + "</section>"
    )


def _buttons(store: Store, subscription: Json) -> list[str]:
    """What can be done with it as it stands."""
    if subscription["status"] in ENDED:
        return []
    name = subscription["id"]
    yearly = subscription["items"]["data"][0]["price"]["recurring"]["interval"] == "year"
    scheduled = subscription["cancel_at"] or subscription["cancel_at_period_end"]
    choices = [
        ("Resume", "resume") if scheduled else ("Cancel at the period's end", "schedule"),
        ("Switch to monthly", "switch") if yearly else ("Switch to yearly", "switch"),
        ("Let a payment fail", "fail"),
        ("End the period now", "renew"),
        ("Cancel now", "cancel"),
    ]
    if lifecycle.open_invoice(store, subscription) is not None:
        choices.insert(3, ("Pay the open invoice", "pay"))
    return [button(label, action, subscription=name) for label, action in choices]


def _switch(store: Store, subscription: Json) -> None:
    """To the first price of another interval."""
    item = subscription["items"]["data"][0]
    interval = item["price"]["recurring"]["interval"]
    other = next(p for p in store.prices.values() if p["recurring"]["interval"] != interval)
    lifecycle.switch(store, subscription, item, other)


def _cancel(store: Store, subscription: Json) -> None:
    lifecycle.end(store, subscription, reason="cancellation_requested")


ACTIONS = {
    "schedule": lifecycle.schedule_end,
    "resume": lifecycle.resume,
    "switch": _switch,
    "fail": lifecycle.fail_payment,
    "pay": lifecycle.pay_invoice,
    "renew": lifecycle.renew,
    "cancel": _cancel,
}


def portal(store: Store, name: str, form: dict[str, str]) -> str:
    """Carry out what was pressed, and show the page again."""
    session = _portal(store, name)
    found = store.subscriptions.get(form.get("subscription", ""))
    act = ACTIONS.get(form.get("action", ""))
    if found is None or act is None or found["customer"] != session["customer"]:
        raise PageGone
    if found["status"] not in ENDED:
        act(store, found)
    return str(session["url"])
