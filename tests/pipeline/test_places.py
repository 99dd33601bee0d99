"""Where a session was left is found again: at the very sentence, or at the nearest place that is still there."""

import os
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide import pipeline
from voiceguide.errors import StorageError
from voiceguide.library import Library, shelves
from voiceguide.model.routine import Wishes
from voiceguide.model.script import Script
from voiceguide.model.timeline import Timeline
from voiceguide.model.units import Frames, Millis
from voiceguide.narrator import Narrator
from voiceguide.pipeline import places
from voiceguide.settings import Settings

SETTINGS = Settings(engine="tone")
LIBRARY = Library(shelves())


def compiled(name: str, skip: str = "") -> Script:
    return pipeline.compiled(LIBRARY, name, Wishes(skip=frozenset({skip} if skip else ())), SETTINGS)


@pytest.fixture(scope="module")
def narrator(tmp_path_factory: pytest.TempPathFactory) -> Narrator:
    return pipeline.silent_narrator(replace(SETTINGS, cache=tmp_path_factory.mktemp("clips")))


@pytest.fixture(scope="module")
def script() -> Script:
    return compiled("foot-massage")


@pytest.fixture(scope="module")
def timeline(script: Script, narrator: Narrator) -> Timeline:
    return pipeline.placed(script, Millis(900_000), narrator)


def cut(timeline: Timeline, at: int) -> Frames:
    """The start of the sentence that is said at frame `at`, or was said last in its section, or of the section."""
    chapter = [one for one in timeline.chapters if one.start <= at][-1]
    said = [one.start for one in timeline.placements if one.kind == "say" and chapter.start <= one.start <= at]
    return said[-1] if said else chapter.start


@settings(max_examples=200, deadline=None)
@given(share=st.floats(0, 1, exclude_max=True))
def test_every_place_is_found_again(share: float, script: Script, timeline: Timeline) -> None:
    at = Frames(int(timeline.length * share))
    text = places.fingerprint(script)
    found = places.find(places.place_at(timeline, at, text), timeline, text)
    assert found.start == cut(timeline, at)
    assert found.same


def test_the_sentence_is_found_in_a_session_of_another_length(
    script: Script, timeline: Timeline, narrator: Narrator
) -> None:
    longer, text = pipeline.placed(script, Millis(1_500_000), narrator), places.fingerprint(script)
    there = {(one.text, longer.chapters[one.chapter].title): one.start for one in longer.placements}
    says = [one for one in timeline.placements if one.kind == "say"]
    for say in says:
        section = timeline.chapters[say.chapter].title
        found = places.find(places.place_at(timeline, say.start, text), longer, text)
        assert found.section == section
        assert found.same == ((say.text, section) in there)
        again = next(one for one in longer.placements if one.start >= found.start and one.kind == "say")
        assert again.text == say.text or not found.same
    assert sum((say.text, timeline.chapters[say.chapter].title) in there for say in says) > len(says) / 2


def test_in_other_words_it_begins_with_the_section(timeline: Timeline, narrator: Narrator) -> None:
    section = timeline.chapters[len(timeline.chapters) // 2]
    place = places.place_at(timeline, Frames(section.end - 1), places.fingerprint(compiled("foot-massage")))
    fewer = compiled("foot-massage", skip="toe-bends")
    found = places.find(place, pipeline.placed(fewer, Millis(900_000), narrator), places.fingerprint(fewer))
    assert (found.section, found.same) == (section.title, False)


def test_where_the_section_is_gone_it_begins_with_the_nearest(timeline: Timeline) -> None:
    place = replace(places.place_at(timeline, timeline.chapters[4].start, "then"), section="Gone")
    found = places.find(place, timeline, "now")
    assert (found.start, found.same) == (timeline.chapters[4].start, False)


def test_places_are_kept_for_each_way_to_hear_a_routine(tmp_path: Path, timeline: Timeline) -> None:
    folder, one, other = tmp_path / "new" / "places", {"length": 900_000}, {"length": 900_000, "voice": "en-gb"}
    assert places.kept(folder, "foot-massage", one) is None
    places.forget(folder, "foot-massage", one)
    first, second = (places.place_at(timeline, chapter.start, "t") for chapter in timeline.chapters[1:3])
    places.keep(folder, "foot-massage", one, first)
    os.utime(next(folder.iterdir()), (1, 1))
    places.keep(folder, "foot-massage", other, second)
    assert places.kept(folder, "foot-massage", one) == places.Kept(one, {}, first)
    assert places.kept(folder, "foot-massage", other) == places.Kept(other, {}, second)
    assert places.kept(folder, "foot-massage", {}) == places.Kept(other, {}, second)
    assert places.kept(folder, "box-breathing", {}) is None
    places.forget(folder, "foot-massage", other)
    assert places.kept(folder, "foot-massage", other) == places.Kept(one, {}, first)
    assert len(list(folder.iterdir())) == 1


def test_where_nothing_is_asked_the_place_that_was_left_last_is_meant(tmp_path: Path, timeline: Timeline) -> None:
    plain, later = (places.place_at(timeline, chapter.start, "t") for chapter in timeline.chapters[1:3])
    places.keep(tmp_path, "foot-massage", {}, plain)
    os.utime(next(tmp_path.iterdir()), (1, 1))
    places.keep(tmp_path, "foot-massage", {"length": 900_000}, later, {"bed": "drone"})
    assert places.kept(tmp_path, "foot-massage", {}) == places.Kept({"length": 900_000}, {"bed": "drone"}, later)


def test_a_place_that_was_kept_by_an_earlier_version_is_one(tmp_path: Path, timeline: Timeline) -> None:
    place = places.place_at(timeline, Frames(0), "t")
    places.keep(tmp_path, "mine", {}, place)
    path = next(tmp_path.iterdir())
    path.write_text(path.read_text().replace('"besides": {},', ""))
    assert places.kept(tmp_path, "mine", {}) == places.Kept({}, {}, place)


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"schema": 1}', b'{"schema": 9}', b"\xff\xfe", b'{"schema": 1, "place": {}}']
)
def test_a_file_that_cannot_be_read_is_no_place(content: bytes, tmp_path: Path, timeline: Timeline) -> None:
    places.keep(tmp_path, "mine", {}, places.place_at(timeline, Frames(0), "t"))
    path = next(tmp_path.iterdir())
    whole = path.read_bytes()
    path.write_bytes(content)
    assert places.kept(tmp_path, "mine", {}) is None
    path.write_bytes(whole.replace(b'"millis": 0', b'"millis": "0"'))
    assert places.kept(tmp_path, "mine", {}) is None
    path.write_bytes(whole)
    assert places.kept(tmp_path, "mine", {})


def test_a_folder_that_takes_nothing_is_told(tmp_path: Path, timeline: Timeline) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be kept"):
        places.keep(tmp_path / "file", "mine", {}, places.place_at(timeline, Frames(0), "t"))


def test_a_file_is_known_by_its_path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "mine.md").write_text("Let go.")
    monkeypatch.chdir(tmp_path)
    assert places.identity("mine.md") == places.identity(str(tmp_path / "mine.md")) == str(tmp_path / "mine.md")
    assert places.identity("foot-massage") == "foot-massage"
