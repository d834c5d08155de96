"""What would change a verdict: the other half of explaining one."""

from __future__ import annotations

from provenance.evidence import Credential, Integrity
from service.i18n import translate
from service.report import Report
from service.verdict import Basis, Rights, VerdictOrigin

__all__ = ["would_change"]


def would_change(report: Report, lang: str) -> tuple[str, ...]:
    """Sentences in a language, the ones about the origin first."""
    verdict = report.verdict
    found: list[tuple[str, dict[str, float]]] = []
    match verdict.origin:
        case VerdictOrigin.HUMAN_ATTESTED:
            found.append(("revocation", {}))
        case VerdictOrigin.CONTRADICTORY:
            found.append(("conflict_resolved", {}))
        case VerdictOrigin.AI_DETECTED:
            max_fpr = verdict.decision.max_fpr if verdict.decision else 0.0
            found += [("detection_policy", {"max_fpr": max_fpr}), ("chain", {})]
        case VerdictOrigin.AI_DECLARED | VerdictOrigin.AI_ASSISTED_DECLARED:
            if verdict.basis is Basis.DECLARED:
                found.append(("declaration_withdrawn", {}))
                if any(isinstance(one, Credential) and one.signer for one in report.evidence):
                    found.append(("signer_trusted", {}))
            else:
                found.append(("revocation", {}))
        case VerdictOrigin.UNDETERMINED:
            found += [("chain", {}), ("generator_signed", {})]
    if verdict.integrity is Integrity.BROKEN:
        found.append(("signed_again", {}))
    if verdict.rights is Rights.RESERVED:
        found.append(("reservation_withdrawn", {}))
    return tuple(translate("page_change", code, lang, **params) for code, params in found)
