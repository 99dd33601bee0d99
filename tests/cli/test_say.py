"""`voiceguide say`: one line through everything."""

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from click.testing import CliRunner, Result

from voiceguide.cli import program
from voiceguide.errors import ContentError, InputMissing, UsageError, VoiceguideError


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty current folder, and settings, data and cache that are nobody else's."""
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("VOICEGUIDE_ENGINE", "tone")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def say(*words: str) -> Result:
    return CliRunner().invoke(program, ["say", *words])


def refused(*words: str) -> VoiceguideError:
    error = say(*words).exception
    assert isinstance(error, VoiceguideError)
    return error


def test_a_line_becomes_a_file_at_the_level_of_sessions(here: Path) -> None:
    done = say("Hold for 2-3 min. [pause 1s] Then let the other foot rest for a while.")
    assert done.exit_code == 0, done.output
    assert done.stdout == "output/say.wav\n"
    sound, rate = soundfile.read(here / "output" / "say.wav", dtype="float32")
    assert rate == 44_100
    assert 5 < len(sound) / rate < 12
    assert -20 < 20 * np.log10(np.sqrt(np.mean(np.square(sound[np.abs(sound[:, 0]) > 0.01])))) < -10
    assert not (here / "output").joinpath("say.wav.part").exists()
    assert len(list((here / "output").iterdir())) == 1


def test_a_file_by_name_in_another_format(here: Path) -> None:
    made = json.loads(say("Let go.", "-o", "go.flac", "--json", "-q").stdout)
    assert made["path"] == "go.flac"
    assert made["length"] == pytest.approx(soundfile.info(here / "go.flac").duration, abs=1e-6)
    assert made["lines"] == [{"written": "Let go.", "spoken": "Let go.", "received": "Let go."}]


def test_phonemes_show_the_way_and_write_nothing(here: Path) -> None:
    done = say("Rest 10s. See Dr. Smith.", "--phonemes")
    assert done.stdout.splitlines() == [
        "written  Rest 10s.",
        "spoken   Rest ten seconds.",
        "tone     Rest ten seconds.",
        "",
        "written  See Dr. Smith.",
        "spoken   See Doctor Smith.",
        "tone     See Doctor Smith.",
    ]
    assert not (here / "output").exists()
    found = json.loads(say("Rest 10s.", "--phonemes", "--json").stdout)
    assert (found["engine"], found["path"], found["length"]) == ("tone", None, None)


def test_a_routine_lends_its_words_and_its_lexicon() -> None:
    done = say("Rub {your} plantar fascia.", "--phonemes", "--routine", "foot-massage-partner", "--engine", "pyttsx3")
    assert done.stdout.splitlines()[1:] == [
        "spoken   Rub their plantar fascia.",
        "pyttsx3  Rub their plantar fasha.",
    ]


def test_the_users_lexicon_holds_for_any_line(here: Path) -> None:
    (here / "own").mkdir()
    (here / "own" / "lexicon.yaml").write_text("TV: telly\n")
    done = say("Switch the TV off.", "--phonemes", "--library", "own", "--engine", "pyttsx3")
    assert done.stdout.splitlines()[1:] == ["spoken   Switch the T-V off.", "pyttsx3  Switch the telly off."]


def test_another_language() -> None:
    done = say("Noch 3 Minuten.", "--phonemes", "--language", "de")
    assert done.stdout.splitlines()[1] == "spoken   Noch drei Minuten."


@pytest.mark.parametrize(
    ("words", "kind", "message"),
    [
        (["😌"], ContentError, "has nothing to speak"),
        ([""], ContentError, "there is nothing to say"),
        (["[pause 3s]"], ContentError, "there is nothing to say"),
        (["# Rest"], ContentError, "a heading is not spoken"),
        (["Say [puase 3s]"], ContentError, "1:5: '[puase 3s]' is not a cue"),
        (["Rub {your} foot."], ContentError, "{your}"),
        (['[recording a.wav "Rest."]'], ContentError, "a recording is played in a routine alone"),
        (["Rest.", "-o", "rest"], UsageError, "no ending"),
        (["Rest.", "-o", "rest.mp4"], UsageError, "no encoder called 'mp4'"),
        (["Rest.", "-o", "rest.wav", "--phonemes"], UsageError, "writes no sound"),
        (["Rest.", "--routine", "foot-masage"], InputMissing, "foot-masage"),
        (["Rest.", "--engine", "ton"], UsageError, "no engine called 'ton'"),
    ],
)
def test_mistakes_say_what_to_do(words: list[str], kind: type[VoiceguideError], message: str, here: Path) -> None:
    error = refused(*words)
    assert isinstance(error, kind)
    assert message in error.message
    assert error.hint
    assert not list(here.glob("*.wav"))
