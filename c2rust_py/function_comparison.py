"""`c2rs diff --functions`: the functions of a translation, each compared with its C in one process."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, error
from c2rust_py.oracle.functions.verdicts import FunctionOptions, FunctionVerdict

_DEFAULTS = FunctionOptions()


def compare_functions(
    input_path: Path,
    out: Path,
    flags: Sequence[str] = (),
    names: Sequence[str] = (),
    options: FunctionOptions = _DEFAULTS,
) -> tuple[FunctionVerdict, ...]:
    """A verdict for each function called one of `names` (none: for all), in the order of the C. Raises CompileError where
    either side does not build. The Rust is what stands in OUT now; signatures are those that the translation infers.

    Failing inputs are kept under OUT/.c2rs/inputs and replayed first.
    """
    raise CompileError(error(Code.USAGE, "functions are not compared yet"), EXIT_USAGE)
