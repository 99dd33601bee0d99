"""A worker that takes another's place: gives its true answers, or the bad one that lies ready.

`VOICEGUIDE_TEST_WORKER` names the real worker, `VOICEGUIDE_TEST_STORE` the folder for its answers. A true answer is
kept when it is given for the first time, so that the real worker runs once for each question. While `bad.json` lies
there and its `times` are not used up, that is what a question to speak gets.
"""

import hashlib
import json
import os
import runpy
import shutil
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

from voiceguide.engines import process

STORE = Path(os.environ["VOICEGUIDE_TEST_STORE"])
HERE = "{folder}"
"""Stands for the worker's folder in an answer that is kept."""


class Begun(BaseException):
    """The real worker is about to listen."""


def true_handle() -> Callable[[dict[str, Any], Path], dict[str, Any]]:
    """What the real worker answers with."""
    found: list[Callable[[dict[str, Any], Path], dict[str, Any]]] = []

    def serve(handle: Callable[[dict[str, Any], Path], dict[str, Any]], **_: object) -> None:
        found.append(handle)
        raise Begun

    process.serve = serve  # type: ignore[assignment]
    try:
        runpy.run_module(os.environ["VOICEGUIDE_TEST_WORKER"], run_name="__main__")
    except Begun:
        return found[0]
    raise RuntimeError("the real worker never listened")


def kept(request: dict[str, Any], folder: Path) -> Path:
    """The true answer, kept."""
    asked = {name: value for name, value in request.items() if name != "id"}
    place = STORE / hashlib.sha256(json.dumps(asked, sort_keys=True).encode()).hexdigest()[:16]
    if not place.exists():
        answer = true_handle()(request, folder)
        place.mkdir()
        for path in filter(Path.is_file, folder.iterdir()):
            if path.name != "log":
                shutil.copy(path, place / path.name)
        text = json.dumps({"asked": asked, "answer": answer}).replace(str(folder), HERE)
        (place / "answer.json").write_text(text)
    return place


def given(place: Path, folder: Path) -> dict[str, Any]:
    """The answer in `place`, its files put where it says."""
    for path in place.iterdir():
        if path.name != "answer.json":
            shutil.copy(path, folder / path.name)
    text = (place / "answer.json").read_text().replace(HERE, str(folder))
    answer: dict[str, Any] = json.loads(text)["answer"]
    return answer


def bad() -> str:
    """How the next answer is bad, counted down; "" for not at all."""
    note = STORE / "bad.json"
    plan = json.loads(note.read_text()) if note.exists() else {"times": 0}
    if plan["times"] <= 0:
        return ""
    note.write_text(json.dumps({**plan, "times": plan["times"] - 1}))
    return str(plan["how"])


def misbehave(how: str, answers: BinaryIO, line: bytes) -> None:
    if how == "hang":
        time.sleep(60)
    if how == "drip":
        for at in range(len(line)):
            answers.write(line[at : at + 1])
            answers.flush()
            time.sleep(0.1)
    if how == "crash":
        os.kill(os.getpid(), signal.SIGKILL)
    answers.write(b"good morning\n")
    answers.flush()


def main() -> None:
    folder = Path(sys.argv[1])
    answers = process._take_stdout()
    for request in process._read():
        place = kept(request, folder)
        how = bad() if request["ask"] == "speak" else ""
        answer = given(STORE / "bad" if how == "files" else place, folder)
        line = json.dumps({**answer, "id": request["id"]}).encode() + b"\n"
        if how not in ("", "files"):
            misbehave(how, answers, line)
            continue
        answers.write(line)
        answers.flush()
    process.leave(folder)


if __name__ == "__main__":
    main()
