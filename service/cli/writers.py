"""Where results go: text, JSON, a line each, or pages; to standard output or into a folder."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any, Protocol, Self, TextIO

from provenance.errors import ConfigError
from service.cli.illustrating import Illustrations
from service.report import Report, line_safe
from service.screening import Failed

__all__ = ["PIPED_WIDTH", "Writer", "error_document", "plain_name", "writer", "written_into"]

ERROR_SCHEMA = "assay/error/1"
PIPED_WIDTH = 100
LINES, TABLE = "reports.ndjson", "report.txt"
UNSAFE = re.compile(r"[^A-Za-z0-9._-]+")


class Writer(Protocol):
    """Takes results one by one, in input order."""

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(self, *_: object) -> None:
        """Finish what must be finished, also after an interrupt."""
        ...

    def write(self, result: Report | Failed) -> None:
        """Take one result."""
        ...


def writer(
    form: str,
    lang: str,
    out: Path | None,
    *,
    single: bool,
    illustrations: Illustrations | None = None,
) -> Writer:
    """The writer for a format.

    Args:
        form: `text`, `json`, `ndjson` or `html`.
        lang: `en` or `fr`, for text and pages.
        out: folder to write into instead of standard output; created when missing.
        single: whether one input was meant, so that the answer is one object.
        illustrations: what pages show beneath local scores; None where works are not at hand.

    Raises:
        ConfigError: `out` cannot be a folder.
    """
    if out is not None:
        try:
            out.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise ConfigError(f"--out {out}: cannot be a folder ({fault.strerror})") from fault
        match form:
            case "json":
                return JsonFolder(out)
            case "html":
                return HtmlFolder(out, lang, illustrations)
            case "ndjson":
                return Lines((out / LINES).open("w", encoding="utf-8"))
            case _:
                return Text((out / TABLE).open("w", encoding="utf-8"), lang, single=single)
    match form:
        case "json":
            return Objects(sys.stdout, single=single)
        case "html":
            return Html(sys.stdout, lang, single=single, illustrations=illustrations)
        case "ndjson":
            return Lines(sys.stdout)
        case _:
            return Text(sys.stdout, lang, single=single)


def written_into(out: Path, form: str, results: int) -> str:
    """What stands where after a run with an output folder, for standard error."""
    match form:
        case "json":
            return f"written: {out}/, a JSON file each (results: {results})"
        case "html":
            return f"written: {out / 'index.html'}, and a page each (results: {results})"
        case _:
            path = out / (LINES if form == "ndjson" else TABLE)
            return f"written: {path} (results: {results})"


def plain_name(name: str) -> str:
    """The end of an asset's name, safe as part of a file name anywhere."""
    return UNSAFE.sub("-", name.rpartition("/")[2])[:80].strip("-.") or "input"


def error_document(failed: Failed) -> dict[str, Any]:
    """What stands in the place of a report for an input that could not be opened."""
    name = failed.name.encode("utf-8", "replace").decode("utf-8")
    return {
        "schema": ERROR_SCHEMA,
        "asset": {"name": name},
        "error": {"code": failed.error.code, "message": str(failed.error)},
    }


def _json(result: Report | Failed, indent: int | None = None) -> str:
    if isinstance(result, Failed):
        return line_safe(json.dumps(error_document(result), ensure_ascii=False, indent=indent))
    return result.to_json(indent)


class _OnStream:
    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._finish()
        self._stream.flush()
        if self._stream is not sys.stdout:
            self._stream.close()

    def _finish(self) -> None:
        """What remains to be written."""


class Lines(_OnStream):
    """One JSON document a line, as soon as it is known."""

    def write(self, result: Report | Failed) -> None:
        """Write and flush one line."""
        self._stream.write(_json(result) + "\n")
        self._stream.flush()


class Objects(_OnStream):
    """One JSON object, or an array that is closed whatever happens."""

    def __init__(self, stream: TextIO, *, single: bool) -> None:
        super().__init__(stream)
        self._single = single
        self._count = 0

    def write(self, result: Report | Failed) -> None:
        """Write one element."""
        if not self._single:
            self._stream.write(",\n" if self._count else "[\n")
        self._stream.write(_json(result, 2))
        self._count += 1

    def _finish(self) -> None:
        if not self._single:
            self._stream.write("\n]\n" if self._count else "[]\n")
        elif self._count:
            self._stream.write("\n")


class Text(_OnStream):
    """For people: the whole answer for one input, a table for several."""

    def __init__(self, stream: TextIO, lang: str, *, single: bool) -> None:
        from rich.console import Console

        super().__init__(stream)
        width = None if stream.isatty() else int(os.environ.get("COLUMNS") or PIPED_WIDTH)
        self._console = Console(file=stream, width=width, highlight=False)
        self._lang = lang
        self._single = single
        self._rows: list[Any] = []

    def write(self, result: Report | Failed) -> None:
        """Show one answer, or keep its row."""
        from service.render import text

        if self._single and isinstance(result, Report):
            text.render_one(result, self._lang, self._console)
        else:
            self._rows.append(text.Row.of(result, self._lang))

    def _finish(self) -> None:
        from service.render import text

        if self._rows:
            text.render_table(self._rows, self._lang, self._console)


class Html(_OnStream):
    """A page for one input, an overview for several."""

    def __init__(
        self, stream: TextIO, lang: str, *, single: bool, illustrations: Illustrations | None
    ) -> None:
        super().__init__(stream)
        self._lang = lang
        self._single = single
        self._illustrations = illustrations if single else None
        self._rows: list[Any] = []

    def write(self, result: Report | Failed) -> None:
        """Write one page, or keep its row."""
        from service.render import html, text

        if self._single and isinstance(result, Report):
            shown = self._illustrations.of(result) if self._illustrations else None
            self._stream.write(html.render_page(result, self._lang, shown))
        else:
            self._rows.append(text.Row.of(result, self._lang))

    def _finish(self) -> None:
        from service.render import html

        if self._rows:
            self._stream.write(html.render_index(self._rows, self._lang, {}))


class _InFolder:
    """A file for each result, numbered so that none replaces another."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is left to write."""

    def _path(self, result: Report | Failed, ending: str) -> Path:
        self._count += 1
        name = result.name if isinstance(result, Failed) else result.asset.name
        return self._folder / f"{self._count:05d}-{plain_name(name)}{ending}"


class JsonFolder(_InFolder):
    """A JSON file for each result."""

    def write(self, result: Report | Failed) -> None:
        """Write one file."""
        self._path(result, ".json").write_text(_json(result, 2) + "\n", encoding="utf-8")


class HtmlFolder(_InFolder):
    """A page and a JSON file for each result, and an overview that leads to them."""

    def __init__(self, folder: Path, lang: str, illustrations: Illustrations | None) -> None:
        super().__init__(folder)
        self._lang = lang
        self._illustrations = illustrations
        self._rows: list[Any] = []
        self._links: dict[int, str] = {}

    def write(self, result: Report | Failed) -> None:
        """Write one page."""
        from service.render import html, text

        shown = self._illustrations.of(result) if self._illustrations else None
        if isinstance(result, Report):
            path = self._path(result, ".html")
            path.write_text(html.render_page(result, self._lang, shown), encoding="utf-8")
            path.with_suffix(".json").write_text(_json(result, 2) + "\n", encoding="utf-8")
            self._links[len(self._rows)] = path.name
        self._rows.append(text.Row.of(result, self._lang))

    def __exit__(self, *_: object) -> None:
        """Write the overview."""
        from service.render import html

        index = html.render_index(self._rows, self._lang, self._links)
        (self._folder / "index.html").write_text(index, encoding="utf-8")
