"""What other lists make of a stored credential is what a new reading makes of the file.

Every file of the collection is read with one set of lists and judged again by every other; the
answer is that of reading it with those lists, or that it takes the file. A wrong upgrade would let
a stranger vouch for a work, so nothing that is altered in the store may ever gain trust.
"""

from __future__ import annotations

import base64
import csv
import hashlib
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provenance.asset import Asset
from provenance.c2pa.reader import C2paReader
from provenance.c2pa.rechecking import Recheck
from provenance.c2pa.signed import Unknown, signers_of
from provenance.c2pa.trust import TrustList, TrustStore
from provenance.evidence import TRUSTED_LEVELS, Codes, Credential, Dated, SignerLevel
from tests.provenance.c2pa.certificates import DAY, issue
from tests.provenance.c2pa.stores import signed
from tests.provenance.c2pa.test_constraints import ADOBE, DEFECTS, for_purposes
from tests.provenance.c2pa.text_signing import sign_structured
from tools.authority import Authority, Ingredient

NOW = datetime.now(UTC)
NOTHING = TrustStore(*(TrustList(name, "") for name in ("official", "tsa", "interim")))


def lists_of(store):
    return {one.name: one.sha256 for one in store.lists()}


def read(data, store, name="a.jpg"):
    reader = C2paReader()
    reader.use_trust(store)
    found = next(reader.read(Asset.from_bytes(data, name=name)))
    return found if isinstance(found, Credential) and found.certificates else None


def levels(credential):
    return [(one.signer.level, one.signer.list) for one in signers_of(credential)]


@pytest.fixture(scope="module")
def stores(data_pack):
    shipped = TrustStore.shipped()
    roots = [
        (data_pack / "c2pa/trust/c2pa-rs-test/test_cert_root_bundle.pem").read_bytes(),
        (data_pack / "c2pa/trust/own/root.pem").read_bytes(),
    ]
    return {
        "official": replace(shipped, interim=TrustList("interim", "")),
        "official and interim": shipped,
        "none": NOTHING,
        "private too": shipped.with_private(*roots),
        "private only": NOTHING.with_private(*roots),
    }


@pytest.fixture(scope="module")
def readings(data_pack, stores):
    """Every signed file as it is read with each set of lists."""
    folder = data_pack / "c2pa"
    with (folder / "manifest.csv").open(encoding="utf-8") as rows:
        paths = [folder / row["path"] for row in csv.DictReader(rows) if row["n_manifests"]]
    found = {}
    for path in paths:
        data = path.read_bytes()
        by = {name: read(data, store, path.name) for name, store in stores.items()}
        if None not in by.values():
            found[path] = by
    return found


@pytest.mark.data
def test_other_lists_judge_as_a_new_reading_does(readings, stores):
    counted, wrong = Counter(), []
    for after, store in stores.items():
        recheck = Recheck(store, NOW, tuple(stores.values()))
        for path, by in readings.items():
            for before, credential in by.items():
                found = recheck.credential(credential, lists_of(stores[before]))
                if isinstance(found, Unknown):
                    counted[found] += 1
                    continue
                changed = levels(credential) != levels(by[after])
                counted["changed" if changed else "same"] += 1
                fields = ("ai_vouched", "human_level", "human_level_reason")
                same = all(getattr(found, one) == getattr(by[after], one) for one in fields)
                if levels(found) != levels(by[after]) or not same:
                    wrong.append((path.name, before, after))
    assert wrong == []
    assert len(readings) > 80
    assert counted["changed"] > 400  # what it is for
    assert sum(n for answer, n in counted.items() if isinstance(answer, Unknown)) < 300


@pytest.mark.data
def test_the_same_lists_ask_for_no_file(readings, stores):
    assert readings
    for name, store in stores.items():
        recheck = Recheck(store, NOW)
        for by in readings.values():
            assert isinstance(recheck.credential(by[name], lists_of(store)), Credential)


@pytest.fixture(scope="module")
def mine(authority):
    """A file read by somebody who knows no one."""
    return read(signed(authority), NOTHING)


def judged(credential, store, at=NOW, *, text=False):
    return Recheck(store, at).credential(credential, lists_of(NOTHING), text=text)


def test_a_new_anchor_makes_its_signer_trusted(mine, authority):
    store = NOTHING.with_private(authority.root)
    found = judged(mine, store)
    assert levels(mine) == [(SignerLevel.UNTRUSTED, None)]
    assert levels(found) == [(SignerLevel.PRIVATE_TRUSTED, "private")]
    assert (mine.ai_vouched, found.ai_vouched) == (False, True)


def test_an_authority_of_the_same_name_does_not(mine):
    assert levels(judged(mine, NOTHING.with_private(Authority.new("Assay Tests").root))) == levels(
        mine
    )


def test_the_anchor_of_a_list_for_times_vouches_for_no_signer(mine, authority):
    store = replace(NOTHING, tsa=TrustList("tsa", authority.root.decode()))
    assert levels(judged(mine, store)) == [(SignerLevel.UNTRUSTED, None)]


def test_trust_that_is_taken_away_is_gone(mine, authority):
    store = NOTHING.with_private(authority.root)
    trusted = judged(mine, store)
    found = Recheck(NOTHING, NOW, (store,)).credential(trusted, lists_of(store))
    assert levels(found) == [(SignerLevel.UNTRUSTED, None)]
    assert found == mine


def test_a_human_claim_falls_with_its_signer(authority):
    store = NOTHING.with_private(authority.root)
    attested = read(signed(authority, "digitalCreation"), store)
    assert attested.human_level == 2
    found = Recheck(NOTHING, NOW, (store,)).credential(attested, lists_of(store))
    assert (found.human_level, found.human_level_reason) == (1, "signer_untrusted")


def test_a_human_claim_that_may_rise_takes_the_file(authority):
    """Whether it is complete was not asked while nobody trusted its signer."""
    claimed = read(signed(authority, "digitalCreation"), NOTHING)
    assert judged(claimed, NOTHING.with_private(authority.root)) is Unknown.HUMAN_CLAIM


def test_a_certificate_that_ended_since_is_told_so(mine, authority):
    found = judged(mine, NOTHING.with_private(authority.root), at=NOW + timedelta(days=366 * 120))
    assert levels(found) == [(SignerLevel.EXPIRED_UNTIMED, None)]


@pytest.mark.parametrize("level", [SignerLevel.REVOKED, SignerLevel.INVALID_PROFILE])
def test_no_list_heals_a_revoked_or_unfit_certificate(mine, authority, level):
    bad = mine.model_copy(update={"signer": mine.signer.model_copy(update={"level": level})})
    found = judged(bad, NOTHING.with_private(authority.root))
    assert found.signer.level is level


@pytest.mark.parametrize(
    "codes",
    [Codes(), Codes(success=("claimSignature.validated",), failure=("claimSignature.mismatch",))],
)
def test_no_list_heals_a_signature_that_does_not_hold(mine, authority, codes):
    bad = mine.model_copy(update={"codes": codes})
    assert judged(bad, NOTHING.with_private(authority.root)).signer.level is SignerLevel.UNTRUSTED


def test_without_a_chain_it_takes_the_file(mine, authority):
    old = mine.model_copy(update={"signer": mine.signer.model_copy(update={"chain": ()})})
    assert judged(old, NOTHING.with_private(authority.root)) is Unknown.NO_CHAIN


def test_a_cut_history_takes_the_file(mine, authority):
    cut = mine.model_copy(update={"ingredients_cut": True})
    assert judged(cut, NOTHING.with_private(authority.root)) is Unknown.HISTORY_CUT


def test_a_time_stamp_that_may_count_now_takes_the_file(mine, authority):
    """Its certificate has ended; whether it was good then hangs on who stamped the time."""
    claim = mine.claim.model_copy(
        update={"dated": Dated(at=NOW - timedelta(days=1), by="untrusted_time_stamp")}
    )
    expired = mine.signer.model_copy(update={"level": SignerLevel.EXPIRED_UNTIMED})
    late = mine.model_copy(update={"claim": claim, "signer": expired})
    at = NOW + timedelta(days=366 * 120)
    assert judged(late, NOTHING.with_private(authority.root), at) is Unknown.TIME_STAMP


def test_an_ingredient_that_may_be_trusted_now_takes_the_file(authority):
    parent = Ingredient(signed(authority), "image/jpeg", "parent", "parent")
    actions = [{"action": "c2pa.opened", "parameters": {"ingredientIds": ["parent"]}}]
    from tools.make_canary import picture

    both = authority.sign(picture("JPEG"), "image/jpeg", "b", actions, ingredient=parent)
    found = judged(read(both, NOTHING), NOTHING.with_private(authority.root))
    assert found is Unknown.INGREDIENT_RECORD


class Chained:
    """A credential whose chain is made for the test."""

    def __init__(self, mine, *chain):
        ders = [one.certificate.public_bytes(Encoding.DER) for one in chain]
        digests = [hashlib.sha256(der).hexdigest() for der in ders]
        (name,) = chain[0].certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
        said = {"name": name.value, "issuer": "Assay Tests", "chain": tuple(digests)}
        self.credential = mine.model_copy(
            update={
                "signer": mine.signer.model_copy(update=said),
                "certificates": {
                    digest: base64.b64encode(der).decode()
                    for digest, der in zip(digests, ders, strict=True)
                },
            }
        )

    def by(self, root, *, text=False):
        found = judged(self.credential, NOTHING.with_private(root.pem), text=text)
        return found if isinstance(found, Unknown) else found.signer.level


def test_a_path_through_authorities_is_followed(mine):
    root = issue("root", ca=True)
    middle = issue("middle", root, ca=True)
    leaf = issue("leaf", middle)
    assert Chained(mine, leaf, middle).by(root) is SignerLevel.PRIVATE_TRUSTED
    assert Chained(mine, leaf, middle).by(middle) is SignerLevel.PRIVATE_TRUSTED
    assert Chained(mine, leaf).by(root) is SignerLevel.UNTRUSTED  # the way is missing


def test_what_only_some_accept_takes_the_file(mine):
    root = issue("root", ca=True)
    first, second = issue("first", root, ca=True), issue("second", root, ca=True)
    middle = issue("middle", first, ca=True)
    leaf = issue("leaf", middle)
    stranger = issue("stranger", ca=True)
    plain = issue("no authority", root)
    ended = issue("ended", root, ca=True, start=NOW - 9 * DAY, end=NOW - DAY)
    unclear = Unknown.UNCLEAR_PATH
    assert Chained(mine, leaf, first, middle).by(root) is unclear  # out of order
    assert Chained(mine, leaf, middle, first, stranger).by(root) is unclear
    assert Chained(mine, leaf).by(leaf) is unclear  # the signer's own certificate as an anchor
    assert Chained(mine, issue("x", plain), plain).by(root) is unclear
    assert Chained(mine, issue("x", ended), ended).by(root) is unclear
    assert Chained(mine, issue("x", root, purpose="1.3.6.1.5.5.7.3.1")).by(root) is unclear
    assert Chained(mine, leaf, second).by(root) is SignerLevel.UNTRUSTED


@pytest.mark.parametrize("text", [False, True])
@pytest.mark.parametrize("defect", DEFECTS.values(), ids=DEFECTS)
def test_an_authority_that_may_not_issue_signers_takes_the_file(mine, defect, text):
    """The engine for texts holds it to that, the other does not."""
    root = issue("root", ca=True)
    middle = issue("middle", root, **{"ca": True, **defect})
    found = Chained(mine, issue("leaf", middle), middle).by(root, text=text)
    assert found is Unknown.UNCLEAR_PATH


def test_an_authority_whose_root_allows_none_takes_the_file(mine):
    root = issue("root", ca=True, path_length=0)
    middle = issue("middle", root, ca=True)
    assert Chained(mine, issue("leaf", middle), middle).by(root) is Unknown.UNCLEAR_PATH


def test_an_authority_with_a_purpose_of_its_own_is_followed(mine):
    root = issue("root", ca=True)
    middle = issue("middle", root, ca=True, extensions=[for_purposes(ADOBE)])
    chained = Chained(mine, issue("leaf", middle), middle)
    assert chained.by(root) is chained.by(root, text=True) is SignerLevel.PRIVATE_TRUSTED


@pytest.fixture(scope="module")
def text(authority):
    return sign_structured("# ", "\nprint(1)\n", authority).encode()


def interim(anchors=b"", certificate=None):
    """An interim list, with the very certificate of a signer if given."""
    allowed = ""
    if certificate is not None:
        digest = hashlib.sha256(certificate).digest()
        allowed = f"# Assay Tests\n{base64.b64encode(digest).decode()}\n"
    return replace(NOTHING, interim=TrustList("interim", anchors.decode(), allowed))


def test_a_text_is_judged_as_its_engine_does(text, authority):
    """Which asks for the interim list at once, whoever the signer says it is."""
    before = read(text, NOTHING, "a.py")
    for store in (NOTHING.with_private(authority.root), interim(authority.root)):
        found = judged(before, store, text=True)
        assert levels(found) == levels(read(text, store, "a.py")) != levels(before)


def test_a_text_whose_signer_a_list_only_names_takes_the_file(mine, text):
    """Its engine takes no list of signers; the other does."""
    before = read(text, NOTHING, "a.py")
    (digest,) = before.signer.chain
    certificate = base64.b64decode(before.certificates[digest])
    store = interim(Authority.new("Assay Tests").root, certificate)
    assert levels(read(text, store, "a.py")) == [(SignerLevel.UNTRUSTED, None)]
    assert judged(before, store, text=True) is Unknown.UNCLEAR_PATH
    assert judged(mine, store).signer.level is SignerLevel.LEGACY_TRUSTED


def test_a_chain_that_bears_other_names_than_the_record_is_damaged(mine, authority, impostor):
    """That of a signer whom everybody trusts, put into the report on another's work."""
    theirs = read(signed(impostor), NOTHING)
    swapped = theirs.model_copy(
        update={
            "signer": theirs.signer.model_copy(update={"chain": mine.signer.chain}),
            "certificates": mine.certificates,
        }
    )
    assert judged(swapped, NOTHING.with_private(authority.root)) is Unknown.DAMAGED_CHAIN


@pytest.mark.parametrize("end", [NOW - DAY, NOW + DAY])
def test_a_signer_that_has_ended_is_never_trusted(mine, end):
    root = issue("root", ca=True, start=NOW - 40 * DAY)
    level = Chained(mine, issue("leaf", root, start=NOW - 30 * DAY, end=end)).by(root)
    assert (level is SignerLevel.PRIVATE_TRUSTED) == (end > NOW)


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@given(st.data())
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_changed_certificate_is_never_trusted(mine, authority, data):
    """Neither with the digest it had, nor with that of what it has become."""
    recheck = Recheck(NOTHING.with_private(authority.root), NOW)
    (digest,) = mine.signer.chain
    der = bytearray(base64.b64decode(mine.certificates[digest]))
    at = data.draw(st.integers(0, len(der) - 1))
    der[at] ^= data.draw(st.integers(1, 255))
    for name in (digest, hashlib.sha256(der).hexdigest()):
        altered = mine.model_copy(
            update={
                "signer": mine.signer.model_copy(update={"chain": (name,)}),
                "certificates": {name: base64.b64encode(der).decode()},
            }
        )
        found = recheck.credential(altered, lists_of(NOTHING))
        assert isinstance(found, Unknown) or found.signer.level not in TRUSTED_LEVELS


def test_a_swapped_certificate_is_noticed(mine, authority, impostor):
    """The chain of another under the digest of one's own."""
    other = read(signed(impostor), NOTHING)
    (digest,), (theirs,) = mine.signer.chain, other.signer.chain
    swapped = other.model_copy(update={"certificates": {theirs: mine.certificates[digest]}})
    assert judged(swapped, NOTHING.with_private(authority.root)) is Unknown.DAMAGED_CHAIN
