"""Only sources somebody looked at count."""

from __future__ import annotations

import pytest

from detectors.gathering.verdicts import counted, read_verdicts, write_open
from provenance.errors import ConfigError
from tests.detectors.gathering.making import item

A1, A2, B, C = (
    item(b"a1", "a1", source="a"),
    item(b"a2", "a2", source="a"),
    item(b"b", "b", source="b"),
    item(b"c", "c", source="c"),
)
HEADING = "source,item,verdict,by,on,remark\n"


def verdicts(tmp_path, *lines):
    path = tmp_path / "looked.csv"
    path.write_text(HEADING + "".join(f"{line}\n" for line in lines))
    return read_verdicts(path)


def test_a_source_nobody_looked_at_is_not_counted(tmp_path):
    looked = verdicts(
        tmp_path,
        "a,,keep,anna,2026-11-01,",
        f"a,{A2.sha256[:12]},drop,anna,2026-11-01,a collage",
        "b,,drop,anna,2026-11-01,edited photographs",
        "c,,,,,",
    )
    found = counted([A1, A2, B, C], looked)
    assert found.kept == (A1,)
    assert {one.source: why for one, why in found.dropped[1:]} == {
        "b": "its source was dropped: edited photographs",
        "c": "nobody looked at its source",
    }
    assert found.dropped[0] == (A2, "a collage")


def test_of_two_verdicts_the_later_one_holds(tmp_path):
    looked = verdicts(tmp_path, "a,,keep,anna,2026-11-02,", "a,,drop,ben,2026-11-01,too few")
    assert counted([A1], looked).kept == (A1,)


def test_open_lines_are_written_for_people_and_nothing_they_wrote_is_lost(tmp_path):
    looked = verdicts(tmp_path, "a,,keep,anna,2026-11-02,good")
    path = tmp_path / "next.csv"
    write_open(path, [A1, B, C], looked)
    assert path.read_text() == HEADING + "a,,keep,anna,2026-11-02,good\nb,,,,,\nc,,,,,\n"
    assert read_verdicts(path) == looked


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("a,,keep,,2026-11-02,", "line 2: by"),
        ("a,,keep,anna,soon,", "line 2: on"),
        ("a,,fine,anna,2026-11-02,", "line 2: verdict"),
        ("a,,drop,anna,2026-11-02,", "a remark must say why"),
    ],
)
def test_a_line_that_is_none_is_told(tmp_path, line, says):
    with pytest.raises(ConfigError, match=says):
        verdicts(tmp_path, line)
