"""Records of web archives, whole and broken, and what is kept of each."""

from __future__ import annotations

import datetime as dt
import gzip
import time
import zlib

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from provenance.rights import warc, warc_fields
from provenance.rights.warc import Answered, Damaged, begins, names_document, next_record, records
from tests.provenance.rights.warcs import PAGE, answer, members, record, robots, written

A, B, C = (record(f"https://a.example/{name}", answer()) for name in "abc")
RESERVED = b'<html><head><meta name="robots" content="noai"></head></html>'


@pytest.fixture
def read(tmp_path):
    """What a file that holds these bytes is read as."""

    def read(data, start=0, **limits):
        path = tmp_path / "archive"
        path.write_bytes(data)
        with path.open("rb") as file:
            return list(records(file.fileno(), start, **limits))

    return read


def urls(found):
    return [one.url.rpartition("/")[2] for one in found if isinstance(one, Answered)]


def damage(found):
    return [one for one in found if isinstance(one, Damaged)]


@pytest.mark.parametrize("pack", [members, b"".join])
def test_an_answer_has_its_address_date_status_and_size(read, pack):
    (one,) = read(pack([A]))
    assert one.url == "https://a.example/a"
    assert one.at == dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
    assert (one.status, one.media_type, one.size) == (200, "text/html", len(PAGE))


@pytest.mark.parametrize("pack", [members, b"".join])
def test_reading_can_begin_at_any_record(read, pack):
    data = pack([A, B, C])
    found = read(data)
    assert urls(found) == ["a", "b", "c"]
    assert urls(read(data, found[1].offset)) == ["b", "c"]


def test_records_that_share_a_member_are_all_read_and_never_twice(read):
    """The offset of a record inside a member is not one where reading can begin."""
    data = gzip.compress(A + B) + gzip.compress(C)
    found = read(data)
    assert urls(found) == ["a", "b", "c"]
    assert [one.offset for one in found] == [0, 0, len(gzip.compress(A + B))]


def test_what_says_nothing_about_rights_is_not_taken_apart(read):
    (one,) = read(members([A]))
    assert (one.headers, one.body) == ((), b"")


@pytest.mark.parametrize(
    "field",
    [
        "X-Robots-Tag: noai",
        "x-ROBOTS-tag: NOAI",
        "Content-Usage: train-ai=n",
        "Content-Signal: ai-train=no",
        "TDM-Reservation: 1",
        'Link: <https://a.example/rsl.xml>; rel="license"; type="application/rsl+xml"',
    ],
)
def test_header_fields_about_rights_are_kept(read, field):
    (one,) = read(members([record("https://a.example/", answer(PAGE, field))]))
    name, _, value = field.partition(": ")
    assert (name, value) in one.headers


@pytest.mark.parametrize(
    "page",
    [
        RESERVED,
        RESERVED.upper(),
        b"<META content='noai' name='robots'>",
        b'<meta name="robots" content="no-ai">',
        b'<meta name="robots" content="no&#97;i">',
        b'<meta name="description" content="a < b"><meta name="tdm-reservation" content="1">',
        b'<meta content="a < b, noai" name="robots">',
        b'<script type="application/rsl+xml"><rsl/></script>',
        b'<link rel="license" type="application/rsl+xml" href="/l">',
        '\ufeff<meta name="robots" content="noai">'.encode("utf-16-le"),
    ],
)
def test_a_page_that_may_say_something_is_kept(read, page):
    (one,) = read(members([record("https://a.example/", answer(page))]))
    assert one.body == page


def test_half_the_web_says_nothing(read):
    page = (
        b'<meta name="robots" content="index, noindex, nofollow, max-image-preview:large">'
        b'<meta name="viewport" content="width=device-width"><link rel="noopener" href="/a.css">'
    )
    (one,) = read(members([record("https://a.example/", answer(page))]))
    assert one.body == b""


# Codings


def test_codings_are_undone(read):
    import gzip

    plain = RESERVED * 3
    deflate = zlib.compressobj(wbits=-15)
    raw = deflate.compress(plain) + deflate.flush()
    for coded, field in [
        (gzip.compress(plain), "Content-Encoding: gzip"),
        (zlib.compress(plain), "Content-Encoding: deflate"),
        (raw, "Content-Encoding: deflate"),
        (plain, "Content-Encoding: gzip"),  # the field was kept and the coding dropped
        (plain, "Transfer-Encoding: chunked"),
        (
            b"3\r\n"
            + plain[:3]
            + b"\r\n%x;x=y\r\n" % len(plain[3:])
            + plain[3:]
            + b"\r\n0\r\n\r\n",
            "Transfer-Encoding: chunked",
        ),
    ]:
        (one,) = read(members([record("https://a.example/", answer(coded, field))]))
        assert (one.body, one.hidden) == (plain, False), field


def test_a_coding_that_nobody_knows_hides_the_page(read):
    block = answer(b"\x00\x01\x02", "Content-Encoding: rot13")
    (one,) = read(members([record("https://a.example/", block)]))
    assert (one.body, one.hidden) == (b"", True)


def test_a_body_that_swells_is_cut(read):
    bomb = gzip.compress(RESERVED + bytes(200_000_000))
    start = time.process_time()
    (one,) = read(members([record("https://a.example/", answer(bomb, "Content-Encoding: gzip"))]))
    assert len(one.body) == 64 * 1024
    assert time.process_time() - start < 1


def test_a_record_that_swells_costs_no_memory(read):
    data = members([record("https://a.example/a", answer() + bytes(300_000_000)), B])
    start = time.process_time()
    assert urls(read(data)) == ["a", "b"]
    assert time.process_time() - start < 5


# Damage


def corrupted(one):
    data = bytearray(members([one]))
    data[len(data) // 2] ^= 0xFF
    return bytes(data)


@pytest.mark.parametrize(
    ("data", "left", "damaged"),
    [
        (members([A]) + corrupted(B) + members([C]), ["a", "c"], 1),
        (members([A]) + members([B])[:60] + members([C]), ["a", "c"], 1),
        (members([A]) + b"\0" * 5000 + members([C]), ["a", "c"], 1),
        (A + b"\n\nrubbish\n\n" + C, ["a", "c"], 1),
        (A + B[:-60], ["a", "b"], 1),
        (members([record("https://a.example/a", answer(), claimed=10**12), B, C]),
         ["a", "b", "c"], 1),
        (members([record("https://a.example/a", answer(), claimed=5), B]), ["b"], 2),
        (members([A, record("https://a.example/b", b"not an answer"), C]), ["a", "c"], 1),
        (members([A, record("", answer()), C]), ["a", "c"], 1),
        (b"", [], 0),
        (b"WARC/", [], 1),
        (b"\x1f\x8b", [], 1),
    ],
)  # fmt: skip
def test_damage_costs_itself_and_no_other_record(read, data, left, damaged):
    found = read(data)
    assert urls(found) == left
    assert len(damage(found)) == damaged


def test_a_file_of_nothing_but_damage_is_given_up(read, monkeypatch):
    monkeypatch.setattr(warc, "MOST_DAMAGE", 5)
    liar = record("https://a.example/a", answer(), claimed=10**12)
    found = read(members([liar] * 50))
    assert len(damage(found)) == 6
    assert "not read" in damage(found)[-1].detail


def test_headers_of_a_mebibyte_are_read_and_not_slow(read):
    block = answer(PAGE, "X-Robots-Tag: " + "a" * (1 << 20), "TDM-Reservation: 1")
    start = time.process_time()
    (one,) = read(members([record("https://a.example/", block)]))
    assert ("TDM-Reservation", "1") in one.headers
    assert time.process_time() - start < 1


def test_headers_without_an_end_are_cut(read):
    block = b"HTTP/1.1 200 OK\r\nX-Robots-Tag: noai\r\n" + b"A: b\r\n" * 2_000_000
    start = time.process_time()
    (one,) = read(members([record("https://a.example/", block)]))
    assert len(one.headers) == warc_fields.MOST_HEADERS
    assert time.process_time() - start < 2


def test_a_date_that_is_none_leaves_the_copy_undated(read):
    found = read(members([record("https://a.example/", answer(), date="soon"),
                          record("https://a.example/", answer(), date="2026"),
                          record("https://a.example/", answer(), date=None)]))  # fmt: skip
    assert [one.at for one in found] == [None, None, None]


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400), st.integers(0, 400), st.booleans())
@example(b"\x1f\x8b\x08", 0, True)
@example(b"WARC/1.0\r\nContent-Length: -1\r\n\r\n", 0, False)
def test_no_bytes_are_a_crash(tmp_path_factory, noise, at, compressed):
    """Noise over an archive: what is read is answers and damage, in order, and it ends."""
    data = members([A, B, C]) if compressed else A + B + C
    data = data[:at] + noise + data[at + len(noise) // 2 :]
    path = tmp_path_factory.getbasetemp() / "noise.warc"
    path.write_bytes(data)
    with path.open("rb") as file:
        found = list(records(file.fileno()))
        for one in found:
            assert 0 <= one.offset <= len(data)
        assert next_record(file.fileno(), len(data)) is None
    assert len(found) <= 100


# Names


@pytest.mark.parametrize(
    ("url", "is_document"),
    [
        ("https://a.example/robots.txt", True),
        ("http://a.example:8080/ROBOTS.TXT?x=1", True),
        ("https://a.example/blog/robots.txt", False),
        ("https://a.example/?/robots.txt", False),
        ("https://a.example/.well-known/tdmrep.json", True),
        ("https://a.example/ai.txt", True),
        ("https://a.example/news/rsl.xml", True),
        ("https://a.example/licences/all.rsl", True),
        ("https://a.example/license.xml", True),
        ("dns:a.example", False),
    ],
)
def test_documents_about_rights_are_known_by_name(url, is_document):
    assert names_document(url) is is_document
    assert names_document(url, "application/rsl+xml")


def test_a_document_is_kept_whole(read):
    (one,) = read(members([robots("a.example", "User-agent: *\nDisallow: /\n")]))
    assert one.body == b"User-agent: *\nDisallow: /\n"


def test_an_archive_is_known_by_its_beginning():
    assert begins(A)
    assert begins(members([A]))
    assert not begins(gzip.compress(b"hello"))
    assert not begins(b"{}")


# Real archives


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "answers", "damaged"),
    [
        ("whirlwind.warc.gz", 1, 0),
        ("scenarios_synthetic.warc.gz", 16, 0),
        ("warcio_example.warc.gz", 2, 0),
        ("warcio_example-bad-non-chunked.warc.gz", 2, 0),
        ("warcio_example-iana.org-chunked.warc", 1, 0),
        ("warcio_example-trunc.warc", 1, 1),
    ],
)
def test_archives_of_others(data_pack, name, answers, damaged):
    with (data_pack / "optout/warc" / name).open("rb") as file:
        found = list(records(file.fileno()))
    assert (len(found) - len(damage(found)), len(damage(found))) == (answers, damaged)


@pytest.mark.data
def test_a_chunked_and_compressed_page_of_an_archive_is_read(data_pack):
    from provenance.rights.warc_bodies import opened

    data = (data_pack / "optout/warc/warcio_example-iana.org-chunked.warc").read_bytes()
    block = data[data.index(b"HTTP/1.1 200") :]
    fields, _, body = block.partition(b"\r\n\r\n")
    assert b"chunked" in fields.lower()
    page, hidden = opened(body, fields.lower(), 4096)
    assert not hidden
    assert b"<html" in page.lower()


def test_the_offset_of_damage_is_in_the_file(tmp_path):
    path = written(tmp_path, [A, B])
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 30)
        (*_, last) = records(file.fileno())
    assert isinstance(last, Damaged)


# Two ways of reading

ODD = st.sampled_from(
    [
        A,
        B,
        C,
        A + B,  # two in one member
        A[:-4],  # without its end
        A[:-9],  # shorter than it says
        A.replace(b"WARC-Type", b"warc-type"),
        A.replace(b"\r\nWARC-Date", b"\nWARC-Date"),
        A.replace(b"WARC-Type: response", b"WARC-Type: response\r\n more"),
        A.replace(b"WARC-Type: response", b"WARC-Type: request"),
        A.replace(b"WARC-Type: response", b"WARC-Type: request\r\nWARC-Type: response"),
        A.replace(b"/a", "/ä".encode()),
        A.replace(b"/a", b"/a b"),
        A.replace(b"WARC/1.1", b"WARC/0.18"),
        record("https://a.example/f", b"no answer"),
        record("https://a.example/h", b"HTTP/1.1 200 OK\r\nX-Robots-Tag: noai"),
        record("https://a.example/c", b"text", kind="conversion"),
        record("https://a.example/r", answer(b""), kind="revisit"),
        record("https://a.example/robots.txt", b"User-agent: *", kind="resource"),
        record("https://a.example/l", answer(RESERVED + b" " * 300_000)),
        record("https://a.example/z", answer(b" " * 300_000 + RESERVED)),
        record("https://a.example/ai.txt", answer(b"#" * 300_000, kind="text/plain")),
        robots("a.example", "User-agent: *", "WARC-Payload-Digest: sha1:X"),
        b"noise",
    ]
)


@given(
    st.lists(st.tuples(ODD, st.sampled_from([None, -1, -5, 14, 40])), min_size=1, max_size=8),
    st.sampled_from([0, 1000, 64 * 1024]),
)
@settings(max_examples=150, deadline=None)
@example([(A, None), (A + B, None), (C, None)], 0)
@example([(A, -5), (B, None), (C, 40), (A, None)], 1000)
def test_records_as_they_should_be_are_read_as_all_others(tmp_path_factory, found, head):
    """The quick reading differs from the careful one in its speed, also beside damage."""
    data = b""
    for one, scrambled in found:
        member = bytearray(gzip.compress(one, mtime=0))
        if scrambled is not None and len(member) > 40:
            member[scrambled] ^= 0x55
        data += member
    path = tmp_path_factory.mktemp("archive") / "a.warc.gz"
    path.write_bytes(data)
    with path.open("rb") as file, pytest.MonkeyPatch.context() as patch:
        quick = list(records(file.fileno(), head=head))
        patch.setattr(warc, "plain_records", nothing_is_plain)
        careful = list(records(file.fileno(), head=head))
    assert [one for one in quick if isinstance(one, Answered)] == [
        one for one in careful if isinstance(one, Answered)
    ]
    assert bool(damage(quick)) == bool(damage(careful))


def nothing_is_plain(fd, at, size, *, kept):
    """A quick reading that leaves everything to the careful one."""
    yield from ()
    return at
