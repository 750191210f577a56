"""What a notebook does, as far as its text tells: its code, without what makes no difference.

Comments, blank lines, the way Python is laid out, outputs, texts between the cells and metadata
make none. Nothing is run.
"""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Iterable

from .python_cells import parse_cell, without_magics


def code_digest(cells: Iterable[str], language: str) -> str:
    """The SHA-256, in hexadecimal, of what the code *cells* do. Of another language than Python
    it is that of their text, for nobody here can tell its comments from what looks like them.
    """
    meant = (_meant_by(cell, language) for cell in cells)
    digest = hashlib.sha256()
    for each in filter(None, meant):
        digest.update(each.encode(errors="surrogatepass"))
        digest.update(b"\0")
    return digest.hexdigest()


def _meant_by(cell: str, language: str) -> str:
    text = "\n".join(line.rstrip() for line in cell.strip().split("\n"))
    if language != "python" or text.startswith("%%"):
        return text
    try:
        tree = parse_cell(cell)
    except SyntaxError:
        return text
    if not tree.body:
        return ""
    return "\n".join([ast.dump(tree), *_magics(cell)])


def _magics(cell: str) -> Iterable[str]:
    """The lines that only IPython knows: the tree has none of them."""
    plain = without_magics(cell)
    if plain == cell:
        return ()
    pairs = zip(cell.split("\n"), plain.split("\n"), strict=True)
    return (line.strip() for line, bare in pairs if line != bare)
