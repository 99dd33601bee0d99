"""The installed program, as a person or a script meets it."""

import json
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

PROGRAM = [sys.executable, "-m", "voiceguide"]


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    """An environment whose settings, data and cache are nobody else's."""
    own = {
        name: str(tmp_path / name.lower()) for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "HOME")
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith("VOICEGUIDE_")}
    return {**kept, **own, "VOICEGUIDE_ENGINE": "tone"}


@pytest.fixture
def mine(tmp_path: Path) -> None:
    """A short routine of one's own, in the current folder."""
    (tmp_path / "mine.md").write_text("## One\nLet go. [pause 2s]\nAnd rest.\n## Two\nGood. [bell]\n## Three\nBye.\n")


def run(*words: str, env: dict[str, str], cwd: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *words], capture_output=True, text=True, env=env, cwd=cwd, timeout=120, check=False
    )


def refused(done: subprocess.CompletedProcess[str], code: int) -> tuple[str, str]:
    """The two lines of an error."""
    assert done.returncode == code, done.stderr
    assert done.stdout == ""
    error, hint = done.stderr.splitlines()
    assert error.startswith("error: ")
    assert hint.startswith("hint: ")
    return error.removeprefix("error: "), hint.removeprefix("hint: ")


def test_version_and_help(home: dict[str, str], tmp_path: Path) -> None:
    assert run("--version", env=home, cwd=tmp_path).stdout == f"voiceguide {version('voiceguide')}\n"
    shown = run("--help", env=home, cwd=tmp_path).stdout
    for name in ("list", "show", "plan", "render", "say", "check", "voices", "doctor", "cache", "completion"):
        assert f"\n  {name} " in shown
        assert run(name, "--help", env=home, cwd=tmp_path).returncode == 0


def test_list_and_show(home: dict[str, str], tmp_path: Path) -> None:
    listed = run("list", env=home, cwd=tmp_path).stdout
    assert "foot-massage-partner" in listed
    assert "arch-rubs" in listed
    found = json.loads(run("list", "--json", env=home, cwd=tmp_path).stdout)
    row = next(row for row in found["routines"] if row["name"] == "foot-massage")
    assert row["natural"] == 1200
    assert row["least"] <= 300
    assert row["most"] >= 2700
    assert "Arch rubs" in run("show", "arch-rubs", env=home, cwd=tmp_path).stdout
    assert "blood-clot" in run("show", "foot-massage", env=home, cwd=tmp_path).stdout
    assert refused(run("show", "arch-rub", env=home, cwd=tmp_path), 66)[1] == "did you mean 'arch-rubs'?"


def test_plan_as_json_is_a_timeline_without_holes(home: dict[str, str], tmp_path: Path) -> None:
    plan = json.loads(run("plan", "foot-massage", "--length", "12m", "--json", env=home, cwd=tmp_path).stdout)
    assert (plan["schema"], plan["title"], plan["length"], plan["exact"]) == (1, "Foot massage", 720, False)
    assert plan["cues"][0]["start"] == 0
    for one, following in zip(plan["cues"], plan["cues"][1:], strict=False):
        assert one["end"] == following["start"]
    assert plan["cues"][-1]["end"] == plan["sections"][-1]["end"] == 720
    assert {cue["kind"] for cue in plan["cues"]} == {"say", "rest", "sound"}
    assert all(":" in cue["source"] for cue in plan["cues"] if cue["kind"] == "say")
    assert set(plan["range"]) == {"least", "most"}


def test_the_beds_of_sections_are_told(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "sea.md").write_text(
        "## One\nHi.\n## Two\n[bed ocean:-3 + bowl@60s]\nHo.\n## Three\n[bed none]\nBye.\n"
    )
    shown = run("show", "sea.md", env=home, cwd=tmp_path).stdout
    assert "One (always)" in shown
    assert "Two (always; bed ocean:-3 + bowl@60s)" in shown
    plan = json.loads(run("plan", "sea.md", "--json", "--bed-level", "10", env=home, cwd=tmp_path).stdout)
    assert (plan["bed"], plan["bed_below_speech"]) == ("drone", 14)
    assert [section["bed"] for section in plan["sections"]] == ["drone", "ocean:-3 + bowl@60s", "none"]
    plan = json.loads(run("plan", "sea.md", "--json", "--bed", "none", env=home, cwd=tmp_path).stdout)
    assert (plan["bed"], plan["bed_below_speech"]) == ("none", None)
    assert {section["bed"] for section in plan["sections"]} == {"none"}


def test_a_printed_plan_is_a_routine(home: dict[str, str], tmp_path: Path) -> None:
    printed = run("plan", "foot-massage-quick", env=home, cwd=tmp_path).stdout
    (tmp_path / "mine.md").write_text(printed, encoding="utf-8")
    first = json.loads(run("plan", "foot-massage-quick", "--json", env=home, cwd=tmp_path).stdout)
    again = json.loads(run("plan", "mine.md", "--json", env=home, cwd=tmp_path).stdout)
    spoken = [[cue["text"] for cue in plan["cues"] if cue["kind"] == "say"] for plan in (first, again)]
    assert spoken[0] == spoken[1]
    assert [s["title"] for s in first["sections"]] == [s["title"] for s in again["sections"]]


@pytest.mark.parametrize(("length", "cure"), [("30s", "or more"), ("23h", "or less")])
def test_an_impossible_length_says_what_is_possible(
    length: str, cure: str, home: dict[str, str], tmp_path: Path
) -> None:
    error, hint = refused(run("render", "foot-massage", "--length", length, env=home, cwd=tmp_path), 2)
    assert f"cannot last {length}: it takes from " in error
    assert cure in hint
    assert not list(tmp_path.glob("output/*"))


@pytest.mark.parametrize(
    ("words", "code", "error", "hint"),
    [
        (["rendr", "foot-massage"], 2, "there is no command 'rendr'", "--help"),
        (["render"], 2, "missing argument", "--help"),
        (["render", "foot-masage"], 66, "no routine called 'foot-masage'", "did you mean 'foot-massage'?"),
        (["render", "nowhere.md"], 66, "there is no file nowhere.md", "voiceguide list"),
        (["render", "foot-massage", "--length", "soon"], 2, "'soon' is not a length", "--help"),
        (["render", "foot-massage", "--length", "-5m"], 2, "", "--help"),
        (["render", "foot-massage", "--length", "0"], 2, "not between a moment and a day", "--help"),
        (["render", "foot-massage", "--engine", "pyttx3"], 2, "no engine called 'pyttx3'", "did you mean 'pyttsx3'?"),
        (["render", "foot-massage", "--bed", "drome"], 2, "no bed called 'drome'", "did you mean 'drone'?"),
        (["render", "foot-massage", "--profile", "podcst"], 2, "no profile called", "did you mean 'podcast'?"),
        (["render", "foot-massage", "-o", "x.mp4"], 2, "no encoder called 'mp4'", "did you mean 'mp3'?"),
        (["render", "foot-massage", "-o", "x"], 2, "no ending", ".mp3"),
        (["render", "foot-massage", "-o", "x.mp3", "--format", "wav"], 2, "ends in .mp3", "let one of them go"),
        (["render", "foot-massage", "-o", "no/folder/x.mp3"], 73, "no folder", "folder"),
        (["render", "foot-massage", "--bed-level", "nan"], 2, "'nan' is not a level", "--help"),
        (["render", "foot-massage", "--section", "Arch rub"], 2, "no section 'Arch rub'", "Arch rubs"),
        (["render", "foot-massage", "--skip", "arch"], 2, "no technique 'arch'", ""),
        (["plan", "foot-massage", "--condition", "blood-clot"], 2, "not for a known or suspected blood clot", ""),
        (["plan", "foot-massage", "--condition", "blood"], 2, "no condition 'blood'", ""),
        (["render", "foot-massage", "--rate", "9"], 2, "9 is not in the range", "--help"),
    ],
)
def test_mistakes_get_two_lines_and_their_code(
    words: list[str], code: int, error: str, hint: str, home: dict[str, str], tmp_path: Path
) -> None:
    said, cure = refused(run(*words, env=home, cwd=tmp_path), code)
    assert error in said
    assert hint in cure
    assert "Traceback" not in said + cure


def test_check_reports_every_problem(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text("Say [puase 3s]\n\nand <b>\n\nand {your} foot")
    (tmp_path / "good.md").write_text("Say. [pause 3s]")
    done = run("check", "good.md", "bad.md", env=home, cwd=tmp_path)
    assert done.returncode == 65
    assert done.stdout == "good.md: good\n"
    lines = done.stderr.splitlines()
    assert [line.partition(": ")[2].partition(": ")[0] for line in lines[::2]] == ["bad.md:1:5", "bad.md:3:5"]
    found = json.loads(run("check", "--json", "bad.md", env=home, cwd=tmp_path).stdout)
    assert [problem["line"] for problem in found["files"][0]["problems"]] == [1, 3]
    assert run("check", "nowhere.md", env=home, cwd=tmp_path).returncode == 66


def test_check_knows_beds_languages_and_markdown(home: dict[str, str], tmp_path: Path) -> None:
    matter, body = "---\nbed: drome\nlanguage: en_us\n---\n", "Hi.\n\n| a | b |\n|---|---|\n\n```\nx\n```\n"
    (tmp_path / "bad.md").write_text(matter + body)
    done = run("check", "bad.md", env=home, cwd=tmp_path)
    assert done.returncode == 65
    lines = done.stderr.splitlines()
    assert [line.removeprefix("error: ").partition(": ")[0] for line in lines[::2]] == [
        "bad.md:2:6",
        "bad.md:3:11",
        "bad.md:7:1",
        "bad.md:10:1",
    ]
    assert lines[1] == "hint: did you mean 'drone'?"


def test_check_opens_the_music_of_beds(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "song.mp3").write_text("not a song")
    (tmp_path / "a.md").write_text("---\nbed: song.mp3\n---\nHello there. [pause 2s]\n")
    (tmp_path / "b.md").write_text("Hello there. [pause 2s]\n")
    done = run("check", "b.md", "a.md", env=home, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (66, "b.md: good\n")
    error, hint = done.stderr.splitlines()
    assert "song.mp3 is not music that can be read" in error
    assert hint.startswith("hint: take it away, or convert it")
    rows = json.loads(run("check", "b.md", "a.md", "--json", env=home, cwd=tmp_path).stdout)["files"]
    assert [(row["code"], len(row["problems"])) for row in rows] == [(0, 0), (66, 1)]
    assert refused(run("plan", "a.md", env=home, cwd=tmp_path), 66)[0] == error.removeprefix("error: ")
    done = run("render", "a.md", env=home, cwd=tmp_path)
    assert "speaking" not in done.stderr
    assert refused(done, 66) == (error.removeprefix("error: "), hint.removeprefix("hint: "))


@pytest.mark.usefixtures("mine")
def test_plan_has_the_rests_and_the_bed_of_a_profile(home: dict[str, str], tmp_path: Path) -> None:
    def told(command: str, *words: str, **more: str) -> dict[str, object]:
        done = run(command, "mine.md", "--json", *words, env={**home, **more}, cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        return {name: json.loads(done.stdout)[name] for name in ("sections", "cues")}

    made = told("render", "--profile", "acx", "-o", "a.mp3")
    planned = told("plan", "--profile", "acx")
    assert planned == made
    assert planned == told("plan", VOICEGUIDE_PROFILE="acx") != told("plan")
    cues = planned["cues"]
    assert isinstance(cues, list)
    assert (cues[0]["kind"], cues[0]["end"]) == ("rest", 0.75)
    (tmp_path / "voiceguide.toml").write_text('profile = "acx"\n')
    assert told("plan") == planned
    (tmp_path / "voiceguide.toml").unlink()
    assert refused(run("plan", "mine.md", "--profile", "acxx", env=home, cwd=tmp_path), 2)[1] == "did you mean 'acx'?"


@pytest.mark.usefixtures("mine")
@pytest.mark.parametrize("profile", ["acx", "sleep"])
def test_a_printed_plan_is_the_same_session_for_its_profile(profile: str, home: dict[str, str], tmp_path: Path) -> None:
    words = ("--profile", profile)
    (tmp_path / "again.md").write_text(run("plan", "mine.md", *words, env=home, cwd=tmp_path).stdout, encoding="utf-8")
    one, other = (
        json.loads(run("plan", name, "--json", *words, env=home, cwd=tmp_path).stdout)
        for name in ("mine.md", "again.md")
    )
    assert other["length"] == pytest.approx(one["length"], abs=0.01)
    assert [cue["start"] for cue in other["cues"]] == pytest.approx([cue["start"] for cue in one["cues"]], abs=0.01)


@pytest.mark.usefixtures("mine")
def test_the_picture_of_a_plan_has_the_levels_of_its_profile(home: dict[str, str], tmp_path: Path) -> None:
    run("render", "mine.md", env=home, cwd=tmp_path)
    for profile in ("podcast", "sleep"):
        words = ("--picture", f"{profile}.svg", "--bed", "rain", "--profile", profile)
        assert run("plan", "mine.md", *words, env=home, cwd=tmp_path).returncode == 0
    assert (tmp_path / "podcast.svg").read_text() != (tmp_path / "sleep.svg").read_text()


def test_a_second_voice_on_the_command_line(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "two.md").write_text("---\nvoices: {counter: x}\n---\nSit. [voice counter] One.\n")
    words = ("plan", "two.md", "--json", "--voice", "counter=b", "--voice", "a", "--pitch", "3")
    plan = json.loads(run(*words, env=home, cwd=tmp_path).stdout)
    said = [(cue["text"], cue["voice"], cue["pitch"]) for cue in plan["cues"] if cue["kind"] == "say"]
    assert said == [("Sit.", "a", 3), ("One.", "b", 3)]
    refused(run("plan", "two.md", "--voice", "conter=b", env=home, cwd=tmp_path), 2)


@pytest.mark.usefixtures("mine")
def test_render_says_what_it_made(home: dict[str, str], tmp_path: Path) -> None:
    done = run("render", "mine.md", "--length", "30s", "--json", env=home, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    made = json.loads(done.stdout)
    assert made["path"] == "output/mine-30s.mp3"
    assert made["frames"] == 30 * 44100
    assert made["synthesised"] > 0
    assert made["cached"] == 0
    assert made["chapters"] == 3
    again = json.loads(run("render", "mine.md", "--length", "30s", "--json", env=home, cwd=tmp_path).stdout)
    assert (again["synthesised"], again["cached"]) == (0, made["synthesised"])
    plain = run("render", "mine.md", "--length", "30s", env=home, cwd=tmp_path)
    assert plain.stdout == "output/mine-30s.mp3\n"
    assert "mixing 100 %" in plain.stderr
    quiet = run("render", "mine.md", "--length", "30s", "-qq", env=home, cwd=tmp_path)
    assert quiet.stdout + quiet.stderr == ""
    kept = run("render", "mine.md", "--length", "30s", "--no-clobber", env=home, cwd=tmp_path)
    assert refused(kept, 73)[0].endswith("exists already")
    plan = json.loads(run("plan", "mine.md", "--length", "30s", "--json", env=home, cwd=tmp_path).stdout)
    assert plan["exact"] is True


def test_one_section_alone(home: dict[str, str], tmp_path: Path) -> None:
    words = ("render", "foot-massage", "--section", "Arch rubs", "--format", "flac", "--json")
    made = json.loads(run(*words, env=home, cwd=tmp_path).stdout)
    assert made["path"] == "output/foot-massage-20m-arch-rubs.flac"
    assert made["chapters"] == 1
    assert 20 <= made["length"] <= 120
    assert made["utterances"] == made["synthesised"] < 12


@pytest.mark.usefixtures("mine")
def test_settings_come_from_everywhere(home: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "voiceguide.toml").write_text('engine = "nobody"\nbed = "none"\n')
    made = run("render", "mine.md", "--length", "30s", "--json", env=home, cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    without = {name: value for name, value in home.items() if name != "VOICEGUIDE_ENGINE"}
    assert "no engine called 'nobody'" in run("render", "box-breathing", env=without, cwd=tmp_path).stderr
    (tmp_path / "voiceguide.toml").write_text('bed = "drome"\n')
    assert refused(run("plan", "mine.md", env=home, cwd=tmp_path), 2)[1] == "did you mean 'drone'?"
    (tmp_path / "voiceguide.toml").write_text('enigne = "tone"\n')
    assert refused(run("plan", "box-breathing", env=home, cwd=tmp_path), 2)[1] == "did you mean 'engine'?"


@pytest.mark.usefixtures("mine")
def test_the_cache_can_be_looked_after(home: dict[str, str], tmp_path: Path) -> None:
    made = json.loads(run("render", "mine.md", "--length", "30s", "--json", env=home, cwd=tmp_path).stdout)
    info = json.loads(run("cache", "info", "--json", env=home, cwd=tmp_path).stdout)
    assert info["clips"] == made["synthesised"]
    assert info["bytes"] > 0
    assert Path(run("cache", "path", env=home, cwd=tmp_path).stdout.strip()).is_dir()
    assert run("cache", "clear", env=home, cwd=tmp_path).stdout == f"{made['synthesised']} clips removed\n"
    assert json.loads(run("cache", "info", "--json", env=home, cwd=tmp_path).stdout)["clips"] == 0


def test_completion_knows_routines(home: dict[str, str], tmp_path: Path) -> None:
    assert "_VOICEGUIDE_COMPLETE" in run("completion", "bash", env=home, cwd=tmp_path).stdout
    asked = {**home, "_VOICEGUIDE_COMPLETE": "bash_complete", "COMP_WORDS": "voiceguide render foot", "COMP_CWORD": "2"}
    offered = run(env=asked, cwd=tmp_path).stdout
    assert "plain,foot-massage-quick" in offered


@pytest.mark.parametrize("command", ["plan foot-massage", "play foot-massage --output null"])
def test_a_pipe_that_closes_early_is_no_error(command: str, home: dict[str, str], tmp_path: Path) -> None:
    words = " ".join([*PROGRAM, command])
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", f"{words} | head -n 1"],
        capture_output=True,
        text=True,
        env=home,
        cwd=tmp_path,
        check=False,
    )
    assert done.stdout.count("\n") == 1
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no /dev/full")
@pytest.mark.parametrize(("end", "code"), [(">&-", 0), (">/dev/full", 74)])
def test_an_output_that_takes_nothing(end: str, code: int, home: dict[str, str], tmp_path: Path) -> None:
    words = " ".join([*PROGRAM, "list"])
    done = subprocess.run(
        ["bash", "-c", f"{words} {end}"], capture_output=True, text=True, env=home, cwd=tmp_path, check=False
    )
    assert done.returncode == code, done.stderr
    assert len(done.stderr.splitlines()) == (2 if code else 0)
