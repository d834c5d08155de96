"""What checking a receipt came to, in a terminal: the answer, then every check, made or not."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from provenance.attest.checks import Check, CheckName, Outcome, Verification
from provenance.attest.encoding import shown
from service.i18n import translate
from service.render.layout import Paragraph, Trimmed

__all__ = ["document", "render_verification"]

MOST_SHOWN = 10
SIGNS = {Outcome.PASSED: "✓", Outcome.FAILED: "✗", Outcome.NOT_MADE: "-"}
STYLES = {Outcome.PASSED: "green", Outcome.FAILED: "red", Outcome.NOT_MADE: "yellow"}


def render_verification(found: Verification, name: str, lang: str, console: Console) -> None:
    """Prints the answer for the receipt called `name`; colour only repeats what the words say."""
    answer = _answer(found)
    style = "green" if found.valid else "bold red"
    console.print(Paragraph((shown(name), "bold")))
    console.print(Paragraph((translate("receipt", answer, lang), style)))
    console.print()
    grid = Table.grid(padding=(0, 2, 0, 0), pad_edge=False)
    for one in found.checks:
        outcome = translate("receipt_outcome", one.outcome, lang)
        grid.add_row(
            Paragraph((f"{SIGNS[one.outcome]} {outcome}", STYLES[one.outcome])),
            Paragraph(translate("receipt_check", one.name, lang)),
            Paragraph(_sentence(one, lang)),
        )
    console.print(Trimmed(grid))
    if found.claimed is None:
        return
    console.print()
    says = "states" if found.valid else "claims"
    console.print(Paragraph(translate("receipt", says, lang)))
    for subject in found.claimed.subject[:MOST_SHOWN]:
        digest = shown(subject.sha256 or translate("receipt", "no_digest", lang))
        console.print(Paragraph(f"  {shown(subject.name)}"))
        console.print(Paragraph(f"  SHA-256 {digest}"))


def document(found: Verification) -> dict[str, object]:
    """The same for programs. The statement is there only if somebody trusted vouches for it."""
    statement = found.statement
    return {
        "schema": "assay/verification/1",
        "valid": found.valid,
        "signed_before": found.model_dump(mode="json")["signed_before"],
        "checks": [
            {**one.model_dump(mode="json"), "text": _sentence(one, "en")} for one in found.checks
        ],
        "statement": statement
        and {
            "subject": [one.model_dump(mode="json") for one in statement.subject],
            "predicateType": statement.predicate_type,
        },
    }


def _answer(found: Verification) -> str:
    if found.valid:
        return "valid"
    outcomes = {one.name: one.outcome for one in found.checks}
    if not found.failed and outcomes[CheckName.SIGNER] is Outcome.NOT_MADE:
        return "signer_not_checked"
    return "not_valid"


def _sentence(check: Check, lang: str) -> str:
    return translate("receipt_reason", check.reason, lang, **check.params)
