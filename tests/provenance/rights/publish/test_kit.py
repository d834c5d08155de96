"""What the kit writes is read as it was declared: by our readers, and by others' parsers."""

from __future__ import annotations

import io
import json
from itertools import combinations

import pytest

from provenance.errors import ConfigError
from provenance.evidence import ReservationState
from provenance.rights.agents import table
from provenance.rights.publish import Declaration, kit_files, load_declaration, read_back
from provenance.rights.publish.declaration import EXAMPLE
from provenance.rights.publish.kit import headers_of, left_out
from provenance.rights.purposes import PURPOSES

SITE = "https://www.example.org"


def declared(*reserve, allow=(), **more):
    return Declaration(site=SITE, owner="Example Press", reserve=reserve, allow=allow, **more)


MINING = declared("tdm", allow=("search",), policy=f"{SITE}/rights?a=1&b=%20x")


def text(kit, path):
    return next(one.text for one in kit_files(kit) if one.path == path)


def everything_that_can_be_declared():
    for size in (1, 2, 3):
        for reserve in combinations(PURPOSES, size):
            for allow in ((), ("search",), ("search", "ai-input", "ai-index")):
                try:
                    yield declared(*reserve, allow=allow)
                except ValueError:
                    assert set(allow) & set(reserve)


def named(kit):
    return "+".join((*kit.reserve, "allow", *kit.allow))


@pytest.mark.parametrize("kit", list(everything_that_can_be_declared()), ids=named)
def test_our_readers_understand_what_was_declared_and_no_more(kit):
    files = kit_files(kit)
    understood = read_back(kit, files)
    assert [one for one in understood if not one.is_right] == []
    written = {protocol for one in files for protocol in one.protocols}
    assert written | set(left_out(kit)) >= {"robots.txt", "tdmrep", "rsl", "plus-datamining"}


def test_a_file_that_says_less_is_found_out():
    files = tuple(
        one
        if one.path != "site/.well-known/tdmrep.json"
        else type(one)(
            one.path,
            one.text.replace('"tdm-reservation": 1', '"tdm-reservation": 0'),
            one.protocols,
        )
        for one in kit_files(MINING)
    )
    wrong = [one for one in read_back(MINING, files) if not one.is_right]
    assert [(one.path, one.protocol) for one in wrong] == [
        ("site/.well-known/tdmrep.json", "tdmrep")
    ]


# Two parsers for each that are not ours


AI_TOKENS = ("GPTBot", "CCBot", "ClaudeBot", "Google-Extended", "Applebot-Extended", "Bytespider")


def test_robots_txt_by_googles_matcher_and_by_scrapys():
    import protego
    from jwm.robotstxt.googlebot import RobotsMatcher

    body = text(MINING, "site/robots.txt")
    google, scrapy = RobotsMatcher(), protego.Protego.parse(body)
    for agent in AI_TOKENS:
        assert not google.OneAgentAllowedByRobots(
            body.encode(), agent.encode(), f"{SITE}/a".encode()
        )
        assert not scrapy.can_fetch(f"{SITE}/a", agent)
    for agent in ("Googlebot", "bingbot", "Applebot", "somebody"):
        assert google.OneAgentAllowedByRobots(body.encode(), agent, f"{SITE}/a")


def test_preferences_by_another_parser_of_structured_fields():
    from http_sfv import Dictionary

    parsed = Dictionary()
    parsed.parse(dict(headers_of(MINING))["Content-Usage"].encode())
    assert {key: str(item.value) for key, item in parsed.items()} == {
        "train-ai": "n",
        "search": "y",
    }


def test_tdmrep_json_is_the_array_of_the_specification():
    assert json.loads(text(MINING, "site/.well-known/tdmrep.json")) == [
        {"location": "/", "tdm-reservation": 1, "tdm-policy": MINING.policy}
    ]


def test_xmp_by_pillow_and_by_qpdf():
    import pikepdf
    from PIL import Image

    packet = text(MINING, "works/data-mining.xmp")
    value = "http://ns.useplus.org/ldf/vocab/DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING"
    picture = io.BytesIO()
    Image.new("RGB", (8, 8)).save(picture, "JPEG", xmp=packet.encode())
    picture.seek(0)
    described = Image.open(picture).getxmp()["xmpmeta"]["RDF"]["Description"]
    assert described["DataMining"] == value
    document = pikepdf.new()
    document.Root.Metadata = document.make_stream(packet.encode())
    with document.open_metadata() as metadata:
        assert metadata["{http://ns.useplus.org/ldf/xmp/1.0/}DataMining"] == value


def test_rsl_and_the_page_by_two_parsers_of_markup():
    from html.parser import HTMLParser

    from lxml import etree, html

    root = etree.fromstring(text(MINING, "site/rsl.xml").encode())
    prohibited = root.xpath("//r:prohibits/text()", namespaces={"r": "https://rslstandard.org/rsl"})
    assert prohibited == ["ai-train"]
    page = text(MINING, "page/head.html")
    found = []
    parser = HTMLParser()
    parser.handle_starttag = lambda tag, attributes: found.append((tag, dict(attributes)))
    parser.feed(page)
    assert ("meta", {"name": "tdm-reservation", "content": "1"}) in found
    policy = html.fromstring(page).xpath("//meta[@name='tdm-policy']/@content")
    assert policy == [MINING.policy]


def test_the_c2pa_assertion_is_the_one_that_assay_sign_writes():
    """Which two engines read: tests/provenance/c2pa/test_signing.py."""
    from provenance.c2pa.claim import NO_TRAINING

    assertion = json.loads(text(declared("tdm", "ai-input"), "works/training-mining.json"))
    assert assertion["label"] == "cawg.training-mining"
    names = {key.removeprefix("cawg.") for key in assertion["data"]["entries"]}
    assert names == {str(purpose) for purpose in NO_TRAINING}


# What is declared


def test_agents_that_also_search_are_left_alone():
    body = text(declared("train-ai"), "site/robots.txt")
    named = {line.partition(": ")[2] for line in body.splitlines() if line.startswith("User-agent")}
    by_token = {agent.token: agent for agent in table().agents}
    for token in named - {"*"}:
        assert set(by_token[token].purposes) <= {"train-ai", "train-genai", "ai-input"}
    assert {"GPTBot", "Google-Extended"} <= named
    assert "Googlebot" not in named


def test_the_example_is_a_declaration(tmp_path):
    path = tmp_path / "declaration.toml"
    path.write_text(EXAMPLE)
    assert load_declaration(path).state("train-genai") is ReservationState.RESERVED


@pytest.mark.parametrize(
    ("toml", "told"),
    [
        ('site = "example.org"\nowner = "x"\nreserve = ["tdm"]', "scheme and host"),
        ('site = "https://a.example/b"\nowner = "x"\nreserve = ["tdm"]', "without a path"),
        ('site = "https://a.example"\nowner = "x"\nreserve = []', "reserve"),
        ('site = "https://a.example"\nowner = "x"\nreserve = ["everything"]', "reserve"),
        (
            'site = "https://a.example"\nowner = "x"\nreserve = ["tdm"]\nallow = ["train-ai"]',
            "both",
        ),
        ('site = "https://a.example"\nowner = "x\\nDisallow: /"\nreserve = ["tdm"]', "one line"),
        (
            'site = "https://a.example"\nowner = "x"\nreserve = ["tdm"]\npolicy = "https://a/\\"x"',
            "policy",
        ),
        ('site = "https://a.example"\nowner = "x"\nreserve = ["tdm"]\nwhat = 1', "what"),
        ("site = ", "TOML"),
    ],
)
def test_a_declaration_that_cannot_be_kept_is_refused_and_told(tmp_path, toml, told):
    path = tmp_path / "declaration.toml"
    path.write_text(toml)
    with pytest.raises(ConfigError, match=told):
        load_declaration(path)
