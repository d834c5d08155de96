"""An audit run in this process, and stopped where a test wants it."""

from __future__ import annotations

from service.optout.audit.auditing import run_audit
from service.optout.audit.inputs import open_input
from service.optout.audit.judging import Asked
from service.optout.audit.pack import HistoryPack
from service.optout.audit.running import Options
from service.optout.histories import open_history


class Stopped(Exception):  # noqa: N818 - what happened, and no fault
    pass


def stop_after(count):
    """Stop behind this many stretches."""

    def shown(shares):
        for n, _ in enumerate(shares, start=1):
            if n == count:
                raise Stopped

    return shown


def audited(corpus, history, folder, *, agent="GPTBot", **how):
    """Audit `corpus` into `folder`; `how` is that of `run_audit`."""
    given = open_input(corpus)
    pack = HistoryPack([(history, open_history(history))])
    try:
        return run_audit(given, pack, Options(Asked("train-genai", agent)), folder, **how)
    finally:
        given.close()
        pack.close()
