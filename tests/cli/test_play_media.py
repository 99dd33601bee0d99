"""What a desktop presses reaches the session, and what is played reaches the desktop: on a bus of its own."""

import asyncio
import gc
import os
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from voiceguide.cli import media_keys
from voiceguide.cli.media_keys import NAME, PATH, PLAYER, PROPERTIES
from voiceguide.model.live import Command, State, Status
from voiceguide.model.units import Frames

dbus_fast = pytest.importorskip("dbus_fast")
LONG = 60.0
"""Seconds for what comes in an instant, on a machine that may let nobody work for a while."""
MOMENT = Status(
    "playing",
    "Rest",
    1000,
    Frames(1500),
    Frames(60_000),
    "Arrive",
    1,
    2,
    Frames(0),
    Frames(9000),
    "",
    "",
    0,
    0,
    False,
    115,
)


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A session bus that nobody else is on."""
    daemon = shutil.which("dbus-daemon")
    if not daemon:
        pytest.skip("there is no dbus-daemon here")
    with subprocess.Popen(
        [daemon, "--session", "--nofork", "--print-address"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as running:
        assert running.stdout is not None
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", running.stdout.readline().strip())
        yield
        running.terminate()


class Desktop:
    """Calls of one program, and what it was told."""

    def __init__(self, bus: Any) -> None:
        self._bus = bus
        self.told: list[dict[str, Any]] = []
        bus.add_message_handler(self._hear)

    def _hear(self, message: Any) -> None:
        if message.member == "PropertiesChanged":
            self.told.append({name: value.value for name, value in message.body[1].items()})

    async def call(self, member: str, *body: str, interface: str = PLAYER, to: str = "", path: str = PATH) -> Any:
        to = to or f"{NAME}.voiceguide.instance{os.getpid()}"
        signature = "s" * len(body)
        return await self._bus.call(
            dbus_fast.Message(
                destination=to, path=path, interface=interface, member=member, signature=signature, body=[*body]
            )
        )

    async def leave(self) -> None:
        self._bus.disconnect()
        await self._bus.wait_for_disconnect()

    async def until_there(self) -> None:
        there, end = False, time.monotonic() + LONG
        while not there and time.monotonic() < end:
            names = await self.call("ListNames", interface=BUS, to=BUS, path="/org/freedesktop/DBus")
            there = any("voiceguide" in name for name in names.body[0])
        await self.call("AddMatch", "type='signal'", interface=BUS, to=BUS, path="/org/freedesktop/DBus")


BUS = "org.freedesktop.DBus"


async def connected() -> Desktop:
    from dbus_fast.aio import MessageBus

    desktop = Desktop(await MessageBus().connect())
    await desktop.until_there()
    return desktop


@pytest.mark.usefixtures("bus")
def test_buttons_of_the_desktop_are_commands_and_it_is_told_what_is_played() -> None:
    pressed: list[Command] = []
    moment = MOMENT

    async def use() -> Desktop:
        nonlocal moment
        desktop = await connected()
        for member in ("PlayPause", "Next", "Previous", "Play", "Pause", "Seek", "Stop"):
            assert not (await desktop.call(member)).error_name
        assert (await desktop.call("Explode")).error_name.endswith("UnknownMethod")
        known = (await desktop.call("GetAll", PLAYER, interface=PROPERTIES)).body[0]
        assert known["PlaybackStatus"].value == "Playing"
        assert known["Position"].value == 1_500_000
        assert known["Metadata"].value["xesam:title"].value == "Arrive"
        assert (await desktop.call("Get", NAME, "Identity", interface=PROPERTIES)).body[0].value == "voiceguide"
        assert (await desktop.call("Get", NAME, "Nothing", interface=PROPERTIES)).error_name
        moment = replace(MOMENT, state="paused", section="Close", number=2)
        await desktop.call("Play")
        end = time.monotonic() + LONG
        while not any(told.get("PlaybackStatus") == "Paused" for told in desktop.told) and time.monotonic() < end:
            await asyncio.sleep(0.05)
        await desktop.leave()
        return desktop

    with media_keys.media_keys(pressed.append, lambda: moment):
        desktop = asyncio.run(use())
    assert pressed == [
        Command.PAUSE,
        Command.NEXT,
        Command.PREVIOUS,
        Command.GO_ON,
        Command.HOLD,
        Command.KEEP,
        Command.GO_ON,
    ]
    assert desktop.told[-1]["Metadata"]["xesam:title"].value == "Close"


@pytest.mark.parametrize(
    ("state", "playback"),
    [
        ("playing", "Playing"),
        ("preparing", "Playing"),
        ("paused", "Paused"),
        ("lost", "Paused"),
        ("ended", "Stopped"),
    ],
)
def test_play_and_pause_do_what_they_say(state: State, playback: str) -> None:
    pressed: list[Command] = []
    desk = media_keys._Desk(pressed.append, lambda: replace(MOMENT, state=state))
    assert desk.changing()["PlaybackStatus"].value == playback
    for member, command in {"Play": Command.GO_ON, "Pause": Command.HOLD}.items():
        call = dbus_fast.Message(destination="a.b", path=PATH, interface=PLAYER, member=member)
        call.sender, call.serial = ":1.1", 1
        assert desk.answer(call) is not None
        assert pressed == [command]
        pressed.clear()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("address", ["", "unix:path=/nowhere/at/all"])
def test_without_a_bus_a_session_plays_as_ever(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
    with media_keys.media_keys(lambda _command: None, lambda: MOMENT):
        time.sleep(0.2)
    for thread in threading.enumerate():
        if thread.name == "voiceguide-media":
            thread.join(LONG)
    gc.collect()  # here, where the library's socket that found nobody may be complained about
