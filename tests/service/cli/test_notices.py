"""What the command says on standard error: lines, harmless, and no tracebacks nobody asked for."""

from __future__ import annotations

import logging

import pytest

from provenance.errors import NotFound
from service.cli.notices import OURS, complain, listen, notice


@pytest.fixture
def listening():
    """`listen`, undone afterwards."""
    loggers = [logging.getLogger(), *map(logging.getLogger, OURS)]
    before = [(one, one.level, list(one.handlers)) for one in loggers]
    listen()
    yield
    for one, level, handlers in before:
        one.setLevel(level)
        one.handlers[:] = handlers


def raise_hostile():
    raise ValueError("a\x1b[31m detail")


def fail(logger):
    try:
        raise_hostile()
    except ValueError:
        logger.exception("reader %s failed", "xmp\x1b[2J\n")


def test_a_notice_is_lines_and_nothing_a_terminal_obeys(capsys):
    notice("a\x1b[31m\nb", "do \u202ethis")
    assert capsys.readouterr().err == "assay: a<U+001B>[31m<U+000A>b\ndo <U+202E>this\n"


def test_an_error_says_what_to_do_next(capsys):
    complain(NotFound("x: there is no such file", hint="Give another."))
    complain(NotFound("y: there is no such file"))
    assert capsys.readouterr().err == (
        "assay: x: there is no such file\nGive another.\nassay: y: there is no such file\n"
    )


@pytest.mark.usefixtures("listening")
def test_what_our_packages_log_is_a_line_without_a_traceback(capsys):
    logging.getLogger("provenance.reading").warning("a worker was lost: %s", "limit\x1b[2J")
    logging.getLogger("provenance.reading").info("nothing to see")
    fail(logging.getLogger("service.screening"))
    assert capsys.readouterr().err == (
        "assay: a worker was lost: limit<U+001B>[2J\nassay: reader xmp<U+001B>[2J<U+000A> failed\n"
    )


@pytest.mark.usefixtures("listening")
def test_a_traceback_is_shown_to_whoever_asks_for_it(capsys, monkeypatch):
    monkeypatch.setenv("ASSAY_DEBUG", "1")
    fail(logging.getLogger("detectors.audio"))
    said = capsys.readouterr().err
    assert said.startswith("assay: reader xmp")
    assert "Traceback (most recent call last):\n" in said
    assert "ValueError: a<U+001B>[31m detail" in said
    assert "\x1b" not in said


@pytest.mark.usefixtures("listening")
def test_other_libraries_are_heard_from_errors_on_and_named(capsys, monkeypatch):
    monkeypatch.setattr(logging.getLogger("PIL.PngImagePlugin"), "level", logging.DEBUG)
    for name in ("pikepdf._core", "PIL.PngImagePlugin"):
        logging.getLogger(name).warning("odd")
        logging.getLogger(name).error("worse")
    assert capsys.readouterr().err == (
        "assay: pikepdf._core: worse\nassay: PIL.PngImagePlugin: worse\n"
    )
