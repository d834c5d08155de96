"""Why a verdict is what it is: coded reasons, each with the evidence it rests on.

A reason is a code with parameters; its sentence stands in `service.i18n` under the same code, and
the report carries the English one. Parameters that come from a file are made harmless here, once:
a certificate or a tag may hold quotation marks, control or direction characters meant to make our
sentence say something else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from pydantic import ConfigDict

from provenance.evidence import Evidence, Record
from service.i18n import translate

if TYPE_CHECKING:
    from collections.abc import Iterable

    from service.policy import Finding

__all__ = ["Notes", "Param", "Reason", "ReasonCode", "because", "plain"]

Param = str | int | float


class ReasonCode(StrEnum):
    """Every reason a verdict can give."""

    # What the manifest of the work is, and whether it is whole.
    MANIFEST_NOT_CHECKED = "manifest_not_checked"
    MANIFEST_REMOTE = "manifest_remote"
    MANIFEST_UNREADABLE = "manifest_unreadable"
    MANIFEST_BROKEN = "manifest_broken"
    FOREIGN_AI_STATEMENT = "foreign_ai_statement"
    FOREIGN_HUMAN_CLAIM = "foreign_human_claim"
    PROVENANCE_LINK_DANGLING = "provenance_link_dangling"
    STRIPPED_AGAINST_ORIGINAL = "stripped_against_original"
    CREDENTIALS_DISAGREE = "credentials_disagree"
    INGREDIENT_BROKEN = "ingredient_broken"
    INGREDIENT_ALTERED = "ingredient_altered"
    # What an intact manifest says.
    MANIFEST_CONTRADICTORY = "manifest_contradictory"
    MANIFEST_AI_PROVEN = "manifest_ai_proven"
    MANIFEST_AI_DECLARED = "manifest_ai_declared"
    MANIFEST_AI_HEARSAY = "manifest_ai_hearsay"
    MANIFEST_HUMAN = "manifest_human"
    MANIFEST_SAYS_NOTHING = "manifest_says_nothing"
    DURABLE_CREDENTIAL = "durable_credential"
    HUMAN_CLAIM_NOT_ENOUGH = "human_claim_not_enough"
    # Who signed it.
    SIGNER_OFFICIAL = "signer_official"
    SIGNER_LEGACY = "signer_legacy"
    SIGNER_PRIVATE = "signer_private"
    SIGNER_UNTRUSTED = "signer_untrusted"
    SIGNER_EXPIRED_UNTIMED = "signer_expired_untimed"
    SIGNER_REVOKED = "signer_revoked"
    SIGNER_INVALID_PROFILE = "signer_invalid_profile"
    # Who else stands behind it.
    IDENTITY_TRUSTED = "identity_trusted"
    IDENTITY_UNTRUSTED = "identity_untrusted"
    IDENTITY_NOT_CHECKABLE = "identity_not_checkable"
    IDENTITY_INVALID = "identity_invalid"
    # What unsigned metadata says.
    DECLARATION_AI = "declaration_ai"
    DECLARATION_DIFFERS = "declaration_differs"
    DECLARATION_WEAK = "declaration_weak"
    DECLARATION_MAY_CONTAIN_AI = "declaration_may_contain_ai"
    UNSIGNED_HUMAN_CLAIM_IGNORED = "unsigned_human_claim_ignored"
    UNDECLARED_AI = "undeclared_ai"
    # What came with the work says.
    SUPPLIED_AI = "supplied_ai"
    SUPPLIED_MAY_CONTAIN_AI = "supplied_may_contain_ai"
    SUPPLIED_DENIAL = "supplied_denial"
    UNDECLARED_AI_SUPPLIED = "undeclared_ai_supplied"
    SUPPLIED_SAYS_LESS = "supplied_says_less"
    SUPPLIED_CONTRADICTORY = "supplied_contradictory"
    SUPPLIED_NOT_MATCHED = "supplied_not_matched"
    # What the content gives away.
    DETECTION_SYNTHETIC = "detection_synthetic"
    DETECTION_BELOW_THRESHOLD = "detection_below_threshold"
    DETECTION_ABSTAINED = "detection_abstained"
    DETECTION_UNCALIBRATED = "detection_uncalibrated"
    DETECTOR_DISAGREES = "detector_disagrees"
    WATERMARK_FOUND = "watermark_found"
    WATERMARK_OF_GENERATOR = "watermark_of_generator"
    HIDDEN_CHARACTERS = "hidden_characters"
    MARK_NOT_CHECKABLE = "mark_not_checkable"
    WORK_MATCHED = "work_matched"
    # What stands in a part: a cover picture, a chapter.
    PART_AI_STATEMENT = "part_ai_statement"
    PART_DETECTION = "part_detection"
    PART_MANIFEST_PROBLEM = "part_manifest_problem"
    # What its owner says about its use.
    RIGHTS_RESERVED = "rights_reserved"
    RIGHTS_CONDITIONAL = "rights_conditional"
    RIGHTS_PERMITTED = "rights_permitted"
    RIGHTS_UNDECLARED = "rights_undeclared"
    RIGHTS_UNCHECKED = "rights_unchecked"
    PERMISSION_WITHOUT_AUTHORITY = "permission_without_authority"
    RIGHTS_DISPUTED = "rights_disputed"
    # What a use that was asked about comes to.
    USE_VIOLATION = "use_violation"
    USE_VIOLATION_CONTESTED = "use_violation_contested"
    USE_POST_HOC = "use_post_hoc"
    USE_CONDITIONAL = "use_conditional"
    USE_COMPLIANT = "use_compliant"
    USE_LICENSED = "use_licensed"
    USE_NO_RESERVATION_FOUND = "use_no_reservation_found"
    USE_EXEMPT_CLAIMED = "use_exempt_claimed"
    USE_UNDETERMINED = "use_undetermined"
    # What is missing.
    CHECK_NOT_RUN = "check_not_run"
    NO_EVIDENCE = "no_evidence"


class Reason(Record):
    """One reason.

    Attributes:
        code: stable name; the key of its sentence in every language.
        params: what the sentence says in particular.
        text: the English sentence.
        evidence: ids of the records it rests on, ascending; empty only when there are none.
    """

    model_config = ConfigDict(allow_inf_nan=False)

    code: ReasonCode
    params: dict[str, Param]
    text: str
    evidence: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Notes:
    """What one step of the decision contributes; steps are added up.

    Attributes:
        reasons: in the order they were found.
        findings: what holds.
        review: whether a person should look.
    """

    reasons: tuple[Reason, ...] = ()
    findings: frozenset[Finding] = frozenset()
    review: bool = False

    def __add__(self, other: Notes) -> Notes:
        return Notes(
            self.reasons + other.reasons,
            self.findings | other.findings,
            self.review or other.review,
        )

    @classmethod
    def total(cls, steps: Iterable[Notes]) -> Notes:
        """All steps as one."""
        return sum(steps, cls())

    def merged(self) -> tuple[Reason, ...]:
        """The reasons, each sentence once, with all the evidence that led to it."""
        kept: dict[tuple[ReasonCode, str], Reason] = {}
        for reason in self.reasons:
            key = (reason.code, reason.text)
            before = kept.setdefault(key, reason)
            if before is not reason:
                ids = tuple(sorted({*before.evidence, *reason.evidence}))
                kept[key] = before.model_copy(update={"evidence": ids})
        return tuple(kept.values())


def because(code: ReasonCode, *records: Evidence, **params: Param) -> Reason:
    """A reason with its English sentence, resting on `records`."""
    safe = {
        name: plain(value) if isinstance(value, str) else value for name, value in params.items()
    }
    return Reason(
        code=code,
        params=safe,
        text=translate("reason", code, "en", **safe),
        evidence=tuple(sorted({record.id for record in records})),
    )


HARMLESS = re.compile(r"[A-Za-z0-9_.:,/+-]+(?: [A-Za-z0-9_.:,/+-]+)*")
"""Most texts: nothing to make harmless, recognised at a tenth of the cost of looking closely."""

QUOTES = str.maketrans(dict.fromkeys('"\u201c\u201d\u201e\u201f\xab\xbb\uff02', "'"))


def plain(text: str, limit: int = 200) -> str:
    """`text` on one line, without control, direction or quotation marks, at most `limit` long."""
    if len(text) <= limit and HARMLESS.fullmatch(text):
        return text
    visible = "".join(
        " " if unicodedata.category(letter)[0] in "CZ" else letter for letter in text[: 4 * limit]
    )
    line = " ".join(visible.translate(QUOTES).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
