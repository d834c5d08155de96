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
from provenance.rights.standing import standing_of
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
        ({"use": "constrained"}, RESERVED, "valid"),
        ({"use": "constrained", "constraint_info": " "}, RESERVED, "valid"),
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
    one = {"cawg.ai_generative_training": {"use": "notAllowed"}}
    two = {
        "cawg.ai_generative_training": {"use": "allowed"},
        "cawg.data_mining": {"use": "allowed"},
    }
    for entries in ([one, two], [two, one]):
        (record,) = found(manifest(mining(entries)))
        assert record.purposes == {"train-genai": RESERVED, "tdm": ALLOWED}


def test_what_is_wrong_is_told_by_a_code_and_a_sentence():
    entries = {
        "cawg.data_mining": {"use": "constrained"},
        "cawg.ai_training": {"use": "perhaps"},
        "cawg.ai_inference": {"use": "not allowed"},
    }
    (record,) = found(manifest(mining(entries)))
    assert [one.partition(": ")[0] for one in record.warnings] == [
        "unresolved_condition",
        "unknown_token",
        "nonconforming_value",
    ]
    assert record.intent == "reserved"


def test_the_standing_is_that_of_the_table():
    (record,) = found(manifest(mining({"cawg.data_mining": {"use": "allowed"}})))
    assert record.standing == standing_of("cawg-training-mining")


def test_the_terms_of_a_constraint_are_kept():
    entry = {"use": "constrained", "constraint_info": "ask licences@example.org first"}
    (record,) = found(manifest(mining({"cawg.data_mining": entry})))
    assert "ask licences@example.org first" in record.native_value


def test_long_terms_hide_no_other_use():
    names = ("data_mining", "ai_inference", "ai_training", "ai_generative_training")
    entry = {"use": "constrained", "constraint_info": "x" * 9000}
    entries = {f"{prefix}.{name}": entry for prefix in ("cawg", "c2pa") for name in names}
    (record,) = found(manifest(mining(entries)))
    assert len(record.native_value) <= 4096
    assert record.native_value.count('"use": "constrained"') == 8
    assert record.native_value.count("x" * 200) == 8


# The Data Mining property in a metadata assertion

PLUS = "http://ns.useplus.org/ldf/vocab/"


def metadata(data, label="cawg.metadata"):
    return {"label": label, "data": data, "created": True}


@pytest.mark.parametrize(
    ("key", "value", "purposes", "formal"),
    [
        ("plus:DataMining", f"{PLUS}DMI-PROHIBITED-AIMLTRAINING", {"train-ai": RESERVED}, "valid"),
        (
            "http://ns.useplus.org/ldf/xmp/1.0/DataMining",
            {"@id": f"{PLUS}DMI-PROHIBITED-GENAIMLTRAINING"},
            {"train-genai": RESERVED},
            "valid",
        ),
        (
            "plus:DataMining",
            "DMI-PROHIBITED",
            {"tdm": RESERVED, "search": RESERVED},
            "nonconforming",
        ),
        (
            "plus:DataMining",
            [f"{PLUS}DMI-ALLOWED", f"{PLUS}DMI-PROHIBITED-AIMLTRAINING"],
            {"train-ai": RESERVED, "tdm": ALLOWED, "search": ALLOWED},
            "nonconforming",
        ),
        ("plus:DataMining", "DMI-PROHIBITED-NEW", {"tdm": CONDITIONAL}, "malformed"),
    ],
)
def test_the_property_counts_where_a_manifest_repeats_it(key, value, purposes, formal):
    (record,) = found(manifest(metadata({"@context": {}, key: value})))
    assert (record.purposes, record.formal) == (purposes, formal)
    assert (record.protocol, record.authority) == ("plus-datamining", "signed-untrusted")


@pytest.mark.parametrize("data", [{"x:DataMining": "no"}, {"plus:DataMining": 7}, ["DataMining"]])
def test_somebody_elses_key_of_that_name_is_none_of_it(data):
    assert found(manifest(metadata(data, "org.example"))) == []


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


ALLOWED_TRAINING = {MiningPurpose.AI_GENERATIVE_TRAINING: MiningUse(Permission.ALLOWED)}


def test_a_permission_counts_from_a_signer_who_is_trusted_and_from_nobody_else(signed, authority):
    path = signed("png", Claim("digitalCreation", training=ALLOWED_TRAINING))
    assert check(path, trust=authority.root).verdict.rights == "permitted"
    assert check(path).verdict.rights == "undeclared"


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


# The shared pack

CONTENT_AUTHENTICITY = "c2pa/files/contentauth+"


@pytest.fixture(scope="module")
def heard(data_pack):
    """The one reservation of a file of the pack, read with the shipped trust lists."""

    reader = TrainingMiningReader()
    reader.use_trust(TrustStore.shipped())

    def of(name: str):
        (record,) = reader.read(Asset.from_bytes((data_pack / name).read_bytes(), name=name))
        return record

    return of


@pytest.mark.data
def test_25_each_use_is_answered_on_its_own_and_the_terms_are_kept(heard):
    record = heard("optout/assets_synthetic/cawg_genai_notallowed.jpg")
    assert record.purposes == {
        "train-genai": RESERVED,
        "train-nongen": ALLOWED,
        "tdm": CONDITIONAL,
        "ai-input": ALLOWED,
    }
    assert "see https://p.example/licence" in record.native_value
    assert (record.protocol, record.formal) == ("cawg-training-mining", "valid")


@pytest.mark.data
def test_25_constrained_without_terms_is_not_allowed(heard):
    record = heard("optout/assets_synthetic/c2pa_constrained.jpg")
    assert record.purposes["train-genai"] is RESERVED
    assert record.protocol == "c2pa-training-mining"
    assert [one.partition(":")[0] for one in record.warnings] == ["unresolved_condition"]


@pytest.mark.data
def test_25_a_reservation_by_nobody_known_counts_and_its_signer_is_told(heard):
    record = heard("optout/images/datadiligence_sample_c2pa.png")
    assert record.purposes == dict.fromkeys(sorted(ALL), RESERVED)
    assert record.authority == "signed-untrusted"


@pytest.mark.data
def test_a_file_that_allows_everything_is_read_so(heard):
    record = heard("optout/assets_synthetic/cawg_all_allowed.jpg")
    assert (record.purposes, record.intent) == (dict.fromkeys(ALL, ALLOWED), "allowed")


@pytest.mark.data
def test_c2pa_15_generative_training_and_inference_are_reserved(heard):
    record = heard(CONTENT_AUTHENTICITY + "c2pa-rs/cli/tests/fixtures/C_with_CAWG_data.jpg")
    assert record.purposes == {"train-genai": RESERVED, "ai-input": RESERVED}
    assert (record.protocol, record.formal) == ("cawg-training-mining", "valid")


@pytest.mark.data
def test_c2pa_16_all_four_uses_are_reserved(heard):
    folder = "c2pa-python/tests/fixtures/files-for-reading-tests/"
    record = heard(CONTENT_AUTHENTICITY + folder + "sample1_signed.wav")
    assert record.purposes == dict.fromkeys(ALL, RESERVED)
    assert record.intent == "reserved"


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
