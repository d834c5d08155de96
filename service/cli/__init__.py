"""The command line: `assay`.

Each command is a few lines over library code. Exit status: 0 nothing to report, 1 a finding of the
policy's `alert_on`, 2 wrong usage and nothing was run, 3 some input could not be judged.
"""

from __future__ import annotations

import os
import sys

from provenance.errors import AssayError, ConfigError, EngineError, NotFound, TrustError

__all__ = ["main"]

USAGE = (ConfigError, NotFound, TrustError)


def main() -> None:
    """The entry point of the `assay` command."""
    from service.cli.app import app

    try:
        status = app(standalone_mode=False)
    except AssayError as error:
        _complain(error.diagnostics())
        status = 2 if isinstance(error, USAGE) else 3
    except BrokenPipeError:
        # Whoever read our output has seen enough; nothing more can be said to them.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        status = 0
    except KeyboardInterrupt:
        status = 130
    except Exception as error:
        status = _usage_fault(error)
    sys.exit(status if isinstance(status, int) else 0)


def _usage_fault(error: Exception) -> int:
    """Errors of the option parser are shown as it shows them; any other is a defect."""
    show = getattr(error, "show", None)
    if show is None:
        raise error
    show()
    return int(getattr(error, "exit_code", 2))


def _complain(text: str) -> None:
    sys.stderr.write(f"assay: {text}\n")


_ = EngineError  # an engine that does not work judges nothing: status 3
