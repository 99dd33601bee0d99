"""The worker process: answers, hangs, crashes, garbage and orphans, with real processes."""

import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from voiceguide.engines.process import Worker
from voiceguide.errors import EngineError

MOODY = """
    import ctypes, os, subprocess, sys, time
    from voiceguide.engines.process import serve

    def handle(request, folder):
        mood = request["mood"]
        if mood == "chatty":
            print("not an answer", flush=True)
            os.system("echo nor this")
        if mood == "hang":
            child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
            (folder.parent / request["pids"]).write_text(f"{os.getpid()} {child.pid}")
            time.sleep(60)
        if mood == "exit":
            sys.stderr.write("the dictionary is missing")
            sys.stderr.flush()
            os._exit(3)
        if mood == "crash":
            ctypes.string_at(0)
        if mood == "write":
            (folder / "clip.wav").write_bytes(b"sound")
        return {"pid": os.getpid(), "folder": str(folder)}

    serve(handle)
"""
BABBLER = """
    import sys
    for line in sys.stdin:
        print("good morning", flush=True)
"""


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two worker modules that a child can import, and a temporary folder of our own."""
    (tmp_path / "moody.py").write_text(textwrap.dedent(MOODY))
    (tmp_path / "babbler.py").write_text(textwrap.dedent(BABBLER))
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


@pytest.fixture
def worker(modules: None) -> Iterator[Worker]:  # noqa: ARG001  (what it imports)
    worker = Worker("moody")
    yield worker
    worker.close()


def alive(pid: int) -> bool:
    """False for a process that is gone, or a zombie that nobody has reaped yet."""
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False


def wait_until_gone(pids: list[int]) -> None:
    until = time.monotonic() + 20
    while any(map(alive, pids)) and time.monotonic() < until:
        time.sleep(0.02)
    assert not any(map(alive, pids))


def test_one_process_answers_every_question(worker: Worker) -> None:
    assert len({worker.ask({"mood": "good"}, 10)["pid"] for _ in range(5)}) == 1


def test_nothing_runs_before_the_first_question(worker: Worker) -> None:
    assert worker.folder == ""


def test_what_the_worker_prints_is_not_an_answer(worker: Worker) -> None:
    assert "pid" in worker.ask({"mood": "chatty"}, 10)
    assert "pid" in worker.ask({"mood": "good"}, 10)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
def test_a_hang_ends_in_time_with_all_that_the_worker_started(worker: Worker, tmp_path: Path) -> None:
    begun = time.monotonic()
    with pytest.raises(EngineError, match="hangs"):
        worker.ask({"mood": "hang", "pids": "pids"}, 1.0)
    assert time.monotonic() - begun < 10
    wait_until_gone([int(pid) for pid in (tmp_path / "pids").read_text().split()])
    assert "pid" in worker.ask({"mood": "good"}, 10)


def test_an_exit_is_told_with_its_code_and_last_words(worker: Worker) -> None:
    with pytest.raises(EngineError, match="exit code 3: the dictionary is missing"):
        worker.ask({"mood": "exit"}, 10)
    assert "pid" in worker.ask({"mood": "good"}, 10)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_a_crash_is_told_with_its_signal(worker: Worker) -> None:
    with pytest.raises(EngineError, match="SIGSEGV"):
        worker.ask({"mood": "crash"}, 10)


def test_a_worker_that_was_killed_from_outside_is_replaced(worker: Worker) -> None:
    first = worker.ask({"mood": "good"}, 10)["pid"]
    os.kill(first, signal.SIGTERM)
    with pytest.raises(EngineError, match=r"SIGTERM|exit code"):
        worker.ask({"mood": "good"}, 10)
    assert worker.ask({"mood": "good"}, 10)["pid"] != first


@pytest.mark.usefixtures("modules")
def test_garbage_is_an_error() -> None:
    worker = Worker("babbler")
    with pytest.raises(EngineError, match="garbage"):
        worker.ask({"mood": "good"}, 10)
    worker.close()


@pytest.mark.usefixtures("modules")
def test_a_module_that_is_not_there_is_an_error() -> None:
    with pytest.raises(EngineError, match=r"exit code 1.*nosuchmodule"):
        Worker("nosuchmodule").ask({}, 10)


@pytest.mark.parametrize("how", ["close", "kill"])
def test_the_folder_goes_with_the_worker(worker: Worker, how: str) -> None:
    folder = Path(worker.ask({"mood": "write"}, 10)["folder"])
    assert (folder / "clip.wav").exists()
    getattr(worker, how)()
    getattr(worker, how)()
    assert not folder.exists()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looks into /proc")
@pytest.mark.parametrize("busy", [False, True])
@pytest.mark.usefixtures("modules")
def test_a_worker_dies_with_its_parent_and_leaves_nothing(tmp_path: Path, busy: bool) -> None:
    code = f"""
        import os, signal, threading, time
        from voiceguide.engines.process import Worker
        worker = Worker("moody")
        print(worker.ask({{"mood": "write"}}, 10)["pid"], flush=True)
        if {busy}:
            threading.Thread(target=worker.ask, args=({{"mood": "hang", "pids": "pids"}}, 60), daemon=True).start()
            while not os.path.exists({str(tmp_path / "pids")!r}):
                time.sleep(0.01)
        os.kill(os.getpid(), signal.SIGKILL)
    """
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "TMPDIR": str(tmp_path)}
    parent = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)], env=environment, capture_output=True, text=True, check=False
    )
    wait_until_gone([int(parent.stdout)])
    assert not list(tmp_path.glob("voiceguide-*"))
    if busy:
        # What a worker starts is its own affair when nobody is left to end the group.
        os.kill(int((tmp_path / "pids").read_text().split()[1]), signal.SIGKILL)
