"""`voiceguide plan`: the timed script, without a sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli import options
from voiceguide.model.routine import Wishes
from voiceguide.model.units import Millis

if TYPE_CHECKING:
    from voiceguide.model.timeline import Placement, Timeline
    from voiceguide.pipeline import Planned


@click.command("plan")
@options.routine_argument
@options.wish_options
@options.voice_options
@options.bed_options
@options.profile_option
@options.picture_option
@options.no_clobber_option
@options.library_option
@options.cache_option
@options.json_option
def command(
    routine: str, length: Millis | None, picture: Path | None, no_clobber: bool, as_json: bool, **flags: Any
) -> None:
    """Print every word and every rest of ROUTINE with its time.

    The times are exact once the session has been rendered, and good estimates before. What is printed is a
    routine in the cue notation: saved as it is, it is the same session; it can be edited like any other.
    """
    from voiceguide import pipeline
    from voiceguide.cli.page import page

    settings = options.settings_from(**flags)
    planned = pipeline.plan(
        options.library_from(settings),
        routine,
        length,
        wishes_from(flags),
        settings,
        picture=picture,
        clobber=not no_clobber,
    )
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
    """The plan as JSON, schema 1. Times are seconds; the background lies decibels below speech, null for none."""
    timeline = planned.timeline
    return {
        "schema": 1,
        "title": timeline.title,
        "length": _seconds(timeline.length, timeline),
        "bed": timeline.bed,
        "bed_below_speech": planned.below,
        "range": {"least": planned.least / 1000, "most": planned.most / 1000},
        **told(timeline),
    }


def told(timeline: Timeline) -> dict[str, object]:
    """What happens when, as JSON: places and lengths are estimates where they are not `exact`."""
    return {
        "exact": timeline.exact,
        "sections": [
            {
                "title": c.title,
                "start": _seconds(c.start, timeline),
                "end": _seconds(c.end, timeline),
                "bed": c.bed or timeline.bed,
            }
            for c in timeline.chapters
        ],
        "cues": [_cue(placement, timeline) for placement in timeline.placements],
    }


def _cue(placement: Placement, timeline: Timeline) -> dict[str, object]:
    utterance = placement.utterance
    spoken = {"voice": utterance.voice, "rate": utterance.rate, "pitch": utterance.pitch} if utterance else {}
    return {
        "kind": placement.kind,
        "start": _seconds(placement.start, timeline),
        "end": _seconds(placement.end, timeline),
        "text": placement.text,
        **spoken,
        "section": timeline.chapters[placement.chapter].title,
        "source": str(placement.source),
    }


def _seconds(frames: int, timeline: Timeline) -> float:
    """Seconds to the microsecond, so that two cues that meet print the same number."""
    return round(frames / timeline.rate, 6)
