"""An identity says who stands behind a work, and changes nothing else that is said of it."""

from __future__ import annotations

import io
import json
import random
from dataclasses import replace

import pytest

from provenance.c2pa import native
from provenance.c2pa.building import build_graph
from provenance.c2pa.identity import has_identity, read_identities
from provenance.c2pa.trust import TrustStore
from provenance.credentials import Account, IdentityStatus
from provenance.evidence import Integrity, SignerLevel
from tests.provenance.c2pa.certificates import DAY, NOW, issue
from tests.provenance.c2pa.identity_signing import (
    ACTIONS,
    BINDING,
    Actor,
    Aggregator,
    sign_picture,
)
from tests.provenance.c2pa.signable import picture
from tools.authority import Ingredient

EMAIL = "1.3.6.1.5.5.7.3.4"
SERVER = "1.3.6.1.5.5.7.3.1"
ACCOUNT = {
    "type": "cawg.social_media",
    "username": "ada",
    "uri": "https://example.org/ada",
    "verifiedAt": "2026-01-01T00:00:00Z",
    "provider": {"id": "https://example.org", "name": "Example Net"},
}
TRUSTED, UNTRUSTED = IdentityStatus.TRUSTED, IdentityStatus.UNTRUSTED
INVALID, MALFORMED = IdentityStatus.INVALID, IdentityStatus.MALFORMED
OFFLINE = IdentityStatus.NOT_CHECKABLE_OFFLINE


@pytest.fixture(scope="module")
def root():
    return issue("Identity Root", ca=True)


@pytest.fixture(scope="module")
def leaf(root):
    return issue("Ada Actor", root, purpose=EMAIL)


@pytest.fixture(scope="module")
def signers(authority):
    """Lists that know the signer of the claims, and nobody for identities."""
    return TrustStore.shipped().with_private(authority.root)


@pytest.fixture(scope="module")
def both(signers, root):
    return signers.with_identity(root.pem)


def actor(leaf, **more):
    return Actor(leaf.pem, leaf.key_pem, **more)


def first_pass(data, trust, media_type="image/png"):
    contexts = native.Contexts(trust)
    return contexts, native.read(contexts.signers, media_type, io.BytesIO(data)).summary


def identities(data, trust, media_type="image/png"):
    """Those of the manifest of the work."""
    contexts, summary = first_pass(data, trust, media_type)
    found = read_identities(contexts, media_type, io.BytesIO(data), summary)
    return found.get(summary["active_manifest"], ())


def statuses(data, trust):
    return [one.status for one in identities(data, trust)]


def signer_and_integrity(data, trust, media_type="image/png"):
    root = build_graph(first_pass(data, trust, media_type)[1])
    return root.integrity, root.level(trust), root.success, root.failure


# --- a certificate of the actor --------------------------------------------------------------


def test_an_identity_is_trusted_by_its_own_list_and_says_who(authority, leaf, both):
    (identity,) = identities(sign_picture(authority, actor(leaf)), both)
    assert identity.status is TRUSTED
    assert (identity.method, identity.name, identity.issuer) == (
        "x509",
        "Ada Actor",
        "Identity Root",
    )
    assert identity.roles == ("cawg.creator",)
    assert identity.references == (ACTIONS, BINDING)
    assert "cawg.x509.credential.trusted" in identity.codes


def test_without_the_list_it_is_whole_and_untrusted(authority, leaf, signers):
    (identity,) = identities(sign_picture(authority, actor(leaf)), signers)
    assert identity.status is UNTRUSTED
    assert "cawg.x509.credential.untrusted" in identity.codes


@pytest.mark.parametrize("field", ["official", "tsa", "interim", "private"])
def test_no_list_of_signers_or_times_vouches_for_an_identity(field, authority, leaf, root, signers):
    one = getattr(signers, field)
    wrong = replace(signers, **{field: replace(one, anchors=one.anchors + root.pem.decode())})
    assert statuses(sign_picture(authority, actor(leaf)), wrong) == [UNTRUSTED]


def test_a_root_on_both_sides_speaks_on_each_and_is_found_every_time(authority, leaf, root, both):
    """The library names lists at random when a key is in two that it takes for one kind."""
    tsa = replace(both.tsa, anchors=both.tsa.anchors + root.pem.decode())
    trust = replace(both.with_private(root.pem), tsa=tsa)
    data = sign_picture(authority, actor(leaf))
    assert {tuple(statuses(data, trust)) for _ in range(20)} == {(TRUSTED,)}


@pytest.mark.parametrize(
    ("defect", "status", "code"),
    [
        ({"altered": "signature"}, INVALID, "cawg.x509.signature.mismatch"),
        ({"altered": "hash"}, INVALID, "cawg.identity.assertion.mismatch"),
        ({"references": (ACTIONS,)}, INVALID, "cawg.identity.hard_binding_missing"),
        (
            {"references": (ACTIONS, BINDING, ACTIONS)},
            INVALID,
            "cawg.identity.assertion.duplicate",
        ),
        ({"sig_type": "example.other"}, INVALID, "cawg.identity.sig_type.unknown"),
        ({"pad": b"\1\1"}, MALFORMED, "cawg.identity.pad.invalid"),
    ],
)
def test_one_that_does_not_hold_is_not_trusted_and_leaves_the_manifest_alone(
    defect, status, code, authority, leaf, both
):
    data = sign_picture(authority, actor(leaf, **defect))
    (identity,) = identities(data, both)
    assert identity.status is status
    assert code in identity.codes
    assert signer_and_integrity(data, both)[:2] == (
        Integrity.INTACT,
        SignerLevel.PRIVATE_TRUSTED,
    )


def test_an_identity_changes_nothing_of_the_claim(authority, leaf, signers, both):
    """Not whether it is whole, nor who signed it, nor one code, whatever list is loaded."""
    plain = signer_and_integrity(sign_picture(authority), signers)
    assert plain[:2] == (Integrity.INTACT, SignerLevel.PRIVATE_TRUSTED)
    for actors in (
        (actor(leaf),),
        (actor(leaf, altered="signature"),),
        ({"not": "an identity"},),
        (Aggregator([ACCOUNT], "did:web:example.org"),),
    ):
        for trust in (signers, both):
            assert signer_and_integrity(sign_picture(authority, *actors), trust) == plain


def test_an_expired_certificate_is_told_as_such(authority, root, both):
    old = issue("Ada Actor", root, purpose=EMAIL, start=NOW - 10 * DAY, end=NOW - DAY)
    assert statuses(sign_picture(authority, actor(old)), both) == [IdentityStatus.EXPIRED]


def test_a_certificate_for_servers_names_nobody(authority, root, both):
    server = issue("example.org", root, purpose=SERVER)
    assert statuses(sign_picture(authority, actor(server)), both) == [INVALID]


def test_the_names_in_a_certificate_are_bounded_and_visible(authority, root, both):
    loud = issue("Ada\u202e\x1b[31m", root, purpose=EMAIL)
    (identity,) = identities(sign_picture(authority, actor(loud)), both)
    assert (identity.status, identity.name) == (TRUSTED, "Ada\\x202e\\x1b[31m")


# --- an aggregator of identity claims --------------------------------------------------------


def test_accounts_are_shown_and_untrusted_until_their_aggregator_is_named(authority, signers):
    aggregator = Aggregator([ACCOUNT])
    data = sign_picture(authority, aggregator)
    (identity,) = identities(data, signers)
    assert (identity.method, identity.status, identity.name) == ("ica", UNTRUSTED, None)
    assert identity.issuer == aggregator.did[:300]
    (account,) = identity.accounts
    assert account == Account(
        type="cawg.social_media",
        provider="Example Net",
        username="ada",
        uri="https://example.org/ada",
        verified_at=account.verified_at,
    )
    assert account.verified_at.isoformat() == "2026-01-01T00:00:00+00:00"
    named = signers.with_identity(f"{aggregator.did}\n".encode())
    assert statuses(data, named) == [TRUSTED]
    assert statuses(sign_picture(authority, Aggregator([ACCOUNT])), named) == [UNTRUSTED]


@pytest.mark.parametrize(
    ("defect", "status"),
    [
        ({"altered": "signature"}, INVALID),
        ({"altered": "hash"}, INVALID),
        ({"issuer": "did:web:example.org"}, OFFLINE),
        ({"issuer": "did:web:example.org", "altered": "hash"}, INVALID),
        ({"issuer": "did:key:z6Mk"}, INVALID),
        ({"issuer": "not a DID"}, MALFORMED),
    ],
)
def test_a_credential_that_does_not_hold_is_told_from_one_that_was_not_fetched(
    defect, status, authority, signers
):
    aggregator = Aggregator([ACCOUNT], **defect)
    trust = signers
    if aggregator.did.startswith("did:"):
        trust = signers.with_identity(aggregator.did.encode())
    assert statuses(sign_picture(authority, aggregator), trust) == [status]


def test_no_more_than_twenty_accounts_are_kept(authority, signers):
    many = Aggregator([ACCOUNT | {"username": "a" * 400}] * 50)
    (identity,) = identities(sign_picture(authority, many), signers)
    assert len(identity.accounts) == 20
    assert {len(one.username) for one in identity.accounts} == {300}


# --- several, in several places --------------------------------------------------------------


def test_of_several_of_one_kind_the_worst_counts_for_each(authority, leaf, root, both):
    """The library does not say which of several it means, so none may gain by the confusion."""
    good, stranger = actor(leaf), issue("Stranger", purpose=EMAIL)
    assert statuses(sign_picture(authority, good, good), both) == [TRUSTED] * 2
    for other, status in (
        (actor(stranger), UNTRUSTED),
        (actor(leaf, altered="signature"), INVALID),
        ({"not": "an identity"}, MALFORMED),
    ):
        assert statuses(sign_picture(authority, good, other), both) == [status] * 2


def test_a_signature_that_cannot_be_parsed_is_not_hidden_behind_another(authority, leaf, both):
    """The library names neither its manifest nor its assertion, so only the count tells."""
    unparsable = actor(leaf, altered="cose")
    assert statuses(sign_picture(authority, unparsable), both) == [MALFORMED]
    assert statuses(sign_picture(authority, actor(leaf), unparsable), both) == [MALFORMED] * 2


def second_pass_says(monkeypatch, summary):
    """Let the library answer `summary` when it is asked about identities."""

    class Answer:
        def __init__(self, *_):
            self.summary = summary

    monkeypatch.setattr(native, "read", Answer)


def test_what_is_said_of_one_manifest_counts_for_no_other(authority, leaf, both, monkeypatch):
    contexts, summary = first_pass(sign_picture(authority, actor(leaf)), both)
    active = summary["active_manifest"]
    summary["manifests"]["urn:c2pa:parent"] = summary["manifests"][active]
    second = json.loads(json.dumps(summary))
    for manifest, signature in ((active, "validated"), ("urn:c2pa:parent", "mismatch")):
        outcome = "failure" if signature == "mismatch" else "success"
        url = f"self#jumbf=/c2pa/{manifest}/c2pa.assertions/cawg.identity"
        listed = second["validation_results"]["activeManifest"].setdefault(outcome, [])
        listed.append({"code": f"cawg.x509.signature.{signature}", "url": url})
        trusted = "signing certificate trusted, found in [cawg] trust anchors"
        said = {"code": "cawg.x509.credential.trusted", "url": url, "explanation": trusted}
        second["validation_results"]["activeManifest"]["success"].append(said)
    second_pass_says(monkeypatch, second)
    found = read_identities(contexts, "image/png", io.BytesIO(), summary)
    assert {label: [one.status for one in those] for label, those in found.items()} == {
        active: [TRUSTED],
        "urn:c2pa:parent": [INVALID],
    }


@pytest.mark.parametrize(
    ("answered_with", "times", "status"),
    [
        ("cawg", 1, TRUSTED),
        ("official", 1, UNTRUSTED),
        ("tsa", 1, UNTRUSTED),
        ("cawg", 2, MALFORMED),
    ],
)
def test_only_one_assertion_of_the_name_found_on_the_list_for_identities_counts(
    answered_with, times, status, authority, leaf, both, monkeypatch
):
    """Not on another list, nor when two stand under one name and either could be meant."""
    contexts, summary = first_pass(sign_picture(authority, actor(leaf)), both)
    second = native.read(
        contexts.identities, "image/png", io.BytesIO(sign_picture(authority, actor(leaf)))
    ).summary
    for one in second["validation_results"]["activeManifest"]["success"]:
        one["explanation"] = one["explanation"].replace("[cawg]", f"[{answered_with}]")
    assertions = second["manifests"][second["active_manifest"]]["assertions"]
    assertions += [one for one in assertions if one["label"] == "cawg.identity"] * (times - 1)
    second_pass_says(monkeypatch, second)
    found = read_identities(contexts, "image/png", io.BytesIO(), summary)
    assert [one.status for one in found[summary["active_manifest"]]] == [status]


def test_a_library_that_fails_over_an_identity_says_it_is_malformed(
    authority, leaf, both, monkeypatch
):
    contexts, summary = first_pass(sign_picture(authority, actor(leaf)), both)

    def fails(*_):
        raise native.ManifestUnreadable("Other", "no")

    monkeypatch.setattr(native, "read", fails)
    found = read_identities(contexts, "image/png", io.BytesIO(), summary)
    assert [one.status for one in found[summary["active_manifest"]]] == [MALFORMED]


def test_two_of_different_kinds_are_told_apart(authority, leaf, both):
    two = (actor(leaf), Aggregator([ACCOUNT], "did:web:example.org"))
    assert statuses(sign_picture(authority, *two), both) == [TRUSTED, OFFLINE]
    unknown = actor(leaf, sig_type="example.other")
    assert statuses(sign_picture(authority, actor(leaf), unknown), both) == [TRUSTED, INVALID]


@pytest.mark.parametrize(("defect", "status"), [({}, TRUSTED), ({"altered": "signature"}, INVALID)])
def test_the_identity_of_an_ingredient_stays_with_the_ingredient(
    defect, status, authority, leaf, both
):
    parent = sign_picture(authority, actor(leaf, **defect))
    opened = {"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}}
    ingredient = Ingredient(parent, "image/png", "parent", "parent")
    data = authority.sign(picture("PNG"), "image/png", "a", [opened], ingredient=ingredient)
    contexts, summary = first_pass(data, both)
    found = read_identities(contexts, "image/png", io.BytesIO(data), summary)
    assert summary["active_manifest"] not in found
    ((identity,),) = found.values()
    assert identity.status is status


def test_an_identity_that_cannot_be_parsed_escapes_as_no_exception(authority, signers):
    data = sign_picture(authority, {"not": "an identity"})
    (identity,) = identities(data, signers)
    assert (identity.method, identity.status) == ("other", MALFORMED)
    assert identity.codes == ("assertion.required.missing",)


def test_no_change_of_a_byte_raises(authority, leaf, both):
    data = sign_picture(authority, actor(leaf), Aggregator([ACCOUNT]))
    start, end = data.index(b"jumb"), data.index(b"IDAT")
    draw = random.Random(7)  # noqa: S311 - which bytes are changed must not change
    seen: set[IdentityStatus] = set()
    for _ in range(300):
        changed = bytearray(data)
        changed[draw.randrange(start, end)] ^= 1 << draw.randrange(8)
        try:
            contexts, summary = first_pass(bytes(changed), both)
        except (native.ManifestAbsent, native.ManifestRemote, native.ManifestUnreadable):
            continue
        found = read_identities(contexts, "image/png", io.BytesIO(changed), summary)
        seen |= {one.status for those in found.values() for one in those}
    assert {INVALID, MALFORMED} <= seen


def test_files_without_an_identity_cost_no_second_pass(authority, signers):
    data = sign_picture(authority)
    contexts, summary = first_pass(data, signers)
    assert not has_identity(summary)
    assert read_identities(contexts, "image/png", io.BytesIO(data), summary) == {}
    assert "identities" not in vars(contexts)


@pytest.mark.parametrize(
    "summary",
    [
        {},
        {"manifests": None},
        {"manifests": {"a": None}},
        {"manifests": {"a": {"assertions": [None, {"label": 3}]}}},
        {"manifests": {"a": {"assertions": [{"label": "cawg.identityless", "data": {}}]}}},
    ],
)
def test_a_summary_of_any_shape_is_looked_at(summary):
    assert not has_identity(summary)


@pytest.mark.parametrize("label", ["cawg.identity", "cawg.identity__1", "cawg.identity__12"])
def test_every_number_of_the_label_is_seen(label):
    assert has_identity({"manifests": {"a": {"assertions": [{"label": label}]}}})


def test_the_context_of_identities_fetches_nothing_and_knows_no_signer(both):
    settings = native._identity_settings(both.cawg, both.tsa)
    assert settings["core"]["allowed_network_hosts"] == []
    assert settings["core"]["decode_identity_assertions"] is True
    assert settings["verify"]["remote_manifest_fetch"] is False
    kinds = {one["trust_kind"] for one in settings["trust"]["anchors"]}
    assert "cawg" in kinds
    assert "manifest" not in kinds
    assert both.private.anchors not in str(settings)


def test_no_context_for_signers_is_given_the_list_for_identities(both, monkeypatch):
    given = []
    monkeypatch.setattr(native, "_context", lambda lists, tsa: given.append((*lists, tsa)))
    contexts = native.Contexts(both)
    assert (contexts.signers, contexts.wider) == (None, None)
    assert [[one.name for one in lists] for lists in given] == [
        ["official", "private", "tsa"],
        ["official", "private", "interim", "tsa"],
    ]


# --- files of others -------------------------------------------------------------------------

FILES = "c2pa/files/contentauth+c2pa-rs/"
FIXTURES = FILES + "sdk/src/identity/tests/fixtures/"


@pytest.fixture(scope="module")
def theirs(data_pack):
    anchors = (data_pack / "c2pa/trust/c2pa-rs-test/test_cert_root_bundle.pem").read_bytes()
    return TrustStore.shipped().with_private(anchors), anchors


def read_pack(data_pack, name):
    return (data_pack / name).read_bytes()


@pytest.mark.data
def test_check_15_an_untrusted_identity_beside_a_trusted_signer(data_pack, theirs):
    trust, anchors = theirs
    data = read_pack(data_pack, FILES + "cli/tests/fixtures/C_with_CAWG_data.jpg")
    (identity,) = identities(data, trust, "image/jpeg")
    assert (identity.status, identity.name) == (UNTRUSTED, "C2PA Signer")
    (trusted,) = identities(data, trust.with_identity(anchors), "image/jpeg")
    assert trusted.status is TRUSTED
    assert signer_and_integrity(data, trust, "image/jpeg")[:2] == (
        Integrity.INTACT,
        SignerLevel.PRIVATE_TRUSTED,
    )


@pytest.mark.data
def test_check_21_a_root_for_identities_makes_no_signer_trusted(data_pack):
    data = read_pack(data_pack, "c2pa/files/own/leaf_smime.jpg")
    root = read_pack(data_pack, "c2pa/trust/own/root.pem")
    shipped = TrustStore.shipped()
    for trust, level in (
        (shipped.with_identity(root), SignerLevel.UNTRUSTED),
        (shipped.with_private(root), SignerLevel.PRIVATE_TRUSTED),
    ):
        assert signer_and_integrity(data, trust, "image/jpeg")[1] is level


@pytest.mark.data
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("claim_aggregation/adobe_connected_identities.jpg", OFFLINE),
        ("claim_aggregation/ims_multiple_manifests.jpg", OFFLINE),
        ("claim_aggregation/ica_validation/did_doc_without_assertion_method.jpg", OFFLINE),
        ("claim_aggregation/ica_validation/success.jpg", UNTRUSTED),
        ("claim_aggregation/ica_validation/valid_time_stamp.jpg", UNTRUSTED),
        ("claim_aggregation/ica_validation/signature_mismatch.jpg", INVALID),
        ("claim_aggregation/ica_validation/signer_payload_mismatch.jpg", INVALID),
        ("validation_method/duplicate_assertion_reference.jpg", INVALID),
        ("validation_method/invalid_sig_type.jpg", INVALID),
        ("validation_method/malformed_cbor.jpg", MALFORMED),
        ("validation_method/no_hard_binding.jpg", INVALID),
    ],
)
def test_the_files_of_the_identity_working_group(name, status, data_pack, theirs):
    trust, anchors = theirs
    trust = trust.with_identity(anchors)
    data = read_pack(data_pack, FIXTURES + name)
    (identity,) = identities(data, trust, "image/jpeg")
    assert identity.status is status
    assert signer_and_integrity(data, trust, "image/jpeg")[0] is Integrity.INTACT
