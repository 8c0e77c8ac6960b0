"""The voice of the product, as far as a program can hear it.

Plain and level: it says what is so and what to do next. It does not apologise, cheer, blame or
beg; it writes out what Latin shortens; its quotes are curly; its headings and buttons are
sentences without a stop. A newcomer's likely mistake: judging what somebody typed, or what the
methodology published. Give both as `own`, and they are not heard.
"""

import re
from collections.abc import Collection, Iterator

from devpilot.methodology import STEPS, Rows, rules
from tests.wording import HOLE

AVOIDED = (
    "please", "sorry", r"apolog\w*", "oops", "whoops", "uh-oh", "unfortunately", "invalid",
    "illegal", "error occurred", "something went wrong", "successful", "successfully", "failed to",
    "unable to", "simply", "kindly", "obviously", "awesome", "congratulations", "are you sure",
    "and/or", "utilise", "utilize", "click here", "in order to",
)  # fmt: skip
LATIN = ("e.g", "i.e", "etc.", "viz.", "cf.", "per se")
SAYS_NOTHING = {"here", "click", "click here", "this", "link", "more", "read more", "details"}
"""What a link must not be called, since links are also read without what stands around them."""

NAMES = {
    "AI", "API", "Billing", "CSRF", "CSV", "Ctrl", "DevPilot", "Doorstep", "Enter", "Free", "HTTP",
    "IP", "JSON", "Markdown", "OpenAI", "Pro", "README", "RFC", "SHA-256", "Stripe", "URL", "UTC",
    "UTF-8", "Usage", "Wellbrook", "ZIP",
}  # fmt: skip
"""What has a capital wherever it stands."""

SETTLED_HINTS = {"transitions", "pipeline"}
"""Fields whose hints have straight quotes. Hints stand in the schema of every export, so another
letter there is another template version."""

LONGEST_TITLE = 70
LONGEST_SENTENCE = 240

_COUNTED = "check|change|export|feature|place|project|reference|restart|row|step|suggestion|thing"
_WRONG = {
    "a straight quote": re.compile(r"['\"]"),
    "an exclamation mark": re.compile("!"),
    "two spaces, or one before a mark": re.compile(r"\w  +\w|\w [,.;:?](?=\s|$)"),
    "two marks": re.compile(r"(?<!\.)\.\.(?!\.)|[,;:]\.|\.,|;;"),
    "a code": re.compile(r"\b[a-z]+_[a-z_]+\b"),
    "an identifier": re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-"),
    "what a program prints": re.compile(r"\{[{%]|[%}]\}|^(?:True|False|null|undefined)$"),
    "one of several": re.compile(rf"(?<![\d.,:-])\b1 (?:{_COUNTED})s\b|\ball 1\b"),
}
_AVOIDED = re.compile(rf"\b(?:{'|'.join(AVOIDED)})\b", re.IGNORECASE)
_LATIN = re.compile(rf"\b(?:{'|'.join(map(re.escape, LATIN))})", re.IGNORECASE)
_CAPITAL = re.compile(r"(?<=[a-z,] )[A-Z][\w-]*")
_KEY = re.compile(r"[A-Z]{1,2}\d+")


def published() -> set[str]:
    """What the methodology gave out: titles, labels, rules, and what may be chosen."""
    fields = [field for step in STEPS for field in step.fields]
    columns = [column for field in fields if isinstance(field, Rows) for column in field.columns]
    found = {option for one in (*fields, *columns) for option in getattr(one, "options", ())}
    found |= {one.label for one in (*fields, *columns)} | {step.title for step in STEPS}
    found |= {field.hint for field in fields if field.id in SETTLED_HINTS}
    return found | {rule.text for step in STEPS for rule in rules(step.order)}


Own = Collection[str]
"""Words that are somebody else's."""


def without(text: str, own: Own) -> str:
    """The text without these words, of which longer ones go first."""
    found = [words for words in own if words in text]
    for words in sorted(found, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(words)}(?!\w)", HOLE, text)
    return text


def faults(text: str, own: Own = ()) -> list[str]:
    """What is wrong with any words that people see. What stands in quotes is somebody else's."""
    text = re.sub("“[^”]*”", f"“{HOLE}”", text)
    found = list(_heard(text))  # to leave words out takes long, and mostly nothing is wrong
    return list(_heard(without(text, own))) if found and own else found


def _heard(text: str) -> Iterator[str]:
    for name, pattern in _WRONG.items():
        if pattern.search(text):
            yield f"{name}: {text}"
    for pattern in (_AVOIDED, _LATIN):
        if found := pattern.search(text):
            yield f"“{found[0]}”: {text}"


def faults_of_sentences(text: str, own: Own = ()) -> list[str]:
    """What is wrong with what should be one or more whole sentences."""
    found = faults(text, own)
    if not re.match(r"[A-Z0-9“…]", text):
        found.append(f"it begins small: {text}")
    if not re.search(r"[.?…]$", text):
        found.append(f"it has no end: {text}")
    for sentence in re.split(r"(?<=[.?]) ", text):
        if len(sentence) > LONGEST_SENTENCE < len(without(sentence, own)):
            found.append(f"{len(sentence)} characters: {sentence}")
    return found


def faults_of_title(text: str, own: Own = ()) -> list[str]:
    """What is wrong with a label or the words on a button."""
    found = faults(text, own) + faults_of_capitals(text, own)
    return [*found, f"it ends like a sentence: {text}"] if text.endswith(".") else found


def faults_of_capitals(text: str, own: Own = ()) -> list[str]:
    """Words that are written large within a sentence, and are no names."""
    found = _large(text)
    return _large(without(text, own)) if found and own else found


def _large(text: str) -> list[str]:
    words = [word for word in _CAPITAL.findall(text) if not _KEY.fullmatch(word)]
    return [f"“{word}” has a capital: {text}" for word in words if word not in NAMES]
