"""From a task run that may start to the assignment that an executor is given.

Puts together what is known: the target's notebook, folder and policy, the inputs, the places of
the files, and the environment variables that tell a kernel which attempt it serves.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from jupyter_flow.core.ids import TaskKey
from jupyter_flow.core.inputs.templates import is_template
from jupyter_flow.core.options import Cache, KeepKernel, KernelStart
from jupyter_flow.core.run import Run
from jupyter_flow.core.states import RunState
from jupyter_flow.ports.cache import Question
from jupyter_flow.ports.executor import Assignment, Prospect
from jupyter_flow.ports.runs import RunStore

from .places import Places

#: So many runs are looked through for one that succeeded before.
_RECENT = 200


@dataclass(frozen=True, slots=True)
class Assignments:
    """Makes assignments for the attempts of any run of one project."""

    places: Places
    store: RunStore

    def make(
        self,
        run: Run,
        key: TaskKey,
        number: int,
        inputs: Mapping[str, Any],
        env: Mapping[str, str],
        *,
        files: tuple[str, ...] = (),
        remarks: tuple[str, ...] = (),
    ) -> Assignment:
        """The assignment of attempt *number*; nothing in it is left to render.

        *files* are those that the task says it reads.
        """
        target = run.plan.targets[key.task]
        policy, flow = target.policy, run.flow_name
        artifacts = self.places.artifacts(flow, run.id, key, number)
        return Assignment(
            run=run.id,
            flow=flow,
            key=key,
            number=number,
            notebook=self.places.snapshot(target.digest),
            source=target.path,
            folder=Path(target.folder),
            parameters=inputs,
            env={**env, **self._context(run, key, number, artifacts)},
            kernel=policy.kernel or target.kernel,
            timeout=policy.timeout,
            cell_timeout=policy.cell_timeout,
            keep_kernel=policy.keep_kernel is KeepKernel.ON_FAILURE,
            fresh_kernel=policy.kernel_start is KernelStart.FRESH,
            preload=policy.preload,
            pool=policy.pool,
            slots=policy.slots,
            inputs=files,
            executed=self.places.executed(flow, run.id, key, number),
            log=self.places.log(flow, run.id, key, number),
            artifacts=artifacts,
            remarks=remarks,
        )

    def question(
        self,
        run: Run,
        key: TaskKey,
        *,
        rule: Cache,
        inputs: Mapping[str, Any],
        env: Mapping[str, str],
        upstream: Mapping[str, Any],
        files: tuple[str, ...] | None,
    ) -> Question:
        """What is asked of the cache before *key* gets a slot."""
        target = run.plan.targets[key.task]
        return Question(
            rule=rule,
            notebook=target.path,
            snapshot=self.places.snapshot(target.digest),
            digest=target.digest,
            folder=Path(target.folder),
            kernel=target.policy.kernel or target.kernel,
            parameters=inputs,
            variables=env,
            upstream=upstream,
            inputs=files,
        )

    def prospects(self, run: Run) -> list[Prospect]:
        """The tasks of *run* that may still be attempted, upstream first: each once, however often
        it is mapped or tried again."""
        return [
            self._prospect(run, task)
            for task in run.plan.flow.graph.order
            if run.plan.targets[task].has_notebook
            and any(not each.state.is_final for each in run.runs_of(task))
        ]

    def _prospect(self, run: Run, task: str) -> Prospect:
        target = run.plan.targets[task]
        policy, key = target.policy, TaskKey(task)
        done = run.task_runs.get(key)
        number = 1 + (done.attempt.number if done is not None and done.attempt is not None else 0)
        artifacts = self.places.artifacts(run.flow_name, run.id, key, number)
        # A mapped task has other keys by then, and what is cached may need no kernel.
        is_open = run.plan.flow[task].is_mapped or policy.is_cached
        is_certain = not is_open and not any(map(is_template, policy.env.values()))
        context = self._context(run, key, number, artifacts) if is_certain else {}
        return Prospect(
            run=run.id,
            flow=run.flow_name,
            key=key,
            number=number,
            artifacts=artifacts,
            is_certain=is_certain,
            notebook=self.places.snapshot(target.digest),
            folder=Path(target.folder),
            env={**policy.env, **context},
            kernel=policy.kernel or target.kernel,
            keep_kernel=policy.keep_kernel is KeepKernel.ON_FAILURE,
            fresh_kernel=policy.kernel_start is KernelStart.FRESH,
            preload=policy.preload,
        )

    def prev_success(self, run: Run) -> datetime | None:
        """The latest logical time before that of *run* for which a run of its flow succeeded.

        Looked for among the newest runs: that of a backfill may have many that are about later
        times, and none of those is a past success.
        """
        succeeded = self.store.summaries(
            flow=run.flow_name, states=[RunState.SUCCEEDED], limit=_RECENT
        )
        past = (each.logical_date for each in succeeded if each.origin == run.plan.origin)
        return max((at for at in past if at < run.logical_date), default=None)

    def _context(self, run: Run, key: TaskKey, number: int, artifacts: Path) -> dict[str, str]:
        context = {
            "JUPYTER_FLOW_RUN": run.id,
            "JUPYTER_FLOW_FLOW": run.flow_name,
            "JUPYTER_FLOW_TASK": key.task,
            "JUPYTER_FLOW_ATTEMPT": str(number),
            "JUPYTER_FLOW_ARTIFACTS": str(artifacts),
            "JUPYTER_FLOW_HOME": str(self.places.home),
        }
        if key.index is not None:
            context["JUPYTER_FLOW_INDEX"] = str(key.index)
        return context
