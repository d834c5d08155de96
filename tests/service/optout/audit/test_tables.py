"""Tables as the world writes them: what stands in a column, and what it costs when it lies."""

from __future__ import annotations

import csv
import io

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.optout.audit.rows import Other, Row, span_of
from service.optout.audit.tables import csv_rows

URLS = ["https://a.example/1", "https://a.example/2"]
AT = ("--agent", "GPTBot", "--at", "2024-03-01")
NOON = 1_709_294_400
"""2024-03-01T12:00:00Z."""


def rows_of(data, header=True):
    return list(csv_rows(data, {"url": 0, "at": 1}, ",", header=header))


@pytest.mark.parametrize(
    "column",
    [
        pa.array([url.encode() for url in URLS], pa.binary()),
        pa.array([url.encode() for url in URLS], pa.large_binary()),
        pa.array([url.encode() for url in URLS], pa.binary(19)),
        pa.array(URLS, pa.large_string()),
        pa.array(URLS).dictionary_encode(),
        pa.array([url.encode() for url in URLS]).dictionary_encode(),
    ],
    ids=lambda column: str(column.type).replace(" ", ""),
)
def test_addresses_are_read_however_a_file_stores_text(audit, history, tmp_path, column):
    source = tmp_path / "corpus.parquet"
    pq.write_table(pa.table({"url": column}), source)
    done = audit(source, "--history", history, *AT, status=1)
    assert [one["input"] for one in done.findings] == URLS
    assert done.verdicts == ["violation", "violation"]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([NOON * 10**9 + 123_456_789, None], pa.timestamp("ns")),
        pa.array([NOON * 10**3, None], pa.timestamp("ms", tz="America/New_York")),
        pa.array([NOON, None], pa.int64()),
        pa.array([NOON * 10**3, None], pa.int64()),
        pa.array([float(NOON), float("nan")], pa.float64()),
        pa.array(["2024-03-01T13:00:00+01:00", ""], pa.string()),
    ],
    ids=lambda column: str(column.type).replace(" ", ""),
)
def test_dates_are_read_however_a_file_stores_moments(audit, history, tmp_path, column):
    source = tmp_path / "corpus.parquet"
    pq.write_table(pa.table({"url": URLS, "timestamp": column}), source)
    done = audit(source, "--history", history, "--agent", "GPTBot", status=1)
    assert done.findings[0]["use"]["at"] == "2024-03-01T12:00:00Z"
    assert done.verdicts == ["violation", "undetermined"]
    assert done.findings[1]["undetermined_because"] == "time"
    assert done.coverage["noted"] == {}


@pytest.mark.parametrize(
    "column",
    [
        pa.array([2**60, NOON * 10**3], pa.timestamp("ms")),
        pa.array([2**30, 19_783], pa.date32()),
        pa.array([-(2**62), NOON * 10**9], pa.timestamp("ns")),
    ],
    ids=lambda column: str(column.type).replace(" ", ""),
)
def test_a_date_no_calendar_has_costs_its_own_row(audit, history, tmp_path, column):
    source = tmp_path / "corpus.parquet"
    pq.write_table(pa.table({"url": URLS, "date": column}), source)
    done = audit(source, "--history", history, "--agent", "GPTBot", status=1)
    assert done.verdicts == ["undetermined", "violation"]


def test_a_date_column_of_another_kind_is_noted(audit, history, tmp_path):
    source = tmp_path / "corpus.parquet"
    dates = pa.array([{"year": 2024}, None])
    pq.write_table(pa.table({"url": URLS, "date": dates}), source)
    done = audit(source, "--history", history, "--agent", "GPTBot")
    assert done.verdicts == ["undetermined", "undetermined"]
    assert done.coverage["noted"] == {"bad_date": 1}


def test_text_that_is_no_utf8_costs_the_letters_it_touches(audit, history, tmp_path):
    source = tmp_path / "corpus.parquet"
    bad = pa.StringArray.from_buffers(
        2,
        pa.py_buffer(b"\0\0\0\0\x13\0\0\0\x26\0\0\0"),
        pa.py_buffer(b"https://a.example/\xff" * 2),
    )
    pq.write_table(pa.table({"url": bad}), source)
    done = audit(source, "--history", history, *AT, status=1)
    assert [one["input"] for one in done.findings] == ["https://a.example/\ufffd"] * 2


@pytest.mark.parametrize("column", [pa.array([{"a": 1}, None]), pa.array([1, 2])])
def test_a_column_of_addresses_that_holds_no_text_is_refused(assay, tmp_path, column):
    source = tmp_path / "corpus.parquet"
    pq.write_table(pa.table({"url": column}), source)
    said = assay("optout", "audit", source, "--out", tmp_path / "out", *AT, status=3)
    assert "no column named url that holds text" in said.err


def test_of_two_columns_with_one_name_the_first_counts(audit, history, tmp_path):
    source = tmp_path / "corpus.parquet"
    other = pa.array(["https://b.example/1"] * 2)
    pq.write_table(pa.Table.from_arrays([pa.array(URLS), other], names=["url", "url"]), source)
    done = audit(source, "--history", history, *AT, status=1)
    assert [one["input"] for one in done.findings] == URLS


def test_rows_lost_with_a_damaged_part_are_all_counted(audit, history, tmp_path):
    source = tmp_path / "corpus.parquet"
    urls = [f"https://a.example/{n}" for n in range(3000)]
    pq.write_table(pa.table({"url": urls}), source, row_group_size=1000, compression="none")
    data = bytearray(source.read_bytes())
    at = data.index(b"https://a.example/1500") - 4000
    data[at : at + 8000] = b"\xff" * 8000
    source.write_bytes(data)
    done = audit(source, "--history", history, *AT, status=1)
    assert done.coverage["rows"] == 3000
    assert done.coverage["unreadable"] == {"damaged": 1000}
    assert done.coverage["judged"] == len(done.findings) == 2000


def test_a_quote_that_is_never_closed_costs_its_own_line(audit, history, tmp_path):
    source = tmp_path / "corpus.csv"
    source.write_bytes(
        b'url,text\nhttps://a.example/1,"closed"\nhttps://a.example/2,"open\n'
        b"https://a.example/3,b\nhttps://a.example/4,c\n"
    )
    done = audit(source, "--history", history, *AT, status=1)
    assert [one["input"][-1] for one in done.findings] == ["1", "3", "4"]
    assert done.coverage["unreadable"] == {"damaged": 1}


def test_many_open_quotes_are_not_slow():
    data = b"url,at\n" + b'x,"""\n' * 20_000 + b'y,"'
    found = rows_of(data)
    assert found
    assert any(isinstance(one, Other) for one in found)


def test_empty_lines_before_the_names_are_no_names():
    (row,) = rows_of(b"\r\n\nurl,date\nhttps://a.example/1,2024-03-01\n")
    assert row.url == "https://a.example/1"
    assert row.at is not None


def test_a_table_without_names_is_read_by_what_stands_in_it(audit, history, tmp_path):
    source = tmp_path / "corpus.tsv"
    source.write_text("2024-03-01\thttps://a.example/1\n2024-01-01\thttps://a.example/2\n")
    done = audit(source, "--history", history, "--agent", "GPTBot", status=1)
    assert [one["input"] for one in done.findings] == URLS
    assert done.verdicts == ["violation", "post_hoc"]


def test_a_comma_and_a_year_in_an_address_make_no_table(audit, history, tmp_path):
    source = tmp_path / "urls.txt"
    url = "https://a.example/article/0,1999,3244"
    source.write_text(f"{url}\nhttps://a.example/2\n")
    done = audit(source, "--history", history, *AT, status=1)
    assert [one["input"] for one in done.findings] == [url, "https://a.example/2"]


def test_own_date_and_agent_win_over_what_is_asked(audit, history, tmp_path):
    source = tmp_path / "corpus.csv"
    source.write_text(
        "url,date,user_agent\n"
        "https://a.example/1,2024-03-01,Mozilla/5.0 (compatible; GPTBot/1.2)\n"
        "https://a.example/2,,\n"
    )
    asked = ("--agent", "CCBot", "--at", "2024-01-01")
    done = audit(source, "--history", history, *asked, status=1)
    assert [one["use"]["agent"] for one in done.findings] == ["GPTBot", "CCBot"]
    assert [one["use"]["at"][:10] for one in done.findings] == ["2024-03-01", "2024-01-01"]
    assert done.verdicts == ["violation", "no_reservation_found"]


def test_copies_that_were_made_twice_are_two_uses(audit, history, tmp_path):
    source = tmp_path / "corpus.csv"
    source.write_text("url,date\n" + "https://a.example/1,2024-03-01\n" * 3)
    done = audit(source, "--history", history, "--agent", "GPTBot", status=1)
    assert done.verdicts == ["violation"] * 3
    assert done.coverage["rows"] == 3


@pytest.mark.parametrize(
    ("written", "seconds"),
    [
        ("1709294400", NOON),
        ("1709294400.25", NOON),
        ("1709294400000", NOON),
        ("1709294400000000", NOON),
        ("20240301120000", NOON),
    ],
)
def test_moments_are_counted_or_written(written, seconds):
    span, note = span_of(written)
    assert note is None
    assert int(span.start.timestamp()) == seconds


@pytest.mark.parametrize("written", ["0000", "99999999", "170929440", "9999999999"])
def test_eight_digits_are_a_day_and_more_are_seconds(written):
    span, note = span_of(written)
    assert (span is None) == (note == "bad_date") == (len(written) < 9)


@given(st.binary(max_size=400))
def test_any_bytes_are_rows_or_reasons(data):
    for one in rows_of(data, header=False):
        assert isinstance(one, Row | Other)


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=8))
def test_what_a_csv_writer_wrote_is_read_back(texts):
    text = io.StringIO()
    csv.writer(text).writerows([url, "2024-03-01"] for url in texts)
    found = rows_of(text.getvalue().encode(), header=False)
    whole = [url.replace("\0", "\ufffd").strip() for url in texts]
    assert [one.url for one in found if isinstance(one, Row)] == [url for url in whole if url]
