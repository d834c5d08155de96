"""However an audit is run, and wherever it is stopped, it comes to the same bytes."""

from __future__ import annotations

import fcntl
import json

import pytest

from provenance.errors import ConfigError
from service.optout.audit import inputs
from tests.service.optout.audit.stopping import Stopped, audited, stop_after

FILES = ("findings.ndjson", "findings.csv", "findings.parquet")
ROWS = 600
AT = ("--agent", "GPTBot", "--at", "2024-03-01")


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    monkeypatch.setattr(inputs, "TEXT_BYTES", 4096)
    source = tmp_path / "corpus.csv"
    rows = (f"https://{'abc'[n % 3]}.example/{n},2024-0{n % 3 + 1}-01\n" for n in range(ROWS))
    source.write_text("url,date\n" + "".join(rows))
    return source


@pytest.fixture
def run(corpus, history, tmp_path):
    def run(out, **how):
        audited(corpus, history, tmp_path / out, **{"workers": 1} | how)
        return {name: (tmp_path / out / name).read_bytes() for name in FILES}

    return run


def test_rows_keep_their_order_whatever_the_number_of_workers(run):
    one, three = run("one"), run("three", workers=3)
    assert one == three
    inputs_seen = [json.loads(line)["input"] for line in one["findings.ndjson"].splitlines()]
    assert [int(url.rsplit("/", 1)[1]) for url in inputs_seen] == list(range(ROWS))


def test_an_audit_may_be_stopped_behind_any_stretch(run, tmp_path):
    steps = []
    whole = run("whole", shown=steps.extend)
    assert len(steps) > 4
    for count in range(1, len(steps)):
        out = f"stopped-{count}"
        with pytest.raises(Stopped):
            run(out, shown=stop_after(count))
        for name in FILES[:2]:  # what was under way when it was killed
            with (tmp_path / out / name).open("ab") as file:
                file.write(b"\xff" * count)
        assert run(out, resume=True) == whole


def test_one_that_is_stopped_at_every_stretch_ends_all_the_same(run):
    whole = run("whole")
    for attempt in range(50):
        try:
            done = run("stopped", resume=attempt > 0, shown=stop_after(1))
        except Stopped:
            continue
        break
    else:
        pytest.fail("it never ended")
    assert attempt > 4
    assert done == whole


def test_files_of_others_are_never_written_over(assay, history, tmp_path):
    out = tmp_path / "out"
    out.mkdir()
    source = out / "findings.csv"
    source.write_text("url\nhttps://a.example/1\n")
    said = assay("optout", "audit", source, "--history", history, "--out", out, *AT, status=2)
    assert "which is of no audit" in said.err
    assert source.read_text() == "url\nhttps://a.example/1\n"
    page = out / "index.html"
    source.rename(tmp_path / "urls.csv")
    page.write_text("somebody's page")
    source = tmp_path / "urls.csv"
    assay("optout", "audit", source, "--history", history, "--out", out, *AT, status=2)
    assert page.read_text() == "somebody's page"


def test_what_could_not_begin_is_no_audit_yet(assay, history, tmp_path):
    broken, good = tmp_path / "broken.parquet", tmp_path / "urls.txt"
    broken.write_bytes(b"PAR1 and no more")
    good.write_text("https://a.example/1\n")
    rest = ("--history", history, "--out", tmp_path / "out", *AT)
    assay("optout", "audit", broken, *rest, status=3)
    assay("optout", "audit", good, *rest, status=1)


def test_only_one_audit_writes_to_a_folder(run, tmp_path):
    with pytest.raises(Stopped):
        run("out", shown=stop_after(1))
    with (tmp_path / "out" / ".audit" / "lock").open("ab") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(ConfigError, match="another audit is writing"):
            run("out", resume=True)
    run("out", resume=True)


def test_a_document_of_the_history_that_cannot_be_read_is_told(audit, history, tmp_path):
    (history / "c.example_20240301.txt").symlink_to(tmp_path / "gone")
    source = tmp_path / "urls.txt"
    source.write_text("https://c.example/1\n")
    done = audit(source, "--history", history, *AT, status=3)
    assert done.findings[0]["undetermined_because"] == "fetch"
    assert done.coverage["history"][0]["unreadable"] == 1


def test_nothing_that_was_given_can_break_what_is_written(audit, history, tmp_path):
    source = tmp_path / "urls-\udcff\u202e.txt"
    source.write_text("https://a.example/1\n")
    options = ("--actor", "a\udcff\u2028b", "--research", "\udcff", "--history", history)
    done = audit(source, *options, *AT)
    assert done.verdicts == ["exempt_claimed"]
    assert "\u202e" not in (done.folder / "index.html").read_text(encoding="utf-8")


def test_a_seed_chooses_other_rows(audit, history, tmp_path):
    source = tmp_path / "urls.txt"
    source.write_text("".join(f"https://b.example/{n}\n" for n in range(1000)))
    taken = [
        [one["input"] for one in audit(source, *options, out=tmp_path / str(n)).findings]
        for n, options in enumerate(
            [("--history", history, *AT, "--sample", 50, "--seed", seed) for seed in "aab"]
        )
    ]
    assert taken[0] == taken[1] != taken[2]


def test_a_seed_alone_is_wrong_usage(assay, tmp_path):
    source = tmp_path / "urls.txt"
    source.write_text("https://b.example/\n")
    assay("optout", "audit", source, "--out", tmp_path / "out", "--seed", "x", status=2)
    assert not (tmp_path / "out").exists()


def test_an_interrupt_tells_how_to_go_on(assay, history, tmp_path, monkeypatch):
    def interrupted(shares):
        next(shares)
        raise KeyboardInterrupt

    monkeypatch.setattr(inputs, "TEXT_BYTES", 4096)
    monkeypatch.setattr("service.cli.optout.auditing._with_bar", interrupted)
    source = tmp_path / "urls.txt"
    source.write_text("".join(f"https://a.example/{n}\n" for n in range(2000)))
    rest = (source, "--history", history, "--out", tmp_path / "out", *AT)
    said = assay("optout", "audit", *rest, status=130)
    assert "--resume" in said.err
    monkeypatch.undo()
    assay("optout", "audit", *rest, "--resume", status=1)
    with (tmp_path / "out" / "findings.ndjson").open("rb") as file:
        assert sum(1 for _ in file) == 2000


def test_hosts_with_disputable_uses_only_follow_those_with_violations(audit, history, tmp_path):
    signal = b"User-agent: *\nContent-Signal: ai-train=no\nAllow: /\n"
    (history / "c.example_20240301.txt").write_bytes(signal)
    source = tmp_path / "urls.txt"
    source.write_text("".join(f"https://{host}.example/{n}\n" for n in range(3) for host in "bcca"))
    done = audit(source, "--history", history, *AT, status=1)
    assert [one["host"] for one in done.coverage["violating_hosts"]] == ["a.example", "c.example"]
