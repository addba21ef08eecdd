"""The Jinja environment of `rust_templates/`: an undefined variable is an error, and nothing is escaped but in HTML."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import jinja2

from c2rust_py.diagnostics import Code, CompileError, error

TEMPLATES = Path(__file__).resolve().parents[2] / "rust_templates"

EXIT_DEFECT = 70
"""Exit status for a defect of the tool itself (sysexits' EX_SOFTWARE)."""


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        autoescape=lambda name: name is not None and name.endswith(".html.j2"),
    )


def render(name: str, /, **variables: object) -> str:
    """The template `name` (`crate/lib.rs.j2`) with its variables; raises CompileError where one is missing."""
    try:
        return _environment().get_template(name).render(variables)
    except jinja2.TemplateError as problem:
        raise CompileError(error(Code.TEMPLATE, f"{name}: {problem}"), EXIT_DEFECT) from problem
