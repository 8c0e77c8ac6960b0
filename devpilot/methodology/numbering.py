"""Giving rows their keys: the list's letter and the next number, never used twice.

A newcomer's likely mistake: to number from the rows that exist. A removed row's key stays
taken, so the count of what was ever allotted comes from the project, not from the data.
"""

import re
from collections.abc import Collection, Mapping

from devpilot.methodology.posted import PostedRow, token_names
from devpilot.methodology.references import split_key
from devpilot.methodology.text import presentable
from devpilot.methodology.vocabulary import Blueprint, Rows

_TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)


class Numbering:
    """The keys of one save: what was allotted before, and what it allots."""

    __slots__ = ("_known", "_upstream", "allotted", "tokens")

    def __init__(
        self, allotted: Mapping[str, int], known: Mapping[str, str], upstream: Blueprint
    ) -> None:
        self.allotted = dict(allotted)
        self.tokens: dict[str, str] = {}
        """The tokens seen for the first time, each with the key it now stands for."""
        self._known = known
        self._upstream = upstream

    def key_of(self, rows: Rows, posted: PostedRow, stored: Collection[str]) -> tuple[str, str]:
        """The row's key, and a refusal or "". `stored` are the keys that the list holds."""
        if posted.key:
            return self._check(rows, posted.key, stored)
        if posted.token:
            return self._by_token(rows, posted.token, stored)
        return self._allot(rows, stored), ""

    def _check(self, rows: Rows, key: str, stored: Collection[str]) -> tuple[str, str]:
        letter, number = split_key(key)
        if letter == rows.letter and key in stored:
            return key, ""
        once = letter == rows.letter and number <= self.allotted.get(letter, 0)
        if once and not self._is_elsewhere(rows, key):
            return key, ""
        return "", (
            f"“{presentable(key)}” is not the key of a {rows.singular} here; "
            "a new row is posted without a key."
        )

    def _is_elsewhere(self, rows: Rows, key: str) -> bool:
        """True where an earlier step holds the row: `deferred` counts across steps."""
        return any(
            row["key"] == key for data in self._upstream.values() for row in data.get(rows.id) or ()
        )

    def _by_token(self, rows: Rows, token: str, stored: Collection[str]) -> tuple[str, str]:
        if not _TOKEN.fullmatch(token):
            return "", (
                f"“{presentable(token)}” is no row token; "
                "a token has 1 to 64 letters, digits, hyphens or underscores."
            )
        for name in token_names(rows.id, token):
            key = self._known.get(name) or self.tokens.get(name)
            if key is None:
                self.tokens[name] = key = self._allot(rows, stored)
            if split_key(key)[0] == rows.letter:
                return key, ""
        return "", f"“{presentable(token)}” is already the token of another row."

    def _allot(self, rows: Rows, stored: Collection[str]) -> str:
        used = max((split_key(key)[1] for key in stored), default=0)
        number = max(used, self.allotted.get(rows.letter, 0)) + 1
        self.allotted[rows.letter] = number
        return f"{rows.letter}{number}"
