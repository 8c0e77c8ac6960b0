"""The table of all endpoints and their stages, as printed and as it stands in the docs."""

from flask import Flask

from devpilot.enforce import policy_of
from devpilot.policy import Policy

HEADER = (
    "| endpoint | method and path | who | owns | subscription | quota | invariants | also |\n"
    "| --- | --- | --- | --- | --- | --- | --- | --- |\n"
)


def table(app: Flask) -> str:
    """Markdown, one line for each endpoint, sorted by path."""
    lines = []
    for rule in app.url_map.iter_rules():
        policy = policy_of(app, rule.endpoint)
        if policy is not None:
            method = "POST" if "POST" in (rule.methods or ()) else "GET"
            lines.append((rule.rule, method, _line(rule.endpoint, f"{method} {rule.rule}", policy)))
    return HEADER + "".join(line for _, _, line in sorted(lines))


def _line(endpoint: str, address: str, policy: Policy) -> str:
    cells = [
        f"`{endpoint}`",
        f"`{address}`",
        _who(policy),
        policy.owns.__name__ if policy.owns else "",
        _name(policy.subscription),
        ", ".join(spend.name for spend in policy.spends),
        ", ".join(_name(guard) for guard in policy.invariants),
        ", ".join(_further(policy)),
    ]
    return f"| {' | '.join(cells)} |\n"


def _who(policy: Policy) -> str:
    if policy.signed is not None:
        return f"signature: {_name(policy.signed)}"
    return "public" if policy.public else "signed in"


def _name(guard: object) -> str:
    return f"`{getattr(guard, '__name__', '')}`" if guard is not None else ""


def _further(policy: Policy) -> list[str]:
    found = [f"rate {rate.limit} in {rate.seconds} s per {rate.per}" for rate in policy.rates]
    if policy.keyed:
        found.append("idempotency key")
    if policy.prepares is not None:
        found.append(f"calls outside: {_name(policy.prepares)}")
    if policy.reserves is not None and policy.reserves.lasting is not None:
        seconds = policy.reserves.lasting.total_seconds()
        found.append(f"reserves {policy.reserves.name} for {seconds:.0f} s")
    return found
