"""Manifests in text, signed here: what holds, what does not, and what is not there, told apart."""

from __future__ import annotations

import io
import time
import unicodedata
import zipfile
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.asset import CHUNK, Asset
from provenance.c2pa import reader as reader_module
from provenance.c2pa import second
from provenance.c2pa.reader import C2paReader
from provenance.c2pa.text import DELIMITER, MAGIC, find_marks, is_text, selectors
from provenance.c2pa.trust import TrustList, TrustStore
from provenance.evidence import (
    Carrier,
    Credential,
    Integrity,
    NotRun,
    NotRunReason,
    Origin,
    SignerLevel,
)
from provenance.limits import DEFAULT
from service.screening import Screener
from tests.provenance.c2pa.text_signing import BASE, sign_html, sign_structured, sign_text

STORY = "Le chat dort sur le toit.\nDeuxième ligne, accentuée.\n"
PAGE = ("<!DOCTYPE html><html><head><title>t</title>", "</head><body>A tale.</body></html>")
NOBODY = TrustList("official", "")
NONE = TrustList("interim", "")
NO_TIMES = TrustList("tsa", "")
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.fixture(scope="module")
def stores(authority):
    root = authority.root.decode()
    return {
        "official": TrustStore(TrustList("official", root), NO_TIMES, NONE),
        "private": TrustStore.shipped().with_private(authority.root),
        "interim": TrustStore(NOBODY, NO_TIMES, TrustList("interim", root)),
        "tsa": TrustStore(NOBODY, TrustList("tsa", root), NONE),
        "nobody": TrustStore.shipped(),
    }


@pytest.fixture(scope="module")
def read(stores):
    readers = {}

    def read(data, *, name="work.txt", trust="private"):
        if trust not in readers:
            readers[trust] = C2paReader()
            readers[trust].use_trust(stores[trust])
        raw = data.encode() if isinstance(data, str) else data
        return list(readers[trust].read(Asset.from_bytes(raw, name=name)))

    return read


@pytest.fixture(scope="module")
def signed(authority):
    return sign_text(STORY, authority)


def found(records):
    """Carrier and integrity of the only credential."""
    (credential,) = (one for one in records if isinstance(one, Credential))
    return credential.carrier, credential.integrity


INTACT = (Carrier.EMBEDDED, Integrity.INTACT)
BROKEN = (Carrier.EMBEDDED, Integrity.BROKEN)
UNREADABLE = (Carrier.UNREADABLE, Integrity.UNREADABLE)
ABSENT = (Carrier.NONE, Integrity.ABSENT)


# What holds


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda by: sign_text(STORY, by), "work.txt"),
        (lambda by: sign_text(STORY, by), "work.md"),
        (lambda by: sign_text('{"a": "tale"}', by), "work.json"),
        (lambda by: sign_text("WEBVTT\n\n00:01.000 --> 00:02.000\nA tale.\n", by), "work.vtt"),
        (lambda by: sign_structured("# A tale\n\n<!-- ", " -->\n\nOnce.\n", by), "work.md"),
        (lambda by: sign_structured("", "\nA tale.\n", by), "work.md"),
        (lambda by: sign_structured("# ", "\ntale: once\n", by), "work.yaml"),
        (
            lambda by: sign_structured("<?xml version='1.0'?><!-- ", " --><t>tale</t>", by),
            "work.xml",
        ),
        (lambda by: sign_html(*PAGE, by), "work.html"),
    ],
    ids=[
        "txt",
        "md",
        "json",
        "vtt",
        "structured-md",
        "structured-first",
        "structured-yaml",
        "xml",
        "html",
    ],
)
def test_a_signed_text_is_read_in_every_carrier(read, authority, make, name):
    text = make(authority)
    (credential,) = read(text, name=name)
    assert found([credential]) == INTACT
    # The engine does not tell what was only gathered; it is read from the store it verified.
    assert (credential.origin, credential.ai_vouched) == (Origin.FULLY_AI, True)
    assert "c2pa.actions.v2" in credential.claim.created
    assert len(credential.signer.chain) == 1
    assert credential.signer.level is SignerLevel.PRIVATE_TRUSTED
    at = text.index("ale") if "ale" in text else text.index("chat")
    changed = text[:at] + "o" + text[at + 1 :]
    assert found(read(changed, name=name)) == BROKEN


@pytest.mark.parametrize(
    ("trust", "level"),
    [
        ("official", SignerLevel.OFFICIAL_TRUSTED),
        ("private", SignerLevel.PRIVATE_TRUSTED),
        ("interim", SignerLevel.LEGACY_TRUSTED),
        ("tsa", SignerLevel.UNTRUSTED),
        ("nobody", SignerLevel.UNTRUSTED),
    ],
)
def test_the_signer_is_trusted_as_far_as_the_list_that_knows_it(read, signed, trust, level):
    (credential,) = read(signed, trust=trust)
    assert found([credential]) == INTACT
    assert credential.signer.level is level
    assert credential.signer.list == (None if level is SignerLevel.UNTRUSTED else trust)


def test_a_famous_name_in_a_certificate_is_only_a_name(read, impostor):
    (credential,) = read(sign_text(STORY, impostor))
    assert credential.signer.issuer == "Google LLC"
    assert credential.signer.level is SignerLevel.UNTRUSTED
    assert not credential.ai_vouched


def test_a_human_claim_in_a_text_is_attested_as_far_as_its_signer_is_trusted(read, authority):
    (credential,) = read(sign_text(STORY, authority, "digitalCreation"), trust="official")
    assert credential.origin is Origin.HUMAN_CREATION
    assert (credential.human_level, credential.human_level_reason) == (3, "not_a_capture")


def test_what_a_signer_of_a_text_made_is_not_guessed(read, authority, monkeypatch):
    """When the bytes that were verified cannot be told for sure, nobody vouches for anything."""
    text = sign_text(STORY, authority, "digitalCreation")
    monkeypatch.setattr(reader_module, "found", lambda _data, _media_type: [])
    (credential,) = read(text, trust="official")
    assert (credential.human_level, credential.human_level_reason) == (1, "gathered_only")
    assert credential.claim.created is None


# What does not


def test_one_letter_changed_breaks_it(read, signed):
    (credential,) = read(signed.replace("chat", "chas"))
    assert found([credential]) == BROKEN
    assert "assertion.dataHash.mismatch" in credential.codes.failure


@pytest.mark.parametrize("kept", [100, 700, -1])
def test_a_text_cut_inside_its_wrapper_is_unreadable_and_not_without_one(read, signed, kept):
    cut = signed[: len(STORY) + kept] if kept > 0 else signed[:kept]
    records = read(cut)
    assert found(records) == UNREADABLE
    assert records[0].problem == "manifest.text.corruptedWrapper"
    assert records[1].reason is NotRunReason.UNREADABLE


def test_a_text_decomposed_on_its_way_is_broken(read, signed):
    decomposed = unicodedata.normalize("NFD", signed)
    assert decomposed != signed
    assert found(read(decomposed)) == BROKEN


def test_a_text_without_its_wrapper_is_a_text_without_a_manifest(read, signed):
    assert found(read(signed[: len(STORY)])) == ABSENT


@pytest.mark.parametrize("pasted", ["wrapper", "all"])
def test_two_wrappers_do_not_hold(read, signed, pasted):
    again = signed[len(STORY) :] if pasted == "wrapper" else signed
    assert found(read(signed + again)) == BROKEN


def test_a_wrapper_pasted_on_another_text_is_broken(read, signed):
    assert found(read("Another tale altogether.\n" + signed[len(STORY) :])) == BROKEN


@pytest.mark.parametrize("length", [0, 3, 400])
def test_garbage_behind_the_magic_is_unreadable(read, length):
    garbage = selectors(bytes(n * 7 % 256 for n in range(length)))
    assert found(read(STORY + MAGIC.decode() + garbage)) == UNREADABLE


def test_text_that_is_not_utf8(read, signed):
    head, rest = signed.encode()[:10], signed.encode()[10:]
    assert found(read(head + b"\xff\xfe\xe9" + rest)) == UNREADABLE
    assert found(read(b"caf\xe9 au lait, sans filigrane\n")) == ABSENT


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("<html><link href='https://a.example/m.c2pa' rel=c2pa-manifest>once</html>", "a.html"),
        (f"# T\n{DELIMITER.decode()} https://a.example/m.c2pa -----END C2PA MANIFEST-----", "a.md"),
    ],
)
def test_a_manifest_held_elsewhere_is_named_and_not_fetched(read, text, name):
    (credential,) = read(text, name=name)
    assert found([credential]) == (Carrier.REMOTE_ONLY, Integrity.ABSENT)
    assert credential.remote_url == "https://a.example/m.c2pa"


# What is not there


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (STORY, "work.txt"),
        ("# Tale\n\nA page about `application/c2pa` and c2pa-manifest.\n", "work.md"),
        ("".join(PAGE), "work.html"),
        (PAGE[0] + "<p>about application/c2pa</p>" + PAGE[1], "work.html"),
        ('{"a": 1}', "work.json"),
        ("an emoji \U0001f44d\ufe0f and a mark \ufeff\ufe0f\n", "work.txt"),
        (STORY.encode("utf-16"), "work.txt"),
    ],
)
def test_a_text_without_a_manifest_says_so_without_the_engine(read, monkeypatch, text, name):
    def ask(*_):
        raise AssertionError("the engine was asked")

    monkeypatch.setattr(second, "_verify", ask)
    assert found(read(text, name=name)) == ABSENT


def test_a_page_about_delimiters_has_no_manifest(read):
    assert found(read(f"# About\n`{DELIMITER.decode()}` begins one.\n", name="a.md")) == ABSENT


@given(st.text(max_size=300), st.sampled_from(["a.txt", "a.md", "a.html", "a.json", "a.xml"]))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_text_can_be_read(read, text, name):
    for record in read(text, name=name):
        assert not isinstance(record, Credential) or record.integrity is not Integrity.INTACT


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_no_change_to_the_words_goes_unseen(read, signed, data):
    at = data.draw(st.integers(0, len(STORY) - 1))
    letter = data.draw(st.characters(codec="utf-8", exclude_characters=signed[at] + "\0"))
    records = read(signed[:at] + letter + signed[at + 1 :])
    credentials = [one for one in records if isinstance(one, Credential)]
    assert all(one.integrity is not Integrity.INTACT for one in credentials)


# What it costs


def test_a_book_is_searched_and_verified_fast(read, authority):
    """2 GB/s to search it and 10 MB/s to verify it were measured; here only an order of each."""
    book = "a tale. " * 1_250_000
    start = time.process_time()
    assert found(read(book)) == ABSENT
    searched = time.process_time()
    assert found(read(sign_text(book, authority))) == INTACT
    assert searched - start < 0.5
    assert time.process_time() - searched < 15


@pytest.mark.parametrize("piece", [b"<link ", b"<script ", b"<link c2pa-manifest ", b"<<script "])
def test_a_hostile_page_is_searched_in_linear_time(piece):
    page = b"<html>" + piece * (4_000_000 // len(piece)) + b"application/c2pa c2pa-manifest"
    start = time.process_time()
    find_marks(Asset.from_bytes(page, name="a.html"))
    assert time.process_time() - start < 3


def test_a_mark_on_the_border_of_two_chunks_is_found():
    for mark in (MAGIC, DELIMITER + b" data:"):
        for before in range(1, len(mark)):
            data = b"x" * (CHUNK - before) + mark + b"x" * 10
            assert find_marks(Asset.from_bytes(data, name="a.txt"))


@pytest.mark.parametrize(
    "about",
    [
        "Write -----BEGIN C2PA MANIFEST----- first and -----END C2PA MANIFEST----- last.",
        "# Manifests\n\n```\n-----BEGIN C2PA MANIFEST-----\n...\n```\n",
    ],
)
def test_a_text_about_manifests_has_none(read, about):
    assert found(read(about, name="a.md")) == ABSENT


def test_a_script_that_the_engine_overlooks_is_not_called_absent(read):
    page = '<html><script type="application/c2pa"></script>'
    page += '<script type="application/c2pa">' + "QUJD" * 40 + "\n<!-- x --></script></html>"
    assert found(read(page, name="a.html")) == UNREADABLE


def test_a_text_too_large_to_be_verified_says_so(read, signed, monkeypatch):
    monkeypatch.setattr(reader_module, "DEFAULT", replace(DEFAULT, text_bytes=1000))
    credential, not_run = read(signed)
    assert found([credential]) == UNREADABLE
    assert not_run.reason is NotRunReason.LIMIT
    assert found(read("x" * 2000)) == ABSENT


@pytest.mark.parametrize(
    ("media_type", "text"),
    [
        ("text/plain", True),
        ("text/vtt", True),
        ("application/json", True),
        ("application/xhtml+xml", True),
        ("image/svg+xml", False),
        ("application/epub+zip", False),
        ("application/octet-stream", False),
    ],
)
def test_which_works_are_text(media_type, text):
    assert is_text(media_type) is text


# In a report, and in a document


def test_a_report_names_the_engine_that_read_a_text_and_no_other(stores, signed):
    with Screener(trust=stores["private"]) as screener:
        marked = screener.screen(signed.encode(), name="a.txt")
        plain = screener.screen(STORY.encode(), name="b.txt")
    said = marked.verdict
    assert (said.origin, said.basis, said.integrity) == ("ai_declared", "proven", "intact")
    assert "encypher" in marked.engine.readers
    assert plain.verdict.integrity == "absent"
    assert "encypher" not in plain.engine.readers


def test_a_book_is_verified_within_the_memory_of_a_worker(stores, authority):
    book = sign_text("a tale. " * 1_250_000, authority).encode()
    with Screener(trust=stores["private"]) as screener:
        assert screener.screen(book, name="a.txt").verdict.integrity == "intact"


def document(compression):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", compression) as made:
        made.writestr("[Content_Types].xml", "<Types/>")
        made.writestr("word/document.xml", "<w>" + "once " * 200 + "</w>")
    return out.getvalue()


def test_a_document_with_a_compressed_manifest_is_clearly_not_read(read, authority):
    actions = [{"action": "c2pa.created", "digitalSourceType": BASE + "digitalCreation"}]
    stored = authority.sign(document(zipfile.ZIP_STORED), DOCX, "a document", actions)
    assert found(read(stored)) == INTACT
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(stored)) as old, zipfile.ZipFile(out, "w") as new:
        for entry in old.infolist():
            new.writestr(entry.filename, old.read(entry), zipfile.ZIP_DEFLATED)
    credential, not_run = read(out.getvalue())
    assert found([credential]) == UNREADABLE
    assert isinstance(not_run, NotRun)
    assert not_run.reason is NotRunReason.UNSUPPORTED_MEDIA
    assert "compressed" in not_run.detail


def test_a_compressed_document_without_a_manifest_has_none(read):
    assert found(read(document(zipfile.ZIP_DEFLATED))) == ABSENT
