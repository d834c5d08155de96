"""Reports as pages: one self-contained file each, without script or anything from outside.

A page can be mailed, printed and kept beside the report it shows. Its security policy forbids
scripts and requests even if a string of a hostile file were to get past the escaping.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from service.render.explaining import explanations
from service.render.rows import Row, Summary, split_quiet
from service.render.view import LIMITS, View
from service.render.wording import Words, one_line
from service.report import Report
from service.review.records import Decided

if TYPE_CHECKING:
    from detectors.explain import Shown

__all__ = ["environment", "render_index", "render_page"]

LONG = 240
"""Characters of a value shown before the rest is folded away."""
JOINTS = re.compile(r"(?<=[/_.-])(?=\w)")


def render_page(
    report: Report,
    lang: str,
    shown: Mapping[int, Shown] | None = None,
    decided: Decided | None = None,
) -> str:
    """The page of one report.

    Args:
        report: what to show.
        lang: `en` or `fr`.
        shown: by the number of a detection, what lies beneath its local scores; None where the
            work is not at hand, and the scores are shown alone.
        decided: what people decided last of the work.
    """
    view = View.of(report, lang, decided)
    rests_on = explanations(report, view.words, shown)
    template = environment().get_template("report.html.j2")
    return template.render(view=view, words=view.words, rests_on=rests_on)


def render_index(rows: Sequence[Row], lang: str, links: Mapping[int, str]) -> str:
    """The overview of many files.

    Args:
        rows: of all files, in input order, made with the same `lang`.
        lang: `en` or `fr`.
        links: by the place of a row, from 0, the path of its page relative to this one, `/`
            between folders.
    """
    words = Words(lang)
    shown, quiet = split_quiet(rows)
    # "./" keeps a name with a colon from being read as the scheme of an address.
    hrefs = {place: f"./{quote(path)}" for place, path in links.items()}
    listed = [(rows[place], hrefs.get(place)) for place in shown]
    return (
        environment()
        .get_template("index.html.j2")
        .render(
            words=words,
            summary=Summary.of(rows, words),
            review=[entry for entry in listed if entry[0].review],
            others=[entry for entry in listed if not entry[0].review],
            quiet=quiet,
            limits_shown=[words.ui(code) for code in LIMITS],
        )
    )


@cache
def environment() -> Environment:
    """Where the templates of all pages come from."""
    environment = Environment(
        loader=PackageLoader("service.render"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["brief"] = lambda text: one_line(text, LONG)
    environment.filters["breakable"] = _breakable
    return environment


def _breakable(name: str) -> Markup:
    """A file name that may go on in the next line after a separator rather than inside a word."""
    return Markup("<wbr>").join(JOINTS.split(name))
