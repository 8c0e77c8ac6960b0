"""The one byte form of data: RFC 8785, the JSON Canonicalization Scheme.

Hashes, storage quotas and exports all measure these bytes. A newcomer's likely mistake:
using this for any JSON value. The encoder of the standard library writes the bytes of
RFC 8785 as long as keys are below U+D800 and numbers are whole and below 2^53, which holds
for all data of ours (a test compares the two); it is several times faster than the library
that covers the rest. Normalisation (NFC) is not done here but where text comes in.
"""

import json
from typing import Any

_encode = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
).encode


def canonical(data: Any) -> bytes:  # noqa: ANN401 - any JSON value has a canonical form
    """Raises UnicodeEncodeError for a lone surrogate and ValueError for NaN."""
    return _encode(data).encode()
