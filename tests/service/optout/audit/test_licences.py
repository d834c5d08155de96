"""What a claimed licence covers, and that many of them do not make an audit slow."""

from __future__ import annotations

import pytest

from provenance.rights.snapshots import host_of
from service.optout.audit.licences import Licence, Licences


def reference(url, *patterns):
    licences = Licences(tuple(Licence(pattern, pattern) for pattern in patterns))
    return licences.covering(url, host_of(url), "train-genai", None)


@pytest.mark.parametrize(
    ("pattern", "covered", "not_covered"),
    [
        ("https://a.example/x*", "https://A.example:443/x/y", "https://a.example/y"),
        ("https://a.example*", "https://a.example/x", "https://a.example.evil/x"),
        ("https://a.example/x", "https://a.example/x", "https://a.example/x/y"),
        ("a.example", "http://a.example/x", "https://b.a.example/x"),
        ("*.a.example", "https://b.a.example/x", "https://a.example/x"),
    ],
)
def test_what_a_pattern_covers(pattern, covered, not_covered):
    assert reference(covered, pattern) == pattern
    assert reference(not_covered, pattern) is None


def test_only_the_beginnings_of_a_row_s_own_host_are_compared():
    many = tuple(Licence(f"https://h{n}.example/a*", str(n)) for n in range(1000))
    licences = Licences(many)
    assert {len(held) for held in licences._beginnings.values()} == {1}
    covering = licences.covering("https://h7.example/ab", "h7.example", "train-genai", None)
    assert covering == "7"


def test_a_name_no_host_has_is_no_slow_path():
    host = "a." * 100_000 + "example"
    assert (
        Licences((Licence("*.example", "r"),)).covering(
            f"https://{host}/", host, "train-genai", None
        )
        is None
    )
