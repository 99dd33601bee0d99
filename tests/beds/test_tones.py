"""Notes, beats and strokes are what they are called."""

import numpy as np
import pytest

from voiceguide import beds
from voiceguide.audio.kweighting import StreamPowers
from voiceguide.audio.levels import gated, lufs
from voiceguide.beds.parameters import beat, chord, note

RATE = 44_100


def loudest(lane: np.ndarray, low: float = 20.0) -> float:
    """Hz of the highest line."""
    spectrum = np.abs(np.fft.rfft(lane * np.hanning(len(lane))))
    frequency = np.fft.rfftfreq(len(lane), 1 / RATE)
    spectrum[frequency < low] = 0
    return float(frequency[spectrum.argmax()])


def test_notes_are_hertz() -> None:
    assert note("A2", (1, 3), 2) == pytest.approx(110)
    assert note("a", (1, 3), 2) == pytest.approx(110)
    assert note("C3", (1, 3), 2) == pytest.approx(130.81, abs=0.01)
    assert note("Bb2", (1, 3), 2) == note("A#2", (1, 3), 2) == pytest.approx(116.54, abs=0.01)
    assert chord("Dm") == (pytest.approx(73.42, abs=0.01), (0, 3, 7))
    assert chord("C")[0] == pytest.approx(130.81, abs=0.01)
    assert beat("200/10-4").last == 4


@pytest.mark.parametrize(("text", "hertz"), [("drone:C3", 130.81), ("drone", 110.0), ("bowl:D3@20s", 146.83)])
def test_a_bed_has_its_note(text: str, hertz: float) -> None:
    lane = beds.make(text, RATE).at(3 * RATE, 10 * RATE)[:, 0]
    assert loudest(lane) == pytest.approx(hertz, rel=0.004)


def test_a_pad_has_its_chord() -> None:
    lane = beds.make("pad:Dm", RATE).at(0, 20 * RATE).mean(axis=1)
    spectrum = np.abs(np.fft.rfft(lane * np.hanning(len(lane)))) ** 2
    frequency = np.fft.rfftfreq(len(lane), 1 / RATE)

    def power(hertz: float) -> float:
        return float(spectrum[np.abs(frequency - hertz) < 0.01 * hertz].sum())

    for tone in (73.42, 110.0, 146.83, 174.61, 220.0):
        assert power(tone) > 30 * power(tone * 2 ** (1 / 24))


def test_binaural_tones_lie_a_beat_apart_after_hours_too() -> None:
    bed = beds.make("binaural:200/6", RATE)
    for hour in (0, 8):
        lanes = bed.at(hour * 3600 * RATE + 777, 40 * RATE)
        assert loudest(lanes[:, 0]) == pytest.approx(200, abs=0.03)
        assert loudest(lanes[:, 1]) == pytest.approx(206, abs=0.03)


def test_a_beat_changes_over_the_session_and_then_stays() -> None:
    bed = beds.make("binaural:200/10-4", RATE, 600 * RATE)
    for second, hertz in ((0, 10), (300, 7), (590, 4.1), (700, 4)):
        lanes = bed.at(second * RATE, 10 * RATE)
        assert loudest(lanes[:, 1]) - loudest(lanes[:, 0]) == pytest.approx(hertz, abs=0.2)
    assert bed.period is None
    edge = bed.at(600 * RATE - 500, 1_000)[:, 1].astype(np.float64)
    assert np.abs(np.diff(edge, 2)).max() < 1.1 * np.abs(np.diff(edge[:400], 2)).max()


def test_isochronic_tones_pulse() -> None:
    lane = beds.make("isochronic:200/5", RATE).at(0, 20 * RATE)[:, 0]
    assert loudest(lane) == pytest.approx(200, abs=0.1)
    assert loudest(np.abs(lane), 1.0) == pytest.approx(5, abs=0.1)


def test_a_bowl_is_struck_when_it_should_be() -> None:
    lane = np.abs(beds.make("bowl@20s", RATE).at(0, 65 * RATE)).max(axis=1)
    tenths = lane[: len(lane) // 4410 * 4410].reshape(-1, 4410).max(axis=1)
    strokes = np.flatnonzero(tenths[1:] > 2.5 * tenths[:-1]) + 1
    assert [round(float(at) / 10) for at in strokes[np.diff(strokes, prepend=-9) > 5]] == [2, 22, 42, 62]


def test_layers_are_as_loud_as_their_levels_say() -> None:
    soft = beds.make("drone:-20 + brown", RATE)
    assert soft.heard is not None
    assert soft.heard.loudness == beds.LOUDNESS
    drone, brown = (beds.make(name, RATE).at(0, RATE) for name in ("drone", "brown"))
    shares = np.linalg.lstsq(np.stack((drone.ravel(), brown.ravel()), axis=1), soft.at(0, RATE).ravel())[0]
    assert 20 * np.log10(shares[0] / shares[1]) == pytest.approx(-20, abs=0.01)
    assert 20 * np.log10(shares[1]) == pytest.approx(-10 * np.log10(1.01), abs=0.1)
    alone = beds.make("ocean:-6", RATE)
    assert alone.heard is not None
    assert alone.heard.loudness == beds.LOUDNESS - 6
    np.testing.assert_allclose(alone.at(0, 9_000), beds.make("ocean", RATE).at(0, 9_000) * 10 ** (-6 / 20), rtol=2e-3)


@pytest.mark.parametrize("text", ["bowl@20s + bowl@40s", "ocean + ocean:-3", "drone + drone:A2 + rain"])
def test_layers_in_step_are_as_loud_as_they_say(text: str) -> None:
    both = beds.make(text, RATE)
    heard = StreamPowers(RATE, 2, RATE // 10)
    for minute in range(5):
        heard.add(both.at(minute * 60 * RATE, 60 * RATE))
    moments = np.convolve(heard.values(), np.full(4, 0.25), "valid")
    assert both.heard is not None
    assert gated(heard.values()) == pytest.approx(both.heard.loudness, abs=1.0)
    assert lufs(float(moments.max())) <= both.heard.loudest + 0.1
    foretold = both.powers(RATE // 10, 3000)
    assert foretold is not None
    assert 10 * np.log10(heard.values().sum() / foretold.sum()) == pytest.approx(0, abs=0.5)


def test_what_repeats_together_repeats_after_all_of_it() -> None:
    assert beds.make("none + bowl@20s", RATE).period == 7 * 20 * RATE
    assert beds.make("drone + bowl@20s", RATE).period is None, "days"
    assert beds.make("drone + binaural:200/10-4", RATE).period is None
    both = beds.make("rain + ocean", RATE)
    assert both.period == beds.make("rain", RATE).period
    assert both.period % 46_080 == both.period % (49 * 1152) == 0
