"""What `tests/` and `e2e/` have in common."""

pytest_plugins = ["tests.plugins.databases", "tests.plugins.figures"]
