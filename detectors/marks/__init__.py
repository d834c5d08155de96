"""Watermarks and hidden characters: marks put into a work on purpose, decoded where we can.

A mark that is found says that somebody wrote it there; one that is not found says nothing, since
most are lost by cropping, scaling or compressing. What each scheme is found in, and how often in
human works, stands in `measured.json`, and for people in `docs/marks.md`. Marks that only their
maker can read are told by `detectors.marks.declared`.
"""

from detectors.marks.declared import declared_marks
from detectors.marks.detector import MarksDetector

__all__ = ["MarksDetector", "declared_marks"]
