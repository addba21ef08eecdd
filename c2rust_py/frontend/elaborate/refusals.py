"""C that elaboration refuses: the user's error where gcc refuses it too, otherwise a named stub for what is concerned.

    int f(void) { return 1; }
    int g(v4 a) { return a[0] / 2; }    // valid GNU C that is not translated: `g` is a stub
    some_unknown_form x = f();          // so is what names `x`

A function or declaration that is refused is set aside with its reason, and elaboration goes on. Only if there was any is
gcc asked, once for the unit: what it refuses as well ends the run.
"""

from __future__ import annotations

from collections.abc import Sequence

from c2rust_py.diagnostics import Code, CompileError, Diagnostic, Span, warning
from c2rust_py.frontend.elaborate.context import Context, RefusedName
from c2rust_py.frontend.preprocess import compiler_rejection
from c2rust_py.frontend.units import Unit
from c2rust_py.ir.nodes import UnsupportedStatement

_FIRST_UNSUPPORTED = 400
"""From this number on a code says that C is valid and not translated; those below say that it is not valid."""


def refusal_of_function(cx: Context, problem: CompileError) -> tuple[Code, str, Span]:
    """Why the function at hand is a stub: the first thing in it that is not translated, or else the problem that kept it
    from being elaborated."""
    if cx.current.unsupported is not None:
        return cx.current.unsupported
    return (*_refuse(cx, problem.diagnostic), problem.diagnostic.span or Span(cx.path, 1))


def stub(refusal: tuple[Code, str, Span]) -> UnsupportedStatement:
    """The body of a function that is not translated."""
    code, reason, span = refusal
    return UnsupportedStatement(str(code), reason, span)


def refuse_declaration(cx: Context, name: str | None, problem: CompileError) -> None:
    """Sets a declaration of file scope aside: the name that it declares has no meaning, and what uses it is a stub."""
    code, reason = _refuse(cx, problem.diagnostic)
    if name is not None:
        known = cx.externs.get(name)
        if known is not None:
            cx.variables.pop(known.symbol, None)
        cx.scopes[0].names[name] = RefusedName(code, reason)
    hint = f"functions that name `{name}` are stubs" if name is not None else "functions that need it are stubs"
    cx.diagnostics.add(warning(code, reason, problem.diagnostic.span, hint=hint))


def _refuse(cx: Context, found: Diagnostic) -> tuple[Code, str]:
    """Why something valid is not translated; what may be invalid is remembered for gcc."""
    if found.code.number >= _FIRST_UNSUPPORTED:
        return found.code, found.message
    cx.refusals.append(found)
    return Code.UNSUPPORTED_C, f"not translated, though gcc takes it: {found.message}"


def confirm_refusals(unit: Unit, refusals: Sequence[Diagnostic]) -> None:
    """Raises CompileError if the unit is not valid C: with our words where gcc complains of the same line, else gcc's."""
    rejection = compiler_rejection(unit) if refusals else None
    if rejection is None:
        return
    for found in refusals:
        if found.span is not None and rejection.span is not None and found.span.line == rejection.span.line:
            raise CompileError(found)
    raise CompileError(rejection)
