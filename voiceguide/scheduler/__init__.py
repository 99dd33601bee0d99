"""Script + lengths + target → Timeline: boxes and glue. Pure.

Speech is a box whose length nobody squeezes; rests are glue with a least, a natural and a most, as in TeX's line
breaking. `choose` decides what is said, `place` puts it on whole frames, `reach` says which lengths are possible.
A session that plays keeps its `Layout`, which `replanned`, `stretched` and `reworded` change ahead of what is heard.
"""

from voiceguide.scheduler.choose import Choice, choose, natural_length, reach
from voiceguide.scheduler.place import Layout, lay_out, overruns, place, timeline_of
from voiceguide.scheduler.replan import holding, replanned, reworded, stretched

__all__ = ["Choice", "Layout", "choose", "lay_out", "natural_length", "place", "reach"]
__all__ += ["holding", "overruns", "replanned", "reworded", "stretched", "timeline_of"]
