"""M4A and M4B: ours and odd ones, whole, cut off and torn, with ffmpeg and without."""

import json
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from sounds import RATE, converted, pink, write

from voiceguide import encoders, inspector
from voiceguide.audio import ffmpeg
from voiceguide.cli.check import command
from voiceguide.encoders import Mark, Tags
from voiceguide.errors import ContentError, EngineMissing
from voiceguide.inspector import Stems, session
from voiceguide.model.units import Millis

MARKS = (Mark("One", Millis(0), Millis(2_500)), Mark("Two, später", Millis(2_500), Millis(4_000)))


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("mp4") / "ours.m4a"
    samples = pink(4, 0.1)
    encoder = encoders.make("m4a", path, RATE, len(samples), Tags("A session", marks=MARKS))
    encoder.write(samples)
    encoder.close()
    return path


@pytest.fixture
def without_ffmpeg(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    monkeypatch.setitem(sys.modules, "imageio_ffmpeg", None)
    monkeypatch.setenv("PATH", str(tmp_path))
    ffmpeg.program.cache_clear()
    yield
    ffmpeg.program.cache_clear()


def test_ours_is_whole(ours: Path) -> None:
    found = inspector.inspect(ours)
    assert 0 <= found.frames - 4 * RATE <= 1024
    assert found.faults == ()
    assert found.chapters == MARKS
    kept = found.container
    assert (kept.format, kept.subtype, kept.rate, kept.channels, kept.constant) == ("MP4", "AAC", RATE, 2, False)
    assert 100_000 < kept.bit_rate < 160_000


@pytest.mark.parametrize("extra", [0, 700, -700])
def test_a_frame_more_or_less_is_as_planned(extra: int, ours: Path) -> None:
    plan = session.Session(4.0 + extra / RATE)
    assert inspector.inspect(ours, plan).faults == ()
    assert inspector.inspect(ours, session.Session(3.5)).faults[0].kind == "plan"


def test_loudness_is_that_of_the_same_as_wav(ours: Path, tmp_path: Path) -> None:
    plain = inspector.inspect(converted(ours, tmp_path / "same.wav", "-c:a", "pcm_f32le"))
    found = inspector.inspect(ours)
    assert found.sound.integrated_lufs == pytest.approx(plain.sound.integrated_lufs, abs=0.01)
    assert found.sound.true_peak_dbtp == pytest.approx(plain.sound.true_peak_dbtp, abs=0.01)


@pytest.mark.parametrize(
    ("words", "subtype", "rate", "channels"),
    [
        (("-c:a", "alac"), "ALAC", RATE, 2),
        (("-c:a", "aac", "-ac", "1", "-ar", "16000"), "AAC", 16_000, 1),
        (("-c:a", "aac", "-ac", "6", "-ar", "48000"), "AAC", 48_000, 6),
        (("-c:a", "aac", "-movflags", "+frag_keyframe+empty_moov"), "AAC", RATE, 2),
    ],
    ids=["lossless", "mono", "5.1", "in fragments"],
)
def test_what_others_make(
    words: tuple[str, ...], subtype: str, rate: int, channels: int, ours: Path, tmp_path: Path
) -> None:
    found = inspector.inspect(converted(ours, tmp_path / "other.m4a", *words))
    assert (found.container.subtype, found.container.rate, found.container.channels) == (subtype, rate, channels)
    assert found.seconds == pytest.approx(4, abs=0.15)
    assert [mark.title for mark in found.chapters] == ["One", "Two, später"]


@pytest.mark.parametrize("share", [0.3, 0.9, 0.999])
def test_what_was_cut_off_is_named(share: float, ours: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.m4a"
    cut.write_bytes(ours.read_bytes()[: round(share * ours.stat().st_size)])
    with pytest.raises(ContentError, match=r"is truncated: \d+ bytes are missing"):
        inspector.inspect(cut)


def test_a_torn_file_is_named_with_the_place(ours: Path, tmp_path: Path) -> None:
    data = bytearray(ours.read_bytes())
    data[len(data) // 2 : len(data) // 2 + 400] = bytes(400)
    (tmp_path / "torn.m4a").write_bytes(data)
    with pytest.raises(ContentError, match=r"is damaged \d\.\d\d s in"):
        inspector.inspect(tmp_path / "torn.m4a")


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_head_is_an_answer_and_never_a_crash(data: st.DataObject, ours: Path, tmp_path: Path) -> None:
    # The boxes that describe the sound lie in front.
    damaged = bytearray(ours.read_bytes())
    for place in data.draw(st.lists(st.integers(8, 1_500), min_size=1, max_size=8)):
        damaged[place] = data.draw(st.integers(0, 255))
    (tmp_path / "odd.m4a").write_bytes(damaged)
    with suppress(ContentError):
        inspector.inspect(tmp_path / "odd.m4a")


def test_a_playlist_that_calls_itself_m4a_is_not_followed(ours: Path, tmp_path: Path) -> None:
    (tmp_path / "list.m4a").write_text(f"ffconcat version 1.0\nfile '{ours}'\n")
    with pytest.raises(ContentError, match="is text, not audio"):
        inspector.inspect(tmp_path / "list.m4a")


def test_stems_may_be_m4a(ours: Path, tmp_path: Path) -> None:
    bed = write(tmp_path / "bed.wav", pink(4, 0.005))
    apart = inspector.inspect(ours, None, Stems(ours, bed)).distance
    assert apart is not None
    assert apart.least > 20


@pytest.mark.usefixtures("without_ffmpeg")
def test_without_ffmpeg_the_cure_is_named(ours: Path, tmp_path: Path) -> None:
    with pytest.raises(EngineMissing, match="M4A and M4B need ffmpeg") as caught:
        inspector.inspect(ours)
    assert caught.value.hint == "pip install 'voiceguide[ffmpeg]'"
    other = write(tmp_path / "other.wav", pink(4, 0.05))
    done = CliRunner().invoke(command, [str(ours), str(other), "--json"])
    rows = json.loads(done.stdout)["files"]
    assert done.exit_code == EngineMissing.exit_code
    assert rows[0]["problems"][0]["hint"] == "pip install 'voiceguide[ffmpeg]'"
    assert rows[1]["problems"] == []
