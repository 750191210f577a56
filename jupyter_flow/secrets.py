"""Where secrets come from: the environment, a folder of files, the keyring of the system.

Looked up when they are needed and never kept. A secret is not logged, stored or shown.
Stands beside the layers, because kernels use it too: it imports next to nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path

from jupyter_flow.core.errors import FlowError

#: The name of the variable of one secret comes after this.
VARIABLE = "JUPYTER_FLOW_SECRET_"
#: The variable that names the folder of files, one for each secret, as containers have it.
FOLDER = "JUPYTER_FLOW_SECRETS"
#: What our secrets are called in the system's keyring.
SERVICE = "jupyter_flow"

_NAME = re.compile(r"\w[\w.-]*")


class SecretError(FlowError):
    """There is no such secret."""

    code = "JF320"


def resolve(name: str, *, environ: Mapping[str, str] = os.environ) -> str:
    """The secret called *name*. Raises SecretError, which says where it was looked for."""
    if not _NAME.fullmatch(name):
        raise SecretError(
            f"{name!r} is no name of a secret", hint="Letters, digits, _, - and . make a name."
        )
    variable, folder = f"{VARIABLE}{name}", environ.get(FOLDER, "")
    if environ.get(variable):
        return environ[variable]
    looked = [f"the variable {variable}"]
    if folder:
        file = Path(folder) / name
        if secret := _in_file(file):
            return secret
        looked.append(f"the file {file}")
    else:
        looked.append(f"a folder of files (the variable {FOLDER} names none)")
    in_keyring = _in_keyring(name)
    if in_keyring:
        return in_keyring
    missing = " (the package keyring is not installed)" if in_keyring is None else ""
    looked.append(f"the keyring of the system{missing}")
    raise SecretError(f"there is no secret called '{name}'", hint=f"Looked in {'; '.join(looked)}.")


def _in_file(file: Path) -> str:
    try:
        return file.read_text("utf-8").strip("\r\n")
    except (OSError, UnicodeDecodeError):
        return ""


def _in_keyring(name: str) -> str | None:
    """The secret, "" if it is not there, None where there is no package that could look."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    try:
        return keyring.get_password(SERVICE, name) or ""
    except KeyringError:  # locked, or there is none on this machine
        return ""
