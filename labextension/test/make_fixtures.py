"""Makes the run pages that the front end's tests and gallery show, from real runs.

    python labextension/test/make_fixtures.py

Writes `labextension/test/fixtures/*.json` (runs, schedules, flows) and a log, anew each time.
"""

from __future__ import annotations

import json
import tempfile
import threading
from pathlib import Path

from jupyter_flow import open_flows
from jupyter_flow.app.flows import Flows
from jupyter_flow.app.showing import Below, flow_view, page_view
from jupyter_flow.app.showing_times import schedule_view
from jupyter_flow.core.ids import RunId, TaskKey
from jupyter_flow.testing.notebooks import write_notebook
from jupyter_flow.wire.exchange import encode_view

HERE = Path(__file__).parent / "fixtures"

FLOW = """\
"Who will leave next month?"
params(day="2026-03-01", rows=2000, models=["logit", "forest", "boost"])
extract(day=params.day, rows=params.rows) >> clean >> features
weather = fetch_weather(day=params.day)
models = train(seed=1).expand(model=params.models).options(retries=2, retry_delay="1s")
[features, weather] >> models >> evaluate(scores=models.auc)
evaluate >> [report.options(trigger="all_done"), deploy.when(evaluate.best > 0.99)]
"""


def project(folder: Path) -> None:
    """The example's notebooks; `train` fails once for one model, and while `broken` is there."""

    def put(name: str, *cells: str, parameters: str | None = None) -> None:
        write_notebook(folder / f"{name}.ipynb", *cells, parameters=parameters, task=name)

    put(
        "extract",
        "import time\nfor page in range(40):\n    print(f'page {page}: {rows // 40} rows')",
        "time.sleep(0.4)\nprint('\\x1b[32mdone\\x1b[0m in', 0.4, 's')",
        "from jupyter_flow import output\noutput(rows=rows, columns=['age', 'plan', 'churned'])",
        parameters="day: str = '2026-01-01'  # the day to read\nrows: int = 100",
    )
    put(
        "clean",
        "import time; time.sleep(0.5)",
        "from jupyter_flow import output\noutput(dropped=17)",
    )
    put(
        "fetch_weather",
        "import time; time.sleep(1.2)",
        "print('fetched')",
        parameters="day: str = ''",
    )
    put("features", "import time; time.sleep(0.6)")
    put(
        "train",
        "import time, os, pathlib, sys",
        "print('fitting', model)\nfor epoch in range(6):\n    time.sleep(0.12)\n"
        "    print(f'epoch {epoch}: loss {0.9 / (epoch + 1):.3f}')",
        "if model == 'forest' and not pathlib.Path('seen').exists():\n"
        "    pathlib.Path('seen').touch()\n"
        "    print('the licence server is gone', file=sys.stderr)\n"
        "    raise ConnectionError('licence server: connection refused')",
        "def check(frame):\n    return frame['ages']",
        "if model == 'boost' and pathlib.Path('broken').exists():\n    check({'age': [1, 2]})",
        "from jupyter_flow import output\nauc = {'logit': 0.81, 'forest': 0.87}.get(model, 0.91)\n"
        "output(auc=auc, confusion=[[120, 14], [9, 57]], options={'depth': 6, 'eta': 0.3})",
        parameters="model: str = 'logit'\nseed: int = 0",
    )
    put(
        "evaluate",
        "import time; time.sleep(0.4)",
        "from jupyter_flow import output\noutput(best=max(scores), scores=scores)",
        parameters="scores: list = [0.0]",
    )
    put("report", "import time; time.sleep(0.5)")
    put("deploy", "1")


def written(name: str, value: object) -> None:
    """One fixture."""
    text = encode_view(value)
    (HERE / f"{name}.json").write_text(json.dumps(json.loads(text), indent=1) + "\n", "utf-8")


def kept(flows: Flows, below: Below, run: RunId, name: str) -> None:
    """The page of *run* as it stands."""
    written(name, page_view(flows.run(run), 1, below, is_left=False))


def main() -> None:
    """Run the example whole, broken and repaired, and keep what a browser would be shown."""
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made).resolve()
        project(folder)
        with open_flows(folder) as flows:
            below = Below(root=folder, home=flows.settings.home)
            checked = flows.read(FLOW, line="churn", origin=str(folder / "flow.ipynb"), cell=1)
            written("flow", flow_view(checked, below))
            bad = flows.read("extract >> clen", line="broken", origin=str(folder / "flow.ipynb"))
            written("flow_with_problems", flow_view(bad, below))

            (folder / "broken").touch()
            failed = flows.start(checked, here=True)
            driving = threading.Thread(target=flows.drive, args=(failed,))
            driving.start()
            seen = False
            for _ in flows.follow(failed):
                run = flows.run(failed)
                states = {
                    key.index: each.state.value
                    for key, each in run.task_runs.items()
                    if key.task == "models"
                }
                if not seen and states.get(0) == "running" and states.get(1) == "retrying":
                    kept(flows, below, failed, "running")
                    seen = True
            driving.join()
            kept(flows, below, failed, "failed")
            lines = flows.log(flows.run(failed), TaskKey("models", 1), attempt=1)
            (HERE / "train.log").write_text("\n".join(lines) + "\n", "utf-8")

            (folder / "broken").unlink()
            good = flows.start(checked, params={"rows": 5000}, here=True)
            flows.drive(good)
            kept(flows, below, good, "succeeded")

            daily = flows.scheduling.add(
                checked, options={"schedule": "30 6 * * 1-5", "tz": "Asia/Tokyo"}
            )
            written("schedules", [schedule_view(daily, flows.scheduling.upcoming(daily), below)])


if __name__ == "__main__":
    main()
