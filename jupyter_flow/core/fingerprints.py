"""What the result of an attempt depends on, in a form that can be kept and compared.

Two attempts with the same key would come to the same. Everything in a fingerprint is a text: what
is short stands there as it is, so that people can be told what has changed; what is long as its
digest. Pure: it is given what others have read.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from typing import Any

#: A longer text is kept as its digest.
_SHORT = 200
#: What tells people which notebook it was, and makes no difference to what comes out.
_ASIDE = ("notebook", "snapshot")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprint:
    """All that the result of an attempt depends on.

    ``notebook`` is the path that people know it by, ``snapshot`` the digest of its file. ``code``
    is the digest of what its cells do; ``folder`` is where they do it. ``environment`` is the
    digest of the list of what is installed for its ``kernel``. ``upstream`` has, by task, what that
    handed on, or which attempt of it came before; ``inputs`` and ``modules`` have the digests of
    files: those that the task declares, and those that its notebook imports.
    """

    notebook: str
    snapshot: str
    code: str
    folder: str
    kernel: str
    environment: str
    parameters: Mapping[str, str] = field(default_factory=dict)
    variables: Mapping[str, str] = field(default_factory=dict)
    upstream: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, str] = field(default_factory=dict)
    modules: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The same for all attempts that would come to the same; SHA-256, in hexadecimal."""
        parts = {f.name: getattr(self, f.name) for f in fields(self) if f.name not in _ASIDE}
        return digest_of({name: _plain(part) for name, part in parts.items()})

    @property
    def gist(self) -> str:
        """The same for all attempts of one notebook with the same parameters."""
        return digest_of([self.notebook, self.folder, dict(self.parameters)])


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing that is not as it was. ``before`` and ``after`` are empty where it was not there.

    ``part`` is the fingerprint's part, ``name`` which of several it is: a parameter, a file.
    """

    part: str
    name: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        return _WORDS[self.part].format(name=self.name, how=self._how)

    @property
    def _how(self) -> str:
        if not self.before:
            return f"is new ({self.after})" if _is_shown(self.after) else "is new"
        if not self.after:
            return "is gone"
        if _is_shown(self.before) and _is_shown(self.after):
            return f"was {self.before}, now is {self.after}"
        return "has changed"


_WORDS = {
    "code": "its code has changed",
    "folder": "the folder {how}",
    "kernel": "the kernel {how}",
    "environment": "what is installed for its kernel has changed",
    "parameters": "the parameter {name} {how}",
    "variables": "the environment variable {name} {how}",
    "upstream": "what comes from '{name}' {how}",
    "inputs": "the file {name} {how}",
    "modules": "the module {name} {how}",
}


def changes(before: Fingerprint, after: Fingerprint) -> tuple[Change, ...]:
    """What differs, in the order in which people would look for it."""
    return tuple(_changes(before, after))


def _changes(before: Fingerprint, after: Fingerprint) -> Iterator[Change]:
    for part in _WORDS:
        old, new = getattr(before, part), getattr(after, part)
        if isinstance(old, str):
            if old != new:
                yield Change(part=part, before=old, after=new)
            continue
        for name in sorted({*old, *new}):
            was, now = old.get(name), new.get(name)
            if was != now:
                yield Change(part=part, name=name, before=was or "", after=now or "")


def text_of(value: Any) -> str:
    """*value* as a fingerprint keeps it: its canonical JSON, or the digest of that if it is long.

    What is no JSON is told apart by its representation.
    """
    text = _canonical(value)
    return text if len(text) <= _SHORT else f"{_DIGEST}{_sha256(text)}"


def digest_of(value: Any) -> str:
    """The SHA-256, in hexadecimal, of the canonical JSON of *value*."""
    return _sha256(_canonical(value))


_DIGEST = "sha256:"


def _is_shown(text: str) -> bool:
    is_digest = len(text) == 64 and not set(text) - set("0123456789abcdef")
    return not text.startswith(_DIGEST) and not is_digest


def _canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, default=repr)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()


def _plain(part: str | Mapping[str, str]) -> str | dict[str, str]:
    return part if isinstance(part, str) else dict(part)
