"""Messages of several parts come out of a stream as they went in, however it is cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from jupyter_flow.execution.forked.line import Unpacker, pack

MESSAGES = st.lists(st.lists(st.binary(max_size=40), min_size=1, max_size=5), max_size=6)


@given(messages=MESSAGES, cuts=st.lists(st.integers(1, 60), min_size=1, max_size=8))
def test_any_cuts_of_the_stream_give_the_same_messages(
    messages: list[list[bytes]], cuts: list[int]
) -> None:
    stream = b"".join(map(pack, messages))
    unpacker, found, at, turn = Unpacker(), [], 0, 0
    while at < len(stream):
        size = cuts[turn % len(cuts)]
        found += unpacker.feed(stream[at : at + size])
        at, turn = at + size, turn + 1
    assert found == messages


def test_a_part_may_be_any_buffer() -> None:
    numbers = memoryview(bytearray(range(8))).cast("H")
    assert Unpacker().feed(pack([b"head", numbers])) == [[b"head", bytes(range(8))]]
