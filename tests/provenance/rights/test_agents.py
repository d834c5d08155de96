"""Who an agent is: tokens, whole User-Agent headers, and tokens that only control a use."""

from __future__ import annotations

import hashlib
import json
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provenance.rights.agents import PATH, agent_named, controls_of, resolve, table
from provenance.rights.purposes import PURPOSES
from tests.fuzz.contract import calls_of
from tools import make_agents

CHROME = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/137.0.0.0"


@pytest.mark.parametrize(
    ("header", "token"),
    [
        (f"{CHROME}; compatible; GPTBot/1.2; +https://openai.com/gptbot", "GPTBot"),
        ("CCBot/2.0 (https://commoncrawl.org/faq/)", "CCBot"),
        ("Mozilla/5.0 (compatible; ClaudeBot/1.0; +claudebot@anthropic.com)", "ClaudeBot"),
        ("Mozilla/5.0 (compatible; bytespider)", "Bytespider"),
        ("meta-externalagent/1.1 (+https://developers.facebook.com/)", "meta-externalagent"),
        ("Meta-ExternalAgent/1.1", "meta-externalagent"),
        ("Mozilla/5.0 (Applebot/0.1; +http://www.apple.com/go/applebot)", "Applebot"),
        ("Googlebot-Image/1.0", "Googlebot-Image"),
        ("Kangaroo Bot/1.0", "Kangaroo Bot"),
        ("Screaming Frog SEO Spider/21.0", "Screaming Frog SEO Spider"),
        ("MistralAI-User/1.0", "MistralAI-User"),
        ("bedrockbot-0123abcd-4567", "bedrockbot"),
        ("Cursor/1.2", "Cursor"),
        ("gptbot", "GPTBot"),
    ],
)
def test_a_header_says_who_it_is(header, token):
    found = resolve(header)
    assert found is not None
    assert found.token == token


@pytest.mark.parametrize(
    "header",
    [
        "",
        f"{CHROME} Safari/537.36",
        "Mozilla/5.0 (compatible; Sogou web spider/4.0)",  # an ordinary word in the midst
        f"{CHROME} Code/1.9",
        "Mozilla/5.0 (compatible; MyGPTBot/1.0)",
        "Mozilla/5.0 (compatible; GPTBot_2)",
        "Mozilla/5.0 (compatible; x; +https://x.example/GPTBot)",  # an address that names it
        "Mozilla/5.0 (compatible; x; GPTBot@x.example)",
    ],
)
def test_a_header_that_names_nobody(header):
    assert resolve(header) is None


def test_the_longest_token_is_meant():
    longer = resolve("Mozilla/5.0 (compatible; Applebot-Extended/1.0; Applebot)")
    assert longer is agent_named("applebot-extended")
    assert longer is not agent_named("Applebot")


def test_control_tokens_know_whose_harvest_they_are_about():
    google, apple = agent_named("google-extended"), agent_named("Applebot-Extended")
    assert google is not None
    assert apple is not None
    assert google.is_control
    assert set(google.controls) >= {"Googlebot", "Googlebot-Image"}
    assert apple.controls == ("Applebot",)
    assert google in controls_of("googlebot")
    assert controls_of("Applebot") == (apple,)
    assert controls_of("GPTBot") == ()
    for agent in table().agents:
        for fetcher in agent.controls:
            crawler = agent_named(fetcher)
            assert crawler is not None
            assert crawler.operator == agent.operator


def test_purposes_are_words_of_ours():
    by_token = {agent.token: agent for agent in table().agents}
    assert by_token["GPTBot"].purposes == ("train-genai", "train-ai")
    assert by_token["CCBot"].purposes == ("train-genai", "train-ai", "tdm")
    assert by_token["OAI-SearchBot"].purposes == ("ai-input", "ai-index", "search")
    assert by_token["ChatGPT-User"].purposes == ("ai-input",)
    assert by_token["Googlebot"].purposes == ("search",)
    assert not by_token["Googlebot"].is_ai
    assert {one for agent in table().agents for one in agent.purposes} <= set(PURPOSES)


def test_the_table_is_dated_and_in_order():
    assert table().sha256 == hashlib.sha256(PATH.read_bytes()).hexdigest()
    assert table().date == max(source.date for source in table().sources)
    assert [source.name for source in table().sources] == [
        "ai-crawler-robots 1.0.10",
        "ai.robots.txt 738c80d",
    ]
    names = [agent.token.casefold() for agent in table().agents]
    assert names == sorted(set(names))
    assert len(names) == 227


@pytest.mark.data
def test_every_token_of_the_public_list_is_known(data_pack):
    data = (data_pack / "optout/ai_robots_txt/robots.json").read_bytes()
    assert hashlib.sha256(data).hexdigest() == table().sources[1].sha256
    tokens = json.loads(data)
    assert len(tokens) == 166
    assert [token for token in tokens if agent_named(token) is None] == []


def test_the_lists_are_merged_by_what_they_say(tmp_path, monkeypatch, capsys):
    data = {"version": "1", "data_version": "2026-01-02T00:00:00", "license": {"data": "CC0"}}
    crawlers = [{"token": "A-Bot", "operator": "A", "category": "ai-training"}]
    robots = {
        "a-bot": {"operator": "[B](https://b)", "function": "AI Search Crawlers"},
        "C": {"operator": "Unclear at this time.", "function": "AI Assistants"},
        "D": {"operator": "[D](https://d) that does", "function": "Data is sold."},
        "E": {"operator": "E, of F", "function": "Undocumented AI Agents"},
    }
    (tmp_path / "data.json").write_text(json.dumps({**data, "crawlers": crawlers}))
    (tmp_path / "robots.json").write_text(json.dumps(robots))
    monkeypatch.setattr(make_agents, "OUT", tmp_path / "agents.json")
    arguments = [str(tmp_path / "data.json"), str(tmp_path / "robots.json")]
    asked = ["x", *arguments, "--commit", "abc", "--commit-date", "2026-01-01"]
    monkeypatch.setattr("sys.argv", asked)
    make_agents.main()
    written = json.loads((tmp_path / "agents.json").read_text())
    assert written["date"] == "2026-01-02"
    assert [
        (one["token"], one.get("operator"), one["category"], len(one.get("purposes", [])))
        for one in written["agents"]
    ] == [
        ("A-Bot", "A", "ai-training", 2),
        ("C", None, "user-fetch", 1),
        ("D", "D", "dataset", 3),
        ("E", "E", "ai-other", 0),
    ]
    assert "4 agents" in capsys.readouterr().out


@given(st.text(max_size=300), st.sampled_from([one.token for one in table().agents]))
def test_any_header_is_answered(text, token):
    found = resolve(f"{text} (compatible; {token}/1.0)")
    agent = agent_named(token)
    assert agent is not None
    assert agent.word or (found is not None and len(found.token) >= len(token))


@pytest.mark.parametrize(
    "text",
    ["x" * 5_000_000, "GPTBot" * 900_000, "Google-" * 500_000, " " * 3_000_000, "a " * 2_000_000],
)
def test_a_header_of_megabytes_costs_no_more_than_one_of_kilobytes(text):
    assert resolve(text) is None
    assert calls_of(partial(resolve, text + "\n")) < 100
