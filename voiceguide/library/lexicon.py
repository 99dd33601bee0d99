"""`lexicon.yaml`, in a pack or at the root of a library: how words sound that engines would guess wrongly.

fascia: fasha                        a respelling that any engine reads rightly
Achilles: {say: a kill ease, ipa: əˈkɪliːz}
"""

from __future__ import annotations

import re
from pathlib import Path

from voiceguide.errors import ContentError
from voiceguide.library.fields import Fields, Notes
from voiceguide.library.files import display, read_text
from voiceguide.library.tree import Mapping, Node, Scalar, grow
from voiceguide.model.cues import Source
from voiceguide.model.script import Pronunciation

FILE = "lexicon.yaml"
LONGEST = 100
"""Characters of a word or of how it sounds."""
_LETTERS = re.compile(r"[^\W\d_](?:[^\W_]|[ '’.\-])*")
_SAID = re.compile(r"[^\W\d_](?:[^\W\d_]|[ ,'’\-])*")
# Letters, the stress and length marks of the alphabet, tie bars and other combining signs.
_IPA = re.compile("(?:[^\\W\\d_]|[\u02b0-\u02ff\u0300-\u036f\u203f\u2190-\u21ff. |‖])+")


def load_lexicon(folder: Path, notes: Notes) -> tuple[Pronunciation, ...]:
    """The entries of the lexicon in `folder`, none where there is no such file; what is wrong in it is noted."""
    path = folder / FILE
    if not path.is_file():
        return ()
    try:
        tree = grow(read_text(path), display(path), notes.problems)
    except ContentError as error:
        notes.problems += [problem for problem in error.problems if problem not in notes.problems]
        return ()
    return entries(tree, notes)


def entries(node: Node | None, notes: Notes) -> tuple[Pronunciation, ...]:
    """The words of a lexicon, wherever it is written; what is wrong in it is noted."""
    if node is None:
        return ()
    if not isinstance(node, Mapping):
        notes.add(node.source, "a lexicon must be 'word: how it is said' lines", "for example 'fascia: fasha'")
        return ()
    found = (_entry(word, value, notes) for word, value in node.items if not _is_schema(word, value))
    return tuple(entry for entry in found if entry)


def _is_schema(word: Scalar, node: Node) -> bool:
    return word.text == "schema" and isinstance(node, Scalar) and node.text == "1"


def _entry(word: Scalar, node: Node, notes: Notes) -> Pronunciation | None:
    name = " ".join(word.text.split())
    if len(name) > LONGEST or not _LETTERS.fullmatch(name):
        notes.add(word.source, f"'{name[:40]}' is not a word", "write letters, as they stand in the text")
        return None
    if isinstance(node, Scalar):
        return _checked(name, (" ".join(node.text.split()), node.source), ("", node.source), notes)
    fields = Fields(node, ("say", "ipa"), notes, f"'{name}'")
    if "say" not in fields and "ipa" not in fields:
        fields.need("say", "ipa")
        return None
    ipa = fields.text("ipa").strip("/[] ")
    return _checked(name, (fields.text("say"), _place(fields, "say")), (ipa, _place(fields, "ipa")), notes)


def _place(fields: Fields, key: str) -> Source:
    node = fields.node(key)
    return node.source if node else fields.source


def _checked(word: str, said: tuple[str, Source], ipa: tuple[str, Source], notes: Notes) -> Pronunciation | None:
    """The entry, where each form is what it must be and there is one."""
    bad = len(notes.problems)
    if said[0] and (len(said[0]) > LONGEST or not _SAID.fullmatch(said[0])):
        notes.add(said[1], f"'{said[0][:40]}' cannot be read aloud", "respell it in plain letters: 'a kill ease'")
    if ipa[0] and (len(ipa[0]) > LONGEST or not _IPA.fullmatch(ipa[0])):
        notes.add(ipa[1], f"'{ipa[0][:40]}' is not phonetic spelling", "write it in the IPA alone: 'ˈfæʃə'")
    if not said[0] and not ipa[0]:
        notes.add(said[1], f"'{word}' does not say how it sounds", "for example 'fascia: fasha'")
    return Pronunciation(word, said[0], ipa[0]) if len(notes.problems) == bad else None
