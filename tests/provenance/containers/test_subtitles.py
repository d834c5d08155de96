"""What is said in subtitles, and that every place leads back into the file."""

from __future__ import annotations

import html

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.containers.subtitles import text_of_cues

WEBVTT = """WEBVTT - a film

NOTE nobody says
this

STYLE
::cue { color: red }

first
00:01.000 --> 00:02.000 align:start position:10%
<v Ann>Hello <i.loud>there</i> &amp; you,
<00:00:01.500>my friend.

00:00:03.000 --> 01:00:04.000
- Is 1 &lt; 2?
- Yes.
"""
SUBRIP = (
    '1\r\n00:00:01,000 --> 00:00:02,000\r\n{\\an8}<font color="#fff">Good</font> morning,\r\n'
    "everybody.\r\n2\r\n00:00:02,000 --> 00:00:03,000 X1:5\r\n\r\n"
    "3\r\n0:00:03,5 --> 0:00:04,0\r\n1984\r\n\r\n4\r\n00:00:05,000 --> 00:00:06,000\r\n"
)


def origin(spoken, place):
    """Where a character stands in the file, by hand."""
    stretch = max(at for at, start in enumerate(spoken.places) if start <= place)
    return spoken.origins[stretch] + place - spoken.places[stretch]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (WEBVTT, "Hello there & you, my friend.\n- Is 1 < 2?\n- Yes."),
        (SUBRIP, "Good morning, everybody.\n1984"),
        ("WEBVTT\n\nno times, nothing said", ""),
        ("1\n00:00:01,000 --> 00:00:02,000\n<i></i>\n", ""),
        ("", ""),
    ],
)
def test_what_is_said(text, expected):
    assert text_of_cues(text).text == expected


def test_captions_that_roll_up_are_said_once():
    text = (
        "WEBVTT\n\n00:01.000 --> 00:02.000\nso we begin\n\n00:02.000 --> 00:03.000\nso we begin\n"
        "with the first part\n\n00:03.000 --> 00:04.000\nwith the first part\n\n"
        "00:04.000 --> 00:05.000\nNo!\n\n00:05.000 --> 00:06.000\nNo!\n"
    )
    assert text_of_cues(text).text == "so we begin\nwith the first part\nNo!\nNo!"


@pytest.mark.parametrize("text", [WEBVTT, SUBRIP])
def test_every_character_leads_back_to_where_it_stands(text):
    spoken = text_of_cues(text)
    for place, letter in enumerate(spoken.text):
        if letter not in " \n<&":  # what was joined or written otherwise
            assert text[origin(spoken, place)] == letter


WORDS = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1).filter(
    lambda word: "-->" not in word and not word[0].isdecimal() and not word.startswith("-")
)


@given(st.lists(st.lists(WORDS, min_size=1, max_size=3), max_size=5))
def test_what_is_written_is_said(cues):
    """Any words: where they are escaped as WebVTT wants, they come out as they were."""
    marked = [
        [html.escape(word, quote=False).replace("{", "{<b>") for word in words] for words in cues
    ]
    text = "WEBVTT\n\n" + "".join(
        f"00:0{at}.000 --> 00:0{at + 1}.000\n{' '.join(words)}\n\n"
        for at, words in enumerate(marked)
    )
    spoken = text_of_cues(text)
    kept = [" ".join(words) for words in cues]
    expected = [
        one for at, one in enumerate(kept) if at == 0 or " " not in one or one != kept[at - 1]
    ]
    assert spoken.text == "\n".join(expected)
    assert list(spoken.places) == sorted(spoken.places)
    assert all(0 <= one < len(text) for one in spoken.origins)
