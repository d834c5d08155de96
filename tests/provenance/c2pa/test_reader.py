"""Files signed here, by authorities made here, read as a worker reads them: no mocks.

An expired certificate is refused by the signing library; files with one are in the acceptance
tests, from the shared material.
"""

from __future__ import annotations

import io
import json
import zipfile

import c2pa
import pytest

from provenance.asset import Asset
from provenance.c2pa.reader import C2paReader
from provenance.c2pa.trust import TrustList, TrustStore
from provenance.evidence import Carrier, Integrity, NotRun, NotRunReason, Origin, SignerLevel
from tools.authority import SETTINGS, Ingredient
from tools.make_canary import XMP, picture
from tools.make_samples import change_one_byte_of_scan, paste_manifest

BASE = "http://cv.iptc.org/newscodes/digitalsourcetype/"
NOBODY = TrustList("official", "")


def created(source_type):
    return [{"action": "c2pa.created", "digitalSourceType": BASE + source_type}]


@pytest.fixture(scope="module")
def sign(authority):
    def sign(
        source_type="digitalCapture",
        *,
        by=authority,
        data=picture("JPEG"),  # noqa: B008
        media_type="image/jpeg",
        **more,
    ):
        return by.sign(data, media_type, "a work", created(source_type), **more)

    return sign


@pytest.fixture(scope="module")
def captured(sign):
    return sign()


@pytest.fixture(scope="module")
def read(authority):
    readers = {}

    def read(data, *, trust="private", name="work"):
        if trust not in readers:
            reader = readers[trust] = C2paReader()
            shipped = TrustStore.shipped()
            root = authority.root.decode()
            reader.use_trust(
                {
                    "private": shipped.with_private(authority.root),
                    "nobody": shipped,
                    "tsa": TrustStore(NOBODY, TrustList("tsa", root), TrustList("interim", "")),
                    "official": TrustStore(
                        TrustList("official", root), TrustList("tsa", ""), TrustList("interim", "")
                    ),
                    "interim": TrustStore(NOBODY, TrustList("tsa", ""), TrustList("interim", root)),
                }[trust]
            )
        return list(readers[trust].read(Asset.from_bytes(data, name=name)))

    return read


def signer_of(records):
    return records[0].signer


# Whose it is


@pytest.mark.parametrize(
    ("trust", "level", "human"),
    [
        ("official", SignerLevel.OFFICIAL_TRUSTED, 3),
        ("private", SignerLevel.PRIVATE_TRUSTED, 2),
        ("interim", SignerLevel.LEGACY_TRUSTED, 2),
        ("tsa", SignerLevel.UNTRUSTED, 1),
        ("nobody", SignerLevel.UNTRUSTED, 1),
    ],
)
def test_a_signer_is_trusted_as_far_as_the_list_that_knows_it(read, captured, trust, level, human):
    """A time-stamping list vouches for times only, though the library itself would trust it."""
    (credential,) = read(captured, trust=trust)
    assert credential.integrity is Integrity.INTACT
    assert credential.signer.level is level
    assert credential.signer.list == (None if level is SignerLevel.UNTRUSTED else trust)
    assert (credential.origin, credential.human_level) == (Origin.CAPTURE, human)


def test_the_library_itself_would_have_trusted_the_time_stamping_list(authority, captured):
    """Without this, the case above could not fail."""
    from provenance.c2pa import native

    trust = TrustStore(NOBODY, TrustList("tsa", authority.root.decode()), TrustList("interim", ""))
    store = native.read(native.Contexts(trust).signers, "image/jpeg", io.BytesIO(captured))
    assert store.summary["validation_state"] == "Trusted"


def test_a_famous_name_in_a_certificate_is_only_a_name(read, sign, impostor):
    (credential,) = read(sign(by=impostor))
    assert credential.signer.issuer == "Google LLC"
    assert credential.signer.level is SignerLevel.UNTRUSTED
    assert credential.human_level == 1


def test_a_name_of_the_interim_list_gets_a_second_look_and_no_more(read, sign):
    from tools.authority import Authority

    (credential,) = read(sign(by=Authority.new("Adobe Systems Incorporated")))
    assert credential.signer.level is SignerLevel.UNTRUSTED


def test_a_file_without_a_time_stamp_has_no_time(read, captured):
    assert signer_of(read(captured)).signed_at is None


# What it says


@pytest.mark.parametrize(
    ("media_type", "make"),
    [
        ("image/jpeg", lambda: picture("JPEG")),
        ("image/png", lambda: picture("PNG")),
        ("image/gif", lambda: picture("GIF")),
        ("image/webp", lambda: picture("WEBP")),
        ("image/tiff", lambda: picture("TIFF")),
        ("image/svg+xml", lambda: b'<svg xmlns="http://www.w3.org/2000/svg"><g/></svg>'),
    ],
)
def test_every_kind_of_picture_is_read_under_its_own_type(read, sign, media_type, make):
    signed = sign("trainedAlgorithmicMedia", data=make(), media_type=media_type)
    (credential,) = read(signed)
    assert (credential.integrity, credential.origin) == (Integrity.INTACT, Origin.FULLY_AI)


def test_an_ai_picture_stays_one_under_a_new_signature(read, sign, authority):
    parent = sign("trainedAlgorithmicMedia")
    opened = [{"action": "c2pa.opened", "parameters": {"ingredientIds": ["p"]}}]
    signed = authority.sign(
        picture("PNG"),
        "image/png",
        "cropped",
        opened,
        ingredient=Ingredient(parent, "image/jpeg", "parent", "p"),
    )
    (credential,) = read(signed)
    assert (credential.origin, credential.human_level) == (Origin.FULLY_AI, 0)
    assert credential.ingredients[0].digital_source_types == ("trainedAlgorithmicMedia",)
    assert credential.ingredients[0].integrity is Integrity.INTACT


def test_a_capture_signed_over_a_tampered_parent_is_no_longer_a_human_claim(
    read, authority, captured
):
    """The edit is intact and its signer trusted; what it was made from is not what was signed."""
    opened = [{"action": "c2pa.opened", "parameters": {"ingredientIds": ["p"]}}]
    tampered = change_one_byte_of_scan(captured)
    signed = authority.sign(
        picture("JPEG"),
        "image/jpeg",
        "cropped",
        opened,
        ingredient=Ingredient(tampered, "image/jpeg", "parent", "p"),
    )
    (credential,) = read(signed)
    assert credential.integrity is Integrity.INTACT
    assert credential.ingredients[0].integrity is Integrity.BROKEN
    assert credential.human_level < 2


def gather(authority, assertions, *, created_labels=()):
    """A manifest of any shape, which the library signs without looking."""
    settings = json.loads(json.dumps(SETTINGS))
    settings["builder"]["created_assertion_labels"] = list(created_labels)
    settings["verify"]["verify_after_sign"] = False
    manifest = {
        "claim_version": 2,
        "claim_generator_info": [{"name": "x"}],
        "assertions": assertions,
    }
    out = io.BytesIO()
    with c2pa.Context.from_dict(settings) as context:
        signer = c2pa.Signer.from_info(
            c2pa.C2paSignerInfo(c2pa.C2paSigningAlg.ES256, authority.chain, authority.key, None)
        )
        with c2pa.Builder(manifest, context=context) as builder, signer:
            builder.sign(signer, "image/jpeg", io.BytesIO(picture("JPEG")), out)
    return out.getvalue()


def test_gathered_actions_count_for_a_private_signer_and_not_for_an_official_one(read, authority):
    data = {"actions": created("digitalCapture"), "allActionsIncluded": True}
    signed = gather(authority, [{"label": "c2pa.actions.v2", "data": data}])
    assert read(signed, trust="private")[0].human_level == 2
    official = read(signed, trust="official")[0]
    assert (official.human_level, official.human_level_reason) == (1, "gathered_only")


def test_actions_that_are_not_said_to_be_all_attest_no_human(read, authority):
    data = {"actions": created("digitalCapture")}
    label = "c2pa.actions.v2"
    signed = gather(authority, [{"label": label, "data": data}], created_labels=[label])
    assert read(signed)[0].human_level_reason == "actions_incomplete"


@pytest.mark.parametrize(
    "data",
    [
        {"Iptc4xmpExt:DigitalSourceType": 5},
        {"Iptc4xmpExt:DigitalSourceType": ["x"]},
        {"@context": {}, "deep": [[[[[[]]]]]]},
        {"a": "\u0000\u202e\x1b[2J" * 1000},
    ],
)
def test_a_metadata_assertion_of_a_wrong_shape_costs_nothing_else(read, authority, data):
    actions = {"actions": created("trainedAlgorithmicMedia"), "allActionsIncluded": True}
    signed = gather(
        authority,
        [{"label": "c2pa.actions.v2", "data": actions}, {"label": "stds.iptc", "data": data}],
        created_labels=["c2pa.actions.v2"],
    )
    (credential,) = read(signed)
    assert (credential.integrity, credential.origin) == (Integrity.INTACT, Origin.FULLY_AI)


# What does not hold


def test_one_changed_byte_of_the_picture_breaks_it(read, captured):
    (credential,) = read(change_one_byte_of_scan(captured))
    assert credential.integrity is Integrity.BROKEN
    assert "assertion.dataHash.mismatch" in credential.codes.failure


def test_bytes_appended_break_it(read, captured):
    assert read(captured + b"more")[0].integrity is Integrity.BROKEN


def test_a_manifest_pasted_on_other_bytes_is_broken(read, sign):
    generated = sign("trainedAlgorithmicMedia")
    from PIL import Image

    other = io.BytesIO()
    Image.new("RGB", (64, 64), (1, 2, 3)).save(other, "JPEG")
    (credential,) = read(paste_manifest(generated, other.getvalue()))
    assert credential.carrier is Carrier.EMBEDDED
    assert credential.integrity is Integrity.BROKEN


def test_a_file_cut_inside_its_manifest_is_unreadable_and_not_without_one(read, captured):
    at = captured.index(b"jumb") + 400
    credential, not_run = read(captured[:at])
    assert (credential.carrier, credential.integrity) == (Carrier.UNREADABLE, Integrity.UNREADABLE)
    assert (not_run.check, not_run.reason) == ("provenance", NotRunReason.UNREADABLE)


# Where it is


def test_a_work_without_a_manifest_says_so(read):
    (credential,) = read(picture("JPEG"))
    assert (credential.carrier, credential.integrity) == (Carrier.NONE, Integrity.ABSENT)


def test_a_remote_manifest_is_named(read):
    (credential,) = read(picture("PNG", xmp=XMP.format(url="http://example.org/a.c2pa")))
    assert credential.carrier is Carrier.REMOTE_ONLY
    assert credential.remote_url == "http://example.org/a.c2pa"


@pytest.mark.parametrize("data", [b"\0\1\2\3", b"\0\0\0\x10jumb" + b"\0" * 50, b""])
def test_what_cannot_carry_one_is_not_called_free_of_one(read, data):
    (record,) = read(data)
    assert isinstance(record, NotRun)
    assert record.reason is NotRunReason.UNSUPPORTED_MEDIA


def test_a_picture_in_a_book_has_a_credential_of_its_own(read, sign):
    book = io.BytesIO()
    with zipfile.ZipFile(book, "w") as file:
        file.writestr("mimetype", "application/epub+zip")
        file.writestr("META-INF/container.xml", "<container/>")
        file.writestr("OEBPS/cover.jpg", sign("trainedAlgorithmicMedia"))
        file.writestr("OEBPS/plain.jpg", picture("JPEG"))
    whole, cover = read(book.getvalue(), name="book.epub")
    assert (whole.part, whole.carrier) == (None, Carrier.NONE)
    assert (cover.part, cover.origin) == ("OEBPS/cover.jpg", Origin.FULLY_AI)
