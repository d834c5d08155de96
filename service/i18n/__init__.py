"""Every sentence Assay shows, by code, in English and French.

The texts are TOML files beside this module: one table per closed set (`[origin]`, `[finding]`),
`[reason]` for the sentences of a verdict, `[ui]` for what renderers need. A text may hold
parameters: `{name}` is put in as it is, `{name:section}` is a code translated by that section,
`{name:percent}` a share from 0 to 1. A missing text is an error, never another language.

The sentences of the papers an audit is asked for stand in catalogues of their own
(`documents.en.toml`), in sections that begin with `document`, and those of the pages of the
service in `pages.en.toml`, in sections that begin with `page`: only who needs them reads them.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping, Sequence
from decimal import Decimal
from functools import cache, lru_cache
from importlib import resources
from typing import Any, Protocol

from provenance.errors import ConfigError, EngineError

__all__ = ["codes", "languages", "placeholders", "sections", "sentence", "translate"]

PERCENT = "percent"
APART = {"document": "documents", "page": "pages"}
"""How the sections of catalogues of their own begin, and the catalogue."""

Texts = Mapping[str, Mapping[str, str]]


class Coded(Protocol):
    """What has a sentence: a reason of a verdict."""

    @property
    def code(self) -> str: ...
    @property
    def params(self) -> Mapping[str, str | int | float]: ...


def languages() -> tuple[str, ...]:
    """Codes of the languages there are (ISO 639-1), English first."""
    return ("en", "fr")


def sections(lang: str = "en") -> tuple[str, ...]:
    """The tables of a language, in file order, those of catalogues of their own last."""
    return (*_texts(lang), *(one for name in APART.values() for one in _texts(lang, name)))


def codes(section: str, lang: str = "en") -> tuple[str, ...]:
    """The codes a section has a text for, in file order; none when there is no such section."""
    return tuple(_catalogue(section, lang).get(section, ()))


def translate(section: str, code: str, lang: str, /, **params: str | int | float) -> str:
    """The text of `code` in `section`, in `lang`, with `params` put in.

    Raises:
        ConfigError: there is no such language.
        EngineError: there is no such text, or a parameter of it is missing.
    """
    given = tuple((name, value, type(value)) for name, value in params.items())
    return _translated(section, code, lang, given)


@lru_cache(maxsize=4096)
def _translated(
    section: str, code: str, lang: str, params: tuple[tuple[str, str | int | float, type], ...]
) -> str:
    """The same few sentences return for a whole catalogue; 1 and 1.0 do not read the same."""
    try:
        text = _catalogue(section, lang)[section][code]
    except KeyError as error:
        raise EngineError(f"no text for {section}.{code} in {lang}.toml") from error
    return _Sentence(lang, f"{section}.{code}").format(
        text, **{name: value for name, value, _ in params}
    )


def sentence(reason: Coded, lang: str) -> str:
    """The sentence of a reason in `lang`."""
    return translate("reason", str(reason.code), lang, **reason.params)


def placeholders(section: str, code: str, lang: str) -> frozenset[tuple[str, str]]:
    """The parameters of a text, each with its format (`("max_fpr", "percent")`)."""
    parsed = string.Formatter().parse(_catalogue(section, lang)[section][code])
    return frozenset((name, spec or "") for _, name, spec, _ in parsed if name is not None)


class _Sentence(string.Formatter):
    """Puts parameters into a text of one language; values are never formats themselves."""

    def __init__(self, lang: str, where: str) -> None:
        self._lang, self._where = lang, where

    def get_value(self, key: int | str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        if key not in kwargs:
            raise EngineError(f"{self._where} in {self._lang}.toml needs the parameter {key!r}")
        return kwargs[str(key)]

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec == PERCENT:
            return translate("ui", "percent", self._lang, number=_number(value, self._lang))
        if format_spec:
            return translate(format_spec, str(value), self._lang)
        return str(value)


def _number(share: float, lang: str) -> str:
    """A share as percent, three significant digits, with the decimal sign of the language."""
    digits = format(Decimal(f"{share * 100:.3g}"), "f")
    return digits.replace(".", translate("ui", "decimal_sign", lang))


def _catalogue(section: str, lang: str) -> Texts:
    begin = section.partition("_")[0]
    return _texts(lang, APART.get(begin, ""))


@cache
def _texts(lang: str, catalogue: str = "") -> Texts:
    if lang not in languages():
        raise ConfigError(
            f"there is no language {lang!r}", hint=f"Known: {', '.join(languages())}."
        )
    name = f"{catalogue}.{lang}.toml" if catalogue else f"{lang}.toml"
    file = resources.files(__name__).joinpath(name)
    return tomllib.loads(file.read_text(encoding="utf-8"))
