"""What pages load: one style sheet, our script, and two libraries that npm installed."""

from __future__ import annotations

from importlib import resources
from typing import Literal

from fastapi import APIRouter, Response

from service.api.problems import ProblemError
from service.web.pages import style

__all__ = ["router"]

router = APIRouter(prefix="/static", include_in_schema=False)

Script = Literal["pages.js", "htmx.min.js", "wavesurfer.min.js", "regions.min.js"]
KEPT = {"Cache-Control": "public, max-age=3600"}


@router.get("/pages.css")
def sheet() -> Response:
    """The style sheet."""
    return Response(style(), media_type="text/css", headers=KEPT)


@router.get("/favicon.svg")
def icon() -> Response:
    """A hallmark."""
    file = resources.files("service.web").joinpath("static", "favicon.svg")
    return Response(file.read_bytes(), media_type="image/svg+xml", headers=KEPT)


@router.get("/{name}")
def script(name: Script) -> Response:
    """A script.

    Raises:
        ProblemError: the libraries were not installed when Assay was built.
    """
    folder = resources.files("service.web").joinpath("static")
    file = folder.joinpath(name) if name == "pages.js" else folder.joinpath("vendor", name)
    if not file.is_file():
        raise ProblemError(404, f"{name} is missing from this installation of Assay")
    return Response(file.read_bytes(), media_type="text/javascript", headers=KEPT)
