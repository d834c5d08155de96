"""What a manifest says, in words: what was done and with what, when, and C2PA's reading of it."""

from __future__ import annotations

from provenance.credentials import Claim, ClaimAction
from service.i18n import codes
from service.render.cards import SHORT, Facts
from service.render.identities import identity_line
from service.render.wording import Words, one_line, quotable

__all__ = ["claim_facts", "claim_lines"]

MOST_ACTIONS = 12


def claim_facts(claim: Claim, facts: Facts) -> None:
    """What the active manifest says, as facts of its card."""
    words = facts.words
    for line in _actions(claim, words):
        facts.say("done", line)
    if claim.dated is not None and claim.dated.by != "trusted_time_stamp":
        facts.say("dated", _dated(claim, words))
    facts.say("signals", ", ".join(_signals(claim, words)))
    if claim.gathered:
        facts.quote("gathered", ", ".join(claim.gathered))
    facts.quote("soft_bindings", ", ".join(claim.soft_bindings))
    facts.quote("redactions", ", ".join(claim.redactions))
    for identity in claim.identities:
        facts.say("identity", identity_line(identity, words))


def claim_lines(claim: Claim, words: Words) -> tuple[str, ...]:
    """The same for an ingredient, a line each."""
    lines = [*_actions(claim, words)]
    if dated := _dated(claim, words):
        lines.append(words.labelled(words.ui("dated"), dated))
    if signals := _signals(claim, words):
        lines.append(words.labelled(words.ui("signals"), ", ".join(signals)))
    lines += [
        words.labelled(words.ui("identity"), identity_line(identity, words))
        for identity in claim.identities
    ]
    return tuple(one_line(line, SHORT) for line in lines)


def _actions(claim: Claim, words: Words) -> list[str]:
    shown = [_action(one, words) for one in claim.actions[:MOST_ACTIONS]]
    left = len(claim.actions) - len(shown)
    if claim.actions_cut:
        shown.append(words.ui("more_actions_cut"))
    elif left > 0:
        shown.append(words.ui("more_actions", n=left))
    return shown


def _action(action: ClaimAction, words: Words) -> str:
    name = action.action.removeprefix("c2pa.").replace(".", "_").lower()
    known = action.action.startswith("c2pa.") and name in codes("action")
    parts = [words.of("action", name) if known else quotable(action.action)]
    if action.digital_source_type:
        parts.append(quotable(action.digital_source_type))
    if action.software_agent:
        parts.append(words.ui("with_agent", agent=quotable(action.software_agent)))
    if action.when is not None:
        parts.append(words.ui("stated_time", when=words.moment(action.when)))
    if action.created is False:
        parts.append(words.ui("passed_on"))
    return ", ".join(parts)


def _signals(claim: Claim, words: Words) -> list[str]:
    return [f"{words.known('signal', one)} ({one})" for one in claim.signals]


def _dated(claim: Claim, words: Words) -> str | None:
    if claim.dated is None:
        return None
    when = words.moment(claim.dated.at)
    return f"{when}, {words.of('dated_by', claim.dated.by)}"
