"""What breaks completeness, and each rule of steps 1 to 3."""

from tests.methodology.mutations_kit import answer, cell, drop, mutation, put

COMPLETENESS = (
    mutation(
        "required",
        "The measure of goal G1 is emptied.",
        put("goals", "G1", "measure", ""),
        names="G1",
        says="Measure",
        order=1,
    ),
    mutation(
        "rows",
        "The plans P1 to P3 are taken out.",
        drop("plans", "P1", "P2", "P3"),
        says="Plans and what happens when they lapse",
        order=2,
    ),
    mutation(
        "reference",
        "Feature F8 names a goal that is not there, G9.",
        put("features", "F8", "goals", ["G3", "G9"]),
        names="F8 G9",
        order=1,
    ),
    mutation(
        "placeholder",
        "Why non-goal N2 is one becomes “TBD”.",
        put("non_goals", "N2", "why", "TBD"),
        names="N2",
        says="TBD",
        order=1,
    ),
    mutation(
        "matrix",
        "Nothing is chosen for feature F9 and role R5.",
        cell("capabilities", "F9", "R5"),
        names="F9 R5",
        order=2,
    ),
    mutation(
        "unique",
        "Feature F4 is given the name of F1.",
        put("features", "F4", "name", "Event intake"),
        names="F1 F4",
        order=1,
    ),
)

DEFINITION = (
    mutation(
        "1.1",
        "Feature F3 no longer serves goal G2.",
        put("features", "F3", "goals", ["G1", "G3"]),
        names="G2",
    ),
    mutation(
        "1.2",
        "Feature F9 no longer serves a goal.",
        put("features", "F9", "goals", []),
        names="F9",
    ),
    mutation(
        "1.3",
        "The target of goal G3 becomes “Hardly rises”.",
        put("goals", "G3", "target", "Hardly rises"),
        names="G3",
        says="Hardly rises",
    ),
    mutation(
        "1.4",
        "The problem is told without a figure.",
        answer("problem", "Webhooks get lost, and support cannot say which."),
        says="problem",
    ),
    mutation(
        "1.5",
        "The later features F10 and F11 become mvp, and F10 serves a goal.",
        put("features", "F10", "release", "mvp"),
        put("features", "F10", "goals", ["G5"]),
        put("features", "F11", "release", "mvp"),
        says="11 features",
    ),
    mutation(
        "1.6",
        "Non-goal N4 becomes “replay”, which is feature F5.",
        put("non_goals", "N4", "statement", "replay"),
        names="N4 F5",
    ),
)

MODEL = (
    mutation(
        "2.1",
        "The condition under which role R4 may use feature F5 is gone.",
        cell("capabilities", "F5", "R4", "if"),
        names="F5 R4",
    ),
    mutation(
        "2.2",
        "Roles R1 and R2 lose feature F9.",
        cell("capabilities", "F9", "R1", "none"),
        cell("capabilities", "F9", "R2", "none"),
        names="F9",
    ),
    mutation(
        "2.3",
        "Visitor R6 holds own on feature F6.",
        cell("capabilities", "F6", "R6", "own"),
        names="F6 R6",
    ),
    mutation(
        "2.4",
        "Role R2 no longer pays, and the business model stays usage.",
        put("roles", "R2", "pays", False),
        says="usage",
    ),
    mutation(
        "2.5",
        "Business rule L1 no longer comes from constraint C1.",
        put("business_rules", "L1", "from", []),
        names="C1",
    ),
    mutation(
        "2.6",
        "Abuses U3 and U4 are by an automated client.",
        put("abuse", "U3", "by", "automated client"),
        put("abuse", "U4", "by", "automated client"),
        says="outsider",
    ),
    mutation(
        "2.7",
        "Visitor R6 loses feature F6.",
        cell("capabilities", "F6", "R6", "none"),
        names="R6",
    ),
    mutation(
        "2.8",
        "Role R1 holds all on feature F3, as R5 does.",
        cell("capabilities", "F3", "R1", "all"),
        names="F3 R1 R5",
    ),
)

ARCHITECTURE = (
    mutation(
        "3.1",
        "Role R4 no longer uses client K2.",
        put("clients", "K2", "roles", ["R6"]),
        names="R4",
    ),
    mutation(
        "3.2",
        "Component M5 no longer serves feature F9.",
        put("components", "M5", "features", []),
        names="F9",
    ),
    mutation(
        "3.3",
        "Connection X20 to store S7 is taken out.",
        drop("connections", "X20"),
        names="S7",
    ),
    mutation(
        "3.4",
        "Connection X1 loses its control.",
        put("connections", "X1", "control", ""),
        names="X1 K1 M2 Z1 Z2",
    ),
    mutation(
        "3.5",
        "Client K1 is put into the trusted zone Z2.",
        put("clients", "K1", "zone", "Z2"),
        names="K1 Z2",
    ),
    mutation(
        "3.6",
        "Store S4 is put among the suppliers, Z5.",
        put("stores", "S4", "zone", "Z5"),
        names="S4 Z5",
    ),
    mutation(
        "3.7",
        "Quality scenario Q1 is of latency instead of availability.",
        put("qualities", "Q1", "attribute", "latency"),
        says="availability",
    ),
    mutation(
        "3.8",
        "Store S8 is given the name of component M6.",
        put("stores", "S8", "name", "Metering"),
        names="S8 M6",
    ),
    mutation(
        "3.9",
        "Decision D6 keeps one of its options.",
        put("decisions", "D6", "options", "HMAC-SHA-256 per endpoint"),
        names="D6",
    ),
    mutation(
        "3.10",
        "Store S7 is owned by M2, and M6 still writes to it.",
        put("stores", "S7", "owner", "M2"),
        names="S7 M2 M6",
    ),
    mutation(
        "3.11",
        "Dependency E3 becomes one that blocks.",
        put("dependencies", "E3", "criticality", "blocks"),
        names="X28 E3 M5",
    ),
)

TO_3 = (*COMPLETENESS, *DEFINITION, *MODEL, *ARCHITECTURE)
