"""ai.txt: real files, hostile ones, and one file asked about many addresses."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.evidence import NotRun, NotRunReason, Reservation
from provenance.rights.readers.ai_txt import AiTxtReader, parse
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile, Surroundings

HOST = "https://host.example"


def file(body: bytes, status: int | None = 200) -> RightsFile:
    return RightsFile(Channel.AI_TXT, f"{HOST}/ai.txt", body, status)


def about(body: bytes, path: str = "/a.jpg", agent: str | None = None, media: str | None = None):
    return parse(file(body)).about(path, agent=agent, media_type=media)


@pytest.mark.parametrize(
    ("status", "said"), [(404, []), (503, ["fetch_failed"]), (None, ["fetch_failed"])]
)
def test_a_file_that_is_not_there_says_nothing_and_no_answer_is_told(status, said):
    asset = replace(
        Asset.from_bytes(b"x", name="x"),
        around=Surroundings(f"{HOST}/a.jpg", (), (file(b"", status),)),
    )
    assert [one.reason.value for one in AiTxtReader().read(asset)] == said
    assert list(AiTxtReader().read(replace(asset, around=None))) == []


def test_the_place_of_a_rule_is_kept():
    body = b"# Spawning\r\nUser-agent: *\r\nDisallow: *.jpg # pictures\r\n"
    (record,) = about(body)
    start, end = record.document.span
    assert body[start:end] == b"Disallow: *.jpg # pictures"


def test_equal_answers_are_one_tuple():
    site = parse(file(b"User-agent: *\nDisallow: *.jpg\nUser-agent: A\nDisallow: *.jpg\n"))
    for agent in (None, "A", "B"):
        first = site.about("/a.jpg", agent=agent, media_type=None)
        assert first
        assert site.about("/b.jpg", agent=agent, media_type=None) is first


def test_a_large_file_is_cut_and_says_so():
    body = b"# Spawning AI\nUser-agent: *\nDisallow: *.jpg\n" + b"# padding\n" * 100_000
    (record,) = about(body)
    assert record.warnings[0].startswith("truncated")


def test_many_stars_and_many_rules_cost_little():
    rules = b"".join(b"Disallow: /%s\n" % (b"*a" * 500) for _ in range(400))
    site = parse(file(b"# Spawning\nUser-agent: *\n" + rules))
    started = time.process_time()
    for n in range(20):
        site.about("/" + "a" * 400 + str(n), agent=None, media_type=None)
    assert time.process_time() - started < 5


def test_utf16_is_not_recognised():
    body = "User-agent: *\nDisallow: *.jpg\n".encode("utf-16")
    (record,) = about(body)
    assert record.reason is NotRunReason.NOT_APPLICABLE
    assert record.detail.startswith("unrecognised")


@given(st.binary(max_size=200), st.text(max_size=30), st.sampled_from([None, "*", "GPTBot"]))
def test_nothing_breaks_the_parser(noise, path, agent):
    for body in (noise, b"# spawning\nUser-agent: *\n" + noise):
        for record in about(body, path, agent, "text/html"):
            assert isinstance(record, Reservation | NotRun)


@pytest.mark.data
def test_a_real_list_of_file_types(data_pack):
    """Acceptance check 21 of the opt-out reference, first half."""
    (path,) = (data_pack / "optout/ai_txt").glob("healsdata*")
    body = path.read_bytes()
    for asked in ("/p/cat.jpg", "/song.mp3", "/main.py", "/anything", "/x.unknown"):
        (record,) = about(body, asked)
        assert record.intent == "reserved"
        assert (record.standing, record.formal, record.protocol) == ("C", "valid", "ai.txt")
    (record,) = about(body, "/p/cat.jpg")
    assert (record.scope, record.native_value) == ("path:*.jpg", "Disallow: *.jpg")


@pytest.mark.data
def test_a_real_file_that_allows_with_a_label_of_an_old_draft(data_pack):
    """Acceptance check 21, second half."""
    (path,) = (data_pack / "optout/ai_txt").glob("OR13*")
    (record,) = about(path.read_bytes(), "/x")
    assert record.purposes["train-ai"].value == "allowed"
    assert record.native_value == "Content-Usage: ai=y"
    assert {"legacy_vocab", "misplaced"} <= {one.partition(":")[0] for one in record.warnings}
    assert (record.standing, record.formal) == ("D", "nonconforming")
