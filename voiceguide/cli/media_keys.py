"""Media keys, headsets and the desktop's own buttons, on Linux with the extra `media`: MPRIS over the session bus.

MPRIS D-Bus Interface Specification 2.2, https://specifications.freedesktop.org/mpris-spec/2.2/
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from threading import Event, Thread
from typing import TYPE_CHECKING, Any

from voiceguide.model.live import Command, State, Status

if TYPE_CHECKING:
    from dbus_fast import Message
    from dbus_fast.aio import MessageBus

PATH = "/org/mpris/MediaPlayer2"
NAME = "org.mpris.MediaPlayer2"
PLAYER = "org.mpris.MediaPlayer2.Player"
PROPERTIES = "org.freedesktop.DBus.Properties"
_LOOK = 0.25
"""Seconds between two looks for something to tell the desktop."""
_PRESSED: dict[str, Command] = {
    "PlayPause": Command.PAUSE,
    # Not as one key that does either: what a desktop knows of the session is a moment old.
    "Play": Command.GO_ON,
    "Pause": Command.HOLD,
    "Next": Command.NEXT,
    "Previous": Command.PREVIOUS,
    # Whoever stops it with a button far away may not have meant for good.
    "Stop": Command.KEEP,
}
_PLAYBACK: dict[State, str] = {"paused": "Paused", "lost": "Paused", "ended": "Stopped"}
"""What a desktop knows of: a device that is lost is tried again with the same button that ends a pause."""
_IGNORED = ("Seek", "SetPosition", "OpenUri", "Raise", "Quit")


@contextmanager
def media_keys(press: Callable[[Command], None], status: Callable[[], Status]) -> Iterator[None]:
    """Presses what others press, and tells them what is played. Where there is no bus or no extra, nothing."""
    if sys.platform != "linux" or "DBUS_SESSION_BUS_ADDRESS" not in os.environ or not find_spec("dbus_fast"):
        yield
        return
    over = Event()
    thread = Thread(target=_serve, args=(_Desk(press, status), over), name="voiceguide-media", daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(1.0)


class _Desk:
    """Answers a desktop."""

    def __init__(self, press: Callable[[Command], None], status: Callable[[], Status]) -> None:
        self._press = press
        self._status = status

    def answer(self, call: Message) -> Message | None:
        """The reply to one call; None for one that is not ours."""
        from dbus_fast import Message, MessageType

        if call.message_type is not MessageType.METHOD_CALL or call.path != PATH:
            return None
        if call.interface == PROPERTIES and call.member in ("Get", "GetAll", "Set"):
            return self._told(call)
        if call.interface not in (NAME, PLAYER):
            return None
        if command := _PRESSED.get(call.member or ""):
            self._press(command)
        elif call.member not in _IGNORED:
            return Message.new_error(call, "org.freedesktop.DBus.Error.UnknownMethod", f"no {call.member}")
        return Message.new_method_return(call)

    def properties(self, interface: str) -> dict[str, Any]:
        """All of an interface, as variants."""
        from dbus_fast import Variant

        if interface == NAME:
            known = {"CanQuit": False, "CanRaise": False, "HasTrackList": False}
            lists: dict[str, list[str]] = {"SupportedUriSchemes": [], "SupportedMimeTypes": []}
            texts = {"Identity": Variant("s", "voiceguide")}
            return {**_switches(known), **{name: Variant("as", value) for name, value in lists.items()}, **texts}
        can = dict.fromkeys(("CanGoNext", "CanGoPrevious", "CanPlay", "CanPause", "CanControl"), True)
        return {**_switches({**can, "CanSeek": False}), **self.changing(), "Position": Variant("x", self._micros())}

    def changing(self) -> dict[str, Any]:
        """What a desktop wants to be told of when it changes."""
        from dbus_fast import Variant

        status = self._status()
        about = {
            "mpris:trackid": Variant("o", f"{PATH}/section{status.number}"),
            "mpris:length": Variant("x", status.length * 1_000_000 // status.rate),
            "xesam:title": Variant("s", status.section),
            "xesam:album": Variant("s", status.title),
            "xesam:trackNumber": Variant("i", status.number),
        }
        return {
            "PlaybackStatus": Variant("s", _PLAYBACK.get(status.state, "Playing")),
            "Metadata": Variant("a{sv}", about),
        }

    def _told(self, call: Message) -> Message:
        from dbus_fast import Message

        known = self.properties(call.body[0]) if call.body[0] in (NAME, PLAYER) else {}
        if call.member == "GetAll":
            return Message.new_method_return(call, "a{sv}", [known])
        if call.member == "Get" and call.body[1] in known:
            return Message.new_method_return(call, "v", [known[call.body[1]]])
        return Message.new_error(
            call, "org.freedesktop.DBus.Error.PropertyReadOnly", "it cannot be set, or is not there"
        )

    def _micros(self) -> int:
        status = self._status()
        return status.position * 1_000_000 // status.rate


def _switches(values: dict[str, bool]) -> dict[str, Any]:
    from dbus_fast import Variant

    return {name: Variant("b", value) for name, value in values.items()}


def _serve(desk: _Desk, over: Event) -> None:
    import asyncio

    try:
        asyncio.run(_served(desk, over))
    except Exception:  # a desktop that cannot be reached takes nothing from a session that is heard
        return


async def _served(desk: _Desk, over: Event) -> None:
    from dbus_fast.aio import MessageBus

    bus = await MessageBus().connect()
    try:
        bus.add_message_handler(desk.answer)
        await bus.request_name(f"{NAME}.voiceguide.instance{os.getpid()}")
        await _told_of_changes(desk, over, bus)
    finally:
        bus.disconnect()
        leaving: Any = bus
        await leaving.wait_for_disconnect()


async def _told_of_changes(desk: _Desk, over: Event, bus: MessageBus) -> None:
    import asyncio

    from dbus_fast import Message

    before: dict[str, Any] = {}
    while not over.is_set():
        now = desk.changing()
        if changed := {name: value for name, value in now.items() if before.get(name) != value}:
            await bus.send(Message.new_signal(PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", [PLAYER, changed, []]))
        before = now
        await asyncio.sleep(_LOOK)
