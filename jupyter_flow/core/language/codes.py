"""The codes of everything that can be wrong with the text of a flow.

The documentation's table is made from this one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """What a code stands for: a title, and what to know about it."""

    title: str
    explanation: str


CODES: Mapping[str, Code] = {
    "JF101": Code(
        "loop",
        "Tasks wait for each other in a circle, so none of them could ever start. The message "
        "names the whole loop; take one of its dependencies away. Using a value of a task is a "
        "dependency too.",
    ),
    "JF102": Code(
        "task of no flow",
        "A dependency or a value names a task that this flow does not have. This happens with "
        "flows made in Python; in the text of a flow, naming a task puts it into the flow.",
    ),
    "JF103": Code(
        "not Python",
        "The body of a `%%flow` cell is written in Python's syntax, and Python cannot read it.",
    ),
    "JF104": Code(
        "no part of a flow",
        "A flow is a description, not a program: it has tasks, arrows, parameters and a "
        "description. Imports, loops, functions and the like belong in notebooks.",
    ),
    "JF105": Code(
        "cannot be written here",
        "A value is a constant, a parameter of the flow or a value of a task, alone or in lists "
        "and dicts. Nothing is computed when a flow is read.",
    ),
    "JF106": Code(
        "task waits for itself",
        "A task is its own upstream, by an arrow or because it uses a value of its own.",
    ),
    "JF107": Code(
        "list after list",
        "`[a, b] >> [c, d]` does not say who waits for whom, and Python refuses it as well. Write "
        "one line for each, or put a task between the lists.",
    ),
    "JF108": Code(
        "chain in the wrong place",
        "A chain of arrows stands on a line of its own. It has no value, so it can be given no "
        "name and cannot be a part of another chain.",
    ),
    "JF109": Code(
        "not a task",
        "Only tasks and lists of tasks can be chained. A task is written as its bare name, "
        "without quotes.",
    ),
    "JF110": Code(
        "two tasks of one name",
        "Each task of a flow has a name of its own. Give one of them another: `other = train(…)`.",
    ),
    "JF111": Code(
        "impossible task name",
        "The name of a task is used in flows, paths and templates: letters, digits and "
        "underscores, at most 100, and no word that Python or the language of flows needs.",
    ),
    "JF112": Code(
        "said twice, differently",
        "A parameter, an option, a list or a condition of one task is given at two places, and "
        "not in the same way. Keep one of them.",
    ),
    "JF113": Code(
        "wrong arguments",
        "Parameters of notebooks are given by name. The other kinds of task, and the methods of "
        "tasks, take the arguments that the reference lists for them.",
    ),
    "JF114": Code(
        "no such method",
        "Tasks have the methods `expand`, `options`, `when`, `set_upstream` and "
        '`set_downstream`. A value of that name is written `task["options"]`.',
    ),
    "JF115": Code(
        "not a value",
        'A value is written `task.value` or `task["value"]`, with nothing behind it. Hand on '
        "parts of it as values of their own.",
    ),
    "JF116": Code(
        "cannot be expanded",
        '`.expand` takes lists by the names of parameters: `.expand(model=["logit", '
        '"forest"])`. A list may also be a value of a task or a parameter of the flow. A '
        "parameter cannot be given and expanded at once.",
    ),
    "JF117": Code(
        "parameters declared wrongly",
        "A flow declares its parameters once, with constants as defaults: `params(n=10)`.",
    ),
    "JF118": Code(
        "undeclared parameter",
        "A flow can use the parameters that it declares with `params(…)`.",
    ),
    "JF119": Code(
        "impossible flow name",
        "The name of a flow is used in commands and paths: letters, digits, underscores and "
        "hyphens, at most 100, not beginning with a hyphen.",
    ),
    "JF120": Code(
        "unknown option",
        "There is no option of that name at that place. Options of a flow stand on the magic "
        "line, options of a task in `.options(…)`.",
    ),
    "JF121": Code(
        "impossible value of an option",
        "The value of the option has the wrong type, or lies outside of what makes sense.",
    ),
    "JF122": Code(
        "not a length of time",
        "A length of time is a number of seconds, or a text such as `90s`, `20m`, `1h30m`, `2d`.",
    ),
    "JF123": Code(
        "unknown trigger rule",
        "A trigger rule says when a task may start, given how what it needs has ended.",
    ),
    "JF124": Code(
        "bad cron",
        "A schedule has five fields (minute, hour, day of month, month, day of week), or is one "
        "of `@hourly`, `@daily`, `@weekly`, `@monthly`, `@yearly`. It must come due at some time.",
    ),
    "JF125": Code(
        "unknown time zone",
        "Time zones go by their IANA names, such as `Europe/Berlin` or `UTC`.",
    ),
    "JF126": Code(
        "not a date",
        "Dates are written as ISO 8601 has it: `2026-01-31` or `2026-01-31T06:00`. Without an "
        "offset they are read in the flow's time zone.",
    ),
    "JF127": Code(
        "options that contradict each other",
        "Two options are possible by themselves, but not together.",
    ),
    "JF128": Code(
        "unreadable magic line",
        "The line reads `%%flow NAME --option value …`. Texts with spaces stand in quotes.",
    ),
    "JF129": Code(
        "empty flow",
        "A flow has at least one task.",
    ),
    "JF130": Code(
        "task instead of a notebook",
        "`x = train(…)` makes a task of the notebook `train`. A task that was itself given a name "
        "in this flow is no notebook; write the name of the notebook that it runs.",
    ),
    "JF131": Code(
        "wait for the own flow",
        "A run that waits for a run of the same flow and the same logical time waits for itself. "
        "With `within` it waits for an earlier one.",
    ),
    "JF140": Code(
        "impossible set-up or teardown",
        "A teardown runs whenever what it cleans up was set up, whatever happened in between. So "
        "it has no condition, no rule of its own, and waits for nothing but the tasks before it. "
        "No task is both a set-up and a teardown, and neither is restored from an earlier run.",
    ),
    "JF141": Code(
        "rule after a set-up",
        "What comes right after a set-up (its teardown aside) needs that it succeeded, so it has "
        "the rule `all_success`.",
    ),
    "JF142": Code(
        "impossible group",
        'A group is written `with group("prepare"):` and has at least one task. Its name, which no '
        "task and no other group has, stands for it in chains, and nowhere else.",
    ),
    "JF143": Code(
        "task in two groups",
        "A task belongs to the group in which it is first named, and cannot be named in another "
        "one. Arrows between groups stand outside of them.",
    ),
}
