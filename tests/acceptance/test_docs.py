"""The documentation builds without a single warning, and without a network."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import jupyter_flow

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The documentation as HTML; every warning is an error, and so is a name without a target."""
    folder = tmp_path_factory.mktemp("site")
    command = (sys.executable, "-m", "sphinx", "-W", "-n", "--keep-going", "-q", "-E")
    places = ("-d", folder / "doctrees", repository / "docs", folder / "html")

    answer = subprocess.run([*command, *places], capture_output=True, text=True, check=False)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    return folder / "html"


def text_of(page: Path) -> str:
    return re.sub(r"<[^>]+>", "", page.read_text(encoding="utf-8"))


def test_every_page_is_built(repository: Path, site: Path) -> None:
    docs = repository / "docs"
    pages = {path.relative_to(docs).with_suffix(".html") for path in docs.rglob("*.md")}

    assert all((site / page).is_file() for page in pages)


@pytest.mark.parametrize(
    ("page", "words"),
    [
        ("concepts/states.html", ["upstream_failed", "mark_succeeded", "kernel_died"]),
        ("concepts/rules.html", ["none_failed_min_one_success", "all_done_setup_success"]),
        ("reference/options.html", ["retry_delay", "max_retry_delay", "cell_timeout", "catchup"]),
        ("reference/commands.html", ["repair", "doctor", "--json"]),
        ("reference/magics.html", ["%%flow NAME", "%flow explain"]),
        ("reference/language.html", ["expect_status", "scalar", "preview"]),
        ("reference/errors.html", ["JF100", "JF404", "JF501"]),
        ("reference/settings.html", ["JUPYTER_FLOW_DATABASE", "max_parallel"]),
        ("reference/rest.html", ["runs/{run}/repair", "StartRequest", "watch_attempt", "execute"]),
        ("howto/jupyterlab.html", ["checkDelay"]),
    ],
)
def test_what_is_generated_is_there(site: Path, page: str, words: list[str]) -> None:
    text = text_of(site / page)

    assert not [word for word in words if word not in text]


def test_every_public_name_is_in_the_reference(site: Path) -> None:
    page = (site / "reference" / "api.html").read_text(encoding="utf-8")

    lost = [name for name in jupyter_flow.__all__ if f'id="jupyter_flow.{name}"' not in page]
    assert not lost


def test_the_states_are_drawn(site: Path) -> None:
    page = (site / "concepts" / "states.html").read_text(encoding="utf-8")

    assert '<div class="flow-picture"><svg' in page
    assert page.count('class="move"') > 10


def test_nothing_is_fetched_from_elsewhere(site: Path) -> None:
    fetched = re.compile(
        r'<(?:script|img|iframe)[^>]+src="https?:|<link[^>]+rel="stylesheet"[^>]+https?:'
    )

    assert not [
        page.name for page in site.rglob("*.html") if fetched.search(page.read_text("utf-8"))
    ]
