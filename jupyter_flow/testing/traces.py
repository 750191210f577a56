"""Traces of a secret: everything that would give it away, to be looked for in what was written."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote, quote_plus


def traces_of(secret: str) -> set[bytes]:
    """What *secret* looks like as it is, in a URL, in JSON, in hexadecimal and in base64."""
    plain = secret.encode()
    forms = {plain, quote(secret, safe="").encode(), quote_plus(secret).encode()}
    forms |= {json.dumps(secret)[1:-1].encode(), plain.hex().encode()}
    for before in range(3):
        # the groups of three bytes that have nothing but the secret in them
        first = -before % 3
        inner = plain[first : first + (len(plain) - first) // 3 * 3]
        forms.add(b64encode(inner))
    return forms


def found_in(data: bytes, secret: str) -> set[bytes]:
    """The traces of *secret* that are in *data*."""
    return {trace for trace in traces_of(secret) if trace in data}


def files_with(secret: str, *folders: Path) -> Iterator[tuple[Path, set[bytes]]]:
    """The files below *folders* that have a trace of *secret*, each with what was found."""
    for folder in folders:
        for path in folder.rglob("*"):
            if path.is_file() and (found := found_in(path.read_bytes(), secret)):
                yield path, found
