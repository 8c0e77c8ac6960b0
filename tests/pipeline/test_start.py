"""The application does not start with an endpoint that nobody decided about."""

import pytest
from flask import Blueprint

from devpilot import enforce
from devpilot.app import create_app
from devpilot.enforce import UnenforcedEndpointError, ensure_all_enforced, policy_of
from devpilot.routes import quota
from tests.conftest import settings_for


@pytest.fixture
def own_app(tmp_path):
    return create_app(settings_for("", tmp_path))


def test_an_endpoint_without_a_policy_refuses_to_start(monkeypatch, tmp_path):

    bare = Blueprint("bare", __name__)
    bare.add_url_rule("/bare", "view", lambda: "nobody decided who may see this")
    monkeypatch.setattr(quota, "bp", bare)
    with pytest.raises(UnenforcedEndpointError, match=r"no policy on: bare\.view"):
        create_app(settings_for("", tmp_path))


def test_a_policy_on_another_function_is_no_policy(own_app):
    own_app.add_url_rule("/bare", "bare", lambda: "x")
    with pytest.raises(UnenforcedEndpointError, match="bare"):
        ensure_all_enforced(own_app)


def test_every_endpoint_but_static_has_a_policy(app):
    without = [name for name in app.view_functions if policy_of(app, name) is None]
    assert without == ["static"]


def test_what_is_asked_about_an_unknown_endpoint_is_a_bug(app):
    with app.app_context(), pytest.raises((KeyError, LookupError)):
        enforce.refusal("projects.nowhere", None)


def test_public_endpoints_own_nothing_and_spend_nothing(app):
    for name in app.view_functions:
        policy = policy_of(app, name)
        if policy is not None and policy.public:
            assert policy.owns is None, name
            assert policy.spends == (), name
            assert policy.subscription is None, name


def test_a_get_reads_no_form_and_spends_nothing(app):
    for rule in app.url_map.iter_rules():
        policy = policy_of(app, rule.endpoint)
        if policy is not None and "GET" in rule.methods:
            assert (policy.reads, policy.spends, policy.keyed) == (None, (), False), rule.endpoint
