"""Music that nobody has heard all of: what is loud where somebody speaks makes room, wherever it lies."""

import numpy as np
import pytest
import soundfile

from voiceguide import beds
from voiceguide.audio.clip import Clip, Samples
from voiceguide.audio.levels import clip_loudness, clip_powers
from voiceguide.beds import Bed
from voiceguide.mixer import Mix, MixLevels
from voiceguide.mixer import background as behind
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Placement, Timeline
from voiceguide.model.units import Frames

RATE, OWN = 16_000, 8_000
MINUTES = 15
SPAN = 10  # seconds that the mixer hears at once
LOUDER = 4.0  # 12 dB
SAID = Utterance("Hear it.")
VOICE, BED = frozenset({"voice"}), frozenset({"bed"})


def unheard() -> int:
    """A second at which ten begin that neither the file's own measuring nor the mixer's samples would hear."""
    spans = MINUTES * 60 // SPAN
    mixer = set(np.linspace(0, spans - 1, 60).astype(int).tolist())
    file = {int(place) // 5 * 5 for place in np.linspace(0, MINUTES * 60 - 5, 24)}
    free = (n * SPAN for n in range(spans // 2, spans) if n not in mixer)
    return next(at for at in free if not file & {at - 5, at, at + 5, at + 10})


LOUD = unheard()


@pytest.fixture(scope="module")
def music(tmp_path_factory: pytest.TempPathFactory) -> Bed:
    """Soft noise, with a passage that is 12 dB louder."""
    noise = np.random.default_rng(1).standard_normal(MINUTES * 60 * OWN).astype(np.float32) * np.float32(0.02)
    noise[LOUD * OWN : (LOUD + SPAN) * OWN] *= LOUDER
    path = tmp_path_factory.mktemp("music") / "long.wav"
    soundfile.write(path, noise, OWN)
    return beds.make(f'music:"{path}"', RATE)


def clip() -> Clip:
    time = np.arange(3 * RATE) / RATE
    dice = np.random.default_rng(2)
    wave = np.clip(np.sin(14 * time) + 0.6, 0.03, 1.3) * (np.sin(2 * np.pi * 220 * time) + dice.standard_normal(48_000))
    return Clip((0.05 * wave).astype(np.float32), RATE)


CLIP = clip()


def session(*seconds: float) -> Timeline:
    """A sentence at each of some places, in a quarter of an hour."""
    says = [Placement("say", Frames(round(at * RATE)), Frames(len(CLIP.samples)), "", 0, SAID) for at in seconds]
    return Timeline("T", RATE, Frames(MINUTES * 60 * RATE), (), tuple(says), exact=True, bed="music")


SPOKEN = session(30, 200, LOUD + 1, LOUD + 5.5, 800)


def mixed(timeline: Timeline, bed: Bed, levels: MixLevels = MixLevels()) -> Mix:  # noqa: B008
    return Mix(timeline, {SAID: CLIP}.__getitem__, lambda _: np.zeros((0, 2), np.float32), lambda _: bed, levels)


def loud(mix: Mix, one: Placement, part: frozenset[str]) -> float:
    return clip_loudness(clip_powers(np.concatenate(list(mix.blocks(one.start, one.end, parts=part))), RATE))


def nearest(mix: Mix, timeline: Timeline) -> float:
    """LU from the bed to the sentence that it comes nearest to."""
    return min(loud(mix, one, VOICE) - loud(mix, one, BED) for one in timeline.placements)


def test_every_sentence_is_twenty_decibels_above_music(music: Bed) -> None:
    assert nearest(mixed(SPOKEN, music), SPOKEN) >= 20


def test_what_is_loud_where_nobody_speaks_holds_nothing_down(music: Bed) -> None:
    elsewhere = session(30, 200, 800)
    assert 20 <= nearest(mixed(elsewhere, music), elsewhere) < 33


class Counted:
    """A bed, and how many frames it was asked for."""

    def __init__(self, bed: Bed, period: int | None) -> None:
        self.bed, self.period, self.heard = bed, period, bed.heard
        self.frames = 0

    def powers(self, _size: int, _count: int) -> None:
        """Nobody knows them."""

    def at(self, start: int, frames: int) -> Samples:
        self.frames += frames
        return self.bed.at(start, frames)


def test_a_session_that_plays_hears_some_places_alone(music: Bed) -> None:
    asked = []
    for thorough in (False, True):
        bed = Counted(music, None)
        mixed(session(*range(5, 890, 10)), bed, MixLevels(thorough=thorough))
        asked.append(bed.frames / RATE)
    assert asked[0] <= 60 * SPAN
    assert asked[1] > MINUTES * 60


def test_of_what_comes_again_one_round_is_heard(music: Bed) -> None:
    often = session(*range(5, 890, 10))
    bed = Counted(music, 120 * RATE)
    heard = behind.listened(often, lambda _: bed, thorough=True)
    assert bed.frames < (60 * SPAN + 130) * RATE
    assert heard[0].heard.loudest < -20


def test_only_who_speaks_over_a_swell_has_the_bed_go_down_for_it(music: Bed) -> None:
    elsewhere = session(30, 200, 800)
    mix, other = mixed(SPOKEN, music), mixed(elsewhere, music)
    for one in elsewhere.placements:
        apart, usual = (loud(each, one, VOICE) - loud(each, one, BED) for each in (mix, other))
        assert apart == pytest.approx(usual, abs=2)


class Rounds:
    """A minute of a bed again and again: it does not know its powers, but its period."""

    def __init__(self, bed: Bed, begin: int) -> None:
        self.period, self.heard = 60 * RATE + 77, bed.heard
        self._samples = bed.at(begin, self.period)

    def powers(self, _size: int, _count: int) -> None:
        """Nobody knows them."""

    def at(self, start: int, frames: int) -> Samples:
        return self._samples[np.arange(start, start + frames) % self.period]


def test_a_swell_that_comes_again_is_met_wherever_it_comes(music: Bed) -> None:
    often = session(*range(5, 890, 10))
    mix = mixed(often, Rounds(music, (LOUD - 30) * RATE))
    apart = [loud(mix, one, VOICE) - loud(mix, one, BED) for one in often.placements]
    assert min(apart) >= 20
    assert max(apart) < 30
