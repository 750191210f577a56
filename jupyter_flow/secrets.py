"""Where secrets come from: the environment, a folder of files, the keyring, plug-ins.

Looked up when they are needed and never kept. A secret is not logged, stored or shown.
Stands beside the layers, because kernels use it too: it imports next to nothing.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from jupyter_flow.core.errors import FlowError
from jupyter_flow.core.secrets import SHORTEST, is_name, template_of
from jupyter_flow.handoff import shell_of_kernel as _shell

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint, EntryPoints

#: The name of the variable of one secret comes after this.
VARIABLE = "JUPYTER_FLOW_SECRET_"
#: The variable that names the folder of files, one for each secret, as containers have it.
FOLDER = "JUPYTER_FLOW_SECRETS"
#: What our secrets are called in the system's keyring.
SERVICE = "jupyter_flow"
#: The type of the message by which a kernel tells who made it a secret that it was given.
MESSAGE = "jupyter_flow_secret"
#: The group of entry points in which packages name their sources.
GROUP = "jupyter_flow.secrets"


class SecretError(FlowError):
    """There is no such secret."""

    code = "JF320"


class SecretSource(Protocol):
    """A place of secrets that a package brings; a function will do.

    `jupyter_flow.testing.secrets.SecretSourceContract` holds one to what is promised here.
    """

    def __call__(self, name: str, /) -> str | None:
        """The secret called *name* as it is now, None if it has none of that name.

        May be called from any thread. Raises any exception when it cannot tell; the text of the
        exception is shown to people, so there is no secret in it.
        """


def secret(name: str) -> str:
    """The secret called *name*, in a notebook or a script.

    It is looked for in the variable ``JUPYTER_FLOW_SECRET_<NAME>``, in the folder of files that
    ``JUPYTER_FLOW_SECRETS`` names, in the keyring of the system and in the sources of installed
    packages. In a task, it is masked wherever it is shown from then on.

    Where a flow is being made (``with Flow(…):``) it is not looked for: what comes back is the
    place of the secret, so that the flow has its name and never what it is.

    Raises FlowError (JF320) if it is in none of them, and says where it was looked for.
    """
    making = sys.modules.get("jupyter_flow.core.build.making")
    if making is not None and making.is_being_made():
        return _place_of(name)
    found = resolve(name)
    tell(found)
    return found


def _place_of(name: str) -> str:
    if not is_name(name):
        raise _no_name(name)
    return template_of(name)


def _no_name(name: str) -> SecretError:
    hint = "Letters, digits, _, - and . make a name."
    return SecretError(f"{name!r} is no name of a secret", hint=hint)


def tell(*secrets: str) -> None:
    """In a kernel that makes an attempt: whoever listens to it masks *secrets* from now on.

    They go over the kernel's own channel and are not written down. Other clients ignore a message
    of a type that they do not know. Very short ones cannot be masked.
    """
    shell = _shell()
    if shell is None or "JUPYTER_FLOW_RUN" not in os.environ:
        return
    publisher = shell.display_pub
    for each in (found for found in secrets if len(found) >= SHORTEST):
        publisher.session.send(
            publisher.pub_socket,
            MESSAGE,
            {"text": each},
            parent=publisher.parent_header,
            ident=publisher.topic,
        )


def may_have(name: str, *, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether the secret called *name* is there. The sources of packages are not asked: where one
    is installed, it may have all."""
    try:
        resolve(name, environ=environ, ask_packages=False)
    except SecretError:
        return bool(_sources())
    return True


def resolve(
    name: str, *, environ: Mapping[str, str] = os.environ, ask_packages: bool = True
) -> str:
    """The secret called *name*. Raises SecretError, which says where it was looked for."""
    if not is_name(name):
        raise _no_name(name)
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
    for source in sorted(_sources() if ask_packages else (), key=lambda each: each.name):
        if found := _from_source(source, name):
            return found
        looked.append(f"the source {source.name}")
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


def _sources() -> EntryPoints:
    from importlib.metadata import entry_points

    return entry_points(group=GROUP)


def _from_source(source: EntryPoint, name: str) -> str | None:
    try:
        load: SecretSource = source.load()
        found = load(name)
    except Exception as error:  # a plug-in may raise what it likes
        raise SecretError(
            f"the source {source.name} cannot tell whether it has the secret '{name}': "
            f"{type(error).__name__}: {error}",
            hint=f"It is {source.value}; it is asked after all other places.",
        ) from error
    if found is not None and not isinstance(found, str):
        raise SecretError(
            f"the source {source.name} gave {type(found).__name__} for the secret '{name}'",
            hint=f"A secret is a text: {source.value} returns one, or None.",
        )
    return found
