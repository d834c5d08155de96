"""What checking a receipt says: one record for each check, also for those that were not made.

The words for people are elsewhere; here are the codes, a closed set, and the few values that a
sentence needs. Values that a stranger wrote are made safe to show.
"""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from provenance.attest.encoding import Moment, shown
from provenance.attest.statement import Statement
from provenance.evidence import Record

__all__ = ["Check", "CheckName", "NotValid", "Outcome", "Reason", "Verification"]


class CheckName(StrEnum):
    """The checks, in the order in which they are shown."""

    FORM = "form"
    SIGNATURE = "signature"
    SIGNER = "signer"
    STATEMENT = "statement"
    TIMESTAMP = "timestamp"
    LOG = "log"
    TREE_HEAD = "tree_head"
    ASSET = "asset"


class Outcome(StrEnum):
    """How a check ended. One that was not made is no success."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_MADE = "not_made"


class Reason(StrEnum):
    """Why a check ended as it did; the first part of each name is the check."""

    NOT_REACHED = "not_reached"

    FORM_OK = "form_ok"
    FORM_TOO_LARGE = "form_too_large"
    FORM_NOT_JSON = "form_not_json"
    FORM_NOT_A_RECEIPT = "form_not_a_receipt"

    SIGNATURE_OK = "signature_ok"
    SIGNATURE_WRONG = "signature_wrong"
    SIGNATURE_KEY_MISSING = "signature_key_missing"

    SIGNER_TRUSTED = "signer_trusted"
    SIGNER_TRUSTED_DATED = "signer_trusted_dated"
    SIGNER_NO_KEYS = "signer_no_keys"
    SIGNER_NOT_LISTED = "signer_not_listed"
    SIGNER_OTHER_USE = "signer_other_use"
    SIGNER_TOO_EARLY = "signer_too_early"
    SIGNER_TOO_LATE = "signer_too_late"
    SIGNER_RETIRED = "signer_retired"
    SIGNER_REVOKED = "signer_revoked"

    STATEMENT_OK = "statement_ok"
    STATEMENT_NOT_CANONICAL = "statement_not_canonical"
    STATEMENT_MALFORMED = "statement_malformed"
    STATEMENT_OTHER_TYPE = "statement_other_type"
    STATEMENT_OTHER_SUBJECT = "statement_other_subject"

    TIMESTAMP_OK = "timestamp_ok"
    TIMESTAMP_ABSENT = "timestamp_absent"
    TIMESTAMP_NO_ROOTS = "timestamp_no_roots"
    TIMESTAMP_UNREADABLE = "timestamp_unreadable"
    TIMESTAMP_REFUSED = "timestamp_refused"
    TIMESTAMP_OTHER_SIGNATURE = "timestamp_other_signature"
    TIMESTAMP_UNTRUSTED = "timestamp_untrusted"

    LOG_OK = "log_ok"
    LOG_ABSENT = "log_absent"
    LOG_NOT_INCLUDED = "log_not_included"

    TREE_HEAD_OK = "tree_head_ok"
    TREE_HEAD_SAME_KEY = "tree_head_same_key"
    TREE_HEAD_ABSENT = "tree_head_absent"
    TREE_HEAD_MALFORMED = "tree_head_malformed"
    TREE_HEAD_SIGNATURE_WRONG = "tree_head_signature_wrong"
    TREE_HEAD_KEY_UNKNOWN = "tree_head_key_unknown"
    TREE_HEAD_KEY_INVALID = "tree_head_key_invalid"

    ASSET_OK = "asset_ok"
    ASSET_NOT_GIVEN = "asset_not_given"
    ASSET_DIFFERS = "asset_differs"


class Check(Record):
    """How one check ended.

    Attributes:
        params: what its sentence names, safe to show.
    """

    name: CheckName
    outcome: Outcome
    reason: Reason
    params: dict[str, str | int] = Field(default_factory=dict)

    @classmethod
    def of(cls, name: CheckName, outcome: Outcome, reason: Reason, /, **params: str | int) -> Check:
        """A check whose texts are made safe to show."""
        safe = {
            key: shown(value) if isinstance(value, str) else value for key, value in params.items()
        }
        return cls(name=name, outcome=outcome, reason=reason, params=safe)


class NotValid(Exception):  # noqa: N818 - it never leaves this package
    """What a part of a receipt has wrong with it; the verifier makes a `Check` of it."""

    def __init__(self, reason: Reason, /, **params: str | int) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.params = params


class Verification(Record):
    """All checks of one receipt, each exactly once.

    Attributes:
        claimed: what the receipt says, whoever says it; None when it cannot be read.
        signed_before: proven: when a trusted authority or an independent log had seen the
            signature; None when nothing proves it.
    """

    checks: tuple[Check, ...]
    claimed: Statement | None = None
    signed_before: Moment | None = None

    @property
    def valid(self) -> bool:
        """Whether a trusted signer vouches for the statement and nothing in the receipt is wrong.

        A missing time stamp or log entry is not wrong, and a check of the asset that nobody asked
        for is not either; who needs them looks at `checks`.
        """
        passed = {one.name for one in self.checks if one.outcome is Outcome.PASSED}
        return passed >= NEEDED and not self.failed

    @property
    def failed(self) -> tuple[Check, ...]:
        """The checks that failed."""
        return tuple(one for one in self.checks if one.outcome is Outcome.FAILED)

    @property
    def statement(self) -> Statement | None:
        """What a trusted signer states; None unless `valid`."""
        return self.claimed if self.valid else None


NEEDED = frozenset({CheckName.FORM, CheckName.SIGNATURE, CheckName.SIGNER, CheckName.STATEMENT})
