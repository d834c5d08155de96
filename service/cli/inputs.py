"""What was meant by the arguments: files, folders, patterns, URLs, standard input.

Everything is looked up before anything runs, so that a misspelt name is a usage error and not half
a result.
"""

from __future__ import annotations

import glob
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from provenance.errors import ConfigError, FetchError, InputError, NotFound
from provenance.limits import DEFAULT
from provenance.rights.surroundings import Surroundings
from provenance.supplied import SUPPLIED_BYTES, Supplied
from service.screening import Failed, Input

__all__ = ["Argument", "is_single", "look_up", "original", "supplied"]

CHUNK = 1 << 20
OK = 200
WHAT_TO_GIVE = (
    "Give a path, a folder (. is the current one), a quoted pattern such as '*.jpg', a URL, or - "
    "for standard input."
)


@dataclass(frozen=True, slots=True)
class Argument:
    """One thing to examine, not opened yet.

    Attributes:
        name: as the report calls it.
        path: where it is; None for standard input and URLs.
    """

    name: str
    path: Path | None = None

    def open(
        self,
        *,
        agent: str | None = None,
        rights: bool = True,
        supplied: Supplied | None = None,
    ) -> Input | Failed:
        """The input behind it; a URL is fetched now, through the guard.

        Args:
            agent: product token of who uses it, or None.
            rights: whether what the host of a URL declares is fetched too.
            supplied: what its supplier declares of it.
        """
        around = Surroundings(agent=agent, supplied=supplied) if agent or supplied else None
        if self.path is not None:
            return Input(self.path, self.name, around)
        try:
            if self.name == "-":
                return Input(_standard_input(), self.name, around)
            fetched = _fetched(self.name, agent, rights=rights)
            if supplied is None:
                return fetched
            met = fetched.around or Surroundings(agent=agent)
            return replace(fetched, around=replace(met, supplied=supplied))
        except (FetchError, InputError) as error:
            return Failed(self.name, error)


def is_single(arguments: Sequence[str]) -> bool:
    """Whether the answer is one object: a single file, URL or standard input."""
    if len(arguments) != 1:
        return False
    one = arguments[0]
    return one == "-" or _is_url(one) or Path(one).is_file()


def look_up(arguments: Sequence[str]) -> list[Argument]:
    """Every input the arguments name, in order; folders and patterns are sorted.

    Raises:
        NotFound: an argument names nothing.
        ConfigError: an argument is empty, or standard input is asked for twice.
    """
    if "" in arguments:
        raise ConfigError("an argument is empty, and names no file", hint=WHAT_TO_GIVE)
    if arguments.count("-") > 1:
        raise ConfigError(
            "- is given more than once, and standard input can be read only once",
            hint="Give - once; save other inputs as files and give their paths.",
        )
    found: list[Argument] = []
    for argument in arguments:
        try:
            found += _look_up(argument)
        except OSError as fault:  # a name too long, a folder on the way that may not be entered
            raise NotFound(f"{argument}: cannot be looked up ({fault.strerror})") from fault
    return found


def original(argument: str) -> Input:
    """The one file that all inputs are compared with.

    Raises:
        NotFound: there is no such file.
        ConfigError: it is something else than a file.
    """
    hint = "Give the path of the file that the inputs were made from."
    path = Path(argument)
    if argument == "-" or _is_url(argument):
        raise ConfigError(f"--against {argument}: not a file; save it as one first", hint=hint)
    if not argument or path.is_dir():
        raise ConfigError(f"--against {argument or '(empty)'}: not one file", hint=hint)
    if not os.path.lexists(path):
        raise NotFound(f"--against {argument}: there is no such file", hint=hint)
    return Input(path, argument)


def supplied(path: Path | None, resource: str | None, *, single: bool) -> Supplied | None:
    """What the supplier of the one input declares.

    Raises:
        ConfigError: it cannot be read, or there is more than one input.
    """
    if path is None:
        if resource is not None:
            raise ConfigError("--resource needs --declared", hint="--declared names the message.")
        return None
    if not single:
        raise ConfigError("--declared is about one file, and more are given")
    try:
        with path.open("rb") as file:
            return Supplied(file.read(SUPPLIED_BYTES + 1), resource)
    except OSError as fault:
        raise ConfigError(f"--declared {path}: cannot be read ({fault.strerror})") from fault


def _look_up(argument: str) -> Iterator[Argument]:
    path = Path(argument)
    if argument == "-" or _is_url(argument):
        yield Argument(argument)
    elif path.is_dir():
        yield from _folder(argument, path)
    elif os.path.lexists(argument):
        yield Argument(argument, path)
    else:
        matches = _matches(argument)
        if not matches:
            raise NotFound(
                f"{argument}: there is no such file, folder or pattern",
                hint=WHAT_TO_GIVE,
            )
        for match in matches:
            if Path(match).is_file():
                yield Argument(match, Path(match))


def _matches(pattern: str) -> list[str]:
    if not glob.has_magic(pattern):
        return []
    return sorted(glob.glob(pattern, recursive=True))  # noqa: PTH207 - Path.glob refuses "/a/*"


def _folder(argument: str, folder: Path) -> Iterator[Argument]:
    """The files below `folder`, sorted by their relative POSIX path.

    Links to folders are not followed. A folder that may not be read stands for what is in it: it
    is opened like a file, and fails like one, so that nothing is passed over in silence.
    """
    found = []

    def unreadable(fault: OSError) -> None:
        found.append(Path(fault.filename))

    for top, _, names in os.walk(folder, onerror=unreadable):
        found += [Path(top, name) for name in names]
    relative = sorted((path.relative_to(folder).as_posix(), path) for path in found)
    for shown, path in relative:
        yield Argument(f"{argument.rstrip('/')}/{shown}", path)


def _is_url(argument: str) -> bool:
    return argument.startswith(("http://", "https://"))


def _standard_input() -> int:
    """A descriptor with everything from standard input, which need not be a file."""
    with tempfile.TemporaryFile() as held:
        size = 0
        while data := sys.stdin.buffer.read(CHUNK):
            size += len(data)
            if size > DEFAULT.fetch_bytes:
                raise InputError(
                    f"standard input is over {DEFAULT.fetch_bytes} bytes",
                    hint="Save it as a file and give its path: files have no such limit.",
                )
            held.write(data)
        held.flush()
        return os.dup(held.fileno())


def _fetched(url: str, agent: str | None, *, rights: bool) -> Input:
    from service.optout.gathering import gather

    gathered = gather(url, agent=agent, host=rights)
    if gathered.status != OK:
        os.close(gathered.fd)
        raise FetchError(
            f"{url}: the server answered {gathered.status}",
            hint="Open the address in a browser to see what it wants.",
        )
    return Input(gathered.fd, url, gathered.around if rights else None)
