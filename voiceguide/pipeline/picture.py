"""A session as a picture, written as sessions are: complete, or not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.errors import UsageError
from voiceguide.model.timeline import Timeline
from voiceguide.pipeline.output import check_place, make_folder
from voiceguide.pipeline.part import cut

if TYPE_CHECKING:
    from voiceguide.drawing import Curves
    from voiceguide.mixer import Mix


def check_picture(path: Path | None, *, clobber: bool) -> None:
    """Whether a picture can be made, before anything else is done. Makes nothing.

    Raises UsageError for a name that does not end in .svg, CannotCreate for a place that takes no file.
    """
    if path is None:
        return
    if path.suffix.lower() != ".svg":
        raise UsageError(f"'{path}' is no name for a picture", "pictures are SVG: end it in .svg")
    check_place(path, clobber=clobber)


def sketched(timeline: Timeline, mix: Mix, path: Path, *, clobber: bool) -> None:
    """Draws a whole session. Raises CannotCreate and StorageError."""
    with drawn(timeline, mix, (0, timeline.length), path, clobber=clobber) as keep:
        keep()


@contextmanager
def drawn(
    timeline: Timeline, mix: Mix, span: tuple[int, int], path: Path, *, clobber: bool
) -> Iterator[Callable[[], None]]:
    """The frames of `span` as a finished picture, which `keep` gives its name; gone afterwards without.

    Raises CannotCreate and StorageError.
    """
    from voiceguide.drawing import draw
    from voiceguide.exporter import faults, place

    make_folder(path)
    text = draw(*_part(timeline, mix, *span))
    with place.claim(place.check(path, clobber=clobber)) as part:
        try:
            part.path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise faults.of_storage(error, path) from error
        part.sync()
        yield partial(part.keep, clobber=clobber)


def _part(timeline: Timeline, mix: Mix, start: int, end: int) -> tuple[Timeline, Curves]:
    """What is heard from `start` to `end`, as a session of its own."""
    from voiceguide.drawing import Curves

    outline = mix.outline()
    curves = (
        tuple((frame - start, level) for frame, level in points if start <= frame < end)
        for points in (outline.loudness, outline.beds, outline.led)
    )
    return cut(timeline, start, end), Curves(*curves)
