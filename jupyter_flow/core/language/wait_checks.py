"""What must hold for the arguments of ``wait_for(…)``, as far as it can be seen in the flow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from jupyter_flow.core.answers import wrong_form
from jupyter_flow.core.errors import Problem
from jupyter_flow.core.expressions import Constant, Expression
from jupyter_flow.core.inputs.addresses import wrong_with
from jupyter_flow.core.inputs.moments import moment_of

from .calling import Found, constant, wrong_call
from .durations import span_of
from .line import is_flow_name

#: What a task can wait for.
WAYS_TO_WAIT = ("file", "http", "sql", "flow", "until")

_LOOKING = ("poke_interval", "backoff", "max_poke_interval", "timeout", "soft_fail")
#: What each argument says something about, where that is not all of them.
_ABOUT: Mapping[str, tuple[str, ...]] = {
    "within": ("flow",),
    "stable": ("file",),
    "connection": ("http", "sql"),
    **dict.fromkeys(("method", "headers", "expect_status", "expect_json"), ("http",)),
    **dict.fromkeys(("bind", "any_row"), ("sql",)),
    **dict.fromkeys(_LOOKING, ("file", "http", "sql", "flow")),
}
_SPANS = ("timeout", "poke_interval", "max_poke_interval", "within", "stable")
_MAY_BE_NONE = ("within", "stable")


def check_wait(given: Mapping[str, Expression]) -> Iterator[Found]:
    """What is wrong with the parameters that a wait is *given*."""
    ways = [name for name in WAYS_TO_WAIT if name in given]
    if len(ways) > 1:
        what = f"wait_for() waits for one thing, not for {' and '.join(ways)}"
        yield None, wrong_call(what, f"Give one of {', '.join(WAYS_TO_WAIT)}.")
    elif ways:
        yield from _check_company(given, ways[0])
    for way in ("file", "http", "sql"):
        if way in given and isinstance(given[way], Constant):
            yield from _check_text(given, way)
    flow = constant(given, "flow")
    if flow is not None and not (isinstance(flow, str) and is_flow_name(flow)):
        what = f"{flow!r} cannot be the name of a flow"
        yield "flow", wrong_call(what, 'For example: wait_for(flow="other").')
    yield from _check_until(given)
    yield from _check_answer(given)
    for name in _SPANS:
        yield from _check_span(given, name)
    backoff = constant(given, "backoff")
    if backoff is not None and not _is_factor(backoff):
        what = f"'backoff' must be a number from 1 on, not {backoff!r}"
        yield "backoff", wrong_call(what, "2: each pause is twice as long as the one before.")
    for name, hint in (
        ("soft_fail", "True: it is skipped when it waited in vain."),
        ("any_row", "True: any first row will do, whatever is in it."),
    ):
        value = constant(given, name)
        if value is not None and not isinstance(value, bool):
            yield name, wrong_call(f"{name!r} must be True or False, not {value!r}", hint)


def _check_company(given: Mapping[str, Expression], way: str) -> Iterator[Found]:
    """Whether the other arguments say something about the one thing that is waited for."""
    for name in given:
        about = _ABOUT.get(name, (way,))
        if way in about:
            continue
        if way == "until":
            what = f"{name!r} has no meaning here: the moment comes, and nothing is looked at"
        else:
            nouns = " and ".join(_NOUNS[each] for each in about)
            what = f"{name!r} is for {nouns}, and this waits for {way}"
        yield name, wrong_call(what, "Take it away.")


_NOUNS = {"flow": "runs of flows", "file": "files", "http": "answers", "sql": "queries"}


def _check_text(given: Mapping[str, Expression], way: str) -> Iterator[Found]:
    value = constant(given, way)
    if value is None:
        return
    if not isinstance(value, str) or not value.strip():
        yield way, wrong_call(f"{way!r} must be a text, not {value!r}", "Put it in quotes.")
    elif way == "http" and "connection" not in given and not value.startswith(("http:", "https:")):
        hint = 'For example: wait_for(http="https://example.com/ready").'
        yield way, wrong_call("what is asked must be a URL, with http:// or https://", hint)


def _check_until(given: Mapping[str, Expression]) -> Iterator[Found]:
    value = constant(given, "until")
    if value is None:
        return
    some = datetime(2000, 1, 1, tzinfo=UTC)
    if moment_of(value, now=some, since=some, zone="UTC") is None:
        hint = 'Write "18:00", "2026-03-01 08:00", or "2h": so long after the data interval.'
        yield "until", wrong_call(f"{value!r} is no moment", hint)


def _check_answer(given: Mapping[str, Expression]) -> Iterator[Found]:
    method = constant(given, "method")
    if method is not None and not (isinstance(method, str) and method.upper() in ("GET", "HEAD")):
        hint = "Looking must change nothing: write GET or HEAD."
        yield "method", wrong_call(f"{method!r} is no method to look with", hint)
    if isinstance(method, str) and method.upper() == "HEAD" and "expect_json" in given:
        yield "expect_json", wrong_call("an answer to HEAD has no JSON", "Take the method away.")
    headers = given.get("headers")
    if isinstance(headers, Constant) and not isinstance(headers.value, Mapping):
        yield "headers", wrong_call("'headers' must be an object", 'headers={"Accept": "…"}.')
    bind = given.get("bind")
    if isinstance(bind, Constant) and not isinstance(bind.value, Mapping):
        yield "bind", wrong_call("'bind' must be an object", 'bind={"day": "{{ ds }}"}.')


def _check_span(given: Mapping[str, Expression], name: str) -> Iterator[Found]:
    value = constant(given, name)
    if value is None:
        return
    span = span_of(value)
    if span is None or span < timedelta(0) or (not span and name not in _MAY_BE_NONE):
        hint = "Write 90 for seconds, or a text such as '20m'."
        what = f"{name!r} must be a length of time, not {value!r}"
        yield name, Problem(code="JF122", what=what, hint=hint)


def _is_factor(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 1


def check_approval(given: Mapping[str, Expression]) -> Iterator[Found]:
    """What is wrong with the parameters that an approval is *given*."""
    question = given.get("question")
    if isinstance(question, Constant):
        text = question.value
        if not isinstance(text, str) or not text.strip():
            what = f"what approve() asks must be a text, not {text!r}"
            yield "question", wrong_call(what, 'For example: approve("Deploy?").')
    yield from _check_addresses(given)
    form = given.get("form")
    wrong = None
    if form is not None:
        is_known = isinstance(form, Constant)
        wrong = wrong_form(form.value) if is_known else "a form has constants only"  # type: ignore[union-attr]
    if wrong is not None:
        hint = 'For example: form={"share": 0.1, "note": ""}. The defaults give the types.'
        yield "form", wrong_call(wrong, hint)
    yield from _check_span(given, "timeout")
    soft = constant(given, "soft_fail")
    if soft is not None and not isinstance(soft, bool):
        what = f"'soft_fail' must be True or False, not {soft!r}"
        yield "soft_fail", wrong_call(what, "True: it is skipped when nobody answered in time.")


def _check_addresses(given: Mapping[str, Expression]) -> Iterator[Found]:
    """Whether those who are asked can be told."""
    to = given.get("to")
    if to is None:
        return
    said = to.value if isinstance(to, Constant) else None
    addresses = [said] if isinstance(said, str) else said
    if not isinstance(addresses, list) or not all(isinstance(each, str) for each in addresses):
        what = "'to' must be an address, or a list of addresses"
        yield "to", wrong_call(what, 'For example: to="mailto://team@example.com".')
        return
    for must in filter(None, map(wrong_with, addresses)):
        yield "to", wrong_call(f"'to' must be {must}", "See jupyter flow notify.")
