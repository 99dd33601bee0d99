"""Who speaks, and in what language: the entries that say so, in routines, sections and front matter."""

from __future__ import annotations

import re

from voiceguide import engines
from voiceguide.library.fields import Fields, Notes
from voiceguide.library.tree import Mapping, Node, Scalar
from voiceguide.model.routine import HIGHEST, LOWEST, Delivery
from voiceguide.near import suggest
from voiceguide.notation.manners import FASTEST, SLOWEST, VOICE_NAME

DELIVERY = ("voice", "rate", "pitch")

_ROLE = re.compile(r"[^\W\d][\w-]*")
_LANGUAGE = re.compile(
    r"""(?:[a-z]{2,3}(?:-[a-z]{3}){0,3}|[a-z]{4,8})   # a language, perhaps with its extended forms
        (?:-[a-z]{4})?                                # script
        (?:-(?:[a-z]{2}|\d{3}))?                      # region
        (?:-(?:[a-z\d]{5,8}|\d[a-z\d]{3}))*           # variants
        (?:-[a-wyz\d](?:-[a-z\d]{2,8})+)*             # extensions
        (?:-x(?:-[a-z\d]{1,8})+)?                     # private use
        |x(?:-[a-z\d]{1,8})+""",
    re.VERBOSE | re.IGNORECASE | re.ASCII,
)
"""`langtag` and `privateuse` of RFC 5646, section 2.1."""


def delivery(fields: Fields, notes: Notes) -> Delivery:
    """`voice`, `rate` and `pitch` of a routine, a section or a role."""
    return Delivery(
        _voice(fields.node("voice"), notes),
        fields.count("rate", SLOWEST, FASTEST),
        fields.count("pitch", LOWEST, HIGHEST),
    )


def roles(node: Node | None, notes: Notes) -> dict[str, Delivery]:
    """`voices`: each role with its voice, or with voice, rate and pitch."""
    if node is None:
        return {}
    if not isinstance(node, Mapping):
        notes.add(node.source, "'voices' must be 'role: voice' lines", "for example 'counter: en-gb'")
        return {}
    found: dict[str, Delivery] = {}
    for key, value in node.items:
        if not _ROLE.fullmatch(key.text):
            notes.add(key.source, f"'{key.text[:40]}' cannot be a role", "use letters, digits and hyphens: 'counter'")
        if isinstance(value, Scalar):
            found[key.text] = Delivery(_voice(value, notes))
        else:
            found[key.text] = delivery(Fields(value, DELIVERY, notes, f"the role '{key.text[:40]}'"), notes)
    return found


def language(fields: Fields, notes: Notes) -> str:
    """A language tag: whether anybody speaks it is for the engine to say."""
    tag = fields.text("language", "en")
    node = fields.node("language")
    if node and not _LANGUAGE.fullmatch(tag):
        hint = f"did you mean '{bare}'?" if _LANGUAGE.fullmatch(bare := tag.replace("_", "-")) else ""
        notes.add(node.source, f"'{tag[:40]}' is not a language tag", hint or "write one such as en, en-GB or pt-BR")
        return "en"
    return tag


def _voice(node: Node | None, notes: Notes) -> dict[str, str] | None:
    """Engine → voice; "" for any engine, where one name is given for all."""
    if node is None:
        return None
    if isinstance(node, Scalar):
        return {"": name} if (name := _name(node, notes)) else None
    if not isinstance(node, Mapping):
        notes.add(node.source, "'voice' must be a name, or 'engine: name' lines", "for example 'espeak: en-gb'")
        return None
    for key, _ in node.items:
        _doubt(key, notes)
    return {key.text: _name(value, notes) for key, value in node.items}


def _name(node: Node, notes: Notes) -> str:
    text = " ".join(node.text.split()) if isinstance(node, Scalar) else ""
    if not isinstance(node, Scalar) or (text and not VOICE_NAME.fullmatch(text)):
        notes.add(
            node.source, "this is not the name of a voice", "'voiceguide voices' lists them; a file needs --voice"
        )
        return ""
    return text


def _doubt(engine: Scalar, notes: Notes) -> None:
    """An engine that is not here may be somewhere else; one that is nearly here is a slip."""
    known = engines.names()
    near = suggest(engine.text, known)
    if engine.text not in known and near.startswith("did you mean"):
        notes.add(engine.source, f"there is no engine called '{engine.text}'", near)
