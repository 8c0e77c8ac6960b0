import copy
import json

import pytest
from jsonschema import Draft202012Validator

from devpilot.document import blueprint_json, blueprint_schema


@pytest.fixture(scope="module")
def validator():
    return Draft202012Validator(blueprint_schema("lean"))


@pytest.fixture
def document(finished):
    return json.loads(blueprint_json(finished))


@pytest.mark.parametrize("mode", ["lean", "full"])
def test_the_schema_is_a_schema(mode):
    Draft202012Validator.check_schema(blueprint_schema(mode))


def test_a_finished_blueprint_satisfies_it(validator, document):
    assert not list(validator.iter_errors(document))


def test_a_blueprint_whose_plans_do_not_apply_satisfies_it(validator, internal):
    assert not list(validator.iter_errors(json.loads(blueprint_json(internal))))


def _set(*path: str | int, to):
    def change(document):
        for name in path[:-1]:
            document = document[name]
        document[path[-1]] = to

    return change


def _without(*path: str | int):
    def change(document):
        for name in path[:-1]:
            document = document[name]
        del document[path[-1]]

    return change


WRONG = {
    "another format": _set("format", to="x"),
    "another template version": _set("template_version", to=3),
    "another mode": _set("revision", "mode", to="full"),
    "a step missing": _without("steps", "workflows"),
    "a step too many": _set("steps", "data", to={}),
    "a field missing": _without("steps", "definition", "summary"),
    "a field too many": _set("steps", "definition", "mood", to="good"),
    "a required text empty": _set("steps", "definition", "summary", to=""),
    "a text too long": _set("steps", "definition", "summary", to="a" * 901),
    "too few rows": _set("steps", "definition", "goals", to=[]),
    "a key of another list": _set("steps", "definition", "goals", 0, "key", to="F1"),
    "a column missing": _without("steps", "definition", "goals", 0, "target"),
    "an unknown option": _set("steps", "model", "business_model", to="luck"),
    "a reference to another list": _set("steps", "workflows", "workflows", 0, "actor", to="F1"),
    "a required reference empty": _set("steps", "workflows", "workflows", 0, "actor", to=""),
    "required references empty": _set("steps", "workflows", "workflows", 0, "features", to=[]),
    "the same reference twice": _set(
        "steps", "workflows", "workflows", 0, "features", to=["F1", "F1"]
    ),
    "plans where a model needs them": _without("steps", "model", "plans"),
    "plans where they do not apply": _set("steps", "model", "business_model", to="internal"),
    "an if without its condition": _set(
        "steps", "model", "capabilities", "F1", "R1", to={"value": "if"}
    ),
    "a condition without an if": _set(
        "steps", "model", "capabilities", "F1", "R1", to={"value": "all", "condition": "x"}
    ),
    "yes or no as text": _set("steps", "model", "roles", 0, "pays", to="yes"),
    "a warning without its sentence": _set("warnings", to=[{"rule": "1.4"}]),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG.keys())
def test_what_is_wrong_is_found(validator, document, change):
    assert validator.is_valid(document)
    changed = copy.deepcopy(document)
    change(changed)
    assert not validator.is_valid(changed)
