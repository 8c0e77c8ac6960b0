"""A Stripe of our own on loopback: for tests, and for trying the product by hand.

The standard library alone, and everything in memory. `server` is what a test holds; `control`
is what it does there by hand; `api` answers requests, and `pages` the people who follow a
session's address. No money moves.
"""

from tests.stripe_server.server import StripeServer

__all__ = ["StripeServer"]
