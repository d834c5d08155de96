"""A paper as one page: self-contained, printable, without script or anything from outside.

The look and the security policy are those of the pages of reports.
"""

from __future__ import annotations

from functools import cache

from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined

from service.documents.records import Document
from service.documents.view import View

__all__ = ["to_html"]


def to_html(document: Document) -> str:
    """The page."""
    return _environment().get_template("document.html.j2").render(view=View.of(document))


@cache
def _environment() -> Environment:
    return Environment(
        loader=ChoiceLoader([PackageLoader("service.documents"), PackageLoader("service.render")]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
