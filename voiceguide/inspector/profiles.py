"""What publishers ask of a file, requirement by requirement, each with its cure.

podcast  Apple, "Audio requirements" for podcasters: -16 LUFS within 1 dB, true peak at most -1 dBTP.
aes      AES TD1008, "Recommendations for Loudness of Internet Audio Streaming and On-Demand Distribution" (2021):
         speech at -18 LUFS, true peak at most -1 dBTP. That 1 LU either way is near enough is our choice.
ebu      EBU R 128 (2020): -23 LUFS within 0.5 LU, true peak at most -1 dBTP.
acx      ACX, "Audio Submission Requirements": RMS -23 to -18 dBFS, peak at most -3 dBFS, noise floor at most -60 dBFS
         RMS, MP3 of 192 kbit/s or more at a constant bit rate and 44.1 kHz, mono or stereo, 0.5 to 1 s of room tone
         ahead and 1 to 5 s after, two hours at most.
sleep    our own: -20 LUFS within 1 LU near speech, where a plan says when that is, or no louder as a whole; true peak
         at most -1 dBTP.
none     any loudness; true peak at most -1 dBTP.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from voiceguide.errors import UsageError
from voiceguide.model.publishers import ACX
from voiceguide.near import suggest

if TYPE_CHECKING:
    from voiceguide.inspector import Inspection

_ROUNDING = 0.005 + 1e-9
"""Half of the last digit that people see: what reads as -1.00 is no more than -1."""
_SILENCE_STEP = 0.02
"""Seconds: silence is measured to 10 ms at either end."""
_NOTHING = "there is nothing to be heard in it"
_LOUDER = "turn it up by {:.1f} dB"
_SOFTER = "turn it down by {:.1f} dB"
_RENDER = ", or render it again with --profile {}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """One requirement against one file."""

    name: str
    measured: float | str | None
    """None for what cannot be measured: silence has no loudness."""
    unit: str
    limit: str
    passed: bool
    cure: str = ""
    """What to do; "" when it passed."""


def names() -> tuple[str, ...]:
    """Every profile there is."""
    return tuple(_PROFILES)


def check_name(name: str) -> None:
    """Raises UsageError when there is none of that name."""
    if name not in _PROFILES:
        raise UsageError(f"there is no profile called '{name}'", suggest(name, _PROFILES))


def judge(name: str, found: Inspection) -> tuple[Verdict, ...]:
    """Every requirement of a profile. Raises UsageError when there is none of that name."""
    check_name(name)
    return tuple(_PROFILES[name](found))


def within(
    name: str, value: float, low: float, high: float, unit: str, cures: tuple[str, str], slack: float = _ROUNDING
) -> Verdict:
    """A number between two others; `cures` are for too little and too much, with the number of units to go as {}."""
    low_ok, high_ok = value >= low - slack, value <= high + slack
    shown = [f"{low:g} to {high:g}", f"at most {high:g}", f"at least {low:g}"]
    limit = shown[1 if math.isinf(low) else 2 if math.isinf(high) else 0]
    cure = "" if low_ok and high_ok else cures[0].format(low - value) if not low_ok else cures[1].format(value - high)
    measured = value if math.isfinite(value) else None
    if measured is None and cure:
        cure = _NOTHING
    return Verdict(name, measured, unit, f"{limit} {unit}", low_ok and high_ok, cure)


def _loudness(
    found: Inspection, target: float, slack: float, profile: str, name: str = "loudness", value: float | None = None
) -> Verdict:
    value, again = found.sound.integrated_lufs if value is None else value, _RENDER.format(profile)
    if math.isinf(value):
        limit = f"{target - slack:g} to {target + slack:g} LUFS"
        return Verdict(name, None, "LUFS", limit, False, f"{_NOTHING}, or less than 0.4 s")
    gain = f"{target - value:+.1f} dB brings it to {target:g} LUFS{again}"
    return within(name, value, target - slack, target + slack, "LUFS", (gain, gain))


def _true_peak(found: Inspection, most: float) -> Verdict:
    cure = "limit its peaks to {:g} dBTP, {{:.1f}} dB lower than now".format(most)  # noqa: UP032  (two rounds)
    return within("true peak", found.sound.true_peak_dbtp, -math.inf, most, "dBTP", ("", cure))


def _podcast(found: Inspection) -> Iterator[Verdict]:
    yield _loudness(found, -16.0, 1.0, "podcast")
    yield _true_peak(found, -1.0)


def _aes(found: Inspection) -> Iterator[Verdict]:
    yield _loudness(found, -18.0, 1.0, "aes")
    yield _true_peak(found, -1.0)


def _ebu(found: Inspection) -> Iterator[Verdict]:
    yield _loudness(found, -23.0, 0.5, "ebu")
    yield _true_peak(found, -1.0)


def _sleep(found: Inspection) -> Iterator[Verdict]:
    if found.near_speech_lufs is not None:
        yield _loudness(found, -20.0, 1.0, "sleep", "loudness near speech", found.near_speech_lufs)
    else:
        softer = f"turn it down by {{:.1f}} dB{_RENDER.format('sleep')}"
        yield within("loudness", found.sound.integrated_lufs, -math.inf, -19.0, "LUFS", ("", softer))
    yield _true_peak(found, -1.0)


def _none(found: Inspection) -> Iterator[Verdict]:
    yield _true_peak(found, -1.0)


def _acx(found: Inspection) -> Iterator[Verdict]:
    sound, container = found.sound, found.container
    yield within("RMS", sound.rms_dbfs, -23.0, -18.0, "dBFS", (_LOUDER, _SOFTER))
    lower = "limit its peaks to -3 dBFS, {:.1f} dB lower than now"
    yield within("peak", sound.sample_peak_dbfs, -math.inf, -3.0, "dBFS", ("", lower))
    noise = "let its pauses be {:.1f} dB softer: a quieter room, or '--bed none'"
    yield within("noise floor", sound.noise_floor_dbfs, -math.inf, -60.0, "dBFS", ("", noise))
    format_ = ACX.format.upper()
    yield _is("format", container.format, format_, container.format == format_, f"export it as {format_}")
    rate = f"export it with a constant bit rate of {ACX.bitrate} kbit/s"
    yield within("bit rate", container.bit_rate / 1000, float(ACX.bitrate), math.inf, "kbit/s", (rate, rate))
    kind = "constant" if container.constant else "variable"
    yield _is("kind of bit rate", kind, "constant", container.constant, rate)
    right = container.rate == ACX.rate
    yield _is("sample rate", f"{container.rate} Hz", f"{ACX.rate} Hz", right, f"resample it to {ACX.rate} Hz")
    channels = str(container.channels)
    yield _is("channels", channels, "1 or 2", container.channels <= 2, "mix it down to mono or stereo")
    yield _room(found, "silence ahead", found.leading, 0.5, 1.0)
    yield _room(found, "silence after", found.trailing, 1.0, 5.0)
    longest, cure = ACX.longest / 60_000, "split it: it is {:.1f} minutes too long"
    yield within("length", found.seconds / 60, 0.0, longest, "minutes", ("", cure))


def _room(found: Inspection, name: str, frames: int, low: float, high: float) -> Verdict:
    cures = (f"add {{:.1f}} s of room tone {name.split()[1]}", "cut {:.1f} s of it")
    return within(name, frames / found.container.rate, low, high, "s", cures, _SILENCE_STEP)


def _is(name: str, value: str, limit: str, passed: bool, cure: str) -> Verdict:
    return Verdict(name, value, "", limit, passed, "" if passed else cure)


_PROFILES: dict[str, Callable[[Inspection], Iterator[Verdict]]] = {
    "podcast": _podcast,
    "aes": _aes,
    "ebu": _ebu,
    "acx": _acx,
    "sleep": _sleep,
    "none": _none,
}
