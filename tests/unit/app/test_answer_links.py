"""A link lets its reader answer one question, for a time, and nothing else."""

from __future__ import annotations

from collections.abc import Sequence
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
        {"signer": "0" * 16},
        {"signer": "../answer-keys/x"},
        {"signer": ""},
        {"run": "another"},
        {"task": "ok[3]"},
        {"until": "99999999999"},
        {"auth": ""},
        {"auth": "ä"},
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

    (folder,) = (tmp_path / "home").iterdir()
    assert folder.stat().st_mode & 0o077 == 0
    (key,) = folder.iterdir()
    assert len(key.read_bytes()) == 32


def test_without_a_server_there_is_no_link(tmp_path: Path) -> None:
    assert AnswerLinks(tmp_path).link(RUN, KEY, now=NOW) == ""
    assert not list(tmp_path.iterdir())


@pytest.fixture
def machines(tmp_path: Path) -> tuple[AnswerLinks, AnswerLinks]:
    """Two with homes of their own, which they share."""

    def machine(name: str) -> AnswerLinks:
        shared = RemoteHome(f"file://{tmp_path}/mounted", tmp_path / name)
        return AnswerLinks(tmp_path / name, "https://lab.example.com", shared=lambda: shared)

    return machine("here"), machine("there")


def test_machines_that_share_a_home_know_each_others_links(
    machines: tuple[AnswerLinks, AnswerLinks], tmp_path: Path
) -> None:
    here, there = machines

    said = variables(here.link(RUN, KEY, now=NOW))

    assert there.read(said, now=NOW) == (RUN, KEY)
    assert (tmp_path / "there" / "answer-keys").stat().st_mode & 0o077 == 0
    assert (tmp_path / "there" / "answer-keys" / said["signer"]).exists()
    assert variables(there.link(RUN, KEY, now=NOW))["signer"] == said["signer"]


def test_machines_that_each_made_a_key_at_once_know_each_others_links(tmp_path: Path) -> None:
    class Late(RemoteHome):
        """What others share is not to be seen yet."""

        def fetch(self, path: Path, *, is_last: bool = True) -> None:
            if path.name != "answer-keys":
                super().fetch(path, is_last=is_last)

    here, there = (
        AnswerLinks(
            tmp_path / name,
            "https://lab.example.com",
            shared=lambda name=name: Late(f"file://{tmp_path}/mounted", tmp_path / name),
        )
        for name in ("here", "there")
    )
    sent = [variables(each.link(RUN, KEY, now=NOW)) for each in (here, there)]

    assert sent[0]["signer"] != sent[1]["signer"]
    for said in sent:
        assert [each.read(said, now=NOW) for each in (here, there)] == [(RUN, KEY)] * 2


def test_a_key_is_shared_though_others_look_for_what_is_owed_meanwhile(tmp_path: Path) -> None:
    class Watched(RemoteHome):
        def owe(self, what: str, paths: Sequence[Path]) -> None:
            super().owe(what, paths)
            self.settle(what)

    home = Watched(f"file://{tmp_path}/mounted", tmp_path / "here")
    here = AnswerLinks(tmp_path / "here", "https://lab.example.com", shared=lambda: home)

    said = variables(here.link(RUN, KEY, now=NOW))

    assert (tmp_path / "mounted" / "answer-keys" / said["signer"]).exists()


def test_a_key_that_cannot_be_shared_now_is_owed(
    machines: tuple[AnswerLinks, AnswerLinks], tmp_path: Path
) -> None:
    here, there = machines
    (tmp_path / "mounted").write_text("no folder")
    said = variables(here.link(RUN, KEY, now=NOW))
    (tmp_path / "mounted").unlink()

    shared = RemoteHome(f"file://{tmp_path}/mounted", tmp_path / "here")
    for what in shared.owed():
        shared.settle(what)

    assert there.read(said, now=NOW) == (RUN, KEY)
