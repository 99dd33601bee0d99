"""Files of which a reader sees a part alone: joined, cut off, with wrong sizes; and whole ones that only look odd."""

import subprocess
import sys
import threading
from pathlib import Path

import imageio_ffmpeg
import lameenc
import numpy as np
import pytest
import soundfile
from mutagen.apev2 import APEv2
from mutagen.id3 import APIC, ID3

sys.path.insert(0, str(Path(__file__).parent))
from sounds import RATE, converted, judged, pink, write

from voiceguide import encoders, inspector
from voiceguide.encoders import Tags
from voiceguide.errors import ContentError
from voiceguide.inspector import mp4
from voiceguide.progress import Event, Progress

ID3V1 = b"TAG" + bytes(125)


def lame(rate: int = RATE, channels: int = 2, seconds: int = 3) -> bytes:
    """An MP3 as LAME leaves it, without an Info tag."""
    encoder = lameenc.Encoder()
    encoder.set_bit_rate(128)
    encoder.set_in_sample_rate(rate)
    encoder.set_channels(channels)
    encoder.silence()
    samples = (pink(seconds, 0.1, rate) * 32767).astype(np.int16)[:, :channels]
    return bytes(encoder.encode(samples.tobytes()) + encoder.flush())


def ours(path: Path, seconds: int = 3) -> Path:
    samples = pink(seconds, 0.1)
    encoder = encoders.make(path.suffix[1:], path, RATE, len(samples), Tags("A session"))
    encoder.write(samples)
    encoder.close()
    return path


def faults(path: Path) -> list[str]:
    return [fault.message for fault in inspector.inspect(path).faults]


@pytest.mark.parametrize(("rate", "channels"), [(48_000, 2), (RATE, 1)], ids=["another rate", "mono"])
def test_an_mp3_that_goes_on_as_another_kind(rate: int, channels: int, tmp_path: Path) -> None:
    path = tmp_path / "joined.mp3"
    path.write_bytes(lame() + lame(rate, channels))
    (fault,) = inspector.inspect(path).faults
    assert fault.kind == "damage"
    assert fault.message == "0:03.030: another stream begins here, and players may stop"
    assert "encoding them as one" in fault.hint


@pytest.mark.parametrize("footer", [ID3V1, b"LYRICSBEGINLet go000016LYRICS200" + ID3V1], ids=["ID3v1", "Lyrics3"])
def test_a_second_session_behind_the_tag_of_the_first(footer: bytes, tmp_path: Path) -> None:
    path = ours(tmp_path / "twice.mp3")
    path.write_bytes((path.read_bytes() + footer) * 2)
    assert any("117 frames follow the end that its tag names" in text for text in faults(path))


@pytest.mark.parametrize("size", [10, 3 << 20])
def test_a_second_session_behind_an_ape_tag(size: int, tmp_path: Path) -> None:
    path = ours(tmp_path / "twice.mp3")
    tag = APEv2()
    tag["Comment"] = "a" * size
    tag.save(path)
    assert faults(path) == []
    path.write_bytes(path.read_bytes() * 2)
    assert any("117 frames follow" in text for text in faults(path))


def test_two_strange_frames_at_which_a_decoder_stops(tmp_path: Path) -> None:
    path = tmp_path / "torn.mp3"
    path.write_bytes(lame() + lame(48_000)[: 2 * 384] + lame())
    assert faults(path) == ["only 3.03 s of 6.11 s in it can be decoded"]


def test_what_a_tag_has_players_cut_off_is_not_missed(tmp_path: Path) -> None:
    path = ours(tmp_path / "short.mp3")
    data = bytearray(path.read_bytes())
    at = data.index(b"LAME3.100") + 21
    data[at : at + 3] = (576 << 12 | 4095).to_bytes(3)
    path.write_bytes(data)
    found = inspector.inspect(path)
    assert found.faults == ()
    assert found.frames < 3 * RATE


KINDS = {
    "Xing": ("-b:a", "128k"),
    "no Xing": ("-b:a", "128k", "-write_xing", "0"),
    "variable": ("-q:a", "4"),
    "variable without Xing": ("-q:a", "4", "-write_xing", "0"),
    "average": ("-b:a", "128k", "-abr", "1"),
    "mono": ("-ac", "1"),
    "24 kHz": ("-ar", "24000"),
    "ID3v1": ("-write_id3v1", "1", "-metadata", "title=One"),
    "ID3v2.3": ("-id3v2_version", "3", "-metadata", "title=One"),
}


@pytest.mark.parametrize("name", KINDS)
def test_whole_mp3s_of_others_are_good_and_read_to_the_end(name: str, tmp_path: Path) -> None:
    source = write(tmp_path / "source.wav", pink(5, 0.1))
    found = inspector.inspect(converted(source, tmp_path / "other.mp3", "-c:a", "libmp3lame", *KINDS[name]))
    assert found.faults == ()
    assert found.seconds == pytest.approx(5, abs=0.06)
    assert found.sound.integrated_lufs == pytest.approx(judged(found.path)[0], abs=0.15)


def test_a_large_picture_ahead_of_an_mp3_of_unknown_length(tmp_path: Path) -> None:
    source = write(tmp_path / "source.wav", pink(5, 0.1))
    path = converted(source, tmp_path / "other.mp3", "-c:a", "libmp3lame", *KINDS["variable without Xing"])
    tag = ID3(path)
    tag.add(APIC(mime="image/png", type=3, data=bytes(range(256)) * 2_000))
    tag.save(path)
    before = threading.active_count()
    found = inspector.inspect(path)
    assert found.faults == ()
    assert found.frames == found.container.frames
    assert threading.active_count() == before


def test_bare_mp3s_with_any_tag_are_good(tmp_path: Path) -> None:
    path = tmp_path / "bare.mp3"
    for data in (lame(), lame() + ID3V1, lame(16_000), lame(22_050, 1)):
        path.write_bytes(data)
        found = inspector.inspect(path)
        assert found.faults == ()
        assert found.frames == found.container.frames
    path.write_bytes(lame())
    tag = APEv2()
    tag["Title"] = "One"
    tag.save(path)
    path.write_bytes(path.read_bytes() + ID3V1)
    assert faults(path) == []


def test_a_hole_of_a_mebibyte_in_an_mp3_is_no_padding(tmp_path: Path) -> None:
    path = tmp_path / "hole.mp3"
    path.write_bytes(lame() + bytes(3 << 20) + lame(48_000))
    with pytest.raises(ContentError, match="is damaged"):
        inspector.inspect(path)


@pytest.mark.parametrize("ending", ["ogg", "opus"])
def test_a_second_stream_in_an_ogg(ending: str, tmp_path: Path) -> None:
    path = ours(tmp_path / f"a.{ending}") if ending == "ogg" else tmp_path / "a.opus"
    if ending == "opus":
        converted(write(tmp_path / "a.wav", pink(3, 0.1)), path, "-c:a", "libopus")
    assert faults(path) == []
    path.write_bytes(path.read_bytes() * 2)
    assert faults(path) == ["0:03.000: another stream begins here, and players may stop"]


@pytest.mark.parametrize(("form", "endian"), [("AU", "FILE"), ("AU", "LITTLE"), ("W64", "FILE")])
def test_au_and_wave64_that_were_cut_off(form: str, endian: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{form.lower()}"
    soundfile.write(path, pink(2, 0.1), RATE, "PCM_16", endian, form)
    assert faults(path) == []
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(ContentError, match=f"is truncated: {len(data) - len(data) // 2} bytes are missing"):
        inspector.inspect(path)


@pytest.mark.parametrize("form", ["au", "w64", "flac", "wav", "mp3", "ogg"])
def test_what_was_streamed_to_a_pipe_is_whole(form: str, tmp_path: Path) -> None:
    source = write(tmp_path / "source.wav", pink(2, 0.1))
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", source, "-f", form, "-"]
    path = tmp_path / f"streamed.{form}"
    path.write_bytes(subprocess.run(command, stdout=subprocess.PIPE, check=True).stdout)
    assert faults(path) == []


def test_a_flac_of_open_length_promises_nothing(tmp_path: Path) -> None:
    path = ours(tmp_path / "open.flac")
    known = inspector.inspect(path).container.bit_rate
    data = bytearray(path.read_bytes())
    data[21] &= 0xF0
    data[22:26] = bytes(4)
    path.write_bytes(data)
    told: list[Event] = []
    found = inspector.inspect(path, listener=told.append)
    assert found.faults == ()
    assert found.frames == 3 * RATE
    assert found.container.bit_rate == pytest.approx(known, abs=1)
    assert max(event.total for event in told if isinstance(event, Progress)) == 3 * RATE


def test_a_box_of_no_size_ends(tmp_path: Path) -> None:
    path = tmp_path / "odd.m4a"
    path.write_bytes(b"\0\0\0\x18ftypM4A \0\0\0\0M4A mp42" + b"\0\0\0\1mdat" + bytes(8) + bytes(64))
    with path.open("rb") as file:
        assert mp4.missing(file, path.stat().st_size) == 0
    with pytest.raises(ContentError):
        inspector.inspect(path)


@pytest.mark.parametrize("rate", [4_000, 11_017, 44_053, 44_056, 97_003])
def test_any_sample_rate_is_measured(rate: int, tmp_path: Path) -> None:
    path = write(tmp_path / "odd.wav", pink(3, 0.1, rate), "FLOAT", rate)
    found = inspector.inspect(path)
    assert found.faults == ()
    assert found.sound.integrated_lufs == pytest.approx(judged(path)[0], abs=0.1)
    apart = inspector.inspect(path, stems=inspector.Stems(path, path)).distance
    assert apart is not None
    assert apart.least == pytest.approx(0, abs=0.5)


@pytest.mark.parametrize("rate", [1, 3_999, 384_001, 1_000_030])
def test_a_sample_rate_that_cannot_be_is_refused(rate: int, tmp_path: Path) -> None:
    path = write(tmp_path / "odd.wav", pink(0.2), rate=rate)
    with pytest.raises(ContentError, match=f"has {rate} samples a second, and not 4000 to 384000") as caught:
        inspector.inspect(path)
    assert "header" in caught.value.hint
