"""ID3 tags with chapters: one CHAP frame each, and a CTOC that lists them.

Version 2.3, because everything reads it: Apple's players, Windows and old car radios, where 2.4 meets readers that
misjudge its sizes or its UTF-8. Text is Latin-1 where that holds it and UTF-16 where not.

Frames: "ID3 tag version 2.3.0" and C. Newell, "ID3v2 Chapter Frame Addendum" (2005), both at id3.org.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

from voiceguide.encoders import Mark, Tags
from voiceguide.errors import EncoderError
from voiceguide.model.units import Millis

if TYPE_CHECKING:
    from pathlib import Path

_HEADER = 10
"""Bytes before a tag's frames, and before a frame's content."""

_NO_OFFSET = 0xFFFFFFFF
"""A chapter is found by its time alone."""

_CHILDREN = 255  # a CTOC counts them in one byte
_TOP_LEVEL, _ORDERED = 2, 1
_LATIN1, _UTF16 = 0, 1

LANGUAGES = {
    "ar": "ara", "bg": "bul", "ca": "cat", "cs": "ces", "da": "dan", "de": "deu", "el": "ell", "en": "eng", "es": "spa",
    "et": "est", "fa": "fas", "fi": "fin", "fr": "fra", "he": "heb", "hi": "hin", "hr": "hrv", "hu": "hun", "id": "ind",
    "it": "ita", "ja": "jpn", "ko": "kor", "lt": "lit", "lv": "lav", "nb": "nob", "nl": "nld", "no": "nor", "pl": "pol",
    "pt": "por", "ro": "ron", "ru": "rus", "sk": "slk", "sl": "slv", "sr": "srp", "sv": "swe", "th": "tha", "tr": "tur",
    "uk": "ukr", "vi": "vie", "zh": "zho",
}  # fmt: skip
"""ISO 639-1 to 639-2, which ID3 asks for."""


def render(tags: Tags, length: Millis) -> bytes:
    """The tag of a file that plays for `length`, its chapters in the order of time."""
    id3 = _mutagen()
    frames = id3.ID3()
    for frame in (*_texts(tags, length), *_contents(len(tags.marks)), *_chapters(tags.marks)):
        frames.add(frame)
    buffer = io.BytesIO()
    frames.save(buffer, v2_version=3, padding=lambda _: 0)
    return _in_order(buffer.getvalue())


def read_marks(path: Path) -> tuple[Mark, ...]:
    """The chapters of a file in the order in which its CTOC lists them."""
    id3 = _mutagen()
    try:
        frames = id3.ID3(path)
    except id3.ID3NoHeaderError:
        return ()
    listed = _listed(frames, "toc") if frames.getall("CTOC") else []
    return tuple(_mark(frames[f"CHAP:{name}"]) for name in listed)


def _mutagen() -> Any:
    return import_module("mutagen.id3")


def _texts(tags: Tags, length: Millis) -> Iterator[Any]:
    id3 = _mutagen()
    language = LANGUAGES.get(tags.language.lower().replace("_", "-").partition("-")[0])
    for frame, text in (
        (id3.TIT2, tags.title),
        (id3.TPE1, tags.artist),
        (id3.TALB, tags.album),
        (id3.TLAN, language or ""),
        (id3.TLEN, str(length)),
    ):
        if text:
            yield frame(encoding=_encoding(text), text=[text])
    if tags.comment:
        yield id3.COMM(encoding=_encoding(tags.comment), lang=language or "XXX", desc="", text=[tags.comment])


def _contents(count: int) -> Iterator[Any]:
    """One CTOC, or one of several where there are more chapters than one can hold."""
    names = [_name(index) for index in range(count)]
    if count <= _CHILDREN:
        yield from [_ctoc("toc", _TOP_LEVEL, names)] if names else []
        return
    groups = {f"toc{at // _CHILDREN}": names[at : at + _CHILDREN] for at in range(0, count, _CHILDREN)}
    if len(groups) > _CHILDREN:
        raise EncoderError(f"an MP3 file cannot hold {count} chapters", "leave chapters out, or write FLAC")
    yield _ctoc("toc", _TOP_LEVEL, list(groups))
    yield from (_ctoc(name, 0, children) for name, children in groups.items())


def _ctoc(name: str, level: int, children: list[str]) -> Any:
    id3 = _mutagen()
    return id3.CTOC(element_id=name, flags=level | _ORDERED, child_element_ids=children, sub_frames=[])


def _chapters(marks: tuple[Mark, ...]) -> Iterator[Any]:
    id3 = _mutagen()
    for index, mark in enumerate(marks):
        title = id3.TIT2(encoding=_encoding(mark.title), text=[mark.title])
        yield id3.CHAP(
            element_id=_name(index),
            start_time=mark.start,
            end_time=mark.end,
            start_offset=_NO_OFFSET,
            end_offset=_NO_OFFSET,
            sub_frames=[title],
        )


def _name(index: int) -> str:
    return f"ch{index:05d}"


def _encoding(text: str) -> int:
    try:
        text.encode("latin-1")
    except UnicodeEncodeError:
        return _UTF16
    return _LATIN1


def _in_order(tag: bytes) -> bytes:
    """The tag with its frames in the order in which readers are to meet them.

    mutagen sorts frames by size, and ffprobe for one numbers chapters as it finds them.
    """
    frames: list[bytes] = sorted(_split(tag[_HEADER:]), key=_rank)
    return tag[:_HEADER] + b"".join(frames)


def _split(frames: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(frames):
        end = at + _HEADER + int.from_bytes(frames[at + 4 : at + 8])
        yield frames[at:end]
        at = end


def _rank(frame: bytes) -> tuple[int, bytes]:
    """Texts, then the contents, then the chapters by their element's name, which counts."""
    kind = frame[:4]
    element = frame[_HEADER:].partition(b"\0")[0] if kind in (b"CTOC", b"CHAP") else b""
    return {b"CTOC": 1, b"CHAP": 2}.get(kind, 0), element


def _listed(frames: Any, name: str) -> list[str]:
    children = frames[f"CTOC:{name}"].child_element_ids
    nested = (_listed(frames, child) if f"CTOC:{child}" in frames else [child] for child in children)
    return [chapter for group in nested for chapter in group]


def _mark(frame: Any) -> Mark:
    title = frame.sub_frames.getall("TIT2")
    return Mark(str(title[0]) if title else "", Millis(frame.start_time), Millis(frame.end_time))
