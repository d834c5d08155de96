"""Books and pages that a named machine wrote, as those say who put them up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from detectors.evaluation.manifest import Label
from detectors.text.training.passages import Extractor, Passage
from detectors.text.training.sources.published import body, without_tags

__all__ = ["EXTRACTORS"]

SECTION = re.compile(r"\\(?:section|subsection)\*?\{[^}]*\}")
LATEX_BLOCK = re.compile(
    r"\\begin\{(figure|table|equation|align|algorithm|lstlisting|itemize|enumerate)\*?\}.*?"
    r"\\end\{\1\*?\}",
    re.DOTALL,
)
LATEX = re.compile(r"\\[a-zA-Z]+\*?(?:\[[^\]]*\])?(?:\{[^{}]*\})?|(?<!\\)%[^\n]*|\$[^$]*\$|[~{}]")
FILECONTENTS = re.compile(r"\\begin\{filecontents\}.*?\\end\{filecontents\}", re.DOTALL)


def novel(path: str, data: bytes) -> Iterator[Passage]:
    """A fantasy novel of 2026."""
    yield _page(
        path, data, "autonovel", "story", "anthropic", "claude-sonnet-4-6", work="autonovel"
    )


def essay(path: str, data: bytes) -> Iterator[Passage]:
    """A book of popular science."""
    yield _page(path, data, "agentic-book", "popular", "anthropic", "claude-opus-4", "agentic")


def blog(path: str, data: bytes) -> Iterator[Passage]:
    """A blog on software of 2025 and 2026."""
    yield _page(path, data, "jangwook", "blog", "anthropic", "claude-code")


def books(path: str, data: bytes) -> Iterator[Passage]:
    """Books written overnight by agents."""
    book = PurePosixPath(path).parts[0]
    yield _page(path, data, "overnight-books", "popular", "google", "gemma4-31b", book)


def responses(path: str, data: bytes) -> Iterator[Passage]:
    """Six voices of one model on articles of the press."""
    yield _page(path, data, "ayenia", "essay", "openai", "gpt-4o")


def papers(path: str, data: bytes) -> Iterator[Passage]:
    """Papers that an automatic scientist wrote."""
    text = FILECONTENTS.sub("", data.decode("utf-8", "replace"))
    text = text.partition("\\begin{abstract}")[2].partition("\\bibliography")[0]
    text = LATEX.sub("", SECTION.sub("\n\n", LATEX_BLOCK.sub("\n\n", text)))
    work = PurePosixPath(path).parts[1]
    yield Passage(
        text, Label.AI, "ai-scientist", "scientific", "en", work, "anthropic", "claude-3.5-sonnet"
    )


def stories(path: str, data: bytes) -> Iterator[Passage]:
    """Short stories of three machines on plots of printed ones."""
    families = {"GPT3.5": "openai", "GPT4": "openai", "Claude": "anthropic"}
    for one in json.loads(data):
        version = str(one.get("story_id", "")).rpartition("_")[2]
        text = one.get("content") or one.get("story") or ""
        if version in families and not text.startswith("http"):
            work = str(one["story_id"])
            yield Passage(
                text, Label.AI, "creativity-eval", "story", "en", work, families[version], version
            )


def articles(path: str, data: bytes) -> Iterator[Passage]:
    """Articles of a French site that a bot fills."""
    for one in json.loads(data):
        text = without_tags(re.sub(r"</(?:p|h\d|li)>", "\n\n", one.get("content") or ""))
        work = f"viraia/{one['slug']}"
        yield Passage(text, Label.AI, "viraia", "blog", "fr", work, "unknown")


def _page(
    path: str, data: bytes, source: str, kind: str, family: str, version: str, work: str = ""
) -> Passage:
    text = body(data.decode("utf-8", "replace"))
    return Passage(text, Label.AI, source, kind, "en", work or f"{source}/{path}", family, version)


EXTRACTORS: dict[str, Extractor] = {
    "NousResearch/autonovel": novel,
    "JayDoubleu/agentic-book": essay,
    "kimjangwook/www.jangwook.net": blog,
    "SakanaAI/AI-Scientist": papers,
    "prof-lijar/ai-generated-books": books,
    "handlinpiano/aletheia-ai-blog": responses,
    "pjbreizh56bzh/ia-viral-site2": articles,
    "salesforce/creativity_eval": stories,
}
