"""robots.txt as a reservation: may this agent fetch this, and which AI agents may not.

Follows RFC 9309 as Google's matcher reads it (`provenance.rights.robots`). Two questions, never
mixed. Of an agent that is asked about: whether it may fetch the path; a control token
(Google-Extended) is heard along with the crawlers it is about. Of nobody in particular: every AI
agent the file names and shuts out is evidence of a reservation for what that agent fetches for,
marked `agent_scoped`; shutting out everyone is one statement to everyone.

What a group evidently means is told also where the standard hears nothing (a token with a digit,
several names on one line, invisible characters, UTF-16), as `nonconforming` or `malformed`: such a
group can reserve and never permit. A host that does not answer reserves nothing here and leaves
`not_run`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from provenance.evidence import NotRun, NotRunReason, Purpose, Reservation, ReservationState
from provenance.limits import DEFAULT
from provenance.rights.agents import Agent, agent_named, controls_of, table
from provenance.rights.patterns import escaped
from provenance.rights.purposes import PURPOSES
from provenance.rights.records import Authority, Channel, Formal, not_looked, reservation
from provenance.rights.robots import Flaw, Group, RobotsTxt, Rule, Rules

if TYPE_CHECKING:
    from provenance.asset import Asset
    from provenance.rights.surroundings import RightsFile

__all__ = ["SOURCE", "RobotsTxtFile", "RobotsTxtReader", "parse"]

SOURCE = "robots_txt"
PROTOCOL = "robots.txt"

RESERVED, ALLOWED = ReservationState.RESERVED, ReservationState.ALLOWED

EVERYONE = "*"
EVERYWHERE = frozenset({"/", "/*", "*"})
"""Patterns of the whole host."""

MOST_KEPT = 20_000
"""Records kept for later questions; a file can be written to have more different answers."""

MOST_SHOWN = 20
"""User agents of a group that are shown."""

MOST_QUESTIONS = 256
"""Agents whose question is kept ready."""

SENTENCES = {
    Flaw.BOM: "bom: the file begins with a byte order mark",
    Flaw.UTF16: "utf16: the file is UTF-16; by the standard it holds no rule",
    Flaw.NUL: "nul: a line was read up to its NUL",
    Flaw.TRUNCATED: "truncated: what is beyond 500 KiB was not read",
    Flaw.LONG_LINE: "long_line: a line was read up to 16,663 bytes",
}
"""Told with every statement of the file; a misspelt rule is told with that rule."""

TYPO = "typo: the line is misspelt, and understood as Google's parser does"
AGENT_SCOPED = "agent_scoped: it names agents, and says nothing to others"
UNSEEN = "encoding: invisible characters stand where the standard has none"
UNNAMEABLE = "unnameable_agent: the group names {} in a way the standard does not hear"

Records = tuple[Reservation | NotRun, ...]


class RobotsTxtReader:
    """Reads what the host's robots.txt says. See `provenance.protocols.RightsReader`."""

    source = SOURCE
    media = frozenset({"*"})

    @property
    def version(self) -> str:
        """Version of the reader, and date of the table of agents."""
        return f"1, agents of {table().date}"

    def read(self, asset: Asset) -> Iterator[Reservation | NotRun]:
        """What the robots.txt of its host says of the agent, or of AI agents, at its address."""
        around = asset.around
        for file in around.file(Channel.ROBOTS_TXT) if around else ():
            if around is not None and file.is_there:
                said = parse(file)
                yield from said.about(around.path, agent=around.agent, media_type=asset.media_type)
            elif not file.is_absent:
                yield not_looked(SOURCE, NotRunReason.FETCH_FAILED, f"{file.url} did not answer")


def parse(file: RightsFile) -> RobotsTxtFile:
    """Read a host's robots.txt; nothing in it is an error."""
    return RobotsTxtFile(file)


@dataclass(frozen=True, slots=True)
class _Clause:
    """One thing to ask the file: the rules of some groups, and what follows for whom.

    Attributes:
        agents: tokens and purposes the answer is recorded for; a token of None is everyone.
        groups: that hold.
        rules: of these groups.
        meant: whether they only evidently mean the agent.
        permits: whether being let in is recorded too.
        warnings: told with every record.
        otherwise: asked only where this clause shuts nobody out.
    """

    agents: tuple[tuple[str | None, tuple[Purpose, ...]], ...]
    groups: tuple[Group, ...]
    rules: Rules
    meant: bool = False
    permits: bool = False
    warnings: tuple[str, ...] = ()
    otherwise: tuple[_Clause, ...] = ()


@dataclass(slots=True)
class _Answers:
    """What was answered to one question, by the lines that decided."""

    clauses: tuple[_Clause, ...]
    said: dict[tuple[int, ...], Records] = field(default_factory=dict)


class RobotsTxtFile:
    """A robots.txt, asked about many addresses. See `SiteDeclaration`."""

    def __init__(self, file: RightsFile) -> None:
        self._file = file
        body = file.body if file.is_there else b""
        written = RobotsTxt.parse(body)
        self._malformed = Flaw.UTF16 in written.flaws
        self._robots = written.plain
        self._seen = self._robots.seen
        flaws = written.flaws | self._robots.flaws
        if self._malformed:
            flaws -= {Flaw.NUL, Flaw.BOM}
        self._flaws = tuple(text for flaw, text in SENTENCES.items() if flaw in flaws)
        self._answers: dict[str | None, _Answers] = {}
        self._kept = 0

    def about(self, path: str, *, agent: str | None, media_type: str | None) -> Records:
        """What it says about one address; equal answers are one and the same tuple."""
        answers = self._answers.get(agent)
        if answers is None:
            answers = self._asked(agent)
        if not (path.isascii() and "%" not in path):
            path = escaped(path.encode("utf-8", "surrogatepass"))
        key: list[int] = []
        _decide(answers.clauses, path, key)
        said = answers.said.get(tuple(key))
        if said is None:
            said = tuple(self._records(answers.clauses, iter(key)))
            self._keep(answers, tuple(key), said)
        return said

    # Asking

    def _asked(self, agent: str | None) -> _Answers:
        if len(self._answers) >= MOST_QUESTIONS:
            self._answers.clear()
        clauses = self._about_ai() if agent is None else self._about_agent(agent)
        self._answers[agent] = _Answers(tuple(clauses))
        return self._answers[agent]

    def _about_agent(self, agent: str) -> Iterator[_Clause]:
        """The agent itself; where it is let in, what is said of using what it brings home."""
        known = agent_named(agent)
        token = known.token if known else agent
        purposes = known.purposes if known and known.is_control else PURPOSES
        controls = tuple(
            clause
            for control in (controls_of(token) if not (known and known.is_control) else ())
            for clause in self._clauses(
                control.token,
                control.purposes,
                control.purposes,
                (f"control_token: {control.token} is about what {token} fetched",),
            )
        )
        yield from self._clauses(token, purposes, known.purposes if known else (), (), controls)

    def _clauses(
        self,
        token: str,
        reserves: tuple[Purpose, ...],
        permits: tuple[Purpose, ...],
        warnings: tuple[str, ...],
        otherwise: tuple[_Clause, ...] = (),
    ) -> Iterator[_Clause]:
        """The groups that hold for a token, and those that only mean it."""
        robots = self._robots
        if meant := robots.groups_meant(token):
            marks = (*warnings, UNNAMEABLE.format(token))
            rules = robots.rules_of(meant)
            yield _Clause(((token, reserves),), meant, rules, meant=True, warnings=marks)
        groups = robots.groups_for(token)
        yield _Clause(
            ((token, reserves),),
            groups,
            robots.rules_of(groups),
            permits=bool(permits) and robots.names(token),
            warnings=warnings,
            otherwise=(*otherwise, *self._as_seen(token, reserves, warnings)),
        )

    def _as_seen(
        self, token: str, reserves: tuple[Purpose, ...], warnings: tuple[str, ...]
    ) -> Iterator[_Clause]:
        """The groups that hold for a token in the eyes of a person, where they are others."""
        if self._seen is self._robots:
            return
        groups = self._seen.groups_for(token)
        rules = self._seen.rules_of(groups)
        told = None if token == EVERYONE else token
        yield _Clause(((told, reserves),), groups, rules, meant=True, warnings=(*warnings, UNSEEN))

    def _all_as_seen(self, agents: Iterable[Agent]) -> Iterator[_Clause]:
        for one in agents:
            yield from self._as_seen(one.token, one.purposes, (AGENT_SCOPED,))

    def _about_ai(self) -> Iterator[_Clause]:
        """Every AI agent that is named, those of the same groups together; then everyone."""
        together: dict[tuple[bool, tuple[int, ...]], list[Agent]] = {}
        unseen: list[Agent] = []
        for one in table().agents:
            if not one.is_ai or not one.purposes:
                continue
            meant = self._robots.groups_meant(one.token)
            groups = meant or self._robots.groups_for(one.token)
            if meant or self._robots.names(one.token):
                key = (bool(meant), tuple(group.number for group in groups))
                together.setdefault(key, []).append(one)
            elif self._seen is not self._robots and self._seen.names(one.token):
                unseen.append(one)
        for (unnameable, numbers), agents in together.items():
            marks = [AGENT_SCOPED]
            if unnameable:
                marks.append(UNNAMEABLE.format(agents[0].token))
            groups = tuple(self._robots.groups[number] for number in numbers)
            yield _Clause(
                tuple((one.token, one.purposes) for one in agents),
                groups,
                self._robots.rules_of(groups),
                meant=unnameable,
                warnings=tuple(marks),
                otherwise=tuple(self._all_as_seen(agents)),
            )
        yield from self._all_as_seen(unseen)
        everyone = self._robots.groups_for(EVERYONE)
        rules = self._robots.rules_of(everyone)
        otherwise = tuple(self._as_seen(EVERYONE, PURPOSES, ()))
        yield _Clause(((None, PURPOSES),), everyone, rules, otherwise=otherwise)

    # Recording

    def _records(self, clauses: Iterable[_Clause], key: Iterator[int]) -> Iterator[Reservation]:
        for clause in clauses:
            place = next(key)
            if place < 0:
                yield from self._shut_out(clause, clause.rules.at(-place - 1))
                continue
            if clause.permits and (place or _is_open(clause.groups)):
                rule = clause.rules.at(place - 1) if place else None
                yield from self._let_in(clause, rule)
            yield from self._records(clause.otherwise, key)

    def _shut_out(self, clause: _Clause, rule: Rule) -> Iterator[Reservation]:
        (token, purposes), *others = clause.agents
        record = self._record(clause, rule, dict.fromkeys(purposes, RESERVED), token)
        yield record
        for token, purposes in others:
            reserved = dict.fromkeys(purposes, RESERVED)
            ordered = {name: reserved[name] for name in PURPOSES if name in reserved}
            yield record.model_copy(update={"agent": token, "purposes": ordered})

    def _let_in(self, clause: _Clause, rule: Rule | None) -> Iterator[Reservation]:
        """A group that names an agent and lets it in permits what it fetches for, no more.

        It does so by a rule, or by rules that shut out nothing at all. One that shuts out other
        paths and is silent on this one permits nothing in so many words, nor does one that has no
        rule (a delay, a `Noindex`).
        """
        if self._malformed:
            return
        for token, _ in clause.agents:
            known = agent_named(token) if token else None
            if known:
                states = dict.fromkeys(known.purposes, ALLOWED)
                yield self._record(clause, rule, states, token)

    def _record(
        self,
        clause: _Clause,
        rule: Rule | None,
        purposes: dict[Purpose, ReservationState],
        agent: str | None,
    ) -> Reservation:
        group = _holding(clause.groups, rule)
        typo = group.typo or (rule is not None and rule.typo)
        formal = Formal.NONCONFORMING if typo or clause.meant else Formal.VALID
        warnings = (*clause.warnings, *self._flaws, *((TYPO,) if typo else ()))
        span = rule.span if rule is not None else group.span
        return reservation(
            source=SOURCE,
            protocol=PROTOCOL,
            channel=Channel.ROBOTS_TXT,
            scope=_scope(rule),
            purposes=purposes,
            native_value=self._native(group, rule),
            location=self._file.url,
            body=self._file.body,
            span=None if self._malformed else span,
            formal=Formal.MALFORMED if self._malformed else formal,
            authority=Authority.ORIGIN_CONTROLLED,
            agent=agent,
            observed_at=self._file.observed_at,
            warnings=warnings,
        )

    def _native(self, group: Group, rule: Rule | None) -> str:
        """The user agents of the group, and the line of the rule as it stands."""
        lines = [f"User-agent: {name}" for name in group.agents[:MOST_SHOWN]]
        if len(group.agents) > MOST_SHOWN:
            lines.append(f"# and {len(group.agents) - MOST_SHOWN} more")
        if rule is not None:
            written = self._robots.body[rule.span[0] : rule.span[1]]
            lines.append(written.decode("utf-8", "replace").strip())
        return "\n".join(lines)

    def _keep(self, answers: _Answers, key: tuple[int, ...], said: Records) -> None:
        self._kept += 1 + len(said)
        if self._kept > MOST_KEPT:
            for one in self._answers.values():
                one.said.clear()
            self._kept = 1 + len(said)
        answers.said[key] = said


def _decide(clauses: Iterable[_Clause], path: str, key: list[int]) -> None:
    """Which rule decided each clause: its place from 1, negative where it shuts out; 0: none."""
    for clause in clauses:
        found = clause.rules.decide(path)
        place = 0 if found is None else (found[1] + 1 if found[0] else -found[1] - 1)
        key.append(place)
        if clause.otherwise and place >= 0:
            _decide(clause.otherwise, path, key)


def _is_open(groups: tuple[Group, ...]) -> bool:
    rules = [rule for group in groups for rule in group.rules]
    return bool(rules) and not any(rule.pattern and not rule.allow for rule in rules)


def _holding(groups: tuple[Group, ...], rule: Rule | None) -> Group:
    """The group a rule stands in; the first one where no rule decided."""
    if rule is None:
        return groups[0]
    return next(group for group in reversed(groups) if group.span[0] < rule.span[0])


def _scope(rule: Rule | None) -> str:
    if rule is None or rule.pattern in EVERYWHERE:
        return "origin"
    return f"path:{rule.pattern[: DEFAULT.value_bytes]}"
