"""Which of the random stories run: the planted bugs take minutes, and are `make soak`'s."""

from tests.soaking import SOAK

collect_ignore = [] if SOAK else ["test_planted.py"]
