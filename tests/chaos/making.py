"""Random flows, written down as real notebooks, and what each of their tasks must hand on.

Everything comes from a seed. A task adds up what it is given and hands on the sum, so what must
arrive where can be computed here, whatever happened on the way. Tasks get into trouble at their
first attempt, leave children behind, and write into a ledger that they ran to their end.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

from jupyter_flow.testing.notebooks import write_notebook

#: What may go wrong in the first attempt of a task, and only then.
TROUBLES = {
    "raises": "raise RuntimeError('the first time')",
    "exits": "os._exit(3)",
    "is_killed": "os.kill(os.getpid(), 9)",
}
CHILDREN = (
    "import subprocess\n"
    "subprocess.Popen(['sleep', '600'])\n"
    "subprocess.Popen(['sleep', '600'], start_new_session=True)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Chore:
    """One task: ``given`` has the task whose value each parameter is, ``after`` bare edges.

    ``items`` is how many values it hands on as a list; ``over`` the task over whose list it is
    mapped.
    """

    name: str
    weight: int
    given: Mapping[str, str] = field(default_factory=dict)
    after: tuple[str, ...] = ()
    items: int = 0
    over: str = ""
    trouble: str = ""
    has_children: bool = False
    seconds: float = 0.0
    retries: int = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Scheme:
    """A flow in the making; its chores stand upstream first."""

    name: str
    chores: tuple[Chore, ...]

    def chore(self, name: str) -> Chore:
        return next(each for each in self.chores if each.name == name)

    def given_to(self, name: str, index: int | None) -> dict[str, Any]:
        """What the attempts of that task must be given."""
        chore = self.chore(name)
        given = {param: self._value(up) for param, up in chore.given.items()}
        if chore.over and index is not None:
            given["item"] = self._list(chore.over)[index]
        return given

    def handed_on(self, name: str, index: int | None) -> dict[str, Any]:
        """What that task must hand on."""
        chore = self.chore(name)
        total = chore.weight + sum(_added(each) for each in self.given_to(name, index).values())
        return {"n": total} | ({"items": self._list(name)} if chore.items else {})

    def width(self, name: str) -> int | None:
        over = self.chore(name).over
        return self.chore(over).items if over else None

    def _list(self, name: str) -> list[int]:
        chore = self.chore(name)
        return [chore.weight + place for place in range(chore.items)]

    def _value(self, name: str) -> Any:
        width = self.width(name)
        if width is None:
            return self.handed_on(name, None)["n"]
        return [self.handed_on(name, index)["n"] for index in range(width)]

    def text(self) -> str:
        """The flow as it stands in its notebook."""
        lines = [f"%%flow {self.name} --retry-delay 0.1s"]
        for chore in self.chores:
            given = ", ".join(f"{param}={up}.n" for param, up in chore.given.items())
            line = f"{chore.name}({given})" if given else chore.name
            line += f".expand(item={chore.over}.items)" if chore.over else ""
            lines.append(f"{line}.options(retries={chore.retries})")
            lines += [f"{up} >> {chore.name}" for up in chore.after]
        return "\n".join(lines)


def _added(value: Any) -> int:
    return sum(value) if isinstance(value, list) else int(value)


def random_scheme(name: str, dice: Random) -> Scheme:
    """A flow of five to seven tasks, with at most one that is mapped."""
    chores: list[Chore] = []
    number = dice.randint(5, 7)
    lists, mapped = _places_of_a_map(number, dice)
    for place in range(number):
        above = [each.name for each in chores]
        ups = dice.sample(above, min(len(above), dice.choice([0, 1, 1, 2])))
        taken = dice.randint(0, len(ups))
        chores.append(
            Chore(
                name=f"{name}_{place}",
                weight=dice.randint(1, 99),
                given=dict(zip("ab", ups[:taken], strict=False)),
                after=tuple(ups[taken:]),
                items=dice.randint(1, 3) if place == lists else 0,
                over=chores[lists].name if place == mapped else "",
                trouble=dice.choice(["", "", "", "", "", *TROUBLES]),
                has_children=dice.random() < 0.4,
                seconds=round(dice.uniform(0.0, 0.6), 2),
                retries=dice.choice([1, 3, 6, 12, 12]),
            )
        )
    return Scheme(name=name, chores=tuple(chores))


def _places_of_a_map(number: int, dice: Random) -> tuple[int, int]:
    """Which task hands on a list and which is mapped over it; -1 when none is."""
    if dice.random() < 0.4:
        return -1, -1
    lists = dice.randrange(number - 1)
    return lists, dice.randrange(lists + 1, number)


def write_scheme(scheme: Scheme, folder: Path, ledger: Path) -> None:
    """Write the flow and its tasks' notebooks below *folder*."""
    for chore in scheme.chores:
        write_notebook(
            folder / f"{chore.name}.ipynb",
            *_cells(scheme, chore, folder, ledger),
            parameters=_parameters(scheme, chore),
            task=chore.name,
        )
    write_notebook(folder / f"flow_{scheme.name}.ipynb", scheme.text())


def _parameters(scheme: Scheme, chore: Chore) -> str | None:
    kinds = {p: "int" if scheme.width(up) is None else "list" for p, up in chore.given.items()}
    kinds |= {"item": "int"} if chore.over else {}
    return "\n".join(f"{param}: {kind}" for param, kind in kinds.items()) or None


def _cells(scheme: Scheme, chore: Chore, folder: Path, ledger: Path) -> list[str]:
    names = [*chore.given, *(["item"] if chore.over else [])]
    got = ", ".join(f"{name!r}: {name}" for name in names)
    own = {"items": scheme.handed_on(chore.name, None)["items"]} if chore.items else {}
    cells = [_BEGINS.format(got=got, weight=chore.weight)]
    if chore.trouble:
        cells.append(_ONCE.format(folder=str(folder / "marks"), trouble=TROUBLES[chore.trouble]))
    if chore.has_children:
        cells.append(CHILDREN)
    cells.append(f"time.sleep({chore.seconds})\noutput(n=n, **{json.dumps(own)})")
    cells.append(_ENDS.format(ledger=str(ledger)))
    return cells


_BEGINS = """\
import json, os, pathlib, time
from jupyter_flow import output
named = {{key: os.environ.get('JUPYTER_FLOW_' + key.upper())
         for key in ('run', 'task', 'index', 'attempt')}}
got = {{{got}}}
n = sum(sum(each) if isinstance(each, list) else each for each in got.values()) + {weight}
"""
_ONCE = """\
mark = pathlib.Path({folder!r}, '.'.join(map(str, list(named.values())[:3])))
if not mark.exists():
    mark.touch()
    {trouble}
"""
#: One line, written in one stroke at the end of the file, whoever else writes.
_ENDS = """\
line = json.dumps({{**named, 'got': got, 'n': n, 'at': time.time()}}) + '\\n'
file = os.open({ledger!r}, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
_ = os.write(file, line.encode()), os.close(file)
"""
