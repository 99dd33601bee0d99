"""A plan as a routine in the cue notation: what it says and when, to read, to edit and to read back."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from voiceguide import notation
from voiceguide.model.cues import Bed, Heading, Manner, Paragraph, Recorded, Words
from voiceguide.model.units import Frames, format_clock, format_duration, to_frames, to_millis

if TYPE_CHECKING:
    from voiceguide.model.script import Pronunciation, Script, Utterance
    from voiceguide.model.timeline import Placement, Timeline
    from voiceguide.pipeline import Planned

_PLAIN = re.compile(r"[^\W_](?:[\w ,.()'’+/-]*[\w.)'’+])?")
_NOT_TEXT = re.compile(r"yes|no|on|off|true|false|null|y|n|[\d.,_+-]+", re.IGNORECASE)
_SPEAKERS = ("default", *(f"voice-{number}" for number in range(2, 1000)))
"""Roles for voices that cannot be named: the engine's own, first, where another is the routine's."""


def page(planned: Planned) -> str:
    """The plan with front matter, and with times as comments.

    Read back, it gives the same sentences in the same voices and each cue within a millisecond of its place. All
    rests are in the text, so they add up to the session, and no length is named: it could only contradict them.
    """
    timeline, script = planned.timeline, planned.script
    roles = _roles(timeline, script)
    exact = "exact" if timeline.exact else "estimated"
    low, high = format_duration(planned.least), format_duration(planned.most)
    return "\n".join(
        [
            *_front_matter(timeline, script, roles),
            f"<!-- {_clock(timeline.length, timeline)}, {exact} -->",
            *_doubts(planned),
            *_body(timeline, script, roles),
            "",
            f"<!-- any length from {low} to {high} is possible -->",
        ]
    )


def _front_matter(timeline: Timeline, script: Script, roles: dict[str, str]) -> Iterator[str]:
    yield "---"
    yield f"title: {_scalar(timeline.title)}"
    if timeline.author:
        yield f"author: {_scalar(timeline.author)}"
    yield f"language: {_scalar(timeline.language)}"
    if script.voice:
        yield f"voice: {_scalar(script.voice)}"
    yield f"rate: {script.rate}"
    if script.pitch:
        yield f"pitch: {script.pitch}"
    if roles:
        yield "voices:"
        yield from (f"  {_scalar(role)}: {_scalar(voice) if voice else '{voice: {}}'}" for role, voice in roles.items())
    if timeline.bed:
        yield f"bed: {_scalar(timeline.bed)}"
    if words := {word for p in timeline.placements if p.utterance for word in p.utterance.pronounced}:
        yield "lexicon:"
        yield from (f"  {_scalar(word.word)}: {_said(word)}" for word in script.lexicon if word in words)
    yield "pauses: written"
    yield "---"


def _doubts(planned: Planned) -> Iterator[str]:
    from voiceguide.pipeline.background import too_near

    if near := too_near(planned.below):
        yield f"<!-- {near} -->"


def _body(timeline: Timeline, script: Script, roles: dict[str, str]) -> Iterator[str]:
    chapter, before, playing, at = -1, "", "", Frames(0)
    plain = spoken = (script.voice, script.rate, script.pitch)
    for placement in timeline.placements:
        if placement.chapter != chapter:
            chapter, spoken = placement.chapter, plain
            yield from ("", notation.spell(Heading(timeline.chapters[chapter].title)))
            if (bed := timeline.chapters[chapter].bed) != playing:
                yield notation.spell(Bed(bed))
            playing = bed
        elif placement.kind == before == "say":
            yield ""
        if (utterance := placement.utterance) and not utterance.recording:
            wanted = (utterance.voice, utterance.rate, utterance.pitch)
            if changes := _changes(spoken, wanted, plain, roles):
                yield changes
            spoken = wanted
        spelled, at = _spelled(placement, at, timeline.rate)
        yield f"{spelled} <!-- {_clock(placement.start, timeline)} -->"
        before = placement.kind


def _spelled(placement: Placement, at: Frames, rate: int) -> tuple[str, Frames]:
    """One cue that begins at frame `at` when it is read back, and where it then ends.

    A rest is written in whole milliseconds so that it ends where it should: what one rounds away, the next gives back.
    """
    if placement.kind == "say":
        return notation.spell(Paragraph((_piece(placement),))), Frames(at + placement.length)
    length = to_millis(Frames(max(0, placement.end - at)), rate)
    if placement.kind == "rest":
        return notation.spell_rest(length), Frames(at + to_frames(length, rate))
    length = to_millis(placement.length, rate)
    return f"[{placement.text} {format_duration(length)}]", Frames(at + to_frames(length, rate))


def _piece(placement: Placement) -> Words | Recorded:
    recording = placement.utterance.recording if placement.utterance else None
    return Recorded(recording.written, placement.text) if recording and recording.written else Words(placement.text)


Spoken = tuple[str, int, int]
"""Voice, rate and pitch."""


def _changes(spoken: Spoken, wanted: Spoken, plain: Spoken, roles: dict[str, str]) -> str:
    """The marks that lead from one way to speak to another; back to the routine's own without a value."""
    named = {voice: role for role, voice in reversed(roles.items())}
    voice = Manner("voice", named.get(wanted[0], wanted[0]) if wanted[0] != plain[0] else "")
    rate = Manner("rate", wanted[1] if wanted[1] != plain[1] else "")
    pitch = Manner("pitch", wanted[2] if wanted[2] != plain[2] else "")
    changed = [old != new for old, new in zip(spoken, wanted, strict=True)]
    return " ".join(notation.spell(m) for m, new in zip((voice, rate, pitch), changed, strict=True) if new)


def _roles(timeline: Timeline, script: Script) -> dict[str, str]:
    """Role → voice, for the voices that are heard beside the routine's own."""
    heard = {voice for p in timeline.placements if p.utterance and (voice := _voice(p.utterance)) is not None}
    roles = {role: voice for role, voice in script.voices.items() if voice in heard - {script.voice}}
    for voice in sorted(heard - {script.voice, *roles.values()}):
        # A voice without a name, or one that is called like a role, needs a role of its own.
        if not voice or voice.casefold() in roles:
            roles[next(name for name in _SPEAKERS if name not in roles)] = voice
    return roles


def _voice(utterance: Utterance) -> str | None:
    return None if utterance.recording else utterance.voice


def _said(word: Pronunciation) -> str:
    said = (("say", word.respelled), ("ipa", word.ipa))
    return "{" + ", ".join(f"{key}: {json.dumps(text, ensure_ascii=False)}" for key, text in said if text) + "}"


def _scalar(text: str) -> str:
    """`text` as YAML reads it back, in quotes where it needs some."""
    if _PLAIN.fullmatch(text) and not _NOT_TEXT.fullmatch(text):
        return text
    # JSON's strings are YAML's, too.
    return json.dumps(text, ensure_ascii=False)


def _clock(frames: int, timeline: Timeline) -> str:
    return format_clock(to_millis(Frames(frames), timeline.rate), millis=True)
