"""Works that are examined again when what examines them has changed: which verdicts flip?

A new version, model, trust list or policy makes other reports. An operator keeps a folder of works
whose verdicts matter, and learns of every one that changes, before or while the new version serves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from provenance.errors import ConfigError
from provenance.evidence import Record
from service.intake import Failed, Input
from service.policy import Finding
from service.screening import Screener
from service.verdict import Basis, Outcome, VerdictOrigin

__all__ = ["Answer", "CanaryFlip", "CanaryRun", "flips", "run_canaries"]

MOST = 10_000


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


def run_canaries(screener: Screener, folder: Path) -> CanaryRun:
    """Examine every file of a folder.

    Raises:
        ConfigError: it is no folder, or holds more than ten thousand files.
    """
    if not folder.is_dir():
        raise ConfigError(f"{folder}: not a folder", hint="ASSAY_CANARY names a folder of works.")
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    if len(paths) > MOST:
        raise ConfigError(f"{folder}: holds more than {MOST} files")
    names = [path.relative_to(folder).as_posix() for path in paths]
    given = (Input(path, name) for path, name in zip(paths, names, strict=True))
    return CanaryRun(
        made_by=screener.made_by, answers=dict(zip(names, _answers(screener, given), strict=True))
    )


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


def _answers(screener: Screener, given: Iterable[Input]) -> Iterator[Answer | None]:
    for one in screener.screen_many(given):
        if isinstance(one, Failed):
            yield None
            continue
        verdict = one.verdict
        yield Answer(
            sha256=one.asset.sha256,
            origin=verdict.origin,
            basis=verdict.basis,
            findings=verdict.findings,
            review=verdict.review,
            outcome=None if verdict.decision is None else verdict.decision.outcome,
        )
