"""Rules of step 6 about operations: each is allowed, limited, committed, safe to repeat."""

from collections.abc import Iterator

from devpilot.methodology.facts import Facts, Row
from devpilot.methodology.rules.lookups import capital, keys_where, left_out
from devpilot.methodology.rules.rule import Breach, error, warning


@error(
    "6.3",
    "Every operation that is neither internal nor a public query has an authorisation rule.",
    why="An operation without a rule lets everyone in, and nobody notices.",
    reads=("operations", "authorisation"),
)
def operation_is_authorised(facts: Facts) -> Iterator[Breach]:
    guarded = [row["key"] for row in facts.rows("operations") if _needs_rule(row)]
    for operation in left_out(facts, guarded, "authorisation", "operations"):
        exposure = (facts.row(operation) or {}).get("exposure")
        yield Breach(
            field="operations",
            row=operation,
            column="exposure",
            message=f"{capital(facts.name(operation))} is {exposure} and has no "
            "authorisation rule.",
            mend=f"Add the rule that lets the right callers into {operation}.",
        )


def _needs_rule(operation: Row) -> bool:
    """False as well for an operation that is not decided yet."""
    exposure = operation.get("exposure")
    if exposure == "public":
        return operation.get("kind") == "command"
    return exposure not in {"internal", "", None}


@error(
    "6.5",
    "Every dependency that a connection leads to has a limits row.",
    why="Whoever waits for someone else without a limit is down when they are.",
    reads=("limits",),
)
def dependency_is_limited(facts: Facts) -> Iterator[Breach]:
    called = {row.get("to") for row in facts.rows("connections")}
    dependencies = [row["key"] for row in facts.rows("dependencies") if row["key"] in called]
    for dependency in left_out(facts, dependencies, "limits", "subject"):
        yield Breach(
            field="limits",
            message=f"Calls to {facts.name(dependency)} have no limits.",
            mend=f"Add how long a call to {dependency} may take, and how often it is tried again.",
        )


@error(
    "6.6",
    "Every command has exactly one transactions row.",
    why="What commits together decides what a crash leaves behind; two answers are none.",
    reads=("operations", "transactions"),
)
def command_commits_once(facts: Facts) -> Iterator[Breach]:
    commands = keys_where(facts, "operations", "kind", {"command"})
    for command in left_out(facts, commands, "transactions", "operation"):
        yield Breach(
            field="operations",
            row=command,
            message=f"{capital(facts.name(command))} is a command, and nothing says what it "
            "commits.",
            mend=f"Add a row for {command} under “What commits together”.",
        )
    first: dict[str, str] = {}
    for row in facts.rows("transactions"):
        operation = row.get("operation") or ""
        other = first.setdefault(operation, row["key"])
        if other != row["key"] and operation in commands:
            yield Breach(
                field="transactions",
                row=row["key"],
                column="operation",
                message=f"{capital(facts.name(operation))} commits twice: {other} and "
                f"{row['key']}.",
                mend="Make one row of the two; if they are two commits, they are two commands.",
            )


@warning(
    "6.8",
    "An operation is a public command.",
    why="Whoever changes something without signing in cannot be asked about it later.",
    reads=("operations",),
)
def public_only_asks(facts: Facts) -> Iterator[Breach]:
    for operation in facts.rows("operations"):
        if operation.get("exposure") == "public" and operation.get("kind") == "command":
            yield Breach(
                field="operations",
                row=operation["key"],
                column="exposure",
                message=f"{capital(facts.name(operation['key']))} is public and changes something.",
                mend="Ask for a sign-in, or make sure that abuse of it is considered in step 2.",
            )


@warning(
    "6.9",
    "A command is not idempotent.",
    why="Callers repeat what they had no answer to; each repeat does it again.",
    reads=("operations",),
)
def command_can_be_repeated(facts: Facts) -> Iterator[Breach]:
    for operation in facts.rows("operations"):
        if operation.get("kind") == "command" and operation.get("idempotent") == "no":
            yield Breach(
                field="operations",
                row=operation["key"],
                column="idempotent",
                message=f"{capital(facts.name(operation['key']))} is not idempotent: sent twice, "
                "it is done twice.",
                mend="Take a key from the caller, or be ready to say why twice does no harm.",
            )
