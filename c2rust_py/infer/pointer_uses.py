"""What a function does with pointers: each place where a pointer value ends up, and what that asks of it.

A value that is part of a longer pointer expression (`p` in `p + 1`) is no use of its own: who consumes the whole sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from c2rust_py.diagnostics import Span
from c2rust_py.infer.cursors import lent_variable, referent_of, referents
from c2rust_py.infer.demotions import FieldSlot, HeldSlot
from c2rust_py.infer.ends import end_address, stored_end
from c2rust_py.infer.field_slots import field_flows, field_slot
from c2rust_py.infer.library_calls import Wanted, forms_of
from c2rust_py.infer.library_formats import FORMAT_FUNCTIONS
from c2rust_py.infer.places import place_in_words
from c2rust_py.infer.reasons import use_in_words
from c2rust_py.infer.targets import is_data_pointer, is_null, without_casts
from c2rust_py.infer.views import flows_of, held_slot, leads_to_pointers
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import (
    AddressOf,
    AllocateVla,
    ArrayValue,
    Assign,
    BlockValue,
    Call,
    CatchJump,
    Compare,
    CompareOp,
    Conditional,
    Convert,
    Decay,
    Declare,
    DerefPlace,
    DoWhile,
    ElementRun,
    Evaluate,
    FieldPlace,
    For,
    FunctionRef,
    If,
    IndexPlace,
    Load,
    LocalPlace,
    Logical,
    Not,
    Overflowing,
    Place,
    PointerAdd,
    PointerDiff,
    RecordValue,
    Return,
    UnsupportedStatement,
    UnsupportedValue,
    VaArgValue,
    VaEnd,
    Value,
    VaStart,
    While,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import IntKind, IntType, PointerType, RecordType, Type, VoidType
from c2rust_py.ir.walk import Node, children, walk_all

_LARGEST_COPY = 64 * 1024
"""Objects above this size are not copied as Rust values."""


@dataclass(frozen=True, slots=True)
class Flow:
    """A local is given a pointer."""

    local: int
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Argument:
    """A function of the program is given a pointer for its parameter number `param`."""

    call: Call
    callee: str
    param: int
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Lent:
    """A function of the program is given the address of a pointer variable for its parameter number `param`, whose referent the
    variable is then (`infer.cursors`)."""

    call: Call
    callee: str
    param: int
    value: Value
    variable: int
    span: Span

    @property
    def argument(self) -> Argument:
        """The same where the variable is in memory: its address is that of an object."""
        return Argument(self.call, self.callee, self.param, self.value, self.span)


@dataclass(frozen=True, slots=True)
class Returned:
    """The function returns the pointer."""

    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class LibraryCall:
    """A function of the library that has slice forms, or formats, is given pointers."""

    call: Call
    name: str
    wanted: Wanted
    span: Span


@dataclass(frozen=True, slots=True)
class AllocatesVla:
    """A local is given an array of `size` bytes, whose elements are of `type`."""

    local: int
    size: Value
    type: Type
    span: Span


@dataclass(frozen=True, slots=True)
class Released:
    """`free` or `realloc` is given the pointer."""

    call: Call
    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Stored:
    """A member of a struct is given the pointer; place: None where it is a part of a whole struct's value. It is `Held`, too: this
    is for members that own."""

    slot: FieldSlot
    place: Place | None
    value: Value
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Held:
    """An object is given a pointer to hold; value: None for zero. words: the object, for a person."""

    slot: HeldSlot
    value: Value | None
    words: str
    span: Span


@dataclass(frozen=True, slots=True)
class HeldAddress:
    """The address of a pointer that an object holds is taken."""

    slot: HeldSlot
    span: Span


@dataclass(frozen=True, slots=True)
class SystemArguments:
    """The system gives `main` the arguments of the program, for its parameter number `param`, with null behind them."""

    param: int
    span: Span


@dataclass(frozen=True, slots=True)
class Access:
    """The pointer is dereferenced."""

    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Written:
    """What the pointer points to is given a value, as a whole or in part."""

    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Test:
    """The pointer is compared with null."""

    value: Value
    span: Span


@dataclass(frozen=True, slots=True)
class Pair:
    """Two pointers are compared or subtracted; ordered: C says nothing where one of them is null."""

    left: Value
    right: Value
    span: Span
    ordered: bool


@dataclass(frozen=True, slots=True)
class Escape:
    """The pointer goes where only the memory rung can follow."""

    value: Value
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class InMemory:
    """The object that a place lies in has to be in memory."""

    place: Place
    reason: str
    span: Span


@dataclass(frozen=True, slots=True)
class Everything:
    """No pointer of the function, and no object whose address it takes, can be above memory."""

    reason: str
    span: Span


Use = (
    Flow
    | Held
    | HeldAddress
    | SystemArguments
    | AllocatesVla
    | Released
    | Stored
    | Argument
    | Lent
    | LibraryCall
    | Returned
    | Access
    | Written
    | Test
    | Pair
    | Escape
    | InMemory
    | Everything
)


def pointer_uses(function: Function, program: Program) -> list[Use]:
    """The uses of a normalised function, in source order."""
    layout = Layout(program.records, program.enums)
    found: list[Use] = [SystemArguments(1, function.locals[1].span)] if is_program(function) else []
    known = referents(function)
    lent = {id(arg) for node in walk_all(function.body) for arg in _lent_addresses(node, program, known)}
    wanted: dict[int, Wanted] = {}
    for node in walk_all(function.body):
        for value, use in _wants(node):
            wanted[id(value)] = use
    kept = {id(flow.value) for node in walk_all(function.body) for flow in flows_of(node, function.symbol, program)}
    for node in walk_all(function.body):
        found.extend(_writes(node))
        if isinstance(node, Call):
            found.extend(_held(node, function, program))
            found.extend(_arguments(node, program, wanted.get(id(node), Wanted.VALUE), known))
            if (end := _library_end(node, program, known)) is not None:
                found.extend(_writes(end))
                found.extend(_referent_use(end, known) or _uses_of(end, function, program, layout))
        elif (of_referent := _referent_use(node, known) if known else None) is not None:
            found.extend(of_referent)
        elif id(node) not in lent and not (isinstance(node, ElementRun) and id(node.value) in kept):
            found.extend(_uses_of(node, function, program, layout))
    return found


def is_program(function: Function) -> bool:
    """Whether it is the `main` of a program that takes arguments."""
    params = function.type.params
    return function.name == "main" and not function.static and len(params) > 1 and leads_to_pointers(params[1])


def _lent_addresses(node: Node, program: Program, known: Mapping[int, int]) -> Iterator[Value]:
    """The addresses of pointer variables that are given to parameters with a referent, or to the library for the end of a number."""
    if not isinstance(node, Call) or not isinstance(node.function, FunctionRef):
        return
    address = end_address(node)
    if address is not None and _library_end(node, program, known) is not None:
        yield address
    callee = program.functions.get(node.function.symbol)
    expected = {} if callee is None else referents(callee)
    for position, arg in enumerate(node.args):
        if position in expected and lent_variable(arg, known) is not None:
            while isinstance(arg, Convert):
                arg = arg.operand
            yield arg


def _library_end(call: Call, program: Program, known: Mapping[int, int]) -> Assign | None:
    """What a call of the library does to the pointer that it is to store the end of a number at."""
    external = program.externals.get(call.function.symbol) if isinstance(call.function, FunctionRef) else None
    return stored_end(call, known) if external is not None and external.from_library else None


def _referent_use(node: Node, known: Mapping[int, int]) -> tuple[Use, ...] | None:
    """The use that a node is of a referent: it is given a pointer, or read, which is no use of its own; None for another node."""
    match node:
        case Assign(place, value, span):
            referent = referent_of(place, known)
            return None if referent is None else (Flow(referent, value, span),)
        case DerefPlace():
            return None if referent_of(node, known) is None else ()
        case _:
            return None
def _writes(node: Node) -> Iterator[Written]:
    match node:
        case Assign(place) | Overflowing(result=place) | VaArgValue(place) | VaStart(place) | VaEnd(place):
            while isinstance(place, FieldPlace | IndexPlace):
                place = place.base
            if isinstance(place, DerefPlace):
                yield Written(place.pointer, place.span)
        case _:
            pass


def _wants(node: Node) -> Iterator[tuple[Value, Wanted]]:
    """The values of which a node wants nothing, or only whether they are null."""
    match node:
        case Evaluate(value) | Convert(value, VoidType()):
            yield without_conversions(value), Wanted.NOTHING
        case Compare(_, left, right):
            if is_null(left) or is_null(right):
                yield without_conversions(right if is_null(left) else left), Wanted.TRUTH
        case Convert(operand, type) if type == IntType(IntKind.BOOL):
            yield without_conversions(operand), Wanted.TRUTH
        case If(condition) | While(_, condition) | DoWhile(_, _, condition) | Not(condition) | Conditional(condition):
            yield without_conversions(condition), Wanted.TRUTH
        case For(condition=condition) if condition is not None:
            yield without_conversions(condition), Wanted.TRUTH
        case Logical(_, left, right):
            yield without_conversions(left), Wanted.TRUTH
            yield without_conversions(right), Wanted.TRUTH
        case _:
            pass


def without_conversions(value: Value) -> Value:
    """A pointer without the casts to other pointers around it, or what is dropped without the one to void."""
    while isinstance(value, Convert) and isinstance(value.type, PointerType | VoidType):
        value = value.operand
    return value


def _uses_of(node: Node, function: Function, program: Program, layout: Layout) -> Iterator[Use]:
    match node:
        case Declare(local, init, span):
            if init is not None and is_data_pointer(init.type):
                yield Flow(local, init, span)
            yield from _held(node, function, program)
        case Assign(LocalPlace(local, type), value, span) if is_data_pointer(type):
            yield Flow(local, value, span)
        case Assign(place, value, span):
            if layout.size_of(place.type) > _LARGEST_COPY:
                yield InMemory(place, "an object this large is not copied as a Rust value", span)
            words = place_in_words(place, program)
            yield from _held(node, function, program, words)
            owner = field_slot(place, program)
            if owner is not None:
                yield Stored(owner, place, value, f"it is stored in {words}", span)
            elif held_slot(place, function.symbol, program) is None:
                yield from _escapes((value,), f"it is stored in {words}", span)
        case Return(value, span):
            if value is not None and is_data_pointer(value.type):
                yield Returned(value, span)
        case DerefPlace(pointer, _, span):
            yield Access(pointer, span)
        case Compare(op, left, right, _, span) if is_data_pointer(left.type):
            if is_null(left) or is_null(right):
                yield Test(without_casts(right if is_null(left) else left), span)
            else:
                yield Pair(left, right, span, op not in (CompareOp.EQ, CompareOp.NE))
        case PointerDiff(left, right, _, span):
            yield Pair(left, right, span, ordered=True)
        case Convert(operand, type, span) if is_data_pointer(operand.type):
            if type == IntType(IntKind.BOOL):
                yield Test(without_casts(operand), span)
            elif not isinstance(type, PointerType | VoidType):
                yield Escape(operand, "it is converted to an integer", span)
        case AddressOf(IndexPlace() | DerefPlace()):
            pass  # Of an element: whoever is given the address sees that.
        case AddressOf(place, _, span):
            slot = held_slot(place, function.symbol, program)
            if slot is not None:
                yield HeldAddress(slot, span)
            elif isinstance(place, LocalPlace):
                yield from _pointer_variable(place, function, span)
        case FieldPlace(base, _, _, span) if isinstance(base.type, RecordType) and program.records[base.type.id].is_union:
            yield InMemory(base, "a member of a union is accessed", span)
        case Load(place, type, span) if layout.size_of(type) > _LARGEST_COPY:
            yield InMemory(place, "an object this large is not copied as a Rust value", span)
        case CatchJump():
            yield Everything("the function calls setjmp", node.span)
        case UnsupportedStatement(lent=tuple() as lent):
            for param, type in enumerate(function.type.params):
                if is_data_pointer(type) and param not in lent:
                    pointer = Load(LocalPlace(param, type, node.span), type, node.span)
                    yield Escape(pointer, "its body is written for a pointer", node.span)
        case UnsupportedStatement() | UnsupportedValue():
            yield Everything("a part of the function has no translation", node.span)
        case AllocateVla(local, size, span):
            array = function.locals[local].type
            assert isinstance(array, PointerType)
            yield AllocatesVla(local, size, array.target, span)
        case _:
            yield from _others(node, function, program)


def _held(node: Node, function: Function, program: Program, words: str = "an object") -> Iterator[Held]:
    """What objects are given to hold."""
    for flow in flows_of(node, function.symbol, program):
        yield Held(flow.slot, flow.value, words, flow.span)


def _others(node: Node, function: Function, program: Program) -> Iterator[Use]:
    """The uses by nodes that pass pointers through, take them as conditions, or do something that has no case."""
    match node:
        case RecordValue():
            yield from _held(node, function, program)
            for flow in field_flows(node, program):
                if flow.value is not None:
                    yield Stored(flow.slot, None, flow.value, "it is stored in a struct", flow.span)
            for member in node.fields:
                if member is not None and program.records[node.type.id].is_union:
                    yield from _escapes((member,), "it is kept in a union", node.span)
        case ArrayValue() if is_data_pointer(node.type.element):
            pass  # Whoever is given the array has seen that.
        case If(condition) | While(_, condition) | DoWhile(_, _, condition) | Not(condition):
            yield from _tests((condition,))
        case For(condition=condition):
            yield from _tests(() if condition is None else (condition,))
        case Logical(_, left, right):
            yield from _tests((left, right))
        case Conditional(condition):
            yield from _tests((condition,))
        case PointerAdd() | Load() | Convert() | Decay() | BlockValue() | Evaluate() | FunctionRef():
            pass
        case _:
            values = tuple(child for child in children(node) if isinstance(getattr(child, "type", None), PointerType))
            yield from _escapes(values, use_in_words(node), getattr(node, "span", None))


def _tests(values: tuple[Value, ...]) -> Iterator[Use]:
    for value in values:
        if is_data_pointer(value.type):
            yield Test(without_casts(value), value.span)


def _escapes(values: tuple[object, ...], reason: str, span: Span | None) -> Iterator[Use]:
    for value in values:
        if isinstance(value, Value) and is_data_pointer(value.type):
            yield Escape(value, reason, span or value.span)


def _arguments(call: Call, program: Program, wanted: Wanted, known: Mapping[int, int]) -> Iterator[Use]:
    callee = call.function.symbol if isinstance(call.function, FunctionRef) else None
    function = program.functions.get(callee or "")
    external = program.externals.get(callee or "")
    from_library = external is not None and external.from_library
    if callee is not None and from_library and (callee in FORMAT_FUNCTIONS or forms_of(callee)):
        yield LibraryCall(call, callee, wanted, call.span)
        return
    expected = {} if function is None else referents(function)
    for position, arg in enumerate(call.args):
        if not is_data_pointer(arg.type):
            continue
        variable = lent_variable(arg, known) if position in expected else None
        if variable is not None and callee is not None:
            yield Lent(call, callee, position, arg, variable, call.span)
        elif function is not None and callee is not None and position < len(function.type.params):
            yield Argument(call, callee, position, arg, call.span)
        elif function is not None:
            yield Escape(arg, f"it is a variable argument of `{function.name}`", call.span)
        elif callee in ("free", "realloc"):
            yield Released(call, without_casts(arg), call.span)
        elif callee is not None:
            yield Escape(arg, f"it is passed to `{callee}` of the library", call.span)
        else:
            yield Escape(arg, "it is passed through a function pointer", call.span)


def _pointer_variable(place: LocalPlace, function: Function, span: Span) -> Iterator[Use]:
    """A pointer whose own address is taken: what it holds can change behind the function's back."""
    if is_data_pointer(place.type):
        yield Escape(Load(place, place.type, span), f"the address of `{function.locals[place.local].name}` is taken", span)
