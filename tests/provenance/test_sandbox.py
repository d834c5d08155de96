"""Whatever a job does, it costs that job and no other: the parent lives, the next job works."""

from __future__ import annotations

import os
import platform
import signal
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from provenance import landlock, seccomp
from provenance.errors import EngineError
from provenance.evidence import NotRunReason
from provenance.limits import MIB, Limits
from provenance.sandbox import JobFailed, Sandbox, Task, unhurried

TASK = Task("tests.provenance.misbehaving:Misbehaving")
SHORT = Limits(wall_seconds=2.0, cpu_seconds=1, reply_bytes=MIB)

linux = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a feature of Linux")


@pytest.fixture(scope="module")
def shared():
    with Sandbox(TASK, limits=SHORT) as sandbox:
        yield sandbox


def ask(sandbox, do, **job):
    return sandbox.call({"do": do, **job}).decode()


def open_descriptors():
    return len(list(Path("/proc/self/fd").iterdir()))


def is_alive(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def wait_until(condition, seconds=5.0):
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it never came true"
        time.sleep(0.01)


# What goes wrong


@pytest.mark.parametrize(
    ("do", "reason"),
    [
        ("sleep", NotRunReason.TIMEOUT),
        ("allocate", NotRunReason.LIMIT),
        ("crash", NotRunReason.UNREADABLE),
        ("abort", NotRunReason.UNREADABLE),
        ("leave", NotRunReason.UNREADABLE),
        ("fail", NotRunReason.UNREADABLE),
        ("answer_nonsense", NotRunReason.UNREADABLE),
    ],
)
def test_a_job_that_goes_wrong_is_named_and_the_next_one_works(shared, do, reason):
    with pytest.raises(JobFailed) as failed:
        ask(shared, do)
    assert failed.value.reason is reason
    assert failed.value.detail
    assert ask(shared, "echo", text=do) == do


def test_a_job_that_spins_is_ended_by_its_processor_time():
    patient = Limits(wall_seconds=20, cpu_seconds=0)
    with Sandbox(TASK, limits=patient) as sandbox, pytest.raises(JobFailed) as failed:
        ask(sandbox, "spin")
    assert failed.value.reason is NotRunReason.TIMEOUT
    assert "CPU" in failed.value.detail


def test_processor_time_is_counted_anew_for_each_job():
    with Sandbox(TASK, limits=Limits(cpu_seconds=1)) as sandbox:
        for _ in range(4):  # together more than any one job may take
            assert ask(sandbox, "work", seconds=0.6) == "worked"


def test_an_answer_over_the_limit_is_not_taken(shared):
    with pytest.raises(JobFailed) as failed:
        ask(shared, "flood", size=SHORT.reply_bytes + 1)
    assert failed.value.reason is NotRunReason.LIMIT
    assert len(ask(shared, "flood", size=SHORT.reply_bytes - 1)) == SHORT.reply_bytes - 1


def test_a_worker_that_floods_standard_error_is_not_waited_for(shared):
    assert ask(shared, "shout") == "hoarse"
    assert ask(shared, "shout") == "hoarse"
    with pytest.raises(JobFailed, match="SIGABRT"):
        ask(shared, "abort")


def test_a_task_that_cannot_be_made_raises_every_time_and_never_hangs():
    broken = Task("tests.provenance.misbehaving:Misbehaving", {"refuse": "no licence"})
    with Sandbox(broken, size=1) as sandbox:
        sandbox.warm()
        for _ in range(3):
            with pytest.raises(EngineError, match="no licence"):
                ask(sandbox, "echo")


def test_a_task_that_does_not_exist_raises():
    with Sandbox(Task("no.such.module:Nothing")) as sandbox, pytest.raises(EngineError):
        ask(sandbox, "echo")


# What a worker may not do


def test_a_worker_has_an_empty_environment(shared, monkeypatch):
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "a secret")
    with Sandbox(TASK) as fresh:
        assert "secret" not in ask(fresh, "environment").lower()


def test_threads_that_wait_for_each_other_cost_no_address_space(shared):
    """Else whether a job fits into its cap depends on how busy the machine is."""
    before = int(ask(shared, "address_space"))
    assert int(ask(shared, "address_space_of_threads")) - before < 160 * MIB


def test_a_worker_writes_no_file(shared, tmp_path):
    goal = tmp_path / "stolen"
    assert ask(shared, "write_file", path=str(goal)) != "written"
    assert not goal.exists() or goal.stat().st_size == 0


confines = pytest.mark.skipif(
    landlock.abi() < 3, reason="this kernel cannot confine a worker to some files (Landlock 3)"
)


@confines
@pytest.mark.parametrize(
    "how", ["read", "truncate", "unlink", "rename", "mkdir", "link", "open_to_write"]
)
def test_a_worker_touches_no_file_it_was_not_handed(shared, tmp_path, how):
    mine = tmp_path / "mine.txt"
    mine.write_text("a secret")
    assert ask(shared, "touch", path=str(mine), how=how) == "Permission denied"
    assert [one.name for one in tmp_path.iterdir()] == ["mine.txt"]
    assert mine.read_text() == "a secret"


@confines
def test_a_worker_lists_no_folder_but_those_of_programs(shared, tmp_path):
    assert ask(shared, "touch", path=str(tmp_path), how="list") == "Permission denied"
    assert ask(shared, "touch", path="/usr", how="list") == "done"
    assert ask(shared, "touch", path="/etc/passwd", how="read") == "Permission denied"


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or platform.machine() not in seccomp.KNOWN,
    reason="there is no table of system calls for this machine",
)
@pytest.mark.parametrize("how", ["chmod", "chown", "utime", "setxattr", "socket"])
def test_a_worker_changes_nothing_about_a_file_and_speaks_to_no_service(shared, tmp_path, how):
    mine = tmp_path / "mine.txt"
    mine.write_text("a secret")
    before = mine.stat()
    assert ask(shared, "touch", path=str(mine), how=how) == "Operation not permitted"
    assert mine.stat() == before


@pytest.mark.skipif(landlock.abi() < 6, reason="this kernel does not scope signals (Landlock 6)")
def test_a_worker_signals_nobody(shared):
    assert ask(shared, "signal", pid=os.getpid()) == "Operation not permitted"


GIVES_NAMESPACES = """
import ctypes, sys
libc = ctypes.CDLL(None)
sys.exit(libc.unshare(0x40000000) and libc.unshare(0x50000000))
"""


@linux
@pytest.mark.enable_socket
def test_a_worker_reaches_no_network_not_even_this_machine(shared):
    if subprocess.run([sys.executable, "-c", GIVES_NAMESPACES], check=False).returncode:
        pytest.skip("this system gives no network namespace to a worker (unshare is refused)")
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(0.2)
        port = server.getsockname()[1]
        assert ask(shared, "connect", port=port).startswith("refused")
        with pytest.raises(TimeoutError):
            server.accept()


# The pool


def test_a_worker_yields_the_processor_where_it_is_told_to():
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    niceness = {}
    for wanted in (0, 3):
        with unhurried(wanted), Sandbox(TASK, limits=SHORT) as sandbox:
            niceness[wanted] = os.getpriority(os.PRIO_PROCESS, int(ask(sandbox, "pid")))
    assert niceness == {0: usual, 3: min(usual + 3, 19)}


def test_a_worker_yields_as_a_session_of_its_own_too():
    """Niceness counts among the processes of a session only, where Linux groups them so."""
    with unhurried(4), Sandbox(TASK, limits=SHORT) as sandbox:
        group = Path(f"/proc/{ask(sandbox, 'pid')}/autogroup")
        told = group.read_text() if group.exists() else ""
    if not told:
        pytest.skip("processes are not grouped by session here")
    assert told.endswith("nice 4\n")


def test_a_worker_that_is_not_told_to_yields_to_nobody():
    usual = os.getpriority(os.PRIO_PROCESS, 0)
    with Sandbox(TASK, limits=SHORT) as sandbox:
        assert os.getpriority(os.PRIO_PROCESS, int(ask(sandbox, "pid"))) == usual


def test_a_worker_is_replaced_after_a_number_of_jobs():
    with Sandbox(TASK, limits=Limits(worker_jobs=3)) as sandbox:
        pids = [ask(sandbox, "pid") for _ in range(7)]
    assert pids[0] == pids[1] == pids[2]
    assert pids[3] == pids[4] == pids[5]
    assert len(set(pids)) == 3


@linux
def test_no_descriptor_is_left_open_on_either_side():
    with Sandbox(TASK, limits=SHORT) as sandbox, Path(__file__).open("rb") as file:
        sandbox.call({"do": "read_descriptor"}, fds=[file.fileno()])
        here, there = open_descriptors(), ask(sandbox, "count_descriptors")
        for _ in range(200):
            answer = sandbox.call({"do": "read_descriptor"}, fds=[file.fileno()])
            assert answer.startswith(b'"""Whatever')
        assert (open_descriptors(), ask(sandbox, "count_descriptors")) == (here, there)
        for _ in range(5):
            with pytest.raises(JobFailed):
                sandbox.call({"do": "abort"}, fds=[file.fileno()])
        assert ask(sandbox, "count_descriptors") == there
        assert open_descriptors() == here
    assert open_descriptors() < here


def test_more_callers_than_workers_each_get_their_own_answer():
    with Sandbox(TASK, size=2) as sandbox, ThreadPoolExecutor(8) as callers:
        texts = [f"job {n}" for n in range(100)]
        assert list(callers.map(lambda text: ask(sandbox, "echo", text=text), texts)) == texts


def test_workers_outlive_the_thread_that_first_called():
    """Linux ends a process with the thread that started it: the pool must not start them so."""
    with Sandbox(TASK, limits=SHORT) as sandbox:
        pids = []
        for _ in range(3):
            thread = threading.Thread(target=lambda: pids.append(ask(sandbox, "pid")))
            thread.start()
            thread.join()
            time.sleep(0.05)
        assert len(set(pids)) == 1


def test_a_worker_that_died_between_two_jobs_is_not_held_against_the_next():
    with Sandbox(TASK) as sandbox:
        os.kill(int(ask(sandbox, "pid")), signal.SIGKILL)
        wait_until(lambda: not sandbox._idle[0].lives())
        assert ask(sandbox, "echo", text="fine") == "fine"


def test_closing_wakes_everyone_who_waits_for_a_worker():
    sandbox = Sandbox(TASK, limits=SHORT)
    ended = []

    def call():
        try:
            ask(sandbox, "sleep", seconds=0.5)
        except EngineError as closed:
            ended.append(str(closed))

    callers = [threading.Thread(target=call, daemon=True) for _ in range(4)]
    for caller in callers:
        caller.start()
    wait_until(lambda: len(sandbox._free._waiters) == 3)
    sandbox.close()
    for caller in callers:
        caller.join(5)
    assert not any(caller.is_alive() for caller in callers)
    assert ended == ["the sandbox is closed"] * 3


def test_a_closed_sandbox_takes_no_job():
    sandbox = Sandbox(TASK)
    sandbox.close()
    sandbox.close()
    with pytest.raises(EngineError, match="closed"):
        ask(sandbox, "echo")


@linux
def test_closing_ends_the_workers():
    with Sandbox(TASK) as sandbox:
        pid = int(ask(sandbox, "pid"))
        assert is_alive(pid)
    assert not is_alive(pid)


PARENT = """
import threading
from provenance.sandbox import Sandbox, Task
sandbox = Sandbox(Task("tests.provenance.misbehaving:Misbehaving"))
print(sandbox.call({"do": "pid"}).decode(), flush=True)
sandbox.call({"do": "sleep"})
"""


@linux
def test_workers_die_with_their_parent_however_it_dies():
    with subprocess.Popen([sys.executable, "-c", PARENT], stdout=subprocess.PIPE) as parent:
        worker = int(parent.stdout.readline())
        assert is_alive(worker)
        parent.kill()
    wait_until(lambda: not is_alive(worker))


def test_what_happens_meanwhile_happens_in_the_calling_thread(shared):
    seen = []
    shared.call({"do": "echo"}, meanwhile=lambda: seen.append(threading.current_thread()))
    assert seen == [threading.current_thread()]


def test_a_fault_meanwhile_is_the_callers_and_the_pool_goes_on(shared):
    def fail():
        raise OSError("the disk failed")

    with pytest.raises(OSError, match="the disk failed"):
        shared.call({"do": "echo"}, meanwhile=fail)
    assert ask(shared, "echo", text="fine") == "fine"
