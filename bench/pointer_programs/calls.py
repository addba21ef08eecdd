"""Calls of functions that were written before: with any arrays that are long enough, aliasing ones above all."""

from __future__ import annotations

from pointer_programs.expressions import Element
from pointer_programs.scope import Array, Function, Kind, Parameter, Reference, Scope

LONGEST_COUNT = 12


def write_call(scope: Scope) -> None:
    """A call of a random function; nothing where no function's parameters can be supplied."""
    functions = [f for f in scope.functions if not scope.blocks or (f.leaf and f.fresh is None)]
    functions = [f for f in functions if scope.in_main or f.fresh is None]
    if not functions:
        return
    call_function(scope, scope.random.choice(functions))


def call_function(scope: Scope, function: Function) -> None:
    """A call of this function, unless something that it needs is missing."""
    supplied = _supply(scope, function)
    if supplied is None:
        return
    texts, given, count = supplied
    call = f"{function.name}({', '.join(texts)})"
    if function.sets is not None:
        _declare_out(scope, function, texts)
    if function.returns_into is not None:
        _take_pointer(scope, function.returns_into, function, given, call)
    elif function.fresh is not None:
        _take_block(scope, function.fresh, count, call)
    elif function.returns_value and scope.values and scope.chance(0.5):
        scope.emit(f"{scope.random.choice(scope.values)} = {call};")
    elif function.returns_value and scope.chance(0.8):
        name = scope.fresh("got")
        scope.emit(f"unsigned {name} = {call};")
        scope.values += [name] if scope.blocks == 0 else []
    else:
        scope.emit(f"{call};")
    scope.calls += 1
    if function.sets is not None:
        out, index, low, high = function.sets
        parameter, reference = function.parameters[out], given[index]
        assert reference is not None and parameter.element is not None
        span = reference.span.moved(low, high)
        scope.declare_cursor(texts[out].removeprefix("&"), parameter.element, parameter.writes, span)
    for parameter, low, high in function.moves:
        name = texts[parameter].removeprefix("&")
        span = scope.at[name]
        assert span is not None
        scope.at[name] = span.moved(low, high)


def _supply(scope: Scope, function: Function) -> tuple[list[str], list[Reference | None], int] | None:
    """The arguments as text, those that are pointers to elements, and the count; None where something is missing."""
    counted = [p for p in function.parameters if p.counted]
    count = scope.random.randint(1, LONGEST_COUNT)
    texts: list[str] = []
    given: list[Reference | None] = []
    for parameter in function.parameters:
        need = parameter.length + (count if parameter.counted else 0)
        reference: Reference | None = None
        match parameter.kind:
            case Kind.ARRAY:
                reference = _choose(scope, parameter, need, given)
                text = "" if reference is None else reference.text
            case Kind.OPTIONAL:
                reference = None if scope.chance(0.3) else _choose(scope, parameter, need, given)
                text = "NULL" if reference is None else reference.text
            case Kind.OUT:
                text = f"&{scope.fresh('q')}"
            case Kind.CURSOR:
                text = _cursor(scope, parameter, texts)
            case Kind.COUNT:
                text = str(count) if counted else str(scope.random.randint(1, 5))
            case Kind.SCALAR:
                text = scope.expression(1).text
            case Kind.CALLBACK:
                text = scope.random.choice(scope.callbacks) if scope.callbacks else ""
            case Kind.BOX:
                text = scope.random.choice(scope.boxes) if scope.boxes else ""
        if not text:
            return None
        texts.append(text)
        given.append(reference)
    return texts, given, count


def _choose(scope: Scope, parameter: Parameter, need: int, given: list[Reference | None]) -> Reference | None:
    """A pointer for a parameter, often into an array that another argument points into."""
    assert parameter.element is not None
    references = scope.references(parameter.element, need, writes=parameter.writes, values=True, casts=True)
    used = {reference.array for reference in given if reference is not None}
    if scope.tame and scope.chance(0.95):
        references = [reference for reference in references if reference.array not in used]
    if not references:
        return None
    aliasing = [reference for reference in references if reference.array in used]
    return scope.random.choice(aliasing if aliasing and scope.chance(0.5) else references)


def _cursor(scope: Scope, parameter: Parameter, texts: list[str]) -> str:
    """The address of a cursor that may move and has `length` elements before it."""
    fitting = []
    for name in sorted(scope.movable):
        span = scope.at.get(name)
        if span is None or scope.cursors[name] != (parameter.element, parameter.writes) or f"&{name}" in texts:
            continue
        if span.array.length - span.high >= parameter.length:
            fitting.append(f"&{name}")
    return scope.random.choice(fitting) if fitting else ""


def _declare_out(scope: Scope, function: Function, texts: list[str]) -> None:
    """`T *q;`, which the call will set."""
    assert function.sets is not None
    parameter, name = function.parameters[function.sets[0]], texts[function.sets[0]].removeprefix("&")
    assert parameter.element is not None
    start = scope.random.choice(("", " = NULL"))
    scope.emit(f"{'' if parameter.writes else 'const '}{parameter.element.name} *{name}{start};")


def _take_pointer(
    scope: Scope, into: tuple[int, int, int], function: Function, given: list[Reference | None], call: str
) -> None:
    """`T *p = f(...);`, a cursor into what was given."""
    index, low, high = into
    parameter, reference = function.parameters[index], given[index]
    assert reference is not None and parameter.element is not None
    name = scope.fresh("p")
    scope.emit(f"{'' if parameter.writes else 'const '}{parameter.element.name} *{name} = {call};")
    scope.declare_cursor(name, parameter.element, parameter.writes, reference.span.moved(low, high))


def _take_block(scope: Scope, element: Element, count: int, call: str) -> None:
    """`T *b = f(...);`, a new array that main frees."""
    name = scope.fresh("block")
    scope.emit(f"{element.name} *{name} = {call};")
    scope.arrays.append(Array(name, element, count, own=True))
    scope.owned.append(name)
