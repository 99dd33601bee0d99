"""Routines: YAML with a structure, or any Markdown or plain text."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from voiceguide import notation
from voiceguide.library.fields import Fields, Notes
from voiceguide.library.files import display, read_text
from voiceguide.library.techniques import TECHNIQUE_KEYS, technique
from voiceguide.library.tree import Mapping, Node, grow
from voiceguide.model.cues import Cue, Heading, Paragraph, Sound, Source, WrittenCue
from voiceguide.model.routine import EVERYONE, Each, Pack, Part, Pauses, Routine, Span, Step, Technique
from voiceguide.near import suggest

PackLoader = Callable[[str, Source], Pack | None]
MOST_ROUNDS = 4000
YAML_SUFFIXES = (".yaml", ".yml")
TEXT_SUFFIXES = (".md", ".markdown", ".txt", ".text")

_MATTER = ("title", "summary", "language", "voice", "rate", "bed", "author", "length", "pauses")
_ROUTINE = ("schema", *_MATTER, "pack", "who", "sections")
_PAUSES = ("sentence", "paragraph", "section", "default", "opening", "closing")
_PART = tuple(key for key in TECHNIQUE_KEYS if key != "schema")
_USE = ("use", "keep", "priority", "rounds")
_EACH = ("each", "in", "title", "between", "sections")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


def load_yaml(path: Path, notes: Notes, load_pack: PackLoader) -> Routine:
    """A YAML routine; `load_pack` finds the pack it names."""
    fields = Fields(grow(read_text(path), display(path), notes.problems), _ROUTINE, notes, "a routine")
    fields.schema()
    fields.need("title")
    fields.need("sections")
    pack_node = fields.node("pack")
    pack = load_pack(fields.text("pack"), pack_node.source) if pack_node else None
    parts = tuple(_part_or_each(node, pack, notes) for node in fields.list("sections"))
    _refuse_endless([part for part in parts if part], fields, notes)
    people = tuple(pack.words) if pack else ()
    who = fields.choice("who", people, people[0] if people else EVERYONE) if people else EVERYONE
    return _routine(path, fields, tuple(part for part in parts if part), pack, who, notes)


def _refuse_endless(parts: list[Part | Each], fields: Fields, notes: Notes) -> None:
    """Blocks and rounds multiply: a short file may stand for a session that nobody could hear."""
    rounds = 0
    for part in parts:
        inner, times = (part.parts, len(part.values)) if isinstance(part, Each) else ((part,), 1)
        rounds += times * sum(one.rounds[1] for one in inner)
    if rounds > MOST_ROUNDS:
        hint = "fewer values in 'in', fewer sections, or fewer rounds"
        notes.add(fields.source, f"this makes more than {MOST_ROUNDS} rounds of sections", hint)


def load_text(path: Path, notes: Notes) -> Routine:
    """Any Markdown or plain text: every heading begins a section, and everything is said once."""
    text, shown = read_text(path), display(path)
    matter: Node = Mapping((), Source(shown))
    first = 1
    if front := _FRONT.match(text):
        if (front.group(1) or "").strip():
            matter = grow(front.group(1), shown, notes.problems, 2)
        first += front.group().count("\n")
        text = text[front.end() :]
    elif re.match(rf"\s*---[ \t]*\n(?:{'|'.join(_MATTER)})[ \t]*:", text):
        notes.add(
            Source(shown, 1), "this front matter does not end, or not begin on line 1", "close it with a line '---'"
        )
    fields = Fields(matter, _MATTER, notes, "front matter")
    parsed = notation.parse(text, Source(shown, first))
    notes.problems += parsed.problems
    titled, sections = _split(parsed.cues)
    if len(sections) > MOST_ROUNDS:
        notes.add(Source(shown, first), f"there are more than {MOST_ROUNDS} sections", "split the file")
        sections = sections[:1]
    parts = tuple(_text_part(heading, cues, path) for heading, cues in sections if cues)
    if not parsed.problems and not any(isinstance(cue, Paragraph | Sound) for cue in parsed.cues):
        notes.add(Source(shown, first), "there is nothing to say in this file", "write the words that are spoken")
    return _routine(path, fields, parts, None, EVERYONE, notes, titled or "")


def _split(cues: list[WrittenCue]) -> tuple[str | None, list[tuple[Heading | None, list[Cue]]]]:
    """The title, when a heading stands first with another right below it, and the sections."""
    sections: list[tuple[Heading | None, list[Cue]]] = [(None, [])]
    for cue in cues:
        if isinstance(cue, Heading):
            sections.append((cue, []))
        else:
            sections[-1][1].append(cue)
    headings = [heading for heading, _ in sections if heading]
    title = headings[0].title if headings and not sections[0][1] else None
    return title, sections


def _text_part(heading: Heading | None, cues: list[Cue], path: Path) -> Part:
    source = heading.source if heading else cues[0].source
    title = heading.title if heading else _title(path)
    body = Technique(name=f"line {source.line}", title=title, tellings={"full": (Step({EVERYONE: tuple(cues)}),)})
    return Part(body, source=source)


def _title(path: Path) -> str:
    words = re.sub(r"[-_]+", " ", path.stem).strip()
    return words[:1].upper() + words[1:]


def _routine(
    path: Path,
    fields: Fields,
    parts: tuple[Part | Each, ...],
    pack: Pack | None,
    who: str,
    notes: Notes,
    title: str = "",
) -> Routine:
    return Routine(
        name=path.stem,
        title=fields.text("title") or title or _title(path),
        parts=parts,
        summary=fields.text("summary"),
        pack=pack,
        who=who,
        language=fields.text("language", "en"),
        author=fields.text("author"),
        voice=fields.text("voice"),
        rate=fields.count("rate", 60, 400),
        bed=fields.text("bed"),
        length=fields.duration("length"),
        pauses=_pauses(fields.node("pauses"), notes),
        source=Source(display(path)),
    )


def _pauses(node: Node | None, notes: Notes) -> Pauses:
    if node is None:
        return Pauses()
    fields = Fields(node, _PAUSES, notes, "'pauses'")
    spans: dict[str, Span] = {name: fields.span(name, getattr(Pauses(), name)) for name in _PAUSES}
    return Pauses(**spans)


def _part_or_each(node: Node, pack: Pack | None, notes: Notes) -> Part | Each | None:
    keys = {key.text for key, _ in node.items} if isinstance(node, Mapping) else set()
    if "each" in keys:
        return _each(node, pack, notes)
    if "use" in keys:
        return _use(node, pack, notes)
    return _own(node, notes)


def _each(node: Node, pack: Pack | None, notes: Notes) -> Each:
    fields = Fields(node, _EACH, notes, "an 'each' block")
    for key in ("in", "sections"):
        fields.need(key)
    parts = (_part_or_each(item, pack, notes) for item in fields.list("sections"))
    between = fields.node("between")
    return Each(
        word=fields.text("each"),
        values=fields.names("in"),
        title=fields.text("title", "{title}"),
        parts=tuple(part for part in parts if isinstance(part, Part)),
        between=_own(between, notes) if between else None,
        source=node.source,
    )


def _own(node: Node, notes: Notes) -> Part:
    fields = Fields(node, (*_PART, "keep", "priority"), notes, "a section")
    fields.need("title")
    body = technique(re.sub(r"\W+", "-", fields.text("title", "section").lower()).strip("-"), fields, notes)
    return Part(body, _priority(fields, None), body.rounds, node.source)


def _use(node: Node, pack: Pack | None, notes: Notes) -> Part | None:
    fields = Fields(node, _USE, notes, "a 'use' line")
    name = fields.text("use")
    techniques = pack.techniques if pack else {}
    if name not in techniques:
        named = fields.node("use") or node
        notes.add(
            named.source, f"there is no technique '{name}'", suggest(name, techniques) or "name a pack: 'pack: …'"
        )
        return None
    chosen = techniques[name]
    rounds = fields.rounds("rounds", chosen.rounds)
    return Part(chosen, _priority(fields, 50), rounds, node.source)


def _priority(fields: Fields, default: int | None) -> int | None:
    if "keep" in fields:
        fields.choice("keep", ("always",), "always")
        return None
    return fields.count("priority", 1, 100) if "priority" in fields else default
