"""A host's document with every protocol it can carry, parsed once and asked about many URLs.

One file can speak several protocols: a robots.txt holds crawl rules, usage preferences (AIPREF) and
content signals. This module knows which reader reads which kind of document, and nothing of any of
them. Sentences are left to `assay check`: no history of them decides a use.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field, replace

from provenance.evidence import NotRun, Reservation
from provenance.rights.finding import Looked
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile, SiteDeclaration

__all__ = ["Site", "site_of"]

Records = tuple[Reservation | NotRun, ...]


@dataclass(slots=True)
class Site:
    """One document, read.

    Attributes:
        file: the document.
        declarations: what it says, by protocol; none when it is not there.
        names_licence: whether it is a robots.txt that names a licence document.
        is_again: whether the same bytes were parsed as they were seen at another time.
    """

    file: RightsFile
    declarations: tuple[SiteDeclaration, ...]
    names_licence: bool = False
    is_again: bool = False
    _joined: dict[tuple[int, ...], tuple[Records, tuple[Records, ...]]] = field(
        default_factory=dict
    )

    @property
    def looked(self) -> Looked:
        """What became of the channel."""
        if self.failed:
            return Looked.NOT_LOOKED
        return Looked.ABSENT if self.file.is_absent else Looked.READ

    @property
    def failed(self) -> bool:
        """Whether the host did not answer, so that nobody knows what it says."""
        return not self.file.is_there and not self.file.is_absent

    def about(self, path: str, *, agent: str | None, media_type: str | None) -> Records:
        """What all protocols say about one URL; equal answers are one and the same tuple."""
        said = tuple(
            one.about(path, agent=agent, media_type=media_type) for one in self.declarations
        )
        if len(said) == 1 and not self.is_again:
            return said[0]
        key = tuple(map(id, said))
        if key not in self._joined:
            self._joined[key] = (tuple(self._dated(record) for one in said for record in one), said)
        return self._joined[key][0]

    def again(self, seen: dt.datetime) -> Site:
        """The same document as it was seen at another time."""
        if self.file.observed_at in (None, seen):
            return self
        file = replace(self.file, observed_at=seen)
        return Site(file, self.declarations, self.names_licence, is_again=True)

    def _dated(self, record: Reservation | NotRun) -> Reservation | NotRun:
        if self.is_again and isinstance(record, Reservation):
            return record.model_copy(update={"observed_at": self.file.observed_at})
        return record


def site_of(file: RightsFile) -> Site:
    """Parse a document; one that is not there says nothing."""
    if not file.is_there:
        return Site(file, ())
    from provenance.rights import rsl_lines
    from provenance.rights.readers import (
        ai_txt,
        aipref,
        content_signals,
        robots_txt,
        rsl,
        tdmrep,
    )

    parsers = {
        Channel.ROBOTS_TXT: (
            robots_txt.parse,
            aipref.parse,
            content_signals.parse,
            rsl_lines.parse,
        ),
        Channel.TDMREP_JSON: (tdmrep.parse,),
        Channel.AI_TXT: (ai_txt.parse,),
        Channel.RSL: (rsl.parse,),
    }
    declarations = tuple(parse(file) for parse in parsers.get(file.channel, ()))
    return Site(file, declarations, _names_licence(file))


def _names_licence(file: RightsFile) -> bool:
    if file.channel is not Channel.ROBOTS_TXT or b"icen" not in file.body.lower():
        return False
    from provenance.rights.rsl_links import named_in_robots

    return bool(named_in_robots(file.body, file.url, None))
