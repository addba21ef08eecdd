"""Objects of static storage whose initialiser has no translation: they start as zeros, and what names them is a stub.

    extern int elsewhere;               // defined nowhere
    static int *p = &elsewhere;         // bad: no address to give it
    static int **pp = &p;               // bad too: through it, `p` could be read
    int f(void) { return **pp; }        // a stub, with the reason for `p`
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.diagnostics import Diagnostic, Severity
from c2rust_py.infer.effects import Needs
from c2rust_py.ir.program import Variable
from c2rust_py.to_rust.frame import Facts, Frame, Unsupported
from c2rust_py.to_rust.static_data import definition
from c2rust_py.to_rust.static_values import StaticLowering
from c2rust_py.to_rust.strings import StringTable


def mark_bad_statics(facts: Facts) -> Facts:
    """The facts with the bad objects noted, and without their initialisers. Ends because each round notes one more."""
    while True:
        found = {
            symbol: reason
            for symbol, variable in facts.program.variables.items()
            if symbol not in facts.bad_statics and (reason := _failure(facts, variable)) is not None
        }
        if not found:
            break
        facts = replace(facts, bad_statics={**facts.bad_statics, **found})
    if not facts.bad_statics:
        return facts
    variables = {
        symbol: replace(variable, init=None) if symbol in facts.bad_statics else variable
        for symbol, variable in facts.program.variables.items()
    }
    return replace(facts, program=replace(facts.program, variables=variables))


def bad_static_diagnostics(facts: Facts) -> tuple[Diagnostic, ...]:
    """A warning for each bad object."""
    return tuple(
        Diagnostic(
            Severity.WARNING,
            reason.code,
            reason.span,
            reason.reason,
            f"functions that name `{facts.program.variables[symbol].name}` are stubs",
        )
        for symbol, reason in facts.bad_statics.items()
    )


def _failure(facts: Facts, variable: Variable) -> Unsupported | None:
    """Why the initialiser cannot be lowered, tried where it leaves no trace."""
    if variable.init is None:
        return None
    trial = replace(facts, strings=StringTable())
    try:
        definition(StaticLowering(trial, Frame(trial, facts.names.modules[variable.unit], None, Needs.NONE)), variable)
    except Unsupported as reason:
        return reason
    return None
