"""A URL and what its host declares: nothing else is fetched, and nothing there is an error."""

from __future__ import annotations

import datetime as dt
import os
import tempfile

import pytest

from provenance.errors import BlockedAddress, FetchError, FetchTooLarge
from provenance.fetch import Fetched
from provenance.rights.finding import Looked
from provenance.rights.looking import coverage_of
from provenance.rights.records import Channel
from service.optout.gathering import gather

NOW = dt.datetime(2026, 11, 23, tzinfo=dt.UTC)


class Web:
    """An internet of a few pages; remembers what was asked for."""

    def __init__(self, pages):
        self.pages, self.asked = pages, []

    def __call__(self, url, **_):
        self.asked.append(url)
        answer = self.pages.get(url, (404, {}, b""))
        if isinstance(answer, Exception):
            raise answer
        status, headers, body = answer
        import httpx2

        held = tempfile.TemporaryFile()  # noqa: SIM115 - closed with what holds it
        held.write(body)
        held.seek(0)
        return Fetched(url, url, status, httpx2.Headers(headers), len(body), (), NOW, held)


def gathered(pages, url="https://a.example/x?y=1", **given):
    web = Web(pages)
    found = gather(url, get=web, **given)
    os.close(found.fd)
    return web, found


PAGE = {"https://a.example/x?y=1": (200, {"TDM-Reservation": "1"}, b"<html></html>")}


def test_the_page_and_the_three_places_of_its_host_are_asked_for_and_nothing_else():
    web, found = gathered(PAGE)
    assert web.asked == [
        "https://a.example/x?y=1",
        "https://a.example/robots.txt",
        "https://a.example/.well-known/tdmrep.json",
        "https://a.example/ai.txt",
    ]
    assert ("tdm-reservation", "1") in [(k.lower(), v) for k, v in found.around.headers]
    assert found.around.path == "/x?y=1"
    assert [one.status for one in found.around.files] == [404, 404, 404]


def test_a_licence_that_the_host_names_is_fetched_too():
    robots = b"License: https://licences.example/rsl.xml\nUser-agent: *\nAllow: /\n"
    pages = PAGE | {
        "https://a.example/robots.txt": (200, {}, robots),
        "https://licences.example/rsl.xml": (200, {}, b"<rsl/>"),
    }
    web, found = gathered(pages)
    assert web.asked[-1] == "https://licences.example/rsl.xml"
    assert found.around.file(Channel.RSL)[0].body == b"<rsl/>"


def test_a_host_that_names_a_thousand_licences_is_asked_for_a_few():
    robots = b"".join(b"License: https://a.example/%d.xml\n" % n for n in range(1000))
    web, _ = gathered(PAGE | {"https://a.example/robots.txt": (200, {}, robots)})
    assert len(web.asked) == 8


@pytest.mark.parametrize(
    "fault",
    [FetchError("no answer"), BlockedAddress("10.0.0.1"), FetchTooLarge("a terabyte")],
)
def test_what_does_not_answer_is_kept_as_not_answering(fault):
    _, found = gathered(PAGE | {"https://a.example/robots.txt": fault})
    robots = found.around.file(Channel.ROBOTS_TXT)[0]
    assert robots.status is None
    coverage = coverage_of(found.around)
    assert coverage[Channel.ROBOTS_TXT] is Looked.NOT_LOOKED
    assert coverage[Channel.TDMREP_JSON] is Looked.ABSENT
    assert coverage[Channel.HEADERS] is Looked.READ


def test_where_rights_are_not_asked_about_the_host_is_left_alone():
    web, found = gathered(PAGE, host=False)
    assert len(web.asked) == 1
    assert found.around.files == ()


def test_the_url_itself_must_answer():
    with pytest.raises(FetchError):
        gathered({"https://a.example/x?y=1": FetchError("no answer")})


def test_a_licence_that_the_page_links_to_is_fetched_and_one_in_a_comment_is_not():
    page = (
        b'<!doctype html><!-- <link rel="license" type="application/rsl+xml" href="/no.xml"> -->'
        b'<link rel="license" TYPE="application/RSL+xml" href="terms/rsl.xml?v=1#a">'
        b'<link rel="license" type="application/rsl+xml" href="file:///etc/passwd">'
    )
    url = "https://a.example/x?y=1"
    web, found = gathered({url: (200, {"content-type": "text/html"}, page)})
    assert web.asked[4:] == ["https://a.example/terms/rsl.xml?v=1"]
    assert [one.url for one in found.around.file(Channel.RSL)] == web.asked[4:]
