"""How a service writes its log: a line for people, or JSON for machines, with stable action words.

Every record of ours has an ``action``, which is never renamed, and fields that say what it is
about. Only a process that is a service configures logging; elsewhere that is the user's.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

#: What every record has; the rest was given with ``extra``.
_USUAL = frozenset(logging.makeLogRecord({}).__dict__) | {"message", "asctime", "taskName"}
#: Libraries that say at INFO what only they care about.
_CHATTY = (
    "aiobotocore",
    "alembic",
    "apprise",
    "botocore",
    "markdown",
    "nbconvert",
    "papermill",
    "traitlets",
    "urllib3",
)


def configure(*, as_json: bool = False) -> None:
    """Write the log of this process to standard error."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(AsJson() if as_json else Plain())
    logging.basicConfig(level=logging.INFO, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING)


class Plain(logging.Formatter):
    """``2026-03-01 06:00:00 INFO    run taken up  action=run_taken_up run=…``."""

    def format(self, record: logging.LogRecord) -> str:
        at = datetime.fromtimestamp(record.created, UTC).astimezone()
        fields = " ".join(f"{name}={_word(value)}" for name, value in _extra(record).items())
        told = f"{at:%Y-%m-%d %H:%M:%S} {record.levelname:<7} {record.getMessage()}"
        text = f"{told}  {fields}" if fields else told
        return f"{text}\n{self.formatException(record.exc_info)}" if record.exc_info else text


class AsJson(logging.Formatter):
    """One object a line."""

    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(),
            "level": record.levelname.lower(),
            "message": record.getMessage(),
            **_extra(record),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def _extra(record: logging.LogRecord) -> dict[str, Any]:
    return {name: value for name, value in record.__dict__.items() if name not in _USUAL}


def _word(value: object) -> str:
    text = str(value)
    return json.dumps(text, ensure_ascii=False) if " " in text or "\n" in text else text
