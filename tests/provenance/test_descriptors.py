"""Streams on one open file do not move each other."""

from __future__ import annotations

import os
import threading

from provenance.descriptors import stream_of


def test_two_streams_on_one_descriptor_each_read_all_of_it(tmp_path):
    """A descriptor that was handed on shares its position with the one it was made of."""
    path = tmp_path / "file"
    path.write_bytes(b"".join(b"%06d\n" % n for n in range(40_000)))
    with path.open("rb") as file:
        copy = os.dup(file.fileno())
        try:
            found: list[list[bytes]] = []
            readers = [
                threading.Thread(target=lambda fd=fd: found.append(list(stream_of(fd))))
                for fd in (file.fileno(), copy)
            ]
            for reader in readers:
                reader.start()
            for reader in readers:
                reader.join()
        finally:
            os.close(copy)
        assert file.tell() == 0
    assert [len(lines) for lines in found] == [40_000, 40_000]
    assert found[0] == found[1] == path.read_bytes().splitlines(keepends=True)


def test_it_ends_where_it_is_told_to(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    with path.open("rb") as file:
        stream = stream_of(file.fileno(), 4)
        assert stream.read() == b"0123"
        assert stream.seek(-2, os.SEEK_END) == 2
        assert stream.read(9) == b"23"
