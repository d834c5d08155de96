"""The words of model cards, in English and French, from `card.en.toml` and `card.fr.toml`.

They stand in this wing because a card is written by training and evaluation, which know nothing of
the service. A missing text is an error, never another language.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources

from provenance.errors import ConfigError, EngineError

__all__ = ["LANGUAGES", "headings", "word"]

LANGUAGES = ("en", "fr")


def word(lang: str, section: str, code: str, /, **params: str | int | float) -> str:
    """The text of a code, with its parameters put in.

    Raises:
        ConfigError: there is no such language.
        EngineError: there is no such text, or a parameter is missing.
    """
    try:
        return _texts(lang)[section][code].format_map(params)
    except KeyError as fault:
        raise EngineError(f"no text, or no parameter, for {section}.{code} in {lang}") from fault


def headings(lang: str) -> dict[str, str]:
    """What the parts of a card are called, by their names in `card.json`.

    Raises:
        ConfigError: there is no such language.
    """
    return {code: text for code, text in _texts(lang)["card"].items() if "{" not in text}


@cache
def _texts(lang: str) -> dict[str, dict[str, str]]:
    if lang not in LANGUAGES:
        raise ConfigError(f"there is no language {lang!r}", hint=f"Known: {', '.join(LANGUAGES)}.")
    file = resources.files("detectors").joinpath(f"card.{lang}.toml")
    return tomllib.loads(file.read_text(encoding="utf-8"))
