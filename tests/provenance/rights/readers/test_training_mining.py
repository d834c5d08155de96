"""What manifests reserve and permit, by whom, and where it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.c2pa.building import build_graph, orphans
from provenance.c2pa.claim import NO_TRAINING, Claim, Intent, MiningPurpose, MiningUse, Permission
from provenance.c2pa.reader import Manifest
from provenance.c2pa.signing import FileSigner
from provenance.c2pa.signing_key import pem_signer
from provenance.c2pa.trust import TrustStore
from provenance.evidence import NotRun, ReservationState
from provenance.rights.readers.training_mining import MOST, TrainingMiningReader
from service import check
from tests.provenance.c2pa.signable import WORKS, epub
from tests.provenance.c2pa.summaries import EMPTY, codes, ingredient, manifest, summary

RESERVED, ALLOWED = ReservationState.RESERVED, ReservationState.ALLOWED
CONDITIONAL, UNKNOWN = ReservationState.CONDITIONAL, ReservationState.UNKNOWN
ALL = {"tdm", "ai-input", "train-nongen", "train-genai"}


def mining(entries, label="cawg.training-mining", wrapped=True):
    return {"label": label, "data": {"entries": entries} if wrapped else entries, "created": True}


def found(active, trust=EMPTY, **more):
    """The reservations of a store that the library would have described like this."""
    reader = TrainingMiningReader()
    reader._trust = trust
    given = summary(active=active, **more)
    root = build_graph(given)
    return list(reader._found(None, Manifest(root, orphans=orphans(root, given))))


def states(entry, key="cawg.ai_generative_training"):
    (record,) = found(manifest(mining({key: entry})))
    return record.purposes.get("train-genai"), record.formal


# One entry


@pytest.mark.parametrize(
    ("entry", "state", "formal"),
    [
        ({"use": "notAllowed"}, RESERVED, "valid"),
        ({"use": "allowed"}, ALLOWED, "valid"),
        ({"use": "constrained", "constraint_info": "ask us"}, CONDITIONAL, "valid"),
        ({"use": "constrained"}, RESERVED, "nonconforming"),
        ({"use": "constrained", "constraint_info": " "}, RESERVED, "nonconforming"),
        ({"use": "maybe"}, UNKNOWN, "nonconforming"),
        ({"use": True}, UNKNOWN, "nonconforming"),
        ({}, UNKNOWN, "nonconforming"),
        (None, UNKNOWN, "nonconforming"),
        ("notAllowed", RESERVED, "valid"),
        ({"use": " notAllowed "}, RESERVED, "nonconforming"),
        ({"use": "not_allowed"}, RESERVED, "nonconforming"),
        ({"use": "Allowed"}, UNKNOWN, "nonconforming"),
        ({"use": "allowed "}, UNKNOWN, "nonconforming"),
    ],
)
def test_an_entry_says_one_of_four_things_and_never_permits_by_mistake(entry, state, formal):
    assert states(entry) == (state, formal)


@pytest.mark.parametrize("prefix", ["cawg.", "c2pa.", ""])
def test_an_entry_counts_under_either_prefix_and_none(prefix):
    assert states({"use": "notAllowed"}, f"{prefix}ai_generative_training")[0] is RESERVED


def test_training_of_models_that_generate_nothing_is_a_purpose_of_its_own():
    entries = {
        "cawg.ai_training": {"use": "allowed"},
        "cawg.ai_generative_training": {"use": "notAllowed"},
    }
    (record,) = found(manifest(mining(entries)))
    assert record.purposes == {"train-nongen": ALLOWED, "train-genai": RESERVED}


def test_of_two_entries_for_one_use_the_more_restrictive_counts():
    entries = {
        "c2pa.ai_generative_training": {"use": "notAllowed"},
        "cawg.ai_generative_training": {"use": "allowed"},
    }
    for order in (entries, dict(reversed(entries.items()))):
        (record,) = found(manifest(mining(order)))
        assert record.purposes == {"train-genai": RESERVED}


def test_the_older_form_without_a_map_of_entries_is_read():
    entries = {"c2pa.ai_generative_training": {"use": "notAllowed"}}
    (record,) = found(manifest(mining(entries, "c2pa.training-mining", wrapped=False)))
    assert record.protocol == "c2pa-training-mining"
    assert record.purposes == {"train-genai": RESERVED}


@pytest.mark.parametrize("entries", [{}, {"cawg.something": {"use": "allowed"}}])
def test_one_that_names_no_known_use_says_nothing_and_is_shown(entries):
    (record,) = found(manifest(mining(entries)))
    assert (record.purposes, record.formal, record.intent) == ({}, "malformed", "unknown")


@pytest.mark.parametrize("label", ["cawg.training-mining.v2", "cawg.training-mining__3"])
def test_a_later_version_of_the_label_is_heard(label):
    entries = {"cawg.AI_generative_training": {"use": "notAllowed"}}
    (record,) = found(manifest(mining(entries, label)))
    assert record.purposes == {"train-genai": RESERVED}


def test_entries_in_a_list_are_heard():
    entries = [{"cawg.ai_generative_training": {"use": "notAllowed"}}]
    (record,) = found(manifest(mining(entries)))
    assert record.purposes == {"train-genai": RESERVED}


# Whose word it is


def test_what_a_trusted_signer_only_passes_on_is_not_its_word():
    gathered = mining({"cawg.data_mining": {"use": "allowed"}}) | {"created": False}
    made = {"label": "c2pa.actions.v2", "data": {}, "created": True}
    (record,) = found(manifest(made, gathered), trusted_by="private")
    assert record.authority == "signed-untrusted"


def test_a_reservation_taken_out_of_an_ingredient_is_not_silence():
    uri = "self#jumbf=/c2pa/part/c2pa.assertions/cawg.training-mining"
    (record,) = found(manifest() | {"redactions": [uri]}, trusted_by="private")
    assert (record.check, record.reason) == ("rights", "unreadable")


def test_a_manifest_that_no_ingredient_leads_to_still_reserves():
    lost = manifest(mining({"cawg.data_mining": {"use": "notAllowed"}}))
    (record,) = found(manifest(), lost=lost, trusted_by="private")
    assert (record.scope, record.authority) == ("ingredient", "third-party")
    assert record.purposes == {"tdm": RESERVED}


def test_a_reservation_needs_nobodys_trust():
    (record,) = found(manifest(mining({"cawg.data_mining": {"use": "notAllowed"}})))
    assert record.authority == "signed-untrusted"
    assert record.purposes == {"tdm": RESERVED}


def test_what_a_trusted_signer_says_has_authority():
    entries = {"cawg.data_mining": {"use": "allowed"}}
    (record,) = found(manifest(mining(entries)), trusted_by="private")
    assert record.authority == "signed-trusted"


def test_an_ingredient_reserves_but_cannot_permit_for_the_whole():
    entries = {"cawg.data_mining": {"use": "allowed"}}
    active = manifest(ingredients=[ingredient("part")])
    (record,) = found(active, part=manifest(mining(entries)), trusted_by="private")
    assert (record.scope, record.authority) == ("ingredient", "third-party")


def test_a_reservation_in_a_manifest_that_does_not_hold_counts_as_an_unsigned_one():
    active = manifest(mining({"cawg.data_mining": {"use": "notAllowed"}}))
    (record,) = found(active, success=(), failure=("assertion.dataHash.mismatch",))
    assert (record.authority, record.formal) == ("unknown", "nonconforming")
    assert record.purposes == {"tdm": RESERVED}


def test_a_permission_in_an_altered_ingredient_is_none():
    entry = ingredient("part", validation_status=codes("claimSignature.mismatch"))
    part = manifest(mining({"cawg.data_mining": {"use": "allowed"}}))
    (record,) = found(manifest(ingredients=[entry]), part=part, trusted_by="private")
    assert record.authority == "unknown"


def test_both_labels_and_every_manifest_are_heard_once():
    one = mining({"cawg.data_mining": {"use": "notAllowed"}})
    two = mining({"c2pa.data_mining": {"use": "allowed"}}, "c2pa.training-mining__1")
    part = manifest(one)
    active = manifest(one, two, ingredients=[ingredient("part"), ingredient("part")])
    assert [record.protocol for record in found(active, part=part)] == [
        "cawg-training-mining",
        "c2pa-training-mining",
        "cawg-training-mining",
    ]


def test_the_document_names_the_very_assertion():
    (record,) = found(manifest(mining({"cawg.data_mining": {"use": "notAllowed"}})))
    place = "self#jumbf=/c2pa/active/c2pa.assertions/cawg.training-mining"
    assert record.document.location == place
    assert len(record.document.sha256) == 64


# Whole files


@pytest.fixture(scope="module")
def signed(authority, tmp_path_factory):
    """Signs a work with reservations."""
    folder = tmp_path_factory.mktemp("signed")

    def sign(kind, claim, data=None):
        path = folder / f"work{len(list(folder.iterdir()))}.{kind}"
        path.write_bytes(data or WORKS[kind]())
        with FileSigner(pem_signer(authority.key, authority.chain)) as signer:
            signer.sign(path, claim)
        return path

    return sign


@pytest.mark.parametrize("kind", ["jpg", "png", "wav", "mp3", "pdf", "epub"])
def test_what_is_signed_with_no_training_is_reserved_for_every_use(signed, authority, kind):
    path = signed(kind, Claim("digitalCreation", training=NO_TRAINING))
    report = check(path, trust=authority.root)
    assert report.verdict.rights == "reserved"
    (record,) = [one for one in report.evidence if one.kind == "reservation"]
    assert set(record.purposes) == ALL
    assert record.authority == "signed-trusted"
    assert "optout_reserved" in report.verdict.findings


def test_a_later_edit_does_not_end_what_the_original_reserved(signed, authority):
    path = signed("png", Claim("digitalCreation", training=NO_TRAINING))
    with FileSigner(pem_signer(authority.key, authority.chain)) as signer:
        signer.sign(path, Claim("humanEdits", intent=Intent.EDIT))
    report = check(path, trust=authority.root)
    assert report.verdict.rights == "reserved"
    assert [one.scope for one in report.evidence if one.kind == "reservation"] == ["ingredient"]


def test_a_permission_alone_does_not_make_up_for_channels_nobody_looked_at(signed, authority):
    allowed = {MiningPurpose.AI_GENERATIVE_TRAINING: MiningUse(Permission.ALLOWED)}
    path = signed("png", Claim("digitalCreation", training=allowed))
    assert check(path, trust=authority.root).verdict.rights == "unchecked"


def test_a_picture_inside_a_book_reserves_for_itself(signed, authority):
    picture = signed("png", Claim("digitalCreation", training=NO_TRAINING)).read_bytes()
    report = check(epub_with(picture), name="book.epub", trust=authority.root)
    (record,) = [one for one in report.evidence if one.kind == "reservation"]
    assert record.part == "OEBPS/cover.png"


def epub_with(picture):
    import io
    import zipfile

    written = io.BytesIO(epub())
    with zipfile.ZipFile(written, "a") as packed:
        packed.writestr("OEBPS/cover.png", picture, zipfile.ZIP_STORED)
    return written.getvalue()


def test_rights_alone_can_be_asked_for(signed, authority):
    path = signed("jpg", Claim("digitalCreation", training=NO_TRAINING))
    reader = TrainingMiningReader()
    reader.use_trust(TrustStore.shipped().with_private(authority.root))
    (record,) = reader.read(Asset.from_bytes(path.read_bytes(), name="a.jpg"))
    assert record.authority == "signed-trusted"


def test_a_manifest_that_cannot_be_read_is_not_silence(signed):
    data = signed("jpg", Claim("digitalCreation", training=NO_TRAINING)).read_bytes()
    cut = data[: data.index(b"jumb") + 400]
    reader = TrainingMiningReader()
    reader.use_trust(TrustStore.shipped())
    (record,) = reader.read(Asset.from_bytes(cut, name="a.jpg"))
    assert isinstance(record, NotRun)
    assert (record.check, record.reason) == ("rights", "unreadable")


# Hostile stores


def test_the_number_of_reservations_is_bounded():
    many = [mining({"cawg.data_mining": {"use": "notAllowed"}})] * (MOST + 50)
    reader = TrainingMiningReader()
    reader._trust = EMPTY
    read = Manifest(build_graph(summary(active=manifest(*many))))
    reader._manifests.manifests = lambda _asset: iter([(None, read)])
    *records, last = reader.read(Asset.from_bytes(b"", name="a"))
    assert len(records) == MOST
    assert last.reason == "limit"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["use"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=30), inner),
    max_leaves=20,
)


@given(data=json_values)
def test_any_shape_is_borne_and_permits_nothing_by_accident(data):
    assertion = {"label": "cawg.training-mining", "data": data}
    (record,) = found(manifest(assertion))
    assert ALLOWED not in record.purposes.values() or "allowed" in record.native_value
