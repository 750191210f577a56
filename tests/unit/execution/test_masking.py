"""What a kernel says is heard without secrets, and otherwise as it was said."""

from __future__ import annotations

from typing import Any

import pytest

from jupyter_flow.execution.masking import Masking
from jupyter_flow.ports.kernels import Channel, Message
from jupyter_flow.secrets import MESSAGE

SECRET = "hunter2!"


def said(kind: str, parent: str = "cell", /, **content: Any) -> tuple[Channel, Message]:
    return "iopub", {
        "msg_type": kind,
        "parent_header": {"msg_id": parent},
        "content": content,
        "buffers": [],
    }


def stream(text: str, name: str = "stdout", parent: str = "cell") -> tuple[Channel, Message]:
    return said("stream", parent, name=name, text=text)


IDLE = said("status", execution_state="idle")


def texts(heard: Any) -> list[str]:
    return [
        message["text"] if channel == "process" else message["content"].get("text", "-")
        for channel, message in heard
    ]


def test_without_secrets_nothing_is_touched() -> None:
    arrived = [stream("hun"), IDLE]

    assert Masking().masked(arrived) is arrived


def test_a_secret_in_pieces_is_masked() -> None:
    masking = Masking([SECRET])
    heard = [texts(masking.masked([stream(letter)])) for letter in f"-{SECRET}-"]

    assert heard == [["-"], *[[]] * (len(SECRET) - 1), ["***"], ["-"]]


@pytest.mark.parametrize(
    "end",
    [
        IDLE,
        said("display_data", data={}),
        said("error", ename="E", evalue="", traceback=[]),
        said("clear_output", wait=False),
    ],
)
def test_what_waits_comes_before_what_ends_it(end: tuple[Channel, Message]) -> None:
    masking = Masking([SECRET])

    assert texts(masking.masked([stream("a hunt"), end])) == ["a ", "hunt", "-"]


def test_what_belongs_to_another_cell_or_is_no_output_ends_nothing() -> None:
    masking = Masking([SECRET])
    others = [said("status", "other", execution_state="idle"), said("comm_msg", data={})]

    assert texts(masking.masked([stream("hunt"), *others, stream("er2!")])) == ["-", "-", "***"]


def test_streams_are_apart() -> None:
    masking = Masking([SECRET])
    pieces = [stream("hunt"), stream("hunt", "stderr"), stream("er2!"), stream("er2?", "stderr")]

    assert texts(masking.masked(pieces)) == ["***", "hunter2?"]


def test_what_its_process_writes_waits_for_its_end() -> None:
    masking = Masking([SECRET])
    pieces: list[tuple[Channel, Message]] = [
        ("process", {"text": "x hunt"}),
        IDLE,
        ("process", {"text": "er2! hun"}),
    ]

    assert texts(masking.masked(pieces)) == ["x ", "-", "*** "]
    assert texts(masking.rest()) == ["hun"]
    assert masking.rest() == []


def test_outputs_of_all_kinds_and_replies_are_masked() -> None:
    masking = Masking([SECRET])
    display = said(
        "display_data",
        data={"text/html": f"<b>{SECRET}</b>", "application/x+json": {SECRET: [SECRET]}},
    )
    comm = said("comm_msg", comm_id="1", data={"method": "update", "state": {"value": SECRET}})
    comm[1]["buffers"] = [memoryview(SECRET.encode())]
    reply: tuple[Channel, Message] = (
        "shell",
        {
            "msg_type": "execute_reply",
            "parent_header": {},
            "content": {"status": "error", "ename": "E", "evalue": SECRET, "traceback": [SECRET]},
        },
    )

    heard = masking.masked([display, comm, reply])

    assert SECRET not in repr(heard)
    assert SECRET.encode() not in heard[1][1]["buffers"][0]
    assert heard[1][1]["content"]["data"]["state"] == {"value": "***"}
    assert heard[2][1]["content"]["status"] == "error"


@pytest.mark.parametrize("word", ["idle", "status", "stdout", "update", "text/plain", "error"])
def test_a_secret_that_is_a_word_of_the_protocol_breaks_nothing(word: str) -> None:
    heard = Masking([word]).masked(
        [
            stream("x"),
            said("display_data", data={"text/plain": "x"}),
            said("comm_msg", comm_id="update", data={"method": "x", "state": {}}),
            IDLE,
        ]
    )

    assert heard[0][1]["content"] == {"name": "stdout", "text": "x"}
    assert heard[1][1]["content"] == {"data": {"text/plain": "x"}}
    assert heard[2][1]["content"]["comm_id"] == "update"
    assert heard[-1][1]["content"] == {"execution_state": "idle"}


def test_a_kernel_can_tell_what_it_was_given() -> None:
    masking = Masking()

    heard = masking.masked([stream("secret: "), said(MESSAGE, text=SECRET), stream(SECRET)])

    assert texts(heard) == ["secret: ", "***"]
    assert texts(masking.masked([stream(f"again {SECRET}")])) == ["again ***"]
