"""Parameters `void *p` that are only ever read as pointers to one type get that type, and those that go to the library alone that of
what they are given.

    unsigned sum(const void *data, int n) { const uint8_t *p = data; ... }      ->      unsigned sum(const uint8_t *data, int n)
    static void keep(const void *key, int n) { memcpy(kept, key, n); }          ->      static void keep(const uint8_t *key, int n)
        keep(secret, 16); keep(NULL, 0);

Parameters that are assigned to, whose address is taken, or that are converted to two types keep their type. Who else uses the pointer
sees it converted back. Where a function that is called through pointers does not use one, it gets the type that the others give it. A
function's address is still named under the type that C gives it: pointers to data are called alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import cast

from c2rust_py.ir.function_refs import functions_called_oddly, functions_with_address
from c2rust_py.ir.nodes import (
    AddressOf,
    Assign,
    Call,
    CatchJump,
    Convert,
    FunctionRef,
    IntConst,
    Load,
    LocalPlace,
    PointerAdd,
    PointerDiff,
    Statement,
    Value,
    ZeroValue,
)
from c2rust_py.ir.program import Function, Program
from c2rust_py.ir.types import FunctionType, PointerType, Type, VoidType, same_representation
from c2rust_py.ir.walk import Node, map_children, walk_all

Param = tuple[str, int]

_VOID_POINTER = PointerType(VoidType())


def type_void_params(program: Program) -> Program:
    """The program with such parameters typed, and their calls."""
    wanted = _wanted(program)
    if not wanted:
        return program
    types = {symbol: _typed(function, wanted) for symbol, function in program.functions.items()}
    functions = {symbol: _rewrite(function, types, wanted) for symbol, function in program.functions.items()}
    return replace(program, functions=functions)


def _wanted(program: Program) -> dict[Param, PointerType]:
    """The types that parameters get: of a conversion, or of the parameters that they are passed on to."""
    odd = functions_called_oddly(program)
    known: dict[Param, PointerType] = {}
    passed: dict[Param, set[Param]] = {}
    refused: set[Param] = set()
    for symbol, function in program.functions.items():
        params = {i for i, type in enumerate(function.type.params) if type == _VOID_POINTER}
        if params and (symbol in odd or function.type.variadic or not function.type.prototyped or function.name == "main"):
            continue
        for number in params:
            _look_at_uses((symbol, number), function, program, known, passed, refused)
    changed = True
    while changed:
        changed = False
        for param, others in passed.items():
            for other in others:
                type = known.get(other)
                if type is not None and other not in refused:
                    changed |= _add(param, type, known, refused)
    _add_unused(program, known, refused)
    _add_given(program, known, refused)
    return {param: type for param, type in known.items() if param not in refused}


def _add_unused(program: Program, known: dict[Param, PointerType], refused: set[Param]) -> None:
    """A target of a dispatcher that does nothing with a parameter has it as the other targets do."""
    for symbol, dispatcher in program.functions.items():
        for target in dispatcher.targets or ():
            function = program.functions[target]
            used = {node.local for node in walk_all(function.body) if isinstance(node, LocalPlace)}
            for number, type in enumerate(function.type.params):
                wanted = known.get((symbol, number + 1))
                if type == _VOID_POINTER and number not in used and wanted is not None and (symbol, number + 1) not in refused:
                    known[target, number] = wanted


def _add_given(program: Program, known: dict[Param, PointerType], refused: set[Param]) -> None:
    """Parameters whose type nothing in the function says, where all calls are known and give pointers to one type, or null."""
    closed = any(function.name == "main" and not function.static for function in program.functions.values())
    called_unseen = set(functions_with_address(program))
    open_params = {
        (symbol, number): None
        for symbol, function in program.functions.items()
        if (closed or function.static) and symbol not in called_unseen and function.type.prototyped and not function.type.variadic
        for number, type in enumerate(function.type.params)
        if type == _VOID_POINTER and (symbol, number) not in known and (symbol, number) not in refused
    }
    given: dict[Param, list[tuple[str, Value]]] = {param: [] for param in open_params}
    for symbol, function in program.functions.items():
        for node in walk_all(function.body):
            if isinstance(node, Call) and isinstance(node.function, FunctionRef):
                for number, arg in enumerate(node.args):
                    if (node.function.symbol, number) in given:
                        given[node.function.symbol, number].append((symbol, _bare(arg)))
    waiting = list(given)
    while waiting:
        param = waiting.pop()
        type = _given_type(given[param], known)
        if type is not None and param not in known:
            known[param] = type
            waiting += [other for other in given if other not in known]


def _given_type(given: Iterable[tuple[str, Value]], known: Mapping[Param, PointerType]) -> PointerType | None:
    """The type of all pointers that a parameter is given, null apart; None where one is not known, or there are several."""
    types: list[PointerType] = []
    for symbol, value in given:
        if isinstance(value, Load) and isinstance(value.place, LocalPlace):
            type: Type = known.get((symbol, value.place.local), value.type)
        else:
            type = value.type
        if _is_null(value):
            continue
        if not isinstance(type, PointerType) or isinstance(type.target, FunctionType | VoidType):
            return None
        types.append(type)
    return types[0] if types and all(same_representation(types[0].target, one.target) for one in types) else None


def _is_null(value: Value) -> bool:
    while isinstance(value, Convert):
        value = value.operand
    return isinstance(value, ZeroValue) or (isinstance(value, IntConst) and value.value == 0)


def _look_at_uses(
    param: Param,
    function: Function,
    program: Program,
    known: dict[Param, PointerType],
    passed: dict[Param, set[Param]],
    refused: set[Param],
) -> None:
    local = param[1]
    for node in walk_all(function.body):
        match node:
            case Assign(LocalPlace(assigned)) if assigned == local:
                refused.add(param)
            case AddressOf(LocalPlace(pointed)) if pointed == local:
                refused.add(param)
            case CatchJump():
                refused.add(param)
            case PointerAdd(pointer) if _is_param(pointer, local):
                refused.add(param)
            case PointerDiff(left, right) if _is_param(left, local) or _is_param(right, local):
                refused.add(param)
            case Convert(operand, PointerType(target) as type) if _is_param(operand, local):
                if not isinstance(target, FunctionType | VoidType):
                    _add(param, type, known, refused)
            case Call(FunctionRef(callee), args) if callee in program.functions:
                for position, arg in enumerate(args):
                    if _is_param(arg, local):
                        passed.setdefault(param, set()).add((callee, position))
            case _:
                pass


def _add(param: Param, type: PointerType, known: dict[Param, PointerType], refused: set[Param]) -> bool:
    """One more type that a parameter is wanted as; whether that is new."""
    if param not in known:
        known[param] = type
        return True
    if param not in refused and not same_representation(known[param].target, type.target):
        refused.add(param)
        return True
    return False


def _is_param(value: Value, local: int) -> bool:
    return isinstance(value, Load) and isinstance(value.place, LocalPlace) and value.place.local == local


def _typed(function: Function, wanted: Mapping[Param, PointerType]) -> FunctionType:
    params = tuple(wanted.get((function.symbol, i), type) for i, type in enumerate(function.type.params))
    return replace(function.type, params=params)


def _rewrite(function: Function, types: Mapping[str, FunctionType], wanted: Mapping[Param, PointerType]) -> Function:
    """A function with its own parameters typed, and what it passes to others."""
    type = types[function.symbol]
    own = {i: new for (symbol, i), new in wanted.items() if symbol == function.symbol}
    callees = {symbol for symbol, _ in wanted}
    if not own and not any(isinstance(node, FunctionRef) and node.symbol in callees for node in walk_all(function.body)):
        return function

    def change(node: Node) -> Node:
        made = map_children(node, change)
        match made:
            case Load(LocalPlace(local) as place, _, span) if local in own:
                typed = Load(replace(place, type=own[local]), own[local], span)
                return Convert(typed, _VOID_POINTER, span)
            case Convert(Convert(Load(LocalPlace(local)) as inner), PointerType() as to, span) if local in own:
                return _converted(inner, to)
            case Call(FunctionRef(callee) as name, args) if callee in types and types[callee] != name.type.target:
                if not any((callee, position) in wanted for position in range(len(args))):
                    return made
                given = tuple(
                    _converted(_bare(arg), wanted[callee, i]) if (callee, i) in wanted else arg for i, arg in enumerate(args)
                )
                return replace(made, args=given, function=replace(name, type=PointerType(types[callee])))
            case _:
                return made

    body = tuple(cast(Statement, change(statement)) for statement in function.body)
    locals = tuple(replace(local, type=own[local.id]) if local.id in own else local for local in function.locals)
    return replace(function, type=type, locals=locals, body=body)


def _bare(value: Value) -> Value:
    """A pointer before its conversion to `void *`."""
    if isinstance(value, Convert) and value.type == _VOID_POINTER and isinstance(value.operand.type, PointerType):
        return value.operand
    return value


def _converted(value: Value, type: Type) -> Value:
    return value if value.type == type else Convert(value, type, value.span)
