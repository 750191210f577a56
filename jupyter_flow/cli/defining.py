"""The commands about definitions: init, tag, check, list, show, explain."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from .completion import flow_names
from .running import AsJson, Flow_


def init(
    ctx: typer.Context,
    folder: Annotated[
        Path | None, typer.Argument(help="Where to; the project's folder if left out.")
    ] = None,
) -> None:
    """Write a small example: two notebooks that are tasks, and one that chains them."""
    from .console import out, short
    from .example import write_example

    place = folder or ctx.obj or Path.cwd()
    written = write_example(place)
    console = out()
    for path in written:
        console.print(f"  wrote {short(path)}")
    inside = "" if place.resolve() == Path.cwd() else f"cd {short(place)} && "
    console.print(f"\nNow run it:  {inside}jupyter flow run hello")
    console.print("or open flow.ipynb in JupyterLab and run its cells.")


def tag(
    ctx: typer.Context,
    notebooks: Annotated[
        list[str], typer.Argument(help="Notebooks, and options such as --retries 2.")
    ],
    name: Annotated[
        str | None, typer.Option(help="The task's name; made from the file's if left out.")
    ] = None,
    description: Annotated[str | None, typer.Option(help="What it does, in a sentence.")] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Make it no task any more.")] = False,
) -> None:
    """Make notebooks tasks. Any option of a task may be given: --retries 2 --timeout 20m."""
    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.asking import option_words
    from jupyter_flow.core.errors import UsageError

    paths, options = option_words(notebooks)
    if name is not None and len(paths) != 1:
        raise UsageError("one name cannot be given to several notebooks", hint="Leave --name out.")
    with open_flows(ctx.obj) as flows:
        for path in paths:
            task = flows.tag(
                Path(path), name=name, options=options, description=description, remove=remove
            )
            done = f"{path} is no task any more" if remove else f"{path} is task '{task}'"
            sys.stdout.write(f"{done}\n")


def check(
    ctx: typer.Context,
    address: Annotated[
        str | None,
        typer.Argument(help="One flow; all if left out.", autocompletion=flow_names),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Find every mistake, without running anything. Leaves with 2 when there are errors."""
    from jupyter_flow.app.wiring import open_flows

    from .console import out, show_json, show_problems

    with open_flows(ctx.obj) as flows:
        found = flows.find() if address is None else [flows.flow(address)]
    problems = [problem for each in found for problem in each.problems]
    errors = sum(problem.is_error for problem in problems)
    if as_json:
        from .as_json import flow_json

        show_json([flow_json(each) for each in found])
    else:
        from jupyter_flow.core.words import count

        show_problems(problems)
        warnings = len(problems) - errors
        told = [count(errors, "error")] if errors else ["no errors"]
        told += [count(warnings, "warning")] if warnings else []
        style = "bold red" if errors else "green"
        out().print(f"{count(len(found), 'flow')} checked: {', '.join(told)}", style=style)
    raise typer.Exit(2 if errors else 0)


def list_flows(ctx: typer.Context, as_json: AsJson = False) -> None:
    """The flows below this folder."""
    from jupyter_flow.app.wiring import open_flows

    from .console import out, show_json

    with open_flows(ctx.obj) as flows:
        found = flows.find()
    if as_json:
        from .as_json import flow_json

        show_json([flow_json(each) for each in found])
    elif not found:
        out().print("No flow here yet. Write a small one with: jupyter flow init")
    else:
        from .tables import flow_table

        out().print(flow_table(found))


def show(
    ctx: typer.Context,
    flow: Flow_,
    svg: Annotated[
        Path | None, typer.Option(help="Write its picture to this file instead.", metavar="FILE")
    ] = None,
    text: Annotated[
        bool, typer.Option("--text", help="Print the cell that defines it, formatted.")
    ] = False,
) -> None:
    """Draw a flow here, write its picture as SVG, or print its text."""
    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.errors import raise_if_any

    from .console import out, short, show_problems

    with open_flows(ctx.obj) as flows:
        checked = flows.flow(flow)
    raise_if_any(checked.problems)
    show_problems(checked.problems)
    if checked.flow is None:
        return
    if text:
        from jupyter_flow.core.language import format_flow

        sys.stdout.write(format_flow(checked.flow).rstrip("\n") + "\n")
        return
    if svg is not None:
        from jupyter_flow.app.exporting import write_over
        from jupyter_flow.core.pictures.picture import picture

        write_over(svg, picture(checked.flow))
        out().print(f"wrote {short(svg)}")
        return
    from .tables import drawn

    console = out()
    console.print(drawn(checked, console.width))


def explain(ctx: typer.Context, flow: Flow_) -> None:
    """Say in words what each task runs, what it waits for, and where its options come from."""
    from jupyter_flow.app.wiring import open_flows
    from jupyter_flow.core.errors import raise_if_any

    with open_flows(ctx.obj) as flows:
        checked = flows.flow(flow)
        raise_if_any(checked.problems)
        sys.stdout.write(flows.explain(checked).rstrip("\n") + "\n")


COMMANDS: Mapping[str, Any] = {
    "init": init,
    "tag": tag,
    "check": check,
    "list": list_flows,
    "show": show,
    "explain": explain,
}
