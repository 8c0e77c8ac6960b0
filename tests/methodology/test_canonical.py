"""Our canonical bytes are those of RFC 8785, for every value that step data can hold."""

import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from devpilot.methodology import EXAMPLES, canonical

KEYS = st.text(st.characters(codec="ascii"), min_size=1, max_size=12)
TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
NUMBERS = st.integers(0, 1_000_000_000)
VALUES = st.recursive(
    st.one_of(TEXTS, NUMBERS, st.booleans(), st.none()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(KEYS, VALUES, max_size=5))
def test_any_data_of_ours_has_the_bytes_of_the_standard(data):
    assert canonical(data) == rfc8785.dumps(data)


def test_the_examples_have_the_bytes_of_the_standard():
    for code in ("wellbrook", "doorstep"):
        for data in EXAMPLES[code].steps.values():
            assert canonical(data) == rfc8785.dumps(data)
