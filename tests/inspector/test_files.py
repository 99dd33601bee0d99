"""Files of every kind: whole, cut off, torn, misnamed; their chapters, and the session they were made from."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from sounds import RATE, pink, write

from voiceguide import beds, encoders, inspector
from voiceguide.encoders import Mark, Tags
from voiceguide.errors import ContentError, InputMissing, UsageError
from voiceguide.inspector import Stems, chapters, profiles, session
from voiceguide.model.units import Millis
from voiceguide.pipeline.profiles import PROFILES

MARKS = (Mark("One", Millis(0), Millis(2_500)), Mark("Two, später", Millis(2_500), Millis(6_000)))


def encoded(path: Path, marks: tuple[Mark, ...] = MARKS, seconds: int = 6) -> Path:
    samples = pink(seconds, 0.1)
    encoder = encoders.make(path.suffix[1:], path, RATE, len(samples), Tags("A session", marks=marks))
    encoder.write(samples)
    encoder.close()
    return path


@pytest.mark.parametrize("ending", ["mp3", "flac", "wav"])
def test_what_we_write_is_exact_and_whole(ending: str, tmp_path: Path) -> None:
    found = inspector.inspect(encoded(tmp_path / f"a.{ending}"))
    assert found.frames == 6 * RATE
    assert found.faults == ()
    assert found.container.constant is (ending != "flac")
    if ending == "mp3":
        assert found.container.bit_rate == 128_000
    if ending != "wav":
        assert found.chapters == MARKS


@pytest.mark.parametrize("ending", ["mp3", "flac", "wav", "ogg", "aiff"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_what_was_cut_off_is_named(ending: str, share: float, tmp_path: Path) -> None:
    path = tmp_path / f"cut.{ending}"
    if ending in ("mp3", "flac"):
        encoded(path)
    else:
        soundfile.write(path, pink(1), RATE)
    path.write_bytes(path.read_bytes()[: round(path.stat().st_size * share)])
    with pytest.raises(ContentError, match=r"is truncated|is damaged") as caught:
        inspector.inspect(path)
    assert caught.value.hint


@pytest.mark.parametrize(("format_", "promised"), [("WAV", 3 << 30), ("RF64", 5 << 30)])
def test_gigabytes_that_are_not_there_are_missed(format_: str, promised: int, tmp_path: Path) -> None:
    path = tmp_path / "large.wav"
    soundfile.write(path, pink(1), RATE, format=format_)
    data = bytearray(path.read_bytes())
    at = data.index(b"data") + 4 if format_ == "WAV" else data.index(b"ds64") + 16
    data[at : at + (4 if format_ == "WAV" else 8)] = promised.to_bytes(4 if format_ == "WAV" else 8, "little")
    path.write_bytes(data)
    there = len(pink(1)) * 4
    with pytest.raises(ContentError, match=f"is truncated: {promised - there} bytes are missing"):
        inspector.inspect(path)
    with pytest.raises(InputMissing, match="is truncated"):
        beds.make(f'music:"{path}"', RATE)


def test_mp3_without_a_tag_misses_its_last_bytes(tmp_path: Path) -> None:
    import lameenc

    encoder = lameenc.Encoder()
    encoder.set_bit_rate(192)
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(2)
    encoder.silence()
    data = encoder.encode((pink(3) * 32767).astype(np.int16).tobytes()) + encoder.flush()
    path = tmp_path / "bare.mp3"
    path.write_bytes(bytes(data))
    found = inspector.inspect(path)
    assert (found.container.bit_rate, found.container.constant, found.faults) == (192_000, True, ())
    path.write_bytes(bytes(data[:-100]))
    with pytest.raises(ContentError, match="its last frame lacks 100 bytes"):
        inspector.inspect(path)


def test_strange_bytes_in_an_mp3(tmp_path: Path) -> None:
    path = encoded(tmp_path / "torn.mp3")
    data = path.read_bytes()
    path.write_bytes(data[:60_000] + b"\x00\x11" * 400 + data[60_000:])
    assert "damage" in [fault.kind for fault in inspector.inspect(path).faults]


def test_an_mp3_that_goes_on_after_its_end(tmp_path: Path) -> None:
    path = encoded(tmp_path / "twice.mp3")
    path.write_bytes(path.read_bytes() * 2)
    said = [fault.message for fault in inspector.inspect(path).faults]
    assert any("never reach" in text for text in said)
    assert any("belong to no frame" in text for text in said)


def test_a_tag_at_the_end_is_no_damage(tmp_path: Path) -> None:
    path = encoded(tmp_path / "tagged.mp3")
    path.write_bytes(path.read_bytes() + b"TAG" + bytes(125))
    assert inspector.inspect(path).faults == ()


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is empty"),
        (b"Let go of your shoulders.\n", "is text, not audio"),
        (b"<!doctype html><html>", "is a web page, not audio"),
        (b"\0\0\0\x20ftypM4A \0\0\0\0", "is truncated"),
        (b"RIFF\x24\0\0\0WAVEfmt ", "cannot be decoded"),
        (bytes(range(256)) * 9, "not audio"),
    ],
)
def test_what_is_no_sound_is_said(data: bytes, said: str, tmp_path: Path) -> None:
    path = tmp_path / "odd.mp3"
    path.write_bytes(data)
    with pytest.raises(ContentError, match=said) as caught:
        inspector.inspect(path)
    assert caught.value.hint


def test_missing_files_and_folders(tmp_path: Path) -> None:
    for path in (tmp_path / "nowhere.wav", tmp_path):
        with pytest.raises(InputMissing):
            inspector.inspect(path)


def test_values_that_are_no_numbers(tmp_path: Path) -> None:
    samples = pink(1)
    samples[30_000] = np.nan
    with pytest.raises(ContentError, match="no numbers"):
        inspector.inspect(write(tmp_path / "nan.wav", samples, "FLOAT"))


def test_a_file_without_frames(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="holds no sound"):
        inspector.inspect(write(tmp_path / "none.wav", np.zeros((0, 2), np.float32)))


def mark(title: str, start: int, end: int) -> Mark:
    return Mark(title, Millis(start), Millis(end))


@pytest.mark.parametrize(
    ("marks", "said"),
    [
        ([mark("a", 0, 500), mark("b", 500, 1_000)], ""),
        ([], ""),
        ([mark("a", 0, 300), mark("b", 500, 1_000)], "no chapter from 0:00.300 to 0:00.500"),
        ([mark("a", 0, 600), mark("b", 500, 1_000)], "chapters 1 and 2 overlap"),
        ([mark("a", 500, 600), mark("b", 0, 1_000)], "'b'\\) begins before the one ahead"),
        ([mark("a", 0, 500), mark("b", 500, 1_400)], "lies outside the file"),
        ([mark("a", 0, 500)], "no chapter from 0:00.500 to the end"),
        ([mark("a", 500, 200)], "ends before it begins"),
    ],
)
def test_chapters_are_in_order_inside_and_without_gaps(marks: list[Mark], said: str) -> None:
    import re

    found = chapters.faults(tuple(marks), Millis(1_000))
    assert bool(found) is bool(said)
    assert not said or any(re.search(said, fault) for fault in found)


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=30))
def test_chapters_one_after_the_other_have_no_faults(lengths: list[int]) -> None:
    ends = np.cumsum(lengths).tolist()
    marks = [mark(str(end), end - length, end) for end, length in zip(ends, lengths, strict=True)]
    assert chapters.faults(tuple(marks), Millis(ends[-1])) == []


PLAN = {
    "schema": 1,
    "length": 6.0,
    "exact": True,
    "sections": [{"title": "One", "start": 0.0, "end": 2.5}, {"title": "Two", "start": 2.5, "end": 6.0}],
    "cues": [
        {"kind": "rest", "start": 0.0, "end": 1.0, "text": ""},
        {"kind": "say", "start": 1.0, "end": 2.5, "text": "Let go."},
        {"kind": "rest", "start": 2.5, "end": 4.0, "text": ""},
        {"kind": "say", "start": 4.0, "end": 5.5, "text": "And rest."},
        {"kind": "rest", "start": 5.5, "end": 6.0, "text": ""},
    ],
}


def spoken(bed: float, *, leave_out: bool = False) -> tuple[np.ndarray, np.ndarray]:
    """The voice and the bed of `PLAN`."""
    voice = np.zeros((6 * RATE, 2), np.float32)
    noise = pink(6, 0.1)
    for start, end in ((1.0, 2.5), (4.0, 5.5))[: 1 if leave_out else 2]:
        voice[round(start * RATE) : round(end * RATE)] = noise[round(start * RATE) : round(end * RATE)]
    return voice, pink(6, bed, seed=7)


def test_a_file_against_its_plan(tmp_path: Path) -> None:
    voice, bed = spoken(0.001)
    path = write(tmp_path / "s.wav", voice + bed, "PCM_24")
    (tmp_path / "s.json").write_text(json.dumps(PLAN))
    plan = session.beside(path)
    assert plan is not None
    found = inspector.inspect(path, plan)
    assert [fault for fault in found.faults if fault.kind == "plan"] == []
    assert found.distance is not None
    assert found.distance.basis == "estimate"
    assert found.distance.least == pytest.approx(40, abs=1)
    assert found.distance.sentences == 2


def test_a_lost_sentence_and_another_length_are_told(tmp_path: Path) -> None:
    voice, bed = spoken(0.001, leave_out=True)
    path = write(tmp_path / "s.wav", (voice + bed)[: round(5.9 * RATE)], "PCM_24")
    (tmp_path / "plan.json").write_text(json.dumps(PLAN))
    told = [fault.message for fault in inspector.inspect(path, session.load(tmp_path / "plan.json")).faults]
    assert any("lasts 0:05.900, and 0:06.000 was planned" in text for text in told)
    assert any("where 'And rest.' was planned" in text for text in told)


@pytest.mark.parametrize("planned", [True, False])
def test_speech_over_bed_by_stems(planned: bool, tmp_path: Path) -> None:
    voice, bed = spoken(0.01)
    stems = Stems(write(tmp_path / "v.wav", voice, "FLOAT"), write(tmp_path / "b.wav", bed, "FLOAT"))
    (tmp_path / "plan.json").write_text(json.dumps(PLAN))
    plan = session.load(tmp_path / "plan.json") if planned else None
    found = inspector.inspect(write(tmp_path / "m.wav", voice + bed, "FLOAT"), plan, stems)
    assert found.distance is not None
    assert (found.distance.basis, found.distance.sentences) == ("stems", 2)
    assert found.distance.least == pytest.approx(20, abs=0.5)


@pytest.mark.parametrize("planned", [True, False])
@pytest.mark.parametrize(
    ("bed", "near"),
    [(0.009, 0), (0.0112, 2), (0.03, 2)],  # under a voice of 0.1
)
def test_a_bed_too_near_to_speech_is_a_fault_by_stems_alone(
    bed: float, near: int, planned: bool, tmp_path: Path
) -> None:
    voice, ground = spoken(bed)
    stems = Stems(write(tmp_path / "v.wav", voice, "FLOAT"), write(tmp_path / "b.wav", ground, "FLOAT"))
    mixed = write(tmp_path / "m.wav", voice + ground, "FLOAT")
    (tmp_path / "plan.json").write_text(json.dumps(PLAN))
    plan = session.load(tmp_path / "plan.json") if planned else None
    apart = inspector.inspect(mixed, plan, stems)
    told = [fault for fault in apart.faults if fault.kind == "distance"]
    assert apart.distance is not None
    assert (apart.distance.near, len(told)) == (near, int(near > 0))
    for fault in told:
        assert f"speech lies only {apart.distance.least:.1f} dB above the bed here" in fault.message
        assert fault.message.startswith(("0:01.", "0:04."))
        assert "under 2 of 2 sentences (WCAG 2, 1.4.7)" in fault.message
        assert fault.place is not None
        assert fault.place.start == round(apart.distance.least_at * RATE)
        assert f"{20 - apart.distance.least:.1f} dB softer" in fault.hint
    estimated = inspector.inspect(mixed, session.load(tmp_path / "plan.json"))
    assert not [fault for fault in estimated.faults if fault.kind == "distance"]


@pytest.mark.parametrize("text", ["", "{}", "[]", "7", '{"schema": 2, "length": 3}', '{"schema": 1, "length": "x"}',
                                  '{"schema": 1, "length": -1}', '{"schema": 1, "length": NaN}', "\x80"])  # fmt: skip
def test_what_is_no_plan(text: str, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(text)
    with pytest.raises(ContentError, match="is no session"):
        session.load(tmp_path / "s.json")
    assert session.beside(tmp_path / "s.wav") is None


def test_profiles_name_measure_limit_and_cure(tmp_path: Path) -> None:
    found = inspector.inspect(write(tmp_path / "a.wav", pink(6, 0.05)))
    for name in profiles.names():
        verdicts = profiles.judge(name, found)
        assert all(verdict.limit and verdict.passed is (verdict.cure == "") for verdict in verdicts)
    failed = {verdict.name for verdict in profiles.judge("acx", found) if not verdict.passed}
    assert failed == {"RMS", "noise floor", "format", "silence ahead", "silence after"}
    with pytest.raises(UsageError):
        profiles.judge("acxx", found)


def test_whatever_is_rendered_for_can_be_checked_for(tmp_path: Path) -> None:
    assert set(profiles.names()) == set(PROFILES)
    found = inspector.inspect(write(tmp_path / "a.wav", pink(6, 0.05)))
    for name in profiles.names():
        limits = {verdict.name: verdict.limit for verdict in profiles.judge(name, found)}
        rendered = PROFILES[name]
        assert limits["peak" if name == "acx" else "true peak"].startswith(f"at most {rendered.peak:g} ")
        if rendered.anchored:  # no plan says where somebody speaks
            assert limits["loudness"] == f"at most {rendered.loudness + 1:g} LUFS"
        elif rendered.loudness is not None and rendered.gated:
            low, _, high, _ = limits["loudness"].split()
            assert (float(low) + float(high)) / 2 == rendered.loudness
        else:
            assert "loudness" not in limits


@given(st.floats(-60, 0), st.floats(-40, -20), st.floats(0, 20))
def test_a_requirement_passes_exactly_between_its_limits(value: float, low: float, width: float) -> None:
    verdict = profiles.within("x", value, low, low + width, "dB", ("up {:.1f}", "down {:.1f}"), 0.0)
    assert verdict.passed is (low <= value <= low + width)
    assert verdict.cure.startswith("up" if value < low else "down" if value > low + width else "")


def test_a_file_that_acx_takes(tmp_path: Path) -> None:
    import lameenc

    samples = pink(20, 0.0003)
    samples[round(0.75 * RATE) : round(17 * RATE)] = np.clip(pink(20, 0.1), -0.6, 0.6)[round(0.75 * RATE) : 17 * RATE]
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(192)
    encoder.set_in_sample_rate(RATE)
    encoder.set_channels(2)
    encoder.silence()
    data = encoder.encode((samples * 32767).astype(np.int16).tobytes()) + encoder.flush()
    (tmp_path / "acx.mp3").write_bytes(bytes(data))
    verdicts = profiles.judge("acx", inspector.inspect(tmp_path / "acx.mp3"))
    assert [verdict for verdict in verdicts if not verdict.passed] == []
