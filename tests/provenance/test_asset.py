"""An asset is read anywhere, by several readers at once, and never trusts an offset it is given."""

from __future__ import annotations

import hashlib
import os
import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.asset import Asset, Modality

CONTENT = bytes(range(256)) * 20_000  # 5 MB: several chunks


@pytest.fixture
def asset(tmp_path):
    path = tmp_path / "work.bin"
    path.write_bytes(CONTENT)
    fd = os.open(path, os.O_RDONLY)
    yield Asset.from_fd(fd, name="work.bin")
    os.close(fd)


@pytest.fixture(params=["descriptor", "bytes"])
def either(request, asset):
    if request.param == "descriptor":
        return asset
    return Asset.from_bytes(CONTENT, name="work.bin")


def test_its_digest_is_that_of_all_bytes(either):
    assert either.sha256() == hashlib.sha256(CONTENT).hexdigest()
    assert either.size == len(CONTENT)


@given(offset=st.integers(0, len(CONTENT) + 10), size=st.integers(0, 3000))
def test_any_range_reads_as_the_bytes_themselves(offset, size):
    in_memory = Asset.from_bytes(CONTENT, name="")
    assert in_memory.read_at(offset, size) == CONTENT[offset : offset + size]


@pytest.mark.parametrize(
    ("offset", "size"),
    [(-1, 4), (0, 0), (0, -4), (len(CONTENT), 1), (2**63, 4), (2**64 - 1, 2**64 - 1)],
)
def test_an_offset_or_size_out_of_a_hostile_file_reads_nothing(either, offset, size):
    assert either.read_at(offset, size) == b""


def test_a_size_beyond_all_memory_reads_to_the_end(either):
    assert either.read_at(len(CONTENT) - 7, 2**62) == CONTENT[-7:]


def test_each_stream_has_a_position_of_its_own(either):
    with either.open() as one, either.open() as other:
        one.seek(1000)
        assert other.read(4) == CONTENT[:4]
        assert one.read(4) == CONTENT[1000:1004]
        assert other.tell() == 4


def test_streams_seek_like_files(either):
    with either.open() as stream:
        assert stream.seek(-4, os.SEEK_END) == len(CONTENT) - 4
        assert stream.read() == CONTENT[-4:]
        stream.seek(10)
        assert stream.seek(5, os.SEEK_CUR) == 15
        assert stream.read(1) == CONTENT[15:16]
        stream.seek(2**62)
        assert stream.read(10) == b""


def test_a_seek_before_the_start_is_an_error_of_the_stream(asset):
    with asset.open() as stream, pytest.raises(OSError, match="before the start"):
        stream.seek(-10)


def test_closing_a_stream_leaves_the_descriptor_to_its_owner(asset):
    asset.open().close()
    assert asset.read_at(0, 4) == CONTENT[:4]


def test_threads_read_one_descriptor_without_mixing(asset):
    wrong = []

    def read_all(start):
        with asset.open() as stream:
            stream.seek(start)
            if stream.read() != CONTENT[start:]:
                wrong.append(start)

    threads = [threading.Thread(target=read_all, args=(n * 1234,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not wrong


def test_a_file_that_shrinks_while_it_is_read_just_ends_earlier(tmp_path):
    path = tmp_path / "shrinking"
    path.write_bytes(b"x" * 5000)
    with path.open("r+b") as file:
        asset = Asset.from_fd(file.fileno(), name="shrinking")
        os.ftruncate(file.fileno(), 100)
        assert asset.read_at(0, 5000) == b"x" * 100
        assert asset.sha256() == hashlib.sha256(b"x" * 100).hexdigest()


def test_an_empty_file_is_a_work_of_no_kind(tmp_path):
    (tmp_path / "empty.mp3").touch()
    with (tmp_path / "empty.mp3").open("rb") as file:
        empty = Asset.from_fd(file.fileno(), name="empty.mp3")
    assert (empty.size, empty.modality) == (0, Modality.OTHER)
    assert list(Asset.from_bytes(b"", name="").chunks()) == []


def test_a_container_is_opened_once_for_all_readers(asset):
    assert asset.container is asset.container


def test_what_is_asked_for_again_is_not_made_again(asset):
    made = []

    def make():
        made.append(None)

    assert asset.memo("nothing", make) is asset.memo("nothing", make) is None
    assert asset.memo("other", lambda: 2) == 2
    assert len(made) == 1
