"""The `assay` command, run as a user runs it: what it prints where, and how it ends."""

from __future__ import annotations

import json
import os
import pty
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SAMPLES = ROOT / "samples"
CA = SAMPLES / "ca.pem"
AI = SAMPLES / "ai_image.png"
HUMAN = SAMPLES / "human_capture.jpg"
TAMPERED = SAMPLES / "tampered.jpg"
PLAIN = SAMPLES / "untouched.jpg"
COMMAND = (sys.executable, "-c", "from service.cli import main; main()")


@pytest.fixture
def home(tmp_path):
    return tmp_path / "home"


@pytest.fixture
def environment(home):
    return {
        "PATH": os.environ["PATH"],
        "ASSAY_HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "COLUMNS": "100",
    }


@pytest.fixture
def assay(environment, tmp_path):
    def assay(*arguments, status=None, env=None, **more):
        done = subprocess.run(
            [*COMMAND, *map(os.fspath, arguments)],
            capture_output=True,
            check=False,
            cwd=more.pop("cwd", tmp_path),
            env=environment | (env or {}),
            timeout=60,
            **more,
        )
        done.out, done.err = done.stdout.decode("utf-8"), done.stderr.decode("utf-8", "replace")
        assert "Traceback" not in done.err, done.err
        if status is not None:
            assert done.returncode == status, done.out + done.err
        return done

    return assay


@pytest.fixture
def folder(tmp_path):
    """Good files, with others among them."""
    path = tmp_path / "delivery"
    (path / "sub").mkdir(parents=True)
    shutil.copy(PLAIN, path / "a.jpg")
    shutil.copy(HUMAN, path / "sub" / "b.jpg")
    shutil.copy(PLAIN, path / "z.jpg")
    return path


def lines(done):
    return [json.loads(line) for line in done.out.splitlines()]


def names(documents):
    return [one["asset"]["name"] for one in documents]


# What is printed


def test_one_file_is_one_object(assay):
    report = json.loads(assay("check", AI, "--format", "json", status=1).out)
    assert report["schema"] == "assay/report/1"
    assert report["asset"]["name"] == str(AI)
    assert report["verdict"]["origin"] == "ai_declared"


@pytest.mark.parametrize("arguments", [("two files", AI, PLAIN), ("a folder",), ("a pattern",)])
def test_anything_else_is_an_array(assay, folder, arguments):
    chosen = {"a folder": [folder], "a pattern": [f"{folder}/*.jpg"]}.get(
        arguments[0], arguments[1:]
    )
    reports = json.loads(assay("check", *chosen, "--format", "json").out)
    assert isinstance(reports, list)
    assert len(reports) >= 2


def test_a_folder_of_one_file_is_an_array_too(assay, tmp_path):
    (tmp_path / "one").mkdir()
    shutil.copy(PLAIN, tmp_path / "one")
    assert isinstance(json.loads(assay("check", "one", "--format", "json").out), list)


def test_an_empty_folder_is_an_empty_answer(assay, tmp_path):
    (tmp_path / "empty").mkdir()
    assert json.loads(assay("check", "empty", "--format", "json", status=0).out) == []
    assert assay("check", "empty", "--format", "ndjson", status=0).out == ""


def test_files_of_a_folder_are_named_by_the_argument_and_their_path_in_it(assay, folder):
    done = assay("check", "delivery", "--format", "ndjson")
    assert names(lines(done)) == ["delivery/a.jpg", "delivery/sub/b.jpg", "delivery/z.jpg"]
    done = assay("check", f"{folder}/", "--format", "ndjson")
    assert names(lines(done))[0] == f"{folder}/a.jpg"


def test_files_of_a_pattern_are_named_as_it_matches_them(assay, folder):
    assert names(lines(assay("check", "delivery/*.jpg", "--format", "ndjson"))) == [
        "delivery/a.jpg",
        "delivery/z.jpg",
    ]
    done = assay("check", "delivery/**/*.jpg", "--format", "ndjson")
    assert "delivery/sub/b.jpg" in names(lines(done))


def test_standard_input_is_one_file_called_dash(assay):
    done = assay("check", "-", "--format", "json", input=AI.read_bytes(), status=1)
    report = json.loads(done.out)
    assert report["asset"]["name"] == "-"
    assert report["asset"]["bytes"] == AI.stat().st_size
    assert (
        report["asset"]["sha256"]
        == json.loads(assay("check", AI, "--format", "json").out)["asset"]["sha256"]
    )


def test_an_empty_standard_input_is_an_empty_file(assay):
    report = json.loads(assay("check", "-", "--format", "json", input=b"").out)
    assert report["asset"]["bytes"] == 0


def test_lines_come_in_input_order_however_many_work_at_once(assay, tmp_path):
    many = tmp_path / "many"
    many.mkdir()
    sources = [AI, PLAIN, SAMPLES / "human_creation.wav", HUMAN]
    for number in range(60):
        shutil.copy(sources[number % 4], many / f"{number:03}")
    done = assay("check", "many", "--format", "ndjson", "--workers", "4")
    assert names(lines(done)) == [f"many/{number:03}" for number in range(60)]
    one = assay("check", "many", "--format", "ndjson", "--workers", "1")
    without_time = [
        [{**report, "engine": None} for report in lines(output)] for output in (done, one)
    ]
    assert without_time[0] == without_time[1]


def test_text_for_one_and_a_table_for_many(assay, folder):
    one = assay("check", AI)
    assert "ai_image.png" in one.out
    many = assay("check", folder)
    assert "a.jpg" in many.out
    assert "b.jpg" in many.out


def test_a_page_is_html_and_quotes_what_it_shows(assay, tmp_path):
    shutil.copy(AI, tmp_path / "<script>alert(1)<.png")
    page = assay("check", "<script>alert(1)<.png", "--format", "html").out
    assert page.lower().startswith("<!doctype html")
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page


@pytest.mark.parametrize(
    ("form", "made"),
    [
        ("json", {"00001-a.jpg.json", "00002-b.jpg.json", "00003-z.jpg.json"}),
        ("ndjson", {"reports.ndjson"}),
        ("text", {"report.txt"}),
    ],
)
def test_results_can_go_into_a_folder(assay, folder, tmp_path, form, made):
    done = assay("check", folder, "--format", form, "--out", "results")
    assert done.out == ""
    assert {path.name for path in (tmp_path / "results").iterdir()} == made


def test_pages_in_a_folder_have_an_overview_that_leads_to_them(assay, folder, tmp_path):
    assay("check", folder, "--format", "html", "--out", "pages")
    index = (tmp_path / "pages/index.html").read_text("utf-8")
    pages = [path.name for path in (tmp_path / "pages").glob("0*.html")]
    assert len(pages) == 3
    assert all(page in index for page in pages)


def test_a_name_cannot_lead_a_result_out_of_its_folder(assay, tmp_path):
    (tmp_path / "in").mkdir()
    shutil.copy(PLAIN, tmp_path / "in" / "..\\..\\evil .. name")
    assay("check", "in", "--format", "json", "--out", "results")
    (made,) = (tmp_path / "results").iterdir()
    assert made.name.startswith("00001-")


def test_french_is_spoken_when_asked_for_and_when_the_locale_is(assay):
    def said(*options, **more):
        """Without the minute it was said in."""
        return re.sub(r"\d\d:\d\d UTC", "", assay("check", AI, *options, **more).out)

    english, french = said(), said("--lang", "fr")
    assert english != french
    assert said(env={"LC_ALL": "fr_FR.UTF-8"}) == french
    assert said("--lang", "en", env={"LC_ALL": "fr_FR.UTF-8"}) == english


def test_json_is_the_same_in_every_language(assay):
    def report(lang):
        given = json.loads(assay("check", AI, "--format", "json", "--lang", lang).out)
        return {**given, "engine": None}

    assert report("en") == report("fr")


@pytest.mark.parametrize("form", ["text", "json", "ndjson", "html"])
def test_a_name_in_any_bytes_breaks_no_format(assay, tmp_path, form):
    odd = tmp_path / "odd"
    odd.mkdir()
    for name in (b"\xff\xfe.png", "\u202egnp.\u65e5\u672c".encode(), b"\x1b[2J\x07.png", b"a\nb"):
        shutil.copy(PLAIN, os.path.join(os.fsencode(odd), name))  # noqa: PTH118 - bytes
    done = assay("check", odd, "--format", form, status=0)
    assert "\x1b[2J" not in done.out
    assert "\x07" not in done.out
    if form == "ndjson":
        assert len(lines(done)) == 4


ESCAPES = "\x1b]0;title\x07\x1b[2J\u202e<script>alert(1)</script>[bold]"


@pytest.fixture
def escaping(tmp_path):
    """Works that carry orders for a terminal and a browser where words are expected."""
    from PIL import Image
    from PIL.PngImagePlugin import PngInfo

    from tools.authority import Authority
    from tools.make_canary import picture

    evil = Authority.new("Evil" + ESCAPES[:20])
    made = [{"action": "c2pa.created", "digitalSourceType": ESCAPES}]
    signed = evil.sign(picture("JPEG"), "image/jpeg", "Title" + ESCAPES, made)
    (tmp_path / "signed.jpg").write_bytes(signed)
    text = PngInfo()
    text.add_itxt("parameters", f"{ESCAPES}\nSteps: 20, Sampler: {ESCAPES}, Seed: 1")
    Image.new("RGB", (8, 8)).save(tmp_path / "told.png", pnginfo=text)
    return ["signed.jpg", "told.png"]


@pytest.mark.parametrize("form", ["text", "json", "ndjson", "html"])
def test_what_a_file_says_steers_neither_terminal_nor_browser(assay, escaping, form):
    for name in escaping:
        done = assay("check", name, "--format", form)
        assert "\x1b" not in done.out
        assert "\x07" not in done.out
        if form in {"text", "html"}:
            assert "\u202e" not in done.out
        if form == "html":
            assert "<script>alert" not in done.out


@pytest.mark.parametrize("form", ["text", "json", "ndjson", "html"])
def test_a_terminal_without_unicode_gets_its_answer_too(assay, tmp_path, form):
    shutil.copy(AI, tmp_path / "\u65e5\u672c.png")
    done = assay("check", "\u65e5\u672c.png", "--format", form, env={"PYTHONIOENCODING": "ascii"})
    assert done.returncode == 1, done.err
    if form in {"json", "ndjson"}:
        assert json.loads(done.out)["asset"]["name"] == "\u65e5\u672c.png"


# How it ends


def test_0_when_there_is_nothing_to_report(assay):
    assay("check", PLAIN, status=0)
    assay("check", HUMAN, "--trust", CA, status=0)


@pytest.mark.parametrize("path", [AI, TAMPERED])
def test_1_when_a_finding_the_policy_alerts_on_holds(assay, path):
    assay("check", path, status=1)
    assay("check", PLAIN, path, status=1)


def test_2_for_wrong_usage_and_nothing_runs(assay, tmp_path):
    for wrong in (
        ["check"],
        ["check", AI, "--format", "xml"],
        ["check", AI, "--nonsense"],
        ["check", AI, "--workers", "0"],
        ["check", AI, "no-such-file.png"],
        ["check", "no/such/*.png"],
        ["check", "x" * 400],
        ["check", AI, "--only", "everything"],
        ["check", AI, "--out", AI],
        ["nonsense"],
    ):
        done = assay(*wrong, status=2)
        assert done.out == ""
        assert done.err


def test_3_when_a_required_check_could_not_be_made(assay, tmp_path):
    (tmp_path / "cut.png").write_bytes(AI.read_bytes()[:1500])
    assay("check", "cut.png", status=3)
    assay("check", "cut.png", PLAIN, status=3)
    assay("check", "cut.png", AI, status=1)


def test_a_check_the_policy_does_not_require_may_fail(assay, tmp_path):
    (tmp_path / "cut.png").write_bytes(AI.read_bytes()[:1500])
    (tmp_path / "lenient.toml").write_text('require = ["match"]\n')
    assay("check", "cut.png", "--policy", "lenient.toml", status=0)


def test_a_manifest_that_cannot_be_read_may_hold_a_reservation(assay, tmp_path):
    (tmp_path / "cut.png").write_bytes(AI.read_bytes()[:1500])
    (tmp_path / "rights.toml").write_text('require = ["rights"]\n')
    assay("check", "cut.png", "--policy", "rights.toml", status=3)


def test_the_policy_decides_what_is_an_alert(assay, tmp_path):
    (tmp_path / "quiet.toml").write_text("alert_on = []\n")
    assay("check", AI, TAMPERED, "--policy", "quiet.toml", status=0)


@pytest.mark.parametrize(
    ("policy", "said"),
    [
        ("nonsense = 1", "nonsense"),
        ("max_fpr = 2.0", "max_fpr"),
        ('run = ["everything"]', "run"),
        ("not toml", "TOML"),
        (None, "cannot be read"),
    ],
)
def test_a_policy_that_is_none_says_what_is_wrong_with_it(assay, tmp_path, policy, said):
    if policy is not None:
        (tmp_path / "p.toml").write_text(policy)
    assert said in assay("check", AI, "--policy", "p.toml", status=2).err
    assert said in assay("policy", "check", "p.toml", status=2).err


@pytest.mark.parametrize("trust", [b"", b"nonsense", None])
def test_trust_that_is_none_says_what_is_wrong_with_it(assay, tmp_path, trust):
    if trust is not None:
        (tmp_path / "ca.pem").write_bytes(trust)
    done = assay("check", HUMAN, "--trust", "ca.pem", status=2)
    assert "--trust" in done.err
    assert done.out == ""


def test_only_runs_what_is_asked_for_and_says_what_it_left_out(assay):
    report = json.loads(assay("check", AI, "--only", "rights", "--format", "json").out)
    assert "credential" not in {one["kind"] for one in report["evidence"]}
    left_out = {one["check"] for one in report["evidence"] if one.get("reason") == "disabled"}
    assert left_out == {"provenance", "detect", "match"}
    report = json.loads(
        assay("check", AI, "--only", "provenance", "--only", "rights", "--format", "json").out
    )
    assert report["verdict"]["origin"] == "ai_declared"


def test_the_default_policy_can_be_printed_and_given_back(assay, tmp_path):
    (tmp_path / "p.toml").write_text(assay("policy", "show", status=0).out)
    digest = assay("policy", "show", status=0).out.splitlines()[0]
    assert digest.split(":")[1] in assay("policy", "check", "p.toml", status=0).out


# Files that are not what they seem


def test_what_cannot_be_opened_loses_nothing_else(assay, folder):
    (folder / "loop.jpg").symlink_to("loop.jpg")
    os.mkfifo(folder / "pipe.jpg")
    (folder / "gone.jpg").symlink_to("nowhere")
    (folder / "mem.jpg").symlink_to("/proc/self/mem")
    done = assay("check", folder, "--format", "ndjson", status=3)
    documents = {Path(one["asset"]["name"]).name: one for one in lines(done)}
    assert sorted(documents) == [
        *("a.jpg", "b.jpg", "gone.jpg", "loop.jpg", "mem.jpg", "pipe.jpg", "z.jpg"),
    ]
    for name in ("gone.jpg", "loop.jpg", "mem.jpg", "pipe.jpg"):
        assert documents[name]["schema"] == "assay/error/1"
        assert documents[name]["error"]["message"]
        assert name in done.err
    for name in ("a.jpg", "b.jpg", "z.jpg"):
        assert documents[name]["schema"] == "assay/report/1"


@pytest.mark.parametrize("form", ["text", "json", "html"])
def test_an_error_has_its_place_in_every_format(assay, folder, form):
    os.mkfifo(folder / "pipe.jpg")
    done = assay("check", folder, "--format", form, status=3)
    assert "pipe.jpg" in done.out
    if form == "json":
        assert len(json.loads(done.out)) == 4


def test_a_hostile_file_among_good_ones_loses_nothing(assay, folder):
    (folder / "hostile.mp4").write_bytes(b"\0\0\0\x10ftypisom\0\0\0\0" + b"\0\0\0\x08moov" * 5000)
    (folder / "cut.png").write_bytes(AI.read_bytes()[:1500])
    done = assay("check", folder, "--format", "ndjson", "--workers", "4", status=3)
    assert len(lines(done)) == 5
    assert {one["verdict"]["integrity"] for one in lines(done)} == {
        "absent",
        "intact",
        "unreadable",
    }


def test_a_single_special_file_is_refused(assay, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    assay("check", "pipe", status=3)
    assay("check", "/dev/null", status=3)


def test_a_file_that_vanishes_after_it_was_listed_is_an_error_of_that_file(assay, folder):
    """Listed by a link that leads nowhere when its turn comes."""
    (folder / "b.jpg").symlink_to(folder / "deleted.jpg")
    done = assay("check", folder / "a.jpg", folder / "b.jpg", "--format", "ndjson", status=3)
    assert [one["schema"] for one in lines(done)] == ["assay/report/1", "assay/error/1"]
    assert lines(done)[1]["error"]["code"] == "not_found"


# Being interrupted


def many_files(folder, count=400):
    folder.mkdir()
    for number in range(count):
        shutil.copy(HUMAN, folder / f"{number:04}.jpg")


@pytest.mark.parametrize("after", [1, 40, 200])
@pytest.mark.parametrize("workers", ["1", "2"])
def test_ctrl_c_leaves_whole_lines(environment, tmp_path, after, workers):
    many_files(tmp_path / "many", 2000)
    command = [*COMMAND, "check", "many", "--format", "ndjson", "--workers", workers]
    output = tmp_path / "output"
    with (
        output.open("wb") as file,
        subprocess.Popen(
            command,
            stdout=file,
            stderr=subprocess.PIPE,
            cwd=tmp_path,
            env=environment,
            start_new_session=True,
        ) as process,
    ):
        deadline = time.monotonic() + 20
        while output.read_bytes().count(b"\n") < after:
            assert time.monotonic() < deadline
        os.killpg(process.pid, signal.SIGINT)
        _, errors = process.communicate(timeout=20)
    assert process.returncode == 130
    assert b"Traceback" not in errors
    written = output.read_bytes()
    assert written.endswith(b"\n")
    documents = [json.loads(line) for line in written.splitlines()]
    assert after <= len(documents) < 2000


def test_a_reader_that_has_seen_enough_ends_it_quietly(environment, tmp_path):
    many_files(tmp_path / "many")
    command = [*COMMAND, "check", "many", "--format", "ndjson", "--workers", "2"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        env=environment,
    ) as process:
        json.loads(process.stdout.readline())
        process.stdout.close()
        errors = process.stderr.read()
        assert process.wait(20) == 0
    assert errors == b""


def test_no_worker_is_left_behind(environment, tmp_path):
    many_files(tmp_path / "many")
    command = [*COMMAND, "check", "many", "--format", "ndjson", "--workers", "2"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=tmp_path, env=environment
    ) as process:
        process.stdout.readline()
        children = Path(f"/proc/{process.pid}/task").glob("*/children")
        workers = [int(pid) for path in children for pid in path.read_text().split()]
        process.kill()
        process.stdout.read()
    assert workers
    deadline = time.monotonic() + 5
    while any(alive(pid) for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.02)


def alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_progress_is_for_people_and_stays_out_of_the_output(environment, tmp_path):
    many_files(tmp_path / "many", 50)
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, "check", "many", "--format", "ndjson"],
        stdout=subprocess.PIPE,
        stderr=theirs,
        cwd=tmp_path,
        env=environment | {"TERM": "xterm"},
    ) as process:
        os.close(theirs)
        output = process.stdout.read()
    os.close(ours)
    assert len([json.loads(line) for line in output.splitlines()]) == 50


# Whose signatures count


def test_an_anchor_that_was_added_counts_from_then_on(assay, home):
    before = json.loads(assay("check", HUMAN, "--format", "json").out)
    assert before["verdict"]["origin"] == "undetermined"
    assert "private" not in assay("trust", "show", status=0).out
    added = assay("trust", "add", CA, status=0).out
    assert "Assay Samples" in added
    assert "private" in assay("trust", "show", status=0).out
    after = json.loads(assay("check", HUMAN, "--format", "json").out)
    assert after["verdict"]["origin"] == "human_attested"
    assert "private" in after["engine"]["trust_lists"]
    (kept,) = (home / "trust").iterdir()
    assert str(kept) in added
    kept.unlink()
    assert json.loads(assay("check", HUMAN, "--format", "json").out)["verdict"]["origin"] == (
        "undetermined"
    )


@pytest.mark.parametrize("text", [b"nonsense", None])
def test_an_anchor_that_is_none_is_not_added(assay, home, tmp_path, text):
    if text is not None:
        (tmp_path / "bad.pem").write_bytes(text)
    assay("trust", "add", "bad.pem", status=2)
    assert not home.exists()


def test_a_spoilt_anchor_at_home_is_named_by_every_command(assay, home):
    (home / "trust").mkdir(parents=True)
    (home / "trust" / "old.pem").write_text("spoilt")
    assert assay("check", HUMAN, status=2).err
    assert assay("trust", "show", status=2).err


def test_the_shipped_lists_are_shown_with_their_dates(assay):
    shown = assay("trust", "show", status=0).out
    assert "official" in shown
    assert "interim" in shown
    assert "sha256:" in shown


def test_help_and_version_are_no_errors(assay):
    assert "assay" in assay("--version", status=0).out
    assert "Exit status" in assay("check", "--help", status=0).out
    assert "check" in assay("--help", status=0).out
