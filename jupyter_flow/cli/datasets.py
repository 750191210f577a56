"""The command about datasets: which there are, when they were updated, and what that came from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from .running import AsJson

if TYPE_CHECKING:
    from rich.text import Text
    from rich.tree import Tree

    from jupyter_flow.app.datasets import Dataset, Lineage, Made
    from jupyter_flow.core.datasets import Update


_WIDE = 500


def datasets(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="One of them; all if left out.")] = "",
    touch: Annotated[
        bool, typer.Option("--touch", help="Say that it was updated, by something else.")
    ] = False,
    note: Annotated[str, typer.Option("--note", help="What to remember of that update.")] = "",
    limit: Annotated[int, typer.Option("--limit", "-n", help="How many updates.", min=1)] = 5,
    as_json: AsJson = False,
) -> None:
    """Datasets: when they were updated, by which task, and what that was made from."""
    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.errors import UsageError

    from .console import out, show_json

    with open_flows(ctx.obj) as flows:
        found = flows.datasets
        if touch and not name:
            raise UsageError("nothing says which dataset was updated", hint="Name it first.")
        if touch:
            update = found.touch(name, note=note)
            if as_json:
                show_json(_update_json(update))
            else:
                out().print(f"{name} is updated")
            return
        if not name:
            everything = found.all()
            if as_json:
                show_json([_dataset_json(each) for each in everything])
            elif everything:
                from jupyter_flow.app.clock import SystemClock

                out().print(_table(everything, SystemClock()))
            else:
                out().print('No dataset yet. A task has one with .options(produces="name").')
            return
        lines = [found.lineage(each) for each in found.history(name, limit=limit)]
        if as_json:
            show_json([_lineage_json(each) for each in lines])
        elif not lines:
            out().print(f"{name} was never updated")
        for each in lines if not as_json else ():
            _print(_tree(each))


def _print(tree: Tree) -> None:
    """Into a file it is written as wide as it is."""
    from rich.console import Console

    from .console import out

    console = out()
    wide = console if console.is_terminal else Console(highlight=False, markup=False, width=_WIDE)
    wide.print(tree)


def _table(found: list[Dataset], clock: Any) -> Any:
    from rich.table import Table

    from jupyter_flow.core.words import ago

    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    for title in ("dataset", "updated", "by", "flows that wait for it"):
        table.add_column(title, overflow="fold")
    for each in found:
        when = ago(each.last.at, clock.now()) if each.last is not None else "never"
        by = _by(each.last) if each.last is not None else ""
        table.add_row(each.name, when, by, ", ".join(each.consumers))
    return table


def _by(update: Update) -> str:
    if update.run is None:
        return f"by hand{f': {update.note}' if update.note else ''}"
    return f"{update.key} in {update.run}"


def _tree(line: Lineage) -> Tree:
    from rich.tree import Tree

    update = line.update
    return _grown(Tree(_label(f"{update.dataset}, {update.at:%Y-%m-%d %H:%M:%S} UTC")), line)


def _grown(tree: Tree, line: Lineage) -> Tree:
    """*tree*, which tells of an update, with what led to that."""
    update = line.update
    if line.made is None:
        is_gone = update.run is not None
        tree.add(_label(f"by {_by(update)}, which is not kept" if is_gone else _by(update)))
        return tree
    made = tree.add(_label(f"made by {_told(line.made)}, in run {update.run} of {line.flow}"))
    for each in reversed(line.sources):
        made.add(_label(f"from {_told(each)}"))
    for cause in line.causes:
        at = f"{cause.update.at:%Y-%m-%d %H:%M:%S} UTC"
        _grown(made.add(_label(f"because of {cause.update.dataset}, {at}")), cause)
    return tree


def _label(text: str) -> Text:
    from rich.text import Text

    return Text(text, overflow="fold", no_wrap=False)


def _told(made: Made) -> str:
    from .console import short

    source = f" ({short(made.source)} @ {made.digest})" if made.source else ""
    return f"{made.task}{source}{f', restored from {made.origin}' if made.origin else ''}"


def _dataset_json(each: Dataset) -> dict[str, Any]:
    return {
        "name": each.name,
        "last": each.last and _update_json(each.last),
        "consumers": list(each.consumers),
    }


def _update_json(update: Update) -> dict[str, Any]:
    return {
        "dataset": update.dataset,
        "at": update.at.isoformat(),
        "run": update.run,
        "task": update.key and str(update.key),
        "attempt": update.number or None,
        "note": update.note or None,
    }


def _lineage_json(line: Lineage) -> dict[str, Any]:
    return {
        **_update_json(line.update),
        "flow": line.flow or None,
        "made_by": line.made and _made_json(line.made),
        "made_from": [_made_json(each) for each in line.sources],
        "causes": [_lineage_json(each) for each in line.causes],
    }


def _made_json(made: Made) -> dict[str, Any]:
    return {
        "task": made.task,
        "source": made.source or None,
        "digest": made.digest or None,
        "attempt": made.attempt or None,
        "origin": made.origin or None,
    }


COMMANDS = {"datasets": datasets}
