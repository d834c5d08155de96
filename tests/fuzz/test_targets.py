"""Every parser has a target, every target stands its seeds and damaged copies of them."""

from __future__ import annotations

import importlib.util
import os
import pkgutil
import subprocess
import sys
from functools import partial
from itertools import islice
from pathlib import Path

import pytest

import provenance.attest
import provenance.c2pa
import provenance.containers
import provenance.metadata
import provenance.rights.readers
import provenance.supplied
from tests.fuzz.contract import CountingAsset, calls_allowed, calls_of
from tests.fuzz.mutating import mutations
from tests.fuzz.seeds import seeds, write
from tests.fuzz.targets import TARGETS, Target

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = (
    provenance.attest,
    provenance.c2pa,
    provenance.containers,
    provenance.metadata,
    provenance.rights.readers,
    provenance.supplied,
)
NOT_PARSERS = {
    # no bytes of strangers come here
    "attest.store": "files of our own; a damaged one is a LogFault",
    "c2pa.claim": "what the user wants to say",
    "c2pa.consequences": "what was read before",
    "c2pa.judging": "evidence",
    "c2pa.native_signing": "writes",
    "c2pa.opinion": "hands over to c2pa.second",
    "c2pa.paths": "what was read before",
    "c2pa.rechecking": "what was read before",
    "c2pa.signing": "writes",
    "c2pa.signed": "what was read before",
    "c2pa.signature_pad": "what was signed here",
    "c2pa.signing_key": "the user's own key",
    "c2pa.text_signing": "writes",
    "c2pa.vouching": "what c2pa.graph has read",
    "containers.opening": "chooses the parser",
    "containers.packets": "records",
    "containers.walk": "what all parsers read through",
    # a library parses, and hostile files are thrown at it in its sandbox: tests/e2e/test_hostile.py
    "c2pa.identity": "the C2PA library's answers, and certificates by c2pa.cose",
    "c2pa.identity_status": "the C2PA library's answers",
    "c2pa.native": "the C2PA library",
    "c2pa.reader": "the C2PA library",
    "c2pa.second": "the other library",
    # the same in tests/detectors/decode/test_hostile_pages.py
    "containers.page_text": "PDFium",
}
"""Modules that need no target, and why."""
HOSTILE_CERTIFICATES = pytest.mark.filterwarnings(
    "ignore::cryptography.utils.CryptographyDeprecationWarning"
)
COPIES, MANY_COPIES = 120, 15_000
SLOW = {"pdf": 30, "texts": 40, "media": 60, "content": 60}
"""Copies of the targets that take a millisecond and more."""


def modules():
    for package in PACKAGES:
        for one in pkgutil.iter_modules(package.__path__):
            yield f"{package.__name__}.{one.name}".removeprefix("provenance.")


def test_every_parser_has_a_target():
    """A new module has a target that covers it, or stands in NOT_PARSERS with the reason."""
    covered = {one.removeprefix("provenance.") for one in set().union(*map(covers, TARGETS))}
    new = set(modules()) - covered - NOT_PARSERS.keys()
    assert new == set(), "add a target to tests/fuzz/targets.py, or a reason to NOT_PARSERS"
    assert not covered & NOT_PARSERS.keys()
    assert covered - set(modules()) <= {"media", "streams", "asset"}


def covers(name):
    return TARGETS[name].covers


@pytest.mark.parametrize("name", TARGETS)
def test_a_target_reaches_what_it_covers(name):
    """Measured on its seeds, so that the list above says what is true."""
    reached = set()

    def seen(frame, event, argument):
        if event == "call":
            reached.add(frame.f_globals.get("__name__"))

    assert seeds(name)
    sys.setprofile(seen)
    try:
        for data in seeds(name).values():
            TARGETS[name].run(data)
    finally:
        sys.setprofile(None)
    assert covers(name) - reached == set()


@HOSTILE_CERTIFICATES
@pytest.mark.parametrize("name", TARGETS)
def test_a_target_stands_damaged_seeds_at_a_bounded_cost(name):
    run, made = TARGETS[name].run, list(seeds(name).values())
    for data in (b"", *made):
        run(data)  # what is imported or cached at first is not counted
    for data in [b"", b"\0", *made, *islice(mutations(made, 1), SLOW.get(name, COPIES))]:
        assert calls_of(partial(run, data)) < calls_allowed(len(data)), data


@HOSTILE_CERTIFICATES
@pytest.mark.scale
@pytest.mark.parametrize("name", TARGETS)
def test_a_target_stands_many_damaged_seeds(name):
    for data in islice(mutations(list(seeds(name).values()), 2), MANY_COPIES):
        TARGETS[name].run(data)


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_small_and_always_the_same(name, tmp_path):
    assert sum(map(len, seeds(name).values())) < 512 * 1024
    written = write(tmp_path, name)
    assert {one.name: one.read_bytes() for one in written.iterdir()} == seeds(name)
    seeds.cache_clear()
    again = seeds(name)
    for one in written.iterdir():
        if "password" not in one.name and "pdf" not in one.name + name:  # qpdf draws its own IDs
            assert one.read_bytes() == again[one.name], one.name


def test_damage_is_the_same_for_the_same_number():
    made = list(seeds("png").values())
    first = list(islice(mutations(made, 5), 50))
    assert first == list(islice(mutations(made, 5), 50))
    assert first != list(islice(mutations(made, 6), 50))
    assert len(set(first)) > 40


def test_a_cost_out_of_proportion_is_seen():
    def quadratic():
        for one in range(2000):
            for _ in range(200):
                len(str(one))

    assert calls_of(quadratic) > calls_allowed(100)


def test_reading_a_file_over_and_over_is_seen():
    asset = CountingAsset(bytes(1 << 20), "image/gif")
    for _ in range(200):
        asset.read_at(0, 1 << 20)
    with pytest.raises(AssertionError, match="bytes read"):
        asset.check()


# The command


def fuzz(*arguments, **more):
    command = [sys.executable, "-m", "tests.fuzz", *arguments]
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=100, check=False, **more
    )


def test_the_command_names_the_targets():
    assert fuzz("list").stdout.split() == list(TARGETS)


def test_the_command_runs_without_a_fuzzer():
    done = fuzz("flv", "--seconds=1", "--blind")
    assert done.returncode == 0
    assert "nothing found" in done.stdout


def test_the_command_keeps_what_breaks_a_parser(monkeypatch, tmp_path, capsys):
    from tests.fuzz import __main__ as command

    def weak(data):
        if b"\xff\xff\xff\xff" in data:
            raise IndexError("a bug")

    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(TARGETS, "flv", Target(weak, frozenset()))
    monkeypatch.setattr(sys, "argv", ["fuzz", "flv", "--seconds=30", "--blind"])
    with pytest.raises(IndexError):
        command.main()
    (kept,) = tmp_path.glob("crash-flv-*")
    assert b"\xff\xff\xff\xff" in kept.read_bytes()
    monkeypatch.setattr(sys, "argv", ["fuzz", "flv", "--blind", "--input", str(kept)])
    with pytest.raises(IndexError):
        command.main()


@pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris is not installed (pip install -e '.[fuzz]')",
)
def test_the_command_is_guided_by_coverage_where_atheris_is(tmp_path):
    done = fuzz("flv", "--seconds=2", str(tmp_path), env=dict(os.environ))
    assert done.returncode == 0, done.stderr
    executed = done.stderr.partition("stat::number_of_executed_units:")[2].split()[0]
    assert int(executed) > 100
    assert list(tmp_path.iterdir())  # it found inputs that reach more
