"""`voiceguide show`: one routine or technique, to read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from voiceguide.cli import options
from voiceguide.errors import InputMissing
from voiceguide.model.routine import Delivery
from voiceguide.model.units import format_duration
from voiceguide.near import suggest

if TYPE_CHECKING:
    from voiceguide.library import Library
    from voiceguide.model.routine import Pack, Part, Routine, Step, Technique


@click.command("show")
@click.argument("name", type=options.RoutineName())
@options.library_option
def command(name: str, **flags: Any) -> None:
    """Print the routine or technique called NAME, with its words, bounds and cautions."""
    library = options.library_from(options.settings_from(**flags))
    click.echo("\n".join(_found(library, name)))


def _found(library: Library, name: str) -> Iterator[str]:
    try:
        routine = library.routine(name)
    except InputMissing:
        known = [t for pack in library.pack_names() for t in library.pack(pack).techniques]
        if found := library.technique(name):
            return _technique(*found)
        hint = suggest(name, (*library.routine_names(), *known))
        raise InputMissing(f"there is no routine or technique called '{name}'", hint) from None
    return _routine(routine)


def _routine(routine: Routine) -> Iterator[str]:
    from voiceguide.model.routine import Part

    yield f"# {routine.title}"
    if routine.summary:
        yield routine.summary
    if spoken := _delivery(routine.delivery):
        yield f"Spoken with {spoken}"
    if routine.bed:
        yield f"Bed: {routine.bed}"
    yield from (f"  {role}: {_delivery(one) or 'as ever'}" for role, one in routine.voices.items())
    yield ""
    for part in routine.parts:
        if isinstance(part, Part):
            yield _part(part)
            continue
        yield f"for each {part.word} of {', '.join(part.values)}:"
        yield from (f"  {_part(inner)}" for inner in part.parts)
        if part.between:
            yield f"  between them: {part.between.technique.title}"
    if routine.pack and routine.pack.safety:
        yield from ("", *_safety(routine.pack))


def _part(part: Part) -> str:
    keep = "always" if part.priority is None else f"priority {part.priority}"
    rounds = f", up to {part.rounds[1]} rounds" if part.rounds[1] > 1 else ""
    spoken = f"; {_delivery(part.delivery)}" if part.delivery != Delivery() else ""
    bed = f"; bed {part.bed}" if part.bed else ""
    return f"{part.technique.title} ({keep}{rounds}{spoken}{bed})"


def _delivery(delivery: Delivery) -> str:
    """`voice en-gb, 95 words a minute`; engines whose voice is called differently in brackets."""
    names = (f"{name} ({engine})" if engine else name for engine, name in (delivery.voice or {}).items())
    voice = f"voice {' or '.join(names)}" if delivery.voice else ""
    rate = f"{delivery.rate} words a minute" if delivery.rate else ""
    pitch = f"pitch {delivery.pitch:+d}" if delivery.pitch else ""
    return ", ".join(filter(None, (voice, rate, pitch)))


def _safety(pack: Pack) -> Iterator[str]:
    yield "Conditions, for --condition:"
    for condition in pack.safety:
        if condition.action != "stop":
            left = f"; leaves out {', '.join(condition.leave_out)}" if condition.leave_out else ""
            yield f"  {condition.name} ({condition.action}{left}): {condition.title}"


def _technique(_pack: Pack, technique: Technique) -> Iterator[str]:
    yield f"# {technique.title}"
    if technique.summary:
        yield technique.summary
    bounds = (technique.least, technique.ideal, technique.most)
    names = ("at least", "ideally", "at most")
    if told := [f"{n} {format_duration(b)}" for n, b in zip(names, bounds, strict=True) if b is not None]:
        yield ", ".join(told)
    yield from (f"Caution: {caution}" for caution in technique.cautions)
    for telling, steps in technique.tellings.items():
        yield from ("", f"## {telling}", *(line for step in steps for line in _step(step)))
    if technique.encouragements:
        from voiceguide import notation

        yield from ("", "## encouragements")
        for one in technique.encouragements:
            yield from (_for(who) + notation.spell(paragraph) for who, paragraph in one.wordings.items())


def _step(step: Step) -> Iterator[str]:
    from voiceguide import notation

    if step.title:
        yield f"### {step.title}"
    for who, cues in step.wordings.items():
        yield _for(who) + notation.write(cues).rstrip("\n")


def _for(who: str) -> str:
    return f"({who}) " if who else ""
