"""`assay serve` and `assay worker`: the service."""

from __future__ import annotations

import logging
import re
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from service.settings import Settings
    from service.storage.accounts import Issued

__all__ = ["SERVE_EXAMPLES", "WORKER_EXAMPLES", "serve", "without_links", "worker"]

SERVE_EXAMPLES = """Examples:

  assay serve                                    everything in one process, on this machine

  assay serve --show-config                      every setting, what it means, and its value

  assay serve --issue-key upload --organisation label --scope submit    a key, and nothing runs

  assay serve --canary                           which verdicts an upgrade has changed

  assay serve --erase-organisation label         all that is its, for good; asks for the name again

The first start makes an organisation and prints a key to it, once. Hand in a work with it:

  curl -H "Authorization: Bearer $KEY" -F file=@song.mp3 http://127.0.0.1:8000/v1/screenings
"""
WORKER_EXAMPLES = """Examples:

  ASSAY_WORKER_NAME=worker-1 assay worker        examines what `assay serve` takes in

Workers share the database, the queue and the store of works with `assay serve`: set ASSAY_DATABASE
and ASSAY_BLOBS for all of them (`assay serve --show-config` tells them all).
"""

LINK = re.compile(r"(/(?:verify|appeals?)/)[^/?#]+")
"""Paths whose next part is a secret."""

DESCRIPTORS = 65_536

Host = Annotated[str | None, typer.Option(help="Address to listen on (ASSAY_HOST).")]
Port = Annotated[int | None, typer.Option(help="Port to listen on (ASSAY_PORT).", min=0, max=65535)]
Data = Annotated[Path | None, typer.Option(help="Folder of the service (ASSAY_DATA).")]


def serve(  # noqa: PLR0913 - a parameter for each option
    *,
    host: Host = None,
    port: Port = None,
    data: Data = None,
    show_config: Annotated[
        bool, typer.Option("--show-config", help="Print all settings, secrets masked, and stop.")
    ] = False,
    issue_key: Annotated[
        str | None, typer.Option(metavar="NAME", help="Make an API key, print it, and stop.")
    ] = None,
    organisation: Annotated[
        str, typer.Option(help="Whose key that is; it is made where there is none.")
    ] = "local",
    scope: Annotated[
        list[str] | None,
        typer.Option(help="What that key may do: submit, review, administer, audit-read; all."),
    ] = None,
    canary: Annotated[
        bool,
        typer.Option(
            "--canary",
            help="Examine the works of ASSAY_CANARY, print whose verdicts flipped since the last "
            "time, and stop with status 1 if any did.",
        ),
    ] = False,
    erase_organisation: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Delete an organisation and all that is its, and stop."),
    ] = None,
) -> None:
    """Run the service: uploads in, reports out, over HTTP.

    Without any setting it keeps everything in one folder, and examines works itself. Settings are
    variables called ASSAY_...; --show-config prints them all.
    """
    from service.settings import Settings

    settings = Settings.read(host=host, port=port, data=data)
    if show_config:
        typer.echo(settings.shown())
        return
    if issue_key is not None:
        _issue(settings, issue_key, organisation, scope)
        return
    if canary:
        _canaries(settings)
        return
    if erase_organisation is not None:
        _erase(settings, erase_organisation)
        return
    _log(settings)
    _raise_limit()
    import uvicorn

    from service.api.app import make_app
    from service.running import Service

    service = Service(settings)
    if first := service.first_key():
        _tell(first)
    uvicorn.run(
        make_app(service),
        host=settings.host,
        port=settings.port,
        log_config=None,
        access_log=False,  # paths hold the secrets of links, and queries what people look for
        server_header=False,
        forwarded_allow_ips=settings.trusted_proxies,
        timeout_graceful_shutdown=30,
    )


def worker(data: Data = None) -> None:
    """Examine works that another process takes in, until it is told to stop."""
    from service.running import Service
    from service.settings import Settings

    settings = Settings.read(data=data)
    _log(settings)
    ended = threading.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        signal.signal(one, lambda *_: ended.set())
    with Service(settings, works=True, role="worker"):
        logging.getLogger(__name__).info("worker %s is ready", settings.worker_name)
        ended.wait()


def _raise_limit() -> None:
    """As many descriptors as this user may have: an upload on its way holds two."""
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if hard == resource.RLIM_INFINITY else min(DESCRIPTORS, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


def _issue(settings: Settings, name: str, organisation: str, given: list[str] | None) -> None:
    from provenance.errors import ConfigError
    from service.running import Service
    from service.storage.accounts import Scope

    try:
        scopes = [Scope(one) for one in given] if given else list(Scope)
    except ValueError as fault:
        known = ", ".join(Scope)
        raise ConfigError(f"--scope: {fault}", hint=f"Known: {known}.") from fault
    typer.echo(Service(settings, works=False).issue(name, organisation, scopes).secret)


def _canaries(settings: Settings) -> None:
    from provenance.errors import ConfigError
    from service.running import Service

    service = Service(settings, works=True)
    try:
        if service.canaries is None:
            hint = "ASSAY_CANARY names a folder of works whose verdicts matter to you."
            raise ConfigError("there are no canaries", hint=hint)
        flipped = service.canaries.run()
    finally:
        service.close()
    for one in flipped:
        typer.echo(one.told)
    typer.echo(f"{len(flipped)} flipped", err=True)
    raise typer.Exit(1 if flipped else 0)


def _erase(settings: Settings, name: str) -> None:
    """Ask for the name once more, and delete."""
    from provenance.errors import ConfigError, NotFound
    from service.running import Service

    service = Service(settings, works=False)
    known = [one for one in service.accounts.organisations() if name in (one.id, one.name)]
    if not known:
        raise NotFound(f"there is no organisation {name!r}")
    if len(known) > 1:
        which = ", ".join(one.id for one in known)
        raise ConfigError(f"{len(known)} organisations are called {name!r}", hint=f"Say {which}.")
    again = typer.prompt("All its works, reports and keys are deleted for good. Its name again")
    if again != name:
        raise ConfigError("nothing was deleted: that is another name")
    works = service.keeping.erase_organisation(known[0].id)
    typer.echo(f"{name} is erased, with {works} works. Backups are not reached by this.")


def _tell(first: Issued) -> None:
    print(  # noqa: T201 - for the person who starts it, and for nobody's log
        f"This service is new. Its first API key, shown this once:\n\n  {first.secret}\n",
        file=sys.stderr,
        flush=True,
    )


def _log(settings: Settings) -> None:
    """One JSON object a line on stderr; nothing of a work but its identifiers."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(lines_of_json())
    handler.addFilter(without_links)
    logging.basicConfig(handlers=[handler], level=logging.INFO, force=True)
    for loud in ("alembic", "dbos", "httpx2"):
        logging.getLogger(loud).setLevel(logging.WARNING)


def lines_of_json() -> logging.Formatter:
    """Writes each record as one JSON object on one line, whatever it holds."""
    import structlog

    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[
            structlog.stdlib.ProcessorFormatter.remove_processors_meta,
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
    )


def without_links(record: logging.LogRecord) -> bool:
    """Cuts secrets of links out of the addresses that a record names; a fault may name one."""
    if isinstance(record.args, tuple):
        record.args = tuple(
            LINK.sub(r"\1...", one) if isinstance(one, str) else one for one in record.args
        )
    return True
