"""Datasets that a flow waits for: does it start itself, and does anybody produce them."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from jupyter_flow.core.errors import Problem, Severity, suggestion
from jupyter_flow.core.flow import Plan, Target

from .lookup import Lookup


def check_itself(targets: Mapping[str, Target], lookup: Lookup) -> Iterator[Problem]:
    """The datasets that the flow waits for and produces."""
    wanted = lookup.flow.options.on_update
    for task, target in targets.items():
        for name in target.policy.produces if wanted is not None else ():
            if wanted is not None and name in wanted.names:
                yield Problem(
                    code="JF243",
                    what=f"the flow waits for {name!r}, which its own task {task!r} produces",
                    hint="Take one of them away: each run would make the next.",
                    where=lookup.spans.get(("option", "", "on_update"))
                    or lookup.spans.get(("flow",)),
                )


def produced_by(plan: Plan) -> frozenset[str]:
    """The datasets that tasks of *plan* produce."""
    targets = (target for each in plan.with_all_children() for target in each.targets.values())
    return frozenset(name for target in targets for name in target.policy.produces)


def unknown_datasets(plan: Plan, produced: Collection[str]) -> Iterator[Problem]:
    """The datasets that the flow of *plan* waits for and nobody, by *produced*, updates."""
    wanted = plan.flow.options.on_update
    for name in wanted.names if wanted is not None else ():
        if name not in produced:
            yield Problem(
                code="JF242",
                what=f"flow {plan.flow.name!r} waits for the dataset {name!r}, which no task of "
                "this project produces",
                hint=suggestion(name, sorted(produced), noun="dataset")
                if produced
                else f'A task produces it with .options(produces="{name}").',
                severity=Severity.WARNING,
            )
