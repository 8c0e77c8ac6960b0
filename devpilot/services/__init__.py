"""The eight services: guards (`ensure_…`) and changes, as functions in modules. No Flask.

Identity, billing and quota know who may, who pays and how much is left; projects,
revisions, steps and exports know what is true of a blueprint. The two sides do not import
each other: only `enforce` and `routes` see both.
"""
