"""Judges the signers of a credential that was read before by other trust lists, without the file.

What lists can change is whether they vouch for a signer's chain, and nothing else: a signature, a
revocation and a certificate's profile are what they were. The chain is in the credential
(`provenance.c2pa.chain`), so the path to an anchor is built again (`provenance.c2pa.paths`) and
held against the same lists as the reader's.

The answer is the one a new reading would give (but status codes stay those of the old one), or
`Unknown` with the reason why only a new reading can tell. Two views of a chain are taken to know
which: the strict one finds paths that everybody accepts, the lenient one any that somebody might.
Where they differ, nothing is said.

Texts are read by another engine (`provenance.c2pa.second`). It asks all lists at once, takes no
allow list, and does not tell when a time stamp was made.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache

from provenance.c2pa.consequences import hangs_on_time, judged
from provenance.c2pa.graph import text_of
from provenance.c2pa.paths import (
    Anchors,
    Path,
    Unreadable,
    certificates_of,
)
from provenance.c2pa.signed import NotKnown, Signed, Unknown, signers_of, with_signers
from provenance.c2pa.trust import TrustList, TrustStore, certificate_key, certificates_in
from provenance.certificates import names_in
from provenance.evidence import TRUSTED_LEVELS, Credential, Signer, SignerLevel

__all__ = ["Recheck"]

FIXED = frozenset({SignerLevel.REVOKED, SignerLevel.INVALID_PROFILE})
UNTRUSTED_CODE = "signingCredential.untrusted"
TIME_STAMP_CODES = ("timeStamp.", "timestamp.")
INTERIM = "interim"


class Recheck:
    """Judges signers by one set of lists. Made once, used for any number of credentials.

    Args:
        trust: the lists.
        at: the time for signatures without a trusted time stamp.
        known: stores whose lists may be those of the reports, found again by their digests.
    """

    def __init__(self, trust: TrustStore, at: datetime, known: tuple[TrustStore, ...] = ()) -> None:
        self._trust = trust
        self._at = at
        self._anchors = Anchors(
            tuple(
                one
                for one in (trust.official, trust.private, trust.interim, trust.tsa)
                if one.anchors or one.allowed
            )
        )
        stores = (trust, *known)
        self._known = {
            one.sha256: one for store in stores for one in (*store.lists(), store.private)
        }
        self._digests = {one.name: one.sha256 for one in trust.lists()}
        # Reports made with the same lists come by the thousand.
        self._changed = lru_cache(maxsize=64)(self._compared)

    def is_same(self, lists: Mapping[str, str]) -> bool:
        """Whether `lists`, digests by name, are the very lists judged by here."""
        return dict(lists) == self._digests

    def differs(self, lists: Mapping[str, str], *names: str) -> bool:
        """Whether one of the lists `names` is another than in `lists`."""
        return any(lists.get(name) != self._digests.get(name) for name in names)

    def credential(
        self, credential: Credential, lists: Mapping[str, str], *, text: bool = False
    ) -> Credential | Unknown:
        """`credential` as these lists judge it: its signers, and all that follows.

        Args:
            credential: as it was read.
            lists: digests of the lists it was read with, by name.
            text: whether it is that of a text.
        """
        try:
            return self._rejudged(credential, lists, text=text)
        except NotKnown as answer:
            return answer.reason

    def _rejudged(
        self, credential: Credential, lists: Mapping[str, str], *, text: bool
    ) -> Credential:
        if credential.ingredients_cut:
            raise NotKnown(Unknown.HISTORY_CUT)
        kept = credential.certificates
        found = [self._look(one, kept, text=text) for one in signers_of(credential)]
        wide = text or self._asks_interim(found)
        stamps = self._stamps(lists)
        signers = [self._judge(one, wide=wide, stamps=stamps) for one in found]
        if hangs_on_time(credential) and (stamps.gained or stamps.lost):
            raise NotKnown(Unknown.TIME_STAMP)
        return judged(credential, with_signers(credential, iter(signers)))

    def _look(self, signed: Signed, certificates: Mapping[str, str], *, text: bool) -> _Looked:
        """The chain of a signer, checked against its digests, with the paths there are from it."""
        chain = signed.signer.chain
        if not chain:
            raise NotKnown(Unknown.NO_CHAIN)
        try:
            ders = tuple(base64.b64decode(certificates[one], validate=True) for one in chain)
        except (KeyError, binascii.Error) as fault:
            raise NotKnown(Unknown.DAMAGED_CHAIN) from fault
        if any(
            hashlib.sha256(der).hexdigest() != one for der, one in zip(ders, chain, strict=True)
        ):
            raise NotKnown(Unknown.DAMAGED_CHAIN)
        try:
            found = _Looked(signed, ders, self._anchors.paths(ders))
            if not _is_named(signed.signer, ders[0], text=text):
                raise NotKnown(Unknown.DAMAGED_CHAIN)
            return found.as_text() if text else found
        except Unreadable as fault:
            raise NotKnown(Unknown.DAMAGED_CHAIN) from fault

    def _asks_interim(self, found: list[_Looked]) -> bool:
        """Whether a reading would go on to the interim list; see `provenance.c2pa.reader`.

        It does when a signer is not trusted without that list and any certificate names an
        organisation on it. What an ingredient's own record already says, the library does not say
        again; whether it says it of one that counted as trusted cannot always be known.
        """
        named = [names_in(der) for one in found for der in one.chain]
        names = {name for one in named for name in one.organisation | one.issuer}
        if not any(map(self._trust.names_interim, names)):
            return False
        strangers = [one for one in found if not one.narrow]
        if any(map(_is_told, strangers)):
            return True
        if any(path.name == INTERIM for one in strangers for path in one.paths):
            raise NotKnown(Unknown.INGREDIENT_RECORD)
        return False

    def _judge(self, looked: _Looked, *, wide: bool, stamps: _Stamps) -> Signer:
        """The signer at the level of these lists.

        Raises:
            NotKnown: the stored data cannot tell.
        """
        signer = looked.signed.signer
        if signer.level in FIXED or _is_unproven(looked.signed):
            return signer
        answers = {
            self._at_time(looked, time, wide=wide) for time in self._times(looked.signed, stamps)
        }
        if len(answers) != 1:
            raise NotKnown(Unknown.TIME_STAMP)
        level, name = answers.pop()
        if looked.signed.is_ingredient:
            was = signer.level in TRUSTED_LEVELS
            if level not in TRUSTED_LEVELS:
                # An expiry that was recorded when it was added is not said again.
                return signer if not was else _at_level(signer, level, name)
            if not was:
                raise NotKnown(Unknown.INGREDIENT_RECORD)
            if signer.list is None:  # the library did not say which list, and would not now
                level, name = SignerLevel.LEGACY_TRUSTED, None
            elif wide and any(path.alone for path in looked.paths):  # it names no list for such
                raise NotKnown(Unknown.INGREDIENT_RECORD)
        return _at_level(signer, level, name)

    def _at_time(
        self, looked: _Looked, time: datetime, *, wide: bool
    ) -> tuple[SignerLevel, str | None]:
        leaf = certificates_of(looked.chain)[0]
        if not leaf.not_valid_before_utc <= time <= leaf.not_valid_after_utc:
            if looked.text and _is_stamped(looked.signed):
                raise NotKnown(Unknown.TIME_STAMP)
            return SignerLevel.EXPIRED_UNTIMED, None
        if looked.signed.signer.level is SignerLevel.EXPIRED_UNTIMED:
            raise NotKnown(Unknown.TIME_STAMP)
        paths = [one for one in looked.paths if wide or one.name != INTERIM]
        if not paths:
            return SignerLevel.UNTRUSTED, None
        names = {one.name for one in paths}
        if len(names) > 1 or not any(one.holds(time) for one in paths):
            raise NotKnown(Unknown.UNCLEAR_PATH)
        name = names.pop()
        level = self._trust.level(name)
        return level, name if level in TRUSTED_LEVELS else None

    def _times(self, signed: Signed, stamps: _Stamps) -> set[datetime]:
        """The times at which the certificate may have to be valid."""
        dated = None if signed.claim is None else signed.claim.dated
        when = signed.signer.signed_at or (dated.at if dated else None)
        if when is None:
            # No time is known; whether there is a stamp at all is told of the active manifest only.
            if _is_stamped(signed) and stamps.gained:
                raise NotKnown(Unknown.TIME_STAMP)
            return {self._at}
        if signed.signer.signed_at is not None:
            # Stamps on claims of version 1 count whoever made them: the library asks no list.
            first = signed.claim is not None and signed.claim.version == 1
            return {when, self._at} if stamps.lost and not first else {when}
        return {when, self._at} if stamps.gained else {self._at}

    def _stamps(self, lists: Mapping[str, str]) -> _Stamps:
        """Whether time-stamping authorities may be trusted now that were not, or no more.

        Every anchor of every list vouches for times too. The interim list does so only when it
        was, or is, asked at all.
        """
        if self.is_same(lists):
            return _Stamps(gained=False, lost=False)
        return self._changed(tuple(sorted(lists.values())))

    def _compared(self, digests: tuple[str, ...]) -> _Stamps:
        old = [self._known.get(digest) for digest in digests]
        if None in old:
            return _Stamps(gained=True, lost=True)
        before = [one for one in old if one is not None]
        now = self._trust.lists()
        return _Stamps(
            gained=not _keys(now) <= _keys(before, without=INTERIM),
            lost=not _keys(before) <= _keys(now, without=INTERIM),
        )


@dataclass(frozen=True, slots=True)
class _Looked:
    """A signer with its chain (DER) and every path from it to an anchor of the lists.

    Attributes:
        text: whether it signed a text.
    """

    signed: Signed
    chain: tuple[bytes, ...]
    paths: tuple[Path, ...]
    text: bool = False

    def as_text(self) -> _Looked:
        """The same for a text: that a list names the certificate itself is not relied on."""
        paths = tuple(replace(one, sound=False) if one.alone else one for one in self.paths)
        return replace(self, paths=paths, text=True)

    @property
    def narrow(self) -> bool:
        """Whether another list than the interim one vouches for it."""
        return any(path.name != INTERIM for path in self.paths)


@dataclass(frozen=True, slots=True)
class _Stamps:
    """What may have become of trust in time stamps."""

    gained: bool
    lost: bool


def _at_level(signer: Signer, level: SignerLevel, name: str | None) -> Signer:
    return signer.model_copy(update={"level": level, "list": name})


def _is_named(signer: Signer, certificate: bytes, *, text: bool) -> bool:
    """Whether a certificate bears the names that were read of the signer.

    The engine for texts tells the organisation that issued it, the other that of the signer.
    """
    names = names_in(certificate)
    told = (
        (signer.name, names.common),
        (signer.issuer, names.issuer if text else names.organisation),
    )
    return all(said in ({text_of(one) for one in borne} or {None}) for said, borne in told)


def _is_stamped(signed: Signed) -> bool:
    """Whether there is a time stamp, as far as the codes tell."""
    codes = signed.codes
    said = (*codes.success, *codes.informational, *codes.failure)
    return any(code.startswith(TIME_STAMP_CODES) for code in said)


def _is_told(stranger: _Looked) -> bool:
    """Whether the library is sure to say that a signer is not trusted."""
    signed = stranger.signed
    repeated = signed.signer.level in TRUSTED_LEVELS and signed.signer.list is None
    return not signed.is_ingredient or repeated or UNTRUSTED_CODE in signed.codes.failure


def _is_unproven(signed: Signed) -> bool:
    """Whether the signature is not by the certificate: no list can help that."""
    codes = signed.codes
    unsigned = not signed.is_ingredient and "claimSignature.validated" not in codes.success
    return "claimSignature.mismatch" in codes.failure or unsigned


def _keys(lists: tuple[TrustList, ...] | list[TrustList], without: str = "cawg") -> set[bytes]:
    """The public keys of the anchors of some lists; that for identities vouches for no time."""
    return {
        certificate_key(one)
        for each in lists
        if each.name not in (without, "cawg")
        for one in certificates_in(each.anchors)
    }
