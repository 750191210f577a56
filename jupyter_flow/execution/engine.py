"""The papermill engine ``jupyter_flow``: what papermill hands the prepared notebook to.

Works for `LocalExecutor`, which passes an `Undertaking`, and for anyone who says
``papermill --engine jupyter_flow in.ipynb out.ipynb``. papermill imports this module whenever it is
imported itself, also by people who run no flows: so it imports next to nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from .undertaking import Undertaking


class JupyterFlowEngine:
    """papermill's contract for an engine, in class methods."""

    @classmethod
    def execute_notebook(
        cls,
        nb: NotebookNode,
        kernel_name: str | None,
        output_path: str | None = None,
        *,
        undertaking: Undertaking | None = None,
        **options: Any,
    ) -> NotebookNode:
        """Execute *nb* and return it. With an *undertaking* failures are told there alone.

        Without one, as papermill expects: raises nbclient's DeadKernelError or CellTimeoutError,
        and leaves it to papermill to raise for a cell's error, which it finds in its outputs.
        """
        if undertaking is not None:
            undertaking.execute(nb)
            return nb
        from .for_papermill import execute

        execute(nb, kernel_name, output_path, options)
        return nb

    @classmethod
    def nb_kernel_name(cls, nb: NotebookNode, name: str | None = None) -> str | None:
        """The kernel's name; None where the notebook names none: this environment's Python."""
        return name or nb.metadata.get("kernelspec", {}).get("name") or None

    @classmethod
    def nb_language(cls, nb: NotebookNode, language: str | None = None) -> str:
        """The notebook's language, Python where it says nothing."""
        about = nb.metadata
        named = about.get("language_info", {}).get("name")
        return str(language or named or about.get("kernelspec", {}).get("language") or "python")
