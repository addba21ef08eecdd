"""What must hold of a program between two stages: every invariant that the docstrings of `nodes` and `types` state.

A breach is a defect of the stage that just ran, never of the user's C, so it ends the run. The checks work on an explicit
stack (C nests else-if chains and operators without bound) and take time linear in the program.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from itertools import pairwise
from typing import NoReturn

from c2rust_py.diagnostics import Code, CompileError, Span, error
from c2rust_py.ir.nodes import (
    Allocate,
    AllocateVla,
    Arm,
    Assign,
    Borrow,
    Break,
    Call,
    Case,
    CatchJump,
    ComputedGoto,
    Continue,
    Declare,
    DeclarePair,
    Default,
    DoWhile,
    ElementRun,
    For,
    FunctionAddress,
    FunctionRef,
    GlobalPlace,
    Goto,
    If,
    IndexPlace,
    Insert,
    IntConst,
    IsPresent,
    Label,
    LabelAddress,
    Labelled,
    LocalPlace,
    Loop,
    Match,
    MoveOptional,
    Optional,
    Place,
    Reallocate,
    ReferentPlace,
    Remove,
    Return,
    Split,
    Statement,
    Switch,
    Unwrap,
    VaEnd,
    Value,
    VaStart,
    While,
)
from c2rust_py.ir.printer import type_text
from c2rust_py.ir.program import Function, LocalKind, Program, Record
from c2rust_py.ir.types import (
    LONG,
    ULONG,
    USIZE,
    Access,
    ArrayType,
    IdType,
    OptionalType,
    OwnedType,
    PointerType,
    PoolType,
    ReferenceType,
    Type,
    VaListType,
)
from c2rust_py.ir.verify_scopes import find_undeclared
from c2rust_py.ir.verify_types import check_place, check_value, find_qualified, is_integer, is_scalar
from c2rust_py.ir.walk import Node, children, walk

EXIT_INTERNAL = 70
"""Exit status for a defect of this tool (EX_SOFTWARE)."""

SETJMP_NAMES = frozenset({"setjmp", "_setjmp", "sigsetjmp", "__sigsetjmp", "__builtin_setjmp"})
"""The functions that return twice."""


class Stage(Enum):
    """After which stage a program is checked; each has all the invariants of those before."""

    ELABORATED = "elaborate"
    NORMALISED = "normalise"
    LIFTED = "lift"


def verify_program(program: Program, stage: Stage) -> None:
    """Raises `CompileError` with `Code.VERIFIER` and the place of the first node that breaks an invariant."""
    _check_records(program)
    _check_units(program)
    for symbol, variable in program.variables.items():
        checker = _Checker(program, None, stage, labels=_labels_for_table(program, variable.function))
        checker.require(symbol == variable.symbol, "a variable is filed under another symbol", variable.span)
        checker.type(variable.type, variable.span)
        if variable.init is not None:
            checker.same(variable.init.type, variable.type, "an initialiser's type is not its variable's", variable.span)
            checker.nodes(variable.init)
    for symbol, external in program.externals.items():
        checker = _Checker(program, None, stage)
        defined = symbol in program.functions or symbol in program.variables
        checker.require(not defined, f"{symbol} is both defined and external", external.span)
        checker.type(external.type, external.span)
    for symbol, function in program.functions.items():
        checker = _Checker(program, function, stage)
        checker.require(symbol == function.symbol, "a function is filed under another symbol", function.span)
        checker.function_definition(function)


def _labels_for_table(program: Program, function: str | None) -> frozenset[str]:
    """The labels whose addresses a static local may hold."""
    owner = program.functions.get(function) if function is not None else None
    if owner is None:
        return frozenset()
    return frozenset(n.name for statement in owner.body for n in walk(statement) if isinstance(n, Label))


def _fail(message: str, span: Span | None, stage: Stage, function: str | None = None) -> NoReturn:
    text = f"after {stage.value}: {message}"
    raise CompileError(error(Code.VERIFIER, text, span, function=function), EXIT_INTERNAL)


def _check_records(program: Program) -> None:
    for id, record in program.records.items():
        if id != record.id:
            _fail("a record is filed under another id", record.span, Stage.ELABORATED)
        for member in record.fields or ():
            _check_member(record, member.type, member.offset, member.width)


def _check_member(record: Record, type: Type, offset: int, width: int | None) -> None:
    if find_qualified(type):
        _fail(f"a field of {record.id} has a qualified type", record.span, Stage.ELABORATED)
    if not 0 <= offset <= record.size:
        _fail(f"a field of {record.id} lies outside of it", record.span, Stage.ELABORATED)
    if width is not None and not is_integer(type):
        _fail(f"a bit-field of {record.id} is no integer", record.span, Stage.ELABORATED)


def _check_units(program: Program) -> None:
    for unit in program.units:
        tables = (
            (unit.functions, program.functions),
            (unit.variables, program.variables),
            (unit.records, program.records),
            (unit.enums, program.enums),
        )
        for names, table in tables:
            for name in names:
                if name not in table:
                    _fail(f"{unit.path} lists {name}, which the program has not", Span(unit.path, 1), Stage.ELABORATED)


@dataclass(frozen=True, slots=True)
class _Scope:
    """The labels that enclose a node: an immutable linked list, since the checks walk without recursion."""

    label: str
    can_break: bool
    can_continue: bool
    switch: bool
    outer: _Scope | None

    def find(self, label: str) -> _Scope | None:
        scope: _Scope | None = self
        while scope is not None and scope.label != label:
            scope = scope.outer
        return scope


_FORBIDDEN_AFTER_NORMALISE = (Switch, Case, Default, Goto, ComputedGoto, Label, LabelAddress)
_FORBIDDEN_BEFORE_LIFT = (
    ReferentPlace,
    Borrow,
    Optional,
    Unwrap,
    IsPresent,
    MoveOptional,
    Allocate,
    Reallocate,
    Insert,
    Remove,
    Split,
    DeclarePair,
)


@dataclass(slots=True)
class _Checker:
    """Checks one function, or one initialiser."""

    program: Program
    function: Function | None
    stage: Stage
    labels: frozenset[str] = frozenset()
    """The C labels that may be jumped to."""
    _loops: set[str] = field(default_factory=set)

    def require(self, holds: bool, message: str, span: Span) -> None:
        if not holds:
            _fail(message, span, self.stage, self.function.name if self.function is not None else None)

    def same(self, found: Type, wanted: Type, message: str, span: Span) -> None:
        if found != wanted:
            self.require(False, f"{message}: {type_text(found)}, not {type_text(wanted)}", span)

    def type(self, type: Type, span: Span) -> None:
        if find_qualified(type):
            self.require(False, f"a node has the qualified type {type_text(type)}", span)
        if self.stage is not Stage.LIFTED and isinstance(type, ReferenceType | OptionalType | OwnedType | IdType | PoolType):
            self.require(False, f"{type_text(type)} is there before pointers are lifted", span)

    def function_definition(self, function: Function) -> None:
        for position, local in enumerate(function.locals):
            self.require(local.id == position, f"local {local.name} has another id than its position", local.span)
            is_param = position < len(function.type.params)
            kind_agrees = (local.kind is LocalKind.PARAM) == is_param
            self.require(kind_agrees, f"local {local.name} is a parameter in the wrong position", local.span)
            self.type(local.type, local.span)
        self.require(len(function.locals) >= len(function.type.params), "parameters have no locals", function.span)
        for local, param in zip(function.locals, function.type.params, strict=False):
            self.same(local.type, param, f"parameter {local.name} has another type", local.span)
        found: set[str] = set()
        for statement in function.body:
            for node in walk(statement):
                if isinstance(node, Label):
                    self.require(node.name not in found, f"label {node.name} stands twice", node.span)
                    found.add(node.name)
        self.labels = frozenset(found)
        self.nodes(*function.body)
        undeclared = find_undeclared(function)
        if undeclared is not None:
            self.require(False, *undeclared)

    def nodes(self, *roots: Node) -> None:
        """Checks the trees below `roots`."""
        stack: list[tuple[Node, _Scope | None]] = [(root, None) for root in reversed(roots)]
        while stack:
            node, scope = stack.pop()
            self.node(node, scope)
            stack.extend((child, inner) for child, inner in self.scoped_children(node, scope))

    def scoped_children(self, node: Node, scope: _Scope | None) -> Iterator[tuple[Node, _Scope | None]]:
        """The children, each with the labels around it."""
        inner = scope
        match node:
            case While(label) | DoWhile(label) | For(label) | Loop(label):
                inner = _Scope(label, True, True, False, scope)
            case Labelled(label) | Match(label):
                inner = _Scope(label, True, False, False, scope)
            case Switch(label):
                inner = _Scope(label, True, False, True, scope)
            case CatchJump(label):
                # A catch is a frame of its own: no jump but its own leaves it.
                yield node.env, scope
                inner = _Scope(label, True, False, False, None)
                yield from ((child, inner) for child in node.body)
                return
            case _:
                pass
        for child in children(node):
            yield child, inner

    def node(self, node: Node, scope: _Scope | None) -> None:
        if isinstance(node, (Arm, ElementRun)):
            return
        if self.stage is not Stage.ELABORATED and isinstance(node, _FORBIDDEN_AFTER_NORMALISE):
            self.require(False, f"{type(node).__name__} is left", node.span)
        if self.stage is not Stage.LIFTED and isinstance(node, _FORBIDDEN_BEFORE_LIFT):
            self.require(False, f"{type(node).__name__} is there before pointers are lifted", node.span)
        if isinstance(node, Place):
            self.place(node)
        elif isinstance(node, Value):
            self.value(node)
        else:
            self.statement(node, scope)

    def place(self, place: Place) -> None:
        self.type(place.type, place.span)
        match place:
            case LocalPlace(local, type, span):
                self.same(type, self.local_type(local, span), "a place's type is not its local's", span)
            case GlobalPlace(symbol, type, span):
                self.same_global(symbol, type, span)
            case IndexPlace(_, index, _, span) if self.stage is not Stage.LIFTED and index.type not in (LONG, ULONG):
                self.require(False, f"an index has type {type_text(index.type)}", span)
            case _:
                problem = check_place(place, self.program)
                self.require(problem is None, problem or "", place.span)

    def same_global(self, symbol: str, type: Type, span: Span) -> None:
        """An array of unknown length may be completed by the definition that the linker found."""
        entry = self.program.variables.get(symbol) or self.program.externals.get(symbol)
        self.require(entry is not None, f"no object is called {symbol}", span)
        assert entry is not None
        incomplete = isinstance(type, ArrayType) and type.length is None and isinstance(entry.type, ArrayType)
        if not incomplete:
            self.same(type, entry.type, f"a place's type is not that of {symbol}", span)

    def local_type(self, local: int, span: Span) -> Type:
        self.require(self.function is not None, "a local outside of a function", span)
        assert self.function is not None
        self.require(0 <= local < len(self.function.locals), f"local {local} does not exist", span)
        return self.function.locals[local].type

    def value(self, value: Value) -> None:
        self.type(value.type, value.span)
        match value:
            case FunctionAddress(symbol, _, span):
                instances = (symbol, *(s for s in self.program.functions if s.partition("@")[0] == symbol))
                self.require(any(s in self.program.functions for s in instances), f"no function is called {symbol}", span)
            case FunctionRef(symbol, _, span):
                known = symbol in self.program.functions or symbol in self.program.externals
                self.require(known, f"no function is called {symbol}", span)
                self.require(
                    self.stage is Stage.ELABORATED or symbol not in SETJMP_NAMES,
                    f"a use of {symbol} is left",
                    span,
                )
            case LabelAddress(label, _, span):
                self.require(label in self.labels, f"no label is called {label}", span)
            case IntConst(number, type, span):
                kind = is_integer(type, self.program)
                in_range = kind is not None and kind.minimum <= number <= kind.maximum
                self.require(in_range, f"the constant {number} is not in range of {type_text(type)}", span)
            case _:
                problem = check_value(value, self.program)
                self.require(problem is None, problem or "", value.span)

    def statement(self, statement: Statement, scope: _Scope | None) -> None:
        match statement:
            case Declare(local, init, span):
                type = self.local_type(local, span)
                if init is not None:
                    self.same(init.type, type, "an initialiser's type is not its local's", span)
            case AllocateVla(local, _, span):
                is_pointer = isinstance(self.local_type(local, span), PointerType)
                self.require(is_pointer, "a variable-length array's local is no pointer", span)
            case Split(place, at, low, high, span):
                self.split(place, at, (low, high), span)
            case DeclarePair(value, length, call, span):
                self.pair(value, length, call, span)
            case Assign(place, value, span):
                self.same(value.type, place.type, "an assigned value's type is not its place's", span)
            case If(condition, _, _, span) | While(_, condition, _, span) | DoWhile(_, _, condition, span):
                self.condition(condition, span)
            case For(_, _, condition, _, _, span):
                if condition is not None:
                    self.condition(condition, span)
            case VaStart(list, span) | VaEnd(list, span):
                self.require(isinstance(list.type, VaListType), "a va_list is expected", span)
            case CatchJump(_, _, result, _, span):
                self.require(is_integer(self.local_type(result, span)) is not None, "a catch's result is no int", span)
            case Return(value, span):
                self.returned(value, span)
            case _:
                self.jump(statement, scope)
        self.unique_label(statement)

    def split(self, place: Place, at: Value, parts: tuple[int, int], span: Span) -> None:
        self.require(is_integer(at.type) is not None, "an array is split at no integer", span)
        self.require(isinstance(place.type, ArrayType), "what is split is no array", span)
        for part in parts:
            type = self.local_type(part, span)
            fits = isinstance(type, ReferenceType) and isinstance(type.target, ArrayType) and type.access is Access.MUTABLE
            self.require(fits, "a part of an array is no slice to write to", span)

    def pair(self, value: int | None, length: int, call: Value, span: Span) -> None:
        self.require(isinstance(call, Call), "a pair comes from no call", span)
        if value is not None:
            self.same(call.type, self.local_type(value, span), "a pair's value is not of its local's type", span)
        self.same(USIZE, self.local_type(length, span), "a pair's length is no usize", span)

    def condition(self, condition: Value, span: Span) -> None:
        self.require(is_scalar(condition.type), "a condition is no scalar", span)

    def returned(self, value: Value | None, span: Span) -> None:
        self.require(self.function is not None, "a return outside of a function", span)
        assert self.function is not None
        if value is not None:
            result = self.function.type.result
            self.same(value.type, result, "a returned value's type is not its function's", span)

    def jump(self, statement: Statement, scope: _Scope | None) -> None:
        match statement:
            case Break(label, span) | Continue(label, span):
                found = scope.find(label) if scope is not None else None
                word = "break" if isinstance(statement, Break) else "continue"
                self.require(found is not None, f"{word} '{label} stands in nothing of that label", span)
                allowed = found is not None and (isinstance(statement, Break) or found.can_continue)
                self.require(allowed, f"{word} '{label} has no loop", span)
            case Case(switch, low, high, span):
                self.inside_switch(switch, scope, span)
                self.require(low <= high, "a case range is empty", span)
            case Default(switch, span):
                self.inside_switch(switch, scope, span)
            case Goto(label, span):
                self.require(label in self.labels, f"no label is called {label}", span)
            case ComputedGoto(target, span):
                self.require(isinstance(target.type, PointerType), "a computed goto's target is no pointer", span)
            case Switch(_, value, _, span):
                self.require(is_integer(value.type) is not None, "a switch's value is no integer", span)
            case Match():
                self.match(statement)
            case _:
                pass

    def inside_switch(self, label: str, scope: _Scope | None, span: Span) -> None:
        found = scope.find(label) if scope is not None else None
        self.require(found is not None and found.switch, f"a case stands outside of its switch '{label}", span)

    def match(self, statement: Match) -> None:
        kind = is_integer(statement.value.type, self.program)
        self.require(kind is not None, "a match's value is no integer", statement.span)
        assert kind is not None
        taken: list[tuple[int, int]] = []
        for position, arm in enumerate(statement.arms):
            is_last = position == len(statement.arms) - 1
            self.require(bool(arm.patterns) or is_last, "a match's default does not stand last", statement.span)
            taken.extend((pattern.low, pattern.high) for pattern in arm.patterns)
        taken.sort()
        for low, high in taken:
            in_range = kind.minimum <= low <= high <= kind.maximum
            self.require(in_range, "a pattern is empty or not in range of its type", statement.span)
        for first, second in pairwise(taken):
            self.require(first[1] < second[0], f"two arms have the value {second[0]}", statement.span)

    def unique_label(self, statement: Statement) -> None:
        match statement:
            case (
                While(label)
                | DoWhile(label)
                | For(label)
                | Loop(label)
                | Labelled(label)
                | Match(label)
                | Switch(label)
                | CatchJump(label)
            ):
                self.require(label not in self._loops, f"label '{label} is not unique", statement.span)
                self._loops.add(label)
            case _:
                pass
