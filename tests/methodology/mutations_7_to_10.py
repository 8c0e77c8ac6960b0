"""What breaks each rule of steps 7 to 10."""

from tests.methodology.mutations_kit import answer, drop, mutation, put

DATA = (
    mutation(
        "7.1",
        "The rule of attribute AT16 leaves out the state revoked.",
        put("attributes", "AT16", "rule", "current, previous"),
        names="AT16 EN6",
        says="revoked",
    ),
    mutation(
        "7.2",
        "Entity EN13, which is kept in the internal store S7, becomes personal.",
        put("entities", "EN13", "class", "personal"),
        names="EN13 S7",
    ),
    mutation(
        "7.3",
        "The enforcement EF13 of invariant V10 is taken out.",
        drop("enforcement", "EF13"),
        names="V10",
    ),
    mutation(
        "7.4",
        "The lifecycle LC4 of entity EN4 is taken out.",
        drop("lifecycle", "LC4"),
        names="EN4",
    ),
    mutation(
        "7.5",
        "The unique constraint UQ13 of entity EN13 is taken out.",
        drop("uniqueness", "UQ13"),
        names="EN13",
    ),
    mutation(
        "7.6",
        "The unique constraint UQ5 of the softly deleted entity EN5 loses its condition.",
        put("uniqueness", "UQ5", "only_when", ""),
        names="EN5 UQ5",
    ),
    mutation(
        "7.7",
        "Invariant V4 is enforced at EF5 by an application check, as it is at EF6.",
        put("enforcement", "EF5", "by", "application check"),
        names="V4",
    ),
)

AUTOMATION = (
    mutation(
        "8.1",
        "The decision becomes ai: the jobs go, and with them the limits CP2 to CP5, the risks "
        "RK6 to RK13 and the fallbacks FB5 to FB11.",
        answer("choice", "ai"),
        drop("caps", *[f"CP{n}" for n in range(2, 6)]),
        drop("risks", *[f"RK{n}" for n in range(6, 14)]),
        drop("fallbacks", *[f"FB{n}" for n in range(5, 12)]),
        names="X10 X11 X19",
        says="The decision is ai",
    ),
    mutation(
        "8.2",
        "AI feature AI1 is run by the mail carrier, E4.",
        put("ai_features", "AI1", "provider", "E4"),
        names="AI1 E4",
    ),
    mutation(
        "8.3",
        "The risk RK1 of AI feature AI1, prompt injection, is taken out.",
        drop("risks", "RK1"),
        names="AI1",
        says="prompt injection",
    ),
    mutation(
        "8.4",
        "The fallback FB6 of job JB2 is taken out.",
        drop("fallbacks", "FB6"),
        names="JB2",
        says="fallback",
    ),
    mutation(
        "8.5",
        "AI feature AI1 acts alone.",
        put("ai_features", "AI1", "authority", "acts alone"),
        names="AI1",
    ),
)

IMPLEMENTATION = (
    mutation(
        "9.1",
        "Stack choice TK5 is no longer for store S5.",
        put("stack", "TK5", "for", []),
        names="S5",
    ),
    mutation(
        "9.2",
        "Stack choice TK9 is pre-decided, and compared with nothing.",
        put("stack", "TK9", "state", "pre-decided"),
        names="TK9",
    ),
    mutation(
        "9.3",
        "The proof PF5 of invariant V5 is taken out.",
        drop("proof", "PF5"),
        names="V5",
    ),
    mutation(
        "9.4",
        "Slice SL3 no longer delivers feature F8.",
        put("slices", "SL3", "features", ["F6"]),
        names="F8",
    ),
    mutation(
        "9.5",
        "None of the stages PL1 to PL5 blocks any more.",
        *[put("pipeline", f"PL{n}", "blocks", False) for n in range(1, 6)],
        says="pipeline",
    ),
    mutation(
        "9.6",
        "Environment EV2 is production too, beside EV4.",
        put("environments", "EV2", "production", True),
        names="EV2 EV4",
    ),
    mutation(
        "9.7",
        "Environment EV3 holds real data.",
        put("environments", "EV3", "data", "real"),
        names="EV3",
    ),
)

OPERATIONS = (
    mutation(
        "10.1",
        "How role R4 signs in, AN4, is taken out.",
        drop("authentication", "AN4"),
        names="R4",
    ),
    mutation(
        "10.2",
        "The threat TH3 on client K2 is taken out.",
        drop("threats", "TH3"),
        names="X2 K2 M2",
    ),
    mutation(
        "10.3",
        "The recovery RC4 of store S4 is taken out.",
        drop("recovery", "RC4"),
        names="S4",
    ),
    mutation(
        "10.4",
        "The service level LV2 of quality scenario Q2 is taken out.",
        drop("levels", "LV2"),
        names="Q2",
    ),
    mutation(
        "10.5",
        "The failure mode FM12 of store S6 is taken out.",
        drop("failure_modes", "FM12"),
        names="S6",
    ),
    mutation(
        "10.6",
        "The rate limit RT3 of the public operation OP11 is taken out.",
        drop("rate_limits", "RT3"),
        names="OP11",
    ),
    mutation(
        "10.7",
        "Signal SG7 no longer shows failure O10.",
        put("signals", "SG7", "shows", []),
        names="O10",
    ),
    mutation(
        "10.8",
        "The threat TH17 on store S4, which is special, is accepted.",
        put("threats", "TH17", "treatment", "accepted"),
        names="TH17 S4",
    ),
)

FROM_7 = (*DATA, *AUTOMATION, *IMPLEMENTATION, *OPERATIONS)
