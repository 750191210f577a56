"""What stands behind ``%flow``, read into a namespace; mistakes become `UsageError`."""

from __future__ import annotations

import argparse
import shlex
from typing import NoReturn

from jupyter_flow.core.errors import UsageError, suggestion

HELP = """\
%%flow NAME [--options]       define a flow in this cell, check it, draw it
%flow run [NAME] [-p n=20]    run it in a service; --wait to run it here and wait
%flow status [RUN]            how a run stands; the latest unless you name one
%flow panel [RUN]             the same, live and to be worked with
%flow runs                    the newest runs
%flow logs [RUN] [TASK]       what the notebooks printed
%flow cancel [RUN] [TASK …]   stop a run, or some of its tasks
%flow repair [RUN]            do again what did not succeed; the rest is kept
%flow clear TASK … [--run R]  do tasks again although they succeeded
%flow mark TASK STATE         say by hand that a task succeeded or failed
%flow schedule [NAME]         run a flow by itself: --cron "0 6 * * *" --tz Europe/Berlin
%flow unschedule [NAME]       not any more; %flow pause, %flow resume
%flow list                    the flows in this folder
%flow show [NAME]             draw a flow
%flow explain [NAME]          a flow in words
%flow tag NOTEBOOK …          make notebooks tasks: --name, --retries 2, …
"""


#: What `%flow schedule` may say in place of the flow's line.
SCHEDULE_OPTIONS = ("schedule", "tz", "start", "end", "catchup", "overlap")


class _Parser(argparse.ArgumentParser):
    """An argument parser that never exits, and says what now."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(
            f"%flow {self.prog}: {message}", hint=self.format_usage().strip(), code="JF400"
        )


def _parser(name: str) -> _Parser:
    return _Parser(prog=name, add_help=False, allow_abbrev=False)


def _parsers() -> dict[str, _Parser]:
    made = {name: _parser(name) for name in ("runs", "list", "help")}
    run = made["run"] = _parser("run")
    run.add_argument("name", nargs="?", default="")
    run.add_argument("-p", "--param", action="append", default=[])
    run.add_argument("--logical-date")
    run.add_argument("--wait", action="store_true")
    run.add_argument("--no-cache", action="store_true")
    schedule = made["schedule"] = _parser("schedule")
    schedule.add_argument("name", nargs="?", default="")
    schedule.add_argument("--name", dest="as_name", default="")
    schedule.add_argument("--cron", dest="schedule")
    schedule.add_argument("-p", "--param", action="append", default=[])
    schedule.add_argument("--pin", action="store_true")
    for option in SCHEDULE_OPTIONS[1:]:
        schedule.add_argument(f"--{option}")
    for name in ("show", "explain", "unschedule", "pause", "resume"):
        made[name] = _parser(name)
        made[name].add_argument("name", nargs="?", default="")
    for name in ("status", "panel", "repair", "cancel", "logs"):
        made[name] = _parser(name)
        made[name].add_argument("run", nargs="?", default="")
    made["repair"].add_argument("--wait", action="store_true")
    made["cancel"].add_argument("tasks", nargs="*")
    made["logs"].add_argument("task", nargs="?", default="")
    made["logs"].add_argument("--attempt", type=int)
    clear, mark = _parser("clear"), _parser("mark")
    clear.add_argument("tasks", nargs="+")
    clear.add_argument("--only", action="store_true")
    mark.add_argument("task")
    mark.add_argument("state")
    for name, parser in (("clear", clear), ("mark", mark)):
        parser.add_argument("--run", default="")
        parser.add_argument("--wait", action="store_true")
        made[name] = parser
    tag = made["tag"] = _parser("tag")
    tag.add_argument("--name")
    tag.add_argument("--description")
    tag.add_argument("--remove", action="store_true")
    return made


def read(line: str) -> argparse.Namespace:
    """The command and its arguments; ``command`` is ``help`` for an empty line.

    Of ``tag``, whatever is not known by name is in ``rest``. Raises UsageError.
    """
    try:
        words = shlex.split(line)
    except ValueError as error:
        raise UsageError(
            f"%flow cannot read its line: {error}", hint="Close every quote.", code="JF400"
        ) from error
    command, arguments = (words[0], words[1:]) if words else ("help", [])
    parsers = _parsers()
    if command not in parsers:
        raise UsageError(
            f"%flow knows no '{command}'",
            hint=suggestion(command, sorted(parsers), noun="command"),
            code="JF400",
        )
    if command == "tag":
        found, rest = parsers[command].parse_known_args(arguments)
        found.rest = rest
    else:
        found = parsers[command].parse_args(arguments)
    found.command = command
    return found
