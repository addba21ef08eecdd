"""Which functions of a program allocate as `malloc` does, and which free: those of the library, and what only wraps them.

    static void *must_alloc(size_t n) { void *p = malloc(n); if (!p) die("out of memory"); return p; }       allocates n bytes
    static void drop(void *p) { if (p) free(p); }                                                            frees p
    hooks->allocate(sizeof *p)                                                        as do all that a pointer can lead to

There is always enough memory here, so what a wrapper does where there is none does not count; what it does besides counts, and then it
is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from c2rust_py.infer.signatures import called_signature, erase_signature
from c2rust_py.infer.targets import is_null, without_casts
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    Assign,
    Block,
    Call,
    Compare,
    CompareOp,
    Convert,
    Declare,
    Evaluate,
    FunctionRef,
    If,
    IntConst,
    Load,
    LocalPlace,
    Not,
    Return,
    Statement,
    Value,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import FunctionType, PointerType, VoidType
from c2rust_py.ir.walk import Node, is_stable, walk, walk_all


@dataclass(frozen=True, slots=True)
class Allocators:
    """sizes: of the functions that allocate, the positions of the arguments whose product is the number of bytes. resized: of those that
    reallocate, the positions of the pointer and the size. freed: of those that free, the position of what they do. taken: the functions and externals whose address is taken; None where others may be called
    through pointers, too."""

    layout: Layout
    sizes: Mapping[str, tuple[int, ...]]
    resized: Mapping[str, tuple[int, ...]]
    freed: Mapping[str, int]
    types: Mapping[str, FunctionType]
    taken: frozenset[str] | None

    def bytes_of(self, value: Value) -> int | None:
        """How many bytes a call allocates, where that is a constant; None for other values."""
        if not isinstance(value, Call):
            return None
        form = self.form_of(value)
        if form is None or not all(map(is_stable, (value.function, *value.args))):
            return None
        product = 1
        for position in form:
            number = _constant(value.args[position]) if position < len(value.args) else None
            if number is None:
                return None
            product *= number
        return product

    def form_of(self, call: Call) -> tuple[int, ...] | None:
        """The arguments whose product a call allocates, if that is all that it does."""
        forms = {self.sizes.get(symbol) for symbol in self._callees(call)}
        return next(iter(forms)) if len(forms) == 1 else None

    def resized_by(self, call: Call) -> tuple[int, ...] | None:
        """The arguments that are what a call reallocates, and the size, if that is all that it does."""
        forms = {self.resized.get(symbol) for symbol in self._callees(call)}
        return next(iter(forms)) if len(forms) == 1 else None

    def freed_by(self, call: Call) -> Value | None:
        """What a call frees, if that is all that it does."""
        forms = {self.freed.get(symbol) for symbol in self._callees(call)}
        form = next(iter(forms)) if len(forms) == 1 else None
        if form is None or form >= len(call.args):
            return None
        others = (call.function, *call.args[:form], *call.args[form + 1 :])
        return call.args[form] if all(map(is_stable, others)) else None

    def _callees(self, call: Call) -> tuple[str, ...]:
        if isinstance(call.function, FunctionRef):
            return (call.function.symbol,)
        if self.taken is None:
            return ()
        signature = called_signature(call, self.layout)
        return tuple(s for s in sorted(self.taken) if erase_signature(self.types[s], self.layout) == signature)


def find_allocators(program: Program) -> Allocators:
    """The least fixpoint from the library's: a wrapper may wrap wrappers."""
    layout = Layout(program.records, program.enums)
    library = {symbol for symbol, external in program.externals.items() if external.from_library}
    forms: dict[str, tuple[int, ...]] = {"malloc": (0,), "calloc": (0, 1)}
    sizes = {name: form for name, form in forms.items() if name in library}
    resized: dict[str, tuple[int, ...]] = {"realloc": (0, 1)} if "realloc" in library else {}
    freed = {"free": 0} if "free" in library else {}
    types = {symbol: one.type for symbol, one in program.functions.items()}
    types |= {symbol: one.type for symbol, one in program.externals.items() if isinstance(one.type, FunctionType)}
    taken = _taken(program)
    while True:
        known = Allocators(layout, sizes, resized, freed, types, taken)
        runs = {s: run for s, one in program.functions.items() if s not in sizes | resized and (run := _allocates(one, known)) is not None}
        more = {s: run.form for s, run in runs.items() if run.form is not None and not run.resizes}
        moved = {s: run.form for s, run in runs.items() if run.form is not None and run.resizes}
        less = {s: at for s, one in program.functions.items() if s not in freed and (at := _frees(one, known)) is not None}
        if not more and not moved and not less:
            return known
        sizes, resized, freed = sizes | more, resized | moved, freed | less


def _taken(program: Program) -> frozenset[str] | None:
    """The functions whose address is taken, where there is a `main`, so that nobody else brings some."""
    if not any(one.name == "main" and not one.static for one in program.functions.values()):
        return None
    called: set[int] = set()
    named: list[FunctionRef] = []
    roots: list[Node] = [one.init for one in program.variables.values() if one.init is not None]
    roots += [statement for one in program.functions.values() for statement in one.body]
    for root in roots:
        for node in walk(root):
            if isinstance(node, Call) and isinstance(node.function, FunctionRef):
                called.add(id(node.function))
            elif isinstance(node, FunctionRef):
                named.append(node)
    return frozenset(node.symbol for node in named if id(node) not in called)


def _constant(value: Value) -> int | None:
    while isinstance(value, Convert):
        value = value.operand
    return value.value if isinstance(value, IntConst) else None


def _allocates(function: Function, known: Allocators) -> _Run | None:
    """What a function allocates or reallocates, if it does nothing else."""
    if not isinstance(function.type.result, PointerType) or not isinstance(function.type.result.target, VoidType):
        return None
    run = _Run(function, known)
    return run if run.body(function.body) and run.returned else None


@dataclass(slots=True)
class _Run:
    """A wrapper while it is followed along the way on which there is enough memory. new: the locals that hold the allocation. form: the
    parameters whose product it allocates, or (resizes) the one that it reallocates and the size."""

    function: Function
    known: Allocators
    form: tuple[int, ...] | None = None
    resizes: bool = False
    new: set[int] = field(default_factory=set)
    returned: bool = False

    def body(self, body: tuple[Statement, ...]) -> bool:
        """Follows statements; False where they do anything else."""
        for statement in body:
            if self.returned:
                return True
            if not self.statement(statement):
                return False
        return True

    def statement(self, statement: Statement) -> bool:
        match statement:
            case Declare(_, None):
                return True
            case Declare(local, init) if init is not None:
                return self.gives(local, init)
            case Assign(LocalPlace(local), value):
                return self.gives(local, value)
            case Block(body):
                return self.body(body)
            case If(condition, then, otherwise):
                truth = self.truth(condition)
                return truth is not None and self.body(then if truth else otherwise)
            case Return(value) if value is not None:
                self.returned = self.is_new(value) or (self.form is None and self.allocates(value))
                return self.returned
            case Evaluate(Call(FunctionRef("memset"), (cleared, IntConst(0), _))):
                return self.is_new(cleared) and not self.resizes
            case _:
                return False

    def gives(self, local: int, value: Value) -> bool:
        if local < len(self.function.type.params) or not (self.is_new(value) or (self.form is None and self.allocates(value))):
            return False
        self.new.add(local)
        return True

    def is_new(self, value: Value) -> bool:
        bare = without_casts(value)
        return isinstance(bare, Load) and isinstance(bare.place, LocalPlace) and bare.place.local in self.new

    def allocates(self, value: Value) -> bool:
        """Whether a value is a call that allocates what parameters say."""
        call = without_casts(value)
        if not isinstance(call, Call):
            return False
        resized = self.known.resized_by(call)
        form = resized or self.known.form_of(call)
        params = [self.param(without_casts(call.args[at])) for at in form] if form is not None else [None]
        self.resizes = resized is not None
        if None in params:
            return False
        self.form = tuple(param for param in params if param is not None)
        return True

    def param(self, value: Value) -> int | None:
        """The parameter that a number is."""
        while isinstance(value, Convert) and self.known.layout.size_of(value.type) == 8:
            value = value.operand
        if isinstance(value, Load) and isinstance(value.place, LocalPlace) and value.place.local < len(self.function.type.params):
            return value.place.local
        return None

    def truth(self, condition: Value) -> bool | None:
        """Whether a condition holds that asks whether the allocation is there, or whether there is anything to allocate."""
        match condition:
            case Not(inner):
                truth = self.truth(inner)
                return None if truth is None else not truth
            case Compare(CompareOp.EQ | CompareOp.NE as op, left, right) if is_null(right) or _constant(right) == 0:
                truth = self.truth(left)
                return truth if op is CompareOp.NE or truth is None else not truth
            case _ if self.is_new(condition) or self.param(condition) is not None:
                return True
            case _:
                return None


def _frees(function: Function, known: Allocators) -> int | None:
    """The parameter that a function frees, if it does nothing else and gives nothing back."""
    if not isinstance(function.type.result, VoidType):
        return None
    match function.body:
        case (Evaluate(Call() as call), *rest):
            body = call
        case (If(condition, (Evaluate(Call() as call),), ()), *rest) if _is_param_test(condition):
            body = call
        case _:
            return None
    if not all(isinstance(one, Return) for one in rest):
        return None
    freed = known.freed_by(body)
    bare = None if freed is None else without_casts(freed)
    if isinstance(bare, Load) and isinstance(bare.place, LocalPlace) and bare.place.local < len(function.type.params):
        asked = {node.local for node in walk_all(function.body) if isinstance(node, LocalPlace)}
        return bare.place.local if asked == {bare.place.local} else None
    return None


def _is_param_test(condition: Value) -> bool:
    """Whether a condition is whether a pointer is there."""
    match condition:
        case Compare(CompareOp.NE, left, right):
            return is_null(right) and _is_param_test(left)
        case _:
            asked = without_casts(condition)
            return isinstance(asked, Load) and isinstance(asked.place, LocalPlace)
