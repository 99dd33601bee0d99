"""What people write for a bed."""

import subprocess
import sys
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voiceguide import beds
from voiceguide.beds.pieces import MUSIC, Piece, parse, spell
from voiceguide.errors import InputMissing, UsageError
from voiceguide.model.units import Millis

MINUTE = Millis(60_000)


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("ocean", [Piece("ocean")]),
        ("Ocean", [Piece("ocean")]),
        ("ocean:-3 + bowl@60s + drone:A2", [Piece("ocean", level=-3), Piece("bowl", "", MINUTE), Piece("drone", "A2")]),
        ("ocean:-3+bowl@60s+drone:A2", [Piece("ocean", level=-3), Piece("bowl", "", MINUTE), Piece("drone", "A2")]),
        ("rain:+2 + wind", [Piece("rain", level=2), Piece("wind")]),
        ("rain:+2+wind", [Piece("rain", level=2), Piece("wind")]),
        ("rain:0dB", [Piece("rain")]),
        ("rain : -1.5 dB", [Piece("rain", level=-1.5)]),
        ("bowl:D3@1m30s:-6", [Piece("bowl", "D3", Millis(90_000), -6)]),
        ("bowl:-6:D3@90", [Piece("bowl", "D3", Millis(90_000), -6)]),
        ("bowl@1:30", [Piece("bowl", "", Millis(90_000))]),
        ("bowl @ 1:00:00", [Piece("bowl", "", Millis(3_600_000))]),
        ("bowl@1:30:D3:-6 + rain", [Piece("bowl", "D3", Millis(90_000), -6), Piece("rain")]),
        ("bowl@1:30:12dB", [Piece("bowl", "", Millis(90_000), 12)]),
        ("bowl:-3@0:45", [Piece("bowl", "", Millis(45_000), -3)]),
        ("bowl@60:12 dB", [Piece("bowl", "", MINUTE, 12)]),
        ("binaural:200/10-4", [Piece("binaural", "200/10-4")]),
        ("binaural:200/6:-9", [Piece("binaural", "200/6", level=-9)]),
        ("music:songs", [Piece(MUSIC, "songs")]),
        ('music:"a + b: c.mp3":-3', [Piece(MUSIC, "a + b: c.mp3", level=-3)]),
        ('"a + b.mp3" + rain', [Piece(MUSIC, "a + b.mp3"), Piece("rain")]),
        ("songs/river.flac", [Piece(MUSIC, "songs/river.flac")]),
        ("river one.flac:-6", [Piece(MUSIC, "river one.flac", level=-6)]),
        ("river.flac:-6.5 + rain", [Piece(MUSIC, "river.flac", level=-6.5), Piece("rain")]),
        ("./songs", [Piece(MUSIC, "./songs")]),
        ("~/songs", [Piece(MUSIC, "~/songs")]),
        (r"C:\songs\a.mp3:-2", [Piece(MUSIC, r"C:\songs\a.mp3", level=-2)]),
        ("music/song.ogg", [Piece(MUSIC, "music/song.ogg")]),
    ],
)
def test_a_bed_is_read(text: str, pieces: list[Piece]) -> None:
    assert list(parse(text)) == pieces
    assert list(parse(spell(pieces))) == pieces


@pytest.mark.parametrize(
    ("text", "said", "hint"),
    [
        ("", "without a name", "ocean"),
        ("ocean + ", "beside a '+'", "ocean"),
        ("+ ocean", "beside a '+'", "ocean"),
        ("ocaen:-3 + rain", "'ocaen:-3 + rain': there is no bed called 'ocaen'", "did you mean 'ocean'?"),
        ("ocean:loud", "ocean takes no 'loud'", "sign"),
        ("ocean:3", "ocean takes no '3'", "sign"),
        ("ocean:-3:-4", "two levels", "ocean:-3"),
        ("ocean:", "nothing follows the ':'", ""),
        ("ocean quiet", "'quiet' is not understood", ""),
        ("ocean:-90", "-90 is not a level", "-40"),
        ("ocean@60s", "ocean is not struck", "'ocean'"),
        ("bowl@often", "'often' is not a length of time", "bowl@60s"),
        ("bowl@1s", "so often", "4s"),
        ("bowl@0:03", "so often", "4s"),
        ("bowl@1:00:01", "so seldom", "1h"),
        ("bowl@1:75", "'1:75' is not a", "bowl@60s"),
        ("bowl@1:30@2:00", "two intervals", ""),
        ("bowl:H3", "'H3' is not right for bowl", "A3"),
        ("drone:A9", "'A9' is not right", "C1 to B3"),
        ("pad:Dmin", "'Dmin' is not right", "Dm"),
        ("binaural:200", "'200' is not right", "200/6"),
        ("binaural:20000/6", "not right", "1000"),
        ("isochronic:200/99", "not right", "40"),
        ("3", "does not begin with the name", ""),
        ("music", "names no file", "music:"),
        ('music:"a', "names no file", ""),
    ],
)
def test_what_is_wrong_is_named_with_the_cure(text: str, said: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        beds.check_name(text)
    assert said in caught.value.message
    assert hint in caught.value.hint


@pytest.mark.parametrize("text", ["nowhere.mp3", "music:nowhere", "rain + ./nowhere", "\0/x"])
def test_a_file_that_is_not_there_is_missing(text: str) -> None:
    with pytest.raises(InputMissing, match="there is no file or folder"):
        beds.check_name(text)


SAME = [
    ("drone", "drone:A2"),
    ("drone:a2", "drone:A"),
    ("drone:C#3", "drone:Db3:-6"),
    ("pad", "pad:Aadd9"),
    ("pad:dm", "pad:Dm"),
    ("bowl", "bowl@30s"),
    ("bowl:D", "bowl:d3@30s"),
    ("binaural", "binaural:200/6"),
    ("binaural:200/10", "binaural:200/6"),
    ("binaural:200/10-4", "binaural:200.0/2"),
    ("isochronic", "isochronic:200/9"),
    ("songs/river.flac", "./songs//river.flac + rain"),
    ("rain + drone", "ocean + drone:A2:-3"),
    ("none", "rain"),
]
OTHERS = [
    ("drone", "drone:A3"),
    ("pad:A", "pad:Am"),
    ("bowl", "bowl@60s"),
    ("bowl", "bowl:D3"),
    ("binaural:200/6", "binaural:210/6"),
    ("binaural", "isochronic"),
    ("rain", "ocean"),
    ("a.flac", "b.flac"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_what_sounds_the_same_is_alike_however_it_is_written(one: str, other: str) -> None:
    assert beds.alike(one, other)
    assert beds.alike(other, one)


@pytest.mark.parametrize(("one", "other"), OTHERS)
def test_what_sounds_different_is_not(one: str, other: str) -> None:
    assert not beds.alike(one, other)


@given(st.text(max_size=40))
def test_any_text_is_a_bed_or_an_error_of_ours(text: str) -> None:
    with suppress(UsageError, InputMissing):
        beds.check_name(text)


@given(st.text('oceanrb:+-@"/. 0123456789dBs', max_size=30))
def test_near_misses_too(text: str) -> None:
    try:
        pieces = parse(text)
    except UsageError:
        return
    assert parse(spell(pieces)) == pieces


def test_checking_loads_no_arrays() -> None:
    program = (
        "import sys; from voiceguide import beds; beds.check_name('ocean + pad:Dm'); print('numpy' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], capture_output=True, text=True).stdout.strip() == "False"
