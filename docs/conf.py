"""How Sphinx builds these pages. Needs no network; the tests build them with warnings as errors."""

from __future__ import annotations

import sys
from importlib.metadata import version as version_of
from pathlib import Path

# The extension that makes the tables and the picture lies beside this file.
sys.path.insert(0, str(Path(__file__).parent))

project = "jupyter_flow"
author = "jupyter_flow contributors"
copyright = "2026, jupyter_flow contributors"
release = version = version_of("jupyterlab-flow")

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "_generate"]
exclude_patterns = ["_build"]

html_theme = "furo"
html_title = "jupyter_flow"
html_static_path = ["_static"]
html_css_files = ["pictures.css"]

myst_enable_extensions = ["colon_fence", "deflist", "fieldlist"]
myst_heading_anchors = 3

# In docstrings `name` is code, whether or not it has a page here.
default_role = "code"
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autoclass_content = "class"
add_module_names = False
python_use_unqualified_type_names = True

# The reference covers the public names; types of the inside and of libraries have no page here.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!jupyter_flow\.\w+$).*"),
]
