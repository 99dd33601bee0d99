"""What each command makes of a session, on the pure machine."""

import sys
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.model.live import Command
from voiceguide.model.units import Frames
from voiceguide.player.guide import Guide
from voiceguide.player.playing import BEDS, VOLUMES, Playing, pressed, section

sys.path.insert(0, str(Path(__file__).parent))
from programs import session

TIMELINE = session(6)
SECOND = TIMELINE.rate
EMPTY = replace(TIMELINE, chapters=(), placements=())


def at(seconds: float) -> Playing:
    return Playing(Frames(round(seconds * SECOND)), 7)


def place(playing: Playing, *commands: Command) -> float:
    for command in commands:
        playing = pressed(playing, command, TIMELINE)
    return playing.at / SECOND


@pytest.mark.parametrize(
    ("seconds", "command", "then"),
    [
        (100, Command.BACK, 95),
        (3, Command.BACK, 0),
        (100, Command.FORWARD, 105),
        (100, Command.BACK_MINUTE, 40),
        (100, Command.FORWARD_MINUTE, 160),
        (100, Command.NEXT, 180),
        (100, Command.PREVIOUS, 90),
        (92.9, Command.PREVIOUS, 0),
        (93.1, Command.PREVIOUS, 90),
        (1, Command.PREVIOUS, 0),
        (100, Command.REPEAT, 90),
        (90, Command.REPEAT, 90),
        (300, Command.NEXT, 300),
    ],
)
def test_places(seconds: float, command: Command, then: float) -> None:
    assert place(at(seconds), command) == then


def test_no_seek_leaves_the_session() -> None:
    last = (TIMELINE.length - 1) / SECOND
    assert place(at(359), Command.FORWARD) == place(at(359), Command.FORWARD_MINUTE) == last
    assert pressed(at(100), Command.REPEAT, EMPTY).at == 0
    assert pressed(at(100), Command.NEXT, EMPTY).at == 100 * SECOND


def test_a_seek_leaves_the_bed_alone_and_a_pause_the_place() -> None:
    assert pressed(at(100), Command.NEXT, TIMELINE).clock == 7
    paused = pressed(at(100), Command.PAUSE, TIMELINE)
    assert (paused.paused, paused.at, paused.clock) == (True, 100 * SECOND, 7)
    assert replace(pressed(paused, Command.PAUSE, TIMELINE), message="") == at(100)


def test_levels_have_ends() -> None:
    playing = at(0)
    for command, levels in ((Command.LOUDER, VOLUMES), (Command.BED_LOUDER, BEDS)):
        for _ in range(50):
            playing = pressed(playing, command, TIMELINE)
        assert (playing.volume if command is Command.LOUDER else playing.bed) == levels[1]
    for _ in range(100):
        playing = pressed(pressed(playing, Command.QUIETER, TIMELINE), Command.BED_QUIETER, TIMELINE)
    assert (playing.volume, playing.bed) == (VOLUMES[0], BEDS[0])


def test_whoever_turns_a_bed_wants_to_hear_it() -> None:
    muted = pressed(at(0), Command.MUTE_BED, TIMELINE)
    assert muted.muted
    assert not pressed(muted, Command.BED_LOUDER, TIMELINE).muted


def test_nothing_happens_after_the_end() -> None:
    for last, kept in ((Command.QUIT, False), (Command.KEEP, True)):
        over = pressed(at(10), last, TIMELINE)
        assert (over.over, over.kept) == (True, kept)
        assert all(pressed(over, command, TIMELINE) == over for command in Command)


@settings(max_examples=10 * settings().max_examples, deadline=None)
@given(st.lists(st.sampled_from(Command), max_size=20), st.integers(0, TIMELINE.length - 1))
def test_any_keys_keep_inside_the_session(commands: list[Command], start: int) -> None:
    playing = Playing(Frames(start), start)
    for command in commands:
        before, playing = playing, pressed(playing, command, TIMELINE)
        assert 0 <= playing.at < TIMELINE.length
        assert VOLUMES[0] <= playing.volume <= VOLUMES[1]
        assert BEDS[0] <= playing.bed <= BEDS[1]
        pausing = {Command.PAUSE: not before.paused, Command.HOLD: True, Command.GO_ON: False}
        assert before.over or playing.paused == pausing.get(command, before.paused)
        assert section(TIMELINE, playing.at) == playing.at // (90 * SECOND)


def test_what_is_seen() -> None:
    say = [p for p in TIMELINE.placements if p.kind == "say"]
    guide, here = Guide(TIMELINE), say[30]
    status = guide.status(Playing(Frames(here.start + 10), 0, volume=-3.0), "playing", 115)
    assert (status.sentence, status.following, status.volume) == (here.text, say[31].text, -3.0)
    assert status.start <= status.position < status.end
    assert status.section == TIMELINE.chapters[status.number - 1].title
    assert guide.sentence_start(here.start + 10) == here.start
    assert guide.sentence_start(here.end + 10) == here.end + 10
    last = guide.status(Playing(Frames(TIMELINE.length), 0), "ended", 115)
    assert last.following == ""
    nothing = Guide(EMPTY).status(Playing(Frames(5), 0), "playing", 115)
    assert (nothing.section, nothing.sentence, nothing.sections) == ("", "", 0)
