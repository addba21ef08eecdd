"""The rewrites from IR to IR that make every function's control flow structured, one a file, in this order:

1. `run_constructors`: main begins with the constructors.
2. `run_cleanups`: calls where scopes with cleanups are left.
3. `flatten_chains`: else-if chains of thousands of branches, so that nothing after it nests without bound.
4. `lower_computed_goto`: gotos with a name only.
5. `lower_switch`: matches, and gotos where cases stand in odd places.
6. `lower_setjmp`: catches around the rest of a function, and gotos to resume it.
7. `remove_goto`: no labels and gotos.
8. `tidy`: less of everything.
9. `name_literals`: compound literals of which parts are pointed to have names.
10. `split_choices`: a statement for each of two allocations.
11. `lower_library_objects`: no objects of the library.
12. `choose_formats`: a call for each of two formats.
13. `lower_output`: `print!` for what Rust formats as C does.
14. `dispatch_calls`: calls through pointers to functions become calls of dispatchers, where all targets are known.
15. `inline_casts`: no calls of functions that only convert a pointer.
16. `type_void_params`: parameters of type `void *` get the type that they are used as.
17. `reserve_positions`: room for the parameter that functions which compare pointers may need.
"""

from __future__ import annotations

from dataclasses import replace

from c2rust_py.frontend.deep import call_deeply
from c2rust_py.ir.program import Program
from c2rust_py.normalise.choose_formats import choose_formats
from c2rust_py.normalise.dispatch_calls import dispatch_calls
from c2rust_py.normalise.flatten_chains import flatten_chains
from c2rust_py.normalise.inline_casts import inline_casts
from c2rust_py.normalise.lower_computed_goto import lower_computed_goto
from c2rust_py.normalise.lower_library_objects import lower_library_objects
from c2rust_py.normalise.lower_output import lower_output
from c2rust_py.normalise.lower_setjmp import lower_setjmp
from c2rust_py.normalise.lower_switch import lower_switch
from c2rust_py.normalise.name_literals import name_literals
from c2rust_py.normalise.remove_goto import remove_goto
from c2rust_py.normalise.reserve_positions import reserve_positions
from c2rust_py.normalise.run_cleanups import run_cleanups
from c2rust_py.normalise.run_constructors import run_constructors
from c2rust_py.normalise.split_choices import split_choices
from c2rust_py.normalise.tidy import tidy
from c2rust_py.normalise.void_params import type_void_params

LIBRARY_NORETURN = frozenset({"abort", "exit", "_exit", "_Exit", "quick_exit", "longjmp", "siglongjmp", "_longjmp"})
"""The functions of the C library that do not return."""


def normalise(program: Program) -> Program:
    """`program` with `Stage.NORMALISED`'s invariants (see `ir.verify`)."""
    return call_deeply(_normalise, program)


def _normalise(program: Program) -> Program:
    program = run_constructors(program)
    noreturn = noreturn_functions(program)
    program = replace(program, functions={s: run_cleanups(f, noreturn) for s, f in program.functions.items()})
    program = replace(program, functions={s: flatten_chains(f) for s, f in program.functions.items()})
    program = lower_computed_goto(program)
    functions = {}
    for symbol, function in program.functions.items():
        function = lower_switch(function, noreturn)
        function = lower_setjmp(function, noreturn)
        function = remove_goto(function)
        functions[symbol] = split_choices(name_literals(tidy(function, noreturn)))
    program = lower_output(choose_formats(lower_library_objects(replace(program, functions=functions))))
    return reserve_positions(type_void_params(inline_casts(dispatch_calls(program))))


def noreturn_functions(program: Program) -> frozenset[str]:
    """The symbols of functions that do not return to their caller."""
    own = {symbol for symbol, function in program.functions.items() if function.noreturn}
    return frozenset(own | (LIBRARY_NORETURN & program.externals.keys()))
