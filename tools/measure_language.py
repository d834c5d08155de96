"""Measure how the sentences of terms are read: `python -m tools.measure_language [--faults]`.

For each language and each kind of sentence: precision and recall of "this reserves" with their
95 % Wilson intervals, over the sentences of `tests/provenance/rights/language`. A reading counts as
a reservation when a use is `reserved` or `conditional`; where nothing is to be found in a kind,
the share of false alarms is given. `--set second` and `--set third` measure on the sets nothing was
mended on, `--set development` on the sentences the rules were written with.
"""

from __future__ import annotations

import argparse
import json
import math
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from provenance.evidence import ReservationState
from provenance.rights.language.lexicon import LANGUAGES
from provenance.rights.language.statements import statements

FOLDER = Path(__file__).resolve().parents[1] / "tests/provenance/rights/language"
RESERVING = {ReservationState.RESERVED, ReservationState.CONDITIONAL}


@dataclass
class Count:
    """Right and wrong readings."""

    hits: int = 0
    alarms: int = 0
    misses: int = 0
    rejections: int = 0
    named: int = 0
    """Hits whose purposes are exactly those expected."""
    faults: list[str] = field(default_factory=list)

    def add(self, text: str, *, expected: bool, found: bool, purposes: bool) -> None:
        """Count one sentence."""
        self.hits += expected and found
        self.named += expected and found and purposes
        self.alarms += found and not expected
        self.misses += expected and not found
        self.rejections += not found and not expected
        if expected != found:
            self.faults.append(("miss:  " if expected else "alarm: ") + text)


def wilson(good: int, of: int, z: float = 1.96) -> str:
    """A share with its interval."""
    if not of:
        return "      -"
    share = good / of
    centre = (share + z * z / (2 * of)) / (1 + z * z / of)
    reach = z * math.sqrt(share * (1 - share) / of + z * z / (4 * of * of)) / (1 + z * z / of)
    return f"{share:.3f} [{centre - reach:.3f}, {min(1.0, centre + reach):.3f}] {good}/{of}"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    sets = ("sentences", "second", "third", "development")
    parser.add_argument("--set", choices=sets, default="sentences")
    parser.add_argument("--faults", action="store_true", help="print each wrong reading")
    asked = parser.parse_args()
    for language in LANGUAGES:
        kinds: dict[str, Count] = defaultdict(Count)
        everything = Count()
        path = FOLDER / f"{asked.set}_{language}.jsonl"
        for line in path.read_text("utf-8").splitlines():
            one = json.loads(line)
            purposes = {
                purpose
                for said in statements(one["text"], language)
                for purpose, state in said.purposes.items()
                if state in RESERVING
            }
            same = purposes == set(one["purposes"])
            for count in (kinds[one["kind"]], everything):
                count.add(
                    one["text"], expected=one["reserves"], found=bool(purposes), purposes=same
                )
        print(f"\n{path.name}")
        _row("all", everything)
        for kind in sorted(kinds):
            _row(kind, kinds[kind])
        if asked.faults:
            print("\n".join(everything.faults))


def _row(name: str, count: Count) -> None:
    found, there = count.hits + count.alarms, count.hits + count.misses
    line = f"{name:28}"
    if there:
        line += f" precision {wilson(count.hits, found)}  recall {wilson(count.hits, there)}"
        line += f"  purposes {count.named}/{count.hits}"
    else:
        line += f" false alarms {wilson(count.alarms, count.alarms + count.rejections)}"
    print(line)


if __name__ == "__main__":
    main()
