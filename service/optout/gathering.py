"""Fetches a URL and what its host declares about rights, and nothing else.

Giving a URL is consent to fetch that URL, the files in which its host declares rights (robots.txt,
`/.well-known/tdmrep.json`, `/ai.txt`) and the licences these lead to. Everything goes through the
guarded fetcher, one request after the other. A file that is not there, or does not answer, is an
answer: it is kept with its status.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from provenance import fetch as fetching
from provenance.errors import FetchError
from provenance.fetch import Fetched
from provenance.limits import DEFAULT
from provenance.rights.page_links import licences_of_page
from provenance.rights.readers.rsl import license_urls
from provenance.rights.records import Channel
from provenance.rights.surroundings import Headers, RightsFile, Surroundings

__all__ = ["Gathered", "gather", "host_files"]

PLACES = (
    (Channel.ROBOTS_TXT, "/robots.txt"),
    (Channel.TDMREP_JSON, "/.well-known/tdmrep.json"),
    (Channel.AI_TXT, "/ai.txt"),
)
MOST_LICENCES = 4
FILE_LIMITS = replace(DEFAULT, fetch_bytes=DEFAULT.rights_bytes, fetch_seconds=20.0)

Fetch = Callable[..., Fetched]


@dataclass(frozen=True, slots=True)
class Gathered:
    """A URL as it was met.

    Attributes:
        fd: descriptor of the body, the caller's to close.
        status: HTTP status of the URL itself.
        around: its address, headers and its host's files.
    """

    fd: int
    status: int
    around: Surroundings


def gather(
    url: str, *, agent: str | None = None, host: bool = True, get: Fetch | None = None
) -> Gathered:
    """The body of a URL with everything around it.

    Args:
        url: absolute http or https URL.
        agent: product token of who uses it, or None.
        host: whether its host's files are fetched too.
        get: fetches one URL; `provenance.fetch.fetch` when None.

    Raises:
        FetchError: the URL itself cannot be fetched; its host's files never raise.
    """
    get = get or fetching.fetch
    with get(url) as fetched:
        fd = os.dup(fetched.fd)
        headers: Headers = tuple(fetched.headers.multi_items())
        final, status, observed = fetched.final_url, fetched.status, fetched.fetched_at
    files: tuple[RightsFile, ...] = ()
    if host and status < 400:
        files = host_files(final, headers=headers, page=licences_of_page(fd, final), get=get)
    around = Surroundings(final, headers, files, agent, observed)
    return Gathered(fd, status, around)


def host_files(
    url: str, *, headers: Headers = (), page: tuple[str, ...] = (), get: Fetch | None = None
) -> tuple[RightsFile, ...]:
    """What the host of `url` declares: one entry for each place looked at, there or not.

    Args:
        url: of the work.
        headers: it came with.
        page: licences that it links to.
        get: fetches one URL; `provenance.fetch.fetch` when None.
    """
    get = get or fetching.fetch
    parts = urlsplit(url)
    origin = f"{parts.scheme}://{parts.netloc}"
    files = [_file(channel, origin + path, get) for channel, path in PLACES]
    licences = list(dict.fromkeys((*license_urls(url, headers, files[0]), *page)))[:MOST_LICENCES]
    return (*files, *(_file(Channel.RSL, licence, get) for licence in licences))


def _file(channel: Channel, url: str, get: Fetch) -> RightsFile:
    now = dt.datetime.now(dt.UTC)
    try:
        with get(url, limits=FILE_LIMITS) as fetched:
            headers: Headers = tuple(fetched.headers.multi_items())
            body, status = fetched.read(), fetched.status
            # By the address it was asked for: that is the one its host, or a licence line, names.
            return RightsFile(channel, url, body, status, fetched.fetched_at, headers)
    except FetchError:
        return RightsFile(channel, url, b"", None, now)
