"""One session, one file; or with stems five, all of them or none."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from voiceguide.encoders import Tags
from voiceguide.pipeline.output import channels, make_folder, quality, stems
from voiceguide.pipeline.part import Part
from voiceguide.progress import Listener, ignore
from voiceguide.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager

    from voiceguide.exporter import Report
    from voiceguide.mixer import Mix

    Keep = Callable[[], None]
    """Gives a finished file its name."""


def written(
    mix: Mix,
    span: tuple[int, int],
    rate: int,
    path: Path,
    about: Tags,
    settings: Settings,
    *,
    beside: Sequence[AbstractContextManager[Keep]] = (),
    clobber: bool = True,
    listener: Listener = ignore,
) -> Report:
    """The frames of `span` at `path`, with the stems beside it where they are wanted. Raises as `exporter.export`.

    Other finished files that belong to it get their names with it: `beside`.

    No file gets its name before all are complete and verified.
    """
    from voiceguide import exporter
    from voiceguide.encoders.wav import FLOAT

    make_folder(path)
    start, end = span
    part = Part(mix, start, end, rate)
    jobs = settings.processors
    prepared = partial(
        exporter.prepared, rate=rate, frames=end - start, tags=about, clobber=clobber, jobs=jobs, listener=listener
    )
    with ExitStack() as stack:
        keep = [stack.enter_context(one) for one in beside]
        for parts, stem in stems(path).items() if settings.stems else ():
            keep.append(stack.enter_context(prepared(part.blocks(parts=parts), stem, "wav", quality=FLOAT)).keep)
        source = exporter.Source(lambda at: channels(part.blocks(at), settings), part.same_as)
        whole = stack.enter_context(prepared(source, path, settings.format, quality=quality(settings)))
        for give_name in (*keep, whole.keep):
            give_name()
        return whole.report
