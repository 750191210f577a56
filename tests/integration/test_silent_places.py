"""A place behind a link that breaks without a word: nobody waits for it for long."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import fsspec
import pytest

from jupyter_flow.artifacts import place, s3
from jupyter_flow.artifacts.place import Place
from jupyter_flow.core.errors import FlowError

pytestmark = pytest.mark.slow


class Silent:
    """A server that takes connections and says nothing, or ``answer`` and then nothing more."""

    answer = b""

    def __init__(self) -> None:
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        self.taken: list[socket.socket] = []
        self._thread = threading.Thread(target=self._take)
        self._thread.start()

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        for each in (*self.taken, self._listening):
            each.close()

    def _take(self) -> None:
        with suppress(OSError):
            while True:
                self.taken.append(self._listening.accept()[0])
                if self.answer:
                    self.taken[-1].recv(2**16)
                    self.taken[-1].sendall(self.answer)


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch) -> Iterator[Silent]:
    made = Silent()
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "something")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{made.port}")
    monkeypatch.setitem(fsspec.config.conf, "s3", {"config_kwargs": {"read_timeout": 0.5}})
    yield made
    made.close()


def test_a_place_that_keeps_silent_is_asked_twice_and_then_left_alone_for_a_while(
    silent: Silent, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_LONG", 0.5)
    shared = Place("s3://team/churn", "the shared home", is_patient=False)

    with pytest.raises(FlowError, match=r"s3://team/churn cannot be used: \w*Timeout"):
        shared.about("a")
    assert len(silent.taken) == 2
    with pytest.raises(FlowError, match="it did not answer a moment ago") as caught:
        shared.about("a")
    assert caught.value.code == "JF607"
    assert len(silent.taken) == 2, "nobody has asked"

    monkeypatch.setattr(shared, "_silent_until", 0.0)
    with pytest.raises(FlowError, match="Timeout"):
        shared.about("a")


@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no such limit")
def test_what_is_on_its_way_when_nobody_listens_any_more_is_given_up(
    silent: Silent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(s3, "_SILENCE", 3)
    silent.answer = b"HTTP/1.1 100 Continue\r\n\r\n"

    with pytest.raises(FlowError, match=r"cannot be used: (?!FSTimeout)"):
        put_much(tmp_path)


def test_what_may_never_be_sent_is_given_up(
    silent: Silent, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(place, "_ENOUGH", 0.5)
    monkeypatch.setattr(place, "_SLOWEST", 1e9)

    with pytest.raises(FlowError, match="cannot be used: FSTimeoutError"):
        put_much(tmp_path)


def put_much(folder: Path) -> None:
    (folder / "large").write_bytes(bytes(40_000_000))
    shared = Place("s3://team/churn", "the shared home", is_patient=False)
    shared.put(folder / "large", "large")
