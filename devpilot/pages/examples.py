"""A finished blueprint of ours as a page: drawn once, for it never changes."""

import functools

from devpilot import methodology
from devpilot.adapters.graphviz import lay_out
from devpilot.document import Snapshot, document_html
from devpilot.document.coverage import Coverage, coverage
from devpilot.packing import Kept


@functools.cache
def drawn(code: str) -> tuple[Kept, Coverage]:
    """An example's document and coverage; anyone may ask for them."""
    found = methodology.EXAMPLES[code]
    snapshot = Snapshot(found.name, found.mode, 1, "", "", found.steps)
    return Kept.of(document_html(snapshot, lay_out)), coverage(found.steps)
