"""Arguments that are found by calls get a variable, where a call finds something behind them.

    s = scan_string(skip_ws(s));        ->        from = skip_ws(s); s = scan_string(from);

What the outer call returns is a position in what the inner one returned, which would have to be computed twice
(`infer.targets`). So would what may be null, for a parameter that may be missing (`infer.optional_params`). Only where no other argument can tell which of them is computed first. Where such a variable would be in memory,
the argument stands where it stood (`lift.function`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from c2rust_py.infer.entry_reads import reads_at_entry
from c2rust_py.infer.library_calls import forms_of
from c2rust_py.infer.library_slices import SliceResult
from c2rust_py.infer.targets import is_data_pointer, is_null
from c2rust_py.ir.nodes import (
    AddressOf,
    Assign,
    BlockValue,
    Call,
    Convert,
    Decay,
    Declare,
    DerefPlace,
    FieldPlace,
    FunctionRef,
    GlobalPlace,
    IndexPlace,
    Load,
    LocalPlace,
    PointerAdd,
    Return,
    Statement,
    StringPlace,
    Value,
)
from c2rust_py.ir.program import Function, Local, LocalKind, Program
from c2rust_py.ir.types import PointerType, RecordType, Type
from c2rust_py.ir.walk import Node, is_stable, map_children, walk, walk_all

_NAME = "from"


def name_nested_positions(program: Program) -> Program:
    """The program with variables for such arguments, behind the other locals of their functions."""
    functions = {symbol: _with_names(function, program) for symbol, function in program.functions.items()}
    return replace(program, functions=functions)


def _with_names(function: Function, program: Program) -> Function:
    if not any(_nested(node, program) is not None for node in walk_all(function.body)):
        return function
    shared = {
        node.place.local
        for node in walk_all(function.body)
        if isinstance(node, AddressOf | Decay) and isinstance(node.place, LocalPlace)
    }
    namer = _Namer(program, shared, list(function.locals))
    body = namer.statements(function.body)
    return replace(function, body=body, locals=tuple(namer.locals))


def _nested(node: Node, program: Program) -> int | None:
    """The argument of a call that is found by another call, where what the call returns may lie behind it."""
    if not isinstance(node, Call) or not isinstance(node.function, FunctionRef):
        return None
    callee, args = node.function.symbol, node.args
    found = [i for i, arg in enumerate(args) if not is_stable(arg)]
    if len(found) != 1:
        return None
    moves = _moves(node.type) and _finds(callee, program) and _is_found(args[found[0]], program)
    return found[0] if moves or _is_for_optional(callee, found[0], args[found[0]], program) else None


def _is_for_optional(callee: str, position: int, arg: Value, program: Program) -> bool:
    """Whether an argument is a call that may give null, for a parameter that may be null (`infer.optional_params`): such are looked
    at twice."""
    while isinstance(arg, Convert) and is_data_pointer(arg.type):
        arg = arg.operand
    if callee not in program.functions or not is_data_pointer(arg.type) or not isinstance(arg, Call):
        return False
    if position >= len(program.functions[callee].type.params) or reads_at_entry(program.functions, (callee, position)):
        return False
    return isinstance(arg.function, FunctionRef) and _gives_null(arg.function.symbol, program)


def _gives_null(callee: str, program: Program) -> bool:
    """Whether a function is written to return null at times, or is one of the library that may."""
    if callee not in program.functions:
        kinds = (SliceResult.OPTIONAL_POSITION, SliceResult.PRESENCE)
        return any(form.result_kind in kinds for form in forms_of(callee))
    returned = (node.value for node in walk_all(program.functions[callee].body) if isinstance(node, Return))
    return any(is_null(part) for value in returned if value is not None for part in walk(value) if isinstance(part, Value))


def _moves(type: Type) -> bool:
    """Whether it is a pointer that moves in an array, as far as its type tells: nested calls that give structs build them."""
    return isinstance(type, PointerType) and is_data_pointer(type) and not isinstance(type.target, RecordType)


def _finds(callee: str, program: Program) -> bool:
    """Whether a function may give a pointer that it was not given: `strcpy` does not."""
    if callee in program.functions:
        return True
    return any(form.result_kind is not SliceResult.ARGUMENT for form in forms_of(callee))


def _is_found(arg: Value, program: Program) -> bool:
    """Whether an argument is a pointer that a call gives which is given pointers itself."""
    while isinstance(arg, Convert | BlockValue | PointerAdd) and is_data_pointer(arg.type):
        if isinstance(arg, PointerAdd):
            arg = arg.pointer
            continue
        if isinstance(arg, BlockValue) and (arg.value is None or not _is_named(arg.body)):
            return False
        inner = arg.operand if isinstance(arg, Convert) else arg.value
        assert inner is not None
        arg = inner
    match arg:
        case Call(FunctionRef(callee), args) if is_data_pointer(arg.type):
            return _finds(callee, program) and any(is_data_pointer(one.type) for one in args)
        case _:
            return False


@dataclass(frozen=True, slots=True)
class _Namer:
    """The rewriting of one function. shared: the locals that others may change. locals: grows."""

    program: Program
    shared: AbstractSet[int]
    locals: list[Local]

    def statements(self, body: Iterable[Statement]) -> tuple[Statement, ...]:
        return tuple(made for statement in body for made in self.statement(statement))

    def statement(self, node: Statement) -> Iterator[Statement]:
        made = map_children(node, self.change, self.statements)
        match made:
            case Declare(_, BlockValue(body, Call() | Convert() as tail)) if _is_named(body):
                yield from body
                yield replace(made, init=tail)
            case Assign(LocalPlace(), BlockValue(body, Call() | Convert() as tail)) if _is_named(body):
                yield from body
                yield replace(made, value=tail)
            case Return(BlockValue(body, Call() | Convert() as tail)) if _is_named(body):
                yield from body
                yield replace(made, value=tail)
            case _:
                yield made

    def change(self, node: Node) -> Node:
        made = map_children(node, self.change, self.statements)
        match made:
            case Call(args=args) if (position := _nested(made, self.program)) is not None:
                others = (arg for at, arg in enumerate(args) if at != position)
                return self.named(made, position) if all(map(self.is_own, others)) else made
            case Convert(BlockValue(body, Call() as tail) as block) if _is_named(body) and is_data_pointer(made.type):
                return BlockValue(block.body, replace(made, operand=tail), made.type, made.span)
            case _:
                return made

    def is_own(self, value: Value) -> bool:
        """Whether nobody can change what a value is made of."""
        for node in walk(value):
            match node:
                case LocalPlace(local):
                    if local in self.shared:
                        return False
                case Load(StringPlace() | GlobalPlace() | DerefPlace() | FieldPlace() | IndexPlace()) | DerefPlace():
                    return False
                case _:
                    pass
        return True

    def named(self, call: Call, position: int) -> BlockValue:
        arg = call.args[position]
        assert isinstance(call.function, FunctionRef)
        local = Local(len(self.locals), self.name(call.function.symbol, position), arg.type, LocalKind.NESTED, arg.span)
        self.locals.append(local)
        inner: tuple[Statement, ...] = ()
        if isinstance(arg, BlockValue) and arg.value is not None and _is_named(arg.body):
            inner, arg = arg.body, arg.value
        read = Load(LocalPlace(local.id, arg.type, arg.span), arg.type, arg.span)
        args = (*call.args[:position], read, *call.args[position + 1 :])
        return BlockValue((*inner, Declare(local.id, arg, arg.span)), replace(call, args=args), call.type, call.span)

    def name(self, callee: str, position: int) -> str:
        """What the callee calls the argument, where that says something else than the variables that are there."""
        function = self.program.functions.get(callee)
        name = _NAME if function is None else function.locals[position].name
        return _NAME if any(local.name == name for local in self.locals) else name


def _is_named(body: tuple[Statement, ...]) -> bool:
    """Whether statements declare what a call is given."""
    return all(isinstance(statement, Declare) for statement in body)
