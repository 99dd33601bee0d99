"""Measures every bed as a listener would notice it, and prints the table of docs/beds.md.

    python tests/bench/beds.py [--minutes 20] [BED ...]

What each column means is told in docs/beds.md.
"""

import argparse
import time
import tracemalloc
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from voiceguide import beds
from voiceguide.audio.clip import Samples
from voiceguide.audio.levels import SegmentPowers, gated, lufs

RATE = 44_100
BLOCK = 46_080
NOISES = ("white", "pink", "brown", "rain", "ocean", "stream", "wind")
_WINDOW = 2**15


@dataclass(frozen=True, slots=True)
class Measured:
    """One bed over some minutes."""

    loudness: float
    """LUFS."""
    calmest: float
    """LUFS of the softest 3 s."""
    loudest: float
    """LUFS of the loudest 3 s."""
    drift: float
    """LU between the softest and the loudest minute."""
    line: float
    """Decibels of the highest spectral line above its surroundings, 100 Hz to 12 kHz."""
    again: float
    """The highest correlation of the loudness with itself, 30 s to 10 minutes later."""
    offset: float
    """The constant part, in dB of full scale."""
    correlation: float
    """Between the ears."""
    harsh: float
    """Decibels of 2 to 5 kHz against 100 to 300 Hz."""
    top: float
    """Decibels of 8 to 16 kHz against 100 to 300 Hz."""
    crest: float
    """Decibels of the highest sample above the root mean square."""
    step: float
    """The largest step from sample to sample, against the 99.99th of a hundred parts of all steps."""


def measured(bed: beds.Bed, minutes: float, rate: int = RATE) -> Measured:
    """Renders in blocks, and keeps sums alone: an hour takes no more memory than a minute."""
    blocks = max(2, round(minutes * 60 * rate / BLOCK))
    meter = SegmentPowers(rate, 2, rate // 10)
    spectrum = np.zeros(_WINDOW // 2 + 1)
    sums, products, top, steps, last = np.zeros(2), np.zeros((2, 2)), 0.0, [], np.zeros((0, 2), np.float32)
    for number in range(blocks):
        block = bed.at(number * BLOCK, BLOCK)
        meter.add(block)
        sums += block.sum(axis=0, dtype=np.float64)
        products += block.T.astype(np.float64) @ block
        top = max(top, float(np.abs(block).max()))
        spectrum += _spectrum(block)
        jumps = np.abs(np.diff(np.concatenate((last, block)), axis=0)).ravel()
        steps.append((float(jumps.max()), float(np.quantile(jumps, 0.9999))))
        last = block[-1:]
    own, frames = meter.values(), blocks * BLOCK
    power = float(np.trace(products)) / (2 * frames)
    short = _means(own, 30)
    whole_minutes = own[: len(own) // 600 * 600].reshape(-1, 600).mean(axis=1) if len(own) >= 600 else own[:1]
    frequency = np.fft.rfftfreq(_WINDOW, 1 / rate)
    return Measured(
        loudness=gated(own),
        calmest=lufs(float(short.min())),
        loudest=lufs(float(short.max())),
        drift=lufs(float(whole_minutes.max())) - lufs(float(whole_minutes.min())),
        line=highest_line(spectrum, frequency),
        again=again(own),
        offset=20 * float(np.log10(np.abs(sums / frames).max() + 1e-12)),
        correlation=float(products[0, 1] / np.sqrt(products[0, 0] * products[1, 1])),
        harsh=_band(spectrum, frequency, 2_000, 5_000) - _band(spectrum, frequency, 100, 300),
        top=_band(spectrum, frequency, 8_000, 16_000) - _band(spectrum, frequency, 100, 300),
        crest=20 * float(np.log10(top / np.sqrt(power))),
        step=max(highest for highest, _ in steps) / max(usual for _, usual in steps),
    )


def _spectrum(block: Samples) -> NDArray[np.float64]:
    part = block[:_WINDOW] * np.hanning(_WINDOW)[:, None].astype(np.float32)
    power: NDArray[np.float64] = (np.abs(np.fft.rfft(part, axis=0)) ** 2).sum(axis=1)
    return power


def _band(spectrum: NDArray[np.float64], frequency: NDArray[np.float64], low: float, high: float) -> float:
    return 10 * float(np.log10(spectrum[(frequency >= low) & (frequency < high)].sum() + 1e-20))


def _means(values: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    return np.convolve(values, np.full(count, 1 / count), "valid")


def highest_line(spectrum: NDArray[np.float64], frequency: NDArray[np.float64]) -> float:
    """Decibels of the highest line above the median of a third of an octave around it."""
    most = 0.0
    for edge in 100 * 2 ** (np.arange(0, 41) / 6):
        around = (frequency >= edge / 2 ** (1 / 6)) & (frequency < edge * 2 ** (1 / 6))
        most = max(most, float(spectrum[around].max() / np.median(spectrum[around])))
    return 10 * float(np.log10(most))


def again(powers: NDArray[np.float64], least: int = 300, most: int = 6000) -> float:
    """The highest autocorrelation of the loudness in dB between two lags in tenths of a second."""
    most = min(most, len(powers) // 2)
    level = 10 * np.log10(_means(powers, 4) + 1e-12)
    level -= level.mean()
    size = 2 ** int(np.ceil(np.log2(2 * len(level))))
    products = np.fft.irfft(np.abs(np.fft.rfft(level, size)) ** 2)[: most + 1]
    products /= np.arange(len(level), len(level) - most - 1, -1)
    return float(products[least:].max() / max(products[0], 1e-9))


def cost(name: str) -> tuple[float, float, float]:
    """Seconds to make it, CPU seconds for a minute of sound, and MB that it holds."""
    tracemalloc.start()
    held = beds.make(name, RATE)
    held.at(0, BLOCK)
    size = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    start = time.process_time()
    bed = beds.make(name, RATE)
    made = time.process_time()
    for number in range(78):
        bed.at(number * BLOCK, BLOCK)
    spent = time.process_time() - made
    return made - start, spent * 60 * RATE / (78 * BLOCK), size / 1e6


def main() -> None:
    """Prints the table."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--minutes", type=float, default=20)
    reader.add_argument("beds", nargs="*")
    chosen = reader.parse_args()
    every = [name for name in beds.BUILTIN if name not in (beds.MUSIC, "none")]
    print(
        "| bed | LUFS | 3 s, LUFS | drift, LU | line, dB | again | DC, dBFS | ears | harsh, dB | top, dB | crest, dB "
        "| step | make, s | CPU s/min | MB |"
    )
    print("|---|" + "---:|" * 14)
    for name in chosen.beds or every:
        it = measured(beds.make(name, RATE), chosen.minutes)
        made, spent, size = cost(name)
        print(
            f"| {name} | {it.loudness:.1f} | {it.calmest:.1f} … {it.loudest:.1f} | {it.drift:.1f} | {it.line:.1f} "
            f"| {it.again:.2f} | {it.offset:.0f} | {it.correlation:.2f} | {it.harsh:.1f} | {it.top:.1f} "
            f"| {it.crest:.1f} | {it.step:.2f} | {made:.2f} | {spent:.3f} | {size:.0f} |",
            flush=True,
        )


if __name__ == "__main__":
    main()
