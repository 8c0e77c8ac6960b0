"""Moving and removing rows of a list by the buttons of a form.

A newcomer's likely mistake: to take the index of a button for the index in a field name.
Field names may have gaps; here an index is the position among the rows in order, from 0.
"""

from devpilot.methodology.vocabulary import Data


def move_row(data: Data, list_id: str, index: int, to: int) -> Data:
    """The data with one row at another place; unchanged when there is no such row or place."""
    rows = list(data.get(list_id) or ())
    if not (0 <= index < len(rows) and 0 <= to < len(rows)):
        return data
    rows.insert(to, rows.pop(index))
    return {**data, list_id: rows}


def remove_row(data: Data, list_id: str, index: int) -> Data:
    """The data without the row; unchanged when there is none. An emptied list is absent."""
    rows = list(data.get(list_id) or ())
    if not 0 <= index < len(rows):
        return data
    del rows[index]
    if rows:
        return {**data, list_id: rows}
    return {field_id: value for field_id, value in data.items() if field_id != list_id}
