"""What breaks each rule of steps 4 to 6."""

from tests.methodology.mutations_kit import answer, cell, drop, mutation, put

WORKFLOWS = (
    mutation(
        "4.1",
        "Workflow W9 no longer uses feature F9.",
        put("workflows", "W9", "features", ["F4"]),
        names="F9",
    ),
    mutation(
        "4.2",
        "Workflow W12 is begun by role R4.",
        put("workflows", "W12", "actor", "R4"),
        names="W12 F7 R4",
    ),
    mutation(
        "4.3",
        "In step H44 component M2 writes to store S2.",
        put("steps", "H44", "touches", "S2"),
        names="M2 S2",
    ),
    mutation(
        "4.4",
        "Permission branch J5 is about role R2 instead of R4.",
        put("branches", "J5", "roles", ["R2"]),
        names="F5 R4",
    ),
    mutation(
        "4.5",
        "Failure O8, the only one of workflow W4, is taken out.",
        drop("failures", "O8"),
        names="W4",
    ),
    mutation(
        "4.6",
        "Failure O11 is caused by component M2 instead of dependency E4.",
        put("failures", "O11", "cause", "M2"),
        names="E4",
    ),
    mutation(
        "4.7",
        "Edge cases I4 and I7 are of kind duplicate instead of concurrency.",
        put("edges", "I4", "kind", "duplicate"),
        put("edges", "I7", "kind", "duplicate"),
        says="concurrency",
    ),
    mutation(
        "4.8",
        "The change T3 of an endpoint from active to failing is taken out.",
        drop("transitions", "T3"),
        says="Endpoint never gets to failing",
    ),
    mutation(
        "4.9",
        "Invariant V4 says “should”.",
        put("invariants", "V4", "statement", "Nothing should be sent to an address of our own"),
        names="V4",
        says="should",
    ),
    mutation(
        "4.10",
        "The forbidden change T25 of a signing secret is taken out.",
        drop("transitions", "T25"),
        says="Signing secret",
    ),
    mutation(
        "4.11",
        "Permission branch J1 of workflow W1 is taken out.",
        drop("branches", "J1"),
        names="W1 R2 R4",
    ),
)

INTERFACE = (
    mutation(
        "5.1",
        "“Is there a user-facing interface?” is answered with no.",
        answer("has_interface", "no"),
        answer("absence", "Everything is done by API."),
        names="K1 K2",
    ),
    mutation(
        "5.2",
        "The surfaces SF7 to SF9 are on client K1.",
        put("surfaces", "SF7", "client", "K1"),
        put("surfaces", "SF8", "client", "K1"),
        put("surfaces", "SF9", "client", "K1"),
        names="K2",
    ),
    mutation(
        "5.3",
        "Surface SF8 no longer reaches workflow W3.",
        put("surfaces", "SF8", "workflows", ["W5"]),
        names="W3 R4",
    ),
    mutation(
        "5.4",
        "Role R1 acts on surface SF5 instead of reading it.",
        cell("visibility", "SF5", "R1", "act"),
        names="SF5 R1",
    ),
    mutation(
        "5.5",
        "Commitment SC1 is of kind print.",
        put("commitments", "SC1", "kind", "print"),
        says="accessibility",
    ),
)

SERVICES = (
    mutation(
        "6.1",
        "Service SV7 is run by component M3 instead of M4.",
        put("services", "SV7", "component", "M3"),
        names="M4",
    ),
    mutation(
        "6.2",
        "Operation OP14 no longer carries workflow W7.",
        put("operations", "OP14", "workflows", []),
        names="W7",
    ),
    mutation(
        "6.3",
        "Authorisation rule AU7 of operation OP15 is taken out.",
        drop("authorisation", "AU7"),
        names="OP15",
    ),
    mutation(
        "6.4",
        "Service SV2 uses SV1, which uses it.",
        put("services", "SV2", "uses", ["SV1"]),
        names="SV1 SV2",
    ),
    mutation(
        "6.5",
        "The limits LM4 on calls to dependency E4 are taken out.",
        drop("limits", "LM4"),
        names="E4",
    ),
    mutation(
        "6.6",
        "What command OP9 commits, TX8, is taken out.",
        drop("transactions", "TX8"),
        names="OP9",
    ),
    mutation(
        "6.7",
        "Error ER6 is of class conflict, as ER5 is, instead of limit reached.",
        put("errors", "ER6", "class", "conflict"),
        names="ER5 ER6",
        says="limit reached",
    ),
    mutation(
        "6.8",
        "Command OP10 becomes public.",
        put("operations", "OP10", "exposure", "public"),
        names="OP10",
    ),
    mutation(
        "6.9",
        "Command OP13 is no longer idempotent.",
        put("operations", "OP13", "idempotent", "no"),
        names="OP13",
    ),
)

FROM_4_TO_6 = (*WORKFLOWS, *INTERFACE, *SERVICES)
