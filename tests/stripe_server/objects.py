"""What Stripe's objects look like as JSON, at the version of the API that is spoken here.

Pure: nothing here knows what else exists or what time it is.
"""

import secrets
import string
from typing import Any

Json = dict[str, Any]

API_VERSION = "2026-10-28.endive"
"""The one that stripe 16.1 pins. The server answers no other."""

STATUSES = (
    "active", "canceled", "incomplete", "incomplete_expired",
    "past_due", "paused", "trialing", "unpaid",
)  # fmt: skip
ENDED = ("canceled", "incomplete_expired")

ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """Never the same twice, over all servers of all tests."""
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))


def customer(now: int, email: str | None, metadata: Json) -> Json:
    return {
        "id": new_id("cus_", 14),
        "object": "customer",
        "address": None,
        "balance": 0,
        "created": now,
        "currency": None,
        "customer_account": None,
        "default_source": None,
        "delinquent": False,
        "description": None,
        "email": email,
        "invoice_prefix": new_id("", 8).upper(),
        "invoice_settings": {"default_payment_method": None, "footer": None},
        "livemode": False,
        "metadata": metadata,
        "name": None,
        "phone": None,
        "preferred_locales": [],
        "shipping": None,
        "tax_exempt": "none",
        "test_clock": None,
    }


def product(now: int, name: str) -> Json:
    return {
        "id": new_id("prod_", 14),
        "object": "product",
        "active": True,
        "created": now,
        "default_price": None,
        "description": None,
        "images": [],
        "livemode": False,
        "marketing_features": [],
        "metadata": {},
        "name": name,
        "type": "service",
        "updated": now,
        "url": None,
    }


def price(now: int, product_id: str, interval: str, amount: int, currency: str) -> Json:
    return {
        "id": new_id("price_"),
        "object": "price",
        "active": True,
        "billing_scheme": "per_unit",
        "created": now,
        "currency": currency,
        "custom_unit_amount": None,
        "livemode": False,
        "lookup_key": None,
        "metadata": {},
        "nickname": None,
        "product": product_id,
        "recurring": {
            "interval": interval,
            "interval_count": 1,
            "meter": None,
            "trial_period_days": None,
            "usage_type": "licensed",
        },
        "tax_behavior": "unspecified",
        "tiers_mode": None,
        "transform_quantity": None,
        "type": "recurring",
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }


def _plan(of: Json) -> Json:
    """The old name of a price, which an item still carries beside it."""
    return {
        "id": of["id"],
        "object": "plan",
        "active": of["active"],
        "amount": of["unit_amount"],
        "amount_decimal": of["unit_amount_decimal"],
        "billing_scheme": of["billing_scheme"],
        "created": of["created"],
        "currency": of["currency"],
        "interval": of["recurring"]["interval"],
        "interval_count": of["recurring"]["interval_count"],
        "livemode": False,
        "metadata": {},
        "nickname": None,
        "product": of["product"],
        "usage_type": "licensed",
    }


def item(now: int, subscription_id: str, of: Json, period: tuple[int, int], quantity: int) -> Json:
    """One price of a subscription. The period is here, and not on the subscription."""
    return {
        "id": new_id("si_", 14),
        "object": "subscription_item",
        "billing_thresholds": None,
        "created": now,
        "current_period_end": period[1],
        "current_period_start": period[0],
        "discounts": [],
        "metadata": {},
        "plan": _plan(of),
        "price": dict(of),
        "quantity": quantity,
        "subscription": subscription_id,
        "tax_rates": [],
    }


def put_price(into: Json, of: Json) -> None:
    into["price"], into["plan"] = dict(of), _plan(of)


def subscription(
    now: int,
    of: Json,
    period: tuple[int, int],
    *,
    customer_id: str,
    billing_mode: str,
    status: str = "active",
    metadata: Json | None = None,
    quantity: int = 1,
) -> Json:
    name = new_id("sub_1", 23)
    return {
        "id": name,
        "object": "subscription",
        "application": None,
        "automatic_tax": {"disabled_reason": None, "enabled": False, "liability": None},
        "billing_cycle_anchor": period[0],
        "billing_mode": {"flexible": None, "type": billing_mode},
        "cancel_at": None,
        "cancel_at_period_end": False,
        "canceled_at": None,
        "cancellation_details": {"comment": None, "feedback": None, "reason": None},
        "collection_method": "charge_automatically",
        "created": now,
        "currency": of["currency"],
        "customer": customer_id,
        "customer_account": None,
        "days_until_due": None,
        "default_payment_method": None,
        "description": None,
        "discounts": [],
        "ended_at": None,
        "items": {
            "object": "list",
            "data": [item(now, name, of, period, quantity)],
            "has_more": False,
            "total_count": 1,
            "url": f"/v1/subscription_items?subscription={name}",
        },
        "latest_invoice": None,
        "livemode": False,
        "metadata": dict(metadata or {}),
        "pause_collection": None,
        "pending_setup_intent": None,
        "pending_update": None,
        "schedule": None,
        "start_date": period[0],
        "status": status,
        "test_clock": None,
        "trial_end": period[1] if status == "trialing" else None,
        "trial_start": period[0] if status == "trialing" else None,
    }


def event(now: int, kind: str, about: Json, previous: Json | None, webhooks: int) -> Json:
    data: Json = {"object": about}
    if previous is not None:
        data["previous_attributes"] = previous
    return {
        "id": new_id("evt_1", 23),
        "object": "event",
        "api_version": API_VERSION,
        "created": now,
        "data": data,
        "livemode": False,
        "pending_webhooks": webhooks,
        "request": {"id": None, "idempotency_key": None},
        "type": kind,
    }
