"""`assay check --declared FILE`, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

SAMPLES = Path(__file__).parents[3] / "samples"
PROMPT = SAMPLES / "prompt_in_metadata.png"
TWO = """<NewReleaseMessage><ResourceList>
<Image><ResourceReference>A1</ResourceReference><ContainsAI>None</ContainsAI></Image>
<Image><ResourceReference>A2</ResourceReference><ContainsAI>All</ContainsAI></Image>
</ResourceList></NewReleaseMessage>"""


@pytest.fixture
def message(tmp_path):
    (tmp_path / "ern.xml").write_text(TWO)
    return "ern.xml"


def test_a_delivery_that_denies_what_the_file_says_is_a_finding(assay, message):
    arguments = ("check", PROMPT, "--declared", message, "--resource", "A1", "--format", "json")
    verdict = json.loads(assay(*arguments, status=1).out)["verdict"]
    assert verdict["findings"] == ["fully_synthetic", "undeclared_ai"]
    assert verdict["review"]


def test_one_that_declares_ai_is_a_declaration(assay, message):
    plain = SAMPLES / "untouched.jpg"
    arguments = ("--declared", message, "--resource", "A2", "--format", "json")
    verdict = json.loads(assay("check", plain, *arguments, status=1).out)["verdict"]
    assert (verdict["origin"], verdict["basis"]) == ("ai_declared", "declared")


def test_without_a_resource_it_says_which_there_are(assay, message):
    said = assay("check", SAMPLES / "untouched.jpg", "--declared", message, "--format", "json")
    report = json.loads(said.out)
    (unread,) = [one for one in report["evidence"] if one["source"] == "supplied-ddex"]
    assert unread["detail"].endswith("by its ResourceReference or ISRC: A1, A2")
    assert "supplied_not_matched" in [one["code"] for one in report["verdict"]["reasons"]]


def test_one_that_cannot_be_read_is_a_fault(assay, tmp_path):
    (tmp_path / "broken.xml").write_text("<NewReleaseMessage>")
    said = assay("check", SAMPLES / "untouched.jpg", "--declared", "broken.xml", status=3)
    assert "supplied-ddex" in said.out


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--resource", "A1"), "--resource needs --declared"),
        (("--declared", "nowhere.xml"), "nowhere.xml: cannot be read"),
        ((SAMPLES / "untouched.jpg", "--declared", "ern.xml"), "is about one file"),
    ],
)
def test_what_cannot_be_meant_is_wrong_usage(assay, message, arguments, said):
    assert said in assay("check", PROMPT, *arguments, status=2).err


def test_the_words_are_there_in_french(assay, message):
    arguments = ("--declared", message, "--resource", "A1", "--lang", "fr")
    said = " ".join(assay("check", PROMPT, *arguments, status=1).out.split())
    assert "alors que les métadonnées du fichier indiquent un recours à l\u2019IA" in said
