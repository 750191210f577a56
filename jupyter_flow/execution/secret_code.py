"""The secrets that an attempt is given: looked up when it starts, and how its notebook reads them.

They travel in the environment of the kernel, one variable each. In the cell of parameters stands
code that reads it, so the executed notebook says which secret it was and not what it is.
"""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Callable, Mapping

from jupyter_flow.core.secrets import SHORTEST, SecretText, secrets_in
from jupyter_flow.ports.executor import Assignment
from jupyter_flow.secrets import VARIABLE, SecretError, resolve

from .handing import Code, can_load
from .kernelspecs import Kernelspec


def secrets_of(assignment: Assignment) -> dict[str, str]:
    """The secrets that *assignment* names, by name. Raises SecretError when one is missing."""
    named = sorted({*secrets_in(assignment.parameters), *secrets_in(assignment.env)})
    if not named:
        return {}
    said = {n: value for n, value in assignment.env.items() if not isinstance(value, SecretText)}
    return {name: _secret(name, os.environ | said) for name in named}


def environment_with(env: Mapping[str, str], secrets: Mapping[str, str]) -> dict[str, str]:
    """*env* with *secrets* where they stand in its texts, and each in its own variable."""
    filled = {
        name: value.filled(secrets.__getitem__) if isinstance(value, SecretText) else value
        for name, value in env.items()
    }
    return filled | {VARIABLE + name: value for name, value in secrets.items()}


def code_for(spec: Kernelspec) -> Callable[[SecretText], Code]:
    """What makes of a text with secrets the code that gives it, in the language of *spec*.

    It raises ValueError for a language in which we know of none.
    """
    write = _WRITERS.get(spec.language.lower())
    if spec.language.lower() == "python":
        write = _python_with_us if can_load(spec) else _python

    def code(text: SecretText) -> Code:
        if write is None:
            variable = VARIABLE + text.names[0]
            raise ValueError(
                f"a notebook in {spec.language} cannot be given a secret as a parameter; it can "
                f"read the variable {variable}, if the option env has it"
            )
        return Code(write(text))

    return code


def _secret(name: str, environ: Mapping[str, str]) -> str:
    found = resolve(name, environ=environ)
    if len(found) < SHORTEST:
        raise SecretError(
            f"the secret '{name}' has {len(found)} characters, too few to be kept out of outputs",
            hint=f"Make it {SHORTEST} or longer, or let the notebook read it from elsewhere.",
        )
    if "\0" in found:
        raise SecretError(f"the secret '{name}' has a character 0, which no environment can hold")
    return found


def _python(text: SecretText) -> str:
    return " + ".join(_each(text, repr, lambda n: f'__import__("os").environ["{VARIABLE}{n}"]'))


def _python_with_us(text: SecretText) -> str:
    return " + ".join(_each(text, repr, lambda n: f'__import__("jupyter_flow").secret("{n}")'))


def _each(text: SecretText, quoted: Callable[[str], str], read: Callable[[str], str]) -> list[str]:
    """Its parts as code: *quoted* writes a text and *read* the secret of a name."""
    parts = enumerate(text.parts)
    return [read(part) if at % 2 else quoted(part) for at, part in parts if part]


def _r(text: SecretText) -> str:
    each = _each(text, _quoted, lambda name: f"Sys.getenv({_quoted(VARIABLE + name)})")
    return each[0] if len(each) == 1 else f"paste0({', '.join(each)})"


def _julia(text: SecretText) -> str:
    each = _each(
        text,
        lambda part: _quoted(part).replace("$", "\\$"),
        lambda name: f"ENV[{_quoted(VARIABLE + name)}]",
    )
    return each[0] if len(each) == 1 else f"string({', '.join(each)})"


def _bash(text: SecretText) -> str:
    unfit = [name for name in text.names if not name.isidentifier() or not name.isascii()]
    if unfit:
        raise ValueError(f"bash knows no variable of the name {unfit[0]!r}: use letters and _")
    return "".join(_each(text, shlex.quote, lambda name: f'"${{{VARIABLE}{name}}}"'))


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


_WRITERS: Mapping[str, Callable[[SecretText], str]] = {"r": _r, "julia": _julia, "bash": _bash}
