"""A voice's neural network: phonemes in, samples out; and the length of each phoneme, which it keeps to itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from voiceguide.audio.clip import Samples
from voiceguide.engines.piper.lengths import Lengths

FINENESS = 1000
"""Lengths are told in this part of a frame."""
_CEIL = re.compile(rb'\x12.([\x20-\x7e]+?)(?:\x1a.[\x20-\x7e]+?)?"\x04Ceil', re.DOTALL)
"""In ONNX's wire format, a node's output (field 2), its name (3) and its kind (4), which is to round up. Every voice
has one such node: it makes the lengths whole."""


class Network:
    """A model of piper, run on one thread and without chance, so that the same phonemes give the same samples."""

    def __init__(self, content: bytes, hop: int) -> None:
        self._tap = tap(content)
        self._hop = hop
        self._session = _session(content + _output(self._tap) if self._tap else content)
        self._takes = {given.name for given in self._session.get_inputs()}

    def lengths(self, signs: Sequence[int], speaker: int | None) -> Lengths:
        """The natural length of each of `signs` in frames, shape (len(signs),).

        The model makes its lengths known before it speaks. At a negative scale they are below zero and round up to
        nothing, so that hardly anything is spoken, at a twelfth of the cost.
        """
        if not self._tap:
            spoken = self._run(signs, 1.0, speaker, None)
            return np.full(len(signs), max(len(spoken) / self._hop / len(signs) - 0.5, 0.1))
        whole = self._run(signs, -FINENESS, speaker, self._tap)
        return -whole.astype(np.float64) / FINENESS

    def speak(self, signs: Sequence[int], scale: float, speaker: int | None) -> Samples:
        """Mono samples as the model gives them, at any level."""
        return self._run(signs, scale, speaker, None).astype(np.float32)

    def _run(self, signs: Sequence[int], scale: float, speaker: int | None, output: str | None) -> NDArray[Any]:
        given = {
            "input": np.array([signs], np.int64),
            "input_lengths": np.array([len(signs)], np.int64),
            # noise of the voice, length, noise of the lengths: without noise the samples are always the same, and by
            # DNSMOS, span of the pitch and treble it sounds no worse (see tests/bench/README.md)
            "scales": np.array([0.0, scale, 0.0], np.float32),
        }
        if "sid" in self._takes:
            given["sid"] = np.array([speaker or 0], np.int64)
        found = self._session.run([output] if output else None, given)[0]
        return np.asarray(found).reshape(-1)


def tap(content: bytes) -> str:
    """The name of the value in a model that holds its lengths; "" when there is none, or several might be."""
    names = {name.decode() for name in _CEIL.findall(content)}
    return names.pop() if len(names) == 1 else ""


def _output(name: str) -> bytes:
    """A model of nothing but one more output: protobuf merges messages that are written one after the other."""
    return _field(7, _field(12, _field(1, name.encode())))  # model.graph, graph.output, its name


def _field(number: int, content: bytes) -> bytes:
    """A protobuf field of less than 128 bytes."""
    return bytes([number << 3 | 2, len(content)]) + content


def _session(content: bytes) -> Any:
    import onnxruntime

    onnxruntime.set_default_logger_severity(3)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    # More than the basic steps doubles the time to load and gains nothing.
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    return onnxruntime.InferenceSession(content, sess_options=options, providers=["CPUExecutionProvider"])
