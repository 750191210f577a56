"""Kernelspecs are found where Jupyter finds them, without loading Jupyter."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.kernelspec import KernelSpecManager

from jupyter_flow.core.errors import FlowError, NotFoundError
from jupyter_flow.execution import kernelspecs
from jupyter_flow.execution.kernelspecs import find_kernelspec, kernelspec_folders


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two folders of kernels, the first before the second, and IPython's."""
    first, second, ipython = tmp_path / "first", tmp_path / "second", tmp_path / "ipython"
    monkeypatch.setenv("JUPYTER_PATH", f"{first}{os.pathsep}{second}")
    monkeypatch.setenv("IPYTHONDIR", str(ipython))
    monkeypatch.setattr(kernelspecs, "_found", {})
    return [first, second, ipython]


def install(place: Path, name: str, **about: Any) -> None:
    folder = place / "kernels" / name
    folder.mkdir(parents=True)
    said = {"argv": [name, "{connection_file}"], "display_name": name, "language": "x"} | about
    (folder / "kernel.json").write_text(json.dumps(said))


def test_they_are_those_that_jupyter_finds(places: list[Path]) -> None:
    first, second, ipython = places
    install(first, "both", display_name="the first")
    install(second, "both", display_name="the second")
    install(second, "Upper")
    install(ipython, "old")
    (second / "kernels" / "empty").mkdir()

    found = {name: folder and str(folder) for name, folder in kernelspec_folders().items()}

    assert found == KernelSpecManager().find_kernel_specs()
    assert {"both", "upper", "old"} <= found.keys()
    assert find_kernelspec("both").display_name == "the first"
    assert find_kernelspec("Upper").argv == ("Upper", "{connection_file}")


def test_what_is_said_of_one_is_what_jupyter_reads(places: list[Path]) -> None:
    install(places[0], "one", env={"A": "b"}, interrupt_mode="message", metadata={"debugger": True})

    ours, theirs = find_kernelspec("one"), KernelSpecManager().get_kernel_spec("one")

    assert list(ours.argv) == theirs.argv
    assert (ours.display_name, ours.language) == (theirs.display_name, theirs.language)
    assert (ours.env, ours.resources) == (theirs.env, theirs.resource_dir)
    assert ours.interrupt_by_message


def test_this_environments_kernel_is_there_without_being_installed(
    places: list[Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("jupyter_core.paths.jupyter_path", lambda *_: [])

    assert kernelspec_folders() == {"python3": None}
    spec = find_kernelspec("python3")
    assert (spec.name, spec.language, spec.is_ipykernel) == ("python3", "python", True)


def test_one_that_is_not_installed_is_refused_with_one_that_is(places: list[Path]) -> None:
    install(places[0], "python-gpu")

    with pytest.raises(NotFoundError, match="'python-gqu' is not installed") as refused:
        find_kernelspec("python-gqu")

    assert refused.value.code == "JF601"
    assert "python-gpu" in refused.value.hint


def test_one_that_another_machine_would_run_is_refused(places: list[Path]) -> None:
    provisioner = {"kernel_provisioner": {"provisioner_name": "kubernetes"}}
    install(places[0], "far", metadata=provisioner)

    with pytest.raises(FlowError, match="kubernetes"):
        find_kernelspec("far")
