"""`content/<pack>/`: techniques, the words of a pack, and its safety table."""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import dropwhile
from pathlib import Path
from typing import Literal, cast

from voiceguide.errors import ContentError
from voiceguide.library.fields import SLUG, Fields, Notes, cues
from voiceguide.library.files import display, read_text
from voiceguide.library.lexicon import load_lexicon
from voiceguide.library.tree import Mapping, Node, Scalar, Sequence, grow
from voiceguide.model.cues import Cue, Manner, Paragraph, Piece, Recorded, Source
from voiceguide.model.routine import EVERYONE, TELLINGS, Condition, Encouragement, Pack, Step, Technique
from voiceguide.model.units import Millis
from voiceguide.near import suggest

PEOPLE = ("self", "partner")
_BODY = (*TELLINGS, "text")
TECHNIQUE_KEYS = ("schema", "title", "summary", "seconds", "rounds", "cautions", "encouragements", *_BODY)


def load_pack(folder: Path, notes: Notes) -> Pack:
    """A pack with all its techniques; what is wrong in any of its files is noted."""
    fields = _file(folder / "pack.yaml", ("schema", "title", "words", "encouragements", "halfway"), notes, "a pack")
    techniques = {}
    for path in sorted(folder.glob("*.yaml")):
        if path.stem not in ("pack", "safety", "lexicon"):
            techniques[path.stem] = _technique_file(path, notes)
    halfway = fields.node("halfway")
    return Pack(
        name=folder.name,
        title=fields.text("title", folder.name),
        techniques=techniques,
        words=_words(fields.node("words"), notes),
        encouragements=encouragements(fields, notes),
        halfway=_encouragement(halfway, notes) if halfway else None,
        safety=_safety(folder / "safety.yaml", tuple(techniques), notes),
        lexicon=load_lexicon(folder, notes),
    )


def _file(path: Path, known: tuple[str, ...], notes: Notes, what: str) -> Fields:
    notes.files[display(path)] = path
    try:
        node: Node = grow(read_text(path), display(path), notes.problems)
    except ContentError as error:
        notes.problems += [p for p in error.problems if p not in notes.problems]
        node = Mapping((), Source(display(path)))
    fields = Fields(node, known, notes, what)
    fields.schema()
    return fields


def _technique_file(path: Path, notes: Notes) -> Technique:
    fields = _file(path, TECHNIQUE_KEYS, notes, "a technique")
    fields.need("title")
    if not SLUG.fullmatch(path.stem):
        notes.add(fields.source, f"'{path.stem}' is not a plain file name", "use small letters, digits and hyphens")
    return technique(path.stem, fields, notes)


def technique(name: str, fields: Fields, notes: Notes, rounds: tuple[int, int] = (1, 1)) -> Technique:
    """A technique from its fields, wherever they are written."""
    fields.need("full", "text")
    least, ideal, most = _seconds(fields.node("seconds"), notes)
    tellings = {telling: steps(node, notes) for telling in TELLINGS if (node := fields.node(telling))}
    if body := fields.node("text"):
        tellings["full"] = steps(body, notes)
    return Technique(
        name=name,
        title=fields.text("title", name),
        tellings=tellings,
        summary=fields.text("summary"),
        least=least,
        ideal=ideal,
        most=most,
        rounds=fields.rounds("rounds", rounds),
        encouragements=encouragements(fields, notes),
        cautions=fields.names("cautions"),
        source=fields.source,
    )


def _seconds(node: Node | None, notes: Notes) -> tuple[Millis | None, Millis | None, Millis | None]:
    if node is None:
        return None, None, None
    fields = Fields(node, ("least", "ideal", "most"), notes, "'seconds'")
    bounds = fields.duration("least"), fields.duration("ideal"), fields.duration("most")
    given = [bound for bound in bounds if bound is not None]
    if given != sorted(given):
        notes.add(node.source, "least, ideal and most are not in that order", "write the shortest first")
    return bounds


def steps(node: Node, notes: Notes) -> tuple[Step, ...]:
    """One telling: a block of text, wordings per person, or a list of titled steps."""
    if isinstance(node, Scalar):
        return (Step({EVERYONE: cues(node, notes)}),)
    nodes = node.items if isinstance(node, Sequence) else (node,)
    if not nodes:
        notes.add(node.source, "there is nothing to say here", "write the words, or take the entry out")
    return tuple(_step(item, notes) for item in nodes)


def _step(node: Node, notes: Notes) -> Step:
    if isinstance(node, Scalar):
        return Step({EVERYONE: cues(node, notes)})
    fields = Fields(node, ("title", "text", *PEOPLE), notes, "a step")
    fields.need("text", *PEOPLE)
    return Step(_wordings(fields, notes), fields.text("title"))


def _wordings(fields: Fields, notes: Notes) -> dict[str, tuple[Cue, ...]]:
    people = {person: cues(node, notes) for person in PEOPLE if (node := fields.node(person))}
    if body := fields.node("text"):
        people[EVERYONE] = cues(body, notes)
    return people


def encouragements(fields: Fields, notes: Notes) -> tuple[Encouragement, ...]:
    """The list of short words for long work."""
    return tuple(_encouragement(node, notes) for node in fields.list("encouragements"))


def _encouragement(node: Node, notes: Notes) -> Encouragement:
    wordings: dict[str, Paragraph] = {}
    for person, said in _step(node, notes).wordings.items():
        paragraphs = [cue for cue in said if isinstance(cue, Paragraph)]
        mixed = any(len(p.parts) > 1 and any(isinstance(part, Recorded) for part in p.parts) for p in paragraphs)
        mixed |= any(isinstance(part, Manner) for p in paragraphs for part in _behind_words(p.parts))
        if len(paragraphs) != 1 or len(said) != 1 or mixed:
            notes.add(node.source, "an encouragement is one short paragraph or recording", "take the other cues out")
        else:
            wordings[person] = paragraphs[0]
    return Encouragement(wordings)


def _behind_words(parts: Iterable[Piece]) -> Iterable[Piece]:
    return dropwhile(lambda part: isinstance(part, Manner), parts)


def _words(node: Node | None, notes: Notes) -> dict[str, dict[str, str]]:
    """person → word in braces → what is said."""
    if node is None:
        return {}
    fields = Fields(node, PEOPLE, notes, "'words'")
    words: dict[str, dict[str, str]] = {}
    for person in PEOPLE:
        said = fields.node(person)
        if isinstance(said, Mapping):
            words[person] = {key.text: value.text for key, value in said.items if isinstance(value, Scalar)}
        elif said is not None:
            notes.add(said.source, f"'{person}' must be 'word: what is said' lines", "for example 'your: their'")
    return words


def _safety(path: Path, techniques: tuple[str, ...], notes: Notes) -> tuple[Condition, ...]:
    if not path.is_file():
        return ()
    fields = _file(path, ("schema", "conditions"), notes, "a safety table")
    return tuple(_condition(node, techniques, notes) for node in fields.list("conditions"))


def _condition(node: Node, techniques: tuple[str, ...], notes: Notes) -> Condition:
    fields = Fields(node, ("condition", "title", "action", "leave_out", "say"), notes, "a condition")
    for key in ("condition", "title", "action"):
        fields.need(key)
    for name in fields.names("leave_out"):
        if name not in techniques:
            listed = fields.node("leave_out")
            notes.add(
                listed.source if listed else node.source, f"there is no technique '{name}'", suggest(name, techniques)
            )
    return Condition(
        name=fields.text("condition"),
        title=fields.text("title"),
        action=cast(Literal["refuse", "ask", "stop"], fields.choice("action", ("refuse", "ask", "stop"), "refuse")),
        leave_out=fields.names("leave_out"),
        say=re.sub(r"\s+", " ", fields.text("say")),
    )
