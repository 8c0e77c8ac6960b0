"""What Pro costs is asked for now and then, and no page waits for it in vain."""

import pytest

from devpilot.adapters.payment import PaymentFailed
from devpilot.pages.prices import Prices


class Till:
    """A provider that counts how often it is asked, and may not answer."""

    def __init__(self) -> None:
        self.asked, self.fails, self.meanwhile = 0, False, lambda: None

    def prices(self):
        self.asked += 1
        self.meanwhile()
        if self.fails:
            raise PaymentFailed
        return {"monthly": f"{self.asked}.00 EUR", "yearly": "10.00 EUR"}


@pytest.fixture
def till(paid_app, monkeypatch):
    till = Till()
    monkeypatch.setitem(paid_app.extensions, "devpilot_prices", Prices(till))
    return till


def shown(customer):
    return customer.page("/pricing").text


def test_they_are_asked_for_once_an_hour(customer, till, at_time):
    person = customer()
    assert "1.00 EUR" in shown(person)
    assert "1.00 EUR" in shown(person)
    at_time(minutes=61)
    assert "2.00 EUR" in shown(person)


def test_a_provider_that_is_down_is_asked_again_after_a_minute(customer, till, at_time):
    person, till.fails = customer(), True
    for _ in range(3):
        assert "Shown before you pay" in shown(person)
    assert till.asked == 1
    at_time(minutes=2)
    till.fails = False
    assert "2.00 EUR" in shown(person)


def test_while_one_page_waits_the_others_do_not(customer, till):
    person, other = customer(), customer()
    seen = []

    def look() -> None:
        till.meanwhile = lambda: None
        seen.append(shown(other))

    till.meanwhile = look
    assert "EUR" in shown(person)
    assert till.asked == 1
    assert "Shown before you pay" in seen[0]
