"""The loudspeakers, through the miniaudio library: its wheel plays on Linux, macOS and Windows by itself."""

from __future__ import annotations

import sys
from collections.abc import Generator
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from voiceguide.errors import EngineMissing, OutputFailed, UsageError

if TYPE_CHECKING:
    from voiceguide.audio.clip import Samples
    from voiceguide.outputs import Pull

SYSTEMS = ("wasapi", "dsound", "winmm", "coreaudio", "sndio", "audio4", "oss", "pulseaudio", "alsa", "jack", "null")
"""Sound systems in the order in which they are tried; `null` only when it is asked for."""
PERIOD_MS = 50
"""Milliseconds of sound asked for at once. The library keeps three of them."""
_INSTALL = 'install it: pip install "miniaudio>=1.60"'
_NONE = "use a machine with loudspeakers, or make a file instead: voiceguide render"


class MiniaudioOutput:
    """The default device of the first sound system that has one, or of the one that is named."""

    name = "miniaudio"
    patient = False

    def __init__(self, parameter: str = "") -> None:
        if parameter and parameter not in SYSTEMS:
            raise UsageError(f"there is no sound system called '{parameter}'", f"use one of {', '.join(SYSTEMS)}")
        self._systems = (parameter,) if parameter else SYSTEMS[:-1]
        self.consumed = 0
        self.fault = ""
        self._device: Any = None

    def open(self, rate: int, pull: Pull) -> None:
        self.close()
        try:
            import miniaudio
        except ImportError as error:
            raise EngineMissing(f"sound cannot be played: {error}", _INSTALL) from error
        _hush()
        here = {backend.name.lower(): backend for backend in miniaudio.get_enabled_backends()}
        for system in self._systems:
            if system in here and self._started(miniaudio, here[system], rate, pull):
                return
        raise OutputFailed("there is no sound device that can be played on", _NONE)

    def close(self) -> None:
        device, self._device = self._device, None
        if device is not None:
            device.close()

    def _started(self, miniaudio: Any, backend: Any, rate: int, pull: Pull) -> bool:
        """Whether a sound system plays. Each is tried by itself: the library stops at the first that is installed."""
        self.fault = ""
        frames = self._frames(pull)
        next(frames)
        try:
            device = miniaudio.PlaybackDevice(
                miniaudio.SampleFormat.FLOAT32, 2, rate, PERIOD_MS, backends=[backend], app_name="voiceguide"
            )
            self._device = device
            device.stop_callback = lambda: self._stopped(device)
            device.start(frames)
        except miniaudio.MiniaudioError:
            with suppress(miniaudio.MiniaudioError):
                self.close()
            return False
        return True

    def _stopped(self, device: Any) -> None:
        """Called by the library when a device stops: also when we stop it, and not always when it is pulled out."""
        if device is self._device:
            self.fault = "the device stopped"

    def _frames(self, pull: Pull) -> Generator[bytes, int, None]:
        """What the library asks for its sound. It would pass over an exception in silence, and keep on running."""
        sound = b""
        while True:
            wanted = yield sound
            try:
                samples = pull(wanted)
            except Exception as error:
                self.fault = f"its callback failed: {error}"
                return
            sound = _bytes(samples)
            self.consumed += wanted


def _bytes(samples: Samples) -> bytes:
    return samples.astype("<f4", copy=False).tobytes()


def _hush() -> None:
    """Keeps the C libraries of Linux from writing on the screen that they find no device.

    Their handlers take any arguments, so a C function without any stands in for them and nothing of ours is called.
    """
    if not sys.platform.startswith("linux"):
        return
    import ctypes

    nothing = ctypes.CDLL(None).getpid
    for library, setters in _TALKATIVE:
        with suppress(OSError, AttributeError):
            loaded = ctypes.CDLL(library)
            for setter in setters:
                getattr(loaded, setter)(nothing)


_TALKATIVE = (
    ("libasound.so.2", ("snd_lib_error_set_handler",)),
    ("libjack.so.0", ("jack_set_error_function", "jack_set_info_function")),
)
