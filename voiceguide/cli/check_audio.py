"""What `voiceguide check` says of a file of sound: a calm table, and the same as JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceguide.errors import ContentError, EngineMissing, InputMissing, UsageError
from voiceguide.model.units import Millis, format_clock

if TYPE_CHECKING:
    from voiceguide.inspector import Fault, Inspection, Session, Span, Stems, Verdict
    from voiceguide.progress import Listener

Row = dict[str, Any]
_MOST_LINES = 12
"""Faults of one file that people are shown; all are in the JSON."""
_METERS = (("loudness_lufs", 0.4), ("short_term_lufs", 3.0), ("momentary_lufs", 0.4))
"""Loudness over all of it, and the loudest of some seconds, with the seconds that each needs."""
_CHANNELS = {1: "mono", 2: "stereo"}


@dataclass(frozen=True, slots=True)
class Against:
    """What files of sound are held against."""

    profile: str | None = None
    plan: Path | None = None
    stems: tuple[Path, Path] | None = None
    """Of the voice and of the bed."""


def against(profile: str | None, plan: Path | None, voice: Path | None, bed: Path | None) -> Against:
    """The flags of a command, checked. Raises UsageError."""
    from voiceguide.inspector import profiles

    if profile is not None:
        profiles.check_name(profile)
    if (voice is None) != (bed is None):
        raise UsageError("one stem alone says nothing", "give both --voice-stem and --bed-stem")
    return Against(profile, plan, (voice, bed) if voice and bed else None)


def row(name: str, wanted: Against, listener: Listener) -> Row:
    """Everything about one file, for JSON. Places and lengths are seconds; what cannot be measured is null."""
    from voiceguide import inspector

    path = Path(name)
    try:
        found = inspector.inspect(path, _plan(path, wanted), _stems(wanted), listener)
    except (ContentError, InputMissing, EngineMissing) as error:
        message = error.problems[0].message if isinstance(error, ContentError) else error.message
        return {"file": name, "problems": [_problem(name, message, error.hint)], "code": error.exit_code}
    verdicts = inspector.profiles.judge(wanted.profile, found) if wanted.profile else ()
    problems = [_problem(name, f"{name}: {fault.message}", fault.hint) for fault in found.faults]
    problems += [
        _problem(name, f"{name}: {_failed(verdict)}", verdict.cure) for verdict in verdicts if not verdict.passed
    ]
    judged = {"profile": _profile(wanted.profile, verdicts)} if wanted.profile else {}
    return {
        "file": name,
        "problems": problems,
        "code": ContentError.exit_code if problems else 0,
        "audio": _audio(found),
        **judged,
    }


def report(checked: Row) -> None:
    """Prints a row: the table on standard output, what is wrong on standard error."""
    if "audio" in checked:
        click.echo("\n".join(_table(checked)))
    for problem in checked["problems"][:_MOST_LINES]:
        click.echo(f"error: {problem['message']}", err=True)
        if problem["hint"]:
            click.echo(f"hint: {problem['hint']}", err=True)
    if (more := len(checked["problems"]) - _MOST_LINES) > 0:
        click.echo(f"and {more} more: see --json", err=True)
    if not checked["problems"]:
        click.echo(f"{checked['file']}: good")


def _plan(path: Path, wanted: Against) -> Session | None:
    from voiceguide.inspector import session

    return session.load(wanted.plan) if wanted.plan else session.beside(path)


def _stems(wanted: Against) -> Stems | None:
    from voiceguide.inspector import Stems

    return Stems(*wanted.stems) if wanted.stems else None


def _problem(name: str, message: str, hint: str) -> Row:
    return {"file": name, "line": 0, "column": 0, "message": message, "hint": hint}


def _failed(verdict: Verdict) -> str:
    return f"{verdict.name}: {_shown(verdict.measured, verdict.unit)}, and it must be {verdict.limit}"


def _shown(measured: float | str | None, unit: str) -> str:
    if measured is None:
        return "nothing"
    return measured if isinstance(measured, str) else f"{measured:.2f} {unit}"


def _profile(name: str | None, verdicts: tuple[Verdict, ...]) -> Row:
    rows = [
        {
            "requirement": verdict.name,
            "measured": _number(verdict.measured) if isinstance(verdict.measured, float) else verdict.measured,
            "unit": verdict.unit,
            "limit": verdict.limit,
            "passed": verdict.passed,
            "cure": verdict.cure,
        }
        for verdict in verdicts
    ]
    return {"name": name, "passed": all(verdict.passed for verdict in verdicts), "requirements": rows}


def _audio(found: Inspection) -> Row:
    container, sound, rate = found.container, found.sound, found.container.rate
    return {
        "format": container.format,
        "subtype": container.subtype,
        "sample_rate": rate,
        "channels": container.channels,
        "bit_rate": container.bit_rate,
        "constant_bit_rate": container.constant,
        "length": round(found.seconds, 6),
        "frames": found.frames,
        "loudness_lufs": _number(sound.integrated_lufs),
        "loudness_range_lu": _number(sound.range_lu),
        "short_term_lufs": _number(sound.short_term_lufs),
        "momentary_lufs": _number(sound.momentary_lufs),
        "true_peak_dbtp": _number(sound.true_peak_dbtp),
        "sample_peak_dbfs": _number(sound.sample_peak_dbfs),
        "rms_dbfs": _number(sound.rms_dbfs),
        "dc_offset": round(sound.dc, 6),
        "noise_floor_dbfs": _number(sound.noise_floor_dbfs),
        "leading_silence": round(found.leading / rate, 3),
        "trailing_silence": round(found.trailing / rate, 3),
        "longest_silence": _place(found.longest, rate),
        "chapters": [{"title": m.title, "start": m.start / 1000, "end": m.end / 1000} for m in found.chapters],
        "speech_over_bed": _apart(found),
        "against_plan": found.against_plan,
        "against_cues": found.against_cues,
        "faults": [_fault(fault, rate) for fault in found.faults],
    }


def _apart(found: Inspection) -> Row | None:
    apart = found.distance
    if apart is None:
        return None
    return {
        "least_db": round(apart.least, 2),
        "least_at": round(apart.least_at, 1),
        "median_db": round(apart.median, 2),
        "sentences": apart.sentences,
        "near": apart.near,
        "basis": apart.basis,
    }


def _fault(fault: Fault, rate: int) -> Row:
    return {"kind": fault.kind, "message": fault.message, "hint": fault.hint, **(_place(fault.place, rate) or {})}


def _place(span: Span | None, rate: int) -> Row | None:
    return {"start": round(span.start / rate, 6), "length": round(span.length / rate, 6)} if span else None


def _number(value: float | None) -> float | None:
    return round(value, 2) if value is not None and math.isfinite(value) else None


def _table(checked: Row) -> Iterator[str]:
    yield checked["file"]
    rows = list(_rows(checked["audio"]))
    width = max(len(name) for name, _ in rows)
    yield from (f"  {name:<{width}}  {text}" for name, text in rows)
    if profile := checked.get("profile"):
        yield f"  for {profile['name']}"
        yield from _verdicts(profile["requirements"])


def _verdicts(requirements: list[Row]) -> Iterator[str]:
    columns = [(r["requirement"], _shown(r["measured"], r["unit"]), r["limit"]) for r in requirements]
    widths = [max(len(column[index]) for column in columns) for index in range(3)]
    for texts, requirement in zip(columns, requirements, strict=True):
        cells = "  ".join(f"{text:<{width}}" for text, width in zip(texts, widths, strict=True))
        yield f"    {cells}  {'good' if requirement['passed'] else 'not good'}"


def _rows(audio: Row) -> Iterator[tuple[str, str]]:
    yield "length", f"{_clock(audio['length'])} ({audio['frames']} frames)"
    channels = _CHANNELS.get(audio["channels"], f"{audio['channels']} channels")
    kind = "constant" if audio["constant_bit_rate"] else "on average"
    rate = f"{audio['bit_rate'] / 1000:.0f} kbit/s {kind}"
    yield "format", f"{audio['format']} ({audio['subtype']}), {audio['sample_rate']} Hz, {channels}, {rate}"
    integrated, short, momentary = (_loudness(audio, *meter) for meter in _METERS)
    yield "loudness", f"{integrated} integrated, range {audio['loudness_range_lu']:.1f} LU"
    yield "loudest", f"{short} for 3 s, {momentary} for 0.4 s"
    yield "peak", f"{_db(audio['true_peak_dbtp'], 'dBTP')} true, {_db(audio['sample_peak_dbfs'], 'dBFS')} in samples"
    yield "RMS", f"{_db(audio['rms_dbfs'], 'dBFS')}, DC offset {100 * audio['dc_offset']:.2f} %"
    yield "noise floor", _db(audio["noise_floor_dbfs"], "dBFS")
    yield "silence", _silence(audio)
    if audio["chapters"]:
        yield "chapters", str(len(audio["chapters"]))
    if apart := audio["speech_over_bed"]:
        basis = "by stems" if apart["basis"] == "stems" else "an estimate from the rests beside them"
        least = f"{apart['least_db']:.1f} dB at least, at {_clock(apart['least_at'])}"
        yield "speech over bed", f"{least}; {apart['median_db']:.1f} in the middle of {apart['sentences']} ({basis})"
    if audio["against_plan"]:
        off = sum(fault["kind"] == "plan" for fault in audio["faults"])
        yield "the plan", f"{off} differences" if off else "kept" if audio["against_cues"] else "length kept"
    yield "faults", _counted(audio["faults"])


def _silence(audio: Row) -> str:
    longest = audio["longest_silence"]
    inner = f"{longest['length']:.2f} s at {_clock(longest['start'])}" if longest else "none"
    return f"{audio['leading_silence']:.2f} s ahead, {audio['trailing_silence']:.2f} s after, longest between: {inner}"


def _counted(faults: list[Row]) -> str:
    kinds = [fault["kind"] for fault in faults]
    return ", ".join(f"{kinds.count(kind)} {kind}" for kind in dict.fromkeys(kinds)) or "none"


def _loudness(audio: Row, meter: str, least: float) -> str:
    """What one meter reads, which needs `least` seconds."""
    value = audio[meter]
    return "too short to say" if value is None and audio["length"] < least else _db(value, "LUFS")


def _db(value: float | None, unit: str) -> str:
    return "silent" if value is None else f"{value:.1f} {unit}"


def _clock(seconds: float) -> str:
    return format_clock(Millis(round(seconds * 1000)), millis=True)
