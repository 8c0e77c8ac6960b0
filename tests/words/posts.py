"""Posts that no form would send, for each way in which a step can refuse what was typed."""

from collections.abc import Iterator

from devpilot.methodology import STEPS, Draft, Matrix, Rows, StepDefinition, StepField
from devpilot.methodology.tables import read_table
from devpilot.methodology.vocabulary import Blueprint, Data
from tests.methodology.posting import Pairs, before, save

LONG = "x" * 3001
TYPED = (LONG, "barter", "one\ntwo", "ZZ9", "-3", "-")
TOKEN = "a-token-of-sixteen"


def problems(blueprint: Blueprint) -> set[str]:
    """Every sentence that the steps say to these posts, empty and filled in."""
    said = set()
    for step in STEPS:
        upstream = before(blueprint, step.order)
        for stored in (Draft(), Draft(blueprint[step.order], {})):
            for pairs in _posts(step, blueprint[step.order]):
                found = save(step.order, pairs, stored=stored, upstream=upstream).problems
                said |= {problem.message for problem in found}
        for field in step.fields:
            if isinstance(field, Rows):
                said |= {
                    told for text in _tables(field) for told in read_table(field, text).problems
                }
    return said


def _posts(step: StepDefinition, data: Data) -> Iterator[Pairs]:
    yield [("nothing", "x")]
    for field in step.fields:
        for typed in TYPED:
            yield [(field.id, typed)]
            yield [(field.id, typed)] * 2
        yield from _of_rows(field) if isinstance(field, Rows) else ()
        yield from _of_matrix(field, data.get(field.id, {})) if isinstance(field, Matrix) else ()


def _of_rows(field: StepField) -> Iterator[Pairs]:
    assert isinstance(field, Rows)
    first, second = (f"{field.id}-{place}" for place in (0, 1))
    column = field.columns[0].id
    both = [(f"{first}-{column}", "a"), (f"{second}-{column}", "b")]
    for one in field.columns:
        for typed in TYPED:
            yield [(f"{first}-{one.id}", typed)]
            yield [(f"{first}-{one.id}", typed)] * 2
    yield [*both, (f"{first}-key", "ZZ9")]
    yield [*both, (f"{first}-new", "!")]
    yield [*both, (f"{first}-key", f"{field.letter}1"), (f"{second}-key", f"{field.letter}1")]
    yield [*both, (f"{first}-new", TOKEN), (f"{second}-new", TOKEN)]
    yield [(f"{field.id}-{place}-{column}", "a") for place in range(field.maximum + 1)]
    yield [(f"{first}-nothing", "a")]


def _of_matrix(field: Matrix, cells: Data) -> Iterator[Pairs]:
    yield [(f"{field.id}-ZZ1-ZZ2", field.options[0])]
    for row, columns in list(cells.items())[:1]:
        for column in columns:
            name = f"{field.id}-{row}-{column}"
            yield [(name, "barter"), (f"{name}-condition", LONG)]
            yield [(name, field.options[0])] * 2


def _tables(field: Rows) -> Iterator[str]:
    first = field.columns[0].label
    yield from (
        "",
        first,
        f"{first}\tNothing\na\tb",
        "a\t" * 30,
        "a" * 100_001,
        "\n" * 20_000 + "a",
    )
    yield "\n".join("a" for _ in range(field.maximum + 1))
