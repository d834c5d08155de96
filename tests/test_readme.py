"""The README shows what Assay says today, and names only commands that exist."""

import re
from pathlib import Path

from tools.readme_examples import EXAMPLE, README, filled

MAKEFILE = Path(__file__).resolve().parent.parent / "Makefile"


def test_the_examples_are_the_real_output():
    text = README.read_text("utf-8")
    assert len(EXAMPLE.findall(text)) == 3
    assert filled(text) == text, "run: python -m tools.readme_examples"


def test_its_make_targets_exist():
    targets = set(re.findall(r"\bmake ([a-z-]+)", README.read_text("utf-8")))
    assert {"demo", "test"} <= targets
    for target in targets:
        assert re.search(rf"^{target}:", MAKEFILE.read_text("utf-8"), re.MULTILINE), target
