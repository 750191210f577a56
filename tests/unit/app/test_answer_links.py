"""A link lets its reader answer one question, for a time, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import pytest

from jupyter_flow.app.answer_links import LIFE, AnswerLinks, LinkError
from jupyter_flow.artifacts.shared_home import RemoteHome
from jupyter_flow.core.ids import RunId, TaskKey

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
RUN, KEY = RunId("20260301-120000-abcd"), TaskKey("ok", 2)


@pytest.fixture
def links(tmp_path: Path) -> AnswerLinks:
    return AnswerLinks(tmp_path / "home", "https://lab.example.com/user/ada/")


def variables(link: str) -> dict[str, str]:
    return dict(parse_qsl(urlsplit(link).query))


def test_a_link_says_what_it_is_about(links: AnswerLinks) -> None:
    link = links.link(RUN, KEY, now=NOW)

    assert link.startswith("https://lab.example.com/user/ada/jupyter-flow/answer?")
    assert links.read(variables(link), now=NOW) == (RUN, KEY)


def test_another_process_of_the_project_reads_it_and_no_other_project_does(
    links: AnswerLinks, tmp_path: Path
) -> None:
    said = variables(links.link(RUN, KEY, now=NOW))

    assert AnswerLinks(tmp_path / "home").read(said, now=NOW) == (RUN, KEY)
    with pytest.raises(LinkError, match="not one that was sent"):
        AnswerLinks(tmp_path / "other").read(said, now=NOW)


@pytest.mark.parametrize(
    "change",
    [
        {"run": "another"},
        {"task": "ok[3]"},
        {"until": "99999999999"},
        {"signature": ""},
        {"signature": "ä"},
        {"run": "a\nok[2]", "task": ""},
    ],
)
def test_nothing_of_it_can_be_changed(links: AnswerLinks, change: dict[str, str]) -> None:
    said = variables(links.link(RUN, KEY, now=NOW)) | change

    with pytest.raises(LinkError, match="not one that was sent"):
        links.read(said, now=NOW)
    with pytest.raises(LinkError):
        links.read({}, now=NOW)


def test_it_ends(links: AnswerLinks) -> None:
    said = variables(links.link(RUN, KEY, now=NOW))

    assert links.read(said, now=NOW + LIFE - timedelta(seconds=1))
    with pytest.raises(LinkError, match="has ended"):
        links.read(said, now=NOW + LIFE)


def test_only_the_owner_reads_the_key(links: AnswerLinks, tmp_path: Path) -> None:
    links.link(RUN, KEY, now=NOW)

    (key,) = (tmp_path / "home").iterdir()
    assert key.stat().st_mode & 0o077 == 0
    assert len(key.read_bytes()) == 32


def test_without_a_server_there_is_no_link(tmp_path: Path) -> None:
    assert AnswerLinks(tmp_path).link(RUN, KEY, now=NOW) == ""
    assert not list(tmp_path.iterdir())


def test_machines_that_share_a_home_know_each_others_links(tmp_path: Path) -> None:
    here, there = (
        AnswerLinks(
            tmp_path / name,
            "https://lab.example.com",
            shared=lambda name=name: RemoteHome(f"file://{tmp_path}/mounted", tmp_path / name),
        )
        for name in ("here", "there")
    )

    said = variables(here.link(RUN, KEY, now=NOW))

    assert there.read(said, now=NOW) == (RUN, KEY)
    assert (tmp_path / "there" / "answers.key").stat().st_mode & 0o077 == 0
