"""Kokoro's ONNX file taken apart where it knows how long each phoneme is to last.

The file is one graph: phonemes → lengths → sound, with one `speed` for all. Cut in two, lengths can be read, changed
phoneme by phoneme and handed back, which gives a sentence of exactly the length that was asked for. The first half
takes a twentieth of the whole's time, so that asking costs little.

ONNX is Protocol Buffers. The few fields that are needed are read and written here (wire format:
https://protobuf.dev/programming-guides/encoding, field numbers: onnx/onnx.proto), because the library that knows them
all is as large as the model. Weights are passed on as they are.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass

SPEED = "speed"
"""The graph's input that the lengths are divided by."""

_GRAPH = 7
_NODE, _NAME, _WEIGHTS, _INPUT, _OUTPUT = 1, 2, 5, 11, 12
_NODE_INPUT, _NODE_OUTPUT, _NODE_KIND = 1, 2, 4
_WEIGHTS_NAME = 8
_VARINT, _EIGHT_BYTES, _BYTES, _FOUR_BYTES = 0, 1, 2, 5
_TENSOR_OF_FLOATS = b"\x0a\x02\x08\x01"
"""TypeProto { tensor_type { elem_type: FLOAT } }, of whatever shape."""
_COPIED = ("Constant", "DynamicQuantizeLinear")
"""Nodes that both halves may hold, so that only floats cross the cut."""


class Unsplittable(ValueError):
    """This graph is not of the kind that is known here."""


@dataclass(frozen=True, slots=True)
class Halves:
    """Two models, as bytes, and the names of what goes in and out of them."""

    front: bytes
    """Inputs `tokens` (or what the file calls them) and `style`; outputs `lengths`, then `crossing`."""
    back: bytes
    """Inputs `frames`, in place of the lengths, `crossing` and some of the front's; outputs as in the whole model."""
    lengths: str
    frames: str
    crossing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Field:
    """One field of a message: its number, what it holds where that has a length, and all of its bytes."""

    number: int
    held: memoryview
    whole: memoryview


@dataclass(frozen=True, slots=True, eq=False)
class _Node:
    whole: memoryview
    kind: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Graph:
    """What a graph holds, as whole fields. `shell` is the rest of the model around it."""

    shell: tuple[memoryview, ...]
    name: memoryview
    nodes: tuple[_Node, ...]
    weights: dict[str, memoryview]
    inputs: dict[str, memoryview]
    outputs: dict[str, memoryview]


def split(model: bytes) -> Halves:
    """The halves of `model`, the contents of an ONNX file. Raises Unsplittable when it is not built as Kokoro is."""
    try:
        return _halves(_graph(memoryview(model)))
    except (LookupError, UnicodeDecodeError) as error:
        raise Unsplittable(f"not a model of Kokoro: {error!r}") from None


def _halves(graph: _Graph) -> Halves:
    divisions = [node for node in graph.nodes if node.kind == "Div" and node.inputs[1:] == (SPEED,)]
    if len(divisions) != 1:
        raise Unsplittable("the lengths of phonemes are not divided by the speed once")
    lengths, frames = divisions[0].inputs[0], divisions[0].outputs[0]
    early = _needed(graph, lengths)
    late = set(graph.nodes) - early - {divisions[0]}
    late |= _copied(early, taken=_taken(late))
    outside = _taken(late) - _made(late) - {frames}
    crossing = tuple(sorted(_made(early) & outside))
    front = _model(graph, early, (), (lengths, *crossing))
    return Halves(front, _model(graph, late, (frames, *crossing), tuple(graph.outputs)), lengths, frames, crossing)


def _taken(nodes: Collection[_Node]) -> set[str]:
    return {name for node in nodes for name in node.inputs}


def _made(nodes: Collection[_Node]) -> set[str]:
    return {name for node in nodes for name in node.outputs}


def _needed(graph: _Graph, output: str) -> set[_Node]:
    """The nodes that `output` is computed by."""
    maker = {name: node for node in graph.nodes for name in node.outputs}
    found: set[_Node] = set()
    wanted = [output]
    while wanted:
        node = maker.get(wanted.pop())
        if node is not None and node not in found:
            found.add(node)
            wanted += node.inputs
    return found


def _copied(early: Collection[_Node], taken: set[str]) -> set[_Node]:
    """Those that the late half needs, too, and that are as well done twice."""
    return {node for node in early if node.kind in _COPIED and taken.intersection(node.outputs)}


def _model(graph: _Graph, nodes: set[_Node], inputs: tuple[str, ...], outputs: tuple[str, ...]) -> bytes:
    """A model of `nodes` alone, that takes what it needs of the graph's own inputs, and `inputs`."""
    taken = _taken(nodes)
    parts = [graph.name, *(node.whole for node in graph.nodes if node in nodes)]
    parts += [whole for name, whole in (graph.weights | graph.inputs).items() if name in taken]
    parts += [memoryview(_floats(_INPUT, name)) for name in inputs]
    parts += [graph.outputs.get(name) or memoryview(_floats(_OUTPUT, name)) for name in outputs]
    return b"".join((*graph.shell, _message(_GRAPH, b"".join(parts))))


def _graph(model: memoryview) -> _Graph:
    fields = list(_fields(model))
    inside = [part for field in fields if field.number == _GRAPH for part in _fields(field.held)]
    return _Graph(
        shell=tuple(field.whole for field in fields if field.number != _GRAPH),
        name=next((field.whole for field in inside if field.number == _NAME), memoryview(b"")),
        nodes=tuple(_node(field) for field in inside if field.number == _NODE),
        weights=_by_name(inside, _WEIGHTS, _WEIGHTS_NAME),
        inputs=_by_name(inside, _INPUT, 1),
        outputs=_by_name(inside, _OUTPUT, 1),
    )


def _by_name(fields: list[_Field], wanted: int, name: int) -> dict[str, memoryview]:
    return {_texts(field, name)[0]: field.whole for field in fields if field.number == wanted}


def _node(field: _Field) -> _Node:
    return _Node(field.whole, _texts(field, _NODE_KIND)[0], _texts(field, _NODE_INPUT), _texts(field, _NODE_OUTPUT))


def _texts(field: _Field, wanted: int) -> tuple[str, ...]:
    return tuple(bytes(part.held).decode() for part in _fields(field.held) if part.number == wanted)


def _fields(message: memoryview) -> Iterator[_Field]:
    at = 0
    while at < len(message):
        start = at
        tag, at = _varint(message, at)
        held = memoryview(b"")
        if tag & 7 == _BYTES:
            length, at = _varint(message, at)
            held, at = message[at : at + length], at + length
        elif tag & 7 == _VARINT:
            _, at = _varint(message, at)
        else:
            at += {_EIGHT_BYTES: 8, _FOUR_BYTES: 4}[tag & 7]
        if at > len(message):
            raise IndexError("it ends in the middle")
        yield _Field(tag >> 3, held, message[start:at])


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    """The number at `at`, seven bits a byte from the lowest, and where the next begins."""
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def _floats(kind: int, name: str) -> bytes:
    """An input or output of floats in whatever shape."""
    return _message(kind, _message(1, name.encode()) + _message(2, _TENSOR_OF_FLOATS))


def _message(number: int, held: bytes) -> bytes:
    return _number(number << 3 | _BYTES) + _number(len(held)) + held


def _number(value: int) -> bytes:
    low, rest = value & 0x7F, value >> 7
    return bytes([low | 0x80]) + _number(rest) if rest else bytes([low])
