"""Makes a voice easier to listen to for a long time: less rumble, some warmth, softer s, an even level, a small room.

    high-pass     second order: what lies below a voice
    warmth        a low shelf
    compression   slow and gentle, towards the level of the clip itself
    de-essing     the band of s and sh alone steps back where it stands out against the whole clip
    room          a few early reflections, for `studio`; they fade before the clip ends

Filters are those of R. Bristow-Johnson, "Cookbook formulae for audio EQ biquad filter coefficients" (W3C note, 2021).
What moves looks as far ahead as back, so nothing is late. All levels are relative to the clip's own, so the same clip
louder comes out the same, louder. Clips keep their length.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Clip, Samples
from voiceguide.errors import UsageError
from voiceguide.near import suggest

OFF = "off"
VERSION = 1
"""Part of what is remembered about shaped clips: raise it whenever one of them would sound different."""

Curve = NDArray[np.float64]
"""One value for each `_BIN` of a clip."""


@dataclass(frozen=True, slots=True)
class Shape:
    """One preset. Levels and gains in decibels, frequencies in Hz."""

    high_pass: float
    warmth: float
    """Gain below `_WARM`."""
    sibilance: float
    """Level of the band of s, relative to the clip's, from which it is held back."""
    most: float
    """By which it is held back at most."""
    ratio: float
    """Of compression: so many decibels more in give one more out."""
    room: float | None = None
    """Level of the first reflection relative to the voice; None for no room."""


SHAPES = {
    "subtle": Shape(high_pass=70.0, warmth=1.5, sibilance=-20.0, most=6.0, ratio=1.6),
    "studio": Shape(high_pass=80.0, warmth=2.5, sibilance=-22.0, most=9.0, ratio=1.8, room=-20.0),
}
PRESETS = (OFF, *SHAPES)

_WARM = 220.0  # Hz: above the fundamental of any voice, below its first formant
_SIBILANT = 5_000.0  # Hz: s and sh have most of their energy above, vowels next to none
_DAMPED = 4_500.0  # Hz: furnished rooms reflect little above
_FLAT = float(np.sqrt(0.5))  # the Q of a Butterworth filter
_BIN = 0.002  # seconds
_QUICK, _SLOW = 0.008, 0.2  # seconds over which the level of s, and that of speech, is taken
_HISSING = 4.0  # the ratio of de-essing
_THRESHOLD, _KNEE = -4.0, 6.0  # decibels relative to the clip's level where compression is half there, and its bend
_PAUSE = -20.0  # decibels relative to the mean: softer is no speech, and counts for no level
_FAINT = 1e-10  # mean square: 100 dB below full scale
_REFLECTIONS = ((0.0043, 0.0), (0.0071, -1.5), (0.0113, -3.5), (0.0149, -5.0), (0.0197, -7.5), (0.0251, -10.0))
"""Seconds and decibels below the first: detours of one to eight metres, none a multiple of another."""
_CLOSE = 0.03  # seconds before a clip's end in which reflections fade
_BEFORE, _AFTER = 0.06, 0.01  # seconds by which all filters have fallen by more than 120 dB, after and before
_LEAST_FFT = 16_384


def check_name(preset: str) -> None:
    """Raises UsageError when there is no such preset."""
    if preset not in PRESETS:
        raise UsageError(f"there is no voice shaping called '{preset}'", suggest(preset, PRESETS))


def spelled(preset: str) -> str:
    """All that the sound of a shaped clip hangs on beside the clip; empty for `off`."""
    return "" if preset == OFF else f" {preset} {VERSION} {SHAPES[preset]!r}"


def shaped(clip: Clip, preset: str) -> Clip:
    """The clip as `preset` has it, as long as before; the very same for `off`. Raises UsageError for other names."""
    check_name(preset)
    if preset == OFF or not len(clip.samples):
        return clip
    shape = SHAPES[preset]
    voice, hiss, damped = _split(clip, shape)
    even = _drawn(_compression(voice, clip.rate, shape), clip)
    voice, hiss = voice * even, hiss * even
    # After compression, which would bring s forward again.
    voice += hiss * (_drawn(_deessing(voice, hiss, clip.rate, shape), clip) - 1)
    if shape.room is not None:
        voice += _reflected(damped * even, clip.rate, shape.room)
    return Clip(voice, clip.rate)


def _split(clip: Clip, shape: Shape) -> tuple[Samples, Samples, Samples]:
    """The filtered voice, the band of s in it without delay, and what walls would reflect of it."""
    size, before, after = _sizes(clip.rate)
    hop = size - before - after
    padded = np.pad(clip.samples, (before, size))
    lanes = np.empty((3, -(-len(clip.samples) // hop) * hop), np.float32)
    for at in range(0, lanes.shape[1], hop):
        # Overlap-save: what wraps around has died away in the part that is kept.
        spectra = np.fft.rfft(padded[at : at + size], size) * _responses(clip.rate, size, shape)
        lanes[:, at : at + hop] = np.fft.irfft(spectra, size)[:, before : before + hop]
    voice, hiss, damped = lanes[:, : len(clip.samples)]
    return voice, hiss, damped


def _sizes(rate: int) -> tuple[int, int, int]:
    """Of the FFT, and of the parts of it that are thrown away at its beginning and its end."""
    before, after = round(_BEFORE * rate), round(_AFTER * rate)
    return max(_LEAST_FFT, 1 << (4 * before).bit_length()), before, after


@lru_cache(maxsize=4)
def _responses(rate: int, size: int, shape: Shape) -> NDArray[np.complex64]:
    """Of the three lanes of `_split`, on the bins of a real FFT."""
    places = np.arange(size // 2 + 1, dtype=np.float64) * np.float64(rate / size)
    voice = _high_pass(places, rate, shape.high_pass) * _low_shelf(places, rate, shape.warmth)
    # Squared magnitudes: without delay, so that the band can be taken out of the whole.
    hiss = np.abs(_high_pass(places, rate, _SIBILANT)) ** 2
    damped = 1 - np.abs(_high_pass(places, rate, _DAMPED)) ** 2
    return np.stack((voice, voice * hiss, voice * damped)).astype(np.complex64)


def _high_pass(places: Curve, rate: int, corner: float) -> NDArray[np.complex128]:
    """The cookbook's HPF at `places` in Hz; nothing passes where the rate holds no such frequencies."""
    if corner >= 0.45 * rate:
        return np.zeros(len(places), np.complex128)
    turn = 2 * np.pi * corner / rate
    alpha, cosine = np.sin(turn) / (2 * _FLAT), np.cos(turn)
    over = ((1 + cosine) / 2, -(1 + cosine), (1 + cosine) / 2)
    return _biquad(places, rate, over, (1 + alpha, -2 * cosine, 1 - alpha))


def _low_shelf(places: Curve, rate: int, gain: float) -> NDArray[np.complex128]:
    """The cookbook's lowShelf of slope 1 at `_WARM`, with `gain` dB below it."""
    a, turn = 10 ** (gain / 40), 2 * np.pi * _WARM / rate
    cosine, bend = np.cos(turn), 2 * np.sqrt(a) * np.sin(turn) * _FLAT
    over = (
        a * ((a + 1) - (a - 1) * cosine + bend),
        2 * a * ((a - 1) - (a + 1) * cosine),
        a * ((a + 1) - (a - 1) * cosine - bend),
    )
    under = (
        (a + 1) + (a - 1) * cosine + bend,
        -2 * ((a - 1) + (a + 1) * cosine),
        (a + 1) + (a - 1) * cosine - bend,
    )
    return _biquad(places, rate, over, under)


def _biquad(
    places: Curve, rate: int, b: tuple[float, float, float], a: tuple[float, float, float]
) -> NDArray[np.complex128]:
    z = np.exp(-2j * np.pi * places / rate)
    found: NDArray[np.complex128] = (b[0] + b[1] * z + b[2] * z * z) / (a[0] + a[1] * z + a[2] * z * z)
    return found


def _deessing(voice: Samples, hiss: Samples, rate: int, shape: Shape) -> Curve:
    """The gain of the band of s."""
    over = _levels(hiss, rate, _QUICK) - _level(voice, rate) - shape.sibilance
    held = np.minimum(shape.most, (1 - 1 / _HISSING) * np.maximum(0.0, over))
    return _linear(-_smoothed(held, _QUICK))


def _compression(voice: Samples, rate: int, shape: Shape) -> Curve:
    """The gain of everything, with a soft knee."""
    over = _levels(voice, rate, _SLOW) - _level(voice, rate) - _THRESHOLD
    # A parabola inside the knee: D. Giannoulis et al., "Digital Dynamic Range Compressor Design", JAES 60 (6), 2012.
    bent = np.where(np.abs(over) < _KNEE / 2, (over + _KNEE / 2) ** 2 / (2 * _KNEE), np.maximum(0.0, over))
    return _linear(-(1 - 1 / shape.ratio) * bent)


def _level(voice: Samples, rate: int) -> float:
    """The clip's own level: the mean power, in decibels, of the parts of it that are speech."""
    powers = _smoothed(_powers(voice, rate), _SLOW / 4)
    loud = powers[powers >= powers.mean() * 10 ** (_PAUSE / 10)]
    return 10 * float(np.log10(loud.mean() + _FAINT))


def _levels(lane: Samples, rate: int, over: float) -> Curve:
    """In decibels, over so many seconds."""
    levels: Curve = 10 * np.log10(_smoothed(_powers(lane, rate), over) + _FAINT)
    return levels


def _powers(lane: Samples, rate: int) -> Curve:
    """The mean square of every bin; the last may be short, and counts as if silence followed."""
    size = _bin(rate)
    rows = np.pad(lane, (0, -len(lane) % size)).reshape(-1, size)
    powers: Curve = np.einsum("bs,bs->b", rows, rows).astype(np.float64) / size
    return powers


def _bin(rate: int) -> int:
    return max(1, round(_BIN * rate))


def _smoothed(curve: Curve, over: float) -> Curve:
    """A raised-cosine mean as far ahead as back."""
    window = np.hanning(2 * max(1, round(over / _BIN / 2)) + 3)[1:-1]
    reach = len(window) // 2
    return np.convolve(np.pad(curve, reach, mode="edge"), window / window.sum(), "valid")


def _linear(decibels: Curve) -> Curve:
    gains: Curve = 10 ** (decibels / 20)
    return gains


def _drawn(curve: Curve, clip: Clip) -> Samples:
    """A gain for every sample, by straight lines between the middles of bins."""
    size = _bin(clip.rate)
    nodes = np.pad(curve, 1, mode="edge").astype(np.float32)
    ramp = (np.arange(size, dtype=np.float32) + np.float32(0.5)) / np.float32(size)
    lines: Samples = (nodes[:-1, None] + np.diff(nodes)[:, None] * ramp).ravel()
    return lines[size // 2 : size // 2 + len(clip.samples)]


def _reflected(damped: Samples, rate: int, level: float) -> Samples:
    """What walls send back while the clip lasts."""
    echoes = np.zeros_like(damped)
    for seconds, below in _REFLECTIONS:
        late = round(seconds * rate)
        gain = np.float32(10 ** ((level + below) / 20))
        echoes[late:] += gain * damped[: max(0, len(damped) - late)]
    close = min(len(echoes), round(_CLOSE * rate))
    echoes[len(echoes) - close :] *= np.linspace(1, 0, close, dtype=np.float32)
    return echoes
