"""One site, one agent, one date: the answer of `assay optout origin`."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from provenance.errors import ConfigError
from provenance.rights.decide import decide
from provenance.rights.finding import Finding, Use, every_channel
from provenance.rights.history import History, Observation, Span, Timeline
from provenance.rights.known import NO_CLAIMS, Claims
from provenance.rights.snapshots import host_of
from provenance.rights.standing import Standing
from provenance.rights.surroundings import path_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from provenance.rights.surroundings import RightsFile

__all__ = ["given_history", "judge_origin", "observed_now", "span_of"]


def judge_origin(
    url: str, use: Use, history: History, table: Standing, claims: Claims = NO_CLAIMS
) -> Finding:
    """Whether what `url` was used for was reserved then, by what its host declared.

    Args:
        url: absolute.
        use: who, what for, when.
        history: dated observations of the host.
        table: the standing of protocols.
        claims: what the user says in its own favour.

    Raises:
        ConfigError: `url` is no absolute http or https URL.
    """
    host = host_of(url)
    if host is None:
        raise ConfigError(f"{url}: not an absolute URL", hint="Write https://host/path.")
    timeline = Timeline(history.observations(host))
    known = timeline.at(span_of(use)).known(path_of(url), agent=use.agent)
    finding = decide(url, use, known, table, claims)
    return finding.model_copy(update={"coverage": every_channel(finding.coverage)})


def span_of(use: Use) -> Span | None:
    """When a use was, as a span; None when it is not known."""
    if use.at is None:
        return None
    start, end = use.at_bounds or (use.at, use.at)
    return Span(start or use.at, end or use.at)


def observed_now(files: Iterable[RightsFile]) -> History:
    """A host's documents as they were just fetched, as a history of one moment."""
    now = dt.datetime.now(dt.UTC)
    return given_history((one, Span.of(one.observed_at or now)) for one in files)


def given_history(seen: Iterable[tuple[RightsFile, Span]]) -> History:
    """Documents of one host that are at hand, each with when it was seen."""
    return _AtHand([Observation(one.channel, when, _Given(one)) for one, when in seen])


class _Given:
    def __init__(self, file: RightsFile) -> None:
        self.file = file

    def __call__(self) -> RightsFile:
        return self.file


class _AtHand:
    def __init__(self, found: list[Observation]) -> None:
        self._found = found

    def hosts(self) -> Iterable[str]:
        return ()

    def observations(self, host: str) -> list[Observation]:
        return self._found
