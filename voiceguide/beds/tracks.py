"""One file of music as stereo at a session's rate: any span, without holding the file.

The file is read and converted in chunks that lie at fixed places, each with margins on both sides that are cut off
again. So a span is the same whether it was played up to or jumped to, and no chunk's border can be heard.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import astuple, dataclass, replace
from math import gcd
from pathlib import Path
from tempfile import gettempdir
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from voiceguide.audio import copies, kinds, known, mpeg, unheard, unpacking, wavbytes
from voiceguide.audio.channels import in_wave_order
from voiceguide.audio.clip import Samples
from voiceguide.audio.copies import Copy
from voiceguide.audio.levels import SILENCE, SegmentPowers, gated, lufs
from voiceguide.audio.piped import ENDLESS
from voiceguide.audio.quiet import quiet
from voiceguide.beds import Heard
from voiceguide.beds.opening import HINT, opened, reason
from voiceguide.errors import EncoderError, InputMissing
from voiceguide.model.units import rescale

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SCHEMA = 1  # of what is kept of a file: raise it whenever measuring, or the facts themselves, change
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


@dataclass(frozen=True, slots=True)
class _Facts:
    """All that there is to know of a file before it is played."""

    form: str
    """What it is, where it has to be copied before it can be read from any place; "" where it can."""
    format: str
    """What libsndfile calls that which is read."""
    rate: int
    frames: int
    loudness: float = SILENCE
    loudest: float = SILENCE
    """LUFS, as in `Heard`."""


def looked_at(path: Path) -> tuple[str, int]:
    """The form of a file that has to be copied, "" of others; and how many frames it must have, where only we know it.

    Raises InputMissing for what is not there, not music, truncated or joined, as far as that is seen without decoding.
    """
    if not path.is_file():
        raise InputMissing(f"there is no file {path} for the bed", "check its path")
    entry = known.Entry(path, "form", _SCHEMA)
    if found := entry.read():
        return found[0], found[1]
    try:
        with path.open("rb") as file:
            form = unpacking.form(file)
        seen = (form, 0) if form else _mp3(path) or _other(path)
    except OSError as error:
        raise InputMissing(f"{path} is not music that can be read: {reason(error)}", HINT) from None
    entry.write(seen)
    return seen


def _mp3(path: Path) -> tuple[str, int] | None:
    """As `looked_at`; None for anything but an MP3."""
    with path.open("rb") as file:
        kind = wavbytes.kind(file.read(kinds.HEAD))
    # What begins in the middle of a frame is known by its name alone.
    likely = kind == "mp3" or (not kind and path.suffix.lower() == ".mp3")
    stream = mpeg.walk(path) if likely else None
    if stream is None:
        return None
    _refuse(path, unheard.of_mp3(stream))
    if not stream.tagged:
        return copies.MP3, stream.samples
    return ("" if stream.rate >= _LOWEST_STEADY else copies.MP3), 0


def _other(path: Path) -> tuple[str, int]:
    with quiet(), opened(path, path) as sound:
        if sound.format == "OGG":
            with path.open("rb") as file:
                _refuse(path, unheard.of_ogg(file))
        return copies.FLAC if sound.frames == ENDLESS else "", 0


def _refuse(path: Path, fault: str) -> None:
    if fault:
        raise InputMissing(f"{path} {fault}", HINT)


class Track:
    """One file. `length` is in frames at `rate` Hz, `heard` what was measured at places all over it.

    What was found out of a file is kept for the next time. Raises InputMissing, naming the file, for what is not
    there, not music, truncated, joined of several, or silent.
    """

    def __init__(self, path: Path, rate: int) -> None:
        self._named = path
        self._sound: Any = None
        self._copy: Copy | None = None
        self._chunks: OrderedDict[int, Samples] = OrderedDict()
        entry = known.Entry(path, "track", _SCHEMA, rate)
        if found := entry.read():
            facts = _Facts(*found)
            self._take(facts, rate)
        else:
            with quiet():
                facts = self._found_out(rate)
            entry.write(astuple(facts))
        self.heard = Heard(facts.loudness, facts.loudest)
        self.rest()

    @property
    def copied(self) -> int:
        """Bytes of its copy, where it needs one and has it."""
        return self._copy.size if self._copy else 0

    def prepare(self) -> None:
        """Sees to it, meanwhile, that it can soon be played."""
        if self._copy:
            self._copy.begin()

    def rest(self) -> None:
        """Closes the file and forgets what was read, until it is asked for again."""
        self._chunks.clear()
        if self._sound is not None:
            self._sound.close()
            self._sound = None

    def drop(self) -> None:
        """As `rest`; and what was copied goes from the disk."""
        self.rest()
        if self._copy:
            self._copy.drop()

    def _found_out(self, rate: int) -> _Facts:
        form, promised = looked_at(self._named)
        self._copy = Copy(self._named, form) if form else None
        self._sound = sound = self._opened()
        facts = _Facts(form, sound.format, int(sound.samplerate), int(sound.frames))
        self._take(facts, rate)
        self._refuse_truncated(promised)
        heard = self._measured(rate)
        return replace(facts, loudness=heard.loudness, loudest=heard.loudest)

    def _take(self, facts: _Facts, rate: int) -> None:
        self._own, self._frames = facts.rate, facts.frames
        if facts.form and not self._copy:
            self._copy = Copy(self._named, facts.form)
        self._run_up = _RUN_UP if facts.format in _REMEMBERING else 0
        self.length = int(rescale(self._frames, self._own, rate))
        self._set_chunks(rate)

    def _opened(self) -> Any:
        import soundfile

        with quiet():
            try:
                path = self._copy.path() if self._copy else self._named
            except EncoderError:
                raise InputMissing(f"{self._named} is truncated, or not music that can be read", HINT) from None
            except soundfile.SoundFileError as error:
                raise InputMissing(f"{self._named} cannot be read to its end: {reason(error)}", HINT) from None
            except OSError as error:
                raise InputMissing(f"{self._named} cannot be copied to {gettempdir()}: {reason(error)}", HINT) from None
            return opened(path, self._named)

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

        if self._sound is None:
            self._sound = self._opened()
            if self._sound.frames != self._frames:
                raise InputMissing(f"{self._named} was changed while it was played", "begin again")
        try:
            self._sound.seek(start)
            raw: NDArray[np.float32] = self._sound.read(frames, dtype="float32", always_2d=True)
        except (soundfile.SoundFileError, OSError, RuntimeError) as error:
            raise InputMissing(f"{self._named} cannot be read: {reason(error)}", HINT) from None
        if not np.isfinite(raw).all():
            raise InputMissing(f"{self._named} holds values that are no numbers", HINT)
        return _stereo(in_wave_order(raw, self._sound.format))

    def _refuse_truncated(self, promised: int) -> None:
        begin = max(0, self._frames - _RUN_UP)
        missing = max(promised, self._frames) - begin - len(self._decoded(begin, self._frames - begin))
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
