"""What manifests, tags and parts say, put into reasons: everything a person should be shown.

Nothing here sets an origin (`origin` does). Here stand the caveats: a claim that does not reach
far enough, a tag that only hints, a statement that belongs to a part, a denial beside evidence.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from provenance.evidence import (
    Carrier,
    Credential,
    Declaration,
    Detection,
    Evidence,
    Ingredient,
    Integrity,
    Match,
    Origin,
    Statement,
    Strength,
    Watermark,
)
from service.i18n import codes
from service.policy import Finding, Policy
from service.verdict.detections import counts
from service.verdict.exhibits import (
    Exhibits,
    claims_human,
    declares_ai,
    declares_human,
    holds_ai,
    intact,
    is_provenance_link,
)
from service.verdict.origin import Ruling, attests_human
from service.verdict.reasons import Notes, Reason, ReasonCode, because
from service.verdict.records import AI_VERDICTS

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "binding_notes",
    "claim_notes",
    "declaration_notes",
    "denial_notes",
    "not_checkable_notes",
    "other_notes",
    "part_notes",
]

SILENT = frozenset({Origin.MAY_CONTAIN_AI, Origin.ALGORITHMIC, Origin.NO_STATEMENT})
UNEXPLAINED = "unexplained"
MARKS = "marks:"
"""How the source of a record about a declared mark begins (`detectors.marks.declared`)."""


def claim_notes(exhibits: Exhibits, policy: Policy) -> Notes:
    """What an intact manifest says without settling anything."""
    credential = exhibits.statement
    if credential is None:
        return Notes()
    if credential.origin in SILENT:
        reason = because(ReasonCode.MANIFEST_SAYS_NOTHING, credential, statement=credential.origin)
        return Notes((reason,))
    if claims_human(credential) and not attests_human(credential, policy):
        return Notes((_not_enough(credential, policy),))
    return Notes()


def binding_notes(exhibits: Exhibits) -> Notes:
    """Marks and fingerprints by which an intact manifest can be found again."""
    credential = exhibits.statement
    if credential is None:
        return Notes()
    algorithms = sorted(set(_soft_bindings(credential)))
    if not algorithms:
        return Notes()
    named = ", ".join(algorithms)
    return Notes((because(ReasonCode.DURABLE_CREDENTIAL, credential, algorithms=named),))


def _soft_bindings(work: Credential | Ingredient) -> Iterator[str]:
    """Those of a manifest and of the intact ingredients below it."""
    if work.claim is not None:
        yield from work.claim.soft_bindings
    for ingredient in work.ingredients:
        if ingredient.integrity is Integrity.INTACT:
            yield from _soft_bindings(ingredient)


def _not_enough(credential: Credential, policy: Policy) -> Reason:
    return because(
        ReasonCode.HUMAN_CLAIM_NOT_ENOUGH,
        credential,
        statement=credential.origin,
        human_level=credential.human_level,
        required=policy.human_level,
        human_level_reason=_known_level_reason(credential.human_level_reason),
    )


def _known_level_reason(code: str | None) -> str:
    """A reader of someone else may give a code we have no words for."""
    return code if code in codes("human_level_reason") else UNEXPLAINED


def declaration_notes(exhibits: Exhibits) -> Notes:
    """What the unsigned declarations of the work say, each by its strength."""
    return Notes.total(_declaration(record, exhibits.statement) for record in exhibits.declarations)


def _declaration(declaration: Declaration, credential: Credential | None) -> Notes:
    field = declaration.field
    if declares_human(declaration):
        code = ReasonCode.UNSIGNED_HUMAN_CLAIM_IGNORED
        return Notes((because(code, declaration, field=field, statement=declaration.statement),))
    if declaration.strength is Strength.WEAK:
        return _weak(declaration)
    if declares_ai(declaration):
        differs = _differs(declaration, credential)
        code = ReasonCode.DECLARATION_DIFFERS if differs else ReasonCode.DECLARATION_AI
        return Notes((because(code, declaration, field=field, statement=declaration.statement),))
    if declaration.statement is Statement.MAY_CONTAIN_AI:
        return Notes((because(ReasonCode.DECLARATION_MAY_CONTAIN_AI, declaration, field=field),))
    return Notes()


def _differs(declaration: Declaration, credential: Credential | None) -> bool:
    """Whether the manifest states one extent of AI and the declaration the other."""
    stated = None if credential is None else credential.origin
    says_fully = declaration.statement is Statement.FULLY_AI
    return stated is (Origin.PARTLY_AI if says_fully else Origin.FULLY_AI)


def _weak(declaration: Declaration) -> Notes:
    """A hint is shown and reviewed; a link or a field that hints at nothing is neither."""
    hints = declaration.statement is not Statement.NONE or declaration.generator is not None
    if not hints or is_provenance_link(declaration):
        return Notes()
    reason = because(ReasonCode.DECLARATION_WEAK, declaration, field=declaration.field)
    return Notes((reason,), review=True)


def denial_notes(exhibits: Exhibits, ruling: Ruling) -> Notes:
    """`undeclared_ai`: AI by the work's own evidence while its own claim denies it.

    Args:
        exhibits: all of them.
        ruling: on the work's own evidence alone: what its supplier declares is not undeclared.
    """
    if ruling.origin not in AI_VERDICTS:
        return Notes()
    denials = list(_denials(exhibits))
    if not denials:
        return Notes()
    reason = because(ReasonCode.UNDECLARED_AI, *denials)
    return Notes((reason,), frozenset({Finding.UNDECLARED_AI}))


def _denials(exhibits: Exhibits) -> Iterator[Evidence]:
    """A broken manifest is not among them: it is not the claim of this file."""
    credential = exhibits.statement
    if credential is not None and (claims_human(credential) or credential.ai_denied):
        yield credential
    yield from (record for record in exhibits.declarations if declares_human(record))


def part_notes(exhibits: Exhibits, policy: Policy) -> Notes:
    """What was found in parts: shown and reviewed, never the origin of the whole."""
    return Notes.total(_part(record, policy) for record in exhibits.parts)


def _part(record: Credential | Declaration | Detection, policy: Policy) -> Notes:
    part = record.part or ""
    match record:
        case Credential():
            return _part_credential(record, part)
        case Declaration():
            if declares_ai(record):
                said = record.statement
                reason = because(ReasonCode.PART_AI_STATEMENT, record, part=part, statement=said)
                return Notes((reason,), review=True)
            human = declares_human(record)
            return _weak(record) if record.strength is Strength.WEAK and not human else Notes()
        case Detection():
            if not counts(record, policy):
                return Notes()
            reason = because(ReasonCode.PART_DETECTION, record, part=part, detector=record.detector)
            return Notes((reason,), review=True)
        case _:
            assert_never(record)


def _part_credential(credential: Credential, part: str) -> Notes:
    if intact(credential) and holds_ai(credential):
        said = credential.ai_statement or credential.origin
        reason = because(ReasonCode.PART_AI_STATEMENT, credential, part=part, statement=said)
        return Notes((reason,), review=True)
    spoiled = credential.integrity in {Integrity.BROKEN, Integrity.UNREADABLE}
    if spoiled or credential.carrier is Carrier.UNREADABLE:
        reason = because(ReasonCode.PART_MANIFEST_PROBLEM, credential, part=part)
        return Notes((reason,))
    return Notes()


def other_notes(exhibits: Exhibits) -> Notes:
    """Matches with known works, and decoded marks: shown, and no origin."""
    return Notes.total(_other(record) for record in exhibits.others)


def _other(record: Match | Watermark) -> Notes:
    match record:
        case Match():
            title = record.work.title or record.work.id
            reason = because(ReasonCode.WORK_MATCHED, record, title=title, match=record.match)
            same = record.match != "shared_material"
            return Notes((reason,), frozenset({Finding.KNOWN_WORK} if same else ()))
        case Watermark():
            return _watermark(record)
        case _:
            assert_never(record)


def _watermark(mark: Watermark) -> Notes:
    """A mark is evidence of who wrote it there, and anyone can: it is reviewed, and no origin."""
    scheme, rate = mark.scheme, mark.false_alarm_rate
    if scheme in codes("hidden_mark"):
        return Notes((because(ReasonCode.HIDDEN_CHARACTERS, mark, hidden=scheme),))
    if mark.supporting or rate is None or scheme not in codes("generator_mark"):
        return Notes((because(ReasonCode.WATERMARK_FOUND, mark, scheme=scheme),))
    code = ReasonCode.WATERMARK_OF_GENERATOR
    reason = because(code, mark, generator=scheme, false_alarm_rate=rate)
    return Notes((reason,), review=True)


def not_checkable_notes(exhibits: Exhibits) -> Notes:
    """Marks that the work is said to carry and only their maker can read: told, and no more."""
    return Notes(
        tuple(
            because(ReasonCode.MARK_NOT_CHECKABLE, record, scheme=record.source.removeprefix(MARKS))
            for record in exhibits.not_run
            if record.source.startswith(MARKS)
        )
    )
