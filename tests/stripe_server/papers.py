"""The objects of a payment as JSON: invoice, checkout session, portal session."""

from tests.stripe_server.objects import Json, new_id

DAY = 24 * 60 * 60


def invoice(now: int, of: Json, amount: int, reason: str) -> Json:
    """An open invoice of a subscription for its present period."""
    item = of["items"]["data"][0]
    name = new_id("in_1", 23)
    return {
        "id": name,
        "object": "invoice",
        "amount_due": amount,
        "amount_paid": 0,
        "amount_remaining": amount,
        "attempt_count": 0,
        "attempted": False,
        "auto_advance": True,
        "billing_reason": reason,
        "collection_method": "charge_automatically",
        "created": now,
        "currency": of["currency"],
        "customer": of["customer"],
        "description": None,
        "due_date": None,
        "hosted_invoice_url": None,
        "lines": {
            "object": "list",
            "data": [_line(name, of, item, amount)],
            "has_more": False,
            "total_count": 1,
            "url": f"/v1/invoices/{name}/lines",
        },
        "livemode": False,
        "metadata": {},
        "next_payment_attempt": None,
        "number": new_id("", 8).upper() + "-0001",
        "parent": {
            "quote_details": None,
            "subscription_details": {
                "metadata": dict(of["metadata"]),
                "subscription": of["id"],
            },
            "type": "subscription_details",
        },
        "period_end": now,
        "period_start": now,
        "status": "open",
        "status_transitions": {
            "finalized_at": now,
            "marked_uncollectible_at": None,
            "paid_at": None,
            "voided_at": None,
        },
        "subtotal": amount,
        "total": amount,
    }


def _line(invoice_id: str, of: Json, item: Json, amount: int) -> Json:
    return {
        "id": new_id("il_1", 23),
        "object": "line_item",
        "amount": amount,
        "currency": of["currency"],
        "description": None,
        "invoice": invoice_id,
        "livemode": False,
        "metadata": dict(of["metadata"]),
        "parent": {
            "subscription_item_details": {
                "subscription": of["id"],
                "subscription_item": item["id"],
            },
            "type": "subscription_item_details",
        },
        "period": {
            "end": item["current_period_end"],
            "start": item["current_period_start"],
        },
        "pricing": {
            "price_details": {"price": item["price"]["id"], "product": item["price"]["product"]},
            "type": "price_details",
            "unit_amount_decimal": item["price"]["unit_amount_decimal"],
        },
        "quantity": item["quantity"],
    }


def checkout_session(now: int, given: Json, of: Json, base: str) -> Json:
    """An open session for one price. `given` are the parameters it was made with."""
    name = new_id("cs_test_a1", 56)
    quantity = given["line_items"][0].get("quantity", 1)
    total = of["unit_amount"] * quantity
    return {
        "id": name,
        "object": "checkout.session",
        "allow_promotion_codes": given.get("allow_promotion_codes"),
        "amount_subtotal": total,
        "amount_total": total,
        "automatic_tax": {"enabled": False, "liability": None, "provider": None, "status": None},
        "billing_address_collection": given.get("billing_address_collection"),
        "cancel_url": given.get("cancel_url"),
        "client_reference_id": given.get("client_reference_id"),
        "client_secret": None,
        "created": now,
        "currency": of["currency"],
        "custom_fields": [],
        "customer": given.get("customer"),
        "customer_details": None,
        "customer_email": given.get("customer_email"),
        "expires_at": given.get("expires_at", now + DAY),
        "invoice": None,
        "livemode": False,
        "locale": given.get("locale"),
        "metadata": given.get("metadata") or {},
        "mode": "subscription",
        "payment_intent": None,
        "payment_method_collection": given.get("payment_method_collection", "always"),
        "payment_method_types": ["card"],
        "payment_status": "unpaid",
        "setup_intent": None,
        "shipping_options": [],
        "status": "open",
        "submit_type": None,
        "subscription": None,
        "success_url": given["success_url"],
        "total_details": {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
        "ui_mode": "hosted_page",
        "url": f"{base}/c/pay/{name}",
    }


def line_items(session: Json, of: Json, quantity: int) -> Json:
    """What a session shows only when asked to expand `line_items`."""
    return {
        "object": "list",
        "data": [
            {
                "id": new_id("li_1", 23),
                "object": "item",
                "amount_subtotal": session["amount_subtotal"],
                "amount_total": session["amount_total"],
                "currency": session["currency"],
                "description": "DevPilot Pro",
                "price": dict(of),
                "quantity": quantity,
            }
        ],
        "has_more": False,
        "url": f"/v1/checkout/sessions/{session['id']}/line_items",
    }


def portal_session(now: int, customer_id: str, return_url: str | None, base: str) -> Json:
    name = new_id("bps_1", 23)
    return {
        "id": name,
        "object": "billing_portal.session",
        "configuration": "bpc_default",
        "created": now,
        "customer": customer_id,
        "flow": None,
        "livemode": False,
        "locale": None,
        "on_behalf_of": None,
        "return_url": return_url,
        "url": f"{base}/p/session/{name}",
    }
