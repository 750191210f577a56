"""The shapes and the style sheet of pictures: what a state looks like, and in which colours.

Every state has a shape of its own, so that pictures can be read without colours. Drawn as paths,
since no font can be relied on.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import cos, pi, sin

from jupyter_flow.core.states import TaskState
from jupyter_flow.core.words import Tone

_RING = '<circle class="jpf-ring" r="6.3"/>'
_DISC = '<circle class="jpf-full" r="7"/>'
_CHECK = "M-3.2 .2L-1 2.6L3.4 -2.4"

_S = TaskState

_SHAPES: Mapping[TaskState, str] = {
    _S.PENDING: _RING,
    _S.WAITING: _RING + '<path class="jpf-stroke" d="M0 -3.5V0L2.6 1.6"/>',
    _S.QUEUED: _RING + '<circle class="jpf-full" r="2"/>',
    _S.RETRYING: '<path class="jpf-stroke" d="M5 -3.2A6 6 0 1 0 6 1.2M5.6 -6.6V-2.8H1.8"/>',
    _S.SUCCEEDED: _DISC + f'<path class="jpf-cut" d="{_CHECK}"/>',
    _S.RESTORED: _RING + f'<path class="jpf-stroke" d="{_CHECK}"/>',
    _S.FAILED: '<path class="jpf-full" d="M-3 -7H3L7 -3V3L3 7H-3L-7 3V-3Z"/>'
    '<path class="jpf-cut" d="M-2.7 -2.7L2.7 2.7M2.7 -2.7L-2.7 2.7"/>',
    _S.SKIPPED: '<path class="jpf-stroke" d="M-5 -4L-1 0L-5 4M1 -4L5 0L1 4"/>',
    _S.UPSTREAM_FAILED: '<path class="jpf-full" d="M0 -7L7.5 6H-7.5Z"/>'
    '<path class="jpf-cut" d="M0 -2.6V1.4M0 3.4V3.8"/>',
    _S.CANCELLED: '<rect class="jpf-full" x="-6" y="-6" width="12" height="12" rx="1.5"/>',
    _S.REMOVED: _RING + '<path class="jpf-stroke" d="M-3 0H3"/>',
}


def sign_shape(state: TaskState, x: float, y: float, *, done: float | None = None) -> str:
    """The shape of *state* around the point; that of a running task fills as it gets *done*."""
    shape = _running(done) if state is _S.RUNNING else _SHAPES[state]
    return f'<g class="jpf-sign" transform="translate({x:g} {y:g})">{shape}</g>'


def _running(done: float | None) -> str:
    if not done:
        return _RING + '<path class="jpf-full" d="M-2 -3.4L3.6 0L-2 3.4Z"/>'
    angle = 2 * pi * min(done, 0.999)
    x, y = 6.3 * sin(angle), -6.3 * cos(angle)
    large = 1 if done > 0.5 else 0
    return _RING + f'<path class="jpf-full" d="M0 0V-6.3A6.3 6.3 0 {large} 1 {x:.1f} {y:.1f}Z"/>'


#: For each tone: the page's own colour, then ours for a light and for a dark page.
_TONES: Mapping[Tone, tuple[str, str, str]] = {
    Tone.QUIET: ("", "#6e7781", "#8b949e"),
    Tone.ACTIVE: ("--jp-brand-color1", "#0969da", "#58a6ff"),
    Tone.GOOD: ("--jp-success-color1", "#1a7f37", "#3fb950"),
    Tone.WARN: ("--jp-warn-color0", "#b35900", "#e3963e"),
    Tone.BAD: ("--jp-error-color1", "#cf222e", "#ff6b61"),
}

_GROUND: Mapping[str, tuple[str, str, str]] = {
    "ink": ("--jp-ui-font-color1,var(--vscode-editor-foreground,{})", "#1f2328", "#e6edf3"),
    "soft": ("--jp-ui-font-color2,var(--vscode-descriptionForeground,{})", "#57606a", "#9aa4af"),
    "paper": ("--jp-layout-color1,var(--vscode-editor-background,{})", "#ffffff", "#16191d"),
    "edge": ("--jp-border-color1,var(--vscode-panel-border,{})", "#c4cad1", "#444c56"),
}


def styles() -> str:
    """The style sheet. Every name begins with ``jpf``, so it touches nothing else in a page."""
    light = {tone.value: ours for tone, (_, ours, _) in _TONES.items()}
    light |= {name: ours for name, (_, ours, _) in _GROUND.items()}
    dark = {tone.value: ours for tone, (_, _, ours) in _TONES.items()}
    dark |= {name: ours for name, (_, _, ours) in _GROUND.items()}
    used = {t.value: f"var({v},{{}})" if v else "{}" for t, (v, _, _) in _TONES.items()}
    used |= {name: f"var({theirs})" for name, (theirs, _, _) in _GROUND.items()}
    given = "".join(f"--d-{name}:{colour};" for name, colour in light.items())
    darker = "".join(f"--d-{name}:{colour};" for name, colour in dark.items())
    names = "".join(f"--f-{n}:{how.format(f'var(--d-{n})')};" for n, how in used.items())
    tones = "".join(f".jpf-{tone}{{--tone:var(--f-{tone})}}" for tone in Tone)
    on_dark = f"@media (prefers-color-scheme:dark){{.jpf{{{darker}}}}}"
    return f".jpf{{{given}{names}{_FONT}}}{on_dark}{tones}{_RULES}"


_FONT = "font-family:var(--jp-ui-font-family,system-ui,-apple-system,'Segoe UI',sans-serif)"

_RULES = """
.jpf-plain{--tone:var(--f-edge)}
.jpf-box{fill:var(--f-paper);stroke:var(--f-edge)}
.jpf-active .jpf-box,.jpf-bad .jpf-box,.jpf-warn .jpf-box{stroke:var(--tone)}
.jpf-bar,.jpf-done,.jpf-full{fill:var(--tone)}
.jpf-ring,.jpf-stroke,.jpf-cut{fill:none;stroke:var(--tone);stroke-width:1.5;stroke-linecap:round;stroke-linejoin:round}
.jpf-cut{stroke:var(--f-paper);stroke-width:1.8}
.jpf-frame{fill:var(--f-edge);fill-opacity:.14;stroke:var(--f-edge);stroke-dasharray:2 3}
.jpf-name{font-size:13px;font-weight:600;fill:var(--f-ink)}
.jpf-small{font-size:11px;font-weight:400;fill:var(--f-soft)}
.jpf-rule{font-style:italic}
.jpf-state{font-weight:600;fill:var(--tone)}
.jpf-quiet .jpf-state{fill:var(--f-soft)}
.jpf-line{fill:none;stroke:var(--f-soft);stroke-width:1.3;opacity:.55}
.jpf-line.jpf-quiet{stroke-dasharray:4 3}
.jpf-line.jpf-bad{stroke:var(--f-bad);opacity:.8}
.jpf-head{fill:var(--f-soft);opacity:.75}
""".replace("\n", "")
