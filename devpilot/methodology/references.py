"""What a reference may point at, and what a typed one means.

Owns the rule that a key wins over a label. A newcomer's likely mistake: to refuse a key
whose row is gone. A draft keeps it, dangling; the lock complains, not the draft.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from devpilot.methodology.labels import listed
from devpilot.methodology.text import clean, presentable
from devpilot.methodology.vocabulary import Rows

_TYPED_LIMIT = 1000
_EXAMPLES = 4
_MOST_PARTS = 500
"""More keys in one input than any list has rows; the rest is refused as one name."""

_KEY_PARTS = re.compile(r"([A-Z]{1,2})([1-9][0-9]{0,8})", re.ASCII)

RowsOf = Callable[[str], Sequence[Mapping[str, Any]]]
"""The rows of a list by the list's id."""


def split_key(key: str) -> tuple[str, int]:
    """A key's letter and number; `("", 0)` for what is no key."""
    parts = _KEY_PARTS.fullmatch(key)
    return (parts[1], int(parts[2])) if parts else ("", 0)


class Targets:
    """The rows that one kind of reference may point at."""

    __slots__ = ("_keys_by_label", "_letters", "_lists", "_ranks", "keys")

    def __init__(self, lists: Sequence[Rows], rows_of: RowsOf) -> None:
        self._lists = lists
        self._letters = {rows.letter for rows in lists}
        self._ranks = {rows.letter: rank for rank, rows in enumerate(lists)}
        self.keys: dict[str, str] = {}
        """Each target's key and label, in list and row order."""
        self._keys_by_label: dict[str, list[str]] = {}
        for rows in lists:
            column = rows.label_column
            for row in rows_of(rows.id):
                self._add(row["key"], row.get(column, ""))

    def _add(self, key: str, label: str) -> None:
        self.keys[key] = label
        if label:
            self._keys_by_label.setdefault(label, []).append(key)

    def shown(self) -> dict[str, str]:
        """Each target's key and what a text input shows for it: what would be read back.

        That is its label, unless another target has the same or it looks like a key.
        """
        once = self._keys_by_label
        return {
            key: label if label and len(once[label]) == 1 and not self._is_keyish(label) else key
            for key, label in self.keys.items()
        }

    def told_apart(self) -> dict[str, str]:
        """Each target's key and what stands beside its box: its label, and the key with it where
        another target has the same, or alone where there is no label.
        """
        return {key: self._apart(key, label) for key, label in self.keys.items()}

    def _apart(self, key: str, label: str) -> str:
        if not label:
            return key
        return label if len(self._keys_by_label[label]) == 1 else f"{label} ({key})"

    def _is_keyish(self, label: str) -> bool:
        return split_key(label)[0] in self._letters

    def meanings(self, called: Mapping[str, Sequence[str]]) -> dict[str, str]:
        """The key that each label of a form means here, whatever its row is called now.

        `called` is label to keys. Made once for a column: a post may hold thousands of each.
        """
        mine = {
            label: {key for key in keys if split_key(key)[0] in self._letters}
            for label, keys in called.items()
            if label not in self.keys
        }
        return {label: next(iter(keys)) for label, keys in mine.items() if len(keys) == 1}

    def resolve(self, typed: str, allotted: Mapping[str, int]) -> tuple[str, str]:
        """The key that was meant, and otherwise why there is none: "names …"."""
        if typed in self.keys:
            return typed, ""
        letter, number = split_key(typed)
        if letter in self._letters and number <= allotted.get(letter, 0):
            return typed, ""
        label, refusal = clean(typed, limit=_TYPED_LIMIT, lines=False)
        if refusal:
            return "", refusal
        if label in self.keys:
            return label, ""
        found = self._keys_by_label.get(label, ())
        if len(found) == 1:
            return found[0], ""
        return "", self._refuse(label, found)

    def resolve_many(
        self, typed: Sequence[str], allotted: Mapping[str, int]
    ) -> tuple[list[str], str]:
        """The keys that were meant, each once, in list and number order; the first refusal."""
        keys: set[str] = set()
        for value in typed:
            key, refusal = self.resolve(value, allotted) if value.strip() else ("", "")
            if not refusal:
                keys.add(key)
                continue
            for part in value.split(",", _MOST_PARTS):
                key, refusal = self.resolve(part.strip(), allotted) if part.strip() else ("", "")
                if refusal:
                    return self.in_order(keys), refusal
                keys.add(key)
        return self.in_order(keys), ""

    def in_order(self, keys: set[str]) -> list[str]:
        keys.discard("")
        return sorted(keys, key=self._position) if len(keys) > 1 else list(keys)

    def _position(self, key: str) -> tuple[int, int]:
        letter, number = split_key(key)
        return self._ranks.get(letter, 0), number

    def _refuse(self, label: str, found: Sequence[str]) -> str:
        quoted = f"“{presentable(label)}”"
        if found:
            return f"names {quoted}, which is the name of {listed(found)}; write the key."
        kinds = _or([rows.singular for rows in self._lists])
        if not self.keys:
            return f"names {quoted}, but there is no {kinds} yet; add one first."
        known = [f"{presentable(label, 40)} ({key})" for key, label in self.keys.items()]
        if len(known) > _EXAMPLES:
            known = [*known[:_EXAMPLES], f"another of {len(known)}"]
        return f"names {quoted}, which is no {kinds}. It could be {_or(known)}."


def _or(words: Sequence[str]) -> str:
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]
