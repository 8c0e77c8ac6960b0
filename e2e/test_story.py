"""The main job from sign-up to a verified export: with scripts, without, and without a browser."""

import re

import pytest
from playwright.sync_api import expect

from devpilot.methodology import EXAMPLES, Rows, definition
from e2e.forms import EXAMPLE, pairs_of
from e2e.story import Story, steps_in, verify_offline
from e2e.visitor import Visitor

SAVED = re.compile(r"Saved \d\d:\d\d")


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripts(request):
    return request.param


@pytest.fixture
def story(scripts, new_context):
    context = new_context(java_script_enabled=scripts)
    context.set_default_timeout(10000)
    return Story(context.new_page())


def by_code(steps):
    return {definition(order).code: data for order, data in steps.items()}


def ensure_same(exported, expected):
    """What was exported holds what was typed; fields left empty do not count."""
    kept = {
        code: {name: value for name, value in data.items() if value not in ([], "")}
        for code, data in exported.items()
    }
    assert kept == expected


@pytest.mark.timeout(240)
def test_from_sign_up_to_a_verified_export(new_context, tmp_path):
    """Field by field: every step of the clinic, typed into an empty project."""
    context = new_context()
    context.set_default_timeout(10000)
    story = Story(context.new_page())
    page = story.page
    story.sign_up()
    story.create_project("Wellbrook Appointments")
    story.go_on(1)
    for order in (1, 2, 3):
        story.fill_step(order, EXAMPLE[order])
        story.lock(order)

    expect(page.get_by_text(re.compile("Free.*steps? 1 (to|-) 3", re.IGNORECASE))).to_be_visible()
    expect(story.button("Lock step 4")).to_have_count(0)
    story.pay()

    story.open_project("Wellbrook Appointments")
    story.go_on(4)
    story.fill_step(4, EXAMPLE[4])
    story.lock(4)
    story.arrive("Wellbrook Appointments")
    expect(page.get_by_text("Completed: every step locked")).to_be_visible()

    content = story.export()
    verify_offline(content, tmp_path)
    ensure_same(steps_in(content), by_code(EXAMPLE))


@pytest.mark.timeout(240)
def test_typing_two_steps_without_scripts(new_context):
    """Rows, references within a step and the matrix, as plain forms; both steps lock."""
    context = new_context(java_script_enabled=False)
    context.set_default_timeout(10000)
    story = Story(context.new_page())
    story.sign_up()
    story.create_project("Wellbrook Appointments")
    story.go_on(1)
    for order in (1, 2):
        story.fill_step(order, EXAMPLE[order])
        story.lock(order)


@pytest.mark.timeout(120)
def test_the_example_from_sign_up_to_a_verified_export(story, tmp_path):
    page = story.page
    story.sign_up()
    story.create_project("Clinic", example=True)
    story.go_on(1)
    for order in (1, 2, 3):
        story.lock(order)
    story.pay()
    story.open_project("Clinic")
    story.go_on(4)
    story.lock(4)
    expect(page.get_by_text("Completed: every step locked")).to_be_visible()
    verify_offline(story.export(), tmp_path)


def test_step_1_by_hand(story, scripts):
    """Rows are added, moved and removed; the checks lead to what is missing."""
    page = story.page
    goals = definition(1).field("goals")
    assert isinstance(goals, Rows)
    story.sign_up()
    story.create_project("Clinic")
    story.go_on(1)
    missing = page.get_by_role("link", name=re.compile("things? before the lock"))
    at_first = int(missing.inner_text().split()[0])

    page.get_by_label("What it is", exact=True).fill("A booking system.")
    if scripts:
        expect(page.get_by_text(SAVED)).to_be_visible()
    else:
        story.save()
    expect(page.get_by_role("link", name=f"{at_first - 1} things before the lock")).to_be_visible()
    page.reload()
    expect(page.get_by_label("What it is", exact=True)).to_have_value("A booking system.")

    story.fill_list(goals, EXAMPLE[1]["goals"])
    story.save()
    page.reload()
    expect(story.rows(goals)).to_have_count(3)
    story.open_row(story.rows(goals).nth(2))
    story.button("Move goal 3, Give reception its time back, up").click()
    expect(story.rows(goals).nth(1)).to_contain_text("G3")
    story.open_row(story.rows(goals).nth(0))
    story.button("Remove goal 1, Stop double booking").click()
    expect(story.rows(goals)).to_have_count(2)
    page.reload()
    expect(story.rows(goals).nth(0)).to_contain_text("G3")
    expect(story.rows(goals).nth(1)).to_contain_text("G2")

    checks = page.get_by_role("region", name="Before the lock")
    checks.get_by_role("link", name=re.compile("Problem")).first.click()
    if scripts:
        expect(page.get_by_label("Problem", exact=True)).to_be_focused()
    assert page.url.endswith("#problem")


def test_a_refused_lock_saves_nothing_and_leads_to_each_field(story, scripts):
    page = story.page
    story.sign_up()
    story.create_project("Clinic")
    story.go_on(1)
    page.get_by_label("What it is", exact=True).fill("A booking system.")
    story.button("Lock step 1").click()
    summary = page.get_by_role("group", name=re.compile("before step 1 can be locked"))
    expect(summary).to_be_focused()
    expect(page).to_have_title(re.compile("^Error: "))
    expect(page.get_by_label("What it is", exact=True)).to_have_value("A booking system.")
    problem = page.get_by_label("Problem", exact=True)
    expect(problem).to_have_attribute("aria-invalid", "true")
    link = summary.get_by_role("link", name=re.compile("Problem"))
    expect(problem).to_have_accessible_description(re.compile(re.escape(link.inner_text())))
    link.click()
    if scripts:
        expect(problem).to_be_focused()


def test_by_posting_forms(server, tmp_path):
    """A script with nothing but the documented names."""
    visitor = Visitor(server.url).sign_up()
    revision = visitor.create_project("Wellbrook Appointments")
    for order in (1, 2, 3):
        assert visitor.save(revision, order, pairs_of(order)).status == 303
        answer = visitor.lock(revision, order)
        assert (answer.status, answer.location) == (303, f"{revision}/steps/{order + 1}")
    refused = visitor.save(revision, 4, pairs_of(4))
    assert (refused.status, refused.headers["DevPilot-Error"]) == (402, "subscription_required")
    visitor.pay()
    locked = visitor.lock(revision, 4, pairs_of(4))
    assert (locked.status, locked.location) == (303, visitor.project_of(revision))

    export = visitor.export(revision)
    download = visitor.get(f"{export}/download")
    assert download.headers["ETag"].strip('"') in visitor.get(export).text
    verify_offline(download.content, tmp_path)
    ensure_same(steps_in(download.content), by_code(EXAMPLES["wellbrook"].steps))
