"""Fixtures that `tests/` and `e2e/` share; `conftest.py` at the root loads them."""
