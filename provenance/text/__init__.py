"""One canonical form of a text, for all who compare texts: detectors, matching, training.

`canonical` folds what may differ while the words do not (typography, look-alike letters, invisible
characters, Markdown, white space) and knows where each character came from. `match_key` folds
further, to letters and digits alone.
"""

from provenance.text.canonical import Canonical, Marks, canonical
from provenance.text.keys import match_key
from provenance.text.mapped import Mapped

__all__ = ["Canonical", "Mapped", "Marks", "canonical", "match_key"]
