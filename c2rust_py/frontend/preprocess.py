"""Runs gcc's preprocessor: the truth, and the two halves of the view that keeps macro names (DESIGN section 2).

A unit is seen with our own headers of the C library and nothing else of the system. If one that it includes is missing
there, or if it does not preprocess, the whole unit takes the system's headers instead, since mixing them clashes.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from c2rust_py.diagnostics import EXIT_TOOL_MISSING, Code, CompileError, Diagnostic, Span, error
from c2rust_py.frontend.units import Unit

COMPILER = "gcc"
INCLUDE_DIR = Path(__file__).parent / "include"
SHIM_DIR = Path(__file__).parent / "include_system"
"""Headers that stand before the system's, and take back what names its internals."""

# Without these macros code that has a vector version of a loop takes its portable one. `-mno-sse` would do it too, but
# changes what float_t is.
_VECTOR_MACROS = (
    "__MMX__", "__MMX_WITH_SSE__", "__SSE__", "__SSE2__", "__SSE_MATH__", "__SSE2_MATH__", "__SSE3__", "__SSSE3__",
    "__SSE4_1__", "__SSE4_2__", "__AVX__", "__AVX2__", "__FXSR__", "__AES__", "__PCLMUL__",
)  # fmt: skip
_VIEW_FLAGS = ("-x", "c", "-U_FORTIFY_SOURCE", *(f"-U{name}" for name in _VECTOR_MACROS))


class Headers(Enum):
    """Whose C library headers a unit is read with."""

    OURS = "ours"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Preprocessor:
    """The preprocessor on one unit with one set of headers; every method runs gcc once."""

    unit: Unit
    headers: Headers

    def expand(self) -> str:
        """Plain `gcc -E`: what the unit means."""
        return self._run([*self._flags(), str(self.unit.path)])

    def resolve_directives(self) -> str:
        """Includes and conditionals done, macro definitions left in, nothing expanded.

        Empty if gcc cannot do this with a unit that it does expand.
        """
        try:
            return self._run([*self._flags(), "-fdirectives-only", str(self.unit.path)])
        except CompileError:
            return ""

    def expand_resolved(self, text: str) -> str:
        """The second half: expand what `resolve_directives` gave, after names were taken out of it."""
        standard = [flag for flag in self.unit.flags if flag.startswith("-std=") or flag in ("-ansi", "-trigraphs")]
        return self._run([*standard, "-x", "c", "-fpreprocessed", "-fdirectives-only", "-"], text)

    def _flags(self) -> list[str]:
        flags = [*self.unit.flags, *_VIEW_FLAGS]
        if self.headers is Headers.OURS:
            flags += ["-nostdinc", "-isystem", str(INCLUDE_DIR)]
        else:
            # __NO_CTYPE: isalpha and its like as functions, not as look-ups in the system's table.
            flags += ["-isystem", str(SHIM_DIR), "-D__NO_CTYPE"]
        return flags

    def _run(self, arguments: list[str], text: str | None = None) -> str:
        """gcc's output, decoded so that every byte survives: bytes that are not UTF-8 become lone surrogates."""
        result = run_compiler(self.unit, ["-E", *arguments], text)
        if result.returncode != 0:
            raise CompileError(_first_error(self.unit, result.stderr, Code.PREPROCESS))
        return result.stdout


def run_compiler(unit: Unit, arguments: list[str], text: str | None = None) -> subprocess.CompletedProcess[str]:
    """Run gcc where the unit's build runs it; `__DATE__` and `__TIME__` are the C file's own."""
    environment = {**os.environ, "LC_ALL": "C"}
    try:
        environment.setdefault("SOURCE_DATE_EPOCH", str(int(unit.file.stat().st_mtime)))
        if not unit.file.is_file():
            raise FileNotFoundError
    except OSError:
        diagnostic = error(Code.INPUT_MISSING, "the file does not exist or cannot be read", Span(unit.name, 1))
        raise CompileError(diagnostic) from None
    try:
        return subprocess.run(
            [COMPILER, *arguments],
            input=text if text is not None else "",
            cwd=unit.directory,
            env=environment,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            check=False,
        )
    except FileNotFoundError:
        raise CompileError(
            error(Code.TOOL_MISSING, f"{COMPILER} is not installed", hint="apt install gcc"), EXIT_TOOL_MISSING
        ) from None


def compiler_rejection(unit: Unit) -> Diagnostic | None:
    """What gcc itself has against the unit, or None if it compiles."""
    result = run_compiler(unit, [*unit.flags, "-w", "-fsyntax-only", str(unit.path)])
    return _first_error(unit, result.stderr, Code.SYNTAX) if result.returncode != 0 else None


_MESSAGE = re.compile(r"^(.+?):([0-9]+):(?:([0-9]+):)? (?:fatal )?error: (.*)$", re.MULTILINE)
_MISSING_HEADER = re.compile(r"^(.+): No such file or directory$")


def _first_error(unit: Unit, messages: str, code: Code) -> Diagnostic:
    """gcc's first error as a diagnostic of ours."""
    match = _MESSAGE.search(messages)
    if match is None:
        text = next((line for line in messages.splitlines() if "error" in line), "gcc fails").strip()
        return error(code, text.removeprefix(f"{COMPILER}: ").removeprefix("error: "), Span(unit.name, 1))
    span = Span(unit.display(match[1]), int(match[2]), int(match[3] or 0))
    missing = _MISSING_HEADER.match(match[4])
    if missing is not None:
        hint = "add the folder that holds it with `-- -IFOLDER`, or install the library's headers"
        return error(Code.HEADER_MISSING, f"the header {missing[1]} is not found", span, hint=hint)
    return error(code, match[4], span)
