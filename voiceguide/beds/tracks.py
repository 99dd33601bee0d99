"""One file of music as stereo at a session's rate: any span, without holding the file.

The file is read and converted in chunks that lie at fixed places, each with margins on both sides that are cut off
again. So a span is the same whether it was played up to or jumped to, and no chunk's border can be heard.
"""

from __future__ import annotations

from collections import OrderedDict
from math import gcd
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import TYPE_CHECKING, Any, cast
from weakref import finalize

import numpy as np

from voiceguide.audio.channels import in_wave_order
from voiceguide.audio.clip import Samples
from voiceguide.audio.hushed import hushed
from voiceguide.audio.levels import SILENCE, SegmentPowers, gated, lufs
from voiceguide.beds import Heard
from voiceguide.beds.opening import HINT, is_mp4, opened, reason, unpacked
from voiceguide.errors import InputMissing
from voiceguide.model.units import rescale

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CHUNK = 5.0  # seconds
_MARGIN = 0.25  # seconds: many times what soxr's filter reaches
_RUN_UP = 24_000  # frames before a chunk that are decoded and thrown away, where a decoder remembers what came before
_REMEMBERING = ("MP3", "OGG")
_LOWEST_STEADY = 32_000  # Hz: below, MP3 is MPEG-2, in which libmpg123 does not find its place again to the last bit
_HELD = 4  # chunks kept
_SPANS, _SPAN = 24, 5.0  # how many places of a file are measured, and for how many seconds each
_SIDE = float(np.sqrt(0.5))
# ITU-R BS.775: centre and surrounds at -3 dB in both; the low-frequency channel is left out. Order as in WAVE files.
_DOWNMIX = {
    3: ((1, 0, _SIDE), (0, 1, _SIDE)),
    4: ((1, 0, _SIDE, 0), (0, 1, 0, _SIDE)),
    5: ((1, 0, _SIDE, _SIDE, 0), (0, 1, _SIDE, 0, _SIDE)),
    6: ((1, 0, _SIDE, 0, _SIDE, 0), (0, 1, _SIDE, 0, 0, _SIDE)),
}


class Track:
    """One file. `length` is in frames at `rate` Hz, `heard` what was measured at places all over it.

    Raises InputMissing, naming the file, for what is not there, not music, truncated, or silent.
    """

    def __init__(self, path: Path, rate: int) -> None:
        self._named = path
        self._path = unpacked(path, self._folder() / f"{path.stem}.flac") if is_mp4(path) else path
        with hushed():
            self._begin(rate)

    def _begin(self, rate: int) -> None:
        self._sound: Any = opened(self._path, self._named)
        if self._sound.format == "MP3" and self._sound.samplerate < _LOWEST_STEADY:
            self._path = self._copied()
            self._sound = opened(self._path, self._named)
        self._run_up = _RUN_UP if self._sound.format in _REMEMBERING else 0
        self._own = int(self._sound.samplerate)
        self._frames = int(self._sound.frames)
        self.length = int(rescale(self._frames, self._own, rate))
        self._set_chunks(rate)
        self._chunks: OrderedDict[int, Samples] = OrderedDict()
        self._refuse_truncated()
        self.heard = self._measured(rate)
        self.rest()

    def _folder(self) -> Path:
        """A new folder that is there as long as the track is."""
        folder = Path(mkdtemp(prefix="voiceguide-"))
        finalize(self, rmtree, folder, ignore_errors=True)
        return folder

    def _copied(self) -> Path:
        """The same as FLAC, which can be read from any place."""
        import soundfile

        copy = self._folder() / f"{self._path.stem}.flac"
        with self._sound as sound, soundfile.SoundFile(copy, "w", sound.samplerate, sound.channels, "PCM_24") as file:
            while len(block := sound.read(_RUN_UP, dtype="float32", always_2d=True)):
                file.write(block)
        return copy

    def rest(self) -> None:
        """Closes the file and forgets what was read, until it is asked for again."""
        self._chunks.clear()
        if self._sound is not None:
            self._sound.close()
            self._sound = None

    def _set_chunks(self, rate: int) -> None:
        """Chunks begin where a frame of the file and one of the session fall together."""
        common = gcd(rate, self._own)
        self._up, self._down = rate // common, self._own // common
        steps = max(1, round(_CHUNK * rate / self._up))
        self._chunk = steps * self._up
        self._margin = max(1, round(_MARGIN * rate / self._up)) * self._up

    def at(self, start: int, frames: int) -> Samples:
        """Stereo samples, shape (frames, 2), of a span within the track; nothing beyond its ends."""
        block = np.zeros((frames, 2), np.float32)
        first, last = max(start, 0), min(start + frames, self.length)
        while first < last:
            number, inside = divmod(first, self._chunk)
            part = self._converted(number)[inside : inside + last - first]
            block[first - start : first - start + len(part)] = part
            first += len(part)
        return block

    def _converted(self, number: int) -> Samples:
        if number not in self._chunks:
            self._chunks[number] = self._convert(number)
            while len(self._chunks) > _HELD:
                self._chunks.popitem(last=False)
        self._chunks.move_to_end(number)
        return self._chunks[number]

    def _convert(self, number: int) -> Samples:
        """Chunk `number`, always of whole length: behind the end of the file there is silence."""
        start = number * self._chunk - self._margin
        length = self._chunk + 2 * self._margin
        raw = self._read(start // self._up * self._down, length // self._up * self._down)
        if self._up == self._down:
            return raw[self._margin : self._margin + self._chunk]
        import soxr

        converted = cast(Samples, soxr.resample(raw, self._down, self._up, quality="HQ"))
        return np.ascontiguousarray(converted[self._margin : self._margin + self._chunk], np.float32)

    def _read(self, start: int, frames: int) -> Samples:
        """Stereo frames of the file at its own rate; silence where it has none."""
        block = np.zeros((frames, 2), np.float32)
        first, last = max(0, start), min(self._frames, start + frames)
        if first < last:
            begin = max(0, first - self._run_up)
            got = self._decoded(begin, last - begin)[first - begin :]
            block[first - start : first - start + len(got)] = got
        return block

    def _decoded(self, start: int, frames: int) -> Samples:
        import soundfile

        self._sound = self._sound or opened(self._path, self._named)
        try:
            self._sound.seek(start)
            raw: NDArray[np.float32] = self._sound.read(frames, dtype="float32", always_2d=True)
        except (soundfile.SoundFileError, OSError, RuntimeError) as error:
            raise InputMissing(f"{self._named} cannot be read: {reason(error)}", HINT) from None
        if not np.isfinite(raw).all():
            raise InputMissing(f"{self._named} holds values that are no numbers", HINT)
        return _stereo(in_wave_order(raw, self._sound.format))

    def _refuse_truncated(self) -> None:
        begin = max(0, self._frames - _RUN_UP)
        missing = self._frames - begin - len(self._decoded(begin, self._frames - begin))
        if missing > 0:
            raise InputMissing(f"{self._named} is truncated: {missing} frames or more are missing at its end", HINT)

    def _measured(self, rate: int) -> Heard:
        """Loudness from spans all over the track; the whole of a short one."""
        span = round(_SPAN * rate)
        places = np.unique(np.linspace(0, max(0, self.length - span), _SPANS).astype(np.int64) // self._chunk)
        if self.length <= _SPANS * span:
            places = np.arange(-(-self.length // self._chunk))
        tenth = max(1, round(rate / 10))
        found, loudest = [], 0.0
        for place in places:
            meter = SegmentPowers(rate, 2, tenth)
            meter.add(self.at(int(place) * self._chunk, min(span, self.length)))
            own = meter.values()
            found.append(own)
            window = min(4, len(own))
            loudest = max(loudest, float(np.convolve(own, np.full(window, 1 / window), "valid").max()) if window else 0)
        powers = np.concatenate(found)
        loudness = gated(powers) if len(powers) >= 4 else lufs(float(powers.mean())) if len(powers) else SILENCE
        if loudness == SILENCE:
            raise InputMissing(f"{self._named} is silent", HINT)
        return Heard(loudness, lufs(loudest))


def _stereo(raw: NDArray[np.float32]) -> Samples:
    channels = raw.shape[1]
    if channels == 2:
        return raw
    if channels == 1:
        return np.repeat(raw, 2, axis=1)
    block = np.zeros((len(raw), 2), np.float32)
    for ear, row in enumerate(_DOWNMIX[channels]):
        for channel, share in zip(raw.T, row, strict=True):
            if share:
                block[:, ear] += channel * np.float32(share)
    return block
