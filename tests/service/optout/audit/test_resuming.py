"""An audit that was stopped goes on, and comes to the same; a finished one is not made again."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time

import pytest

from provenance.errors import ConfigError
from service.optout.audit import inputs
from tests.service.optout.audit.stopping import Stopped, audited, stop_after

FILES = ("findings.ndjson", "findings.csv")
TIMES = ("started_at", "finished_at")


@pytest.fixture
def corpus(tmp_path, monkeypatch):
    monkeypatch.setattr(inputs, "TEXT_BYTES", 4096)
    source = tmp_path / "corpus.csv"
    rows = (f"https://{'abc'[n % 3]}.example/{n},2024-03-01\n" for n in range(3000))
    source.write_text("url,date\n" + "".join(rows))
    return source


@pytest.fixture
def run(corpus, history, tmp_path):
    def run(out="out", **how):
        return audited(corpus, history, tmp_path / out, **how)

    return run


def figures(folder):
    coverage = json.loads((folder / "coverage.json").read_text(encoding="utf-8"))
    return {key: value for key, value in coverage.items() if key not in TIMES}


def test_what_was_stopped_goes_on_and_comes_to_the_same(run, tmp_path):
    run("whole")
    with pytest.raises(Stopped):
        run("stopped", shown=stop_after(3))
    done = (tmp_path / "stopped" / "findings.ndjson").read_bytes()
    assert 0 < done.count(b"\n") < 3000
    # What a kill leaves behind what counts.
    with (tmp_path / "stopped" / "findings.ndjson").open("ab") as file:
        file.write(b'{"schema":"assay/finding/1","inp')
    steps = []
    run("stopped", resume=True, shown=steps.extend)
    assert len(steps) < 20 + 3000 * 40 // 4096
    for name in FILES:
        whole = (tmp_path / "whole" / name).read_bytes()
        assert (tmp_path / "stopped" / name).read_bytes() == whole
    assert figures(tmp_path / "stopped") == figures(tmp_path / "whole")


def test_a_finished_audit_is_not_made_again(run, tmp_path):
    run()
    before = {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in FILES}
    first = run(resume=True, shown=lambda shares: pytest.fail("it was made again"))
    assert first.judged == 3000
    assert before == {name: (tmp_path / "out" / name).stat().st_mtime_ns for name in FILES}


def test_an_audit_is_never_written_over_another(run, tmp_path):
    run()
    with pytest.raises(ConfigError, match="holds an audit already"):
        run()
    with pytest.raises(ConfigError, match="another audit"):
        run(resume=True, agent="CCBot")


def test_an_archive_goes_on_where_it_was(history, tmp_path, monkeypatch):
    from tests.provenance.rights.webarchives import archive, record

    monkeypatch.setattr(inputs, "ARCHIVE_BYTES", 1500)
    source = tmp_path / "crawl.warc.gz"
    archive(source, *(record(f"https://a.example/{n}", b"x") for n in range(50)))

    def run(out, **how):
        return audited(source, history, tmp_path / out, **how)

    run("whole")
    with pytest.raises(Stopped):
        run("stopped", shown=stop_after(3))
    assert run("stopped", resume=True).judged == 50
    run("stopped", resume=True)
    assert figures(tmp_path / "stopped") == figures(tmp_path / "whole")


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGKILL])
def test_whatever_ends_the_command_it_can_go_on(history, tmp_path, sign):
    source = tmp_path / "urls.txt"
    source.write_text("".join(f"https://a.example/{n}\n" for n in range(400_000)))
    out = tmp_path / "out"
    command = [
        *(sys.executable, "-c", "from service.cli import main; main()"),
        *("optout", "audit", source, "--history", history, "--agent", "GPTBot"),
        *("--at", "2024-03-01", "--out", out),
    ]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    findings = out / "findings.ndjson"
    deadline = time.monotonic() + 60
    while not (findings.exists() and findings.stat().st_size > 1_000_000):
        assert process.poll() is None
        assert time.monotonic() < deadline
        time.sleep(0.02)
    while process.poll() is None:  # an interrupt can be lost in a callback, as one from a terminal
        os.kill(process.pid, sign)
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert process.wait(30) != 0
    assert not (out / "coverage.json").exists()
    ended = subprocess.run([*command, "--resume"], stderr=subprocess.DEVNULL, check=False)
    assert ended.returncode == 1
    with findings.open("rb") as file:
        inputs_seen = [line.split(b'"', 8)[7] for line in file]
    assert len(inputs_seen) == len(set(inputs_seen)) == 400_000
