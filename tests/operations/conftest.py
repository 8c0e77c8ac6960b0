import pytest

from tests.conftest import app_on
from tests.operations.filled import fill


@pytest.fixture(scope="session")
def filled(databases, tmp_path_factory):
    """The application on a database with something of everything. Leave it as you found it."""
    url = databases.create()
    with app_on(url, tmp_path_factory.mktemp("filled")) as app:
        fill(app)
        yield app
    databases.drop(url)
