"""`voiceguide plan`: the timed script, without a sound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli import options
from voiceguide.model.routine import Wishes
from voiceguide.model.units import Millis, format_clock, format_duration, to_millis

if TYPE_CHECKING:
    from voiceguide.model.timeline import Placement, Timeline
    from voiceguide.pipeline import Planned


@click.command("plan")
@options.routine_argument
@options.wish_options
@options.voice_options
@options.library_option
@options.cache_option
@options.json_option
def command(routine: str, length: Millis | None, as_json: bool, **flags: Any) -> None:
    """Print every word and every rest of ROUTINE with its time.

    The times are exact once the session has been rendered, and good estimates before. What is printed is a
    routine in the cue notation and can be saved and edited.
    """
    from voiceguide import pipeline

    settings = options.settings_from(**flags)
    planned = pipeline.plan(options.library_from(settings), routine, length, wishes_from(flags), settings)
    if as_json:
        options.print_json(document(planned))
    else:
        click.echo(page(planned))


def wishes_from(flags: dict[str, Any]) -> Wishes:
    """The wishes among a command's flags."""
    return Wishes(
        only=frozenset(flags["only"]),
        skip=frozenset(flags["skip"]),
        boost=frozenset(flags["boost"]),
        conditions=frozenset(flags["condition"]),
    )


def document(planned: Planned) -> dict[str, object]:
    """The plan as JSON, schema 1. Times are seconds."""
    timeline = planned.timeline
    return {
        "schema": 1,
        "title": timeline.title,
        "length": _seconds(timeline.length, timeline),
        "exact": timeline.exact,
        "range": {"least": planned.least / 1000, "most": planned.most / 1000},
        "sections": [
            {"title": c.title, "start": _seconds(c.start, timeline), "end": _seconds(c.end, timeline)}
            for c in timeline.chapters
        ],
        "cues": [_cue(placement, timeline) for placement in timeline.placements],
    }


def _cue(placement: Placement, timeline: Timeline) -> dict[str, object]:
    return {
        "kind": placement.kind,
        "start": _seconds(placement.start, timeline),
        "end": _seconds(placement.end, timeline),
        "text": placement.text,
        "section": timeline.chapters[placement.chapter].title,
        "source": str(placement.source),
    }


def _seconds(frames: int, timeline: Timeline) -> float:
    """Seconds to the microsecond, so that two cues that meet print the same number."""
    return round(frames / timeline.rate, 6)


def page(planned: Planned) -> str:
    """The plan as a routine in the cue notation, with the times as comments."""
    from voiceguide import notation
    from voiceguide.model.cues import Heading, Paragraph, Words

    timeline = planned.timeline
    exact = "exact" if timeline.exact else "estimated"
    lines = [f"# {notation.escape(timeline.title)}", "", f"<!-- {_clock(timeline.length, timeline)}, {exact} -->"]
    chapter, before = -1, ""
    for placement in timeline.placements:
        if placement.chapter != chapter:
            chapter = placement.chapter
            lines += ["", notation.spell(Heading(timeline.chapters[chapter].title))]
        if placement.kind == "say":
            spelled = notation.spell(Paragraph((Words(placement.text),)))
        elif placement.kind == "rest":
            spelled = notation.spell_rest(to_millis(placement.length, timeline.rate))
        else:
            spelled = f"[{placement.text} {format_duration(to_millis(placement.length, timeline.rate))}]"
        if placement.kind == before == "say":
            lines.append("[pause 0s]")
        before = placement.kind
        lines.append(f"{spelled} <!-- {_clock(placement.start, timeline)} -->")
    low, high = format_duration(planned.least), format_duration(planned.most)
    return "\n".join([*lines, "", f"<!-- any length from {low} to {high} is possible -->"])


def _clock(frames: int, timeline: Timeline) -> str:
    from voiceguide.model.units import Frames

    return format_clock(to_millis(Frames(frames), timeline.rate), millis=True)
