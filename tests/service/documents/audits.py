"""A finished audit to write papers from: made from the records, never by hand.

Twelve uses of works on five hosts: two undisputed violations, disputed ones of several sorts, a
later reservation, a licence, the research exception, silence, and what could not be judged.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections import Counter

from provenance.evidence import ReservationState
from provenance.rights.finding import Because, Finding, Looked, Use, Verdict
from provenance.rights.purposes import state_for
from provenance.rights.records import Authority, Channel, Formal, reservation
from provenance.rights.standing import Grade, Standing
from service.optout.audit.summary import (
    AuditSummary,
    Edition,
    HistorySource,
    HostFigures,
    InputSource,
    ProtocolFigures,
)

FINISHED = dt.datetime(2026, 11, 3, 16, 20, 5, tzinfo=dt.UTC)
SEEN = dt.datetime(2025, 5, 2, 6, 0, tzinfo=dt.UTC)
USED = dt.datetime(2025, 6, 14, 9, 30, tzinfo=dt.UTC)

TABLE = Standing(
    dt.date(2026, 11, 1),
    "5d" * 32,
    {
        name: (Grade(dt.date(2021, 6, 7), grade, "as of these tests"),)
        for name, grade in (
            ("robots.txt", "A"),
            ("aipref", "B"),
            ("tdmrep", "B"),
            ("cawg-training-mining", "B"),
            ("rsl", "C"),
            ("mandate", "C"),
            ("natural-language", "D"),
        )
    },
)
"""A table of protocols that stays as it is, whatever becomes of the shipped one."""

ROBOTS = b"User-agent: GPTBot\nDisallow: /\n\nUser-agent: *\nAllow: /\n"
TDMREP = b'[{"location": "/", "tdm-reservation": 1, "tdm-policy": "https://presse.example/tdm"}]\n'
TERMS = "Toute fouille de textes et de données est réservée (art. L. 122-5-3, III, CPI).".encode()

RESERVED, ALLOWED = ReservationState.RESERVED, ReservationState.ALLOWED
COVERAGE = {channel.value: Looked.NOT_LOOKED for channel in Channel} | {
    "robots.txt": Looked.READ,
    "tdmrep.json": Looked.READ,
    "headers": Looked.ABSENT,
    "page": Looked.READ,
}


def robots(host, *, observed_at=SEEN, warnings=(), state=RESERVED):
    return reservation(
        source="robots_txt",
        protocol="robots.txt",
        channel=Channel.ROBOTS_TXT,
        scope="path:/",
        purposes={"train-genai": state, "train-ai": state, "tdm": state},
        native_value="User-agent: GPTBot / Disallow: /",
        location=f"https://{host}/robots.txt",
        body=ROBOTS,
        agent="GPTBot",
        authority=Authority.ORIGIN_CONTROLLED,
        observed_at=observed_at,
        warnings=warnings,
    )


def tdmrep(host, *, formal=Formal.VALID, body=TDMREP, observed_at=SEEN):
    return reservation(
        source="tdmrep",
        protocol="tdmrep",
        channel=Channel.TDMREP_JSON,
        scope="path:/",
        purposes={"tdm": RESERVED},
        native_value='"tdm-reservation": 1',
        location=f"https://{host}/.well-known/tdmrep.json",
        body=body,
        formal=formal,
        authority=Authority.ORIGIN_CONTROLLED,
        observed_at=observed_at,
    )


def words(host):
    return reservation(
        source="natural_language",
        protocol="natural-language",
        channel=Channel.TERMS,
        scope="origin",
        purposes={"tdm": RESERVED},
        native_value=TERMS.decode(),
        location=f"https://{host}/mentions-legales",
        body=TERMS,
        authority=Authority.ORIGIN_CONTROLLED,
        observed_at=SEEN,
        warnings=("contested: in words",),
    )


def mandate(title):
    return reservation(
        source="mandate",
        protocol="mandate",
        channel=Channel.REGISTRY,
        scope="work",
        purposes={"tdm": RESERVED},
        native_value=f"title={title}",
        location="catalogue.csv",
        body=title.encode(),
        authority=Authority.RIGHTSHOLDER,
        observed_at=SEEN,
        warnings=("similar_match: title and author only",),
    )


def finding(name, verdict, *, reservations=(), at=USED, agent="GPTBot", path=(), **more):
    return Finding(
        input=name,
        use=Use(actor="Modèles Réunis SA", agent=agent, purpose="train-genai", at=at),
        verdict=verdict,
        rule_path=(*path, f"verdict: {verdict}"),
        reservations=reservations,
        bounds=(SEEN, FINISHED) if reservations else None,
        coverage=COVERAGE,
        **more,
    )


def findings():
    presse, blog, images = "presse.example", "blog.example", "images.example"
    later = robots(blog, observed_at=dt.datetime(2026, 1, 9, tzinfo=dt.UTC))
    return [
        finding(
            f"https://{presse}/2025/article-1",
            Verdict.VIOLATION,
            reservations=(robots(presse), tdmrep(presse)),
            path=("protocol: robots.txt reserved",),
        ),
        finding(
            f"https://{presse}/2025/article-2?édition=spéciale",
            Verdict.VIOLATION,
            reservations=(robots(presse), tdmrep(presse)),
            at=dt.datetime(2025, 7, 1, tzinfo=dt.UTC),
        ),
        finding(
            f"https://{blog}/notes/1",
            Verdict.VIOLATION_CONTESTED,
            reservations=(tdmrep(blog, formal=Formal.MALFORMED, body=b'{"tdm-reservation": 1}'),),
            contested=("form_malformed",),
        ),
        finding(
            f"https://{blog}/mentions",
            Verdict.VIOLATION_CONTESTED,
            reservations=(words(blog),),
            contested=("contested",),
        ),
        finding(
            "La Chanson du quai (fichier 0192.mp3)",
            Verdict.VIOLATION_CONTESTED,
            reservations=(mandate("La Chanson du quai"),),
            contested=("similar_match",),
        ),
        finding(f"https://{blog}/notes/2", Verdict.POST_HOC, reservations=(later,)),
        finding(
            f"https://{images}/a.jpg",
            Verdict.LICENSED,
            reservations=(robots(images),),
            path=("licence_claimed: contrat 2024-118, Images SARL",),
        ),
        finding(
            f"https://{images}/b.jpg",
            Verdict.EXEMPT_CLAIMED,
            reservations=(robots(images),),
            path=("research_claimed: laboratoire, article 3",),
        ),
        finding(
            "https://libre.example/c.html",
            Verdict.COMPLIANT,
            reservations=(robots("libre.example", state=ALLOWED),),
        ),
        finding("https://muet.example/d.html", Verdict.NO_RESERVATION_FOUND),
        finding(
            "https://muet.example/e.html",
            Verdict.UNDETERMINED,
            undetermined_because=Because.TIME,
            at=None,
            agent=None,
        ),
        finding(
            "https://muet.example/f.html",
            Verdict.UNDETERMINED,
            undetermined_because=Because.FETCH,
        ),
    ]


def summary_of(rows, digest, **changes):
    """The figures of some findings, as an audit writes them."""
    hosts = Counter()
    verdicts, because, contested, months = Counter(), Counter(), Counter(), {}
    channels = {channel.value: Counter() for channel in Channel}
    protocols: dict[str, ProtocolFigures] = {}
    for one in rows:
        host = one.input.split("/")[2] if "//" in one.input else "files"
        hosts[host] += 1
        verdicts[one.verdict] += 1
        if one.undetermined_because:
            because[one.undetermined_because] += 1
        contested.update(one.contested)
        if one.use.at:
            months.setdefault(one.use.at.strftime("%Y-%m"), Counter())[one.verdict] += 1
        for channel, looked in one.coverage.items():
            channels[channel][looked] += 1
        for record in one.reservations:
            _protocol(protocols, record, one)
    figures = {
        "assay": "0.1.0",
        "started_at": FINISHED - dt.timedelta(minutes=4),
        "finished_at": FINISHED,
        "input": InputSource(
            name="corpus-2025.parquet", kind="parquet", sha256="1f" * 32, bytes=48_120
        ),
        "history": (
            HistorySource(
                name="instantanés/",
                kind="folder",
                hosts=5,
                observations=41,
                first=dt.datetime(2024, 11, 2, tzinfo=dt.UTC),
                last=dt.datetime(2026, 2, 1, tzinfo=dt.UTC),
            ),
        ),
        "agents": Edition(date=dt.date(2026, 11, 1), sha256="ab" * 32),
        "standing": Edition(date=TABLE.date, sha256=TABLE.sha256),
        "purpose": "train-genai",
        "agent": "GPTBot",
        "actor": "Modèles Réunis SA",
        "claims": ("contrat 2024-118, Images SARL", "laboratoire, article 3"),
        "rows": len(rows) + 1,
        "judged": len(rows),
        "unreadable": {"no_url": 1},
        "verdicts": dict(verdicts),
        "undetermined_because": dict(because),
        "contested": dict(contested),
        "channels": {name: dict(counts) for name, counts in channels.items()},
        "protocols": tuple(protocols.values()),
        "media": {"text": max(0, len(rows) - 4), "image": min(2, len(rows))},
        "months": {month: dict(counts) for month, counts in sorted(months.items())},
        "agents_seen": {"GPTBot": len(rows)},
        "hosts": len(hosts),
        "observed_hosts": max(0, len(hosts) - 1),
        "top_hosts": tuple(
            HostFigures(
                host=host, rows=count, bytes=count * 8_020, observed=host != "files", verdicts={}
            )
            for host, count in hosts.most_common(1000)
        ),
        "findings_sha256": digest,
    }
    return AuditSummary(**(figures | changes))


def _protocol(protocols, record, one):
    state = state_for(record.purposes, one.use.purpose)
    known = protocols.get(record.protocol)
    states = Counter(known.states if known else {})
    states[state] += 1
    protocols[record.protocol] = ProtocolFigures(
        protocol=record.protocol,
        standing=TABLE.of(record.protocol),
        states=dict(states),
        decided=(known.decided if known else 0) + (one.verdict is Verdict.VIOLATION),
        first_seen=min(filter(None, [known and known.first_seen, record.observed_at])),
    )


def written(folder, rows=None, **changes):
    """The folder of an audit with these findings; `changes` are made to its summary."""
    rows = findings() if rows is None else rows
    folder.mkdir(parents=True, exist_ok=True)
    lines = "".join(one.to_json() + "\n" for one in rows).encode()
    (folder / "findings.ndjson").write_bytes(lines)
    summary = summary_of(rows, hashlib.sha256(lines).hexdigest(), **changes)
    (folder / "coverage.json").write_text(summary.to_json(), "utf-8")
    return folder


NOTICE = {
    "name": "Société des auteurs du quai",
    "email": "droits@quai.example",
    "urls": ["https://presse.example/2025/article-1", "https://hub.example/jeu/partie-7"],
    "reasons": "Ces fichiers reproduisent sans autorisation le texte intégral de nos articles, et "
    "le jeu de données les met à la disposition du public.\nAucune exception ne les couvre.",
    "right": "Droits de reproduction et de communication au public sur « Chroniques du quai ».",
    "ownership": "Contrats de cession de 2019 et de 2022, dépôt légal du 4 mars 2022.",
    "good_faith": True,
}


def toml(tables):
    """A details file of these tables; JSON strings and lists are TOML too."""
    lines = []
    for name, values in tables.items():
        if not values:
            continue
        lines.append(f"[{name}]")
        lines += [
            f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()
        ]
    return "\n".join(lines) + "\n"
