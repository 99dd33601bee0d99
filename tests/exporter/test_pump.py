from __future__ import annotations

import threading

import numpy as np
import pytest

from voiceguide.exporter.pump import Block, Pump


def block(value: float) -> Block:
    return np.full((2, 2), value, np.float32)


def test_blocks_arrive_in_order_on_another_thread() -> None:
    taken: list[float] = []
    threads = set()

    def take(given: Block) -> None:
        taken.append(float(given[0, 0]))
        threads.add(threading.current_thread())

    with Pump(take, lambda: taken.append(-1)) as pump:
        for value in range(100):
            pump.put(block(value))
    assert taken == [*range(100), -1]
    assert threading.current_thread() not in threads


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_what_the_sink_raises_comes_out_and_nothing_hangs(error: type[BaseException]) -> None:
    finished: list[bool] = []

    def take(_: Block) -> None:
        raise error

    def fill() -> None:
        with Pump(take, lambda: finished.append(True)) as pump:
            for value in range(100):
                pump.put(block(value))

    with pytest.raises(error):
        fill()
    assert not finished


def test_what_the_last_block_or_the_end_raises_comes_out() -> None:
    def fail(*_: object) -> None:
        raise ValueError

    for sink, finish in ((fail, lambda: None), (lambda _: None, fail)):
        with pytest.raises(ValueError), Pump(sink, finish) as pump:  # noqa: PT011
            pump.put(block(1))


def test_an_interrupted_maker_stops_the_work() -> None:
    taken: list[Block] = []
    gate = threading.Event()

    def take(given: Block) -> None:
        gate.wait(10)
        taken.append(given)

    def fill() -> None:
        with Pump(take, lambda: taken.append(block(-1))) as pump:
            for value in range(4):
                pump.put(block(value))
            threading.Timer(0.1, gate.set).start()
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fill()
    assert len(taken) <= 1
    assert not [thread for thread in threading.enumerate() if thread.name == "voiceguide-pump"]
