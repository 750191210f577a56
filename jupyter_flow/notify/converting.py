"""Converts a notebook to a page that stands by itself: ``python -m … NOTEBOOK PAGE``.

No script runs in it and nothing is fetched by it, whatever the outputs of the notebook hold. It is
run in a process of its own, which may use all the memory and time that it is given.
"""

from __future__ import annotations

import logging
import re
import sys
from pathlib import Path

#: Jupyter's own page without its scripts, which would be fetched, and without a right to any.
_TEMPLATE = """\
{%- extends 'index.html.j2' -%}
{%- block html_head_js -%}
<meta http-equiv="Content-Security-Policy"
 content="default-src 'none'; img-src data:; font-src data:; media-src data:;
 style-src 'unsafe-inline'">
{%- endblock html_head_js -%}
{%- block html_head_js_mathjax -%}{%- endblock html_head_js_mathjax -%}
{%- block html_head_js_mermaidjs -%}{%- endblock html_head_js_mermaidjs -%}
{%- block jupyter_widgets -%}{%- endblock jupyter_widgets -%}
{%- block data_widget_view scoped -%}
<div class="jp-RenderedText jp-OutputArea-output">
<pre>{{ output.data.get('text/plain', '') | escape }}</pre></div>
{%- endblock data_widget_view -%}
{%- block footer -%}</html>{%- endblock footer -%}
"""
_NAME = "without_scripts.html.j2"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_TAGS = _words(
    """
    a abbr b blockquote br caption code col colgroup dd del details div dl dt em figcaption
    figure h1 h2 h3 h4 h5 h6 hr i img ins kbd li mark ol p pre q s samp small span strong
    sub summary sup table tbody td tfoot th thead tr tt u ul var
    """
)
_ATTRIBUTES = _words(
    """
    align alt class colspan dir height href id lang open rowspan scope src start style title
    valign width
    """
)
#: Their text is no text to be read.
_UNSEEN = re.compile(r"<(script|style|template|noscript)\b.*?</\1\s*>", re.DOTALL | re.IGNORECASE)


def convert(notebook: Path, page: Path) -> None:
    """Write *notebook* as *page*."""
    from jinja2 import DictLoader
    from nbconvert import HTMLExporter

    quiet = logging.getLogger(__name__)
    quiet.setLevel(logging.CRITICAL)
    exporter = HTMLExporter(  # type: ignore[no-untyped-call]
        template_name="lab",
        template_file=_NAME,
        extra_loaders=[DictLoader({_NAME: _TEMPLATE})],
        sanitize_html=True,
        log=quiet,
        # Its own leaves neither tables nor headings.
        filters={"clean_html": cleaned},
    )
    title = {"metadata": {"name": page.stem}}
    with notebook.open(encoding="utf-8") as file:
        text, _ = exporter.from_file(file, resources=title)
    page.write_text(text, encoding="utf-8")


def cleaned(markup: str | bytes) -> str:
    """*markup* with all that a document may have, and nothing that acts or fetches."""
    import bleach
    from bleach.css_sanitizer import CSSSanitizer

    text = markup.decode() if isinstance(markup, bytes) else str(markup)
    clean: str = bleach.clean(
        _UNSEEN.sub("", text),
        tags=_TAGS,
        attributes=_is_harmless,
        protocols={"http", "https", "mailto", "data"},
        css_sanitizer=CSSSanitizer(),
        strip=True,
    )
    return clean


def _is_harmless(tag: str, name: str, value: str) -> bool:
    if name == "src":
        return tag == "img" and value.startswith("data:image/")
    return name in _ATTRIBUTES and not (name == "href" and value.lower().startswith("data:"))


if __name__ == "__main__":
    convert(Path(sys.argv[1]), Path(sys.argv[2]))
