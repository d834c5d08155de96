"""Real transcodings: what the marks of an original come to in a copy that was made from it."""

from __future__ import annotations

import io
import json
from html import escape

import c2pa
import pytest
from PIL import Image, PngImagePlugin

from provenance.c2pa.claim import NO_TRAINING, Claim, Intent
from provenance.c2pa.signing import FileSigner
from provenance.c2pa.signing_key import pem_signer
from provenance.c2pa.trust import TrustStore
from service.policy import DEFAULT
from service.report import compared
from service.screening import Screener
from tests.provenance import making
from tests.provenance.c2pa.signable import WORKS
from tools.authority import SETTINGS, Authority

PARAMETERS = (
    "a lighthouse\nSteps: 20, Sampler: Euler a, CFG scale: 7, Seed: 5, Size: 64x64, Version: v1.9"
)
GENERATED = Claim("trainedAlgorithmicMedia")
CAPTURED = Claim("digitalCapture", complete=True)
RETOUCHED = Claim("humanEdits", intent=Intent.EDIT, complete=True)


@pytest.fixture(scope="module")
def screener(authority):
    trust = TrustStore.shipped().with_private(authority.root)
    with Screener(trust=trust) as screener:
        yield screener


@pytest.fixture(scope="module")
def signer(authority):
    with FileSigner(pem_signer(authority.key, authority.chain)) as signer:
        yield signer


@pytest.fixture
def fates(screener):
    """What became of each mark, by kind and source: `(outcome, stripped)`."""

    def fates(original, copy):
        before = screener.screen(original, name="original")
        report = compared(screener.screen(copy, name="copy"), before, DEFAULT)
        told = {
            (one.what.value, one.name or one.source): (one.outcome.value, one.stripped)
            for one in report.against.survived
        }
        assert len(told) == len(report.against.survived)
        stripped = "provenance_stripped" in report.verdict.findings
        assert stripped == any(lost for _, lost in told.values())
        return told

    return fates


@pytest.fixture
def signed(signer, tmp_path):
    """A work that was signed, and perhaps signed again."""

    def signed(kind, *claims):
        path = tmp_path / f"work.{kind}"
        path.write_bytes(WORKS[kind]())
        for claim in claims:
            signer.sign(path, claim)
        return path.read_bytes()

    return signed


def picture():
    """A PNG as a generator writes it, with an AIGC label and IPTC's source type."""
    texts = PngImagePlugin.PngInfo()
    texts.add_text("parameters", PARAMETERS)
    texts.add_text("AIGC", making.LABEL_JSON)
    texts.add_itxt("XML:com.adobe.xmp", making.DST_XMP.decode())
    written = io.BytesIO()
    Image.radial_gradient("L").resize((64, 64)).convert("RGB").save(written, "PNG", pnginfo=texts)
    return written.getvalue()


def as_jpeg(data, **options):
    written = io.BytesIO()
    Image.open(io.BytesIO(data)).convert("RGB").save(written, "JPEG", **options)
    return written.getvalue()


def aigc_xmp(label):
    source = f'Iptc4xmpExt:DigitalSourceType="{making.DST}trainedAlgorithmicMedia"'
    return making.xmp(f"<TC260:AIGC>{escape(label)}</TC260:AIGC>", source)


# --- pictures -----------------------------------------------------------------------------------


def test_a_transcoding_that_drops_all_metadata_is_told_mark_by_mark(fates):
    assert fates(picture(), as_jpeg(picture())) == {
        ("declaration", "a1111"): ("lost", True),
        ("declaration", "aigc"): ("lost", True),
        ("declaration", "DigitalSourceType"): ("lost", True),
    }


def test_what_moves_to_another_carrier_is_kept(fates):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9286] = b"ASCII\x00\x00\x00" + PARAMETERS.encode()
    label = making.LABEL_JSON.replace('"p1"', '"p1" ').replace(", ", ",")
    copy = as_jpeg(picture(), xmp=aigc_xmp(label), exif=exif)
    assert fates(picture(), copy) == {
        ("declaration", "a1111"): ("kept", False),
        ("declaration", "aigc"): ("kept", False),
        ("declaration", "DigitalSourceType"): ("kept", False),
    }


def test_who_passes_a_work_on_may_add_its_own_number_to_the_label(fates):
    label = json.dumps({**making.LABEL, "ContentPropagator": "x", "PropagateID": "7"})
    assert fates(picture(), making.png_text(AIGC=label))["declaration", "aigc"] == ("kept", False)


@pytest.mark.parametrize(
    ("members", "stripped"),
    [({"Label": "2"}, True), ({"ProduceID": "p2"}, False), ({"Label": "0"}, True)],
)
def test_a_label_that_says_something_else_was_changed(fates, members, stripped):
    label = json.dumps({**making.LABEL, **members})
    found = fates(picture(), making.png_text(AIGC=label))["declaration", "aigc"]
    assert found == ("changed", stripped)


def test_a_source_type_turned_into_a_capture_is_a_loss(fates):
    copy = making.png(
        making.itxt_chunk(
            "XML:com.adobe.xmp",
            making.xmp(attributes=f'Iptc4xmpExt:DigitalSourceType="{making.DST}digitalCapture"'),
        )
    )
    assert fates(picture(), copy)["declaration", "DigitalSourceType"] == ("changed", True)


def test_the_way_a_source_type_is_spelt_is_no_change(fates):
    short = making.xmp("<Iptc4xmpExt:DigitalSourceType>trainedAlgorithmicMedia"
                       "</Iptc4xmpExt:DigitalSourceType>")  # fmt: skip
    found = fates(making.jpeg(making.app1_xmp(making.DST_XMP)), making.gif(short))
    assert found == {("declaration", "DigitalSourceType"): ("kept", False)}


def test_an_unsigned_claim_of_a_capture_is_no_loss(fates):
    capture = making.xmp(attributes=f'Iptc4xmpExt:DigitalSourceType="{making.DST}digitalCapture"')
    original = making.jpeg(making.app1_xmp(capture))
    assert fates(original, making.jpeg()) == {
        ("declaration", "DigitalSourceType"): ("lost", False),
    }


def test_a_copy_that_says_more_has_new_marks(fates):
    assert fates(making.jpeg(), making.png_text(AIGC=making.LABEL_JSON)) == {
        ("declaration", "aigc"): ("new", False),
    }


# --- manifests ----------------------------------------------------------------------------------


def test_a_signed_picture_saved_again_has_lost_its_manifest(fates, signed):
    original = signed("jpg", GENERATED)
    assert fates(original, as_jpeg(original)) == {("credential", "c2pa"): ("lost", True)}


def test_a_file_is_as_it_is(fates, signed):
    original = signed("jpg", GENERATED)
    assert fates(original, original) == {("credential", "c2pa"): ("kept", False)}


def test_an_edit_that_is_signed_keeps_the_manifest_as_an_ingredient(fates, signer, tmp_path):
    path = tmp_path / "photo.jpg"
    path.write_bytes(WORKS["jpg"]())
    signer.sign(path, CAPTURED)
    original = path.read_bytes()
    for _ in range(2):  # at any depth
        signer.sign(path, RETOUCHED)
        kept = {("credential", "c2pa"): ("kept_as_ingredient", False)}
        assert fates(original, path.read_bytes()) == kept


def test_an_edit_behind_the_signature_breaks_the_manifest_and_strips_nothing(fates, signed):
    original = signed("png", GENERATED)
    flipped = bytearray(original)
    flipped[original.index(b"IDAT") + 12] ^= 0xFF
    assert fates(original, bytes(flipped)) == {("credential", "c2pa"): ("broken", False)}


def test_a_reservation_goes_with_the_manifest_and_stays_with_it(fates, signed):
    reserved = Claim("digitalCapture", complete=True, training=NO_TRAINING)
    protocol = ("reservation", "cawg-training-mining")
    original = signed("jpg", reserved)
    assert fates(original, as_jpeg(original))[protocol] == ("lost", True)
    assert fates(original, original)[protocol] == ("kept", False)
    flipped = bytearray(original)
    flipped[-20] ^= 0xFF
    assert fates(original, bytes(flipped))[protocol] == ("kept", False)


def test_another_manifest_in_its_place_is_a_loss_and_something_new(fates, screener, signed):
    original, other = signed("jpg", GENERATED), signed("jpg", CAPTURED)
    report = compared(screener.screen(other), screener.screen(original), DEFAULT)
    assert [(one.outcome, one.stripped) for one in report.against.survived] == [
        ("lost", True),
        ("new", False),
    ]


def test_a_stranger_of_the_same_names_who_reuses_the_label_keeps_nothing(screener, authority):
    original = labelled(authority, "trainedAlgorithmicMedia")
    label = screener.screen(original).evidence[0].manifest
    stranger = Authority.new("Assay Tests")
    copies = [labelled(stranger, one, label) for one in ("humanEdits", "trainedAlgorithmicMedia")]
    for copy in copies:
        before, after = screener.screen(original), screener.screen(copy)
        assert after.evidence[0].manifest == label
        assert after.evidence[0].signer.name == before.evidence[0].signer.name
        report = compared(after, before, DEFAULT)
        assert "provenance_stripped" in report.verdict.findings
        assert [(one.outcome, one.stripped) for one in report.against.survived] == [
            ("lost", True),
            ("new", False),
        ]


def labelled(authority, source_type, label=None):
    """A JPEG that `authority` signed, under a label of one's own choice."""
    action = {"action": "c2pa.created", "digitalSourceType": making.DST + source_type}
    actions = {"label": "c2pa.actions.v2", "data": {"actions": [action]}}
    manifest = {"claim_version": 2, "assertions": [actions]}
    manifest |= {"claim_generator_info": [{"name": "a pen"}]} | ({"label": label} if label else {})
    signing = c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, authority.chain, authority.key, None)
    written = io.BytesIO()
    with c2pa.Context.from_dict(SETTINGS) as context:
        builder, signer = c2pa.Builder(manifest, context=context), c2pa.Signer.from_info(signing)
        with builder, signer:
            builder.sign(signer, "image/jpeg", io.BytesIO(WORKS["jpg"]()), written)
    return written.getvalue()


def test_a_broken_manifest_says_nothing_and_its_loss_is_none(fates, signed):
    original = bytearray(signed("png", GENERATED))
    original[original.index(b"IDAT") + 12] ^= 0xFF
    bare = making.png()
    assert fates(bytes(original), bare) == {("credential", "c2pa"): ("lost", False)}


def test_the_manifest_of_a_cover_is_followed_to_another_container(fates, signed):
    cover = signed("png", GENERATED)
    song = making.mp3(making.apic(cover))
    same = making.flac("ARTIST=x", picture=cover)
    assert fates(song, same) == {("credential", "c2pa"): ("kept", False)}
    assert fates(song, making.mp3()) == {("credential", "c2pa"): ("lost", True)}


# --- recordings ---------------------------------------------------------------------------------


def test_a_generator_named_in_the_tags_is_one_mark_in_every_container(fates):
    original = making.wav(making.info(ISFT="Suno AI", ICMT="made with Suno"))
    copy = making.mp3(making.comm("Made with Suno"))
    assert fates(original, copy) == {("declaration", "Suno"): ("kept", False)}
    assert fates(original, making.mp3()) == {("declaration", "Suno"): ("lost", False)}


def test_a_label_is_followed_from_one_container_to_another(fates):
    original = making.wav(making.info(AIGC=making.LABEL_JSON))
    copies = {
        "mp3": making.mp3(making.txxx("AIGC", making.LABEL_JSON)),
        "flac": making.flac(f"AIGC={making.LABEL_JSON}"),
        "m4a": making.mp4(making.ilst_meta(making.free_form("AIGC", making.LABEL_JSON))),
    }
    for kind, copy in copies.items():
        assert fates(original, copy)["declaration", "aigc"] == ("kept", False), kind
    assert fates(original, making.mp3())["declaration", "aigc"] == ("lost", True)


def test_what_was_not_read_of_the_copy_is_not_called_lost(fates):
    found = fates(picture(), picture()[:60])  # cut in the middle of a chunk
    assert set(found.values()) == {("not_comparable", False)}
    assert ("declaration", "aigc") in found
