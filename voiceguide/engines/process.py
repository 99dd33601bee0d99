"""A long-lived worker process that answers one JSON line for each JSON line it is asked.

Speech libraries hang, crash and call exit(); in a process of their own that costs one question, never the session.
`Worker` is the asking side; `serve` is the whole of a worker's main program.
"""

from __future__ import annotations

import contextlib
import json
import os
import queue
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, NoReturn, cast

from voiceguide.errors import EngineError

Answer = dict[str, Any]

LONGEST_LINE = 4 << 20
"""An answer above this many bytes is garbage."""
GRACE = 2.0
"""Seconds that a worker has to leave after its input was closed."""

# The child sees the parent's modules, wherever those came from; -P keeps the current folder from shadowing them.
_BOOT = (
    "import json, runpy, sys; sys.path[:] = json.loads(sys.argv.pop(1)); "
    "runpy.run_module(sys.argv.pop(1), run_name='__main__', alter_sys=True)"
)


class Worker:
    """Asks `module`, run in a process of its own that starts with the first question and restarts after a failure.

    `folder` holds what the worker writes and goes away with it; it is "" while nothing runs.
    """

    def __init__(self, module: str) -> None:
        self._module = module
        self._running: _Running | None = None

    @property
    def folder(self) -> str:
        return self._running.folder if self._running else ""

    def ask(self, request: Answer, deadline: float) -> Answer:
        """The answer to `request`, within `deadline` seconds, start of the process included.

        Raises EngineError after a hang, a crash or garbage; the whole process group is gone by then.
        """
        if self._running is None:
            self._running = _Running(self._module)
        try:
            return self._running.ask(request, deadline)
        except BaseException:
            # An interrupted question leaves its answer in the pipe, where the next one would find it.
            self.kill()
            raise

    def close(self) -> None:
        """Lets the worker leave, and ends it when it does not. Safe to call twice."""
        running, self._running = self._running, None
        if running is not None:
            running.finish(GRACE)

    def kill(self) -> None:
        """Ends the worker and everything it started at once."""
        running, self._running = self._running, None
        if running is not None:
            running.finish(0.0)


class _Running:
    """One life of a worker: the process, its folder and the questions asked so far."""

    def __init__(self, module: str) -> None:
        self.folder = tempfile.mkdtemp(prefix="voiceguide-")
        try:
            self._process = _spawn(module, self.folder)
        except OSError as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise EngineError(f"the speech worker cannot be started: {error.strerror or error}") from error
        self._asked = 0
        self._late = False
        self._end = weakref.finalize(self, _end, self._process, self.folder, 0.0)

    def ask(self, request: Answer, deadline: float) -> Answer:
        self._asked += 1
        line = json.dumps({**request, "id": self._asked}).encode() + b"\n"
        watch = threading.Timer(deadline, self._expire)
        watch.daemon = True
        watch.start()
        try:
            answer = self._exchange(line)
        finally:
            watch.cancel()
        if self._late:
            raise EngineError(f"the speech worker hangs: no answer within {deadline:.1f} s")
        return self._parse(answer)

    def finish(self, grace: float) -> None:
        if self._end.detach():
            _end(self._process, self.folder, grace)

    def _expire(self) -> None:
        # Killing closes the pipes, which wakes the asking thread wherever it waits, on every platform.
        self._late = True
        _kill_group(self._process)

    def _exchange(self, line: bytes) -> bytes:
        stdin, stdout = cast(BinaryIO, self._process.stdin), cast(BinaryIO, self._process.stdout)
        with contextlib.suppress(OSError):
            stdin.write(line)
            stdin.flush()
        return stdout.readline(LONGEST_LINE)

    def _parse(self, line: bytes) -> Answer:
        if not line.endswith(b"\n"):
            raise EngineError(self._epitaph() if len(line) < LONGEST_LINE else "the speech worker answers without end")
        try:
            answer = json.loads(line)
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or answer.get("id") != self._asked:
            raise EngineError(f"the speech worker answered garbage: {line[:60]!r}")
        return answer

    def _epitaph(self) -> str:
        """How it died: a signal's name or an exit code, and its last words."""
        try:
            code = self._process.wait(GRACE)
        except subprocess.TimeoutExpired:
            return "the speech worker closed its output"
        last = _last_words(Path(self.folder, "log"))
        if code < 0:
            return f"the speech worker crashed ({_signal_name(-code)}){last}"
        return f"the speech worker stopped with exit code {code}{last}"


def _spawn(module: str, folder: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-P", "-c", _BOOT, json.dumps([p or str(Path.cwd()) for p in sys.path]), module, folder]
    with Path(folder, "log").open("wb") as log:
        return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log, **_own_group())


def _own_group() -> dict[str, Any]:
    """A group of its own: Ctrl-C in the terminal does not reach it, and it can be killed with all it started."""
    if sys.platform == "win32":
        return {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
    return {"start_new_session": True}


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    if sys.platform == "win32":
        process.kill()
        return
    # The group keeps its number while anything in it lives, even when its leader is gone.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)


def _end(process: subprocess.Popen[bytes], folder: str, grace: float) -> None:
    """Closes the worker's input, waits `grace` seconds, ends what is left, reaps, and removes its folder."""
    with contextlib.suppress(OSError):
        cast(BinaryIO, process.stdin).close()
    with contextlib.suppress(subprocess.TimeoutExpired):
        if grace:
            process.wait(grace)
    _kill_group(process)
    process.wait()
    cast(BinaryIO, process.stdout).close()
    shutil.rmtree(folder, ignore_errors=True)


def _last_words(log: Path) -> str:
    try:
        lines = log.read_text("utf-8", "replace").strip().splitlines()
    except OSError:
        return ""
    return f": {lines[-1][:200]}" if lines else ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def serve(handle: Callable[[Answer, Path], Answer], *, watch: bool = True) -> None:
    """A worker's main program: answers each request with `handle(request, folder)` until its input ends.

    What anybody prints goes nowhere, so only answers reach the asking side. When that side dies, even in the middle of
    a question, the folder is removed and the worker leaves; with `watch` off (no thread, so that it may fork) `handle`
    has to look for the end of the input itself while it works, and call `leave`.
    """
    folder = Path(sys.argv[1])
    answers = _take_stdout()
    for request in _listen(folder) if watch else _read():
        answer = handle(request, folder)
        answers.write(json.dumps({**answer, "id": request.get("id")}).encode() + b"\n")
        answers.flush()
    leave(folder)


def leave(folder: Path) -> NoReturn:
    """Ends a worker whose asking side is gone, whatever it is doing, and takes its folder along."""
    # Another thread or process may be in the middle of writing a file: what appears meanwhile goes at the second try.
    for _ in range(2):
        shutil.rmtree(folder, ignore_errors=True)
    os._exit(0)


def _take_stdout() -> BinaryIO:
    """The real standard output, with everybody else's prints sent to nowhere."""
    answers = os.fdopen(os.dup(1), "wb")
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.close(nowhere)
    return answers


def _read() -> Iterator[Answer]:
    # readline, because iterating over a pipe reads ahead
    while line := sys.stdin.buffer.readline():
        yield json.loads(line)


def _listen(folder: Path) -> Iterator[Answer]:
    """The requests, read by a thread that notices the end of the input while one is being answered."""
    requests: queue.SimpleQueue[Answer] = queue.SimpleQueue()

    def listen() -> None:
        for request in _read():
            requests.put(request)
        leave(folder)

    threading.Thread(target=listen, daemon=True).start()
    while True:
        yield requests.get()
