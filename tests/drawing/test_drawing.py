"""The picture of a session: everything is on it, whatever it is called and however long it is."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide.drawing import Curves, draw
from voiceguide.drawing.curves import straightened
from voiceguide.drawing.rows import WIDTH
from voiceguide.model.script import Utterance
from voiceguide.model.timeline import Chapter, Placement, Timeline
from voiceguide.model.units import Frames

RATE = 44_100
SVG = "{http://www.w3.org/2000/svg}"
ROOT = Path(__file__).resolve().parents[2]
LARGEST = 2_000_000
HOSTILE = [
    "</title></svg><script>alert(1)</script>",
    "a & b < c > d \" e ' f",
    "]]> <!-- --> &amp; &#0; %s {} \\",
    "\x00\x01\x0b\x1f\x7f\ufffe\uffff",
    "half \ud800 of a letter",
    "\u202eturned\u2066 around",
    "",
    "a" * 10_000,
    "日本語の足つぼマッサージ" * 20,
    "تدليك القدمين",
]


def session(seconds: float, said: float, rest: float, sections: int = 4, title: str = "Foot massage") -> Timeline:
    """Sentences of `said` seconds with rests of `rest` between, a bell at the end of each section."""
    length = round(seconds * RATE)
    placements, chapters, each = [], [], length // sections
    for number in range(sections):
        start, at = number * each, number * each
        end = length if number == sections - 1 else start + each
        chapters.append(Chapter(f"Section {number}", str(number), Frames(start), Frames(end - start)))
        while at + round((said + rest + 2) * RATE) <= end:
            words = f"Sentence {len(placements)}"
            placements.append(_cue("say", at, said, words, number))
            placements.append(_cue("rest", placements[-1].end, rest, "", number))
            at = placements[-1].end
        placements.append(Placement("sound", Frames(at), Frames(end - at), "bell", number))
    return Timeline(title, RATE, Frames(length), tuple(chapters), tuple(placements), exact=True)


def _cue(kind: str, start: int, seconds: float, text: str, chapter: int) -> Placement:
    utterance = Utterance(text) if text else None
    return Placement(kind, Frames(start), Frames(round(seconds * RATE)), text, chapter, utterance)  # type: ignore[arg-type]


def curves(timeline: Timeline, count: int = 6000) -> Curves:
    places = [timeline.length * n // count for n in range(count)]
    return Curves(*(tuple((place, -20.0 - (place * k) % 37) for place in places) for k in (1, 3, 7)))


def parsed(timeline: Timeline, drawn: Curves = Curves()) -> ElementTree.Element:  # noqa: B008
    text = draw(timeline, drawn)
    assert len(text.encode("utf-8")) < LARGEST
    return ElementTree.fromstring(text)


def told(picture: ElementTree.Element, kind: str) -> list[str]:
    return [
        title.text or ""
        for shape in picture.iter()
        if shape.get("class") == kind and (title := shape.find(f"{SVG}title")) is not None
    ]


def test_everything_is_on_it() -> None:
    timeline = session(60, 2, 3)
    picture = parsed(timeline, curves(timeline))
    count = sum(p.kind == "say" for p in timeline.placements)
    said = told(picture, "say")
    assert len(said) == count
    assert said[0] == "0:00 Sentence 0"
    assert len(told(picture, "rest")) == count
    assert told(picture, "rest")[0] == "0:02 rest, 3s"
    assert told(picture, "sound") == ["0:10 bell", "0:25 bell", "0:40 bell", "0:55 bell"]
    assert told(picture, "even") + told(picture, "odd") == [
        f"{clock} Section {number}" for clock, number in (("0:00", 0), ("0:30", 2), ("0:15", 1), ("0:45", 3))
    ]
    assert {path.get("class") for path in picture.iter(f"{SVG}path")} == {"bed", "duck", "loud"}


def test_it_tells_what_it_is() -> None:
    picture = parsed(session(60, 2, 3))
    assert picture.get("role") == "img"
    names = {part.get("id"): part.text for part in picture if part.get("id")}
    assert set((picture.get("aria-labelledby") or "").split()) == set(names) == {"title", "description"}
    assert names["title"] == "Foot massage"
    assert names["description"] == (
        "1:00; 4 chapters, 8 sentences; the voice takes 27%.\n"
        "0:00 Section 0\n0:15 Section 1\n0:30 Section 2\n0:45 Section 3"
    )
    style = picture.find(f"{SVG}style")
    assert style is not None
    assert "prefers-color-scheme: dark" in (style.text or "")


def test_without_levels_there_is_no_plot() -> None:
    picture = parsed(session(60, 2, 3))
    assert not list(picture.iter(f"{SVG}path"))
    assert not told(picture, "bed")
    legend = {text.text for text in picture.iter(f"{SVG}text")}
    assert "voice" in legend
    assert "bed" not in legend


@pytest.mark.parametrize("name", HOSTILE)
def test_no_name_breaks_out(name: str) -> None:
    placed = Placement("say", Frames(0), Frames(20 * RATE), name, 0, Utterance("x"))
    bell = Placement("sound", Frames(20 * RATE), Frames(RATE), name, 0)
    chapter = Chapter(name, "x", Frames(0), Frames(30 * RATE))
    timeline = Timeline(name, RATE, Frames(30 * RATE), (chapter,), (placed, bell), bed=name)
    picture = parsed(timeline)
    assert not list(picture.iter(f"{SVG}script"))
    assert {part.tag for part in picture.iter()} <= {
        SVG + tag for tag in ("svg", "title", "desc", "style", "rect", "text", "line", "circle", "path")
    }
    assert "\u202e" not in draw(timeline)


@pytest.mark.parametrize(
    ("timeline", "most"),
    [
        (session(0.01, 1, 1, 1), 1),
        (session(30, 1, 1), 1),
        (session(301, 3, 2), 2),
        (session(900, 4, 3, 12), 3),
        (session(8 * 3600, 4, 3, 60), 6),
        (session(24 * 3600, 0.5, 0.2, 5000), 6),
    ],
    ids=["a moment", "30 s", "5 min", "15 min", "8 h", "24 h"],
)
def test_any_length_fits_the_paper(timeline: Timeline, most: int) -> None:
    picture = parsed(timeline, curves(timeline))
    _, _, width, height = map(float, (picture.get("viewBox") or "").split())
    assert width == WIDTH
    assert height <= 84 + most * 180
    for rect in picture.iter(f"{SVG}rect"):
        x, y, wide, high = (float(rect.get(name, 0)) for name in ("x", "y", "width", "height"))
        assert 0 <= x <= x + wide <= width + 1
        assert 0 <= y <= y + high <= height
    for path in picture.iter(f"{SVG}path"):
        places = (path.get("d") or "").strip("Mz").split("L")
        assert all(0 <= float(number) <= max(width, height) for place in places for number in place.split())


def test_speech_that_goes_on_in_the_next_row_is_in_both() -> None:
    placed = Placement("say", Frames(290 * RATE), Frames(20 * RATE), "Slowly.", 0, Utterance("x"))
    timeline = Timeline("t", RATE, Frames(600 * RATE), (), (placed,))
    assert told(parsed(timeline), "say") == ["4:50 Slowly.", "4:50 Slowly."]


def test_silence_is_the_lowest_line() -> None:
    timeline = session(60, 2, 3)
    nothing = tuple((frame * RATE, float("-inf")) for frame in range(60))
    picture = parsed(timeline, Curves(nothing, nothing, nothing))
    heights = {
        place.split()[1]
        for path in picture.iter(f"{SVG}path")
        for place in (path.get("d") or "").strip("Mz").split("L")
    }
    assert len(heights) == 1


@given(st.lists(st.floats(0, 100), min_size=1, max_size=60))
def test_a_line_passes_all_its_points_closely(heights: list[float]) -> None:
    points = [(0.5 * n, height) for n, height in enumerate(heights)]
    kept = straightened(points)
    assert kept[0] == points[0]
    assert kept[-1] == points[-1]
    for x, y in points:
        after = next(n for n, (place, _) in enumerate(kept) if place >= x)
        (x0, y0), (x1, y1) = kept[max(0, after - 1)], kept[after]
        drawn = y1 if x1 == x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)
        assert abs(drawn - y) < 0.301


def test_it_is_the_same_text_each_time() -> None:
    timeline = session(900, 4, 3)
    assert draw(timeline, curves(timeline)) == draw(timeline, curves(timeline))


def test_it_needs_nothing_heavy() -> None:
    code = "import voiceguide.drawing, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode == 0
