"""Mixes a timeline into blocks of samples.

    voice    every clip at one loudness, limited, from exactly its placement
    sounds   bells, whose tails ring on under what follows and step back when somebody speaks
    beds     functions of time, one at a time, each under a curve that makes room for the voice
    ────────────────────────────────────────────────────────────────────────
    blocks   float32, shape (frames, 2), at a loudness known before the first

Every gain is a function of the whole timeline and every sample one of its frame, so any span in blocks of any
size gives the same samples. What is held does not grow with the session, but for some bytes a second of
loudness and curves.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import OrderedDict
from collections.abc import Iterator

import numpy as np

from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.limiter import decibels, followed, limiting
from voiceguide.audio.resample import resampled
from voiceguide.audio.shaping import shaped
from voiceguide.errors import SpeechFailed
from voiceguide.mixer.again import earlier, free
from voiceguide.mixer.asked import MixLevels
from voiceguide.mixer.background import BedOf
from voiceguide.mixer.balance import BOTH_EARS, ClipOf, balance, known, weight_of
from voiceguide.mixer.held import Held, ahead, balanced, ending
from voiceguide.mixer.outline import Outline, outlined
from voiceguide.mixer.rings import SoundOf
from voiceguide.mixer.weights import Forgetful, Notes, remembered
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline

__all__ = ["BLOCK", "BOTH_EARS", "PARTS", "Held", "Mix", "MixLevels", "ahead", "ending"]

BLOCK = 46_080
"""Frames in a block: 40 MP3 frames, about a second."""
PARTS = frozenset({"voice", "sounds", "bed"})
_HELD = 16 * 2**20  # bytes of clips kept for the next time they are said
_FORGETFUL = Forgetful()
_USUAL = MixLevels()
_EDGE = 0.002  # seconds: a clip that was cut into a sound does not click


class Mix:
    """One timeline with everything it names.

    `clip_of` gives a clip, or raises KeyError or returns None where none exists yet: its loudness is then estimated,
    and only mixing a span that says it fails. `sound_of` gives a sound by name at the timeline's rate,
    float32, shape (frames, 2); `bed_of` makes a bed of its name, and is asked once for each. `notes` remember what
    clips weigh, so that they need not be weighed again.
    """

    def __init__(
        self,
        timeline: Timeline,
        clip_of: ClipOf,
        sound_of: SoundOf,
        bed_of: BedOf,
        levels: MixLevels = _USUAL,
        notes: Notes = _FORGETFUL,
        held: Held | None = None,
    ) -> None:
        self._timeline = timeline
        self._clip_of = clip_of
        self._sound_of = sound_of
        self._notes = notes
        self._balance = (
            balanced(held, timeline, sound_of, bed_of)
            if held
            else balance(timeline, clip_of, sound_of, bed_of, levels, notes)
        )
        self._ceiling = np.float32(decibels(levels.ceiling))
        self._says = [p for p in timeline.placements if p.kind == "say"]
        self._onsets = [p.start for p in self._says]
        self._ends = [p.end for p in self._says]
        self._strikes = [p for p in timeline.placements if p.kind == "sound"]
        self._struck = [p.start for p in self._strikes]
        self._longest = max((len(sound_of(name)) for name in {p.text for p in self._strikes}), default=0)
        self._held: OrderedDict[Utterance, Samples] = OrderedDict()

    @property
    def length(self) -> int:
        """Frames of the whole session."""
        return self._timeline.length

    @property
    def predicted_lufs(self) -> float:
        """The integrated loudness that the whole session will have, or had when its gains were found."""
        return self._balance.held.predicted_lufs

    @property
    def aimed_lufs(self) -> float:
        """The same of what counts to the loudness that was asked for: all of it, or what is near speech."""
        return self._balance.held.aimed_lufs

    @property
    def held(self) -> Held:
        """The gains, for a mix of the same session planned anew: where both plans agree it has the same samples."""
        return self._balance.held

    def outline(self, most: int = 6000) -> Outline:
        """What levels do over time, in at most `most` points a curve."""
        return outlined(self._timeline, self._balance, most)

    def blocks(
        self, start: int = 0, end: int | None = None, size: int = BLOCK, parts: frozenset[str] = PARTS
    ) -> Iterator[Samples]:
        """The frames from `start` up to `end` in blocks of `size`; the last may be shorter.

        With fewer `parts`, just those, at the very gains they have in the mix. Raises SpeechFailed for
        a placement without its clip, or with one of another length.
        """
        stop = self._timeline.length if end is None else min(end, self._timeline.length)
        for at in range(start, stop, size):
            yield self._block(at, min(size, stop - at), parts)

    def same_as(self, start: int, frames: int, unit: int = 1) -> int | None:
        """An earlier frame, a multiple of `unit` before `start`, from which on `frames` frames have the same samples.

        None where nothing is known to repeat, as wherever somebody speaks.
        """
        before = earlier(self._balance.beds, self._balance.fall, start, frames, unit)
        spans = ((self._onsets, self._ends), (self._struck, [at + self._longest for at in self._struck]))
        if before is None or not all(free(span, at, frames) for span in spans for at in (start, before)):
            return None
        return before

    def sound(self, start: int, frames: int, clock: int, parts: frozenset[str] = PARTS) -> tuple[Samples, Samples]:
        """Voice with sounds, and beds, for `frames` frames from `start`; their sum is what `blocks` gives.

        The beds' own clock stands at frame `clock`, so that they can go on unbroken when `start` leaps.
        """
        front = np.zeros((frames, 2), np.float32)
        back = self._laid(start, frames, clock) if "bed" in parts else np.zeros((frames, 2), np.float32)
        if "sounds" in parts:
            self._add_sounds(front, start)
        if "voice" in parts:
            self._add_voice(front, start)
        if np.any((fall := self._balance.fall.over(start, frames)) != 1):
            front *= fall
            back *= fall
        return front, back

    def waiting(self, start: int, frames: int, clock: int) -> Samples:
        """The beds alone from frame `clock` of their own, as loud as they are at frame `start` of the session."""
        block = np.zeros((frames, 2), np.float32)
        fall = self._balance.fall.over(start, 1)
        for one in self._balance.beds:
            if np.any(gain := one.curve.over(start, 1) * fall):
                block += one.bed.at(clock, frames) * gain
        return block

    def _block(self, start: int, frames: int, parts: frozenset[str]) -> Samples:
        front, block = self.sound(start, frames, start, parts)
        block += front
        # Never reached by a balanced mix: the last line of defence against a bed that swells beyond its sample.
        return np.clip(block, -self._ceiling, self._ceiling, out=block)

    def _laid(self, start: int, frames: int, clock: int) -> Samples:
        """The beds as they are heard from frame `start` of the session on, each from frame `clock` of its own."""
        beds = ((laid.bed, laid.curve.over(start, frames)) for laid in self._balance.beds)
        heard = [bed.at(clock, frames) * gain for bed, gain in beds if np.any(gain)]
        for other in heard[1:]:
            heard[0] += other
        return heard[0] if heard else np.zeros((frames, 2), np.float32)

    def _add_voice(self, block: Samples, start: int) -> None:
        heard = slice(bisect_right(self._ends, start), bisect_left(self._onsets, start + len(block)))
        for placement in self._says[heard]:
            first, last = max(start, placement.start), min(start + len(block), placement.end)
            part = self._spoken(placement)[first - placement.start : last - placement.start]
            block[first - start : last - start] += part[:, None]

    def _add_sounds(self, block: Samples, start: int) -> None:
        heard = slice(bisect_left(self._struck, start - self._longest), bisect_left(self._struck, start + len(block)))
        for placement in self._strikes[heard]:
            sound = self._sound_of(placement.text)
            first, last = max(start, placement.start), min(start + len(block), placement.start + len(sound))
            if first < last:
                gain = self._balance.sounds[placement.start, placement.text].over(first, last - first)
                part = sound[first - placement.start : last - placement.start]
                block[first - start : last - start] += part * gain

    def _spoken(self, placement: Placement) -> Samples:
        """A placement's clip as it is heard: levelled, limited, at the session's rate."""
        utterance = placement.utterance
        if utterance is None:
            raise SpeechFailed(f"{placement.source}: nothing to say for '{placement.text}'")
        if utterance not in self._held:
            self._held[utterance] = self._levelled(utterance, placement)
            while len(self._held) > 1 and sum(clip.nbytes for clip in self._held.values()) > _HELD:
                self._held.popitem(last=False)
        self._held.move_to_end(utterance)
        if len(self._held[utterance]) != placement.length:
            raise SpeechFailed(f"{placement.source}: the timeline was made for another clip of '{placement.text}'")
        return self._held[utterance]

    def _levelled(self, utterance: Utterance, placement: Placement) -> Samples:
        held, clip = self._balance.held, known(self._clip_of, utterance)
        if clip is None:
            raise SpeechFailed(f"{placement.source}: '{placement.text}' has not been spoken")
        gain, weight = self._balance.voices.get(utterance), remembered(utterance, self._notes, held.wanted)
        if gain is None:
            # Spoken after the gains were found.
            weight = weight or weight_of(utterance, lambda _: clip, self._notes, held.wanted)
            gain = decibels(held.gain) * weight.gain if weight else 1.0
        clip = shaped(clip, held.wanted.shaping)
        raised = clip.samples * np.float32(gain)
        limiter = weight.limiter if weight else limiting(raised, clip.rate, held.ceiling)
        limited = followed(raised, limiter)
        return _edged(resampled(Clip(limited, clip.rate), self._timeline.rate), self._timeline.rate)


def _edged(samples: Samples, rate: int) -> Samples:
    """A copy whose first and last two milliseconds rise from and fall to nothing."""
    edge = min(round(_EDGE * rate), len(samples) // 2)
    ramp = (0.5 - 0.5 * np.cos(np.pi * (np.arange(edge) + 0.5) / max(1, edge))).astype(np.float32)
    shaped = samples.copy()
    shaped[:edge] *= ramp
    shaped[len(shaped) - edge :] *= ramp[::-1]
    return shaped
