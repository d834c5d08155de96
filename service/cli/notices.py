"""What the command says on standard error, and nothing in it that a terminal would obey.

A file's name may hold escape sequences and line ends; every line passes through `visible`. The
library logs by `logging`, which only a program may set up: `listen` does, once, for the command.
"""

from __future__ import annotations

import logging
import os
import sys
import traceback

from provenance.errors import AssayError
from service.render.visibility import visible

__all__ = ["complain", "listen", "notice", "trace"]

OURS = ("provenance", "detectors", "service")
DEBUG = "ASSAY_DEBUG"
"""Set to anything, log lines come with the traceback of what happened."""


def notice(text: str, *more: str) -> None:
    """One line on standard error; `more` are lines below it, such as what to do next."""
    lines = (f"assay: {text}", *more)
    sys.stderr.write("".join(f"{visible(line)}\n" for line in lines))


def complain(error: AssayError) -> None:
    """What was wrong, and what to do next."""
    notice(str(error), *(error.hint.split("\n") if error.hint else ()))


def trace(error: BaseException) -> None:
    """Where an error came from, for whoever mends it."""
    lines = "".join(traceback.format_exception(error)).rstrip("\n").split("\n")
    sys.stderr.write("".join(f"{visible(line)}\n" for line in lines))


def listen() -> None:
    """Show what our packages log from `WARNING` on, and others from `ERROR` on, a line each."""
    root = logging.getLogger()
    root.addHandler(_OnStandardError())
    root.setLevel(logging.ERROR)
    for name in OURS:
        logging.getLogger(name).setLevel(logging.WARNING)


class _OnStandardError(logging.Handler):
    def emit(self, record: logging.LogRecord) -> None:
        ours = record.name.partition(".")[0] in OURS
        if not ours and record.levelno < logging.ERROR:  # a library may set a level of its own
            return
        try:
            text = record.getMessage()
            notice(text if ours else f"{record.name}: {text}")
            if os.environ.get(DEBUG) and record.exc_info and record.exc_info[1] is not None:
                trace(record.exc_info[1])
        except Exception:  # a record that cannot be written must not end the run
            self.handleError(record)
