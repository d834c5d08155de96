"""The target of web archives: the bytes of a WARC file, plain or compressed."""

from __future__ import annotations

import os

from tests.fuzz.contract import BrokenContractError
from tests.fuzz.registry import named

HEAD, DOCUMENTS = 2048, 4096


@named("warc")
def _warc(data: bytes) -> None:
    """What is read is answers and damage in the file, no more of each than was asked for."""
    from provenance.rights.warc import Answered, next_record, records

    fd = os.memfd_create("archive")
    try:
        os.write(fd, data)
        for one in records(fd, head=HEAD, documents=DOCUMENTS):
            if not 0 <= one.offset <= len(data):
                raise BrokenContractError("a record outside the file")
            if isinstance(one, Answered) and len(one.body) > max(HEAD, DOCUMENTS):
                raise BrokenContractError("more than was asked for")
        at = next_record(fd, 0)
        if at is not None and at >= len(data):
            raise BrokenContractError("a record behind the end")
    finally:
        os.close(fd)


@named("cdx")
def _cdx(data: bytes) -> None:
    """Lines lead to places below the folder of the export, or are passed over."""
    from pathlib import Path

    from provenance.errors import ConfigError
    from provenance.rights import cdx

    cdx.is_cdx(data)
    fd = os.memfd_create("export")
    index = Path(f"/proc/self/fd/{fd}")
    try:
        os.write(fd, data)
        for line in cdx.document_lines(index):
            found = cdx.beside(index, line.filename)
            if line.offset < 0 or (found and index.parent not in found.parents):
                raise BrokenContractError("a place outside")
    except ConfigError:
        pass
    finally:
        os.close(fd)
