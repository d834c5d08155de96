"""Folders of dated snapshots: which names are understood, and as what."""

from __future__ import annotations

import datetime as dt

import pytest

from provenance.rights.records import Channel
from provenance.rights.snapshots import SnapshotFolder, host_of


def moment(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("name", "host", "channel", "start", "end"),
    [
        ("a.example_20230831.txt", "a.example", Channel.ROBOTS_TXT, "2023-08-31", "23:59:59"),
        ("A.Example_20230831120000.txt", "a.example", Channel.ROBOTS_TXT, "2023-08-31T12:00", None),
        ("a.example_202308311200.txt", "a.example", Channel.ROBOTS_TXT, "2023-08-31T12:00", None),
        ("a_b.example_20230831.txt", "a_b.example", Channel.ROBOTS_TXT, "2023-08-31", "23:59:59"),
        ("a.example/20230831.txt", "a.example", Channel.ROBOTS_TXT, "2023-08-31", "23:59:59"),
        ("a.example/2023-08-31.txt", "a.example", Channel.ROBOTS_TXT, "2023-08-31", "23:59:59"),
        (
            "a.example/2023-08-31T12-00-00Z.txt",
            "a.example",
            Channel.ROBOTS_TXT,
            "2023-08-31T12:00",
            None,
        ),
        (
            "a.example:8080/20230831.tdmrep.json",
            "a.example:8080",
            Channel.TDMREP_JSON,
            "2023-08-31",
            "23:59:59",
        ),
        ("a.example_20230831.ai.txt", "a.example", Channel.AI_TXT, "2023-08-31", "23:59:59"),
        ("a.example/20230831.rsl.xml", "a.example", Channel.RSL, "2023-08-31", "23:59:59"),
    ],
)
def test_a_name_says_host_document_and_time(tmp_path, name, host, channel, start, end):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"x")
    folder = SnapshotFolder(tmp_path)
    assert list(folder.hosts()) == [host]
    (seen,) = folder.observations(host.upper())
    assert seen.channel is channel
    assert seen.seen.start == moment(start)
    assert seen.seen.end == (moment(f"{start}T{end}") if end else moment(start))
    file = seen.load()
    assert (file.body, file.status, file.channel) == (b"x", 200, channel)
    assert file.url.startswith(f"https://{host}/")


@pytest.mark.parametrize(
    "name", ["robots.txt", "a.example_20231345.txt", "a.example_2023.md", "a.example/notes.txt"]
)
def test_other_files_are_no_observations(tmp_path, name):
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_bytes(b"x")
    folder = SnapshotFolder(tmp_path)
    assert not list(folder.hosts())
    assert folder.ignored == 1


def test_a_snapshot_that_is_gone_is_a_document_that_did_not_answer(tmp_path):
    path = tmp_path / "a.example_20230831.txt"
    path.write_bytes(b"x")
    (seen,) = SnapshotFolder(tmp_path).observations("a.example")
    path.unlink()
    assert seen.load().status is None


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://A.example/x", "a.example"),
        ("http://a.example:80/", "a.example"),
        ("https://a.example:443?q", "a.example"),
        ("https://a.example:8443/", "a.example:8443"),
        ("https://user:pass@a.example/", "a.example"),
        ("https://a.example./", "a.example"),
        ("https://[::1]:8080/", "[::1]:8080"),
        ("https://münchen.example/", "xn--mnchen-3ya.example"),
        ("ftp://a.example/", None),
        ("a.example/x", None),
        ("https:///x", None),
        ("", None),
    ],
)
def test_the_host_of_a_url(url, host):
    assert host_of(url) == host


def test_an_internationalised_host_meets_its_snapshots():
    assert host_of("https://B\u00fccher.example/a") == "xn--bcher-kva.example"
    assert host_of("https://b\u00fccher.example:8443/") == "xn--bcher-kva.example:8443"
    assert host_of("https://" + "\u00fc" * 300 + ".example/") is not None
