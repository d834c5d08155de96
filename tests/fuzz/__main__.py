"""Fuzz one parser: `python -m tests.fuzz TARGET [--seconds N] [CORPUS]`.

With atheris (the extra `fuzz`) it is guided by coverage, and what it finds is kept in CORPUS;
without, the seeds are damaged blindly. `list` names the targets; `all` runs each in turn. See
docs/fuzzing.md.
"""

from __future__ import annotations

import argparse
import importlib.util
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.mutating import mutations

LARGEST = 64 * 1024
SECONDS_EACH = 10
"""An input that takes longer is a finding."""


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("target", help="a target, 'list' or 'all'")
    parser.add_argument("corpus", nargs="?", type=Path, help="folder for what is found worth it")
    parser.add_argument("--seconds", type=int, default=60, help="how long (default 60)")
    parser.add_argument("--blind", action="store_true", help="without atheris")
    parser.add_argument("--input", type=Path, help="run this one file, and nothing else")
    given = parser.parse_intermixed_args()
    guided = importlib.util.find_spec("atheris") is not None and not given.blind
    if guided and given.target not in ("list", "all"):
        return _guided(given)
    from tests.fuzz.targets import TARGETS

    if given.target == "list":
        print("\n".join(TARGETS))
        return 0
    if given.target == "all":
        return max(_alone(target, given) for target in TARGETS)
    if given.target not in TARGETS:
        parser.error(f"no target {given.target}; 'list' names them")
    if given.input:
        TARGETS[given.target].run(given.input.read_bytes())
        return 0
    return _blind(given.target, given.seconds)


def _alone(target: str, given: argparse.Namespace) -> int:
    """Each target in a process of its own: a fuzzer ends its process when it ends."""
    command = [sys.executable, "-m", "tests.fuzz", target, f"--seconds={given.seconds}"]
    command += ["--blind"] * given.blind
    command += [str(given.corpus / target)] if given.corpus else []
    print(f"--- {target}", flush=True)
    return subprocess.run(command, check=False).returncode


def _blind(target: str, seconds: int) -> int:
    from tests.fuzz.seeds import seeds
    from tests.fuzz.targets import TARGETS

    run, end, count = TARGETS[target].run, time.monotonic() + seconds, 0
    for count, data in enumerate(mutations(list(seeds(target).values()), 0), 1):
        try:
            run(data)
        except Exception:
            place = Path(f"crash-{target}-{count}")
            place.write_bytes(data)
            print(f"{target}: input {count} is kept as {place}", file=sys.stderr)
            raise
        if time.monotonic() > end:
            break
    print(f"{target}: {count:,} inputs, nothing found")
    return 0


def _guided(given: argparse.Namespace) -> int:
    import atheris

    # Modules are instrumented as they are imported, so nothing of ours may be imported before.
    with atheris.instrument_imports(include=["provenance"]):
        import tests.fuzz.seeds
        import tests.fuzz.targets

        target = tests.fuzz.targets.TARGETS.get(given.target)
        if target is None:
            sys.exit(f"no target {given.target}; 'list' names them")
        made = tests.fuzz.seeds.seeds(given.target)
        for data in made.values():  # what is imported where it is used
            target.run(data)
    if given.input:
        target.run(given.input.read_bytes())
        return 0
    with tempfile.TemporaryDirectory() as folder:
        corpus = given.corpus or Path(folder) / "corpus"
        corpus.mkdir(parents=True, exist_ok=True)
        seeds = tests.fuzz.seeds.write(Path(folder) / "seeds", given.target)
        options = [f"-max_total_time={given.seconds}", f"-timeout={SECONDS_EACH}"]
        options += [f"-max_len={LARGEST}", "-rss_limit_mb=2048", "-print_final_stats=1"]
        options += ["-artifact_prefix=crash-" + given.target + "-", "-seed=20261122"]
        atheris.Setup([sys.argv[0], *options, str(corpus), str(seeds)], target.run)
        atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
