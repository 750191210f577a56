"""What is sent by apprise, without a network: what it refuses, and what it says about it."""

from __future__ import annotations

import logging
import threading
from pathlib import Path

import pytest

from jupyter_flow.notify.apprise_notifier import AppriseNotifier
from jupyter_flow.notify.listening import Ear
from jupyter_flow.ports.alerts import Message, NotifyError

MESSAGE = Message(subject="✘ churn failed", text="It failed.\n", html="<p>It failed.</p>")
SECRET = "hun/ter 2%ü"


def refused(address: str) -> NotifyError:
    with pytest.raises(NotifyError) as caught:
        AppriseNotifier(secret=lambda _name: SECRET).send(address, MESSAGE)
    return caught.value


@pytest.mark.parametrize(
    "address",
    [
        "nonsense://example.com/token-of-mine",
        "mailto://",
        "slack://token-of-mine",
        "no address, token-of-mine",
        "mailto://example.com/?overflow=token-of-mine",
        '{{ secret("ALL") }}',
        'nonsense://{{ secret("PW") }}',
    ],
)
def test_an_address_that_cannot_be_read_is_not_tried_again(address: str) -> None:
    error = refused(address)

    assert "apprise cannot read the address" in error.what
    assert error.is_final
    assert "token-of-mine" not in str(error)
    assert SECRET not in str(error)


def test_a_template_that_is_no_secret_is_not_tried_again() -> None:
    error = refused("mailto://{{ ds }}@example.com")

    assert '{{ secret("NAME") }}' in error.what
    assert error.is_final


def test_a_secret_that_is_not_there_is_looked_for_again() -> None:
    with pytest.raises(NotifyError, match="no secret called 'NO_SUCH'") as caught:
        AppriseNotifier().send('mailto://a:{{ secret("NO_SUCH") }}@example.com', MESSAGE)

    assert not caught.value.is_final


@pytest.mark.parametrize(
    "address",
    [
        'mailto://ada:{{ secret("PW") }}@localhost:9/?from=a@b.de&to=c@d.de',
        'json://ada:{{ secret("PW") }}@localhost:9/',
        'json://localhost:9/{{ secret("PW") }}/x',
        'json://localhost:9/?+X-Token={{ secret("PW") }}',
        "json://ada:hun%2Fter%202%25%C3%BC@localhost:9/path?+X-Token=hun%2Fter%202%25%C3%BC",
    ],
)
def test_why_it_could_not_be_sent_is_told_without_secrets(
    address: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    error = refused(address)

    assert not error.is_final
    assert "could not send to" in error.what
    assert "refused" in error.what
    for form in (SECRET, "hun%2Fter", "hun/ter", "ter%202", "ter 2"):
        assert form not in str(error)
        assert form not in caplog.text


def test_nothing_is_kept_on_disk(home: Path) -> None:
    before = set(home.rglob("*"))
    refused("mailto://ada:pw@localhost:9/?from=a@b.de&to=c@d.de")

    assert not {path for path in home.rglob("*") if "apprise" in str(path).lower()} - before


class TestEar:
    """What a library logs for us is ours alone; what it logs for others is theirs."""

    def test_hears_the_quietest_and_keeps_them_out_of_the_log(
        self, caplog: pytest.LogCaptureFixture
    ) -> None:
        logger = logging.getLogger("a library")
        with Ear("a library").listening() as records:
            logger.debug("why")
            logger.error("what")

        assert [record.getMessage() for record in records] == ["why", "what"]
        assert caplog.records == []
        assert logger.level == logging.NOTSET
        assert logger.filters == []

    def test_leaves_others_as_they_were(self, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.WARNING)
        logger = logging.getLogger("a library")

        def other() -> None:
            logger.debug("their detail")
            logger.warning("their warning")

        with Ear("a library").listening() as records:
            thread = threading.Thread(target=other)
            thread.start()
            thread.join()

        assert records == []
        assert [record.getMessage() for record in caplog.records] == ["their warning"]

    def test_several_may_listen_at_once(self) -> None:
        logger, ear = logging.getLogger("a library"), Ear("a library")
        with ear.listening() as outer:
            with ear.listening() as inner:
                logger.info("in")
            logger.info("out")

        assert [record.getMessage() for record in inner] == ["in"]
        assert [record.getMessage() for record in outer] == ["out"]
        assert logger.filters == []
