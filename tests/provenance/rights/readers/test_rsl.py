"""RSL where it stands: inside works, in real documents, and in hostile ones."""

from __future__ import annotations

import gzip
import time
from dataclasses import replace
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.evidence import NotRun, NotRunReason, Reservation, ReservationState
from provenance.rights.readers.rsl import RslReader, license_urls, parse
from provenance.rights.records import Channel
from provenance.rights.rsl_links import named_in_robots
from provenance.rights.surroundings import RightsFile, Surroundings
from tests.provenance import making

HOST = "https://host.example"
NAMESPACE = "https://rslstandard.org/rsl"
EMBEDDED = (
    f'<rsl:rsl xmlns:rsl="{NAMESPACE}"><rsl:content url="{HOST}/w"><rsl:license>'
    '<rsl:prohibits type="usage">ai-train</rsl:prohibits></rsl:license></rsl:content></rsl:rsl>'
)
ALLOWED, RESERVED = ReservationState.ALLOWED, ReservationState.RESERVED
CONDITIONAL = ReservationState.CONDITIONAL


def document(*contents: str) -> bytes:
    return f'<rsl xmlns="{NAMESPACE}">{"".join(contents)}</rsl>'.encode()


def prohibiting(url: str = "/", tokens: str = "ai-train") -> str:
    return (
        f'<content url="{url}"><license><prohibits type="usage">{tokens}</prohibits>'
        "</license></content>"
    )


def file(body: bytes, url: str = f"{HOST}/rsl.xml", status: int | None = 200) -> RightsFile:
    return RightsFile(Channel.RSL, url, body, status)


def read(asset: Asset) -> list[Reservation | NotRun]:
    return list(RslReader().read(asset))


def codes(record: Reservation) -> set[str]:
    return {warning.partition(":")[0] for warning in record.warnings}


# Inside works

CARRIERS = {
    "jpeg": making.jpeg(making.app1_xmp(making.xmp(EMBEDDED))),
    "png": making.png(making.itxt_chunk("XML:com.adobe.xmp", making.xmp(EMBEDDED))),
    "png text": making.png(making.itxt_chunk("RSL", EMBEDDED.encode())),
    "webp": making.webp(making.chunk(b"XMP ", making.xmp(EMBEDDED))),
    "svg": making.svg(making.xmp(EMBEDDED)),
    "pdf": making.pdf(making.xmp(EMBEDDED)),
    "epub": making.epub(EMBEDDED),
    "mp3": making.mp3(making.frame("PRIV", b"XMP\0" + making.xmp(EMBEDDED))),
}


@pytest.mark.parametrize("carrier", CARRIERS)
def test_a_licence_inside_a_file_reserves_and_is_nobodys_in_particular(carrier):
    (record,) = read(Asset.from_bytes(CARRIERS[carrier], name="work"))
    assert isinstance(record, Reservation)
    assert record.channel == "embedded"
    assert record.scope == "asset"
    assert record.authority == "unknown"
    assert record.purposes == {"train-genai": RESERVED, "train-ai": RESERVED}


def test_a_cover_that_is_reserved_is_told_with_its_place():
    cover = making.jpeg(making.app1_xmp(making.xmp(EMBEDDED)))
    records = read(Asset.from_bytes(making.mp3(making.apic(cover)), name="song.mp3"))
    assert [record.part for record in records] == ["picture/0"]


def test_a_page_may_carry_one_anywhere_and_comments_do_not_count():
    licence = document(prohibiting("")).decode()
    script = f'<script type="application/rsl+xml">{licence}</script>'
    page = f"<html><head></head><body><p>text</p>{script}</body></html>".encode()
    (record,) = read(Asset.from_bytes(page, name="a.html"))
    assert (record.channel, record.scope) == ("page", "page")
    hidden = f"<html><body><!-- {script} --><script>{licence}</script></body></html>".encode()
    assert read(Asset.from_bytes(hidden, name="a.html")) == []


def test_a_document_of_its_own_is_shown_content_by_content():
    body = document(prohibiting("/a/"), prohibiting("/b/", "search"))
    records = read(Asset.from_bytes(b'<?xml version="1.0"?>' + body, name="rsl.xml"))
    assert [record.scope for record in records] == ["path:/a/", "path:/b/"]


# What others point to


def test_what_a_gatherer_should_fetch():
    robots = RightsFile(
        Channel.ROBOTS_TXT,
        f"{HOST}/robots.txt",
        b"License: https://c.example/x.xml\nUser-agent: A\nLicense: /y.xml # ours\nLicense: ftp://z\n",
    )
    headers = (("Link", '</h.xml>; rel="license"; type="application/rsl+xml"'),)
    urls = license_urls(f"{HOST}/a/b", headers, robots)
    assert urls == (f"{HOST}/h.xml", "https://c.example/x.xml", f"{HOST}/y.xml")
    assert license_urls(f"{HOST}/a", (), replace(robots, status=404)) == ()


def test_a_redirected_document_is_still_the_one_that_was_named():
    asset = Asset.from_bytes(b"x", name="x")
    headers = (("Link", f'<{HOST}/old>; rel="license"; type="application/rsl+xml"'),)
    moved = file(document(prohibiting()), f"{HOST}/new")
    (record,) = read(replace(asset, around=Surroundings(f"{HOST}/a", headers, (moved,))))
    assert record.authority == "origin-controlled"
    assert "linked_from" in codes(record)


def test_a_document_of_another_host_that_nobody_names_is_not_the_hosts_word():
    asset = Asset.from_bytes(b"x", name="x")
    stranger = file(document(prohibiting()), "https://other.example/rsl.xml")
    (record,) = read(replace(asset, around=Surroundings(f"{HOST}/a", (), (stranger,))))
    assert record.authority == "unknown"


def test_very_long_links_are_refused():
    asset = Asset.from_bytes(b"x", name="x")
    around = Surroundings(f"{HOST}/a", (("Link", "<" * 1_000_000),))
    started = time.process_time()
    assert [one.reason for one in read(replace(asset, around=around))] == [NotRunReason.LIMIT]
    assert time.process_time() - started < 2


# One document, many addresses


def test_equal_answers_are_one_tuple():
    site = parse(file(document(prohibiting("/"), prohibiting("/a/", "search"))))

    def about(path):
        return site.about(path, agent=None, media_type=None)

    assert about("/x") is about("/y?z=1")
    assert about("/a/x") is about("/a/y")
    assert about("/a/x") is not about("/x")


def test_the_best_of_a_thousand_patterns_is_found_fast():
    contents = [prohibiting(f"/{n}/") for n in range(900)]
    contents += [prohibiting("*a" * 400 + "$") for _ in range(100)]
    site = parse(file(document(*contents)))
    started = time.process_time()
    for n in range(1000):
        site.about(f"/{n}/" + "a" * 200, agent=None, media_type=None)
    assert time.process_time() - started < 5
    (record,) = site.about("/7/x", agent=None, media_type=None)
    assert record.scope == "path:/7/"


# Hostile documents

LAUGHS = (
    b'<!DOCTYPE rsl [<!ENTITY a "ha">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + n, b"&%c;" % (97 + n) * 10) for n in range(12))
    + b"]>"
)


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (LAUGHS + document(prohibiting("&m;")), NotRunReason.UNREADABLE),
        (
            (LAUGHS + document(prohibiting("&m;"))).decode().encode("utf-16"),
            NotRunReason.UNREADABLE,
        ),
        (b'<!DOCTYPE rsl SYSTEM "file:///etc/passwd">' + document(), NotRunReason.UNREADABLE),
        (document("<a>" * 100_000), NotRunReason.LIMIT),
        (document("<a>" * 100 + "</a>" * 100), NotRunReason.LIMIT),
        (document("<a/>" * 200_000), NotRunReason.LIMIT),
        (document(prohibiting() * 1_000_000), NotRunReason.LIMIT),
        (b"\0" * 5000, NotRunReason.UNREADABLE),
        (b"", NotRunReason.UNREADABLE),
    ],
    ids=["laughs", "laughs16", "external", "deep", "depth", "wide", "million", "nul", "nothing"],
)
def test_a_bomb_is_a_check_that_did_not_run(body, reason):
    started = time.process_time()
    (record,) = parse(file(body)).about("/", agent=None, media_type=None)
    assert isinstance(record, NotRun)
    assert record.reason in (reason, NotRunReason.UNREADABLE)
    assert time.process_time() - started < 3


def test_too_many_contents_permit_nothing():
    body = document(*(prohibiting(f"/{n}", "search") for n in range(1001)))
    (record,) = parse(file(body)).about("/5", agent=None, media_type=None)
    assert record.formal == "nonconforming"
    assert "truncated" in codes(record)


@given(st.binary(max_size=300) | st.text(max_size=200).map(str.encode))
def test_nothing_breaks_the_parser(noise):
    for body in (noise, document().replace(b"></rsl>", b">" + noise + b"</rsl>")):
        for record in parse(file(body)).about("/a", agent="A", media_type=None):
            assert isinstance(record, Reservation | NotRun)


TOKENS = st.lists(
    st.sampled_from(["all", "ai-all", "ai-train", "ai-input", "ai-index", "search", "x"]),
    max_size=3,
).map(" ".join)
PAYMENTS = st.sampled_from(["", '<payment type="free"/>', '<payment type="use"/>', "<payment/>"])


@st.composite
def licences(draw):
    permits, prohibits, payment = draw(TOKENS), draw(TOKENS), draw(PAYMENTS)
    text = f'<permits type="usage">{permits}</permits>' if permits else ""
    text += f'<prohibits type="usage">{prohibits}</prohibits>' if prohibits else ""
    return f"<license>{text}{payment}</license>"


@given(st.lists(licences(), min_size=1, max_size=4), st.randoms())
def test_the_order_of_licences_does_not_count_and_prohibitions_are_heard(offers, random):
    def states(some):
        body = document(f'<content url="/">{"".join(some)}</content>')
        records = parse(file(body)).about("/", agent=None, media_type=None)
        return [one.purposes for one in records if isinstance(one, Reservation)]

    shuffled = random.sample(offers, len(offers))
    assert states(offers) == states(shuffled)
    for purposes in states([*offers, "<license><prohibits type='usage'>all</prohibits></license>"]):
        assert ALLOWED not in purposes.values()


LETTERS = st.text(st.characters(categories=["L", "N"]) | st.sampled_from("-._~/"), max_size=30)


@given(LETTERS)
def test_a_path_matches_itself_however_it_is_escaped(path):
    written = "/a" + path
    site = parse(file(document(prohibiting(written))))
    for asked in (written, quote(written), quote(written).replace("~", "%7e")):
        (record,) = site.about(asked, agent=None, media_type=None)
        assert record.intent == "reserved"


# Real documents

TRAIN = {"train-genai", "train-ai"}


@pytest.mark.data
def test_what_five_real_documents_say(data_pack):
    """Each at the top of its site, as somebody would read it who opens it."""
    said = {
        "DavidJKTofan": {
            ALLOWED: {"search", "ai-input"},
            CONDITIONAL: TRAIN,
            RESERVED: {"ai-index"},
        },
        "IreneBurresi": {ALLOWED: {"search", "ai-input", "ai-index"}, RESERVED: TRAIN},
        "alexanderbalieu": {ALLOWED: {"search", "ai-input", "ai-index"}, CONDITIONAL: TRAIN},
        "wheelerhubbell": {CONDITIONAL: {"ai-input"}, RESERVED: {*TRAIN, "ai-index"}},
        "whywbhydyq": {ALLOWED: {"search"}, RESERVED: {*TRAIN, "ai-input", "ai-index"}},
    }
    documents = sorted((data_pack / "optout/rsl").glob("*.xml"))
    assert len(documents) == len(said)
    for path in documents:
        first = read(Asset.from_bytes(path.read_bytes(), name=path.name))[0]
        states: dict[ReservationState, set[str]] = {}
        for purpose, state in first.purposes.items():
            states.setdefault(state, set()).add(purpose)
        owner = next(name for name in said if path.name.startswith(name))
        assert states == said[owner], path.name


@pytest.mark.data
def test_a_real_document_is_found_by_robots_and_by_header(data_pack):
    """Acceptance check 19 of the opt-out reference."""
    (path,) = (data_pack / "optout/rsl").glob("DavidJKTofan*")
    (fields,) = (data_pack / "optout/headers").glob("DavidJKTofan*")
    (line,) = {one for one in fields.read_text().splitlines() if one.startswith("  Link:")}
    site = "https://davidtofan.com"
    asset = Asset.from_bytes(b"<html></html>", name="x.html")
    robots = f"User-agent: *\nAllow: /\n\nLicense: {site}/rsl.xml\n".encode()
    around = Surroundings(
        f"{site}/articles/x.html",
        (("Link", line.partition(":")[2]),),
        (
            RightsFile(Channel.ROBOTS_TXT, f"{site}/robots.txt", robots),
            file(path.read_bytes(), f"{site}/rsl.xml"),
        ),
        agent="GPTBot",
    )
    (record,) = read(replace(asset, around=around))
    assert "linked_from: robots.txt, headers" in record.warnings
    assert record.purposes["train-ai"] is record.purposes["train-genai"] is CONDITIONAL
    assert record.purposes["search"] is record.purposes["ai-input"] is ALLOWED
    assert {"attribution_required", "payment_required"} <= codes(record)
    assert any("https://linkedin.com/in/davidtofan" in one for one in record.warnings)
    assert record.authority == "origin-controlled"
    assert (record.standing, record.formal) == ("C", "valid")


@pytest.mark.data
def test_the_archive_of_scenarios(data_pack):
    """c.example: search is permitted, training is prohibited, and robots.txt says where."""
    archive = gzip.decompress((data_pack / "optout/warc/scenarios_synthetic.warc.gz").read_bytes())
    bodies: dict[str, bytes] = {}
    for record in archive.split(b"WARC/1.1\r\n")[1:]:
        head, _, answer = record.partition(b"\r\n\r\n")
        (target,) = [one for one in head.split(b"\r\n") if one.startswith(b"WARC-Target-URI")]
        bodies[target.partition(b": ")[2].decode()] = answer.partition(b"\r\n\r\n")[2]
    site = "https://c.example"
    robots = RightsFile(Channel.ROBOTS_TXT, f"{site}/robots.txt", bodies[f"{site}/robots.txt"])
    assert license_urls(f"{site}/x", (), robots) == (f"{site}/rsl.xml",)
    files = (robots, file(bodies[f"{site}/rsl.xml"].strip(), f"{site}/rsl.xml"))
    asset = Asset.from_bytes(bodies[f"{site}/x"], name="x.html")
    (record,) = read(replace(asset, around=Surroundings(f"{site}/x", (), files, "GPTBot")))
    assert record.purposes["search"] is ALLOWED
    assert record.purposes["train-ai"] is RESERVED
    assert (record.formal, record.agent, record.scope) == ("valid", None, "origin")


def test_a_licence_of_many_elements_costs_little():
    """Guards against a minute of work for a document of a mebibyte."""
    permits = "".join(f"<permits>t{n}</permits>" for n in range(20_000))
    xml = f'<rsl xmlns="https://rslstandard.org/rsl"><content url="/"><license>{permits}'
    started = time.perf_counter()
    (record,) = parse(file(f"{xml}</license></content></rsl>".encode())).about(
        "/a", agent=None, media_type=None
    )
    assert time.perf_counter() - started < 2
    assert len(record.warnings) < 50


def test_many_lines_for_many_agents_cost_little():
    """Guards against minutes of work for a robots.txt of 500 KiB."""
    agents = "".join(f"User-agent: b{'x' * (n % 9)}{'y' * (n % 7)}\n" for n in range(10_000))
    body = f"{agents}{'License: /l.xml' + chr(10)}".encode() + b"License: /m.xml\n" * 3000
    started = time.perf_counter()
    assert named_in_robots(body, "https://a.example/robots.txt", None)
    assert time.perf_counter() - started < 2
