"""Runs the cells of a notebook and writes what they say into it: `python docs/run_notebook.py docs/geopandas.ipynb`.

Only texts are kept (what a cell prints, and its last value), so that the file stays small and is the same everywhere.
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any


def run_cells(notebook: dict[str, Any]) -> list[str]:
    """What each cell of code says, in order; all run in one room, as in Jupyter."""
    room: dict[str, Any] = {"__name__": "__main__"}
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    return [_said("".join(cell["source"]), room, f"cell {number}") for number, cell in enumerate(cells, 1)]


def with_outputs(notebook: dict[str, Any], said: list[str]) -> str:
    """The notebook as text, with these outputs."""
    for number, (cell, words) in enumerate(
        zip((cell for cell in notebook["cells"] if cell["cell_type"] == "code"), said, strict=True), 1
    ):
        cell["execution_count"] = number
        stream = {"name": "stdout", "output_type": "stream", "text": words.splitlines(keepends=True)}
        cell["outputs"] = [stream] if words else []
    return json.dumps(notebook, indent=1, ensure_ascii=False) + "\n"


def _said(source: str, room: dict[str, Any], name: str) -> str:
    tree, out = ast.parse(source, name), io.StringIO()
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    with contextlib.redirect_stdout(out):
        exec(compile(tree, name, "exec"), room)
        if isinstance(last, ast.Expr):
            value = eval(compile(ast.Expression(last.value), name, "eval"), room)
            if value is not None:
                print(value if isinstance(value, str) else repr(value))  # noqa: T201  (this is the cell's output)
    return out.getvalue()


if __name__ == "__main__":
    file = Path(sys.argv[1])
    read = json.loads(file.read_text("utf-8"))
    file.write_text(with_outputs(read, run_cells(read)), "utf-8")
