"""What became of the marks of an original in a copy of it: kept, changed, broken or gone.

Measure 1.2 of the EU Code of Practice on Transparency of AI-Generated Content asks those who handle
such content to keep the marks it bears. This compares the evidence of two
reports and says, mark by mark, whether that was done. It compares what the two files say, never
their content: that one was made from the other is the word of whoever gave them.

A pure function of evidence: what could not be read on either side is `not_comparable`, never lost.
"""

from service.survival.comparison import compare
from service.survival.records import MarkKind, Sighting, Survival, SurvivalOutcome

__all__ = ["MarkKind", "Sighting", "Survival", "SurvivalOutcome", "compare"]
