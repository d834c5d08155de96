"""Works that are examined again when what examines them has changed: which verdicts flip?

A new version, model, trust list or policy makes other reports. An operator keeps a folder of works
whose verdicts matter, and learns of every one that changes, before or while the new version serves.
"""

from __future__ import annotations

from dataclasses import dataclass

from provenance.evidence import Record
from service.policy import Finding
from service.verdict import Basis, Outcome, VerdictOrigin

__all__ = ["Answer", "CanaryFlip", "CanaryRun", "flips"]


class Answer(Record):
    """What a canary's report comes to.

    Attributes:
        sha256: of its bytes, so that a file that was replaced is no flip.
    """

    sha256: str
    origin: VerdictOrigin
    basis: Basis
    findings: tuple[Finding, ...]
    review: bool
    outcome: Outcome | None


class CanaryRun(Record):
    """All answers, by the path of the work below the folder; None for one that could not be read.

    Attributes:
        made_by: digest of what examined them: versions, lists, models, policy.
    """

    made_by: str
    answers: dict[str, Answer | None]


@dataclass(frozen=True, slots=True)
class CanaryFlip:
    """A canary whose answer changed."""

    name: str
    before: Answer | None
    after: Answer | None

    @property
    def told(self) -> str:
        """In one line."""
        return f"{self.name}: {_brief(self.before)} -> {_brief(self.after)}"


def _brief(answer: Answer | None) -> str:
    if answer is None:
        return "could not be read"
    parts = [f"{answer.origin} ({answer.basis})", *answer.findings]
    parts += ["review"] if answer.review else []
    parts += [f"detector: {answer.outcome}"] if answer.outcome else []
    return ", ".join(parts)


def flips(before: CanaryRun, after: CanaryRun) -> tuple[CanaryFlip, ...]:
    """Works that are in both runs with the same bytes, and whose answers differ."""
    found = []
    for name, now in after.answers.items():
        if name not in before.answers:
            continue
        then = before.answers[name]
        is_same = then is None or now is None or then.sha256 == now.sha256
        if is_same and then != now:
            found.append(CanaryFlip(name, then, now))
    return tuple(found)
