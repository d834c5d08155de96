"""What a detector measured, in words: by name where Assay knows it, as it is called otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provenance.evidence import Feature
from service.render.wording import Words, one_line

__all__ = ["measurements"]

RUN, STYLE, USUAL = "run:", "style:", "usual:"
LONGEST = 60


def measurements(features: Iterable[Feature], words: Words) -> str:
    """Measurements in one line, a number of style beside what is usual among people."""
    return " · ".join(_each(tuple(features), words))


def _each(features: tuple[Feature, ...], words: Words) -> Iterator[str]:
    usual = {
        one.name.removeprefix(USUAL): one.value for one in features if one.name.startswith(USUAL)
    }
    for one in features:
        value = words.number(one.value, 3)
        if one.name.startswith(RUN):
            run = one_line(one.name.removeprefix(RUN), LONGEST)
            yield words.ui("run_spoke", run=run, value=value)
        elif not one.name.startswith(USUAL):
            name = one.name.removeprefix(STYLE)
            what = words.known("measurement", name)
            if one.name.startswith(STYLE) and name in usual:
                people = words.number(usual[name], 3)
                yield words.ui("measured_usual", what=what, value=value, usual=people)
            else:
                yield words.ui("measured", what=what, value=value)
