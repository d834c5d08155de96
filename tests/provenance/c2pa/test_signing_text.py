"""Texts are signed in every carrier, read back by the other engine, and changed nowhere else."""

from __future__ import annotations

import io
import unicodedata
from dataclasses import replace

import encypher_c2pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.c2pa import native_signing, text_signing
from provenance.c2pa.claim import NO_TRAINING, Claim, Intent
from provenance.c2pa.content import content_digest
from provenance.c2pa.native_signing import SigningFailed
from provenance.c2pa.signing import FileSigner
from provenance.c2pa.signing_key import Algorithm, CallbackSigner, pem_signer
from provenance.c2pa.text import DELIMITER, MAGIC
from provenance.c2pa.text_carriers import Place, body, found
from provenance.c2pa.trust import TrustList, TrustStore
from provenance.errors import SigningRefused
from provenance.evidence import Integrity, Origin, SignerLevel
from provenance.limits import DEFAULT
from service import check
from tests.provenance.attest.openssl_authority import OPENSSL, OpenSslAuthority
from tests.provenance.c2pa.certificates import MAKERS, issue
from tests.provenance.c2pa.signable import WORKS
from tests.provenance.c2pa.test_signing import (
    CREATION,
    EDITS,
    credential,
    left_alone,
    refuses,
    serving,
)
from tests.provenance.c2pa.text_signing import sign_html, sign_structured, sign_text

STORY = "Le chat dort sur le toit.\nDeuxième ligne, accentuée.\n"
TEXTS = {
    "work.txt": STORY,
    "crlf.txt": STORY.replace("\n", "\r\n"),
    "bom.txt": "\ufeff" + STORY,
    "no_line_end.txt": "Un chat",
    "work.md": "# Un chat\n\n" + STORY,
    "crlf.md": "# Un chat\r\n\r\nIl dort.\r\n",
    "bom.md": "\ufeff# Un chat\n",
    "front_matter.md": "---\ntitle: Un chat\n---\n\n" + STORY,
    "toml.md": "+++\ntitle = 'Un chat'\n+++\n\n" + STORY,
    "rule.md": "---\n\n" + STORY,
    "work.html": (
        "<!DOCTYPE html>\n<html><head><meta charset='utf-8'><title>Un chat</title>\n"
        "<script>document.write('<script></' + 'script></head>')</script></head>"
        f"<body>{STORY}</body></html>\n"
    ),
    "no_head.html": f"<!DOCTYPE html>\n<html lang=fr><body>{STORY}</body></html>",
    "fragment.html": f"<p>{STORY}",
    "work.xhtml": (
        '<?xml version="1.0"?>\n<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>'
        f"<body>{STORY}</body></html>"
    ),
    "work.py": "#!/usr/bin/env python3\nprint('chat')\n",
    "work.css": "body { color: red }",
    "crlf.yaml": "chat: dort\r\n",
    "kept.yaml": "chat: |+\n  dort\n\n",
    "cloud.yml": "#cloud-config\nchat: dort\n",
}


@pytest.fixture(scope="module")
def signer(authority):
    with FileSigner(pem_signer(authority.key, authority.chain)) as signer:
        yield signer


@pytest.fixture
def text(tmp_path):
    """A text of some name, in a folder of its own."""

    def text(name, content=None):
        path = tmp_path / name
        content = TEXTS[name] if content is None else content
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    return text


def report_of(path, authority):
    """What the other engine says in its own words; it looks for a wrapper in plain text only."""
    kinds = {".txt": "text/plain", ".html": "text/html", ".xhtml": "text/html"}
    return encypher_c2pa.verify(
        path.read_bytes(),
        kinds.get(path.suffix, "text/markdown"),
        trust_pem=authority.root.decode(),
        telemetry=False,
    )


# --- every kind of text -------------------------------------------------------------------------


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_of_every_kind_is_signed_and_nothing_else_in_it_changes(
    signer, authority, text, name
):
    path = text(name)
    before = path.read_bytes()
    done = signer.sign(path, CREATION)
    signed = path.read_bytes()
    after = credential(path, authority)
    assert (after.integrity, after.origin) == (Integrity.INTACT, Origin.HUMAN_CREATION)
    assert after.signer.level is SignerLevel.PRIVATE_TRUSTED
    assert (after.digital_source_types, after.ingredients) == (("digitalCreation",), ())
    assert after.generator.startswith("Assay")
    (manifest,) = found(signed, Asset.from_bytes(signed, name=name).media_type)
    assert signed[: manifest.start] + signed[manifest.end :] == before
    assert done.content_compared
    assert len(signed) < len(before) + 12_000


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_of_every_kind_can_be_edited_and_keeps_its_history(signer, authority, text, name):
    path = text(name)
    first = signer.sign(path, CREATION).credential.manifest
    second = signer.sign(path, EDITS).credential.manifest
    signer.sign(
        path, Claim("compositeWithTrainedAlgorithmicMedia", intent=Intent.EDIT, complete=True)
    )
    after = credential(path, authority)
    (parent,) = after.ingredients
    (grandparent,) = parent.ingredients
    assert (parent.manifest, parent.integrity) == (second, Integrity.INTACT)
    assert (grandparent.manifest, grandparent.integrity) == (first, Integrity.INTACT)
    assert after.ai_statement is Origin.PARTLY_AI
    assert len(found(path.read_bytes(), "text/html")) == 1  # the old one is gone from its place


@pytest.mark.parametrize("name", ["work.txt", "work.md", "work.html", "work.py"])
@pytest.mark.parametrize("algorithm", MAKERS)
def test_every_kind_of_key_signs(text, name, algorithm):
    root = issue("Root", ca=True)
    leaf = issue("Signer", root, MAKERS[algorithm]())
    path = text(name)
    with FileSigner(pem_signer(leaf.key_pem, leaf.pem)) as signer:
        signer.sign(path, CREATION)
    (said,) = (one for one in check(path, trust=root.pem).evidence if one.kind == "credential")
    assert (said.integrity, said.signer.level) == (Integrity.INTACT, SignerLevel.PRIVATE_TRUSTED)


@pytest.mark.parametrize(
    ("claim", "origin"),
    [
        ("trainedAlgorithmicMedia", "ai_declared"),
        ("compositeWithTrainedAlgorithmicMedia", "ai_assisted_declared"),
    ],
)
@pytest.mark.parametrize("name", ["work.txt", "work.md", "work.html"])
def test_the_report_says_what_was_signed(signer, authority, text, name, claim, origin):
    path = text(name)
    signer.sign(path, Claim(claim))
    verdict = check(path, trust=authority.root).verdict
    assert (verdict.origin, verdict.integrity) == (origin, "intact")


@pytest.mark.parametrize("name", ["work.txt", "work.md", "work.html"])
def test_uses_are_reserved_and_titles_written(signer, authority, text, name):
    path = text(name)
    signer.sign(path, Claim("digitalCreation", title="</script> -->", training=NO_TRAINING))
    told = report_of(path, authority)["manifest_report"]
    manifest = told["manifests"][told["active_manifest"]]
    (mining,) = (a for a in manifest["assertions"] if a["label"] == "cawg.training-mining")
    assert manifest["title"] == "</script> -->"
    assert mining["data"]["entries"] == {
        f"cawg.{purpose}": {"use": "notAllowed"} for purpose in NO_TRAINING
    }


@pytest.mark.enable_socket
@pytest.mark.skipif(not OPENSSL, reason="openssl is not installed")
@pytest.mark.parametrize("known", [True, False])
@pytest.mark.parametrize("name", ["work.txt", "work.md", "work.html"])
def test_a_time_stamp_is_asked_for_and_checked(authority, text, tmp_path, name, known):
    path, stamps = text(name), OpenSslAuthority(tmp_path / "tsa", chain=True)
    shipped = TrustStore.shipped()
    listed = TrustList("tsa", stamps.root.decode())
    with (
        serving(stamps) as (url, asked),
        FileSigner(
            pem_signer(authority.key, authority.chain),
            tsa=url,
            trust=replace(shipped, tsa=listed) if known else None,
        ) as signer,
    ):
        codes = signer.sign(path, CREATION).credential.codes
    assert asked
    assert ("timeStamp.validated" in codes.success) == known
    assert ("timeStamp.untrusted" in codes.informational) != known


def test_the_name_of_the_file_is_not_written(signer, text):
    path = text("secret_client.txt", STORY)
    signer.sign(path, CREATION)
    signer.sign(path, EDITS)
    (one,) = found(path.read_bytes(), "text/plain")
    assert b"secret_client" not in one.store


# --- where it stands ----------------------------------------------------------------------------


def test_a_wrapper_is_behind_the_last_letter_and_as_long_as_the_specification_says(signer, text):
    path = text("work.txt")
    signer.sign(path, CREATION)
    signed = path.read_bytes()
    assert signed.startswith(STORY.encode() + MAGIC)
    (one,) = found(signed, "text/plain")
    # A.8: as if each selector took four bytes, and six more; made up with the selector of zero.
    assert one.end - one.start == 3 + 4 * (13 + len(one.store)) + 6
    assert signed.endswith("\ufe00".encode())


@pytest.mark.parametrize(
    ("name", "line", "begins"),
    [
        ("work.md", 0, "<!-- -----BEGIN C2PA MANIFEST----- data:application/c2pa;base64,"),
        ("front_matter.md", 1, "# -----BEGIN C2PA MANIFEST----- data:application/c2pa;base64,"),
        ("toml.md", 1, "# -----BEGIN"),
        ("rule.md", 0, "<!-- -----BEGIN"),
        ("kept.yaml", 0, "# -----BEGIN"),
        ("cloud.yml", -1, "# -----BEGIN"),
        ("work.py", -1, "# -----BEGIN"),
        ("work.css", -1, "/* -----BEGIN"),
    ],
)
def test_a_block_is_in_a_comment_of_one_line(signer, text, name, line, begins):
    path = text(name)
    signer.sign(path, CREATION)
    lines = path.read_text("utf-8").splitlines()
    assert lines[line].startswith(begins)
    assert "-----END C2PA MANIFEST-----" in lines[line]
    assert lines[:line] + lines[line:][1:] == TEXTS[name].splitlines()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("s.sh", "echo hello\\"),
        ("here.sh", "cat <<'EOF'\nhello\n"),
        ("doc.yaml", "# c\nkey: |+\n  text\n"),
        ("data.rb", "puts 1\n__END__\ndata\n"),
    ],
)
def test_a_text_that_would_mean_something_else_is_left_alone(signer, text, name, content):
    refuses(signer, text(name, content), CREATION, "could change what it means")


def test_signed_source_code_still_runs(signer, text):
    path = text("work.py", "answer = 42")
    signer.sign(path, CREATION)
    space = {}
    exec(path.read_text("utf-8"), space)  # noqa: S102 - our own two lines
    assert space["answer"] == 42


@pytest.mark.parametrize(
    ("page", "before", "after"),
    [
        ("<html><head><title>t</title></head><body>b</body></html>", "</title>", "</head>"),
        ("<html><!-- </head> --><head></head>b</html>", "<head>", "</head>"),
        ("<!doctype html><html><body>b</body></html>", "<html>", "<body>"),
        ("<!doctype html><p>b", "html>", "<p>"),
        ("<html><head><style></head></style></head>b</html>", "</style>", "</head>"),
        ('<html><head><meta content="</head>"></head>b</html>', '">', "</head>"),
        ("<HTML><HEAD><SCRIPT>'</head>'</SCRIPT ></HEAD>b</HTML>", "</SCRIPT >", "</HEAD>"),
        ("<html><head><title>t</title>words</html>", "</title>", "words"),
    ],
)
def test_a_script_is_at_the_end_of_the_head(signer, text, page, before, after):
    path = text("work.html", page)
    signer.sign(path, CREATION)
    signed = path.read_text("utf-8")
    tag = '<script type="application/c2pa">'
    at, end = signed.index(tag), signed.index("</script>", signed.index(tag))
    assert signed[:at].endswith(before)
    assert signed[end + len("</script>") :].startswith(after)
    assert signed.count(tag) == 1


# --- manifests of others ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("other.txt", lambda by: sign_text(STORY, by)),
        ("other.md", lambda by: sign_text(STORY, by)),
        ("other.md", lambda by: sign_structured("# Un chat\n\n<!-- ", " -->\n\nIl dort.\n", by)),
        ("front.md", lambda by: sign_structured("---\n", "\ntitle: t\n---\nIl dort.\n", by)),
        ("other.html", lambda by: sign_html("<html><head>", "</head><body>b</body></html>", by)),
        ("body.html", lambda by: sign_html("<html><body>", "b</body></html>", by)),
    ],
)
def test_manifests_of_others_are_kept_and_taken_from_where_they_stood(
    signer, authority, text, name, make
):
    path = text(name, make(authority))
    before = credential(path, authority)
    assert before.origin is Origin.FULLY_AI
    signer.sign(path, EDITS)
    after = credential(path, authority)
    assert [one.manifest for one in after.ingredients] == [before.manifest]
    assert after.ai_statement is Origin.FULLY_AI
    assert len(found(path.read_bytes(), "text/html")) == 1


def test_a_text_that_goes_on_behind_a_wrapper_is_broken(signer, authority, text):
    more = "Troisième ligne.\n"
    path = text("work.txt", sign_text(STORY, authority, "digitalCreation") + more)
    refuses(signer, path, EDITS, "broken")
    signer.sign(path, CREATION, replace_broken=True)
    assert path.read_bytes().startswith((STORY + more).encode() + MAGIC)
    assert credential(path).ingredients == ()


def test_a_wrapper_in_the_middle_is_taken_out_and_the_new_one_is_at_the_end(
    signer, authority, text, monkeypatch
):
    path, plain = text("work.txt"), STORY.encode()
    with monkeypatch.context() as meanwhile:
        meanwhile.setattr(text_signing, "place", lambda *_: Place(plain[:7], plain[7:]))
        first = signer.sign(path, CREATION).credential.manifest
    assert path.read_bytes().startswith(plain[:7] + MAGIC)
    signer.sign(path, EDITS)
    assert path.read_bytes().startswith(plain + MAGIC)
    assert [one.manifest for one in credential(path, authority).ingredients] == [first]


@pytest.mark.parametrize("kind", ["png", "wav", "pdf"])
@pytest.mark.parametrize("signs_text", [True, False])
def test_a_text_and_other_works_go_into_each_other(signer, authority, text, kind, signs_text):
    other, path = text(f"other.{kind}", WORKS[kind]()), text("work.md")
    target, component = (path, other) if signs_text else (other, path)
    first = signer.sign(component, CREATION).credential.manifest
    claim = Claim("digitalCreation", intent=Intent.DERIVED, components=(component,), complete=True)
    signer.sign(target, claim)
    (one,) = credential(target, authority).ingredients
    assert (one.manifest, one.title) == (first, component.name)
    assert (one.relationship, one.integrity) == ("componentOf", Integrity.INTACT)


def test_an_unsigned_text_leaves_a_gap(signer, authority, text):
    path = text("work.md")
    signer.sign(path, EDITS)
    after = credential(path, authority)
    assert [one.integrity for one in after.ingredients] == [Integrity.ABSENT]


def test_a_text_is_derived_from_another_and_from_a_picture(signer, authority, text):
    parent, picture = text("work.txt"), text("a.png", WORKS["png"]())
    signer.sign(parent, Claim("trainedAlgorithmicMedia"))
    path = text("work.html")
    claim = Claim("humanEdits", intent=Intent.DERIVED, parent=parent, components=(picture,))
    signer.sign(path, claim)
    after = credential(path, authority)
    assert {(one.relationship, one.title) for one in after.ingredients} == {
        ("parentOf", "work.txt"),
        ("componentOf", "a.png"),
    }
    assert after.ai_statement is Origin.FULLY_AI


# --- what is refused ----------------------------------------------------------------------------


def test_no_human_claim_over_a_text_that_says_ai(signer, authority, text):
    path = text("work.txt", sign_text(STORY, authority))
    refuses(signer, path, CREATION, "would be lost")
    path.write_bytes(path.read_bytes().replace(b"chat", b"chas"))
    refuses(signer, path, CREATION, "was made with AI", replace_broken=True)


@pytest.mark.parametrize("twice", ["wrapper", "all"])
def test_two_wrappers_are_never_a_history(signer, authority, text, twice):
    signed = sign_text(STORY, authority, "digitalCreation")
    path = text("work.txt", signed + (signed[len(STORY) :] if twice == "wrapper" else signed))
    refuses(signer, path, EDITS, "broken")
    refuses(signer, path, CREATION, "broken")
    signer.sign(path, CREATION, replace_broken=True)
    assert path.read_bytes().count(MAGIC) == 1
    assert body(path.read_bytes(), found(path.read_bytes(), "text/plain")).decode() == (
        STORY if twice == "wrapper" else STORY + STORY
    )


def test_a_wrapper_and_a_block_are_never_a_history(signer, authority, text):
    both = sign_structured("# ", "\nUn chat\n", authority)
    path = text("work.md", sign_text(both, authority))
    with left_alone(path), pytest.raises(SigningRefused):
        signer.sign(path, EDITS)


REFUSED = {
    "zero byte": ("disguised.txt", b"Once upon a time, " * 300 + b"\0\1\2\3"),
    "not UTF-8": ("latin.txt", b"Un caf\xe9 au lait, sans sucre\n"),
    "is not UTF-8": ("utf16.txt", STORY.encode("utf-16")),
    "composed one": ("nfd.txt", unicodedata.normalize("NFD", STORY)),
    "nothing says that this is plain text": ("Makefile", "all:\n\ttrue\n"),
    "end of its head": ("open.html", "<html><head><script>var a = '</head>'"),
    "head could not be found": ("open.html", "<html><head><!-- </head><body>"),
    "of its head could not": (
        "escaped.html",
        "<html><head><script><!-- <script> </script> </head> --></script></head>b</html>",
    ),
    "the end of its": ("open.xhtml", "<?xml version='1.0'?><html><body>b</body></html>"),
    "a mark of a manifest": (
        "empty.html",
        "<html><head><script type='application/c2pa'></script></head>b</html>",
    ),
    "mark of a manifest that is not": (
        "begun.md",
        f"# T\n{DELIMITER.decode()} data:application/c2pa;base64,QUJD\nonce\n",
    ),
    "into text/csv": ("table.csv", "a,b\n1,2\n"),
    "into application/json": ("data.json", '{"a": 1}'),
    "into application/xml": ("data.xml", "<?xml version='1.0'?><a/>"),
    "into text/vtt": ("film.vtt", "WEBVTT\n\n00:01.000 --> 00:02.000\nOnce.\n"),
    "into application/x-subrip": ("film.srt", "1\n00:00:01,000 --> 00:00:02,000\nOnce.\n"),
    "into application/octet-stream": ("binary.txt", b"\0\1\2\3" * 100),
}


@pytest.mark.parametrize("said", REFUSED)
def test_what_has_no_place_for_a_manifest_is_left_alone(signer, text, said):
    refuses(signer, text(*REFUSED[said]), CREATION, said)


def test_what_looks_like_a_manifest_and_is_none_is_not_quietly_taken_out(signer, text):
    about = f"# About\n\n```\n{DELIMITER.decode()} data:text/plain;base64,QUJD "
    path = text("about.md", about + "-----END C2PA MANIFEST-----\n```\n")
    with left_alone(path), pytest.raises(SigningRefused):
        signer.sign(path, CREATION)


def test_a_text_too_large_to_be_verified_again_is_not_signed(signer, text, monkeypatch):
    path = text("work.md")
    monkeypatch.setattr(text_signing, "DEFAULT", replace(DEFAULT, text_bytes=1000))
    refuses(signer, path, CREATION, "too large")
    monkeypatch.setattr(text_signing, "DEFAULT", replace(DEFAULT, text_bytes=10))
    refuses(signer, path, CREATION, "too large")


@pytest.mark.parametrize("name", ["work.txt", "work.md", "work.html"])
@pytest.mark.parametrize("spoil", ["hash", "place", "words", "another"])
def test_what_does_not_read_back_is_not_kept(signer, text, monkeypatch, name, spoil):
    path = text(name)
    really = native_signing.store

    def lie(manifest, ingredients, by, hashed):
        if spoil == "hash":
            hashed = replace(hashed, sha256=bytes(32))
        if spoil == "place":
            hashed = replace(hashed, start=hashed.start + 1)
        return really(manifest, ingredients, by, hashed)

    class Meddler(io.BytesIO):
        def __init__(self, target):
            self.target = target

        def write(self, data):
            changed = data.replace(b"chat", b"chut") if spoil == "words" else data + b"\nplus"
            return self.target.write(changed if spoil in {"words", "another"} else data)

    write = text_signing.write_text
    monkeypatch.setattr(native_signing, "store", lie)
    monkeypatch.setattr(
        "provenance.c2pa.signing.write_text",
        lambda *given: write(*given[:-1], Meddler(given[-1])),
    )
    refuses(signer, path, CREATION, "did not read back")


def test_no_answer_no_signature(authority, text):
    with FileSigner(
        pem_signer(authority.key, authority.chain), tsa="http://127.0.0.1:9/"
    ) as signer:
        refuses(signer, text("work.txt"), CREATION, "could not be signed")


def test_a_key_service_that_fails_is_told_and_costs_nothing(text):
    leaf = issue("Signer", issue("Root", ca=True), MAKERS["ED25519"]())
    answers = iter([leaf.key.sign])

    def sign(data):
        for answer in answers:
            return answer(data)
        raise ConnectionError("the key service is away")

    with FileSigner(CallbackSigner(sign, Algorithm.ED25519, leaf.pem)) as signer:
        refuses(signer, text("work.txt"), CREATION, "the key service is away")


def test_a_library_without_what_is_needed_is_told():
    with pytest.raises(SigningFailed, match="this version of the C2PA library has no c2pa_none"):
        native_signing._bytes_of(native_signing.PLACEHOLDER, "c2pa_none")


def test_a_wrapper_that_never_comes_to_its_length_ends_somewhere(signer, text, monkeypatch):
    asked = []
    monkeypatch.setattr(text_signing.Place, "filled", lambda *_: asked.append(1))
    refuses(signer, text("work.txt"), CREATION, "no wrapper came to its length")
    assert len(asked) < text_signing.TRIES


def test_every_letter_of_a_text_is_its_content():
    def digest(data, name):
        return content_digest(Asset.from_bytes(data, name=name))

    assert digest(b"words", "a.txt") != digest(b"word", "a.txt") is not None
    assert digest(b"words", "a.md") != digest(b"words\n", "a.md") is not None


@given(
    st.text(st.characters(codec="utf-8", exclude_characters="\0"), min_size=1, max_size=200),
    st.sampled_from(["a.txt", "a.md", "a.html", "a.py", "a.css"]),
)
@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_any_text_is_signed_whole_or_left_alone(signer, text, words, name):
    path = text(name, words)
    before = path.read_bytes()
    try:
        signer.sign(path, CREATION)
    except SigningRefused:
        assert path.read_bytes() == before
        return
    after = path.read_bytes()
    (one,) = found(after, "text/html")
    assert after[: one.start] + after[one.end :] == before
