"""Who is asked about, however the agent is named."""

from __future__ import annotations

import pytest

from provenance.errors import ConfigError
from service.optout.asking import agent_token, purpose_of


@pytest.mark.parametrize(
    ("given", "token"),
    [
        (None, None),
        ("GPTBot", "GPTBot"),
        ("gptbot", "GPTBot"),
        ("Mozilla/5.0 AppleWebKit/537.36; compatible; GPTBot/1.2; +https://openai.com", "GPTBot"),
        ("FooBot", "FooBot"),
        ("FooBot/1.0", "FooBot"),
        ("FooBot/1.0 (+https://foo.example)", "FooBot"),
        ("Mozilla/5.0 (compatible; FooBot/1.0; +https://foo.example)", "FooBot"),
    ],
)
def test_an_agent_is_compared_by_its_product_token(given, token):
    assert agent_token(given) == token


@pytest.mark.parametrize(
    "given", ["", "008", "Mozilla/5.0 (X11; Linux x86_64) Gecko/20100101", "*"]
)
def test_who_has_no_token_is_refused(given):
    with pytest.raises(ConfigError, match="token"):
        agent_token(given)


def test_the_purpose_is_the_agents_unless_it_trains():
    assert purpose_of(None, "OAI-SearchBot", "train-genai") == "ai-input"
    assert purpose_of(None, "GPTBot", "train-genai") == "train-genai"
    assert purpose_of("tdm", "GPTBot", "train-genai") == "tdm"
    with pytest.raises(ConfigError, match="purpose"):
        purpose_of("all", None, "train-genai")
