"""How well spoken commands are heard in the room where the session itself plays.

    python tests/bench/commands.py                         the whole table: about an hour of one processor
    python tests/bench/commands.py --each 5 --levels 6     a first look

Needs the extras piper, kokoro (with voices in VOICEGUIDE_VOICES) and listen. Three families of voices say "Guide,
pause." and so on, at five speeds and several pitches; a session speaks and plays through a loudspeaker that rounds off
peaks, in a room with echoes; the microphone hears both, and noise. Levels are of the command over the session's speech,
in decibels at the microphone. The same microphone then hears the session alone, and people who talk to each other.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
import soxr
from numpy.typing import NDArray

from voiceguide import engines
from voiceguide.engines.kokoro import files as kokoro
from voiceguide.listening import WORDS, Listener, Recogniser
from voiceguide.listening.echo import RATE
from voiceguide.listening.pairs import LEAD
from voiceguide.model.script import Utterance
from voiceguide.settings import Settings, load

Signal = NDArray[np.float64]

ACCENTS = ("en-us", "en-gb", "en-gb-scotland", "en-gb-x-rp", "en-us-nyc", "en-gb-x-gbclan", "en-029", "en-gb-x-gbcwmd")
TALK = (
    "Yes. No. Okay. That is nice. A bit harder. Not there. Thank you. What time is it? Come here. The phone. My other "
    "foot. Really? What's next? Stop it. Don't stop. One more time. More, please. Say that again. It's softer now. The "
    "louder one. Repeat after me. Let's continue. Paws. Top. Shop. Text. Sofa. Loud. Next week. A short pause. Well. "
    "Guide me. The guide. A good guide. Guide dogs. Good night. Wait a moment. Go on. Hold on. It tickles. Warm."
)
SESSIONS = (
    ("foot-massage", "piper"),
    ("foot-massage-partner", "pyttsx3"),
    ("foot-massage-partner", "piper"),
    ("box-breathing", "piper"),
)
"""What is listened to without a command. Commands are said into the first."""
GAP = 8.0  # seconds from one command to the next
FIRST = 30.0  # seconds without a command: the filter learns the room


@dataclass(frozen=True, slots=True)
class Room:
    """How the loudspeaker and the room change what is played."""

    drive: float
    """How hard the loudspeaker is driven: 0.4 bends a full wave into tanh(1.6)/1.6."""
    decay: float
    """Seconds in which an echo falls by 60 dB."""
    delay: float
    """Seconds from the player to the microphone. The program holds what it hears back by `LEAD` on top."""
    noise: float
    """Of the microphone and the room, in decibels over the session's speech."""
    echo: float = 1.0
    """Share of the session's amplitude that reaches the microphone."""


ROOMS = {
    "plain": Room(0.4, 0.25, 0.06, -50),
    "harsh": Room(1.6, 0.45, 0.14, -35),
    "headphones": Room(0.4, 0.25, 0.06, -50, echo=0.0),
}
"""With headphones, levels are over the speech that the loudspeaker would play: all are heard over noise alone."""


@dataclass(frozen=True, slots=True)
class Said:
    """A command in a stream: its first and last sample."""

    start: int
    end: int
    word: str


class Voices:
    """Says things in many ways, the same way each time."""

    def __init__(self) -> None:
        self._settings: Settings = load({})
        self._engines = {name: engines.make(name, self._settings) for name in ("espeak", "piper", "kokoro")}
        here = {path.stem for path in self._settings.voices_folder.rglob("*.bin")}
        self._styles = sorted(here & set(kokoro.VOICES)) or [""]

    def say(self, text: str, number: int) -> Signal:
        """`text` in way `number`, at 16 kHz, its speech at a power of 1."""
        chance = random.Random(f"{text}{number}")
        family = ("espeak", "piper", "kokoro")[number % 3]
        voice = {"espeak": chance.choice(ACCENTS), "piper": "", "kokoro": chance.choice(self._styles)}[family]
        pitch = chance.choice((-3, -1, 0, 2, 4)) if family == "espeak" else 0
        taller = 1.0 if family == "espeak" else chance.choice((0.9, 0.95, 1.0, 1.05, 1.1))
        spoken = Utterance(text, voice=voice, rate=chance.choice((95, 110, 125, 140, 160)), pitch=pitch)
        clip = self._engines[family].speak(spoken, 120)
        samples = np.asarray(soxr.resample(clip.samples, clip.rate * taller, RATE), np.float64)
        loud = np.flatnonzero(np.abs(samples) > 0.02 * np.max(np.abs(samples)))
        samples = samples[loud[0] : loud[-1] + 1]
        return samples / _level(samples)

    def close(self) -> None:
        for engine in self._engines.values():
            engine.close()


def session(routine: str, engine: str, minutes: int) -> Signal:
    """What a session plays, mono at 16 kHz, its peak at 1."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.flac"
        command = [sys.executable, "-m", "voiceguide", "render", routine, "--length", f"{minutes}m", "-qq"]
        subprocess.run([*command, "--engine", engine, "-o", str(path)], check=True)
        samples, rate = soundfile.read(path)
    mono = np.asarray(soxr.resample(samples.mean(axis=1), rate, RATE))
    return mono / np.max(np.abs(mono))


def heard(played: Signal, room: Room, talk: Signal | None = None) -> Signal:
    """What the microphone hears of a session and of `talk`, whose level is over the session's speech at 1."""
    chance = np.random.default_rng(3)
    driven = np.tanh(room.drive * played) / room.drive
    echoed = _through(driven, _response(room, 1))
    echoed = np.pad(echoed, (round((room.delay + LEAD) * RATE), 0))[: len(played)]
    sum_ = room.echo * echoed / _level(echoed) + chance.standard_normal(len(played)) * 10 ** (room.noise / 20)
    if talk is not None:  # early by `LEAD` beside what is played, which the time from command to event then lacks
        sum_ += _through(talk, _response(room, 7))
    return 0.05 * sum_


def with_talk(played: Signal, texts: list[tuple[str, Signal]], level: float) -> tuple[Signal, Signal, list[Said]]:
    """What is played, what is said into it (at somewhere in every GAP), and when."""
    length = round((FIRST + GAP * len(texts) + 3) * RATE)
    played = np.tile(played, -(-length // len(played)))[:length]
    talk, said, chance = np.zeros(length), [], random.Random(5)
    for number, (word, speech) in enumerate(texts):
        start = round((FIRST + number * GAP + chance.uniform(0, GAP - 5)) * RATE)
        talk[start : start + len(speech)] += speech * 10 ** (level / 20)
        said.append(Said(start, start + len(speech), word))
    return played, talk, said


@dataclass(frozen=True, slots=True)
class Found:
    """What a listener made of a stream."""

    events: list[tuple[int, str]]
    """The sample at which a command was complete, and the word."""
    work: float
    """CPU seconds for each second of listening."""


def listened(hear: Recogniser, played: Signal, heard_: Signal) -> Found:
    """Feeds a stream in pieces of a tenth of a second."""
    listener, events, began = Listener(hear.hypotheses), [], time.process_time()
    for at in range(0, len(played), RATE // 10):
        span = slice(at, at + RATE // 10)
        events += [(min(span.stop, len(played)), word) for word in listener.listen(played[span], heard_[span])]
    return Found(events, (time.process_time() - began) * RATE / len(played))


def counted(found: Found, said: list[Said]) -> tuple[dict[str, tuple[int, int]], int, float]:
    """Hits and utterances by word; events that nobody said; the median seconds from a command's end to its event."""
    hits = {word: [0, 0] for word in WORDS}
    free, waits = list(found.events), []
    for one in said:
        hits[one.word][1] += 1
        mine = [event for event in free if one.end < event[0] < one.end + 1.5 * RATE and event[1] == one.word]
        if mine:
            hits[one.word][0] += 1
            waits.append((mine[0][0] - one.end) / RATE)
            free.remove(mine[0])
    return {word: (hit, all_) for word, (hit, all_) in hits.items()}, len(free), float(np.median(waits or [np.nan]))


def _through(signal: Signal, response: Signal) -> Signal:
    size = 1 << (len(signal) + len(response) - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(signal, size) * np.fft.rfft(response, size), size)[: len(signal)]


def _response(room: Room, seed: int) -> Signal:
    """A direct sound and a dying tail with half its power (Gaussian noise, as in Polack's model of a room)."""
    chance, size = np.random.default_rng(seed), round(room.decay * RATE)
    tail = chance.standard_normal(size) * 10 ** (-3 * np.arange(size) / size)
    tail[:40] = 0
    tail *= np.sqrt(0.25 / np.sum(tail**2))
    tail[0] = 1
    return tail


def _level(signal: Signal) -> float:
    """Root mean square over what is speech: tenths of a second within 12 dB of the loudest but for a twentieth."""
    size = min(RATE // 10, len(signal))
    parts = np.sqrt(np.mean(signal[: len(signal) // size * size].reshape(-1, size) ** 2, axis=1))
    return float(np.sqrt(np.mean(parts[parts > 0.25 * np.percentile(parts, 95)] ** 2)))


def main() -> None:
    """Prints the table as it grows."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--each", type=int, default=50, help="utterances of each command")
    parser.add_argument("--levels", type=float, nargs="*", default=[0, 6, 12])
    parser.add_argument("--minutes", type=int, default=30, help="of each session without a command")
    parser.add_argument("--rooms", nargs="*", default=list(ROOMS), choices=ROOMS)
    asked = parser.parse_args()
    sessions = [session(*one, asked.minutes) for one in SESSIONS]
    played, voices, hear = sessions[0], Voices(), Recogniser()
    commands = [(word, voices.say(f"Guide, {word}.", number)) for number in range(asked.each) for word in WORDS]
    random.Random(3).shuffle(commands)
    phrases = [text.strip() for text in TALK.replace("?", "?|").replace(".", ".|").split("|") if text.strip()]
    talk = [(next(iter(WORDS)), voices.say(text, number)) for number in (0, 1, 2) for text in phrases]
    voices.close()
    print(f"| room | level | {' | '.join(WORDS)} | all | unasked | latency, s | CPU s a second |", flush=True)
    print("|---|---:|" + "---:|" * (len(WORDS) + 4))
    for name in asked.rooms:
        for level in asked.levels if ROOMS[name].echo else asked.levels[:1]:
            stream, said_, said = with_talk(played, commands, level)
            found = listened(hear, stream, heard(stream, ROOMS[name], said_))
            hits, more, wait = counted(found, said)
            whole = sum(hit for hit, _ in hits.values()) / max(1, len(said))
            row = " | ".join(f"{hit}/{all_}" for hit, all_ in hits.values())
            print(
                f"| {name} | {level:g} dB | {row} | {whole:.1%} | {more} | {wait:.2f} | {found.work:.3f} |", flush=True
            )
        for (routine, engine), alone in zip(SESSIONS, sessions, strict=True) if ROOMS[name].echo else ():
            found = listened(hear, alone, heard(alone, ROOMS[name]))
            words = [word for _, word in found.events]
            minutes = len(alone) / RATE / 60
            print(f"{name}: {routine} by {engine}, {minutes:.0f} min: {words}, {found.work:.3f}", flush=True)
        stream, said_, said = with_talk(played, talk, 12)
        found = listened(hear, stream, heard(stream, ROOMS[name], said_))
        words = [word for _, word in found.events]
        print(f"{name}: people talking, {len(said)} phrases: {words}", flush=True)


if __name__ == "__main__":
    main()
