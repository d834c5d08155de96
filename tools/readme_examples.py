"""Puts the real output of its examples into README.md.

    python -m tools.readme_examples

An example is a comment `<!-- demo: COMMAND -->` followed by a console block; the block is replaced
by the command and what it prints, at 100 columns, in English, in the repository's root. A test
compares the two, so the README cannot show what Assay no longer says.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
EXAMPLE = re.compile(r"(<!-- \w+: (assay [^\n]*) -->\n```console\n).*?(```\n)", re.DOTALL)


def filled(text: str) -> str:
    """`text` with every example's block as it is now."""
    return EXAMPLE.sub(lambda found: found[1] + transcript(found[2]) + found[3], text)


def transcript(command: str) -> str:
    """A command and what it prints."""
    program = Path(sys.executable).parent / "assay"
    shown = subprocess.run(
        [str(program), *command.split()[1:], "--lang", "en"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "COLUMNS": "100", "ASSAY_HOME": os.devnull},
        capture_output=True,
        text=True,
        check=False,
    )
    return f"$ {command}\n{shown.stdout.rstrip()}\n"


if __name__ == "__main__":
    README.write_text(filled(README.read_text("utf-8")), "utf-8")
