"""Which outputs of a classifier mean "made by a machine".

It is asked for unless every label says plainly which side it is on: a guess that is wrong would
turn every score around.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from detectors.models.records import Outputs
from provenance.errors import ConfigError

__all__ = ["Meaning", "meaning", "synthetic_labels"]

SHOWN = 20

MACHINE = frozenset(
    [
        "ai",
        "aigenerated",
        "artificial",
        "bot",
        "chatgpt",
        "deepfake",
        "diffusion",
        "fake",
        "gan",
        "generated",
        "gpt",
        "llm",
        "machine",
        "machinegenerated",
        "spoof",
        "spoofed",
        "synthesized",
        "synthetic",
        "synthetically",
        "tts",
    ]
)
PERSON = frozenset(
    {
        *("authentic", "bonafide", "camera", "genuine", "hum", "human", "humanwritten"),
        *("natural", "original", "real"),
    }
)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What the outputs of a classifier say.

    Attributes:
        synthetic: labels that mean "made by a machine".
        inverted: the one output says how likely a person made it.
    """

    synthetic: tuple[str, ...]
    inverted: bool = False


def meaning(
    labels: Sequence[str], outputs: Outputs, *, asked: Sequence[str], inverted: bool
) -> Meaning:
    """What the outputs of a classifier say, as whoever adds it says, or as its labels do.

    Args:
        labels: in the order of its outputs.
        outputs: how they become log-odds.
        asked: labels that were said to mean "made by a machine".
        inverted: whether its one output was said to mean the other side.

    Raises:
        ConfigError: what was said does not fit, or nothing was and the labels do not tell.
    """
    shown = f"Its labels: {', '.join(labels[:SHOWN])}."
    if unknown := [one for one in asked if one not in labels]:
        raise ConfigError(f"there is no label {unknown[0]!r}", hint=shown)
    if inverted and (asked or len(labels) > 1):
        raise ConfigError(
            "--inverted is for a classifier of one output, and without --synthetic-label",
            hint=shown,
        )
    if inverted:
        return Meaning((), inverted=True)
    if outputs is Outputs.SOFTMAX and asked and set(asked) >= set(labels):
        raise ConfigError("not every label can mean synthetic", hint=shown)
    if asked:
        return Meaning(tuple(dict.fromkeys(asked)))
    return _one_output(labels[0]) if len(labels) == 1 else _several(labels)


def synthetic_labels(labels: Sequence[str]) -> tuple[str, ...] | None:
    """The labels that mean "made by a machine"; None unless every label takes a side."""
    sides = [_side(label) for label in labels]
    machine = tuple(label for label, side in zip(labels, sides, strict=True) if side == "machine")
    return machine if None not in sides and 0 < len(machine) < len(labels) else None


def _several(labels: Sequence[str]) -> Meaning:
    found = synthetic_labels(labels)
    if found is None:
        raise ConfigError(
            "which label means that a machine made it cannot be told from: "
            + ", ".join(labels[:SHOWN]),
            hint="Say so with --synthetic-label.",
        )
    return Meaning(found)


def _one_output(label: str) -> Meaning:
    match _side(label):
        case "machine":
            return Meaning((label,))
        case "person":
            return Meaning((), inverted=True)
        case _:
            raise ConfigError(
                f"whether a higher output means synthetic cannot be told from: {label}",
                hint=f"Say so with --synthetic-label {label}, or with --inverted where a higher "
                "output means that a person did.",
            )


def _side(label: str) -> str | None:
    words = set(re.findall(r"[a-z]+", label.lower()))
    words.add("".join(re.findall(r"[a-z]+", label.lower())))
    machine, person = bool(words & MACHINE), bool(words & PERSON)
    if machine == person or words & {"non", "not", "no", "un"}:
        return None
    return "machine" if machine else "person"
