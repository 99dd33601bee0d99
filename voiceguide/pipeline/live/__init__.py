"""The straight line with an ear at its end: the session begins with its first sentence, and is spoken as it plays.

plan on estimates ── gain, held ── first sentences ──> a program that plays
                                                        │ speaks on, from the place that is heard
                                                        └ plans anew, ahead of it, with true lengths
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from threading import Thread

from voiceguide import engines, scheduler
from voiceguide.cache import ClipCache
from voiceguide.library import Library
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Rest, Say, Script
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames, Millis, format_duration
from voiceguide.narrator import Narrator
from voiceguide.pipeline import compiled, warn_of_pitch, with_engine
from voiceguide.pipeline.background import distance, named, too_near
from voiceguide.pipeline.live import lead
from voiceguide.pipeline.live.lead import Countdown
from voiceguide.pipeline.live.preparing import may_be_short, short_by
from voiceguide.pipeline.live.program import Live
from voiceguide.pipeline.live.shelf import Shelf
from voiceguide.pipeline.live.speaking import Voice
from voiceguide.pipeline.live.stoppable import Stoppable
from voiceguide.pipeline.live.studio import Studio, plain
from voiceguide.pipeline.output import session_rate
from voiceguide.pipeline.recorded import refuse_missing
from voiceguide.pipeline.settle import LengthOf, Settled, settle, target_frames
from voiceguide.progress import Event, Listener, Note, Progress, Warn, ignore
from voiceguide.settings import Settings

__all__ = ["Live", "live"]

OPENING = Millis(120)
"""From the first sound to the first word: who pressed play need not be given time to."""
WORTH_SAYING = 2.0
"""Seconds of preparation that nobody need be told of."""


def live(
    library: Library,
    routine: str,
    length: Millis | None,
    wishes: Wishes,
    settings: Settings,
    *,
    start: Callable[[Timeline], Frames] | None = None,
    lead_in: Millis | None = None,
    listener: Listener = ignore,
) -> Live:
    """A session that can be played from `start` on, and goes on being spoken until it is closed.

    It comes back when its voice will keep ahead of the listener: with a quick one, after the first sentence. With
    `lead_in`, `Live.lead` is a countdown of that length. Raises as `render` does, where the session's beginning cannot
    be spoken too; a later sentence that fails is told by `Live.trouble`.
    """
    rate = session_rate(plain(settings))
    with closing(Shelf(rate)) as shelf:
        shelf.guess(settings)
        settings = with_engine(library, routine, settings, listener)
        script = at_once(compiled(library, routine, wishes, settings))
        if near := too_near(distance(named(script), settings)):
            listener(Warn(near))
        engine = Stoppable(engines.make(settings.engine, settings))
        warn_of_pitch(script, engine, listener)
        try:
            narrator = Narrator(engine, ClipCache(settings.cache_folder), _without_progress(listener))
            narrator.prepare(script.lines())
            target = target_frames(script, length, narrator, rate)
            shelf.order(script, target)
            voice = Voice(engine, narrator, rate)
            studio = Studio(shelf, voice, narrator.notes, settings)
            settled = settle(script, target, narrator, lambda _: None, asked=length is not None, rate=rate)
            refuse_missing(settled.choice.lines(), script, routine, settings)
            begun = _begun(settled, voice, studio, start, lead_in, listener)
            _prepare(begun, voice, settings.engine, listener)
        except BaseException:
            engine.close()
            raise
    begun.begin()
    return begun


def at_once(script: Script) -> Script:
    """The script with hardly a rest ahead of its first word: the time goes to the others."""
    first, *others = script.sections
    return replace(script, sections=(replace(first, before=Rest(OPENING, OPENING, OPENING)), *others))


def _begun(
    settled: Settled,
    voice: Voice,
    studio: Studio,
    start: Callable[[Timeline], Frames] | None,
    lead_in: Millis | None,
    listener: Listener,
) -> Live:
    """The program, with its first sentence spoken while gains are found."""
    planned, choice = settled.timeline, settled.choice
    at = start(planned) if start else Frames(0)
    voice.learn(settled.known)
    first = next((p for p in planned.placements if p.utterance and p.end > at), None)
    layout = scheduler.lay_out(choice, settled.length_of, planned.length, planned.rate)
    if layout is None:
        raise AssertionError("a timeline was made of it before")
    if first is None or first.utterance is None or voice.length(first.utterance):
        studio.hold(_estimated(settled))
    else:
        say = Say(first.text, first.utterance, first.source)
        with _aside(lambda: voice.speak(say)):
            studio.hold(_estimated(settled))
        _raise_failure(voice, say)
        layout = scheduler.replanned(layout, first.start, _lengths(voice, settled), planned.length)
    lead = _lead(choice.script, lead_in, voice, studio, planned, listener) if lead_in else None
    return Live(layout, settled.length_of, voice, studio.mixed, at, lead, listener)


def _lengths(voice: Voice, settled: Settled) -> LengthOf:
    return lambda utterance: voice.length(utterance) or settled.length_of(utterance)


def _estimated(settled: Settled) -> Timeline:
    """As it would be planned if nothing had been spoken before."""
    planned = settled.timeline
    layout = scheduler.lay_out(settled.choice, settled.estimate_of, planned.length, planned.rate)
    return scheduler.timeline_of(layout, exact=False) if layout else planned


def _lead(script: Script, wait: Millis, voice: Voice, studio: Studio, like: Timeline, listener: Listener) -> Countdown:
    said = lead.lines(script, wait)
    if not said and wait >= lead.SHORTEST:
        listener(Note(f"there are no words for a countdown in '{script.language}': it counts down in silence"))
    voice.look(say.utterance for _, say in said)
    for _, say in said:
        if voice.length(say.utterance) is None:
            voice.speak(say)
            _raise_failure(voice, say)
    timeline = lead.placed(said, wait, lambda utterance: voice.length(utterance) or Frames(0), like)
    return Countdown(timeline, studio.mixed(timeline), script.rate)


def _prepare(program: Live, voice: Voice, name: str, listener: Listener) -> None:
    """Speaks on until the voice will keep ahead of the listener; says so when that takes a while."""
    told = 0.0
    while (short := _short(program, voice)) > 0:
        if told:
            listener(Progress("speak", max(0, round(told - short)), round(told)))
        elif voice.pace and short > WORTH_SAYING:
            told = short
            length = format_duration(Millis(1000 * round(short)))
            listener(Note(f"{name} speaks slower here than it is listened to: it begins in about {length}"))
        if program.speak_next() is None:
            break
    program.place()


def _short(program: Live, voice: Voice) -> float:
    """Seconds of speaking that have to be done before it begins."""
    lines = program.unspoken()
    pace = voice.pace or voice.first
    if pace is None:  # one sentence tells
        return float(may_be_short(lines))
    return short_by(lines, pace)


def _raise_failure(voice: Voice, say: Say) -> None:
    if error := voice.failed.get(say.utterance):
        raise error


@contextmanager
def _aside(work: Callable[[], None]) -> Iterator[None]:
    """Does `work` on another thread meanwhile."""
    thread = Thread(target=work, name="voiceguide-first", daemon=True)
    thread.start()
    yield
    thread.join()


def _without_progress(listener: Listener) -> Listener:
    def heard(event: Event) -> None:
        if not isinstance(event, Progress):
            listener(event)

    return heard
