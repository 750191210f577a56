"""What every source of secrets must keep: subclass the contract and hand it the source.

    class TestMine(SecretSourceContract):
        @pytest.fixture
        def source(self):
            return my_source  # with the secret KNOWN, and none called UNKNOWN

Needs pytest. It asks the source only, and installs nothing.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from jupyter_flow.secrets import SecretSource


class SecretSourceContract:
    """The promises of `jupyter_flow.secrets.SecretSource`."""

    KNOWN = "KNOWN"
    UNKNOWN = "UNKNOWN"

    @pytest.fixture
    def source(self) -> SecretSource:
        raise NotImplementedError("say which source is tested")

    def test_what_is_there_is_a_text(self, source: SecretSource) -> None:
        found = source(self.KNOWN)

        assert isinstance(found, str)
        assert found

    def test_what_is_not_there_is_none(self, source: SecretSource) -> None:
        assert source(self.UNKNOWN) is None

    def test_it_answers_the_same_again(self, source: SecretSource) -> None:
        assert source(self.KNOWN) == source(self.KNOWN)

    def test_threads_may_ask_at_once(self, source: SecretSource) -> None:
        names = [self.KNOWN, self.UNKNOWN] * 20
        with ThreadPoolExecutor(8) as threads:
            answers = list(threads.map(source, names))

        assert answers == [source(self.KNOWN), None] * 20

    @pytest.mark.parametrize("name", ["a.b", "a-b", "_", "Größe"])
    def test_every_name_may_be_asked_for(self, source: SecretSource, name: str) -> None:
        assert source(name) is None
