"""The page behind the link in a message that asks somebody: a question, its form, yes and no.

The link is what allows it: whoever opens it need not be known to the server, and can answer this
one question. Opening it answers nothing, because programs that read mail open links.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

from jinja2 import Environment, Template
from jupyter_server.auth.decorator import allow_unauthenticated
from jupyter_server.base.handlers import JupyterHandler

from jupyter_flow.app.answer_links import VARIABLES
from jupyter_flow.app.answering import Question
from jupyter_flow.core.errors import FlowError, UsageError
from jupyter_flow.core.flow import FlowParameter

from .serving import Served, served_by

#: No script, nothing from elsewhere, and in no frame.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'"
)


class AnswerHandler(JupyterHandler):
    """Shows the question of a link, and takes the answer."""

    @allow_unauthenticated
    async def get(self) -> None:
        await self._answer(self._shown)

    @allow_unauthenticated
    async def post(self) -> None:
        await self._answer(self._said)

    def check_xsrf_cookie(self) -> None:
        """A foreign page gains nothing: it would need the link, and who has that may answer."""

    async def _answer(self, act: Callable[[Served], Mapping[str, Any]]) -> None:
        served = served_by(self.settings)
        self.set_header("Content-Security-Policy", _POLICY)
        self.set_header("Referrer-Policy", "no-referrer")
        self.set_header("Cache-Control", "no-store")
        try:
            page = await served.call(act, served)
        except FlowError as error:
            self.set_status(error.http_status)
            page = {"title": "This cannot be answered", "lines": [error.what, error.hint]}
        self.finish(_template().render(page))

    def _shown(self, served: Served, wrong: str = "") -> Mapping[str, Any]:
        question = self._question(served)
        texts = self._texts(question)
        facts = [("Flow", question.flow), ("Run", question.run), ("Task", str(question.key))]
        if question.until is not None:
            facts.append(("Until", f"{question.until:%Y-%m-%d %H:%M} UTC"))
        form = [(each, texts.get(each.name, _text(each.default))) for each in question.form]
        return {"title": question.text, "wrong": wrong, "facts": facts, "form": form, "asks": True}

    def _said(self, served: Served) -> Mapping[str, Any]:
        question, yes = self._question(served), self.get_body_argument("answer", "") == "yes"
        run, key = question.run, question.key
        texts = self._texts(question) if yes else {}
        try:
            is_told = served.flows.answering.answer(run, key, yes=yes, by="a link", texts=texts)
        except UsageError as error:
            self.set_status(error.http_status)
            return self._shown(served, wrong=f"{error.what}. {error.hint}".strip())
        if not is_told:
            served.flows.services.see_to(run)
        said = "You said yes" if yes else "You said no"
        return {"title": said, "lines": [f"{question.text} The run of {question.flow} goes on."]}

    def _question(self, served: Served) -> Question:
        said = {name: self.get_query_argument(name, "") for name in VARIABLES}
        answering = served.flows.answering
        return answering.question(*answering.asked_by(said))

    def _texts(self, question: Question) -> dict[str, str]:
        """What was typed. A field that is no text and was emptied is as usual."""
        found = {}
        for each in question.form:
            text = self.get_body_argument(f"f-{each.name}", None)
            if text or (text is not None and _is_text(each)):
                found[each.name] = text
        return found


def _is_text(field: FlowParameter) -> bool:
    return isinstance(field.default, str)


def _text(default: object) -> str:
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default is None else str(default)


@cache
def _template() -> Template:
    text = files(__package__).joinpath("answer.html").read_text("utf-8")
    return Environment(autoescape=True, trim_blocks=True).from_string(text)
