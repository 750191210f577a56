"""Browsers are told views, and their requests are read, or refused in words that help them."""

from __future__ import annotations

import json

import pytest

from jupyter_flow.core.errors import UsageError
from jupyter_flow.wire import api
from jupyter_flow.wire.exchange import decode_request, encode_view

MOVE = api.MoveView(task="train", index=2, state="running", attempt=1, reason="")


def test_a_view_is_sent_with_all_its_fields_and_a_list_as_a_list() -> None:
    event = api.RunEvent(run="r", seq=3, at="2026-01-31T06:00:00+00:00", what="x", moves=[MOVE])

    sent = json.loads(encode_view([event, MOVE]))

    assert sent[0]["kind"] == "run_event"
    assert sent[0]["reload"] is False
    assert sent[0]["moves"] == [sent[1]]
    assert encode_view([]) == "[]"


def test_users_values_are_sent_as_strict_json() -> None:
    request = api.StartRequest(flow="etl", params={"auc": float("nan"), "name": "Zoë"})

    assert '{"$float":"nan"}' in encode_view(request)
    assert "Zoë" in encode_view(request)


def test_what_is_left_out_of_a_request_has_its_default() -> None:
    assert decode_request(b'{"flow": "etl"}', api.StartRequest) == api.StartRequest(flow="etl")


def test_requests_of_the_stream_are_told_apart_by_their_kind() -> None:
    asked = decode_request('{"kind": "watch_run", "run": "r", "after": 7}', api.StreamRequest)

    assert asked == api.WatchRun(run="r", after=7)


@pytest.mark.parametrize(
    ("text", "shape", "said"),
    [
        ("", api.StartRequest, "'StartRequest': the whole: Invalid JSON"),
        ("[]", api.StartRequest, "'StartRequest': the whole: "),
        ("{}", api.StartRequest, "'StartRequest': flow: "),
        ('{"flow": 1}', api.StartRequest, "flow: Input should be a valid string"),
        ('{"tasks": ["a", 2]}', api.TasksRequest, "tasks.1: Input should be a valid string"),
        ('{"downsteam": true}', api.TasksRequest, "downsteam: there is no such field; known: down"),
        ('{"flow": "f", "x": 1}', api.StartRequest, "x: there is no such field; known: flow, par"),
        ('{"task": "a", "state": "ok"}', api.MarkRequest, "state: Input should be 'succeeded'"),
        ('{"flow": "f", "params": {"x": {"$y": 1}}}', api.StartRequest, "params.x: "),
        ('{"run": "r"}', api.StreamRequest, "'WatchRun | WatchRuns | WatchAttempt | Unwatch': "),
        ('{"kind": "watch_run"}', api.StreamRequest, "watch_run.run: "),
    ],
)
def test_a_request_that_cannot_be_read_is_told_what_is_wrong_with_it(
    text: str, shape: object, said: str
) -> None:
    with pytest.raises(UsageError) as caught:
        decode_request(text, shape)

    assert caught.value.code == "JF414"
    assert said in caught.value.what
    assert "api.json" in caught.value.hint
