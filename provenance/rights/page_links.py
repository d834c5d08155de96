"""The licences a page links to, read in the sandbox, so that whoever fetched it can fetch them.

Follows RSL 1.0 section 4.6 (`<link rel="license" type="application/rsl+xml">`).
"""

from __future__ import annotations

import json
import os
from typing import Any

from provenance.asset import Asset
from provenance.limits import MIB
from provenance.media import modality
from provenance.rights.readers.rsl import named_in_page
from provenance.sandbox import JobFailed, Sandbox, Task

__all__ = ["PageLinks", "licences_of_page"]

HEAD = MIB
"""Bytes of a page in which its elements are looked for, as its readers do."""

MARK = b"rsl+xml"
PAGE = "text/html"


class PageLinks:
    """The worker's side."""

    def __call__(self, job: dict[str, Any], fds: list[int], blobs: list[bytes]) -> bytes:
        """A JSON list of absolute addresses, in the order of the page.

        Args:
            job: `url` of the page.
            fds: none.
            blobs: the beginning of the page.
        """
        page = Asset(job["url"], len(blobs[0]), PAGE, modality(PAGE), blobs[0])
        found = dict.fromkeys(one.url for one in named_in_page(page, job["url"]))
        return json.dumps(list(found)).encode()


def licences_of_page(fd: int, url: str) -> tuple[str, ...]:
    """The addresses of licences that a page names; none when it cannot be read.

    Args:
        fd: of the page as it was fetched.
        url: it was fetched from.
    """
    head = os.pread(fd, HEAD, 0)
    if MARK not in head.lower():
        return ()  # nearly every page, and no worker is started for it
    with Sandbox(Task("provenance.rights.page_links:PageLinks")) as sandbox:
        try:
            found = json.loads(sandbox.call({"url": url}, blobs=[head]))
        except (JobFailed, ValueError):
            return ()
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()
