"""How a page of the test server looks: its frame, a form with one button, money, a day."""

from datetime import UTC, datetime
from html import escape

STYLE = """
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 42rem; margin: 2rem auto; padding: 0 1rem;
  color: #1a1a1a; background: #fff }
.notice { border: 2px solid #8a5a00; padding: .75rem 1rem; background: #fff8e6 }
form { display: inline-block; margin: 0 .5rem .5rem 0 }
button { font: inherit; padding: .5rem 1rem; min-height: 2.75rem }
dt { font-weight: bold }
section { border-top: 1px solid #767676; margin-top: 1.5rem }
"""
NOTICE = (
    '<p class="notice"><strong>This is a test server and not Stripe.</strong> '
    "No money moves, no card is asked for, and what happens here is forgotten when it stops.</p>"
)
SYMBOLS = {"eur": "€", "usd": "$", "gbp": "£"}


def page(title: str, *parts: str) -> bytes:
    """A whole page; `parts` are HTML."""
    return (
        f'<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(title)} · test server</title>\n<style>{STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{escape(title)}</h1>\n{NOTICE}\n" + "\n".join(parts) + "\n</main>\n"
        "</body>\n</html>\n"
    ).encode()


def button(label: str, action: str, **fields: str) -> str:
    """A form of one button, which posts `action` to the page that it is on."""
    hidden = "".join(
        f'<input type="hidden" name="{escape(name)}" value="{escape(value)}">'
        for name, value in fields.items()
    )
    return (
        f'<form method="post">{hidden}'
        f'<button name="action" value="{escape(action)}">{escape(label)}</button></form>'
    )


def link(label: str, address: str) -> str:
    return f'<p><a href="{escape(address)}">{escape(label)}</a></p>'


def text(sentence: str) -> str:
    return f"<p>{escape(sentence)}</p>"


def facts(rows: list[tuple[str, str]]) -> str:
    inside = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    return f"<dl>{inside}</dl>"


def money(amount: int, currency: str) -> str:
    symbol = SYMBOLS.get(currency, currency.upper() + " ")
    return f"{symbol}{amount / 100:,.2f}"


def day(moment: int) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%-d %B %Y, %H:%M UTC")
