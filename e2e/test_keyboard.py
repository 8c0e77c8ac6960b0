"""The story by keyboard alone: every control in reach, and the focus where one expects it."""

import re
import time
from pathlib import Path

import pytest
from playwright.sync_api import expect

from e2e.keyboard import Keyboard
from e2e.story import arrive, verify_offline
from e2e.visitor import PASSWORD, new_email


@pytest.fixture(params=[True, False], ids=["scripts", "no scripts"])
def scripts(request):
    return request.param


@pytest.fixture
def keyboard(scripts, new_context):
    context = new_context(java_script_enabled=scripts)
    context.set_default_timeout(10000)
    return Keyboard(context.new_page())


def sign_up(keyboard):
    keyboard.page.goto("/")
    keyboard.activate("link", "Create account")
    arrive(keyboard.page, "Create an account")
    keyboard.enter("E-mail address", new_email())
    keyboard.press("Tab")
    assert keyboard.at() == ("textbox", "Password")
    keyboard.type(PASSWORD)
    keyboard.press("Enter")
    arrive(keyboard.page, "Projects")


def test_skip_link_comes_first_and_skips(keyboard):
    page = keyboard.page
    page.goto("/methodology")
    keyboard.press("Tab")
    assert keyboard.at() == ("link", "Skip to the content")
    keyboard.press("Enter")
    keyboard.press("Tab")
    inside = page.get_by_role("main").locator(":focus")
    expect(inside).to_have_count(1)


@pytest.mark.timeout(180)
def test_the_example_to_a_verified_export(keyboard, tmp_path):
    page = keyboard.page
    sign_up(keyboard)
    keyboard.activate("link", "Start from the clinic example")
    arrive(keyboard.page, "New project")
    keyboard.enter("Name", "Clinic")
    keyboard.press("Enter")
    arrive(page, "Clinic")
    keyboard.activate("link", "Go on with step 1")
    for order, title in enumerate(
        ["Project Definition", "Users & Business Model", "High-Level Architecture"], start=1
    ):
        arrive(keyboard.page, title)
        lock(keyboard, order)
    arrive(keyboard.page, "Product Workflows")
    keyboard.activate("link", "See Billing")
    arrive(page, "Billing")
    keyboard.activate("button", "Go to payment")
    arrive(keyboard.page, "Billing sandbox")
    keyboard.activate("button", "Confirm payment")
    expect(page.get_by_text("You are on Pro")).to_be_visible()
    keyboard.activate("link", "Projects")
    arrive(keyboard.page, "Projects")
    keyboard.activate("link", "Clinic")
    arrive(page, "Clinic")
    keyboard.activate("link", "Go on with step 4")
    arrive(keyboard.page, "Product Workflows")
    lock(keyboard, 4)
    arrive(page, "Clinic")
    expect(page.get_by_text("Completed: every step locked")).to_be_visible()
    keyboard.activate("button", "Make the export")
    arrive(keyboard.page, "Export")
    keyboard.tab_to("link", "Download the ZIP")
    with page.expect_download() as download:
        keyboard.press("Enter")
    verify_offline(Path(download.value.path()).read_bytes(), tmp_path)


def lock(keyboard, order):
    """What says that the step is ready leads to the button."""
    keyboard.activate("link", "Ready to lock", most=60)
    keyboard.press("Tab")
    assert keyboard.at() == ("button", f"Lock step {order}")
    keyboard.press("Enter")


@pytest.mark.timeout(180)
def test_step_1_written_and_locked(keyboard):
    page = keyboard.page
    sign_up(keyboard)
    keyboard.activate("link", "Start a project")
    arrive(keyboard.page, "New project")
    keyboard.enter("Name", "Clinic")
    keyboard.press("Enter")
    arrive(page, "Clinic")
    keyboard.activate("link", "Go on with step 1")
    arrive(keyboard.page, "Project Definition")
    keyboard.enter("What it is", "A booking system for three clinics.")
    keyboard.enter("Problem", "Six appointments a week are double-booked.")
    write_goals(keyboard)
    write_features(keyboard)
    keyboard.enter("Will not be built", "No clinical notes", most=12)
    keyboard.enter("Why not", "The records system holds them.")
    keyboard.enter("Neighbour", "Patient records system", most=12)
    keyboard.enter("Ours", "Names and contact details")
    keyboard.enter("Theirs", "Everything clinical")
    keyboard.enter("We assume", "Nearly every patient has a mobile number", most=12)
    keyboard.enter("If that is wrong", "Letters would be needed")
    keyboard.choose("Kind", "budget", most=12)
    keyboard.enter("Constraint", "Running cost under 400 a month")
    keyboard.tab_to("button", "Lock step 1", most=14)
    keyboard.press("Enter")
    arrive(keyboard.page, "Users & Business Model")
    assert page.url.endswith("/steps/2")


def write_goals(keyboard):
    keyboard.enter("Goal", "Stop double booking", most=12)
    keyboard.enter("Measured by", "Confirmed appointments that overlap")
    keyboard.enter("Target", "Zero per month")
    keyboard.activate("button", "Add goal")
    ensure_new_row(keyboard, "goal", 2, "Goal")
    keyboard.type("Fewer missed appointments")
    keyboard.enter("Measured by", "Share of appointments missed")
    keyboard.enter("Target", "Under 6%")
    # Its buttons are named by number until the page is drawn anew.
    keyboard.activate("button", "Move goal 2, up", most=6)
    expect_focus(keyboard, "button", "Move goal 1, Fewer missed appointments, down")
    keyboard.activate("button", "Remove goal 1, Fewer missed appointments", most=4)
    expect_focus(keyboard, "textbox", "Goal")
    assert keyboard.page.locator(":focus").input_value() == "Stop double booking"


def write_features(keyboard):
    keyboard.enter("Name", "Find and book a slot", most=12)
    keyboard.enter("What it does", "See free slots and confirm one.")
    keyboard.choose("Release", "mvp")
    keyboard.tick("Stop double booking", most=2)
    keyboard.activate("button", "Add feature", most=6)
    ensure_new_row(keyboard, "feature", 2, "Name")
    keyboard.type("Video visits")
    keyboard.enter("What it does", "A visit held over video.")
    keyboard.choose("Release", "later")


def ensure_new_row(keyboard, noun, number, first):
    page = keyboard.page
    expect(page.get_by_role("button", name=re.compile(f"^Remove {noun} {number}"))).to_be_visible()
    expect_focus(keyboard, "textbox", first)
    assert keyboard.page.locator(":focus").input_value() == ""


def expect_focus(keyboard, role, name):
    """Once the answer is drawn."""
    deadline = time.monotonic() + 8
    while keyboard.at() != (role, name) and time.monotonic() < deadline:
        keyboard.page.wait_for_timeout(50)
    assert keyboard.at() == (role, name)
