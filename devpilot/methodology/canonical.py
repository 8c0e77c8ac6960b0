"""The one byte form of data: RFC 8785, the JSON Canonicalization Scheme.

Hashes, storage quotas and exports all measure these bytes. A newcomer's likely mistake:
`json.dumps(sort_keys=True)`, which orders keys outside the basic plane differently.
Normalisation (NFC) is not done here but where text comes in.
"""

from typing import Any

import rfc8785


def canonical(data: Any) -> bytes:  # noqa: ANN401 - any JSON value has a canonical form
    return rfc8785.dumps(data)
