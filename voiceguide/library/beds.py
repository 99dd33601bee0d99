"""The backgrounds that texts name: checked at their line, their files as paths that can be opened."""

from __future__ import annotations

from dataclasses import replace

from voiceguide import beds
from voiceguide.errors import InputMissing, UsageError
from voiceguide.library.fields import Fields, Notes
from voiceguide.library.recordings import music
from voiceguide.model.cues import Source


def bed_of(fields: Fields, notes: Notes) -> str:
    """What `bed: …` says; "" for nothing, and for what is wrong."""
    text, node = fields.text("bed"), fields.node("bed")
    return checked(text, node.source, notes) if text and node else text


def checked(text: str, at: Source, notes: Notes) -> str:
    """The bed that is written at a place; "" when it is none, which is then noted there."""
    try:
        pieces = [_with_file(piece, at, notes) for piece in beds.parse(text)]
        found = beds.spell(pieces) if any(piece.name == beds.MUSIC for piece in pieces) else text
        beds.check_name(found)
        return found
    except (UsageError, InputMissing) as error:
        notes.add(at, error.message, error.hint)
        return ""


def _with_file(piece: beds.Piece, at: Source, notes: Notes) -> beds.Piece:
    if piece.name != beds.MUSIC:
        return piece
    return replace(piece, parameter=music(piece.parameter, notes.files[at.file].parent, notes.shelves))
