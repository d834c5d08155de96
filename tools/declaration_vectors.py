"""How the open vectors of declarations are spelt, and written.

Each line of `tests/vectors/optout/*.jsonl` is one question: a work (`url`, `body` or `html`,
`media_type`, `name`), what stands around it (`headers`, `robots`, `rsl` by address, `ai_txt`,
`registry`), to which `agent` (null: nobody in particular); and the records a reader of that
protocol must give, in any order: `protocol, channel, scope, agent, purposes, formal` and the codes
of the `warnings`, or `not_run` with the reason of a check that did not run. The expectations are
written down from the specifications named in `section`, not computed by the readers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

__all__ = [
    "HOST",
    "OUT",
    "TRAIN",
    "Question",
    "States",
    "not_run",
    "question",
    "said",
    "states",
    "write",
]

OUT = Path(__file__).resolve().parents[1] / "tests/vectors/optout"
HOST = "https://host.example"
TRAIN = ("train-ai", "train-genai")

Question = dict[str, Any]
States = dict[str, str]


def said(
    protocol: str,
    channel: str,
    scope: str,
    purposes: States,
    *warnings: str,
    agent: str | None = None,
    formal: str = "valid",
) -> Question:
    """One record that is expected."""
    return {
        "protocol": protocol,
        "channel": channel,
        "scope": scope,
        "agent": agent,
        "purposes": purposes,
        "formal": formal,
        "warnings": sorted(warnings),
    }


def question(note: str, section: str, expected: list[Question], **asked: Any) -> Question:
    """One line, without its number."""
    return {"note": note, "section": section, **asked, "expected": expected}


def not_run(reason: str) -> Question:
    """A check that did not run."""
    return {"not_run": reason}


def states(state: str, *purposes: str) -> States:
    """The same state for several purposes."""
    return dict.fromkeys(purposes, state)


def write(name: str, questions: Iterable[Question], out: Path = OUT) -> None:
    """Write one file, its lines numbered."""
    lines = (
        json.dumps({"id": f"{name}-{n}", **one}, ensure_ascii=False)
        for n, one in enumerate(questions, 1)
    )
    out.mkdir(parents=True, exist_ok=True)
    (out / f"{name}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
