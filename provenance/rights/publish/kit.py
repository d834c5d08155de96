"""The files of a publisher's kit, from one declaration.

Each protocol is written only where it can say what was declared and no more: one whose words cover
a wider use is left out, and the kit says so. What is written follows the specification of each
protocol as its reader in `provenance.rights.readers` describes it.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from provenance.evidence import Purpose, ReservationState
from provenance.rights.agents import Agent, table
from provenance.rights.publish.declaration import Declaration

__all__ = ["KitFile", "headers_of", "kit_files", "left_out", "named_agents"]

PLUS = "http://ns.useplus.org/ldf/xmp/1.0/"
VOCABULARY = "http://ns.useplus.org/ldf/vocab/"
RSL_TYPE = "application/rsl+xml"
TRAINING: tuple[Purpose, ...] = ("train-ai", "train-genai")
ASSERTION: dict[str, tuple[Purpose, ...]] = {
    "cawg.data_mining": ("tdm",),
    "cawg.ai_inference": ("ai-input",),
    "cawg.ai_training": ("train-nongen",),
    "cawg.ai_generative_training": ("train-genai",),
}
RSL_TOKENS: dict[str, tuple[Purpose, ...]] = {
    "ai-train": ("train-ai", "train-genai"),
    "ai-input": ("ai-input",),
    "ai-index": ("ai-index",),
    "search": ("search",),
}


@dataclass(frozen=True, slots=True)
class KitFile:
    """One file of the kit.

    Attributes:
        path: inside the kit; below `site/` as it is to stand on the host.
        text: its content.
        protocols: what it speaks.
    """

    path: str
    text: str
    protocols: tuple[str, ...]


def kit_files(declared: Declaration) -> tuple[KitFile, ...]:
    """Every file that can say what was declared."""
    files: list[KitFile] = [_robots(declared)]
    files += filter(None, (make(declared) for make in (_tdmrep, _rsl, _page, _xmp, _c2pa)))
    files += _servers(declared)
    return tuple(files)


def left_out(declared: Declaration) -> dict[str, str]:
    """Protocols that would say more than was declared, or nothing, and why."""
    reasons: dict[str, str] = {}
    if not declared.reserves("tdm"):
        reasons["tdmrep"] = "it reserves text and data mining as a whole, which is not reserved"
    if not declared.reserves("train-ai"):
        reasons["robots-directives"] = "noai reserves every training, which is not reserved"
    if not _tokens(declared):
        reasons["robots.txt"] = "no crawler fetches for what is reserved alone"
    if "=n" not in _usage(declared):
        reasons["aipref"] = "it has no word for what is reserved and no more"
    if "=no" not in _signal(declared):
        reasons["content-signals"] = "it has no word for what is reserved and no more"
    if not _dmi(declared):
        reasons["plus-datamining"] = "none of its values says what is reserved and no more"
    if not _prohibited(declared):
        reasons["rsl"] = "it has no word for what is reserved"
    if not _assertion(declared):
        reasons["cawg-training-mining"] = "it has no entry for what is reserved"
    return reasons


# The host


def _robots(declared: Declaration) -> KitFile:
    lines = [
        f"# {declared.owner}: reservations under article 4(3) of Directive (EU) 2019/790.",
        "# Put these lines into the robots.txt of the host; keep rules of your own.",
        "",
    ]
    protocols = []
    if _prohibited(declared):
        lines += [f"License: {declared.site}/rsl.xml", ""]
        protocols.append("rsl")
    lines += ["User-agent: *", "Allow: /"]
    if usage := _usage(declared):
        lines.append(f"Content-Usage: {usage}")
        protocols += ["aipref"] if "=n" in usage else []
    if signal := _signal(declared):
        lines.append(f"Content-Signal: {signal}")
        protocols += ["content-signals"] if "=no" in signal else []
    tokens = _tokens(declared)
    if tokens:
        protocols.append("robots.txt")
        lines += ["", *(f"User-agent: {token}" for token in tokens), "Disallow: /"]
    return KitFile("site/robots.txt", "\n".join(lines) + "\n", tuple(protocols))


def _tokens(declared: Declaration) -> list[str]:
    return [agent.token for agent in named_agents(declared)]


def named_agents(declared: Declaration) -> list[Agent]:
    """The agents that robots.txt names: of which every known purpose is reserved.

    One that trains is named too when it grounds answers besides, as `Google-Extended` does: there
    is no other word for its training. One that searches is left alone.
    """
    return [
        agent
        for agent in table().agents
        if agent.is_ai
        and agent.purposes
        and declared.reserves(*(one for one in agent.purposes if not _beside(agent, one)))
        and agent.token.replace("-", "").replace("_", "").isalpha()  # as RFC 9309 has them
    ]


def _beside(agent: Agent, purpose: Purpose) -> bool:
    return agent.category == "ai-training" and purpose == "ai-input"


def _usage(declared: Declaration) -> str:
    """AIPREF preferences; who reserves its `train-ai` is heard to reserve every training."""
    said = {
        "train-ai": declared.state("train-ai"),
        "search": declared.state("search"),
    }
    return ", ".join(_pairs(said, reserved="n", allowed="y"))


def _signal(declared: Declaration) -> str:
    said = {
        "search": declared.state("search"),
        "ai-input": declared.state("ai-input"),
        "ai-train": declared.state("train-ai"),
    }
    return ", ".join(_pairs(said, reserved="no", allowed="yes"))


def _pairs(
    said: dict[str, ReservationState | None], *, reserved: str, allowed: str
) -> Iterator[str]:
    for word, state in said.items():
        if state is ReservationState.RESERVED:
            yield f"{word}={reserved}"
        elif state is ReservationState.ALLOWED:
            yield f"{word}={allowed}"


def _tdmrep(declared: Declaration) -> KitFile | None:
    if not declared.reserves("tdm"):
        return None
    entry: dict[str, str | int] = {"location": "/", "tdm-reservation": 1}
    if declared.policy:
        entry["tdm-policy"] = declared.policy
    text = json.dumps([entry], indent=2, ensure_ascii=False) + "\n"
    return KitFile("site/.well-known/tdmrep.json", text, ("tdmrep",))


def _rsl(declared: Declaration) -> KitFile | None:
    prohibited = _prohibited(declared)
    if not prohibited:
        return None
    # A list of permits would reserve by silence what was not spoken of: only when all was.
    told = all(declared.state(purpose) for uses in RSL_TOKENS.values() for purpose in uses)
    permitted = [t for t, uses in RSL_TOKENS.items() if declared.allows(*uses)] if told else []
    licence = [*(f'        <permits type="usage">{one}</permits>' for one in permitted)]
    licence += [f'        <prohibits type="usage">{one}</prohibits>' for one in prohibited]
    if declared.contact:
        licence.append(f'        <legal type="contact">{escape(declared.contact)}</legal>')
    text = "\n".join(
        (
            '<?xml version="1.0" encoding="UTF-8"?>',
            '<rsl xmlns="https://rslstandard.org/rsl">',
            f"  <content url={quoteattr(declared.site + '/')}>",
            "    <license>",
            *licence,
            "    </license>",
            *([f"    <terms>{escape(declared.policy)}</terms>"] if declared.policy else []),
            "  </content>",
            "</rsl>",
            "",
        )
    )
    return KitFile("site/rsl.xml", text, ("rsl",))


def _prohibited(declared: Declaration) -> list[str]:
    return [token for token, uses in RSL_TOKENS.items() if declared.reserves(*uses)]


# Answers and pages


def headers_of(declared: Declaration) -> tuple[tuple[str, str], ...]:
    """The response headers, name and value."""
    headers = []
    if declared.reserves("tdm"):
        headers.append(("TDM-Reservation", "1"))
        if declared.policy:
            headers.append(("TDM-Policy", declared.policy))
    if usage := _usage(declared):
        headers.append(("Content-Usage", usage))
    if declared.reserves("train-ai"):
        headers.append(("X-Robots-Tag", "noai, noimageai"))
    if _prohibited(declared):
        target = f"<{declared.site}/rsl.xml>"
        headers.append(("Link", f'{target}; rel="license"; type="{RSL_TYPE}"'))
    return tuple(headers)


def _servers(declared: Declaration) -> Iterator[KitFile]:
    headers = headers_of(declared)
    protocols = _header_protocols(declared)
    if not headers:
        return
    quoted = [(name, value.replace('"', '\\"')) for name, value in headers]
    nginx = "".join(f'add_header {name} "{value}" always;\n' for name, value in quoted)
    apache = "".join(
        f'Header always set {name} "{value.replace("%", "%%")}"\n' for name, value in quoted
    )
    cloudflare = "/*\n" + "".join(f"  {name}: {value}\n" for name, value in headers)
    plain = "".join(f"{name}: {value}\n" for name, value in headers)
    yield KitFile("headers/headers.txt", plain, protocols)
    yield KitFile("headers/nginx.conf", nginx, protocols)
    yield KitFile("headers/apache.htaccess", apache, protocols)
    yield KitFile("headers/_headers", cloudflare, protocols)


def _header_protocols(declared: Declaration) -> tuple[str, ...]:
    names = {
        "TDM-Reservation": "tdmrep",
        "Content-Usage": "aipref",
        "X-Robots-Tag": "robots-directives",
        "Link": "rsl",
    }
    return tuple(
        names[name]
        for name, value in headers_of(declared)
        if name in names and (name != "Content-Usage" or "=n" in value)
    )


def _page(declared: Declaration) -> KitFile | None:
    lines, protocols = [], []
    if declared.reserves("tdm"):
        lines.append('<meta name="tdm-reservation" content="1">')
        if declared.policy:
            lines.append(f'<meta name="tdm-policy" content={quoteattr(declared.policy)}>')
        protocols.append("tdmrep")
    if declared.reserves("train-ai"):
        lines.append('<meta name="robots" content="noai, noimageai">')
        protocols.append("robots-directives")
    if _prohibited(declared):
        href = quoteattr(declared.site + "/rsl.xml")
        lines.append(f'<link rel="license" type="{RSL_TYPE}" href={href}>')
        protocols.append("rsl")
    return KitFile("page/head.html", "\n".join(lines) + "\n", tuple(protocols)) if lines else None


# Inside works


def _xmp(declared: Declaration) -> KitFile | None:
    code = _dmi(declared)
    if code is None:
        return None
    text = (
        '<?xpacket begin="\N{ZERO WIDTH NO-BREAK SPACE}" id="W5M0MpCehiHzreSzNTczkc9d"?>\n'
        '<x:xmpmeta xmlns:x="adobe:ns:meta/">\n'
        '  <rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">\n'
        f'    <rdf:Description rdf:about="" xmlns:plus="{PLUS}">\n'
        f"      <plus:DataMining>{VOCABULARY}{code}</plus:DataMining>\n"
        "    </rdf:Description>\n"
        "  </rdf:RDF>\n"
        "</x:xmpmeta>\n"
        '<?xpacket end="w"?>\n'
    )
    return KitFile("works/data-mining.xmp", text, ("plus-datamining",))


def _dmi(declared: Declaration) -> str | None:
    if declared.reserves("tdm", "search"):
        return "DMI-PROHIBITED"
    if declared.reserves("tdm") and declared.allows("search"):
        return "DMI-PROHIBITED-EXCEPTSEARCHENGINEINDEXING"
    if declared.reserves("train-ai"):
        return "DMI-PROHIBITED-AIMLTRAINING"
    return "DMI-PROHIBITED-GENAIMLTRAINING" if declared.reserves("train-genai") else None


def _c2pa(declared: Declaration) -> KitFile | None:
    entries = _assertion(declared)
    if not entries:
        return None
    assertion = {"label": "cawg.training-mining", "data": {"entries": entries}}
    text = json.dumps(assertion, indent=2) + "\n"
    return KitFile("works/training-mining.json", text, ("cawg-training-mining",))


def _assertion(declared: Declaration) -> dict[str, dict[str, str]]:
    entries: dict[str, dict[str, str]] = {}
    for entry, uses in ASSERTION.items():
        if declared.reserves(*uses):
            entries[entry] = {"use": "notAllowed"}
        elif declared.allows(*uses):
            entries[entry] = {"use": "allowed"}
    return entries if any(one["use"] == "notAllowed" for one in entries.values()) else {}
