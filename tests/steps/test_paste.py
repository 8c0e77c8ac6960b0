"""A pasted table becomes rows all at once, or is reported row by row and changes nothing."""

import html
import uuid

import pytest

from devpilot.methodology import EXAMPLES, Rows, definition
from devpilot.methodology.tables import as_table
from tests.page import page_of
from tests.refusals import HTMX, assert_refused
from tests.steps.typing_in import goal, row_keys, stored

EXAMPLE = EXAMPLES["wellbrook"].steps
TSV = "Stop double booking\tBooked twice\t0\nFewer calls\tCalls a day\t10\n"

MARKDOWN = "| Stop double booking | Booked twice | 0 |\n| Fewer calls | Calls a day | 10 |"


@pytest.fixture
def empty(free, make_project):
    return make_project(free, example="")


def paste(owned, list_id, text, order=1, **fields):
    given = {"paste": list_id, f"paste-{list_id}": text, **fields}
    return owned.owner.save(owned.revision, order, given)


def goals(app, owned):
    return [
        (row["key"], row["goal"], row["measure"], row["target"])
        for row in stored(app, owned.revision).get("goals", [])
    ]


TWO = [
    ("G1", "Stop double booking", "Booked twice", "0"),
    ("G2", "Fewer calls", "Calls a day", "10"),
]


@pytest.mark.parametrize(
    "text",
    [
        TSV,
        TSV.replace("\t", ","),
        TSV.replace("\t", ";"),
        TSV.replace("\n", "\r\n"),
        "Goal\tMeasured by\tTarget\n" + TSV,
        "goal\tmeasure\ttarget\n" + TSV,
        "target,goal,measure\n0,Stop double booking,Booked twice\n10,Fewer calls,Calls a day",
        f"| Goal | Measured by | Target |\n|---|:--|--:|\n{MARKDOWN}",
        MARKDOWN,
        '"Stop double booking","Booked twice","0"\n"Fewer calls","Calls a day","10"',
        "\n\n" + TSV + "\n\n",
    ],
    ids=["tabs", "commas", "semicolons", "CRLF", "labels", "ids", "other order", "Markdown",
         "Markdown without header", "quoted", "blank lines"],
)  # fmt: skip
def test_by_header_or_by_order(app, empty, text):
    response = paste(empty, "goals", text)
    assert response.status_code == 303, page_of(response.text).text[:1500]
    assert goals(app, empty) == TWO
    assert response.headers["Location"].endswith(
        "/steps/1?added=2&replaced=0&version=2#goals-0-goal"
    )


def test_the_page_after_it_says_how_many_rows_came(empty):
    shown = empty.owner.open(paste(empty, "goals", TSV).headers["Location"])
    assert "2 rows added; all saved" in shown.text
    again = paste(empty, "goals", "Key\tGoal\nG1\tAnother\n\tOne more")
    shown = empty.owner.open(again.headers["Location"])
    assert "1 row added, 1 replaced; all saved" in shown.text


@pytest.mark.parametrize(
    "asked",
    ["added=x&replaced=0", "added=2&replaced=0&version=9", "added=2&replaced=0", "version=1"],
)
def test_an_address_that_says_no_numbers_says_nothing(empty, asked):
    shown = empty.owner.open(f"{empty.step(1)}?{asked}")
    assert shown.status_code == 200
    assert ">All saved<" in shown.text


def test_rows_that_are_typed_stay_before_them(app, empty):
    fields = {"summary": "Typed as well", **goal(0, "Typed")}
    assert paste(empty, "goals", TSV, **fields).status_code == 303
    assert [row[1] for row in goals(app, empty)] == ["Typed", "Stop double booking", "Fewer calls"]
    assert stored(app, empty.revision)["summary"] == "Typed as well"


def test_rows_that_are_stored_stay_when_none_are_posted(app, empty):
    paste(empty, "goals", "First\ta\t1")
    paste(empty, "goals", "Second\tb\t2")
    assert [row[:2] for row in goals(app, empty)] == [("G1", "First"), ("G2", "Second")]


def test_a_known_key_replaces_its_row_and_keeps_what_is_not_in_the_table(app, empty):
    paste(empty, "goals", TSV)
    paste(empty, "goals", "Key\tTarget\nG2\t5\n\t7")
    assert goals(app, empty) == [
        TWO[0],
        ("G2", "Fewer calls", "Calls a day", "5"),
        ("G3", "", "", "7"),
    ]


@pytest.mark.slow
def test_what_is_copied_can_be_pasted_back_and_changes_nothing(written, nothing_changes):
    for order, data in EXAMPLE.items():
        if order > 1:
            written.owner.lock(written.revision, order - 1)
        if order > 3:
            break
        with nothing_changes():
            for field in definition(order).fields:
                if isinstance(field, Rows) and data.get(field.id):
                    response = paste(written, field.id, as_table(field, data[field.id]), order)
                    assert response.status_code == 303, page_of(response.text).text[:1500]


def test_references_by_name_and_by_key(app, written):
    features = "Name\tWhat\tRelease\tServes goals\nExport\tAs a file\tMVP\tG1, G2\n"
    assert paste(written, "features", features).status_code == 303
    row = stored(app, written.revision)["features"][-1]
    assert (row["release"], row["goals"]) == ("mvp", ["G1", "G2"])


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "There is no table in this text"),
        ("  \n \t\n", "There is no table in this text"),
        ("Goal\tTarget", "a header and no row"),
        ("a\tb\tc\td", "Row 1 has 4 cells where 3 fit"),
        ("Goal\tNonsense\nx\ty", "“Nonsense”, which is no column"),
        ("a\tb\t0\n" + "x" * 121 + "\tb\tc", "Row 2 of the table: “Goal”"),
        ("a\tb\n" * 8, "8 rows; “Goals and how they are measured” takes 7"),
        ("a\tb\n" * 10_000, "10,000 lines"),
        ("a\n" * 600_000, "600,000 lines"),
        ("x\t" * 500_000, "1,000,000 characters"),
        ("a\tb\x00c\t0", "Row 1 of the table"),
        ('"two\nlines"\tb\t0', "has a line break"),
    ],
    ids=["nothing", "blank", "header alone", "too many cells", "unknown column", "too long",
         "too many rows", "ten thousand", "many lines", "many cells", "control character",
         "line break"],
)  # fmt: skip
def test_what_cannot_be_read_is_said_by_row_and_kept_in_its_box(empty, nothing_changes, text, said):
    with nothing_changes():
        response = paste(empty, "goals", text, summary="Typed for an hour")
        assert_refused(response, "invalid_input")
    page = page_of(response.text)
    assert said in page.text
    fields = dict(page.form("/draft").fields)
    assert fields["paste-goals"].replace("\r", "") == text
    assert fields["summary"] == "Typed for an hour"
    assert "goals-0-goal" not in fields or not fields["goals-0-goal"], "half kept"


def test_every_bad_row_is_named(empty, nothing_changes):
    long = "x" * 121
    with nothing_changes():
        refused = paste(empty, "goals", f"ok\ta\t1\n{long}\tb\t2\nok\tc\t3\n{long}\td\t4")
        assert_refused(refused, "invalid_input")
    text = page_of(refused.text).text
    assert "Row 2 of the table" in text
    assert "Row 4 of the table" in text
    assert "Row 1 of" not in text


@pytest.mark.parametrize("name", ["Nobody", "G99", "Fewer calls"])
def test_a_reference_to_nothing_or_to_two_things(written, nothing_changes, name):
    if name == "Fewer calls":
        paste(written, "goals", "Fewer calls\ta\t1\nFewer calls\tb\t2")
    with nothing_changes():
        refused = paste(written, "features", f"Name\tServes goals\nExport\t{name}")
        assert_refused(refused, "invalid_input")
    assert "Row 1 of the table" in page_of(refused.text).text


def test_together_they_may_not_exceed_the_list(empty, nothing_changes):
    paste(empty, "goals", "a\tb\tc\n" * 5)
    with nothing_changes():
        assert_refused(paste(empty, "goals", "a\tb\tc\n" * 3), "invalid_input")


def test_a_table_that_was_not_added_is_not_lost_by_another_button(empty, nothing_changes):
    with nothing_changes():
        refused = empty.owner.save(empty.revision, 1, {"paste-goals": TSV, "summary": "x"})
        assert_refused(refused, "invalid_input")
    page = page_of(refused.text)
    assert "is not added yet" in page.text
    assert dict(page.form("/draft").fields)["paste-goals"].replace("\r", "") == TSV


def test_a_box_of_no_list_and_a_button_without_one(empty, nothing_changes):
    with nothing_changes():
        assert_refused(paste(empty, "summary", "x"), "invalid_input")
        assert_refused(paste(empty, "nothing", "x"), "invalid_input")
        refused = empty.owner.save(empty.revision, 1, {"paste-nothing": "x"})
        assert_refused(refused, "invalid_input")


def test_the_same_post_twice_adds_once(app, empty, nothing_changes):
    fields = {"version": "1", "paste": "goals", "paste-goals": TSV}
    path = f"{empty.step(1)}/draft"
    assert empty.owner.post(path, fields).status_code == 303
    with nothing_changes():
        assert_refused(empty.owner.post(path, fields), "stale_version")
    assert row_keys(app, empty.revision) == ["G1", "G2"]


def test_by_htmx_the_rows_are_drawn(empty):
    fields = {"version": "1", "paste": "goals", "paste-goals": TSV}
    headers = {**HTMX, "DevPilot-Pressed": "yes"}
    response = empty.owner.post(f"{empty.step(1)}/draft", fields, headers=headers)
    assert response.status_code == 200
    assert 'value="Stop double booking"' in response.text
    assert "paste-goals" in response.text


def test_names_of_every_script_and_very_long_words(app, empty):
    names = [
        "\u0645\u0631\u062d\u0628\u0627",  # Arabic, right to left
        "\U0001f469\U0001f3fd\u200d\u2695\ufe0f clinic",  # an emoji of five code points
        "Z\u0351\u036b\u0343\u036a\u0302a",  # stacked marks
        "x" * 120,
        "\uff46\uff55\uff4c\uff4c",  # full width
    ]
    text = "\n".join(f"{name}\ta\t0" for name in names)
    assert paste(empty, "goals", text).status_code == 303
    assert len(goals(app, empty)) == 5


def test_a_list_is_offered_as_a_table_to_copy(written, nothing_changes):
    path = f"{written.step(1)}/table?list=goals"
    with nothing_changes():
        page = written.owner.page(path)
    area = page.html.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    goals_field = definition(1).field("goals")
    assert isinstance(goals_field, Rows)
    assert html.unescape(area).strip() == as_table(goals_field, EXAMPLE[1]["goals"]).strip()
    assert path in written.owner.page(written.step(1)).links


@pytest.mark.parametrize("name", ["summary", "nothing", "roles", ""])
def test_what_is_no_list_of_the_step_is_not_found(written, name):
    response = written.owner.open(f"{written.step(1)}/table?list={name}")
    assert response.status_code == 404
    assert response.headers["DevPilot-Error"] == "not_found"


def test_a_page_of_nothing_gives_the_text_back_and_none_of_the_forms_own_fields(free):
    fields = {
        "summary": "Typed for an hour", "paste-goals": "Pasted\twith\tcare", "propose": "goals",
        "place-goals-0": "4711", "goals-0-key": "G4712",
    }  # fmt: skip
    response = free.post(f"/revisions/{uuid.uuid4()}/steps/1/draft", fields)
    assert_refused(response, "not_found")
    text = page_of(response.text).text
    assert "Typed for an hour" in text
    assert "Pasted with care" in text
    assert "4711" not in text
    assert "G4712" not in text
    assert "propose" not in text
