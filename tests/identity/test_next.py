"""Where a sign-in leads: to a place on this site, and nowhere else."""

from urllib.parse import quote, urljoin, urlsplit

import pytest

from tests.conftest import PASSWORD

SITE = "http://localhost/login"
HOSTILE = [
    "//evil.example",
    "///evil.example",
    "////evil.example/projects",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "\t//evil.example",
    "/\n/evil.example",
    "/\r/evil.example",
    "\x00//evil.example",
    " //evil.example",
    "https://evil.example",
    "https:evil.example",
    "https:///evil.example",
    "http://localhost@evil.example/",
    "//localhost@evil.example/",
    "javascript:alert(1)",
    "data:text/html,x",
    "evil.example",
    "/\u2028/evil.example",
    "//[::1",
    "/\u0085/evil.example",
]
HARMLESS = ["/projects", "/usage?from=here", "/projects/new?example=wellbrook#name", "/naïve/ü"]


def as_a_browser_reads(location):
    """Browsers drop tabs and line ends, take a backslash for a slash and cut blanks."""
    read = "".join(c for c in location if c not in "\t\r\n").replace("\\", "/").strip("\x00 ")
    while read.startswith("///"):
        read = read[1:]
    return urlsplit(urljoin(SITE, read))


@pytest.mark.parametrize("target", HOSTILE)
def test_a_sign_in_never_leads_off_the_site(free, visitor, target):
    fields = {"email": free.email, "password": PASSWORD, "next": target}
    response = visitor.post("/login", fields)
    assert response.status_code == 303
    assert as_a_browser_reads(response.headers["Location"]).netloc == "localhost"
    assert response.headers["Location"] == "/projects"


@pytest.mark.parametrize("target", HOSTILE)
def test_the_link_of_whoever_is_signed_in_never_leads_off_the_site(free, target):
    response = free.open("/login?next=" + quote(target, safe=""))
    assert response.headers["Location"] == "/projects"


def test_an_encoded_slash_stays_a_path(free):
    response = free.open("/login?next=" + quote("/%2f%2fevil.example", safe=""))
    assert as_a_browser_reads(response.headers["Location"]).netloc == "localhost"


@pytest.mark.parametrize("target", HARMLESS)
def test_a_place_on_the_site_is_reached(free, target):
    response = free.open("/login?next=" + quote(target, safe=""))
    assert urlsplit(response.headers["Location"]).path == quote(urlsplit(target).path)


def test_the_form_carries_next_along(visitor):
    assert ("next", "/usage") in visitor.page("/login?next=/usage").form("/login").fields
