"""Make the table of agents (`provenance/rights/agents.json`) from the two public lists.

    python tools/make_agents.py DATA_JSON ROBOTS_JSON --commit HASH --commit-date DATE

DATA_JSON is `ai_crawler_robots/data.json` of the Python package ai-crawler-robots, ROBOTS_JSON is
`robots.json` of github.com/ai-robots-txt/ai.robots.txt at a commit. Both say who an agent is and
what it fetches for; only that is taken, no description. Where both know an agent the first list's
category counts, which has fixed ones. What neither says, and what they get wrong for our purposes,
stands below as data: which tokens only control a use, and whose fetches they control.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
from pathlib import Path
from typing import Any

OUT = Path(__file__).resolve().parent.parent / "provenance" / "rights" / "agents.json"

TRAINING = ["train-genai", "train-ai"]
PURPOSES = {
    "ai-training": TRAINING,
    "dataset": [*TRAINING, "tdm"],
    "ai-search": ["ai-input", "ai-index", "search"],
    "user-fetch": ["ai-input"],
    "search": ["search"],
}
"""What the fetches of a category are for; those of others are for nothing we have a word for."""

CATEGORIES = (
    (r"undocumented", "ai-other"),
    (
        r"training|train |llm|machine.learning|language models|ai model|ai technologies",
        "ai-training",
    ),
    (r"assistant|agents|user prompts|user queries|user-initiated", "user-fetch"),
    (r"search", "ai-search"),
    (r"data provider|data is sold|dataset|imprint", "dataset"),
    (r"scrape", "ai-training"),
)
"""Category by what the second list says an agent is for; the first that is found."""

CONTROLS: dict[str, tuple[list[str], list[str]]] = {
    "Google-Extended": (
        ["Googlebot", "Googlebot-Image", "Googlebot-Video", "Googlebot-News", "GoogleOther"],
        [*TRAINING, "ai-input"],
    ),
    "Applebot-Extended": (["Applebot"], TRAINING),
    "Webzio-Extended": (["omgili", "omgilibot"], TRAINING),
    "YandexAdditional": (["YandexBot"], [*TRAINING, "ai-input"]),
    "YandexAdditionalBot": (["YandexBot"], [*TRAINING, "ai-input"]),
}
"""Tokens that never fetch: whose fetches they are about, and the uses they control.

Only what its operator documents as such. A retired name (`anthropic-ai`, `Claude-Web`) controls
nothing: a site that names it has not named what took its place.
"""

NO_AI = {"Google-Read-Aloud", "YandexCalendar"}
"""Fetchers for a person with no model behind them."""

SAME = {
    "Brightbot 1.0": "Brightbot",
    "iaskspider/2.0": "iaskspider",
    "MistralAI-User/1.0": "MistralAI-User",
    "Terra Cotta": "TerraCotta",
}
"""Names that are another one with a version or a space."""

WORDS = {"Code", "Cursor", "Devin", "LCC", "OpenAI", "Operator", "Spider", "Trae", "UseAI"}
WORDS |= {"newsai", "opencode", "wpbot", "YaK"}
"""Names so plain that they mean an agent only where they stand first."""

OPERATORS = (
    (r"(?i)amazon|amzn|novaact", "Amazon"),
    (r"Applebot", "Apple"),
    (r"Gemini|Google|NotebookLM|CloudVertexBot", "Google"),
    (r"Claude", "Anthropic"),
    (r"ChatGPT|OpenAI|Operator", "OpenAI"),
    (r"(?i)^meta-|^facebook", "Meta"),
    (r"AzureAI", "Microsoft"),
    (r"MistralAI", "Mistral AI"),
    (r"Devin", "Cognition"),
    (r"Apify", "Apify"),
    (r"DuckAssist", "DuckDuckGo"),
    (r"(?i)^exa(search)?bot", "Exa"),
    (r"Tavily", "Tavily"),
    (r"laion", "LAION"),
    (r"(?i)iask", "iAsk"),
    (r"Shap-User", "Parallel"),
)
"""Operators by name, where neither list has one."""


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path, help="data.json of ai-crawler-robots")
    parser.add_argument("robots", type=Path, help="robots.json of ai.robots.txt")
    parser.add_argument("--commit", required=True, help="commit of ai.robots.txt")
    parser.add_argument("--commit-date", required=True, help="its day, as 2026-08-22")
    asked = parser.parse_args()
    data, robots = json.loads(asked.data.read_bytes()), json.loads(asked.robots.read_bytes())
    sources = [
        {
            "name": f"ai-crawler-robots {data['version']}",
            "url": None,
            "licence": f"MIT (data {data['license']['data']})",
            "date": data["data_version"][:10],
            "sha256": hashlib.sha256(asked.data.read_bytes()).hexdigest(),
        },
        {
            "name": f"ai.robots.txt {asked.commit}",
            "url": "https://github.com/ai-robots-txt/ai.robots.txt",
            "licence": "MIT",
            "date": asked.commit_date,
            "sha256": hashlib.sha256(asked.robots.read_bytes()).hexdigest(),
        },
    ]
    agents = sorted(merged(data["crawlers"], robots), key=lambda one: one["token"].casefold())
    date = max(source["date"] for source in sources)
    head = json.dumps({"date": date, "sources": sources}, indent=1)
    lines = ",\n".join(f"  {json.dumps(one)}" for one in agents)
    OUT.write_text(f'{head[:-2]},\n "agents": [\n{lines}\n ]\n}}\n', encoding="utf-8")
    print(f"{len(agents)} agents, {OUT.stat().st_size:,} bytes: {OUT}")


def merged(crawlers: list[dict[str, Any]], robots: dict[str, dict[str, str]]) -> list[Any]:
    """One entry an agent, whatever the case it is written in."""
    found: dict[str, dict[str, Any]] = {}
    for one in crawlers:
        entry = found.setdefault(one["token"].casefold(), {"token": one["token"], "aliases": []})
        entry.setdefault("operator", one["operator"])
        entry.setdefault("category", one["category"])
    for token, one in robots.items():
        name = SAME.get(token, token)
        entry = found.setdefault(name.casefold(), {"token": name, "aliases": []})
        if token.casefold() != entry["token"].casefold():
            entry["aliases"].append(token)
        if "operator" not in entry or entry["operator"] is None:
            entry["operator"] = operator(name, one["operator"])
        if entry.get("category", "ai-other") == "ai-other":
            entry["category"] = category(one["function"])
    return [completed(one) for one in found.values()]


def category(function: str) -> str:
    """Our word for what an agent is for."""
    low = function.lower()
    return next((word for found, word in CATEGORIES if re.search(found, low)), "ai-other")


def operator(token: str, written: str) -> str | None:
    """The name of who runs an agent; None when the list does not know."""
    name = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", written)
    name = re.split(r" that |, |\. |: |/| \(", name)[0].strip()
    if not name or name.startswith(("Unclear", "Unknown", "http", "Anyone", "the Chinese")):
        return next((who for found, who in OPERATORS if re.search(found, token)), None)
    return name


def completed(entry: dict[str, Any]) -> dict[str, Any]:
    """The entry with its purposes and what it controls; what is empty is left out."""
    token = entry["token"]
    fetchers, purposes = CONTROLS.get(token, ([], PURPOSES.get(entry["category"], [])))
    if token in NO_AI:
        purposes = []
    written = {
        "token": token,
        "operator": entry.get("operator"),
        "category": entry["category"],
        "purposes": purposes,
        "controls": fetchers,
        "aliases": sorted(entry["aliases"]),
        "word": token in WORDS,
    }
    return {key: value for key, value in written.items() if value}


if __name__ == "__main__":
    main()
