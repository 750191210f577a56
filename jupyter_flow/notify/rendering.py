"""Makes the text of a message from a story: with our templates, or with the user's own.

A folder of the user's may have ``subject.txt``, ``body.txt`` and ``body.html``, any of them; they
take the place of ours and get the fields of `jupyter_flow.notify.story.Story` as names. They may
include other files of their folder. A template that cannot be rendered never costs a message: ours
takes its place, and a remark says what is wrong with it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from functools import cache
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jupyter_flow.core.inputs.templates import LONGEST
from jupyter_flow.core.words import Tone
from jupyter_flow.ports.alerts import Message

from .story import Story

if TYPE_CHECKING:
    from jinja2 import Environment

#: What makes a message, in the order of its parts.
NAMES = ("subject.txt", "body.txt", "body.html")

_OURS = Path(__file__).with_name("templates")
_LONGEST_SUBJECT = 200


def render(story: Story, *, folder: Path | None = None, remarks: Sequence[str] = ()) -> Message:
    """The message that tells *story*, with *remarks* below it."""
    # Not `asdict`: what is in a story has its own names, and templates use them with a dot.
    names = {each.name: getattr(story, each.name) for each in fields(story)}
    said = list(remarks)
    subject, text, html = (_part(name, names, folder, said) for name in NAMES)
    return with_remarks(
        Message(
            subject=" ".join(subject.split())[:_LONGEST_SUBJECT],
            text=text.strip() + "\n",
            html=html.strip() + "\n",
            tone=Tone(story.tone),
        ),
        said,
    )


def with_remarks(message: Message, remarks: Sequence[str]) -> Message:
    """*message* with lines of our own at its end."""
    if not remarks:
        return message
    lines = "".join(f"\n{each}\n" for each in remarks)
    shown = "".join(
        f'<p style="max-width:600px;margin:14px auto 0 auto;opacity:0.8;">{escape(each)}</p>\n'
        for each in remarks
    )
    before, end, after = message.html.rpartition("</body>")
    html = f"{before}{shown}{end}{after}" if end else f"{message.html}{shown}"
    return replace(message, text=message.text + lines, html=html)


def _part(name: str, names: Mapping[str, Any], folder: Path | None, remarks: list[str]) -> str:
    if folder is not None and (folder / name).is_file():
        try:
            return _rendered(_environment(folder), name, names)
        except Exception as error:  # noqa: BLE001 - a template raises what the objects in it raise
            why = " ".join(str(error).split()) or type(error).__name__
            remarks.append(f"Your template {folder / name} was not used: {why}")
    return _rendered(_our_environment(), name, names)


def _rendered(environment: Environment, name: str, names: Mapping[str, Any]) -> str:
    parts: list[str] = []
    size = 0
    for part in environment.get_template(name).generate(names):
        parts.append(part)
        size += len(part)
        if size > LONGEST:
            raise ValueError(f"it gives more than {LONGEST:,} characters")
    return "".join(parts)


@cache
def _our_environment() -> Environment:
    return _environment(_OURS)


def _environment(folder: Path) -> Environment:
    from jinja2 import FileSystemLoader

    from jupyter_flow.core.inputs.sandbox import Sandbox

    environment = Sandbox()
    environment.loader = FileSystemLoader(folder)
    environment.autoescape = _is_markup
    environment.trim_blocks = environment.lstrip_blocks = True
    return environment


def _is_markup(name: str | None) -> bool:
    return bool(name and name.endswith(".html"))
