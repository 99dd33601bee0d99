"""Script + lengths + target → Timeline: boxes and glue. Pure.

Speech is a box whose length nobody squeezes; rests are glue with a least, a natural and a most, as in TeX's line
breaking. `choose` decides what is said, `place` puts it on whole frames, `reach` says which lengths are possible.
"""

from voiceguide.scheduler.choose import Choice, choose, natural_length, reach
from voiceguide.scheduler.place import place

__all__ = ["Choice", "choose", "natural_length", "place", "reach"]
