"""What a terminal sends becomes keys, however it is cut into pieces, and every key has one meaning."""

import random
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voiceguide.cli.screen.keys import BINDINGS, ESCAPE, UNKNOWN, Decoder, Look, asked, windows_key
from voiceguide.model.live import Command

SENT = {
    b" ": [" "],
    b"Q": ["Q"],
    b"\x1b[A\x1b[B\x1b[C\x1b[D": ["up", "down", "right", "left"],
    b"\x1bOA\x1bOB\x1bOC\x1bOD": ["up", "down", "right", "left"],
    b"\x1b[5~n\x1b[6~": ["pgup", "n", "pgdn"],
    "éñ中🦶".encode(): ["é", "ñ", "中", "🦶"],
    b"\x1b[1;5C": [UNKNOWN],
    b"\x1b[[A": [UNKNOWN],
    b"\x1bq": [UNKNOWN],
    b"\x1b[200~": [UNKNOWN],
    b"\x1b\x1b[D": [ESCAPE, "left"],
    b"\r\n\t\x7f": [UNKNOWN] * 4,
    b"a\xff\xc3(": ["a", UNKNOWN, UNKNOWN, "("],
}


@pytest.mark.parametrize("sent", SENT)
def test_keys_are_known_wherever_they_are_cut(sent: bytes) -> None:
    for cut in range(len(sent) + 1):
        decoder = Decoder()
        found = decoder.feed(sent[:cut]) + decoder.feed(sent[cut:])
        assert [key.replace("\ufffd", UNKNOWN) for key in found] == SENT[sent]
        assert not decoder.waiting


def test_escape_alone_is_a_key_once_nothing_follows() -> None:
    decoder = Decoder()
    assert decoder.feed(b"\x1b") == []
    assert decoder.waiting
    assert decoder.flush() == [ESCAPE]
    assert decoder.feed(b"[A") == ["[", "A"]
    assert decoder.feed(b"\x1b[1;") == []
    assert decoder.flush() == [UNKNOWN]
    assert decoder.flush() == []


@settings(max_examples=50, deadline=None)
@given(st.binary(max_size=60))
def test_nothing_that_is_sent_stops_it(sent: bytes) -> None:
    whole, pieces = Decoder(), Decoder()
    found = whole.feed(sent) + whole.flush()
    cut = random.Random(len(sent)).randrange(len(sent) + 1)
    assert pieces.feed(sent[:cut]) + pieces.feed(sent[cut:]) + pieces.flush() == found
    assert all(found)


def test_every_command_has_a_key_and_every_key_one_meaning() -> None:
    keys = Counter(key for binding in BINDINGS for key in binding.keys)
    assert set(keys.values()) == {1}
    assert {binding.ask for binding in BINDINGS} == {*Command, *Look} - {Command.HOLD, Command.GO_ON}
    assert asked(" ") is Command.PAUSE
    assert (asked("q"), asked("Q")) == (Command.QUIT, Command.KEEP)
    assert (asked("b"), asked("B")) == (Command.BED_QUIETER, Command.BED_LOUDER)
    assert asked("N") is Command.NEXT
    assert asked("x") is asked(UNKNOWN) is asked(ESCAPE) is None


def test_keys_of_a_windows_console() -> None:
    assert [windows_key("\xe0", second) for second in "HPKMIQ"] == ["up", "down", "left", "right", "pgup", "pgdn"]
    assert windows_key("\x00", "H") == "up"
    assert windows_key("\x00", ";") == UNKNOWN
    assert (windows_key("q"), windows_key("\x1b"), windows_key("\r")) == ("q", ESCAPE, UNKNOWN)
