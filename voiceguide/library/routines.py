"""Routines: YAML with a structure, or any Markdown or plain text."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from voiceguide import notation
from voiceguide.library.beds import bed_of, checked
from voiceguide.library.fields import Fields, Notes
from voiceguide.library.files import display, read_text
from voiceguide.library.lexicon import entries
from voiceguide.library.recordings import folder_of, resolved
from voiceguide.library.techniques import TECHNIQUE_KEYS, technique
from voiceguide.library.tree import Mapping, Node, Scalar, grow
from voiceguide.library.voices import DELIVERY, delivery, language, roles
from voiceguide.model.cues import Bed, Cue, Heading, Manner, Paragraph, Sound, Source, WrittenCue
from voiceguide.model.routine import EVERYONE, Each, Pack, Part, Pauses, Routine, Span, Step, Technique
from voiceguide.model.units import Millis
from voiceguide.near import suggest

PackLoader = Callable[[str, Source], Pack | None]
MOST_ROUNDS = 4000
YAML_SUFFIXES = (".yaml", ".yml")
TEXT_SUFFIXES = (".md", ".markdown", ".txt", ".text")

_MATTER = (
    "title",
    "summary",
    "language",
    *DELIVERY,
    "voices",
    "bed",
    "author",
    "length",
    "recordings",
    "pauses",
    "lexicon",
)
_ROUTINE = ("schema", *_MATTER, "pack", "who", "sections")
_PAUSES = ("sentence", "paragraph", "section", "default", "opening", "closing")
_WITHIN = ("sentence", "paragraph", "default")
_PART = tuple(key for key in TECHNIQUE_KEYS if key != "schema")
_OF_A_PART = ("keep", "priority", *DELIVERY, "pauses", "bed")
_USE = ("use", "rounds", *_OF_A_PART)
_EACH = ("each", "in", "title", "bed", "between", "sections")
_FRONT = re.compile(r"\A---[ \t]*\n(.*?\n)?(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)


def load_yaml(path: Path, notes: Notes, load_pack: PackLoader) -> Routine:
    """A YAML routine; `load_pack` finds the pack it names."""
    notes.files[display(path)] = path
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
    notes.files[shown] = path
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
    titled, sections = _split(parsed.cues, notes)
    if len(sections) > MOST_ROUNDS:
        notes.add(Source(shown, first), f"there are more than {MOST_ROUNDS} sections", "split the file")
        sections = sections[:1]
    _refuse_unheard(sections, notes)
    _refuse_unheard_beds(parsed.cues, notes)
    parts = tuple(_text_part(section, path) for section in sections if section.cues)
    if not parsed.problems and not any(isinstance(cue, Paragraph | Sound) for cue in parsed.cues):
        notes.add(Source(shown, first), "there is nothing to say in this file", "write the words that are spoken")
    return _routine(path, fields, parts, None, EVERYONE, notes, titled or "")


@dataclass(slots=True)
class _Section:
    """A heading with what stands below it; none for what stands above the first."""

    heading: Heading | None = None
    bed: str = ""
    cues: list[Cue] = field(default_factory=list)

    @property
    def silent(self) -> bool:
        """True when nothing is said in it, and nothing rests or rings."""
        return all(isinstance(cue, Manner) for cue in self.cues)


def _split(cues: list[WrittenCue], notes: Notes) -> tuple[str | None, list[_Section]]:
    """The title, when a heading stands first with another right below it, and the sections."""
    sections = [_Section()]
    for cue in cues:
        if isinstance(cue, Heading):
            sections.append(_Section(cue, sections[-1].bed))
        elif isinstance(cue, Bed):
            _lay(cue, sections[-1], notes)
        else:
            sections[-1].cues.append(resolved(cue, notes))
    headings = [section.heading for section in sections if section.heading]
    title = headings[0].title if headings and not sections[0].cues else None
    return title, sections


def _lay(mark: Bed, section: _Section, notes: Notes) -> None:
    """A section's bed, which holds for those that follow, too."""
    if not section.silent:
        hint = "put it right below the heading, or begin a new section with '## …'"
        notes.add(mark.source, "the background changes with a section, not amid its words", hint)
        return
    section.bed = checked(mark.name, mark.source, notes) if mark.name else ""


def _refuse_unheard(sections: list[_Section], notes: Notes) -> None:
    for section in sections:
        if section.cues and section.silent:
            hint = "it holds to the end of its section; what holds for all belongs to front matter: 'voice: …'"
            notes.add(section.cues[0].source, "no words follow this in its section", hint)


def _refuse_unheard_beds(cues: list[WrittenCue], notes: Notes) -> None:
    waiting: Bed | None = None
    for cue in (*cues, Bed("")):
        if isinstance(cue, Bed):
            if waiting:
                notes.add(waiting.source, "nothing follows this [bed]", "it is heard from its section on: write words")
            waiting = cue
        elif not isinstance(cue, Heading | Manner):
            waiting = None


def _text_part(section: _Section, path: Path) -> Part:
    source = section.heading.source if section.heading else section.cues[0].source
    title = section.heading.title if section.heading else _title(path)
    said = Step({EVERYONE: tuple(section.cues)})
    body = Technique(name=f"line {source.line}", title=title, tellings={"full": (said,)})
    return Part(body, bed=section.bed, source=source)


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
        language=language(fields, notes),
        author=fields.text("author"),
        delivery=delivery(fields, notes),
        voices=roles(fields.node("voices"), notes),
        bed=bed_of(fields, notes),
        length=fields.duration("length"),
        recordings=folder_of(fields, notes),
        pauses=replace(Pauses(), **_pauses(fields.node("pauses"), _PAUSES, notes)),
        lexicon=entries(fields.node("lexicon"), notes),
        source=Source(display(path)),
    )


def _pauses(node: Node | None, known: tuple[str, ...], notes: Notes) -> dict[str, Span]:
    """The rests nobody writes down, by name; 'written' for none but those that are written."""
    if node is None:
        return {}
    if isinstance(node, Scalar) and node.text.strip() == "written":
        return {name: Span(Millis(0), Millis(0)) for name in known if name != "default"}
    fields = Fields(node, known, notes, "'pauses'")
    return {name: fields.span(name, getattr(Pauses(), name)) for name in known if name in fields}


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
    shared = bed_of(fields, notes)
    between = fields.node("between")
    return Each(
        word=fields.text("each"),
        values=fields.names("in"),
        title=fields.text("title", "{title}"),
        parts=tuple(replace(part, bed=part.bed or shared) for part in parts if isinstance(part, Part)),
        between=_own(between, notes, shared) if between else None,
        source=node.source,
    )


def _own(node: Node, notes: Notes, shared: str = "") -> Part:
    fields = Fields(node, (*_PART, *_OF_A_PART), notes, "a section")
    fields.need("title")
    body = technique(re.sub(r"\W+", "-", fields.text("title", "section").lower()).strip("-"), fields, notes)
    pauses = _pauses(fields.node("pauses"), _WITHIN, notes)
    bed = bed_of(fields, notes) or shared
    return Part(body, _priority(fields, None), body.rounds, delivery(fields, notes), pauses, bed, node.source)


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
    pauses = _pauses(fields.node("pauses"), _WITHIN, notes)
    bed = bed_of(fields, notes)
    return Part(chosen, _priority(fields, 50), rounds, delivery(fields, notes), pauses, bed, node.source)


def _priority(fields: Fields, default: int | None) -> int | None:
    if "keep" in fields:
        fields.choice("keep", ("always",), "always")
        return None
    return fields.count("priority", 1, 100) if "priority" in fields else default
