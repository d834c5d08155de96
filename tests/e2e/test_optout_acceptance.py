"""The acceptance checks of opt-outs, through the sandbox and the verdict, on the pack's material.

Numbers are those of the list the pack comes with; it has gaps. Checks 1 and 3 to 5 stand in
`tests/provenance/rights/test_robots.py`, 7 and 28 in `tests/service/optout/audit`.
"""

from __future__ import annotations

import datetime as dt
import json
from urllib.parse import urlsplit

import pytest

from provenance.evidence import Reservation
from provenance.rights.finding import Use
from provenance.rights.records import Channel
from provenance.rights.surroundings import RightsFile, Surroundings
from service.optout.checking import declared
from service.policy import DEFAULT
from service.screening import Input, Screener
from tests.provenance.rights.archives import read

pytestmark = pytest.mark.data

CHANNELS = {
    "/robots.txt": Channel.ROBOTS_TXT,
    "/.well-known/tdmrep.json": Channel.TDMREP_JSON,
    "/rsl.xml": Channel.RSL,
    "/ai.txt": Channel.AI_TXT,
}


@pytest.fixture(scope="module")
def pack(data_pack):
    return data_pack / "optout"


@pytest.fixture(scope="module")
def screener():
    with Screener(policy=DEFAULT.only(["rights"])) as screener:
        yield screener


@pytest.fixture(scope="module")
def archive(pack):
    return read(pack / "warc/scenarios_synthetic.warc.gz")


@pytest.fixture
def asked(screener, archive):
    """What is declared about a URL of the archive for an agent."""

    def asked(url, agent=None, **files):
        _, headers, body = archive[url]
        return looked(screener, body or b"x", url, agent, headers, host_files(archive, url))

    return asked


def host_files(archive, url):
    return tuple(
        RightsFile(CHANNELS[urlsplit(one).path], one, found[2], found[0])
        for one, found in archive.items()
        if urlsplit(one).netloc == urlsplit(url).netloc and urlsplit(one).path in CHANNELS
    )


def looked(screener, body, url, agent=None, headers=(), files=()):
    around = Surroundings(url, tuple(headers), tuple(files), agent)
    report = screener.screen_many([Input(body, urlsplit(url).path, around)])
    return declared(next(report), around)


def states(told, protocol, **kept):
    """What a protocol says, by purpose, of the records that count."""
    found = {}
    for record in told.reservations:
        warned = {warning.partition(":")[0] for warning in record.warnings}
        if record.protocol == protocol and not warned & {"superseded", "site_level"}:
            found |= {purpose: state.value for purpose, state in record.purposes.items()}
    return found


def warnings(told):
    return {w.partition(":")[0] for record in told.reservations for w in record.warnings}


def test_9_a_503_bars_the_crawl_of_which_nothing_is_known_and_a_404_does_not(screener):
    def of(status):
        files = [RightsFile(Channel.ROBOTS_TXT, "https://e.example/robots.txt", b"x", status)]
        return looked(screener, b"x", "https://e.example/a.txt", "GPTBot", files=files)

    down = of(503)
    assert down.rights == "unchecked"
    assert [one.reason for one in down.not_run] == ["fetch_failed"]
    gone = of(404)
    assert gone.rights == "undeclared"
    assert gone.coverage["robots.txt"] == "absent"
    assert gone.not_run == ()


def test_10_usage_preferences_follow_the_longest_path_of_the_group(asked):
    assert states(asked("https://a.example/test"), "aipref")["train-ai"] == "reserved"
    assert "search" not in states(asked("https://a.example/test"), "aipref")
    assert states(asked("https://a.example/ai-ok/test"), "aipref")["train-ai"] == "allowed"
    assert states(asked("https://a.example/never/test", "GPTBot"), "aipref") == {}
    example = asked("https://a.example/never/test", "ExampleBot")
    assert states(example, "aipref")["train-ai"] == "allowed"


def robots(screener, text, path="/x", agent="GPTBot"):
    files = [RightsFile(Channel.ROBOTS_TXT, "https://r.example/robots.txt", text.encode())]
    return looked(screener, b"x", f"https://r.example{path}", agent, files=files)


def test_11_two_preferences_for_one_path_are_the_stricter(screener):
    text = "User-agent: *\nAllow: /\nContent-Usage: train-ai=y\nContent-Usage: train-ai=n\n"
    assert states(robots(screener, text), "aipref")["train-ai"] == "reserved"


def test_13_a_longer_path_replaces_a_shorter_one_whole(screener):
    text = (
        "User-agent: *\nAllow: /\n"
        "Content-Usage: /a train-ai=n\nContent-Usage: /a/b train-ai=y, search=n\n"
    )
    inner = states(robots(screener, text, "/a/b/c"), "aipref")
    assert (inner["train-ai"], inner["search"]) == ("allowed", "reserved")
    outer = states(robots(screener, text, "/a/x"), "aipref")
    assert outer["train-ai"] == "reserved"
    assert "search" not in outer


def test_14_a_signal_is_for_its_group_and_read_for_the_site_as_well(asked):
    ccbot = asked("https://b.example/p1", "CCBot")
    said = states(ccbot, "content-signals")
    assert (said["search"], said["train-ai"]) == ("allowed", "reserved")
    assert any("use=reference" in record.native_value for record in ccbot.reservations)
    assert states(ccbot, "robots.txt") == {}
    gptbot = asked("https://b.example/p1", "GPTBot")
    assert states(gptbot, "robots.txt")["train-genai"] == "reserved"
    assert states(gptbot, "content-signals") == {}
    site_level = [one for one in gptbot.reservations if one.protocol == "content-signals"]
    assert [one.purposes["train-ai"].value for one in site_level] == ["reserved"]


def tdmrep(screener, body, path="/a.html"):
    files = [RightsFile(Channel.TDMREP_JSON, "https://t.example/.well-known/tdmrep.json", body)]
    return looked(screener, b"x", f"https://t.example{path}", None, files=files)


def test_15_real_tdmrep_files_by_form_and_by_meaning(screener, pack):
    valid = malformed = 0
    plain = {}
    for path in sorted((pack / "tdmrep").iterdir()):
        told = tdmrep(screener, path.read_bytes())
        (record,) = [one for one in told.reservations if one.protocol == "tdmrep"]
        valid += record.formal == "valid"
        malformed += record.formal == "malformed"
        plain[path.name.partition("__")[0]] = (record.formal, record.intent)
    assert (valid, malformed) == (7, 3)
    assert plain.pop("YHDP") == ("valid", "allowed")
    assert plain.pop("maiksensi") == ("malformed", "reserved")
    assert plain.pop("cad-polito-it") == ("malformed", "reserved")
    assert plain.pop("OR13") == ("malformed", "allowed")
    assert set(plain.values()) == {("valid", "reserved")}
    named = next((pack / "tdmrep").glob("YHDP*")).read_bytes()
    assert states(tdmrep(screener, named, "/dpa-x.html"), "tdmrep") == {"tdm": "reserved"}


def test_17_the_page_supersedes_its_header(asked):
    told = asked("https://b.example/p2")
    assert states(told, "tdmrep") == {"tdm": "allowed"}
    assert {"intra_protocol_conflict", "superseded"} <= warnings(told)


def bare(screener, path):
    return declared(screener.screen(path), None)


def test_18_tdmrep_inside_books_and_documents(screener, pack):
    made = pack / "assets_synthetic"
    told = bare(screener, made / "tdmrep.pdf")
    assert states(told, "tdmrep") == {"tdm": "reserved"}
    assert "https://publisher.example/policy.json" in told.reservations[0].native_value
    for name, state in (("epub2", "reserved"), ("epub3", "reserved"), ("epub3_zero", "allowed")):
        assert states(bare(screener, made / f"tdmrep_{name}.epub"), "tdmrep") == {"tdm": state}


def test_19_one_licence_is_free_the_other_is_for_sale(screener, pack):
    body = (pack / "rsl/DavidJKTofan__davidtofan__rsl.xml").read_bytes()
    url = "https://davidtofan.com/a"
    licence = RightsFile(Channel.RSL, "https://davidtofan.com/rsl.xml", body)
    lines = (pack / "headers/DavidJKTofan__davidtofan___headers").read_text().splitlines()
    link = next(line.partition(":")[2].strip() for line in lines if "rsl.xml" in line)
    named = RightsFile(
        Channel.ROBOTS_TXT,
        "https://davidtofan.com/robots.txt",
        b"License: https://davidtofan.com/rsl.xml\nUser-agent: *\nAllow: /\n",
    )
    for headers, files in (((), (named, licence)), ((("Link", link),), (licence,))):
        told = looked(screener, b"x", url, None, headers, files)
        said = states(told, "rsl")
        assert (said["search"], said["ai-input"]) == ("allowed", "allowed")
        assert said["train-ai"] == "conditional"
        assert told.rights == "conditional"


def test_21_ai_txt_by_kind_of_file_and_an_older_vocabulary(screener, pack):
    def told(name, url):
        body = next((pack / "ai_txt").glob(f"{name}*")).read_bytes()
        files = [RightsFile(Channel.AI_TXT, "https://i.example/ai.txt", body)]
        return looked(screener, b"\xff\xd8\xff\xe0x", url, None, files=files)

    spawning = told("healsdata", "https://i.example/a.jpg")
    assert states(spawning, "ai.txt")["train-ai"] == "reserved"
    older = told("OR13", "https://i.example/a.jpg")
    assert "legacy_vocab" in warnings(older)
    mapped = [one for one in older.reservations if "legacy_vocab" in str(one.warnings)]
    assert [one.purposes["train-ai"].value for one in mapped] == ["allowed"]
    assert [one.standing for one in mapped] == ["D"]


@pytest.mark.parametrize(
    ("name", "value", "rights"),
    [
        ("X-Robots-Tag", "NoAI", "reserved"),
        ("x-robots-tag", "NOAI", "reserved"),
        ("X-Robots-Tag", "otherbot: noindex, noai", "undeclared"),
        ("X-Robots-Tag", "gptbot: noai", "reserved"),
        ("X-Robots-Tag", "unavailable_after: 25 Jun 2010 15:00:00 PST, noai", "reserved"),
    ],
)
def test_22_headers_in_any_case_and_for_the_agent_they_name(screener, name, value, rights):
    files = [
        RightsFile(channel, f"https://h.example{path}", b"", 404)
        for path, channel in CHANNELS.items()
    ]
    told = looked(screener, b"x", "https://h.example/a.txt", "GPTBot", [(name, value)], files)
    assert told.rights == rights


def test_22_as_they_stand_in_the_archive(asked):
    assert states(asked("https://c.example/i.jpg", "GPTBot"), "robots-directives") == {}
    assert states(asked("https://c.example/j.jpg"), "robots-directives")["train-ai"] == "reserved"


def test_23_meta_robots_in_any_case(asked):
    told = asked("https://c.example/x")
    assert states(told, "robots-directives")["train-ai"] == "reserved"


def test_24_every_value_of_data_mining_in_every_form(screener, pack):
    made = pack / "assets_synthetic"
    expected = json.loads((made / "expected.json").read_text())
    assert len(expected) >= 20
    for name, meaning in expected:
        told = bare(screener, made / name).reservations
        plus = [one for one in told if one.protocol == "plus-datamining"]
        if meaning.startswith("DMI-"):
            assert plus[0].native_value.splitlines()[0].endswith(meaning), name
            assert plus[0].formal == "valid", name
        elif meaning == "none":
            assert told == (), name
        elif "label" in meaning:
            assert plus[0].purposes == {"train-ai": "reserved"}, name
            assert (plus[0].formal, bool(plus[0].warnings)) == ("nonconforming", True)
        else:
            assert told, (name, meaning)


def test_25_assertions_of_manifests_use_by_use(screener, pack):
    made = pack / "assets_synthetic"
    told = bare(screener, made / "cawg_genai_notallowed.jpg")
    assert states(told, "cawg-training-mining") == {
        "train-genai": "reserved",
        "train-nongen": "allowed",
        "tdm": "conditional",
    } | {k: v for k, v in states(told, "cawg-training-mining").items() if k == "ai-input"}
    assert "constraint_info" in told.reservations[0].native_value
    constrained = bare(screener, made / "c2pa_constrained.jpg")
    assert states(constrained, "c2pa-training-mining")["train-genai"] == "reserved"
    sample = bare(screener, pack / "images/datadiligence_sample_c2pa.png")
    said = states(sample, "c2pa-training-mining")
    assert len(said) == 4
    assert set(said.values()) == {"reserved"}
    assert sample.reservations[0].authority == "signed-untrusted"


def test_what_is_found_is_what_a_use_is_judged_by(pack):
    at = dt.datetime(2026, 11, 1, tzinfo=dt.UTC)
    use = Use(agent="GPTBot", purpose="train-genai", at=at)
    with Screener(policy=DEFAULT.only(["rights"]), use=use) as screener:
        report = screener.screen(pack / "assets_synthetic/dmi_genai.png")
    assert report.use is not None
    assert report.use.verdict == "violation"
    assert all(isinstance(one, Reservation) for one in report.use.reservations)
