"""The executor that has attempts made by the workers of a Dask cluster. An `Executor`.

Attempts are tasks of Dask, one each, kept in the cluster under their names until their end has
been taken in: so they go on without this process, and any other can take them up. Workers tell how
far they are; what they have written is fetched as it grows, where they do not share the disk.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Sequence
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Any

from jupyter_flow.core.errors import FlowError, UnreachableError
from jupyter_flow.core.events import AttemptEnded, AttemptProgressed
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.core.run import Cause, Failure
from jupyter_flow.core.states import Outcome
from jupyter_flow.execution.failures import start_failed
from jupyter_flow.ports.artifacts import ArtifactStore
from jupyter_flow.ports.executor import Assignment, Prospect, Report
from jupyter_flow.whole import write_whole

from . import worker
from .clusters import Cluster, ask, reaching
from .ears import Ears, Word
from .followed import Followed, Following
from .hands import Hands, quietly
from .parcels import Delivery, name_of, put_down
from .sending import Sender

log = logging.getLogger(__name__)

#: After so many seconds without a word of a worker it is asked whether it still makes the attempt.
_PATIENCE = 4 * worker.SILENCE
#: For so many seconds a result may be on its way.
_RESULT = 600.0
#: Who has begun what is never to be begun.
_NOBODY = "nobody"


class DaskExecutor:
    """Has attempts made by the workers of *cluster*.

    *home* is where runs are kept here. *equip* is called on a worker, with a home, for what it
    makes attempts with. *artifacts* is the store here of what workers cannot store themselves, None
    where they can. *shares_disk* says whether workers see the files of this machine where they are
    here; None has them look. Tasks of the pools in *resources* go to workers that have so much of
    the resource of that name; without it, of any that some worker has.
    """

    def __init__(
        self,
        cluster: Cluster,
        *,
        home: Path,
        equip: worker.Equip,
        artifacts: ArtifactStore | None = None,
        shares_disk: bool | None = None,
        resources: Sequence[str] | None = None,
    ) -> None:
        self._cluster = cluster
        self._artifacts = artifacts
        self._sender = Sender(home.absolute(), equip, artifacts, shares_disk, resources)
        self._following = Following()
        self._hands = Hands(self._give_up)
        self._ears = Ears(self._take_in, self._look_after)
        self._lock = threading.Lock()
        self._has_let_go = False
        #: What the cluster is to forget, and whether it is made: more than can be said just now.
        self._unforgotten: SimpleQueue[tuple[Followed, bool]] = SimpleQueue()

    def connect(self) -> None:
        """Reach the cluster, or make it. Raises FlowError (JF615, JF616) when that cannot be."""
        self._client()

    # -- the port ------------------------------------------------------------------------------

    @property
    def cluster(self) -> str:
        return self._cluster.address

    def get_ready(self) -> None:
        self._hands.once(self._client)

    def foresee(self, prospects: Sequence[Prospect]) -> None:
        """Nothing: nobody knows which worker it will be."""

    def forget(self, run: RunId) -> None:
        """Nothing: nothing is foreseen."""

    def start(self, assignment: Assignment, report: Report) -> None:
        followed = Followed(name_of(assignment), assignment, report)
        self._follow(followed)
        self._hands.first(self._send, followed)

    def take_up(self, assignment: Assignment, report: Report) -> bool:
        client, name = self._client(), name_of(assignment)
        try:
            future = ask(client.get_dataset, name)
        except KeyError:
            return False
        followed = Followed(name, assignment, report, future=future)
        with suppress(KeyError):
            followed.where = ask(client.get_dataset, followed.begun)
        followed.heard = time.monotonic()
        self._follow(followed)
        future.add_done_callback(lambda _: self._hands.soon(self._done, followed))
        return True

    def let_go(self, run: RunId, key: TaskKey, number: int) -> bool:
        followed = self._following.find(run, key, number)
        if followed is None or not self._cluster.outlives_us:
            return False
        with followed.lock:
            if followed.is_over or followed.future is None:
                return False
            self._following.remove(followed)
            followed.is_over = self._has_let_go = True
        return True

    def stop(self, run: RunId, key: TaskKey, number: int) -> None:
        followed = self._following.find(run, key, number)
        if followed is not None and not followed.is_stopping:
            followed.is_stopping = True
            self._hands.soon(self._stop, followed)

    def end_lost(self, run: RunId, key: TaskKey, number: int) -> None:
        # Workers that are gone cannot be reached, and their kernels end with them.
        ask(self._client().run, worker.end_lost, run, key, number, on_error="ignore")

    @property
    def kept(self) -> int:
        return 0

    def make_room(self) -> None:
        """Nothing: it has no kernels on this machine."""

    def close(self) -> None:
        self._hands.put_off_no_more()
        for each in self._following.all():
            self.stop(each.assignment.run, each.assignment.key, each.assignment.number)
        self._following.wait_for_the_end()
        self._hands.close()
        self._ears.close()
        self._cluster.close()
        self._sender.close(keeps_mark=self._has_let_go)

    # -- its beginning -------------------------------------------------------------------------

    def _follow(self, followed: Followed) -> None:
        self._following.add(followed)
        self._ears.open()

    def _client(self) -> Any:
        return self._cluster.client(self._ears.heard)

    def _send(self, followed: Followed) -> None:
        if followed.future is not None:  # nobody knows how far that came
            self._find_again(followed)
            return
        client = self._client()
        followed.future = self._sender.send(client, followed.assignment)
        followed.future.add_done_callback(lambda _: self._hands.soon(self._done, followed))
        ask(client.publish_dataset, followed.future, name=followed.name, override=True)

    # -- while it lasts ------------------------------------------------------------------------

    def _look_after(self) -> None:
        """Look after those of which nothing is heard, and those about which something is undone."""
        for each in self._following.silent_for(_PATIENCE):
            self._hands.soon(self._ask, each, or_later=False)  # it is asked again anyway
        self._hands.again(self._following.all())
        if not self._unforgotten.empty():
            self._hands.once(self._have_forgotten)

    def _take_in(self, word: Word) -> None:
        if word.get("action") == "remove-worker":
            self._look_for_lost(word["worker"], word.get("processing-tasks", ()))
            return
        followed = self._following.named(word.get("attempt", ""))
        if followed is None:
            return
        followed.where, followed.heard = word["worker"], time.monotonic()
        followed.is_missed = False
        at = word["cell"], word["cells"]
        if at != followed.at and at[0]:
            followed.at = at
            given = followed.assignment
            followed.report(
                AttemptProgressed(key=given.key, number=given.number, cell=at[0], cells=at[1])
            )
        if not self._sender.shares_disk and (word["log"], word["executed"]) > (
            followed.log,
            followed.executed,
        ):
            self._fetch(followed, word["executed"])

    def _look_for_lost(self, gone: str, keys: Collection[str]) -> None:
        """The worker *gone* is gone, which had these tasks: those that it had begun are lost.

        Dask gives the others to other workers.
        """

        def lose(followed: Followed) -> None:
            if followed.future is None:  # it could not be sent yet
                return
            with suppress(KeyError):
                followed.where = ask(self._client().get_dataset, followed.begun)
            if followed.where == gone:
                self._lose(followed)

        for each in self._following.perhaps_on(gone, keys):
            self._hands.soon(lose, each)

    def _fetch(self, followed: Followed, executed: int) -> None:
        """Bring here what it has written since."""
        given = followed.assignment
        seen = ask(
            self._client().run,
            worker.look,
            followed.name,
            followed.log,
            followed.executed,
            workers=[followed.where],
            on_error="ignore",
        )
        look = next(iter((seen or {}).values()), None)
        if look is None:
            return
        with followed.lock:
            if followed.is_over:
                return
            given.log.parent.mkdir(parents=True, exist_ok=True)
            with given.log.open("r+b" if given.log.exists() else "w+b") as file:
                file.seek(followed.log)
                file.write(look.log)
            followed.log += len(look.log)
            if look.executed is not None:
                write_whole(given.executed, look.executed)
                followed.executed = executed

    def _ask(self, followed: Followed) -> None:
        run, where = self._client().run, [followed.where]
        said = ask(run, worker.is_made_here, followed.name, workers=where, on_error="ignore")
        if followed.future.status != "pending":  # the connection was cut, or it has just ended
            self._done(followed)
        elif not said or (followed.is_missed and not any(said.values())):
            self._lose(followed)
        else:
            followed.is_missed = not any(said.values())

    def _stop(self, followed: Followed) -> None:
        """End it on its worker; or see to it that it is never begun."""
        if followed.future is None or (not followed.where and self._claims(followed)):
            self._end(followed, Outcome.CANCELLED, Failure(cause=Cause.CANCELLED))
            return
        client = self._client()
        followed.where = where = ask(client.get_dataset, followed.begun)
        said = ask(client.run, worker.stop, followed.name, workers=[where], on_error="ignore")
        if not said and not followed.future.done():
            self._lose(followed)

    def _claims(self, followed: Followed) -> bool:
        """Whether it has not been begun, and now never will be."""
        client = self._client()
        try:
            ask(client.publish_dataset, _NOBODY, name=followed.begun)
        except KeyError:
            return bool(ask(client.get_dataset, followed.begun) == _NOBODY)
        return True

    # -- its end -------------------------------------------------------------------------------

    def _done(self, followed: Followed) -> None:
        """Dask is done with it: take in what came of it."""
        future = followed.future
        if future.status == "finished":
            with reaching(self._client()):
                delivery: Delivery | None = future.result(timeout=_RESULT)
            if delivery is None:
                self._lose(followed)
                return
            put_down(delivery, followed.assignment, self._artifacts)
            self._over(followed, delivery.ended, is_made=True)
        elif future.status == "error":
            error = future.exception()
            if isinstance(error, worker.UnseenError):
                self._sender.shares_disk, followed.future = False, None
                self._send(followed)
            elif type(error).__name__ == "KilledWorker":
                self._lose(followed)
            else:
                self._fail(followed, _not_made(error))
        else:
            self._find_again(followed)

    def _find_again(self, followed: Followed) -> None:
        """The connection was cut, or the cluster has forgotten it: in that case it is lost."""
        client = self._client()
        try:
            followed.future = ask(client.get_dataset, followed.name)
        except KeyError:
            # It may have been begun all the same.
            ask(client.run, worker.stop, followed.name, on_error="ignore")
            self._lose(followed)
        else:
            followed.heard = time.monotonic()
            followed.future.add_done_callback(lambda _: self._hands.soon(self._done, followed))

    def _lose(self, followed: Followed, why: str = "") -> None:
        """Its worker is gone, and it with it; or the cluster has forgotten it, or is gone."""
        where = f"the worker {followed.where}" if followed.where else "the worker"
        failure = Failure(cause=Cause.LOST, message=why or f"{where} that made it is gone")
        self._end(followed, Outcome.LOST, failure)

    def _give_up(self, followed: Followed, error: Exception) -> None:
        """End it, as what was to be done about it went wrong."""
        if isinstance(error, UnreachableError) and followed.future is not None:
            self._lose(followed, error.what)
        elif isinstance(error, FlowError):
            self._fail(followed, start_failed(error.what, name=error.code, traceback=str(error)))
        else:
            log.error("what was to be done with Dask failed", exc_info=error)
            self._fail(followed, start_failed(str(error), name=type(error).__name__))

    def _fail(self, followed: Followed, failure: Failure) -> None:
        self._end(followed, Outcome.FAILED, failure)

    def _end(self, followed: Followed, outcome: Outcome, failure: Failure) -> None:
        given = followed.assignment
        self._over(
            followed,
            AttemptEnded(key=given.key, number=given.number, outcome=outcome, failure=failure),
        )

    def _over(self, followed: Followed, ended: AttemptEnded, *, is_made: bool = False) -> None:
        """Tell the end, once; have the cluster forget it."""
        with self._lock:
            if followed.is_over:
                return
            followed.is_over = True
        followed.report(ended)
        self._following.remove(followed)
        self._unforgotten.put((followed, is_made))
        quietly(self._have_forgotten)

    def _have_forgotten(self) -> None:
        """Have the cluster forget what is over; what cannot be said now is said later."""
        with suppress(Empty):
            while True:
                followed, is_made = self._unforgotten.get_nowait()
                try:
                    self._forget(followed, is_made=is_made)
                except UnreachableError:
                    self._unforgotten.put((followed, is_made))
                    return

    def _forget(self, followed: Followed, *, is_made: bool) -> None:
        """Unless it is made, it may go on somewhere: it is ended. And Dask may still give it to a
        worker: then the word stays that it has been begun."""
        client = self._client()
        if followed.future is not None:
            followed.future.cancel()
        if not is_made and followed.where:
            where = [followed.where]
            ask(client.run, worker.stop, followed.name, workers=where, on_error="ignore")
        ask(client.unpublish_dataset, followed.name)
        if is_made:
            ask(client.unpublish_dataset, followed.begun)


def _not_made(error: BaseException) -> Failure:
    if isinstance(error, ModuleNotFoundError):
        found = FlowError(
            f"a worker cannot make attempts: {error}",
            hint="Install jupyterlab-flow on the workers, in the same version as here.",
            code="JF614",
        )
        return start_failed(found.what, name=found.code, traceback=str(found))
    return start_failed(str(error), name=type(error).__name__)
