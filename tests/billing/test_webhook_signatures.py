"""Which messages are believed to be Stripe's, and what the others leave behind: nothing.

A newcomer's likely mistake: a forged message that would change nothing even if it were
believed. The message here would open Pro.
"""

import hashlib
import hmac
import json
from dataclasses import dataclass

import pytest

from tests.billing.conftest import (
    noted,
    subscription_of,
)
from tests.refusals import JSON, assert_problem

WEBHOOK = "/billing/webhook"
SIX_MINUTES = 360


@dataclass(frozen=True)
class Message:
    """One body, and all that a forger may have to sign it with."""

    body: bytes
    now: int
    secret: str
    api_key: str

    def code(self, body=None, at=None, secret=None, how=hashlib.sha256, start=None):
        start = b"%d." % (self.now if at is None else at) if start is None else start
        key = (self.secret if secret is None else secret).encode()
        return hmac.new(key, start + (self.body if body is None else body), how).hexdigest()

    def signed(self, at=None, **how):
        return f"t={self.now if at is None else at},v1={self.code(at=at, **how)}"

    @property
    def old(self):
        """A moment too long ago, of which somebody has kept a true signature."""
        return self.now - SIX_MINUTES


def utf_8(text):
    """As the bytes of a header arrive."""
    return text.encode().decode("latin-1")


FORGED = {
    "no header": lambda _: None,
    "empty": lambda _: "",
    "blank": lambda _: "   ",
    "garbage": lambda _: "garbage",
    "commas": lambda _: ",,,==,=",
    "names without values": lambda _: "t,v1",
    "no time": lambda m: f"v1={m.code()}",
    "empty time": lambda m: f"t=,v1={m.code()}",
    "no time was signed": lambda m: f"t={m.now},v1={m.code(start=b'')}",
    "no code": lambda m: f"t={m.now}",
    "empty code": lambda m: f"t={m.now},v1=",
    "wrong secret": lambda m: m.signed(secret="whsec_" + "a" * 32),
    "empty secret": lambda m: m.signed(secret=""),
    "secret without its prefix": lambda m: m.signed(secret=m.secret.removeprefix("whsec_")),
    "secret in capitals": lambda m: m.signed(secret=m.secret.upper()),
    "the API key": lambda m: m.signed(secret=m.api_key),
    "scheme v0": lambda m: f"t={m.now},v0={m.code()}",
    "scheme V1": lambda m: f"t={m.now},V1={m.code()}",
    "no scheme": lambda m: f"t={m.now},{m.code()}",
    "another body": lambda m: m.signed(body=b"{}"),
    "no body was signed": lambda m: m.signed(body=b""),
    "time altered": lambda m: f"t={m.now + 1},v1={m.code()}",
    "six minutes old": lambda m: m.signed(at=m.old),
    "six minutes ahead": lambda m: m.signed(at=m.now + SIX_MINUTES),
    "a second too old": lambda m: m.signed(at=m.now - 301),
    "a second too far ahead": lambda m: m.signed(at=m.now + 302),
    "the year 1970": lambda m: m.signed(at=0),
    "before 1970": lambda m: m.signed(at=-1),
    "in milliseconds": lambda m: m.signed(at=m.now * 1000),
    "the year 33658": lambda m: m.signed(at=999_999_999_999),
    "a time without an end": lambda m: f"t={'9' * 5000},v1={m.code()}",
    "time with a fraction": lambda m: f"t={m.now}.0,v1={m.code()}",
    "time in hexadecimal": lambda m: f"t={m.now:#x},v1={m.code()}",
    "time with an underscore": lambda m: f"t={m.now:_},v1={m.code()}",
    "time with a sign": lambda m: f"t=+{m.now},v1={m.code()}",
    "Arabic digits": lambda m: (
        f"t={utf_8(''.join(chr(0x660 + int(d)) for d in str(m.now)))},v1={m.code()}"
    ),
    "superscript digits": lambda m: f"t=\xb2\xb3,v1={m.code()}",
    "two times, the old one signed": lambda m: f"t={m.now},t={m.old},v1={m.code(at=m.old)}",
    "two times, the old one first": lambda m: f"t={m.old},t={m.now},v1={m.code(at=m.old)}",
    "two times, one after a space": lambda m: f"v1={m.code(at=m.old)}, t={m.now},t={m.old}",
    "two times, one with a sign": lambda m: f"t=+{m.old},t={m.now},v1={m.code(at=m.old)}",
    "two times, one with a tail": lambda m: f"t={m.old}=,t={m.now},v1={m.code(at=m.old)}",
    "two times, one before a space": lambda m: f"t={m.old} ,t={m.now},v1={m.code(at=m.old)}",
    "truncated": lambda m: m.signed()[:-1],
    "half": lambda m: m.signed()[:-32],
    "one digit more": lambda m: m.signed() + "0",
    "upper case": lambda m: f"t={m.now},v1={m.code().upper()}",
    "a space before the code": lambda m: f"t={m.now},v1= {m.code()}",
    "a space before the scheme": lambda m: f"t={m.now}, v1={m.code()}",
    "divided by semicolons": lambda m: f"t={m.now};v1={m.code()}",
    "quoted": lambda m: f't="{m.now}",v1="{m.code()}"',
    "SHA-1": lambda m: m.signed(how=hashlib.sha1),
    "SHA-512": lambda m: m.signed(how=hashlib.sha512),
    "beyond ASCII": lambda m: f"t={m.now},v1=\xe9",
    "a huge header": lambda m: f"t={m.now}" + ",v1=00" * 50_000,
}


def post_as(app, message, make_header, **more):
    header = make_header(message)
    headers = {} if header is None else {"Stripe-Signature": header}
    more.setdefault("content_type", "application/json; charset=utf-8")
    data = more.pop("data", message.body)
    return app.test_client().post(WEBHOOK, data=data, headers=headers, **more)


@pytest.fixture
def message(stripe, bought):
    body, _ = stripe.signed(bought.event)
    now = int(stripe.now.timestamp())
    return Message(body, now, stripe.webhook_secret, stripe.api_key)


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_signature_is_refused_and_leaves_nothing(paid_app, message, unheard, name):
    assert_problem(post_as(paid_app, message, FORGED[name]), "authentication_required")


ALTERED = {
    "a byte changed": lambda body: body.replace(b'"livemode": false', b'"livemode": falsE', 1),
    "a byte more": lambda body: body + b"\n",
    "a byte less": lambda body: body[:-1],
    "a byte order mark": lambda body: b"\xef\xbb\xbf" + body,
    "written anew": lambda body: json.dumps(json.loads(body)).encode(),
    "empty": lambda _: b"",
    "invalid UTF-8": lambda body: body + b"\xff",
}


@pytest.mark.parametrize("name", ALTERED)
def test_an_altered_body_is_refused_and_leaves_nothing(paid_app, message, unheard, name):
    altered = ALTERED[name](message.body)
    assert altered != message.body
    answer = post_as(paid_app, message, Message.signed, data=altered)
    assert_problem(answer, "authentication_required")


def secret_in_body(message):
    return json.dumps({"secret": message.secret, "signature": message.signed()}).encode()


@pytest.mark.parametrize("header", [None, "t=1,v1=00"])
def test_no_other_way_of_sending_stands_for_a_signature(paid_app, message, unheard, header):
    fields = {"payload": message.body.decode(), "Stripe-Signature": message.signed()}
    other_header = {"X-Stripe-Signature": message.signed(), **JSON}
    ways = [
        {"data": fields, "content_type": "application/x-www-form-urlencoded"},
        {"data": fields, "content_type": "multipart/form-data"},
        {"data": fields | {"csrf_token": "x"}, "content_type": "application/x-www-form-urlencoded"},
        {"data": b"--x", "content_type": "multipart/form-data; boundary=x"},
        {"data": secret_in_body(message)},
        {"query_string": {"Stripe-Signature": message.signed()}},
        {"auth": ("stripe", message.secret)},
        {"environ_overrides": {"HTTP_X_STRIPE_SIGNATURE": other_header["X-Stripe-Signature"]}},
        {"content_type": "text/html", "environ_overrides": {"HTTP_ACCEPT": "text/html"}},
        {"environ_overrides": {"HTTP_HX_REQUEST": "true"}},
    ]
    for way in ways:
        answer = post_as(paid_app, message, lambda _: header, **way)
        assert_problem(answer, "authentication_required")


TRUE = {
    "as Stripe signs": Message.signed,
    "one of several codes": lambda m: f"t={m.now},v1={'0' * 64},v1={m.code()},v0={'1' * 64}",
    "almost five minutes old": lambda m: m.signed(at=m.now - 297),
    "almost five minutes ahead": lambda m: m.signed(at=m.now + 298),
}


@pytest.mark.parametrize("name", TRUE)
def test_a_true_signature_is_believed(paid_app, message, bought, name):
    answer = post_as(paid_app, message, TRUE[name])
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert "Set-Cookie" not in answer.headers
    assert subscription_of(bought.person).state == "paid_active"
    assert noted(paid_app, bought.event) == "customer.subscription.created"


def test_the_raw_bytes_are_signed_however_they_are_written(paid_app, message, bought):
    odd = message.body.replace(b"\n", b"\r\n\t").replace(b'"type"', b'"\\u0074ype"') + b"  \n"
    signed = Message(odd, message.now, message.secret, "")
    kind = {"content_type": "application/octet-stream"}
    assert post_as(paid_app, signed, Message.signed, **kind).status_code == 200
    assert subscription_of(bought.person).state == "paid_active"


def test_who_is_signed_in_does_not_matter(paid_app, stripe, customer, message, bought):
    other = customer()
    token = {"csrf_token": other.token()}
    assert_problem(other.client.post(WEBHOOK, data=token), "authentication_required")
    assert_problem(bought.person.client.post(WEBHOOK, data=token), "authentication_required")
    assert subscription_of(bought.person).state == "free"
    headers = {"Stripe-Signature": message.signed(), "Origin": "https://elsewhere.example"}
    assert other.client.post(WEBHOOK, data=message.body, headers=headers).status_code == 200
    assert (subscription_of(other).state, subscription_of(bought.person).state) == (
        "free",
        "paid_active",
    )


@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "multipart/form-data", "text/plain", "", "nonsense",
     "multipart/form-data; boundary=x", "application/json; charset=utf-16"],
)  # fmt: skip
def test_what_is_signed_is_read_whatever_it_says_that_it_is(paid_app, message, bought, kind):
    answer = post_as(paid_app, message, Message.signed, content_type=kind)
    assert (answer.status_code, answer.text) == (200, "ok\n")
    assert subscription_of(bought.person).state == "paid_active"
