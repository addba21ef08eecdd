"""Parameters `T **p` by which a function reads and moves a position in its caller's array.

    static int digit(const char **p) { return *(*p)++ - '0'; }        digit(&at)

What `p` leads to is a pointer of the caller. While pointers are lifted a local of the function stands for it, its *referent*: the
template of that is an element of some array, which the parameter itself stands for. So such a parameter becomes two, the array and
the caller's position in it:

    fn digit(text: &[u8], p: &mut usize) -> i32                       digit(text, &mut at)

Only parameters have referents that are dereferenced, or passed on to parameters that have one, and nothing else; and none have
that are only ever given arrays of pointers (`infer.elements`).
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

from c2rust_py.infer.ends import end_address
from c2rust_py.infer.liftable import not_liftable
from c2rust_py.ir.function_refs import functions_with_address, named_function
from c2rust_py.ir.nodes import (
    AddressOf,
    Call,
    Convert,
    Decay,
    DerefPlace,
    FunctionRef,
    IndexPlace,
    Load,
    LocalPlace,
    Place,
    PointerAdd,
    Value,
)
from c2rust_py.ir.program import Function, Local, LocalKind, Program
from c2rust_py.ir.types import FunctionType, PointerType, Type, same_representation
from c2rust_py.ir.walk import walk_all


def name_referents(program: Program) -> Program:
    """The program with a local for the referent of each such parameter, behind the other locals of its function."""
    elements = _given_elements(program)
    functions = {symbol: _with_referents(function, program, elements) for symbol, function in program.functions.items()}
    return replace(program, functions=functions)


def referents(function: Function) -> dict[int, int]:
    """The referents of a function's parameters."""
    return {local.behind: local.id for local in function.locals if local.behind is not None}


def referent_of(place: Place, known: Mapping[int, int]) -> int | None:
    """The referent that a place is: `*p`."""
    match place:
        case DerefPlace(Load(LocalPlace(param))):
            return known.get(param)
        case _:
            return None


def lent_variable(arg: Value, known: Mapping[int, int]) -> int | None:
    """The pointer variable whose address an argument is: a local, or a referent whose parameter is passed on."""
    while isinstance(arg, Convert) and isinstance(arg.type, PointerType) and leads_alike(arg.type, arg.operand.type):
        arg = arg.operand
    match arg:
        case AddressOf(LocalPlace(local, PointerType(target))) if not isinstance(target, FunctionType):
            return local
        case Load(LocalPlace(param)):
            return known.get(param)
        case _:
            return None


def leads_alike(type: Type, operand: Type) -> bool:
    """Whether two pointers to pointers lead to elements of one representation."""
    if not isinstance(type, PointerType) or not isinstance(operand, PointerType):
        return False
    one, other = type.target, operand.target
    return isinstance(one, PointerType) and isinstance(other, PointerType) and same_representation(one.target, other.target)


Param = tuple[str, int]


def _given_elements(program: Program) -> set[Param]:
    """The parameters that are only ever given elements of arrays, by way of others or not."""
    elements: set[Param] = set()
    variables: set[Param] = set()
    passed: dict[Param, list[Param]] = {}
    called_back: list[FunctionRef] = []
    for symbol, function in program.functions.items():
        for node in walk_all(function.body):
            if not isinstance(node, Call) or not isinstance(node.function, FunctionRef):
                continue
            if node.function.symbol not in program.functions:
                called_back += [named for arg in node.args if (named := named_function(arg)) is not None]
                continue
            for position, arg in enumerate(node.args):
                while isinstance(arg, Convert) and leads_alike(arg.type, arg.operand.type):
                    arg = arg.operand
                match arg:
                    case Load(LocalPlace(param)) if param < len(function.type.params):
                        passed.setdefault((symbol, param), []).append((node.function.symbol, position))
                    case Decay() | PointerAdd() | AddressOf(IndexPlace()):
                        elements.add((node.function.symbol, position))
                    case _:
                        variables.add((node.function.symbol, position))
    elements |= {(named.symbol, param) for named in called_back for param in (0, 1)}
    ids = frozenset(map(id, called_back))
    variables |= {(symbol, param) for symbol in functions_with_address(program, ids) for param in range(_param_count(program, symbol))}
    return _reached(elements, passed) - _reached(variables, passed)


def _param_count(program: Program, symbol: str) -> int:
    return len(program.functions[symbol].type.params) if symbol in program.functions else 0


def _reached(start: Iterable[Param], passed: Mapping[Param, Sequence[Param]]) -> set[Param]:
    found: set[Param] = set()
    waiting = list(start)
    while waiting:
        param = waiting.pop()
        if param not in found:
            found.add(param)
            waiting.extend(passed.get(param, ()))
    return found


def _with_referents(function: Function, program: Program, elements: Container[Param]) -> Function:
    params = [
        param for param, type in enumerate(function.type.params) if _can_lead(type) and (function.symbol, param) not in elements
    ]
    if not params or function.name == "main":
        return function
    moved = _used_otherwise(function, program)
    added = [param for param in params if param not in moved]
    locals = list(function.locals)
    for param in added:
        pointer, first = function.type.params[param], function.locals[param]
        assert isinstance(pointer, PointerType)
        locals.append(Local(len(locals), first.name, pointer.target, LocalKind.REFERENT, first.span, param))
    return replace(function, locals=tuple(locals)) if added else function


def _can_lead(type: Type) -> bool:
    """Whether it is a pointer to a pointer to something that a slice can have."""
    if not isinstance(type, PointerType) or not isinstance(type.target, PointerType):
        return False
    target = type.target.target
    return not isinstance(target, FunctionType) and not_liftable(target) is None


def _used_otherwise(function: Function, program: Program) -> set[int]:
    """The parameters that are used for more than to dereference them or to pass them on."""
    allowed: set[int] = set()
    for node in walk_all(function.body):
        match node:
            case DerefPlace(Load(LocalPlace() as place)):
                allowed.add(id(place))
            case Call(FunctionRef(callee), args) if callee in program.functions:
                allowed |= {id(arg.place) for arg in args if isinstance(arg, Load)}
            case Call() if isinstance(address := end_address(node), Load):
                allowed.add(id(address.place))
            case _:
                pass
    places = (node for node in walk_all(function.body) if isinstance(node, LocalPlace))
    return {place.local for place in places if id(place) not in allowed}
