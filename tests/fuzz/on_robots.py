"""The target of robots.txt: one agent's word, then its address, then the file, each after a NUL."""

from __future__ import annotations

from tests.fuzz.contract import BrokenContractError
from tests.fuzz.registry import named

MOST_RECORDS = 300
HOST = "https://host.example"


@named("robots_txt", "rights.readers.robots_txt")
def _robots_txt(data: bytes) -> None:
    """What the reader reserves is what the matcher shuts out, in every mode and for anybody."""
    from provenance.rights.agents import resolve
    from provenance.rights.readers.robots_txt import parse
    from provenance.rights.records import Channel
    from provenance.rights.robots import RobotsTxt
    from provenance.rights.surroundings import RightsFile

    head, _, rest = data.partition(b"\0")
    address, _, body = rest.partition(b"\0")
    agent, path = head.decode("utf-8", "replace"), "/" + address.decode("utf-8", "replace")
    resolve(agent)
    for mode in ("google", "rfc9309"):
        robots = RobotsTxt.parse(body, mode=mode)
        rule = robots.rule(agent, path)
        if robots.allowed(agent, path) is not (rule is None or rule.allow):
            raise BrokenContractError("two answers to one question")
        for one in (*robots.others, *robots.stray, *([rule] if rule else [])):
            if not body[slice(*one.span)].strip():
                raise BrokenContractError("a line that is not there")
        robots.rules_of(robots.groups_meant(agent)).decide(path)
    site = parse(RightsFile(Channel.ROBOTS_TXT, f"{HOST}/robots.txt", body))
    for asked in (agent, None, "Googlebot"):
        said = site.about(path, agent=asked, media_type=None)
        if said is not site.about(path, agent=asked, media_type="text/html"):
            raise BrokenContractError("equal answers are not one tuple")
        if len(said) > MOST_RECORDS:
            raise BrokenContractError("records without bounds")
