"""Make a gate: what tells the kind of a work before a detector judges it.

    python -m detectors.gates.training sound-kind works.csv --out trained/sound-kind
    python -m detectors.gates.training sound-kind works.csv --out trained/sound-kind --resume

The manifest is CSV or JSON lines: path,kind,source,licence[,id,label,family,case,use,known], paths
relative to it. Works that their owners reserved, or whose licence is non-commercial, no-derivatives
or for research only, are left out and listed in training.csv with the reason; `use` evaluation
marks works that are only tried on. Each work is measured as it is and as others would store it.
Folds hold out whole sources, of works of machines whole systems (the column family).

What is found is kept in OUT.work: after Ctrl-C, the same command with --resume goes on from there.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, TaskID

from detectors.gates.gate import PACKAGES
from detectors.gates.training.run import Asked, train
from provenance.errors import AssayError


def main(arguments: list[str] | None = None) -> int:
    """Train; 0 done, 2 wrong usage or too little to learn from, 130 stopped."""
    asked = _parser().parse_args(arguments)
    progress = Progress(console=Console(stderr=True), transient=True)
    tasks: dict[str, TaskID] = {}

    def watch(step: str, done: int, total: int) -> None:
        if step not in tasks:
            tasks[step] = progress.add_task(step, total=total)
        progress.update(tasks[step], completed=done)

    wanted = Asked(about=asked.about, resume=asked.resume, workers=asked.workers, seed=asked.seed)
    try:
        with progress:
            made = train(asked.name, asked.manifest, asked.out, wanted, watch=watch)
    except AssayError as fault:
        print(f"gates: {fault}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("gates: stopped; --resume goes on from there", file=sys.stderr)
        return 130
    print(made.card.to_markdown("en"))
    print(f"{made.record.name}  {made.digest}")
    return 0


def _parser() -> argparse.ArgumentParser:
    formatter = argparse.RawDescriptionHelpFormatter
    parser = argparse.ArgumentParser("gates", description=__doc__, formatter_class=formatter)
    parser.add_argument("name", choices=sorted(PACKAGES), help="which gate")
    parser.add_argument("manifest", type=Path, help="the works")
    parser.add_argument("--out", type=Path, required=True, help="folder of the gate")
    parser.add_argument("--about", type=Path, help="what is said of it (TOML)")
    parser.add_argument("--resume", action="store_true", help="go on with the one in --out")
    parser.add_argument("--workers", type=int, default=1, help="sandboxed processes")
    parser.add_argument("--seed", type=int, default=0, help="of everything that is drawn")
    return parser


if __name__ == "__main__":
    sys.exit(main())
