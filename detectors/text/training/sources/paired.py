"""Places where machines wrote on what people had written: essays, news, abstracts, stories.

OUTFOX (pupils' essays), Fast-DetectGPT (news, encyclopaedia, medical answers, stories), Raidar
(abstracts), FLASK and Arena-Hard (answers), creativity_eval (short stories). Where a machine went
on from the first words of a human text, these words are cut off both.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from detectors.evaluation.manifest import Label
from detectors.text.training.passages import Extractor, Passage
from detectors.text.training.sources.published import joined, listed

__all__ = ["EXTRACTORS"]

OUTFOX_FAMILIES = {
    "chatgpt": ("openai", "gpt-3.5-turbo"),
    "text_davinci_003": ("openai", "text-davinci-003"),
    "flan_t5_xxl": ("google", "flan-t5-xxl"),
}
DETECTGPT_KINDS = {"xsum": "news", "squad": "encyclopaedia", "writing": "story", "pubmed": "answer"}
DETECTGPT_FAMILIES = {
    "davinci": "openai",
    "gpt-3.5-turbo": "openai",
    "gpt-4": "openai",
    "gpt2-xl": "openai",
    "gpt-j-6B": "eleuther",
    "gpt-neo-2.7B": "eleuther",
    "gpt-neox-20b": "eleuther",
    "opt-2.7b": "meta",
}
RAIDAR_FAMILIES = {
    "gpt-4-1106-preview": "openai",
    "text-davinci-002": "openai",
    "llama2_7b": "meta",
    "arxiv_GPT": "openai",
}
FLASK_FAMILIES = {
    "alpaca": "meta",
    "bard": "google",
    "chatgpt": "openai",
    "claude": "anthropic",
    "davinci": "openai",
    "gpt4": "openai",
    "llama2": "meta",
    "tulu": "meta",
    "vicuna": "meta",
    "wizardlm": "meta",
}
PREFACE = re.compile(r"^\s*(?:title\s*:[^\n]*\n+)?\s*(?:\**abstract\**\s*:?\s*)?", re.IGNORECASE)
SHORTEST = 60
CODE = re.compile(r"```|\bdef \w+\(|#include|</?\w+>|\$\$|\\begin\{")


def outfox(path: str, data: bytes) -> Iterator[Passage]:
    """Essays of pupils, and essays of three machines on the same questions."""
    parts = PurePosixPath(path).parts
    half = "valid" if "valid" in parts else "test"
    for number, text in enumerate(listed(data)):
        prompt = f"outfox/{half}/{number}"
        if "common" in parts:
            yield Passage(text, Label.HUMAN, "outfox", "essay", "en", prompt, prompt=prompt)
            continue
        family, version = OUTFOX_FAMILIES[parts[-2] if "dipper" in parts else parts[1]]
        attacked = "dipper" in parts or "attacks" in parts[-1]
        kind = "essay disguised" if attacked else "essay"
        yield Passage(text, Label.AI, "outfox", kind, "en", prompt, family, version, prompt)


def detectgpt(path: str, data: bytes) -> Iterator[Passage]:
    """Pairs of a human text and what a machine made of its first words."""
    kind, _, model = PurePosixPath(path).name.removesuffix(".raw_data.json").partition("_")
    pairs = json.loads(data)
    for number, (human, made) in enumerate(zip(pairs["original"], pairs["sampled"], strict=True)):
        shared = _shared(human, made)
        prompt = f"detectgpt/{kind}/{human[:40]}"
        source = f"detectgpt-{kind}"
        yield Passage(
            human[shared:], Label.HUMAN, source, DETECTGPT_KINDS[kind], "en", prompt, prompt=prompt
        )
        yield Passage(
            made[shared:],
            Label.AI,
            source,
            DETECTGPT_KINDS[kind],
            "en",
            f"{prompt}/{number}",
            DETECTGPT_FAMILIES[model],
            model,
            prompt,
        )


def raidar(path: str, data: bytes) -> Iterator[Passage]:
    """Abstracts of arXiv, and those of machines under the same titles."""
    name = PurePosixPath(path).name
    family = next((one for key, one in RAIDAR_FAMILIES.items() if key in name), None)
    for one in json.loads(data):
        text = PREFACE.sub("", str(one["abs"]).strip(), count=1)
        prompt = f"raidar/{one['title']}"
        if "human" in name:
            yield Passage(
                text, Label.HUMAN, "raidar-arxiv", "abstract", "en", prompt, prompt=prompt
            )
        elif family is not None:
            version = name.partition("_arx")[0].partition("_chat")[0]
            yield Passage(
                text, Label.AI, "raidar-arxiv", "abstract", "en", prompt, family, version, prompt
            )


def flask(path: str, data: bytes) -> Iterator[Passage]:
    """Answers of fifteen models of 2023."""
    version = PurePosixPath(path).stem
    family = next((one for key, one in FLASK_FAMILIES.items() if version.startswith(key)), "other")
    for line in data.decode().splitlines():
        one = json.loads(line)
        if _is_prose(one["text"]):
            prompt = f"flask/{one['question_id']}"
            yield Passage(
                one["text"], Label.AI, "flask", "answer", "en", prompt, family, version, prompt
            )


def arena(path: str, data: bytes) -> Iterator[Passage]:
    """Answers to technical questions."""
    version = PurePosixPath(path).stem
    for line in data.decode().splitlines():
        one = json.loads(line)
        for choice in one.get("choices", ())[:1]:
            turns = choice.get("turns") or []
            text = turns[0].get("content", "") if turns else ""
            if isinstance(text, str) and _is_prose(text):
                prompt = f"arena/{one['question_id']}"
                yield Passage(
                    text, Label.AI, "arena-hard", "answer", "en", prompt, "openai", version, prompt
                )


def encyclopaedia(path: str, data: bytes) -> Iterator[Passage]:
    """Articles of an encyclopaedia, and others of the same length by GPT-4."""
    for number, row in enumerate(csv.DictReader(io.StringIO(data.decode("utf-8", "replace")))):
        label = Label.HUMAN if row["Class"].strip() == "0" else Label.AI
        machine = ("openai", "gpt-4") if label is Label.AI else (None, None)
        work = f"d1/{number}"
        yield Passage(row["Text"], label, "gpt4-wiki", "encyclopaedia", "en", work, *machine)


def questions(path: str, data: bytes) -> Iterator[Passage]:
    """Answers of people in a forum, and of a machine to the same questions."""
    for line in data.decode().splitlines():
        one = json.loads(line)
        prompt = f"questions/{one['question'][:80]}"
        for text in one["human_answers"][:1]:
            plain = joined(text)
            yield Passage(plain, Label.HUMAN, "eli5-answers", "answer", "en", prompt, prompt=prompt)
        for text in one["ai_answers"][:1]:
            yield Passage(
                text, Label.AI, "eli5-answers", "answer", "en", prompt, "other", None, prompt
            )


def _is_prose(text: str) -> bool:
    """Long enough, no code, and most of it no list."""
    lines = [one.strip() for one in text.splitlines() if one.strip()]
    listed_ = sum(bool(re.match(r"[-*|]|\d+[.)]", one)) for one in lines)
    return len(text.split()) >= SHORTEST and not CODE.search(text) and 2 * listed_ <= len(lines)


def _shared(one: str, other: str) -> int:
    """How many characters two texts begin with in common, up to the end of a word."""
    length = next(
        (at for at, (a, b) in enumerate(zip(one, other, strict=False)) if a != b),
        min(len(one), len(other)),
    )
    return one.rfind(" ", 0, length) + 1


EXTRACTORS: dict[str, Extractor] = {
    "ryuryukke/OUTFOX": outfox,
    "baoguangsheng/fast-detect-gpt": detectgpt,
    "cvlab-columbia/RaidarLLMDetect": raidar,
    "kaistAI/FLASK": flask,
    "zxzxzx77/Human-and-AI-Generated-Texts": encyclopaedia,
    "vutuongvy101/multilingual-ai-human-text-detection": questions,
    "lmarena/arena-hard-auto": arena,
}
