"""How the changes that another policy would make are shown: a table, or an object for each report.

For people they are counted first and listed after; the list may be long, so it is kept in a file.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from tempfile import SpooledTemporaryFile
from typing import IO, Any, Protocol, Self

from provenance.limits import MIB
from service.i18n import translate
from service.policy import Policy
from service.rejudging import Lacking
from service.render.visibility import visible
from service.report import line_safe

__all__ = ["SHOWN", "Format", "Judged", "Summary", "Writer", "writer"]

SHOWN = 20
KEPT = MIB

Value = str | int | bool | None
Summary = dict[str, Any]


class Format(StrEnum):
    """How the answer is written."""

    TEXT = "text"
    JSON = "json"
    NDJSON = "ndjson"


@dataclass(frozen=True, slots=True)
class Judged:
    """What became of one entry.

    Attributes:
        asset: name and digest of the work; None when that could not be read.
        before: the verdict of the report; None when there is none.
        after: the verdict by the other policy; None when it takes the file.
        needs_file: why it does.
        error: what is wrong with the entry.
    """

    asset: dict[str, str] | None
    before: Summary | None = None
    after: Summary | None = None
    needs_file: tuple[Lacking, ...] = ()
    error: str | None = None

    @property
    def changed(self) -> tuple[str, ...] | None:
        """The fields that change, None when that is not known.

        What raised an alert before is known only of policies that were given.
        """
        if self.before is None or self.after is None:
            return None
        before, after = self.before, self.after
        return tuple(
            name
            for name in before
            if before[name] != after[name] and not (name == "status" and before[name] is None)
        )

    def document(self) -> dict[str, Any]:
        """As JSON values."""
        document: dict[str, Any] = {
            "asset": self.asset,
            "before": self.before,
            "after": self.after,
            "changed": None if self.changed is None else list(self.changed),
            "needs_file": [reason.value for reason in self.needs_file],
        }
        return document if self.error is None else {**document, "error": self.error}


class Writer(Protocol):
    """Takes what became of each entry, in order."""

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(self, *_: object) -> None:
        """Finish what must be finished."""
        ...

    def write(self, judged: Judged) -> None:
        """Take one."""
        ...


def writer(form: Format, policy: Policy, lang: str, *, every: bool) -> Writer:
    """The writer for a format.

    Args:
        form: of the answer.
        policy: that is tried.
        lang: `en` or `fr`, for people.
        every: whether every change is listed for them, or the first only.
    """
    match form:
        case Format.TEXT:
            return Table(policy, lang, None if every else SHOWN)
        case Format.JSON:
            return Array()
        case Format.NDJSON:
            return Lines()


class Lines:
    """A JSON object a line."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()

    def write(self, judged: Judged) -> None:
        """Write it."""
        sys.stdout.write(_json(judged) + "\n")


class Array:
    """A JSON array, closed whatever happens."""

    def __enter__(self) -> Self:
        self._begun = False
        return self

    def __exit__(self, *_: object) -> None:
        sys.stdout.write("\n]\n" if self._begun else "[]\n")
        sys.stdout.flush()

    def write(self, judged: Judged) -> None:
        """Write it."""
        sys.stdout.write((",\n" if self._begun else "[\n") + _json(judged))
        self._begun = True


def _json(judged: Judged) -> str:
    return line_safe(json.dumps(judged.document(), ensure_ascii=False))


class Table:
    """For people: how many stay, what changes and how often, then which.

    Args:
        policy: that is tried.
        lang: of the sentences.
        shown: changes that are listed; all of them when None.
    """

    def __init__(self, policy: Policy, lang: str, shown: int | None) -> None:
        self._policy = policy
        self._lang = lang
        self._shown = shown
        self._counts: Counter[str] = Counter()
        self._changes: Counter[str] = Counter()
        self._needs: Counter[Lacking] = Counter()

    def __enter__(self) -> Self:
        self._list: IO[str] = SpooledTemporaryFile(KEPT, "w+", encoding="utf-8")
        return self

    def __exit__(self, *fault: object) -> None:
        with self._list:
            if fault[0] is None:
                self._print()

    def write(self, judged: Judged) -> None:
        """Count it, and keep its line when it is one to be listed."""
        self._counts["total"] += 1
        if judged.error is not None:
            self._counts["unusable"] += 1
            return
        if judged.after is None or judged.before is None:
            self._counts["needs_file"] += 1
            self._needs.update(judged.needs_file)
            return
        changes = list(self._told(judged.before, judged.after, judged.changed or ()))
        self._counts["changes" if changes else "stays"] += 1
        self._changes.update(changes)
        if changes and (self._shown is None or self._counts["changes"] <= self._shown):
            name = (judged.asset or {}).get("name", "")
            self._list.write(visible(f"  {name}: {'; '.join(changes)}") + "\n")

    def _told(self, before: Summary, after: Summary, changed: tuple[str, ...]) -> Iterator[str]:
        for field in changed:
            if field == "findings":
                for kind, more, less in (("added", after, before), ("removed", before, after)):
                    for code in more[field]:
                        if code not in less[field]:
                            finding = translate("finding", code, self._lang)
                            yield self._say(f"finding_{kind}", finding=finding)
            else:
                was, now = (self._value(field, one[field]) for one in (before, after))
                yield self._say("change", field=self._say(field), before=was, after=now)

    def _value(self, field: str, value: Value) -> str:
        match field:
            case "review":
                return self._say("yes" if value else "no")
            case "status":
                return self._say(f"status_{value}")
            case "decision":
                return self._say("none") if value is None else self._code("outcome", value)
            case _:
                return self._code(field, value)

    def _code(self, section: str, value: Value) -> str:
        return translate(section, str(value), self._lang)

    def _say(self, code: str, **params: str | int) -> str:
        return translate("dry_run", code, self._lang, **params)

    def _print(self) -> None:
        counts = self._counts
        policy = self._policy
        _line(
            self._say("title", name=policy.name, digest=policy.digest[:16], total=counts["total"])
        )
        for code in ("stays", "changes", "needs_file", "unusable"):
            if counts[code] or code in ("stays", "changes"):
                _line(f"{counts[code]:>9}  {self._say(code)}")
        self._counted("what_changes", self._changes)
        needs = Counter({self._code("needs_file", code): n for code, n in self._needs.items()})
        self._counted("why_file", needs)
        if counts["changes"]:
            _line(f"\n{self._say('which')}")
            self._list.seek(0)
            for line in self._list:
                sys.stdout.write(line)
            if self._shown is not None and counts["changes"] > self._shown:
                _line(f"  {self._say('more', count=counts['changes'] - self._shown)}")
        sys.stdout.flush()

    def _counted(self, title: str, counted: Counter[str]) -> None:
        if counted:
            _line(f"\n{self._say(title)}")
            for text, count in sorted(counted.items(), key=lambda one: (-one[1], one[0])):
                _line(f"{count:>9}  {text}")


def _line(text: str) -> None:
    sys.stdout.write("\n".join(visible(line) for line in text.split("\n")) + "\n")
