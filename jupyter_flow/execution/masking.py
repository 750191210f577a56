"""Secrets are taken out of what a kernel says as soon as it is heard: nobody later has them.

Texts of streams may come in pieces, so a piece that may be the beginning of a secret waits for the
next one, or for the end of what it belongs to. Pictures and files are not looked into.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from jupyter_flow.core.secrets import Mask
from jupyter_flow.ports.kernels import Channel, Message
from jupyter_flow.secrets import MESSAGE

#: What ends a stream's piece in the notebook: what follows does not stand beside it.
_ENDS = ("display_data", "execute_result", "error", "clear_output")
#: Where in a message there is what a notebook says; all else is the protocol's.
_FREE = ("code", "data", "metadata", "ename", "evalue", "traceback", "user_expressions")
_PROCESS = "process"


class Masking:
    """Masks what one kernel says. What it says that it was given as a secret is masked as well."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._mask = Mask(secrets)
        #: By stream: what was said last of it, with the text that waits.
        self._waiting: dict[str, tuple[Channel, Message]] = {}

    def masked(
        self, arrived: Sequence[tuple[Channel, Message]]
    ) -> Sequence[tuple[Channel, Message]]:
        """*arrived* without secrets, as far as it need not wait."""
        told = [m["content"]["text"] for _, m in arrived if m.get("msg_type") == MESSAGE]
        if not (told or self._mask):
            return arrived
        self._mask.add(*told)
        return [each for heard in arrived for each in self._taken(*heard)]

    def rest(self) -> Sequence[tuple[Channel, Message]]:
        """What waits: nothing will follow it."""
        return [self._released(name) for name in list(self._waiting)]

    def _taken(self, channel: Channel, message: Message) -> Iterator[tuple[Channel, Message]]:
        if channel == _PROCESS:
            yield from self._piece(_PROCESS, channel, message, message["text"])
            return
        content, kind = message["content"], message["msg_type"]
        if kind == MESSAGE:
            return
        if channel == "iopub" and kind == "stream":
            yield from self._piece(str(content["name"]), channel, message, content["text"])
            return
        if channel == "iopub" and self._is_end(message):
            parent = message["parent_header"].get("msg_id")
            for name, (_, begun) in list(self._waiting.items()):
                if name != _PROCESS and begun["parent_header"].get("msg_id") == parent:
                    yield self._released(name)
        free = {each: self._free(content[each]) for each in _FREE if each in content}
        masked = {**message, "content": {**content, **free}}
        if message.get("buffers"):
            masked["buffers"] = [self._mask.bytes(bytes(each)) for each in message["buffers"]]
        yield channel, masked

    def _free(self, value: Any) -> Any:
        """*value* without secrets; the words of the protocol in it stay."""
        if isinstance(value, dict):
            return {name: self._mask.value(each) for name, each in value.items()}
        return self._mask.value(value)

    def _piece(
        self, name: str, channel: Channel, message: Message, text: str
    ) -> Iterator[tuple[Channel, Message]]:
        if name in self._waiting:
            text = _text(self._waiting.pop(name)[1]) + text
        shown, waiting = self._mask.split(text)
        if waiting:
            self._waiting[name] = channel, _with_text(message, waiting)
        if shown:
            yield channel, _with_text(message, shown)

    def _released(self, name: str) -> tuple[Channel, Message]:
        channel, message = self._waiting.pop(name)
        return channel, _with_text(message, self._mask.text(_text(message)))

    def _is_end(self, message: Message) -> bool:
        kind = message["msg_type"]
        is_idle = kind == "status" and message["content"].get("execution_state") == "idle"
        return is_idle or kind in _ENDS


def _text(message: Message) -> str:
    text = message["content"]["text"] if "content" in message else message["text"]
    return str(text)


def _with_text(message: Message, text: str) -> Message:
    if "content" in message:
        return {**message, "content": {**message["content"], "text": text}}
    return {**message, "text": text}
