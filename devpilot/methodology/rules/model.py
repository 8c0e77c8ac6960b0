"""Rules of step 2: who may do what, who pays, who abuses it."""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts
from devpilot.methodology.rules.lookups import (
    capabilities,
    capability,
    capital,
    mvp_keys,
    none_everywhere,
)
from devpilot.methodology.rules.rule import Breach, error, warning

_PAID = frozenset({"subscription", "usage", "one-off", "marketplace"})
_UNPAID = frozenset({"internal", "funded", "none"})


@error(
    "2.1",
    "A cell that is 'if' states its condition.",
    why="An unstated condition is decided by whoever writes the code, differently each time.",
    reads=("capabilities",),
)
def condition_is_stated(facts: Facts) -> Iterator[Breach]:
    cells = facts.data.get("capabilities") or {}
    for feature in mvp_keys(facts):
        for role, value in capabilities(facts, feature):
            if value == "if" and not cells[feature][role].get("condition"):
                yield Breach(
                    field="capabilities",
                    row=feature,
                    column=role,
                    message=(
                        f"{capital(facts.name(role))} may use {facts.name(feature)} "
                        "only if a condition holds, and the condition is not stated."
                    ),
                    mend="Write the condition, or choose none, view, own or all.",
                )


@error(
    "2.2",
    "Every mvp feature is open to at least one role.",
    why="A feature that nobody may use need not be built.",
    reads=("roles", "capabilities"),
)
def feature_is_open(facts: Facts) -> Iterator[Breach]:
    for feature in mvp_keys(facts):
        granted = capabilities(facts, feature)
        if granted and all(value == "none" for _, value in granted):
            yield Breach(
                field="capabilities",
                row=feature,
                column=granted[0][0],
                message=f"Every role holds none on {facts.name(feature)}.",
                mend="Open it to the role that it is for, or postpone it in step 1.",
            )


@error(
    "2.3",
    "A visitor holds only none, view or if.",
    why="A visitor is not signed in, so the system cannot tell which records are their own.",
    reads=("roles", "capabilities"),
)
def visitor_only_looks(facts: Facts) -> Iterator[Breach]:
    visitors = [row["key"] for row in facts.rows("roles") if row.get("kind") == "visitor"]
    for feature in mvp_keys(facts):
        for visitor in visitors:
            value = capability(facts, feature, visitor)
            if value in {"own", "all"}:
                yield Breach(
                    field="capabilities",
                    row=feature,
                    column=visitor,
                    message=(
                        f"{capital(facts.name(visitor))} is a visitor and holds {value} "
                        f"on {facts.name(feature)}."
                    ),
                    mend="Choose none, view or if, or let the role sign in.",
                )


@error(
    "2.4",
    "Subscription, usage, one-off and marketplace have a paying role; "
    "internal, funded and none have no paying role.",
    why="Who pays decides who can be cut off, and who has to be told before it happens.",
    reads=("roles", "business_model"),
)
def payer_fits_model(facts: Facts) -> Iterator[Breach]:
    model = facts.data.get("business_model")
    roles = facts.rows("roles")
    payers = [role["key"] for role in roles if role.get("pays") is True]
    if model in _PAID and roles and not payers:
        yield Breach(
            field="roles",
            row=roles[0]["key"],
            column="pays",
            message=f"The business model is {model}, and no role pays.",
            mend="Say which role pays, or choose another business model.",
        )
    for payer in payers if model in _UNPAID else ():
        yield Breach(
            field="roles",
            row=payer,
            column="pays",
            message=f"{capital(facts.name(payer))} pays, but the business model is {model}.",
            mend="Say that this role does not pay, or choose the business model it pays under.",
        )


@error(
    "2.5",
    "Every constraint of kind legal or budget is carried by at least one business rule.",
    why="Law and money bind the code only where something is built, stored, logged or refused.",
    reads=("business_rules",),
)
def constraint_is_carried(facts: Facts) -> Iterator[Breach]:
    rules = facts.rows("business_rules")
    if not rules or not facts.settled("business_rules", "from"):
        return
    carried = {key for rule in rules for key in rule.get("from") or ()}
    for constraint in facts.rows("constraints"):
        if constraint.get("kind") in {"legal", "budget"} and constraint["key"] not in carried:
            yield Breach(
                field="business_rules",
                message=f"No business rule carries the {constraint['kind']} "
                f"{facts.name(constraint['key'])}.",
                mend=f"Name {constraint['key']} at the rule that carries it, or add that rule.",
            )


@error(
    "2.6",
    "Abuse covers an outsider, and an insider or paying customer when anyone signs in.",
    why="Most damage is done by someone with an account, and most attempts by someone without.",
    reads=("roles", "abuse"),
)
def abuse_is_covered(facts: Facts) -> Iterator[Breach]:
    rows = facts.rows("abuse")
    if not rows or not facts.settled("abuse", "by"):
        return
    by = {row["by"] for row in rows}
    if "outsider" not in by:
        yield Breach(
            field="abuse",
            message="No abuse by an outsider is considered.",
            mend="Add what someone without an account would try.",
        )
    signs_in = [row for row in facts.rows("roles") if row.get("kind") not in {"visitor", "", None}]
    if signs_in and not by & {"insider", "paying customer"}:
        yield Breach(
            field="abuse",
            message="No abuse by an insider or a paying customer is considered, "
            f"and {facts.name(signs_in[0]['key'])} signs in.",
            mend="Add what someone with an account would try.",
        )


@warning(
    "2.7",
    "A role is none on every feature.",
    why="A role that may do nothing is either forgotten in the matrix or not a role.",
    reads=("roles", "capabilities"),
)
def role_may_do_something(facts: Facts) -> Iterator[Breach]:
    features = mvp_keys(facts)
    for role in facts.rows("roles"):
        if none_everywhere(facts, role["key"], features):
            yield Breach(
                field="capabilities",
                row=features[0],
                column=role["key"],
                message=f"{capital(facts.name(role['key']))} holds none on every mvp feature.",
                mend="Give it what it needs, or remove the role.",
            )


@warning(
    "2.8",
    "More than one role may act on any record of the same feature.",
    why="Where two roles may change everything, nobody can say who answers for a change.",
    reads=("roles", "capabilities"),
)
def one_role_acts_on_all(facts: Facts) -> Iterator[Breach]:
    for feature in mvp_keys(facts):
        holders = [role for role, value in capabilities(facts, feature) if value == "all"]
        if len(holders) > 1:
            yield Breach(
                field="capabilities",
                row=feature,
                column=holders[1],
                message=f"{capital(facts.names(holders))} may each act on any record "
                f"of {facts.name(feature)}.",
                mend="Keep all for the one that answers for it, or be ready to say why not.",
            )


RULES = (
    condition_is_stated,
    feature_is_open,
    visitor_only_looks,
    payer_fits_model,
    constraint_is_carried,
    abuse_is_covered,
    role_may_do_something,
    one_role_acts_on_all,
)
