"""The engine behind a server, against a real one on this machine: what is asked, what goes wrong, what never leaks."""

import logging
import signal
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "contracts"))
from damage import read
from speech_server import (
    Act,
    Asked,
    Handler,
    SpeechServer,
    broken_chunks,
    broken_off,
    chunked,
    crash,
    damaged,
    drip,
    endless,
    garbage,
    hang,
    sending,
    serving,
    spoken,
)

from voiceguide.audio.clip import Clip
from voiceguide.audio.speech import trim
from voiceguide.cache import ClipCache
from voiceguide.cli import doctor
from voiceguide.engines import openai
from voiceguide.engines.openai import OpenaiEngine, cut
from voiceguide.engines.openai import tempo as openai_tempo
from voiceguide.engines.openai.refusals import wait_asked
from voiceguide.engines.openai.tempo import Tempo
from voiceguide.errors import EngineError, EngineMissing, SpeechFailed, UsageError, VoiceguideError
from voiceguide.model.cues import Source
from voiceguide.model.script import Pronunciation, Say, Utterance
from voiceguide.narrator import Narration, Narrator
from voiceguide.settings import Settings

KEY = "sk-voiceguide-1234567890abcdef"
LINE = Utterance("Let your shoulders drop.")


OPEN: list[OpenaiEngine] = []


@pytest.fixture(autouse=True)
def _plain_world(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name in ("VOICEGUIDE_OPENAI_KEY", "OPENAI_API_KEY", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(openai, "PAUSES", (0.01, 0.02))
    yield
    while OPEN:
        OPEN.pop().close()


def made(settings: Settings) -> OpenaiEngine:
    """An engine that is closed after the test."""
    OPEN.append(OpenaiEngine(settings))
    return OPEN[-1]


@pytest.fixture
def server() -> Iterator[SpeechServer]:
    with serving() as server:
        yield server


def engine_for(server: SpeechServer, model: str = "") -> OpenaiEngine:
    """An engine that need not learn its voice's tempo."""
    engine = made(Settings(openai_url=server.url, openai_model=model))
    samples = openai_tempo._Samples(tempos={1.0: 160.0, 0.7: 112.0})
    for voice in ("alloy", "sage"):
        openai_tempo._KNOWN[server.url, model or "tts-1", voice] = samples
    return engine


@pytest.fixture
def engine(server: SpeechServer) -> OpenaiEngine:
    return engine_for(server)


def say(utterance: Utterance = LINE, line: int = 4) -> Say:
    return Say(utterance.spoken, utterance, Source("feet.md", line))


def true_clip(server: SpeechServer) -> Clip:
    """What the server said last, before anything was done to it."""
    return Clip(*read(server.speech(server.lines[-1].question)))


def test_the_question_is_the_interfaces(server: SpeechServer, engine: OpenaiEngine) -> None:
    line = Utterance("Rub the fascia.", voice="sage", pronounced=(Pronunciation("fascia", "fasha"),))
    assert engine.received(line) == "Rub the fasha."
    clip = engine.speak(line, 20)
    (asked,) = server.asked
    assert asked.path == "/v1/audio/speech"
    assert {k: v for k, v in asked.question.items() if k != "speed"} == {
        "model": "tts-1",
        "input": "Rub the fasha.",
        "voice": "sage",
        "response_format": "wav",
    }
    assert 0.6 < asked.question["speed"] < 0.9
    assert "authorization" not in asked.headers
    assert np.array_equal(clip.samples, true_clip(server).samples)


def test_one_connection_serves_many_lines_and_is_opened_again_when_it_was_closed(
    server: SpeechServer, engine: OpenaiEngine
) -> None:
    def closing(handler: Handler, speech: bytes) -> None:
        handler.answer(200, speech)
        handler.close_connection = True  # without a word, as servers do that tire of waiting

    server.acts = [closing]
    for _ in range(3):
        engine.speak(LINE, 20)
        time.sleep(0.05)
    assert len(server.asked) == 3


def test_a_stream_without_sizes_is_whole(server: SpeechServer, engine: OpenaiEngine) -> None:
    server.acts = [chunked]
    assert np.array_equal(engine.speak(LINE, 20).samples, true_clip(server).samples)


@pytest.mark.parametrize("act", [broken_off, broken_chunks, crash, garbage, sending(b"", 500), sending(b"", 503)])
def test_what_breaks_is_asked_again(server: SpeechServer, engine: OpenaiEngine, act: Act) -> None:
    server.acts = [act, act]
    assert np.array_equal(engine.speak(LINE, 20).samples, true_clip(server).samples)
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (broken_off, "bytes are missing"),
        (broken_chunks, "middle of its answer"),
        (crash, "closed the connection"),
        (garbage, "HTTP"),
        (sending(b"{}", 500), "answered 500"),
        (damaged("HTML"), "a web page"),
        (damaged("JSON error"), "JSON: The model is overloaded"),
        (damaged("raw samples"), "no sound of any known kind"),
    ],
)
def test_what_stays_broken_is_told_with_its_line(
    server: SpeechServer, engine: OpenaiEngine, act: Act, reason: str, tmp_path: Path
) -> None:
    server.acts = [act] * 9
    with pytest.raises(SpeechFailed, match=reason) as caught:
        Narrator(engine, ClipCache(tmp_path)).speak([say()])
    assert "feet.md:4" in caught.value.message
    assert ClipCache(tmp_path).stats().clips == 0
    assert 3 <= len(server.asked) <= 9


def slow_head(handler: Handler, _speech: bytes) -> None:
    for _ in range(200):
        handler.wfile.write(b"H")
        if handler.server.stopping.wait(0.05):
            break
    handler.close_connection = True


@pytest.mark.parametrize("act", [hang, drip, slow_head])
def test_nothing_lasts_longer_than_the_deadline(server: SpeechServer, engine: OpenaiEngine, act: Act) -> None:
    server.acts = [act]
    begun = time.monotonic()
    with pytest.raises(EngineError, match=r"within 0\.4 s"):
        engine.speak(LINE, 0.4)
    assert time.monotonic() - begun < 5
    assert len(engine.speak(LINE, 20).samples)


def test_an_endless_answer_is_left_at_its_cap(
    server: SpeechServer, engine: OpenaiEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "_MOST_PER_SECOND", 100_000)
    server.acts = [endless]
    with pytest.raises(EngineError, match="without end"):
        engine.speak(LINE, 20)
    assert len(engine.speak(LINE, 20).samples)


def test_few_bytes_cannot_stand_for_hours(server: SpeechServer, engine: OpenaiEngine) -> None:
    from damage import wav

    server.acts = [sending(wav(np.zeros(24_000 * 60, np.float32), 24_000, "FLAC"))]
    with pytest.raises(EngineError, match="too long"):
        engine.speak(LINE, 20)


def test_a_pause_that_is_asked_for_is_kept(server: SpeechServer, engine: OpenaiEngine) -> None:
    server.acts = [sending(b"", 429, Retry_After="1")]
    begun = time.monotonic()
    engine.speak(LINE, 20)
    assert 1 <= time.monotonic() - begun < 10


def test_a_pause_beyond_the_deadline_is_not_waited_for(
    server: SpeechServer, engine: OpenaiEngine, tmp_path: Path
) -> None:
    server.acts = [sending(b'{"error": "slow down"}', 429, Retry_After="3600")]
    with pytest.raises(EngineMissing, match="slow down"):
        Narrator(engine, ClipCache(tmp_path)).speak([say()])
    assert len(server.asked) == 1


def test_pauses_come_as_seconds_or_as_dates() -> None:
    def asked(value: str) -> float:
        return wait_asked(openai.Reply(429, {"retry-after": value}, b""), now=1_000_000_000)

    assert asked("7") == 7
    assert asked(formatdate(1_000_000_090, usegmt=True)) == 90
    assert asked(formatdate(999_999_000, usegmt=True)) == 0
    assert [asked(value) for value in ("", "soon", "-3", "9" * 400, "nan")] == [0] * 5


@pytest.mark.parametrize(
    ("status", "body", "kind", "said"),
    [
        (401, b"{}", EngineMissing, "wants a key"),
        (403, b"{}", EngineMissing, "wants a key"),
        (402, b"{}", EngineMissing, "paid"),
        (429, b'{"error": {"message": "You exceeded your current quota"}}', EngineMissing, "paid"),
        (404, b'{"detail": "Not Found"}', EngineMissing, "Not Found"),
        (400, b'{"error": {"message": "invalid model"}}', EngineMissing, "invalid model"),
        (422, b'{"detail": [{"msg": "no such voice"}]}', UsageError, "'alloy'"),
        (303, b"", EngineError, "303"),
        (204, b"", EngineError, "204"),
    ],
)
def test_a_refusal_is_told_with_its_cure(
    server: SpeechServer, engine: OpenaiEngine, status: int, body: bytes, kind: type[VoiceguideError], said: str
) -> None:
    server.acts = [sending(body, status)] * 3
    with pytest.raises(kind) as caught:
        engine.speak(LINE, 20)
    assert said in caught.value.message
    assert "127.0.0.1" in caught.value.message
    if kind is not EngineError:
        assert caught.value.hint
        assert len(server.asked) == 1 + 2 * (status == 429)


def test_a_refused_key_is_asked_for_once(
    server: SpeechServer, engine: OpenaiEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEGUIDE_OPENAI_KEY", KEY)
    server.acts = [sending(f"Incorrect API key provided: {KEY}".encode(), 401)] * 3
    with pytest.raises(EngineMissing, match="refuses the key from VOICEGUIDE_OPENAI_KEY") as caught:
        Narrator(engine, ClipCache(tmp_path)).speak([say()])
    assert caught.value.exit_code == 69
    assert len(server.asked) == 1
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"


def test_a_server_that_is_not_there_is_named() -> None:
    with serving() as server:
        engine = engine_for(server)
    with pytest.raises(EngineMissing, match=r"127\.0\.0\.1:\d+ cannot be reached: Connection refused") as caught:
        engine.speak(LINE, 20)
    assert "VOICEGUIDE_OPENAI_URL" in caught.value.hint


def redirecting(location: str, status: int = 307) -> Act:
    return sending(b"", status, Location=location)


def test_a_redirect_within_the_server_is_followed(server: SpeechServer, engine: OpenaiEngine) -> None:
    server.acts = [redirecting("/v1/audio/speech/"), redirecting(f"{server.url}/elsewhere?x=1", 301)]
    assert np.array_equal(engine.speak(LINE, 20).samples, true_clip(server).samples)
    assert [one.path for one in server.asked] == ["/v1/audio/speech", "/v1/audio/speech/", "/v1/elsewhere?x=1"]


def test_nothing_is_sent_to_another_server(
    server: SpeechServer, engine: OpenaiEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOICEGUIDE_OPENAI_KEY", KEY)
    port = server.url.rpartition(":")[2]
    with serving() as other:
        places = (
            f"{other.url}/audio/speech",
            f"https://127.0.0.1:{port}/",
            f"http://localhost:{port}/",
            f"http://a:b@127.0.0.1:{port}",
            f"//{other.url.removeprefix('http://')}",
            "",
            "http://[",
        )
        for place in places:
            server.acts = [redirecting(place)]
            with pytest.raises(EngineMissing, match="another address") as caught:
                engine.speak(LINE, 20)
            assert KEY not in caught.value.message
        assert other.asked == []
    assert len(server.asked) == len(places)


def test_redirects_in_a_circle_end(server: SpeechServer, engine: OpenaiEngine) -> None:
    server.acts = [redirecting("/v1/audio/speech")] * 9
    with pytest.raises(EngineMissing, match="from address to address"):
        engine.speak(LINE, 20)
    assert len(server.asked) == 4


def echoing(handler: Handler, _speech: bytes) -> None:
    """Repeats the key in each place that a message might quote."""
    secret = handler.headers["Authorization"]
    handler.answer(int(handler.server.speaker.asked[-1].question["model"]), f'{{"detail": "{secret} {KEY}x"}}'.encode())


@pytest.mark.parametrize("status", ["200", "400", "401", "404", "418", "429", "500"])
def test_the_key_is_never_told(
    server: SpeechServer,
    status: str,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> None:
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("VOICEGUIDE_OPENAI_KEY", f"  {KEY}\n")
    engine = engine_for(server, model=status)
    server.acts = [echoing] * 9
    with pytest.raises(VoiceguideError) as caught:
        Narrator(engine, ClipCache(tmp_path)).speak([say()])
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    told = "".join(traceback.format_exception(caught.value)) + repr(caught.value.args) + repr(engine._access)
    told += engine.identity(LINE) + caplog.text + "".join(capfd.readouterr())
    assert KEY not in told
    assert KEY[:12] not in told
    assert not any(KEY.encode() in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_key_that_no_header_can_carry_is_not_shown(server: SpeechServer, monkeypatch: pytest.MonkeyPatch) -> None:
    for odd in ("sk-secret\nX-Other: 1", "sk-secrét", "sk secret"):
        monkeypatch.setenv("VOICEGUIDE_OPENAI_KEY", odd)
        with pytest.raises(UsageError, match="VOICEGUIDE_OPENAI_KEY holds characters") as caught:
            engine_for(server).speak(LINE, 20)
        assert "secr" not in "".join(traceback.format_exception(caught.value))
    assert server.asked == []


@pytest.mark.parametrize("limit", [40, 41, 60, 200])
@given(text=st.text(st.sampled_from("ab .,!"), max_size=400))
def test_a_cut_text_is_whole(limit: int, text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(openai, "LONGEST_TEXT", limit)
        pieces = cut(text)
    assert "".join("".join(pieces).split()) == "".join(text.split())
    assert all(0 < len(piece) <= limit for piece in pieces)


def test_texts_are_cut_at_sentences_then_clauses_then_words() -> None:
    sentence = "Let the breath come and go, as it likes. "
    assert all(piece.endswith(".") for piece in cut(sentence * 300))
    assert all(piece.endswith(("go,", "go")) for piece in cut("let the breath come and go, " * 300))
    assert [len(piece) for piece in cut("word " * 1638)] == [4094, 4094]
    assert cut("x" * 5000) == ["x" * 4096, "x" * 904]
    assert cut("x" * 4096) == ["x" * 4096]


def test_a_long_text_is_joined_from_its_pieces(
    server: SpeechServer, engine: OpenaiEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "LONGEST_TEXT", 30)
    clip = engine.speak(Utterance("Let the shoulders drop. Let the jaw be loose."), 20)
    assert [one.question["input"] for one in server.asked] == ["Let the shoulders drop.", "Let the jaw be loose."]
    parts = [read(server.speech(one.question))[0] for one in server.asked]
    assert np.array_equal(clip.samples, np.concatenate(parts))


def test_pieces_of_different_rates_are_refused(
    server: SpeechServer, engine: OpenaiEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai, "LONGEST_TEXT", 30)
    server.acts = [damaged("twice the rate")]
    with pytest.raises(EngineError, match="do not fit"):
        engine.speak(Utterance("Let the shoulders drop. Let the jaw be loose."), 20)


PARAGRAPH = (
    "Sit back and let your feet rest on the floor.",
    "Notice how the weight of your legs sinks down, a little more with each breath.",
    "Take your right foot in both hands and hold it for a moment.",
    "Now let your thumbs move slowly from the heel to the toes.",
    "Press only as much as feels good to you.",
    "When you reach the toes, begin again at the heel.",
)


def test_the_rate_is_real_words_a_minute(server: SpeechServer) -> None:
    engine = made(Settings(openai_url=server.url))
    for rate in (90, 110, 130, 160):
        clips = [trim(engine.speak(Utterance(text, rate=rate), 20)) for text in PARAGRAPH]
        seconds = sum(len(clip.samples) / clip.rate for clip in clips)
        assert sum(len(text.split()) for text in PARAGRAPH) * 60 / seconds == pytest.approx(rate, rel=0.05)
    assert engine.calibrated
    assert len(server.asked) == 2 + 4 * len(PARAGRAPH)


def test_engines_side_by_side_learn_a_voice_once(server: SpeechServer) -> None:
    engines = [made(Settings(openai_url=server.url)) for _ in range(3)]
    threads = [threading.Thread(target=engine.speak, args=(LINE, 20)) for engine in engines]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(server.asked) == 2 + 3


def test_a_voice_that_heeds_no_speed_is_left_at_its_own(server: SpeechServer, tmp_path: Path) -> None:
    server.heeds_speed = False
    engine = made(Settings(openai_url=server.url))
    assert Narrator(engine, ClipCache(tmp_path)).speak([say()]) == Narration(1, 0)
    assert not engine.calibrated
    assert "speed" not in server.lines[0].question


def test_a_server_that_takes_no_speed_is_asked_without(server: SpeechServer, tmp_path: Path) -> None:
    server.takes_speed = False
    engine = made(Settings(openai_url=server.url))
    assert Narrator(engine, ClipCache(tmp_path)).speak([say()]) == Narration(1, 0)
    assert not engine.calibrated


def test_a_tempo_is_a_power_of_speed() -> None:
    tempo = openai_tempo.fitted({1.0: 160.0, 0.7: 112.0})
    assert tempo == Tempo(160.0, pytest.approx(1.0))
    assert tempo.speed(120) == 0.75
    assert (tempo.speed(1), tempo.speed(9999)) == (0.25, 4.0)
    assert Tempo(160.0, 0.1).speed(120) is None


def test_a_sample_that_is_no_speech_is_an_error() -> None:
    with pytest.raises(EngineError, match="silent"):
        openai_tempo.measured(Clip(np.zeros(20_000, np.float32), 22_050))
    hum = (np.sin(np.arange(22_050) / 9) * np.hanning(22_050)).astype(np.float32)
    with pytest.raises(EngineError, match="words a minute"):
        openai_tempo.measured(Clip(hum, 22_050))


def test_copies_speak_side_by_side(server: SpeechServer, tmp_path: Path) -> None:
    lines = [say(Utterance(text), number) for number, text in enumerate(PARAGRAPH)]
    narrator = Narrator(engine_for(server), ClipCache(tmp_path), another=lambda: engine_for(server), jobs=4)
    assert narrator.speak(lines) == Narration(len(PARAGRAPH), 0)
    assert sorted(one.question["input"] for one in server.asked) == sorted(PARAGRAPH)


@pytest.mark.skipif(sys.platform == "win32", reason="signals")
def test_an_interrupted_line_leaves_a_good_engine(server: SpeechServer, engine: OpenaiEngine) -> None:
    server.acts = [hang]
    timer = threading.Timer(0.3, signal.pthread_kill, (threading.main_thread().ident, signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        engine.speak(LINE, 20)
    timer.join()
    assert len(engine.speak(LINE, 20).samples)


def test_nothing_is_sent_before_somebody_speaks(server: SpeechServer, engine: OpenaiEngine) -> None:
    engine.identity(LINE)
    assert [voice.install for voice in engine.voices()] == [""] * len(openai.VOICES)
    assert server.asked == []


def test_without_a_server_the_engine_says_what_to_set() -> None:
    engine = made(Settings())
    with pytest.raises(EngineMissing) as caught:
        engine.speak(LINE, 20)
    assert "VOICEGUIDE_OPENAI_URL=http" in caught.value.hint
    assert "VOICEGUIDE_OPENAI_KEY" in caught.value.hint
    assert all(voice.install for voice in engine.voices())


def test_doctor_sends_words_to_those_alone_who_are_named(server: SpeechServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert all(voice.install for voice in made(Settings()).voices())
    looked_at = [name for name, _ in doctor._checks(Settings(openai_url=server.url))]
    assert "voice openai" not in looked_at
    assert "voice tone" in looked_at
    assert "voice openai" in [name for name, _ in doctor._checks(Settings(engine="openai"))]


def test_the_identity_names_server_model_and_voice() -> None:
    def identity(url: str = "", model: str = "", voice: str = "") -> str:
        return OpenaiEngine(Settings(openai_url=url, openai_model=model)).identity(Utterance("In.", voice=voice))

    urls = ["", "http://127.0.0.1:1/v1", "http://127.0.0.1:2/v1"]
    known = {identity(u, m, v) for u in urls for m in ("", "kokoro") for v in ("", "sage")}
    assert len(known) == 12
    assert identity("http://127.0.0.1:1/v1/") == identity("http://127.0.0.1:1/v1")
    assert identity(voice="alloy") == identity()
    assert "secret" not in identity("https://user:secret@voices.example/v1?key=secret#secret")
    assert identity("http://[")


@pytest.mark.parametrize("name", ["two\nlines", "x" * 201])
def test_a_voice_is_one_short_line(server: SpeechServer, engine: OpenaiEngine, name: str) -> None:
    with pytest.raises(UsageError, match="one short line"):
        engine.speak(Utterance("In.", voice=name), 20)
    assert server.asked == []


def test_the_test_server_speaks_as_the_default_engine_does() -> None:
    assert isinstance(Asked("", {}, {}), Asked)
    assert read(spoken("In.", 115))[1] == 22_050
