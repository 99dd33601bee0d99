"""A printed plan is a routine that gives the same session again."""

from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
import soundfile
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st

from voiceguide import engines, pipeline
from voiceguide.cache import ClipCache
from voiceguide.cli.page import page
from voiceguide.library import Library, shelves
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Say
from voiceguide.model.units import Millis
from voiceguide.narrator import Narrator
from voiceguide.pipeline import Planned
from voiceguide.pipeline.settle import utterances
from voiceguide.settings import Settings

LIBRARY = Library(shelves())
ROLES = """\
---
title: Two voices
rate: 110
voice: {tone: hum, pyttsx3: en-us}
voices:
  counter: {voice: {pyttsx3: en-gb, tone: click}, rate: 95, pitch: 2}
  guest: {voice: {pyttsx3: en-gb}}
  slow: {rate: 70}
pauses: {sentence: 0.4s}
lexicon: {ease: {ipa: iːz}, hello: {say: hallo, ipa: hɛˈloʊ}, count: counnt, unheard: "unnheard"}
---
## Count
Count with me. [voice counter] One. [pause 1s] Two.
[rate 150]
[voice guest]
Hello. [voice] And back. [rate] At ease.
## Again
[voice slow] Slowly now. [pitch -3] Lower.

As ever. [bell] Good.
"""


def again(planned: Planned, settings: Settings, folder: Path, wishes: Wishes = Wishes()) -> Planned:  # noqa: B008
    path = folder / "again.md"
    path.write_text(page(planned) + "\n", encoding="utf-8")
    return pipeline.plan(Library(()), str(path), None, wishes, settings)


def assert_same(one: Planned, other: Planned) -> None:
    before, after = one.timeline, other.timeline
    assert (before.title, before.author, before.language, before.bed) == (
        after.title,
        after.author,
        after.language,
        after.bed,
    )
    assert [(one.title, one.bed) for one in before.chapters] == [(one.title, one.bed) for one in after.chapters]
    said = [[(p.kind, p.text, p.chapter, p.utterance) for p in t.placements] for t in (before, after)]
    assert said[0] == said[1]
    places = zip(before.placements, after.placements, strict=True)
    assert max(max(abs(a.start - b.start), abs(a.end - b.end)) for a, b in places) <= before.rate // 1000
    assert before.exact == after.exact


def speak_everything(planned: Planned, settings: Settings) -> None:
    engine = engines.make(settings.engine, settings)
    narrator = Narrator(engine, ClipCache(settings.cache_folder))
    narrator.speak([Say(utterance.spoken, utterance) for utterance in utterances(planned.script)])
    engine.close()


@pytest.mark.parametrize("length", [None, Millis(600_000)])
@pytest.mark.parametrize("name", LIBRARY.routine_names())
def test_a_printed_plan_reads_back_to_the_same_session(name: str, length: Millis | None, tmp_path: Path) -> None:
    settings = Settings(engine="tone", cache=tmp_path / "clips")
    length = length and (length if name != "foot-massage-quick" else Millis(200_000))
    cold = pipeline.plan(LIBRARY, name, length, Wishes(), settings)
    assert_same(cold, again(cold, settings, tmp_path))
    if length is None:
        speak_everything(cold, settings)
        warm = pipeline.plan(LIBRARY, name, length, Wishes(), settings)
        assert warm.timeline.exact
        assert_same(warm, again(warm, settings, tmp_path))


def test_with_real_speech(tmp_path: Path, clips: Path) -> None:
    settings = Settings(cache=clips)
    cold = pipeline.plan(LIBRARY, "box-breathing", None, Wishes(), settings)
    speak_everything(cold, settings)
    warm = pipeline.plan(LIBRARY, "box-breathing", None, Wishes(), settings)
    assert warm.timeline.exact
    assert_same(warm, again(warm, settings, tmp_path))


@pytest.mark.parametrize(
    ("settings", "wishes"),
    [
        (Settings(engine="tone"), Wishes()),
        (Settings(engine="pyttsx3"), Wishes()),
        (Settings(engine="silent"), Wishes()),
        (Settings(engine="tone", voice="hum2", rate=90, pitch=1), Wishes()),
        (Settings(engine="silent", voice="counter=other", rate=180), Wishes(pitch=-12)),
    ],
)
def test_two_voices_read_back(settings: Settings, wishes: Wishes, tmp_path: Path) -> None:
    path = tmp_path / "two.md"
    path.write_text(ROLES, encoding="utf-8")
    planned = pipeline.plan(Library(()), str(path), None, wishes, settings)
    assert_same(planned, again(planned, Settings(engine=settings.engine), tmp_path))
    assert_same(planned, again(planned, Settings(engine=settings.engine, rate=planned.script.rate), tmp_path))


def test_marks_are_printed_where_the_voice_changes(tmp_path: Path) -> None:
    path = tmp_path / "two.md"
    path.write_text(ROLES, encoding="utf-8")
    printed = page(pipeline.plan(Library(()), str(path), None, Wishes(), Settings(engine="pyttsx3")))
    lines = [line.partition(" <!--")[0] for line in printed.splitlines()]
    assert "voice: en-us" in lines
    assert "  counter: en-gb" in lines
    assert lines[lines.index("One.") - 1] == "[voice counter] [rate 95] [pitch +2]"
    assert lines[lines.index("Hello.") - 1] == "[rate 150] [pitch]"
    assert lines[lines.index("At ease.") - 1] == "[rate]"
    assert lines[lines.index("Slowly now.") - 1] == "[rate 70]"


BEDS = """\
---
title: Places
bed: drone
---
## Rain
[bed rain:-3 + bowl@60s]
Hear it.
## Still rain
Hear it.
## Drone
[bed drone]
Hear it.
## Nothing
[bed none]
Hear nothing.
## Music
[bed "my songs [live]/river.flac"]
Hear it.
## At last
[bed]
Good.
"""


def test_the_beds_of_sections_read_back(tmp_path: Path) -> None:
    (tmp_path / "my songs [live]").mkdir()
    soundfile.write(tmp_path / "my songs [live]" / "river.flac", np.full((44_100, 2), 0.1), 44_100)
    path = tmp_path / "places.md"
    path.write_text(BEDS, encoding="utf-8")
    planned = pipeline.plan(Library(()), str(path), None, Wishes(), Settings(engine="silent"))
    assert_same(planned, again(planned, Settings(engine="silent"), tmp_path))
    lines = page(planned).splitlines()
    assert [lines[at - 1] for at, line in enumerate(lines) if line.startswith("[bed")] == [
        "## Rain",
        "## Drone",
        "## Nothing",
        "## Music",
        "## At last",
    ]
    assert "[bed rain:-3 + bowl@60s]" in lines
    assert "WCAG" not in page(planned)


def test_a_bed_that_comes_too_near_is_told_in_the_page(tmp_path: Path) -> None:
    settings = Settings(engine="silent", bed_level=10.0)
    planned = pipeline.plan(LIBRARY, "box-breathing", Millis(180_000), Wishes(), settings)
    assert "<!-- the background will lie only about 14 dB below speech" in page(planned)
    assert_same(planned, again(planned, settings, tmp_path))


def test_recordings_are_named_again(tmp_path: Path) -> None:
    import numpy as np
    import soundfile

    hum = np.sin(np.arange(22_050) / 10) * np.hanning(22_050) * 0.2
    soundfile.write(tmp_path / "in.wav", np.pad(hum, 2000), 22_050)
    path = tmp_path / "two.md"
    path.write_text('Sit. [recording in.wav "Breathe in."] And rest.\n', encoding="utf-8")
    settings = Settings(engine="tone", cache=tmp_path / "clips")
    planned = pipeline.plan(Library(()), str(path), None, Wishes(), settings)
    assert '[recording in.wav "Breathe in."] <!--' in page(planned)
    assert_same(planned, again(planned, settings, tmp_path))


TITLE = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")) | st.just(" "), max_size=30)


@examples(max_examples=40, deadline=None)
@given(TITLE, TITLE)
def test_odd_titles_read_back(title: str, author: str) -> None:
    first = pipeline.plan(LIBRARY, "box-breathing", Millis(180_000), Wishes(), Settings(engine="silent"))
    wanted = " ".join(title.split()) or "Odd"
    odd = replace(first, timeline=replace(first.timeline, title=wanted, author=" ".join(author.split())))
    with TemporaryDirectory() as folder:
        assert_same(odd, again(odd, Settings(engine="silent"), Path(folder)))


def test_a_title_that_looks_like_something_else(tmp_path: Path) -> None:
    path = tmp_path / "a.md"
    path.write_text("# yes: [no] #5 {it} 'is' \"so\"\n## A # \nHi.\n## 1\nHo.\n", encoding="utf-8")
    path.write_text(path.read_text().replace("[no]", "\\[no\\]").replace("{it}", "\\{it\\}"))
    planned = pipeline.plan(Library(()), str(path), None, Wishes(), Settings(engine="silent"))
    assert planned.timeline.title == "yes: [no] #5 {it} 'is' \"so\""
    assert_same(planned, again(planned, Settings(engine="silent"), tmp_path))
