"""The face under a cell: `FlowPanel`, an anywidget, live while cells run.

Translates between a browser and the use-cases, and shows; decides nothing. Importing this costs
nothing: anywidget is loaded with `jupyter_flow.panel.widget`.
"""

from __future__ import annotations
