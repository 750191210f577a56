"""What every shared home promises, as tests.

Derive a class from `SharedHomeContract`, give it the fixture ``open_home``, and pytest holds your
shared home to the port::

    class TestMyHome(SharedHomeContract):
        @pytest.fixture
        def open_home(self):
            return lambda home: MyHome(..., home)

Each call opens the same shared home (empty at first) as a process of the machine would whose own
home that folder is.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from jupyter_flow.ports.shared_home import SharedHome
from jupyter_flow.whole import draft_name

OpenHome = Callable[[Path], SharedHome]


def written(path: Path, text: str) -> Path:
    """*path*, with that *text* in it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return path


class SharedHomeContract:
    """The promises of `jupyter_flow.ports.shared_home.SharedHome`."""

    @pytest.fixture
    def here(self, tmp_path: Path) -> Path:
        return tmp_path / "here"

    @pytest.fixture
    def there(self, tmp_path: Path) -> Path:
        return tmp_path / "there"

    def test_a_file_comes_to_another_machine(
        self, open_home: OpenHome, here: Path, there: Path
    ) -> None:
        open_home(here).put(written(here / "runs" / "f" / "1.ipynb", "é"))
        other = open_home(there)

        other.fetch(there / "runs" / "f" / "1.ipynb")

        assert (there / "runs" / "f" / "1.ipynb").read_text("utf-8") == "é"
        assert other.has(there / "runs" / "f" / "1.ipynb")
        assert other.is_shared

    def test_a_folder_comes_with_all_its_files(
        self, open_home: OpenHome, here: Path, there: Path
    ) -> None:
        written(here / "runs" / "1" / "a.txt", "a")
        written(here / "runs" / "1" / "in" / "b.txt", "b")
        written(here / "runs" / "2" / "c.txt", "c")
        open_home(here).put(here / "runs" / "1")

        open_home(there).fetch(there / "runs" / "1")

        found = {each.name for each in there.joinpath("runs").rglob("*.txt")}
        assert found == {"a.txt", "b.txt"}

    def test_what_is_owed_is_put_by_whoever_comes_next(
        self, open_home: OpenHome, here: Path, there: Path
    ) -> None:
        log = written(here / "runs" / "1.log", "x")
        open_home(here).owe("one", [log, here / "runs" / "never"])
        assert not open_home(there).has(there / "runs" / "1.log")

        again = open_home(here)
        assert again.owed() == ["one"]
        again.settle("one")
        again.settle("another")

        assert again.owed() == []
        assert open_home(there).has(there / "runs" / "1.log")

    def test_what_is_not_there_changes_nothing(self, open_home: OpenHome, there: Path) -> None:
        own = written(there / "runs" / "1.log", "own")
        home = open_home(there)

        home.put(there / "never")
        home.fetch(there / "runs" / "1.log")
        home.fetch(there / "runs" / "2.log")
        home.remove(there / "never")

        assert own.read_text("utf-8") == "own"
        assert not (there / "runs" / "2.log").exists()
        assert not home.has(there / "runs" / "1.log")

    def test_what_lasts_is_followed_to_its_end(
        self, open_home: OpenHome, here: Path, there: Path
    ) -> None:
        log, copy = here / "1.log", there / "1.log"
        for text, is_last in (("a", False), ("ab", False), ("abc", True)):
            open_home(here).put(written(log, text), is_last=is_last)
            open_home(there).fetch(copy, is_last=is_last)
            assert copy.read_text("utf-8") == text

    def test_the_last_word_wins_over_what_was_fetched_before(
        self, open_home: OpenHome, here: Path, there: Path
    ) -> None:
        open_home(here).put(written(here / "1.log", "begun"), is_last=False)
        open_home(there).fetch(there / "1.log", is_last=False)
        open_home(here).put(written(here / "1.log", "begun and done"))

        open_home(there).fetch(there / "1.log")

        assert (there / "1.log").read_text("utf-8") == "begun and done"

    def test_what_is_being_written_here_is_left_alone(
        self, open_home: OpenHome, here: Path
    ) -> None:
        home = open_home(here)
        home.put(written(here / "1.log", "some"), is_last=False)
        written(here / "1.log", "some more")

        home.fetch(here / "1.log", is_last=False)

        assert (here / "1.log").read_text("utf-8") == "some more"

    def test_what_another_machine_ended_wins_over_what_was_begun_here(
        self, open_home: OpenHome, here: Path, there: Path
    ) -> None:
        written(here / "1.log", "begun")
        open_home(there).put(written(there / "1.log", "begun, taken up, done"))

        open_home(here).fetch(here / "1.log")

        assert (here / "1.log").read_text("utf-8") == "begun, taken up, done"

    def test_what_will_not_change_is_asked_for_once(
        self, open_home: OpenHome, here: Path, there: Path
    ) -> None:
        open_home(here).put(written(here / "1.log", "done"))
        open_home(there).fetch(there / "1.log")
        open_home(here).remove(here / "1.log")

        open_home(there).fetch(there / "1.log")

        assert (there / "1.log").read_text("utf-8") == "done"

    def test_what_was_removed_is_found_no_more(
        self, open_home: OpenHome, here: Path, there: Path
    ) -> None:
        home = open_home(here)
        home.put(written(here / "runs" / "1" / "a.txt", "a"))

        home.remove(here / "runs" / "1")
        open_home(there).fetch(there / "runs" / "1" / "a.txt")

        assert not home.has(here / "runs" / "1" / "a.txt")
        assert not home.knew(here / "runs" / "1")
        assert not (there / "runs" / "1" / "a.txt").exists()
        assert (here / "runs" / "1" / "a.txt").exists(), "what is here stays"

    def test_what_another_removed_is_known_to_have_been_there(
        self, open_home: OpenHome, here: Path, there: Path
    ) -> None:
        ours, theirs = open_home(here), open_home(there)
        written(here / "runs" / "2" / "b.txt", "never shared")
        ours.put(written(here / "runs" / "1" / "a.txt", "a"))
        theirs.fetch(there / "runs" / "1")
        theirs.remove(there / "runs" / "1")

        assert ours.knew(here / "runs" / "1")
        assert not ours.has(here / "runs" / "1")
        assert not theirs.knew(there / "runs" / "1")
        assert not ours.knew(here / "runs" / "2")

    def test_nothing_that_is_unfinished_is_left_or_shared(
        self, open_home: OpenHome, here: Path, there: Path
    ) -> None:
        draft = written(here / "runs" / draft_name(), "half")
        written(here / "runs" / "a.txt", "whole")
        open_home(here).put(here / "runs")
        open_home(here).put(draft)  # as one who is killed leaves it there
        open_home(there).fetch(there / "runs")

        names = {each.name for each in there.rglob("*") if each.is_file()}
        assert names == {"a.txt"}
