"""A manifest is read as it was written, and says where it is wrong."""

from __future__ import annotations

import json

import pytest

from detectors.gathering.items import Label, read_items, write_items
from provenance.errors import ConfigError, InputError
from tests.detectors.gathering.making import item

ONE = item(b"one", "a/one.TXT", licence="CC0-1.0")
TWO = item(b"two", "two.mp3", source="suno-v4", label=Label.AI, family="suno", version="v4")


def test_what_is_written_is_read_whatever_its_order(tmp_path):
    first, second = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    write_items(first, [ONE, TWO])
    write_items(second, [TWO, ONE])
    assert first.read_bytes() == second.read_bytes()
    assert set(read_items(first)) == {ONE, TWO}


def test_a_file_is_named_by_its_digest_and_nothing_a_stranger_chose():
    assert ONE.name == f"human/people/{ONE.sha256[:24]}.txt"
    odd = item(b"x", "a/b.t$(x)t")
    assert odd.name == f"human/people/{odd.sha256[:24]}"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"path": "../x"}, "without .."),
        ({"path": "/etc/passwd"}, "without .."),
        ({"path": "-x"}, "without .."),
        ({"source": "../x"}, "letters, digits"),
        ({"sha256": "12"}, "sha256"),
        ({"label": "robot"}, "label"),
        ({"known_by": ""}, "known_by"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_a_line_that_is_none_is_told_with_its_number(tmp_path, change, says):
    path = tmp_path / "set.jsonl"
    broken = json.dumps(json.loads(ONE.model_dump_json()) | change)
    path.write_text(f"{TWO.model_dump_json()}\n\n{broken}\n")
    with pytest.raises(ConfigError, match=f"line 3.*{says}"):
        read_items(path)


def test_the_same_bytes_stand_there_once(tmp_path):
    path = tmp_path / "set.jsonl"
    path.write_text(f"{ONE.model_dump_json()}\n" * 2)
    with pytest.raises(ConfigError, match="line 2: the same bytes"):
        read_items(path)
    with pytest.raises(InputError):
        read_items(tmp_path / "none")
