"""What repeats is neither made nor encoded nor decoded again, and nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from voiceguide.audio.clip import Samples
from voiceguide.encoders import Tags, mp3, mp3_chunks
from voiceguide.encoders.lame_tag import FRAME
from voiceguide.exporter import Report, Source, export

RATE = 44_100
KEPT = 98
PERIOD = 5 * KEPT * FRAME
"""Frames: whole chunks and whole tenths of a second."""
TOTAL = 3 * PERIOD + 70_001


@pytest.fixture(autouse=True)
def short_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mp3_chunks, "KEPT", KEPT)


def session(spoken: tuple[int, ...]) -> Samples:
    """A loop, with something else over it at some places."""
    dice = np.random.default_rng(7)
    loop = np.cumsum(dice.standard_normal((PERIOD, 2)), axis=0) % 20 * 0.01 - 0.1
    sound = np.resize(loop, (TOTAL, 2)).astype(np.float32)
    for at in spoken:
        sound[at : at + 9_000] += 0.2 * np.sin(np.arange(9_000) / 30)[:, None].astype(np.float32)
    return sound


def exported(sound: Samples, target: Path, made: list[int], *, knowing: bool) -> Report:
    def blocks(start: int) -> Iterator[Samples]:
        for at in range(start, TOTAL, 46_080):
            made.append(len(sound[at : at + 46_080]))
            yield sound[at : at + 46_080]

    def same_as(start: int, frames: int, unit: int) -> int | None:
        before = start - np.lcm(unit, PERIOD)
        same = before >= 0 and np.array_equal(sound[start : start + frames], sound[before : before + frames])
        return int(before) if knowing and same else None

    return export(Source(blocks, same_as), target, "mp3", RATE, TOTAL, Tags("T"), jobs=2)


@pytest.mark.parametrize("spoken", [(), (1_000, PERIOD + 400_000), (2 * PERIOD, TOTAL - 20_000)])
def test_it_is_the_same_file_with_less_work(
    spoken: tuple[int, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sound, encoded = session(spoken), [0, 0]
    whole = mp3._whole
    every: list[list[int]] = [[], []]
    reports = []
    for knowing in (False, True):

        def counting(*given: object, knowing: bool = knowing) -> bytes:
            encoded[knowing] += 1
            return whole(*given)  # type: ignore[arg-type]

        monkeypatch.setattr(mp3, "_whole", counting)
        reports.append(exported(sound, tmp_path / str(knowing), every[knowing], knowing=knowing))
    assert (tmp_path / "True").read_bytes() == (tmp_path / "False").read_bytes()
    plain, known = reports
    assert known.frames == plain.frames == TOTAL
    assert known.loudness_lufs == pytest.approx(plain.loudness_lufs, abs=1e-6)
    assert known.true_peak_dbtp == pytest.approx(plain.true_peak_dbtp, abs=1e-6)
    assert encoded[False] == 16
    assert encoded[True] <= 7 + 3 * len(spoken)
    assert sum(every[True]) < 0.95 * TOTAL == 0.95 * sum(every[False])
