"""The command line: ``jupyter flow …``. Reads, calls one use-case, shows.

`main` is the boundary: errors meant for people end here as three lines on standard error and an
exit status. Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import atexit
import gc
import logging
import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jupyter_flow.core.errors import FlowError


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit status.

    0 succeeded, 1 failed, 2 bad definition or usage, 130 interrupted.
    """
    _leave_out_formats()
    _tidy_up_seldom()
    # What is logged is for services, which say so; here, errors are told where they are met.
    logging.getLogger("jupyter_flow").addHandler(logging.NullHandler())
    from jupyter_flow.core.errors import FlowError

    from .app import app, hoisted

    given = list(sys.argv[1:] if arguments is None else arguments)
    try:
        app(args=hoisted(given), prog_name="jupyter flow")
    except FlowError as error:
        from .console import show_error

        show_error(error)
        sys.exit(error.exit_status)
    except BrokenPipeError:
        raise  # nobody reads any more: the console knows how to be quiet then
    except OSError as error:
        from .console import show_error

        show_error(_of_the_system(error))
        sys.exit(FlowError.exit_status)
    except KeyboardInterrupt:
        sys.exit(130)


def _of_the_system(error: OSError) -> FlowError:
    """A file or folder that cannot be read or written, told like any other mistake."""
    from jupyter_flow.core.errors import FlowError

    what = error.strerror or type(error).__name__
    return FlowError(
        f"{error.filename}: {what}" if error.filename else what,
        hint="Is the path right, is there room on the disk, and may you write there?",
        code="JF420",
    )


def _leave_out_formats() -> None:
    """Keep ``jsonschema`` (which nbformat imports) from loading what checks web addresses and
    durations: no notebook's schema has any. A grammar alone takes two seconds of each command.

    Only this process is affected, and nothing else uses these packages.
    """
    for checker in ("rfc3987_syntax", "rfc3986_validator", "isoduration"):
        sys.modules.setdefault(checker, None)  # type: ignore[arg-type]


def _tidy_up_seldom() -> None:
    """Look for garbage less often, and not once more at the end.

    Nearly all that a short command makes is what it imports, 150,000 objects that stay. Looking
    through them takes a quarter of its time, most of that when Python ends, where the system takes
    everything anyway.
    """
    gc.set_threshold(200_000)
    atexit.register(gc.freeze)
