"""The guard says when memory is short, and tells those who can give some back."""

from __future__ import annotations

from jupyter_flow.app import memory


def test_who_can_give_memory_back_is_told_when_it_is_short() -> None:
    told: list[str] = []
    has_memory = memory.guard(2**62, short=lambda: told.append("short"))
    if memory.free_memory() is None:
        assert has_memory()
        return
    assert not has_memory()
    assert told == ["short"]


def test_nobody_is_bothered_while_there_is_enough() -> None:
    told: list[str] = []
    assert memory.guard(1, short=lambda: told.append("short"))()
    assert memory.guard(0, short=lambda: told.append("short"))()
    assert told == []
