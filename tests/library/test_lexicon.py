"""`lexicon.yaml`: in a pack, in a library, and what can be wrong in it."""

import re
from pathlib import Path

import pytest

from voiceguide.compiler import compile_routine
from voiceguide.errors import ContentError
from voiceguide.library import Library, shelves
from voiceguide.library.fields import Notes
from voiceguide.library.lexicon import load_lexicon
from voiceguide.model.script import Pronunciation, Say


def loaded(folder: Path, text: str) -> tuple[tuple[Pronunciation, ...], list[str]]:
    (folder / "lexicon.yaml").write_text(text, encoding="utf-8")
    notes = Notes()
    entries = load_lexicon(folder, notes)
    assert all(problem.hint for problem in notes.problems)
    return entries, [re.sub(r".*lexicon\.yaml:", "", str(problem)) for problem in notes.problems]


def test_both_forms(tmp_path: Path) -> None:
    text = "schema: 1\nAchilles: a kill ease\nfascia: {say: fasha, ipa: /ˈfæʃə/}\nyes: {ipa: ˈjɛs}\nplantar fascia: x\n"
    assert loaded(tmp_path, text) == (
        (
            Pronunciation("Achilles", "a kill ease"),
            Pronunciation("fascia", "fasha", "ˈfæʃə"),
            Pronunciation("yes", "", "ˈjɛs"),
            Pronunciation("plantar fascia", "x"),
        ),
        [],
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "1:1: the file is empty"),
        ("- fascia", "1:1: a lexicon must be"),
        ("fascia: [fasha]", "1:9: 'fascia' must be 'name: value' lines"),
        ("fascia: {sya: fasha}", "1:10: 'fascia' has no 'sya'"),
        ("a: b\nfascia: f4sha", "2:9: 'f4sha' cannot be read aloud"),
        ("fascia: <b>", "1:9: '<b>' cannot be read aloud"),
        ("fascia: {say: fasha, ipa: f[ae]}", ": this is not YAML"),
        ("fascia: {ipa: 'f4'}", "1:16: 'f4' is not phonetic spelling"),
        ("fascia: ''", "1:10: 'fascia' does not say how it sounds"),
        ("fascia: {say: ''}", "1:16: 'fascia' does not say how it sounds"),
        ("'--': x", "1:2: '--' is not a word"),
        ("fascia: fasha\nfascia: fascha", "2:1: 'fascia' is here twice"),
        ("fascia: &x fasha", "anchors and aliases"),
    ],
)
def test_problems_have_their_place(text: str, problem: str, tmp_path: Path) -> None:
    _, problems = loaded(tmp_path, text)
    assert any(problem in found for found in problems), problems


def library(tmp_path: Path) -> Library:
    pack = tmp_path / "content" / "feet"
    pack.mkdir(parents=True)
    (tmp_path / "scripts").mkdir()
    (pack / "pack.yaml").write_text("title: Feet\n")
    (pack / "rub.yaml").write_text("title: Rub\ntext: Rub the fascia, and the TV.\n")
    (pack / "lexicon.yaml").write_text("fascia: pack\nrub: rubb\n")
    (tmp_path / "lexicon.yaml").write_text("Fascia: own\nTV: telly\n")
    (tmp_path / "scripts" / "mine.yaml").write_text("title: Mine\npack: feet\nsections:\n- use: rub\n")
    (tmp_path / "scripts" / "plain.md").write_text("The fascia. Rub it.\n")
    return Library([tmp_path])


def test_the_users_words_come_before_the_packs(tmp_path: Path) -> None:
    script = compile_routine(library(tmp_path).routine("mine"))
    say = next(cue for cue in script.sections[0].tellings[0].cues if isinstance(cue, Say))
    assert say.text == "Rub the fascia, and the TV."
    assert {(entry.word, entry.respelled) for entry in say.utterance.pronounced} == {
        ("Fascia", "own"),
        ("T-V", "telly"),
        ("rub", "rubb"),
    }


def test_a_text_has_the_users_words(tmp_path: Path) -> None:
    script = compile_routine(library(tmp_path).routine("plain"))
    first, second = [cue for cue in script.sections[0].tellings[0].cues if isinstance(cue, Say)]
    assert [entry.respelled for entry in first.utterance.pronounced] == ["own"]
    assert second.utterance.pronounced == ()


def test_a_lexicon_is_no_technique_and_its_faults_are_reported(tmp_path: Path) -> None:
    found = library(tmp_path)
    assert set(found.pack("feet").techniques) == {"rub"}
    (tmp_path / "lexicon.yaml").write_text("ok: fine\nbad: 1\n")
    with pytest.raises(ContentError) as caught:
        found.routine("mine")
    assert re.search(r"lexicon\.yaml:2:6: '1' cannot be read aloud", str(caught.value))
    with pytest.raises(ContentError):
        found.lexicon("en")


def test_what_ships_is_good_and_every_entry_helps_letters_or_sounds() -> None:
    entries = Library(shelves()).pack("foot-massage").lexicon
    assert {"fascia", "fasciitis"} <= {entry.word for entry in entries}
    assert all(entry.ipa and entry.respelled != entry.word for entry in entries)
