"""Messages arrive at real servers, once they are there, with all that belongs to them."""

from __future__ import annotations

from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jupyter_flow.core.alerts import Alert, Occasion
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.states import RunState, TaskState
from jupyter_flow.notify.apprise_notifier import AppriseNotifier
from jupyter_flow.notify.composing import Composer, note_for_test
from jupyter_flow.ports.alerts import Message, NotifyError
from jupyter_flow.testing.samples import failed_attempt, run_of, task_run_of

if TYPE_CHECKING:
    from .conftest import Hooks, MailServer

SECRET = "hun/ter 2%"
SOON = 20


def told(**composer: Any) -> Message:
    """What is told of a run that failed."""
    failed = task_run_of(TaskKey("load"), failed_attempt(), state=TaskState.FAILED)
    rest = [task_run_of(TaskKey(name), state=TaskState.PENDING) for name in ("train", "report")]
    run = run_of(task_runs=[failed, *rest], state=RunState.FAILED)
    alert = Alert(run=RunId("run-1"), occasion=Occasion.FAILURE, address="")
    return Composer(home=Path("/lab/.jupyter_flow"), **composer).message(alert, run)


def part(mail: EmailMessage, kind: str) -> str:
    found = next(each for each in mail.walk() if each.get_content_type() == kind)
    content = found.get_content()
    assert isinstance(content, str)
    return content


def kinds(mail: EmailMessage) -> list[str]:
    return [each.get_content_type() for each in mail.walk()]


@pytest.fixture
def notifier() -> AppriseNotifier:
    return AppriseNotifier(secret=lambda _name: SECRET)


class TestMail:
    def test_has_a_page_and_a_text_that_both_say_it(
        self, notifier: AppriseNotifier, mail_server: MailServer
    ) -> None:
        mail_server.start()

        notifier.send(mail_server.address(), told(link_base="https://hub.example.com"))

        mail = mail_server.inbox.mails.get(timeout=SOON)
        assert kinds(mail) == ["multipart/alternative", "text/plain", "text/html"]
        assert mail["subject"] == (
            "✘ churn failed: load (ValueError: could not convert string to float: 'n/a')"
        )
        assert mail["from"].addresses[0].addr_spec == "flows@example.com"
        assert mail["to"].addresses[0].addr_spec == "ada@example.com"
        assert mail_server.inbox.envelopes[0].rcpt_tos == ["ada@example.com"]
        link = "https://hub.example.com/lab?jupyter-flow-run=run-1&jupyter-flow-task=load"
        for kind in ("text/plain", "text/html"):
            said = part(mail, kind)
            assert link in unescape(said)
            assert "jupyter flow repair run-1" in said
            assert "cell 4, line 2" in said
        text = part(mail, "text/plain").replace("\r\n", "\n")
        assert "Flow: churn\nRun: run-1\n" in text
        assert "style" not in text

    def test_has_the_executed_notebook_with_it(
        self, notifier: AppriseNotifier, mail_server: MailServer, tmp_path: Path
    ) -> None:
        mail_server.start()
        page = tmp_path / "load.html"
        page.write_text("<!DOCTYPE html><p>ü</p>", encoding="utf-8")
        message = note_for_test()

        notifier.send(
            mail_server.address(),
            Message(
                subject=message.subject,
                text=message.text,
                html=message.html,
                attachments=(page,),
            ),
        )

        mail = mail_server.inbox.mails.get(timeout=SOON)
        (attached,) = mail.iter_attachments()
        assert attached.get_content_type() == "text/html"
        assert attached.get_filename() == "load.html"
        assert attached.get_payload(decode=True) == page.read_bytes()
        assert "text/plain" in kinds(mail)

    def test_may_be_wanted_as_plain_text(
        self, notifier: AppriseNotifier, mail_server: MailServer
    ) -> None:
        mail_server.start()

        notifier.send(f"{mail_server.address()}&format=text", told())

        mail = mail_server.inbox.mails.get(timeout=SOON)
        assert kinds(mail) == ["text/plain"]
        assert part(mail, "text/plain").replace("\r\n", "\n").strip() == told().text.strip()

    def test_arrives_once_the_server_is_back(
        self, notifier: AppriseNotifier, mail_server: MailServer
    ) -> None:
        with pytest.raises(NotifyError, match="refused") as caught:
            notifier.send(mail_server.address(), told())
        assert not caught.value.is_final

        mail_server.start()
        mail_server.inbox.refusals = 1
        with pytest.raises(NotifyError, match="greylisted"):
            notifier.send(mail_server.address(), told())
        notifier.send(mail_server.address(), told())

        assert len(mail_server.inbox.envelopes) == 1

    def test_goes_out_with_a_password_from_a_secret(
        self, notifier: AppriseNotifier, mail_server_with_login: MailServer
    ) -> None:
        mail_server_with_login.start()

        notifier.send(mail_server_with_login.address('ada:{{ secret("PW") }}@'), told())

        assert len(mail_server_with_login.inbox.envelopes) == 1

    @pytest.mark.parametrize("login", ['ada:{{ secret("PW") }}x@', "ada:Wr0ng-one@"])
    def test_with_a_wrong_password_says_so_and_not_which(
        self, notifier: AppriseNotifier, mail_server_with_login: MailServer, login: str
    ) -> None:
        mail_server_with_login.start()

        with pytest.raises(NotifyError, match="535") as caught:
            notifier.send(mail_server_with_login.address(login), told())

        assert not caught.value.is_final
        for form in (SECRET, "hun%2Fter", "Wr0ng-one"):
            assert form not in str(caught.value)


class TestWebhook:
    def test_gets_the_message_as_text(self, notifier: AppriseNotifier, hooks: Hooks) -> None:
        notifier.send(f"{hooks.address}/services/T0KEN", told())

        got = hooks.got.get(timeout=SOON)
        assert got["path"] == "/services/T0KEN"
        assert got["title"] == told().subject
        assert got["message"].strip() == told().text.strip()
        assert got["type"] == "failure"

    def test_that_refuses_is_told_of_without_the_token(
        self, notifier: AppriseNotifier, hooks: Hooks
    ) -> None:
        hooks.status = 500

        with pytest.raises(NotifyError, match="500") as caught:
            notifier.send(f"{hooks.address}/services/T0KEN", told())

        assert "T0KEN" not in str(caught.value)
        assert not caught.value.is_final
