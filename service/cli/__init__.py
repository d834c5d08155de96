"""The command line: `assay`.

Each command is a few lines over library code. Exit status: 0 nothing to report, 1 a finding of the
policy's `alert_on`, 2 wrong usage and nothing was run, 3 some input could not be judged. A defect
of ours is a 3 too: what it stopped was not judged.
"""

from __future__ import annotations

import errno
import gc
import io
import os
import sys

from provenance.errors import AssayError, ConfigError, KeyFault, NotFound, TrustError
from service.cli.notices import complain, listen, trace

__all__ = ["main"]

USAGE = (ConfigError, KeyFault, NotFound, TrustError)
INTERRUPTED = 128 + 2
YOUNG_OBJECTS = 20_000
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EIO)


def main() -> None:
    """The entry point of the `assay` command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # where a sign cannot be shown, its number is
            stream.reconfigure(errors="backslashreplace")
    listen()
    sys.exit(_run(sys.argv[1:]))


def _run(arguments: list[str]) -> int:
    from typer import Exit
    from typer.main import get_command

    from service.cli.app import app

    # What is loaded stays loaded: the collector need not look at it again with every few reports.
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS)

    command = get_command(app)
    try:
        # Not through the parser's own `main`, which takes a closed pipe for a failure of ours.
        with command.make_context("assay", arguments) as context:
            command.invoke(context)
    except Exit as done:
        return int(done.exit_code)
    except AssayError as error:
        complain(error)
        return 2 if isinstance(error, USAGE) else 3
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing more can be said to them.
        _hear_no_more()
    except KeyboardInterrupt:
        return INTERRUPTED
    except OSError as fault:
        if fault.errno not in FULL:
            return _fault(fault)
        _hear_no_more()
        complain(AssayError(f"the results cannot be written: {fault.strerror}"))
        return 3
    except Exception as error:
        return _fault(error)
    return 0


def _hear_no_more() -> None:
    """Send what is still to be flushed to nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _fault(error: Exception) -> int:
    """Errors of the option parser are shown as it shows them; any other is a defect."""
    if (show := getattr(error, "show", None)) is not None:
        show()
        return int(getattr(error, "exit_code", 2))
    trace(error)
    return 3
