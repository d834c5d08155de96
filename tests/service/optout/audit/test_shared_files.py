"""Workers are handed the same open files: none may read by, or move, the position they share."""

from __future__ import annotations

import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from provenance.rights.warc import next_record, records
from service.optout.audit.columns import Parquet
from service.optout.audit.pack import HistoryPack, Packed
from service.optout.histories import open_history
from tests.provenance.rights.warcs import answer, record, written

ODD = record("https://a.example/b", answer()).replace(b"WARC-Type", b"warc-type")


def pages(folder):
    """An archive with records for both ways of reading."""
    return written(folder, [record("https://a.example/a", answer()), ODD])


def table(folder):
    """Addresses as Parquet."""
    path = folder / "urls.parquet"
    pq.write_table(pa.table({"url": ["https://a.example/"] * 9}), path, row_group_size=3)
    return path


@pytest.mark.parametrize(
    ("make", "read"),
    [
        (pages, lambda fd: len(list(records(fd)))),
        (pages, lambda fd: next_record(fd, 1)),
        (table, lambda fd: len(list(Parquet(fd).rows(1, 0, 3)))),
    ],
)
@pytest.mark.parametrize("position", [0, 7])
def test_reading_neither_heeds_nor_moves_the_position(tmp_path, make, read, position):
    with make(tmp_path).open("rb") as file:
        expected = read(file.fileno())
        os.lseek(file.fileno(), position, os.SEEK_SET)
        assert read(file.fileno()) == expected
        assert os.lseek(file.fileno(), 0, os.SEEK_CUR) == position


def test_a_history_is_read_whole_wherever_others_have_read_to(history):
    pack = HistoryPack([(history, open_history(history))])
    try:
        for fd in pack.fds:
            os.lseek(fd, 5, os.SEEK_SET)
        found = Packed(*pack.fds)
        assert sorted(found.hosts()) == sorted(open_history(history).hosts())
        assert all(one.load().body for host in found.hosts() for one in found.observations(host))
        assert [os.lseek(fd, 0, os.SEEK_CUR) for fd in pack.fds] == [5, 5]
    finally:
        pack.close()
