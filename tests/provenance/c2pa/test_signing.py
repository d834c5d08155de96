"""Files are signed, read back and replaced in one step, or left as they were."""

from __future__ import annotations

import io
import subprocess
import sys
import threading
import zipfile
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance import files
from provenance.asset import Asset
from provenance.c2pa import native, signing
from provenance.c2pa.claim import NO_TRAINING, Claim, Intent
from provenance.c2pa.content import content_digest
from provenance.c2pa.signing import FileSigner
from provenance.c2pa.signing_key import Algorithm, CallbackSigner, pem_signer
from provenance.c2pa.trust import TrustList
from provenance.errors import ConfigError, InputError, NotFound, SigningRefused
from provenance.evidence import Integrity, Origin, SignerLevel
from service import check
from tests.provenance import making
from tests.provenance.attest.openssl_authority import OPENSSL, OpenSslAuthority
from tests.provenance.c2pa.certificates import MAKERS, issue
from tests.provenance.c2pa.signable import NOT_COMPARED, WORKS, epub

SAMPLES = Path(__file__).parents[3] / "samples"
ROOT = SAMPLES.parent
CREATION = Claim("digitalCreation", complete=True)
EDITS = Claim("humanEdits", intent=Intent.EDIT, complete=True)


@pytest.fixture(scope="module")
def signer(authority):
    with FileSigner(pem_signer(authority.key, authority.chain)) as signer:
        yield signer


@pytest.fixture
def work(tmp_path):
    """A work of some kind, in a folder of its own."""

    def work(kind, data=None, name="work"):
        path = tmp_path / f"{name}.{kind}"
        path.write_bytes(WORKS[kind]() if data is None else data)
        return path

    return work


@contextmanager
def left_alone(path):
    """Nothing in the folder of `path` is changed, added or left behind."""

    def found():
        return {one.name: one.read_bytes() for one in path.parent.iterdir()}

    before = found()
    yield
    assert found() == before


def credential(path, authority=None):
    report = check(path, trust=authority.root if authority else None)
    return next(one for one in report.evidence if one.kind == "credential")


def store(path, authority):
    context = native._context((TrustList("private", authority.root.decode()),), None)
    kind = Asset.from_bytes(path.read_bytes(), name=path.name).media_type
    summary = native.read(context, kind, io.BytesIO(path.read_bytes())).summary
    return summary["manifests"][summary["active_manifest"]]


# --- every kind of file -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", WORKS)
def test_a_work_of_every_kind_is_attested_after_it_was_signed(signer, authority, work, kind):
    path = work(kind)
    done = signer.sign(path, CREATION)
    report = check(path, trust=authority.root)
    found = next(one for one in report.evidence if one.kind == "credential")
    assert (report.verdict.origin, report.verdict.integrity) == ("human_attested", "intact")
    assert found.signer.level is SignerLevel.PRIVATE_TRUSTED
    assert (found.human_level, found.digital_source_types) == (2, ("digitalCreation",))
    assert found.generator.startswith("Assay")
    assert done.content_compared == (kind not in NOT_COMPARED)


@pytest.mark.parametrize("kind", WORKS)
def test_a_work_of_every_kind_can_be_edited_and_keeps_its_history(signer, authority, work, kind):
    path = work(kind)
    first = signer.sign(path, CREATION).credential.manifest
    signer.sign(path, EDITS)
    found = credential(path, authority)
    assert (found.origin, found.human_level) == (Origin.HUMAN_CREATION, 2)
    (parent,) = found.ingredients
    assert (parent.manifest, parent.integrity) == (first, Integrity.INTACT)


@pytest.mark.data
@pytest.mark.parametrize(
    "name",
    [
        "contentauth+c2pa-rs/sdk/tests/fixtures/sample1.avif",
        "contentauth+c2pa-rs/sdk/tests/fixtures/MultiPage.tif",
        "contentauth+c2pa-rs/sdk/tests/fixtures/basic-annotation.pdf",
        "TrustNXT+c2pa-ts/tests/fixtures/trustnxt-icon.heic",
        "TrustNXT+c2pa-ts/tests/fixtures/sample1.mp3",
    ],
)
def test_files_of_others_can_be_signed_too(signer, authority, work, data_pack, name):
    data = (data_pack / "c2pa/files" / name).read_bytes()
    path = work(name.rpartition(".")[2], data)
    signer.sign(path, CREATION)
    assert credential(path, authority).human_level == 2


@pytest.mark.data
@pytest.mark.parametrize("name", ["signed_a.m4a", "signed_a.flac", "video1.mp4"])
def test_manifests_of_others_are_kept(signer, authority, work, data_pack, name):
    (found,) = (data_pack / "c2pa/files").rglob(name)
    path = work(name.rpartition(".")[2], found.read_bytes())
    before = credential(path)
    signer.sign(path, EDITS)
    after = credential(path)
    assert [one.manifest for one in after.ingredients] == [before.manifest]
    assert after.ai_statement == before.ai_statement


@pytest.mark.parametrize("algorithm", MAKERS)
def test_every_kind_of_key_signs(work, algorithm):
    root = issue("Root", ca=True)
    leaf = issue("Signer", root, MAKERS[algorithm]())
    path = work("png")
    with FileSigner(pem_signer(leaf.key_pem, leaf.pem)) as signer:
        signer.sign(path, CREATION)
    report = check(path, trust=root.pem)
    assert report.verdict.origin == "human_attested"


def test_a_key_elsewhere_signs_by_a_callback(work):
    root = issue("Root", ca=True)
    leaf = issue("Signer", root, MAKERS["ED25519"]())
    asked = []

    def sign(data):
        asked.append(data)
        return leaf.key.sign(data)

    path = work("wav")
    with FileSigner(CallbackSigner(sign, Algorithm.ED25519, leaf.pem)) as signer:
        signer.sign(path, CREATION)
    assert len(asked) >= 2  # once to see whose key it is
    assert check(path, trust=root.pem).verdict.origin == "human_attested"


def test_a_callback_that_fails_is_told_and_costs_nothing(work):
    root = issue("Root", ca=True)
    leaf = issue("Signer", root, MAKERS["ED25519"]())
    answers = iter([leaf.key.sign])

    def sign(data):
        for answer in answers:
            return answer(data)
        raise ConnectionError("the key service is away")

    path = work("wav")
    with FileSigner(CallbackSigner(sign, Algorithm.ED25519, leaf.pem)) as signer:
        refuses(signer, path, CREATION, "the key service is away")


# --- what is said -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "origin"),
    [
        ("digitalCapture", Origin.CAPTURE),
        ("trainedAlgorithmicMedia", Origin.FULLY_AI),
        ("compositeWithTrainedAlgorithmicMedia", Origin.PARTLY_AI),
        ("algorithmicMedia", Origin.ALGORITHMIC),
        ("composite", Origin.MAY_CONTAIN_AI),
    ],
)
def test_the_origin_is_the_one_that_was_stated(signer, work, name, origin):
    assert signer.sign(work("png"), Claim(name)).credential.origin is origin


def test_without_the_word_of_the_signer_nothing_is_complete(signer, authority, work):
    path = work("jpg")
    signer.sign(path, Claim("digitalCreation"))
    found = credential(path, authority)
    assert (found.human_level, found.human_level_reason) == (1, "actions_incomplete")


def test_an_unsigned_parent_leaves_a_gap(signer, authority, work):
    path = work("jpg")
    signer.sign(path, EDITS)
    found = credential(path, authority)
    assert [one.integrity for one in found.ingredients] == [Integrity.ABSENT]
    assert found.human_level < 2


def test_mining_reservations_are_vouched_for_and_titles_are_written(signer, authority, work):
    path = work("png")
    signer.sign(path, Claim("digitalCreation", title="Spring", training=NO_TRAINING))
    manifest = store(path, authority)
    assert manifest["title"] == "Spring"
    (mining,) = (a for a in manifest["assertions"] if a["label"] == "cawg.training-mining")
    assert mining["created"] is True
    assert mining["data"]["entries"] == {
        f"cawg.{purpose}": {"use": "notAllowed"} for purpose in NO_TRAINING
    }


def test_the_name_of_the_file_is_not_written(signer, work):
    path = work("png", name="secret_client")
    signer.sign(path, CREATION)
    signer.sign(path, EDITS)
    assert b"secret_client" not in path.read_bytes()


def test_what_went_into_a_work_is_named_and_kept(signer, authority, work):
    parent, component, path = (work("png", name=name) for name in ("parent", "logo", "work"))
    signer.sign(parent, CREATION)
    signer.sign(component, CREATION)
    claim = Claim(
        "humanEdits", intent=Intent.DERIVED, parent=parent, components=(component,), complete=True
    )
    signer.sign(path, claim)
    found = credential(path, authority)
    assert {(one.relationship, one.title, one.integrity) for one in found.ingredients} == {
        ("parentOf", "parent.png", Integrity.INTACT),
        ("componentOf", "logo.png", Integrity.INTACT),
    }
    assert (found.origin, found.human_level) == (Origin.HUMAN_CREATION, 2)


def test_ai_upstream_is_still_told_after_a_human_edit(signer, authority, work):
    path = work("png", (SAMPLES / "ai_image.png").read_bytes())
    signer.sign(path, EDITS)
    assert check(path, trust=authority.root).verdict.origin in {"ai_declared", "contradictory"}
    assert credential(path).ai_statement is Origin.FULLY_AI


# --- what is refused ----------------------------------------------------------------------------


def refuses(signer, path, claim, said, **options):
    with left_alone(path), pytest.raises(SigningRefused, match=said):
        signer.sign(path, claim, **options)


@pytest.mark.parametrize("name", ["prompt_in_metadata.png", "aigc_label.png", "suno_tag.mp3"])
@pytest.mark.parametrize(
    "claim", [CREATION, Claim("digitalCapture"), Claim("algorithmicMedia"), EDITS]
)
def test_no_human_claim_over_a_declaration_of_ai(signer, work, name, claim):
    path = work(name[-3:], (SAMPLES / name).read_bytes())
    refuses(signer, path, claim, "was made with AI")


def test_but_a_claim_that_says_so_is_welcome(signer, work):
    path = work("png", (SAMPLES / "prompt_in_metadata.png").read_bytes())
    assert signer.sign(path, Claim("trainedAlgorithmicMedia")).credential.origin is Origin.FULLY_AI


@pytest.mark.parametrize("name", ["ai_image.png", "partly_ai.jpg"])
def test_no_human_claim_over_a_component_made_by_ai(signer, work, name):
    claim = Claim("digitalCreation", intent=Intent.DERIVED, components=(SAMPLES / name,))
    refuses(signer, work("png"), claim, "its manifest says that it was made with AI")


def test_no_edit_that_loses_the_declaration_of_its_parent(signer, work):
    claim = Claim("humanEdits", intent=Intent.DERIVED, parent=SAMPLES / "prompt_in_metadata.png")
    refuses(signer, work("png"), claim, "was made with AI")


@pytest.mark.parametrize("claim", [CREATION, Claim("trainedAlgorithmicMedia")])
def test_an_intact_manifest_is_not_thrown_away(signer, work, claim):
    path = work("png")
    signer.sign(path, CREATION)
    refuses(signer, path, claim, "would be lost", replace_broken=True)


@pytest.mark.parametrize("replace_broken", [False, True])
def test_a_broken_manifest_is_never_a_parent(signer, work, replace_broken):
    path = work("jpg", (SAMPLES / "tampered.jpg").read_bytes())
    refuses(signer, path, EDITS, "broken", replace_broken=replace_broken)
    other = Claim("humanEdits", intent=Intent.DERIVED, parent=path)
    refuses(signer, work("png"), other, "broken", replace_broken=replace_broken)


def test_a_broken_manifest_goes_only_when_it_is_asked_to(signer, authority, work):
    path = work("png")
    signer.sign(path, Claim("digitalCapture"))
    old = credential(path).manifest
    data = bytearray(path.read_bytes())
    data[data.index(b"IHDR") + 16] ^= 1  # a bit of its checksum
    path.write_bytes(data)
    assert credential(path).integrity is Integrity.BROKEN
    refuses(signer, path, CREATION, "broken")
    signer.sign(path, CREATION, replace_broken=True)
    found = credential(path, authority)
    assert (found.integrity, found.ingredients) == (Integrity.INTACT, ())
    assert old.encode() not in path.read_bytes()


def test_nor_does_it_go_for_a_human_claim_when_it_says_ai(signer, work):
    path = work("png")
    signer.sign(path, Claim("trainedAlgorithmicMedia"))
    data = bytearray(path.read_bytes())
    data[data.index(b"IHDR") + 16] ^= 1
    path.write_bytes(data)
    refuses(signer, path, CREATION, "was made with AI", replace_broken=True)


def test_a_manifest_that_is_elsewhere_is_not_passed_over(signer, work):
    remote = (ROOT / "provenance/c2pa/canary/remote.png").read_bytes()
    refuses(signer, work("png", remote), CREATION, "was not fetched")


@pytest.mark.parametrize(
    ("kind", "data", "said"),
    [
        ("csv", b"title,year\nwords,1999\n", "It is possible for: WAV"),
        ("ogg", making.ogg("ARTIST=x"), "It is possible for: WAV"),
        ("mkv", making.matroska(), "It is possible for: WAV"),
        ("docx", making.docx(), "It is possible for: WAV"),
        ("epub", epub(zipfile.ZIP_DEFLATED), "entries are stored"),
    ],
)
def test_a_kind_that_cannot_be_written_is_refused_with_those_that_can(
    signer, work, kind, data, said
):
    path = work(kind, data)
    with left_alone(path), pytest.raises(SigningRefused) as refused:
        signer.sign(path, CREATION)
    assert said in refused.value.hint


def test_a_damaged_file_is_left_alone(signer, work):
    path = work("png", WORKS["png"]()[:60])
    with left_alone(path), pytest.raises(SigningRefused):
        signer.sign(path, CREATION)


def test_what_is_not_a_file_is_said(signer, tmp_path):
    with pytest.raises(NotFound):
        signer.sign(tmp_path / "none.png", CREATION)
    with pytest.raises(InputError, match="not a regular file"):
        signer.sign(tmp_path, CREATION)


# --- replacing the file -------------------------------------------------------------------------


def test_another_file_is_written_and_the_first_left_alone(signer, work, tmp_path):
    path, out = work("wav"), tmp_path / "signed.wav"
    before = path.read_bytes()
    path.chmod(0o640)
    assert signer.sign(path, CREATION, out=out).path == out
    assert path.read_bytes() == before
    assert credential(out).integrity is Integrity.INTACT
    assert out.stat().st_mode & 0o777 == 0o640
    assert sorted(one.name for one in tmp_path.iterdir()) == ["signed.wav", "work.wav"]


def test_permissions_are_kept_and_a_link_stays_one(signer, work, tmp_path):
    path, link = work("wav"), tmp_path / "link.wav"
    path.chmod(0o604)
    link.symlink_to(path)
    signer.sign(link, CREATION)
    assert link.is_symlink()
    assert path.stat().st_mode & 0o777 == 0o604
    assert credential(path).integrity is Integrity.INTACT


@pytest.mark.parametrize("fault", [OSError(28, "No space left on device"), KeyboardInterrupt()])
@pytest.mark.parametrize("step", ["fsync", "fchmod"])
def test_what_goes_wrong_before_the_last_step_changes_nothing(
    signer, work, monkeypatch, fault, step
):
    def fail(*_):
        raise fault

    path = work("wav")
    monkeypatch.setattr(files.os, step, fail)
    with left_alone(path), pytest.raises((InputError, KeyboardInterrupt)):
        signer.sign(path, CREATION)


KILLED = """
import os, sys
from pathlib import Path
from provenance.c2pa.claim import Claim
from provenance.c2pa.signing import FileSigner
from provenance.c2pa.signing_key import pem_signer
folder = Path(sys.argv[1])
Path.replace = lambda *_: os._exit(9)
signer = FileSigner(pem_signer((folder / "key").read_bytes(), (folder / "chain").read_bytes()))
signer.sign(folder / "work.wav", Claim("digitalCreation"))
"""


def test_killed_between_writing_and_replacing_the_original_stands(authority, work):
    path = work("wav")
    (path.parent / "key").write_bytes(authority.key)
    (path.parent / "chain").write_bytes(authority.chain)
    before = path.read_bytes()
    done = subprocess.run([sys.executable, "-c", KILLED, str(path.parent)], cwd=ROOT, check=False)
    assert done.returncode == 9
    assert path.read_bytes() == before
    (rest,) = path.parent.glob(".assay-*.new")  # whole, and under a name of its own
    assert rest.stat().st_mode & 0o777 == path.stat().st_mode & 0o777


def test_a_file_that_changes_meanwhile_is_not_overwritten(signer, work, monkeypatch):
    path = work("wav")
    really = signing.content_digest

    def meddle(asset):
        path.write_bytes(b"somebody else's work")
        return really(asset)

    monkeypatch.setattr(signing, "content_digest", meddle)
    with pytest.raises((InputError, SigningRefused)):
        signer.sign(path, CREATION)
    assert path.read_bytes() == b"somebody else's work"


LIES = {
    "its content": lambda data: data.replace(bytes(64), bytes(63) + b"\x01"),
    "its integrity": lambda data: data.replace(bytes(64), bytes(63) + b"\x01"),
}


@pytest.mark.parametrize("lie", LIES)
def test_what_does_not_read_back_as_asked_is_not_kept(signer, work, monkeypatch, lie):
    from provenance.c2pa import native_signing

    really = native_signing.write

    def spoil(*arguments):
        really(*arguments)
        file = arguments[-1]
        file.seek(0)
        spoilt = LIES[lie](file.read())
        file.seek(0)
        file.write(spoilt)

    monkeypatch.setattr(native_signing, "write", spoil)
    refuses(signer, work("wav"), CREATION, lie)


def test_nor_what_says_something_else(signer, work, monkeypatch):
    from provenance.c2pa import native_signing

    really = native_signing.write

    def lie(manifest, *others):
        (action,) = manifest["assertions"][0]["data"]["actions"]
        action["digitalSourceType"] = action["digitalSourceType"].replace("Creation", "Capture")
        really(manifest, *others)

    monkeypatch.setattr(native_signing, "write", lie)
    refuses(signer, work("wav"), CREATION, "its source type, its origin")


def test_nor_what_lost_its_history(signer, work, monkeypatch):
    from provenance.c2pa import native_signing

    really = native_signing.write
    path = work("wav")
    signer.sign(path, CREATION)

    def forget(manifest, ingredients, *others):
        manifest["assertions"][0]["data"]["actions"][0] = {
            "action": "c2pa.created",
            "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/digitalCreation",
        }
        really(manifest, (), *others)

    monkeypatch.setattr(native_signing, "write", forget)
    refuses(signer, path, EDITS, "its history")


def test_nothing_but_the_content_counts_as_content():
    def digest(data, name):
        return content_digest(Asset.from_bytes(data, name=name))

    assert digest(making.wav(), "a.wav") == digest(making.wav(making.chunk(b"C2PA", b"x")), "b.wav")
    assert digest(making.wav(), "a.wav") != digest(making.wav(making.chunk(b"LIST", b"x")), "b.wav")
    assert digest(b"title,year\n", "a.csv") is None


@pytest.mark.parametrize("kind", WORKS)
def test_a_file_that_is_cut_has_no_content_or_another(kind):
    whole = WORKS[kind]()
    known = content_digest(Asset.from_bytes(whole, name=f"whole.{kind}"))
    assert (known is None) == (kind in NOT_COMPARED)
    for size in range(0, len(whole) - 1, len(whole) // 40):
        cut = content_digest(Asset.from_bytes(whole[:size], name=f"cut.{kind}"))
        assert cut is None or cut != known


@given(st.sampled_from(sorted(WORKS)), st.data())
def test_a_damaged_file_ends_the_comparison_and_nothing_else(kind, data):
    spoilt = bytearray(WORKS[kind]())
    for _ in range(data.draw(st.integers(1, 4))):
        spoilt[data.draw(st.integers(0, len(spoilt) - 1))] = data.draw(st.integers(0, 255))
    found = content_digest(Asset.from_bytes(bytes(spoilt), name=f"spoilt.{kind}"))
    assert found is None or len(found) == 64


# --- time ---------------------------------------------------------------------------------------


@contextmanager
def serving(authority):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            request = self.rfile.read(int(self.headers["Content-Length"]))
            asked.append(request)
            reply = authority.reply(request)
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(reply)))
            self.end_headers()
            self.wfile.write(reply)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", asked
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.enable_socket
@pytest.mark.skipif(not OPENSSL, reason="openssl is not installed")
def test_a_time_stamp_is_asked_for_and_checked(authority, work, tmp_path):
    path = work("wav")
    with (
        serving(OpenSslAuthority(tmp_path / "tsa", chain=True)) as (url, asked),
        FileSigner(pem_signer(authority.key, authority.chain), tsa=url) as signer,
    ):
        done = signer.sign(path, CREATION)
    assert asked
    assert "timeStamp.validated" in done.credential.codes.success


def test_no_answer_no_signature(authority, work):
    path = work("wav")
    with FileSigner(
        pem_signer(authority.key, authority.chain), tsa="http://127.0.0.1:9/"
    ) as signer:
        refuses(signer, path, CREATION, "could not be signed")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "tsa.example.org", "http://", "http://[x"])
def test_a_time_stamping_authority_has_an_address(authority, url):
    with pytest.raises(ConfigError, match="not the address"):
        FileSigner(pem_signer(authority.key, authority.chain), tsa=url)
