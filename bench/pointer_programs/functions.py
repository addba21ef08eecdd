"""Random functions over arrays of fixed lengths: aliasing parameters, out-parameters, `T **` cursors, a struct."""

from __future__ import annotations

from dataclasses import dataclass
from random import Random

from pointer_programs.expressions import Element
from pointer_programs.scope import Array, Function, Kind, Parameter, Scope, Span
from pointer_programs.statements import write_branch, write_statements

NAMES = ("mix", "fold", "spread", "blend", "stir", "weave", "step", "turn", "carry", "knead")
ARRAYS = ("a", "b", "c")


@dataclass(frozen=True, slots=True)
class Box:
    """The program's struct: `struct box { E items[length]; unsigned count; }`, in an order of its own."""

    element: Element
    length: int
    count_first: bool

    def lines(self) -> list[str]:
        fields = [f"    {self.element.name} items[{self.length}];", "    unsigned count;"]
        return ["struct box {", *(reversed(fields) if self.count_first else fields), "};"]

    def bring_in(self, scope: Scope, place: str, pointer: str, *, own: bool = False) -> None:
        """What a box at hand gives a scope: its array, its count, its address."""
        scope.arrays.append(Array(f"{place}items", self.element, self.length, own=own))
        scope.values.append(f"{place}count")
        scope.boxes.append(pointer)


@dataclass(frozen=True, slots=True)
class Setting:
    """What all functions of a program share: element types, global arrays, the struct, the names of pure functions."""

    elements: tuple[Element, ...]
    globals: tuple[Array, ...]
    box: Box


def write_function(
    random: Random, setting: Setting, earlier: list[Function], number: int, *, tame: bool
) -> tuple[Function, list[str]]:
    """A random function that may call the earlier ones; what a caller has to know, and its text."""
    scope = Scope(random, earlier, tame, depth=1)
    parameters: list[Parameter] = []
    declared: list[str] = []
    for name in ARRAYS[: random.randint(1, 3)]:
        element = setting.elements[0] if random.random() < 0.7 else random.choice(setting.elements)
        parameter = Parameter(Kind.ARRAY, element, random.choice((1, 4, 6, 8)), writes=random.random() < 0.7)
        parameters.append(parameter)
        declared.append(f"{'' if parameter.writes else 'const '}{element.name} *{name}")
        scope.arrays.append(Array(name, element, parameter.length, parameter.writes))
    missing = _add_optional(scope, setting, parameters, declared) if scope.chance(0.1 if tame else 0.25) else None
    out = _add_out(setting, parameters, declared) if scope.chance(0.1 if tame else 0.2) else None
    cursor = _add_cursor(scope, setting, parameters, declared) if scope.chance(0.1 if tame else 0.3) else None
    _add_others(scope, setting, parameters, declared)
    scope.arrays += [array for array in setting.globals if scope.chance(0.4)]
    scope.emit("unsigned x = 1;")
    scope.values.append("x")
    if scope.chance(0.3):
        length = random.randint(3, 8)
        scope.emit(f"{setting.elements[0].name} local[{length}] = {{{random.randint(1, 99)}}};")
        scope.arrays.append(Array("local", setting.elements[0], length, own=True))
    write_statements(scope, random.randint(1, 2) if missing else random.randint(3, 6))
    for _ in range(random.randint(1, 2) if missing else 0):
        write_branch(scope, missing)
        write_statements(scope, random.randint(0, 2))
    sets = None if out is None else _set_out(scope, out, parameters)
    moves = _finish_cursor(scope, cursor, parameters) if cursor else ()
    returns_into = _return(scope, parameters)
    result = "unsigned " if returns_into is None else _pointer_type(parameters[returns_into[0]])
    name = f"{NAMES[number % len(NAMES)]}{number}"
    function = Function(name, tuple(parameters), returns_into is None, returns_into, sets, moves, leaf=scope.calls == 0)
    return function, [f"static {result}{name}({', '.join(declared)})", "{", *scope.lines, "}"]


def _add_cursor(scope: Scope, setting: Setting, parameters: list[Parameter], declared: list[str]) -> Array:
    """A `T **at` of which the function reads or writes a few elements; inside, `*at` is kept in a local cursor."""
    element, writes = setting.elements[0], scope.chance(0.5)
    parameter = Parameter(Kind.CURSOR, element, scope.random.randint(2, 5), writes=writes)
    parameters.append(parameter)
    declared.append(f"{_pointer_type(parameter)}*at")
    array = Array("(*at)", element, parameter.length, writes)
    name = scope.fresh("cur")
    scope.emit(f"{_pointer_type(parameter)}{name} = *at;")
    scope.declare_cursor(name, element, writes, Span(array, 0, 0))
    return array


def _add_optional(scope: Scope, setting: Setting, parameters: list[Parameter], declared: list[str]) -> Array:
    """A pointer to a few elements that may be null."""
    parameter = Parameter(Kind.OPTIONAL, setting.elements[0], scope.random.choice((1, 1, 4)), writes=scope.chance(0.6))
    parameters.append(parameter)
    declared.append(f"{_pointer_type(parameter)}given")
    return Array("given", setting.elements[0], parameter.length, parameter.writes)


def _add_out(setting: Setting, parameters: list[Parameter], declared: list[str]) -> int | None:
    """The address of a pointer that is set to somewhere in an array; None where there is no array of the element."""
    source = next((p for p in parameters if p.kind is Kind.ARRAY and p.element == setting.elements[0]), None)
    if source is None:
        return None
    parameter = Parameter(Kind.OUT, setting.elements[0], writes=source.writes)
    parameters.append(parameter)
    declared.append(f"{_pointer_type(parameter)}*out")
    return len(parameters) - 1


def _set_out(scope: Scope, out: int, parameters: list[Parameter]) -> tuple[int, int, int, int]:
    """`*out = p;`: a cursor into a parameter, or a place in one."""
    element, writes = parameters[out].element, parameters[out].writes
    arrays = {array.name: array for array in scope.arrays}
    sources = [
        (index, arrays[ARRAYS[index]])
        for index, parameter in enumerate(parameters)
        if parameter.kind is Kind.ARRAY and parameter.element == element and (parameter.writes or not writes)
    ]
    index, array = scope.random.choice(sources)
    for name, span in scope.at.items():
        if span is not None and span.array == array and scope.cursors[name] == (element, writes):
            scope.emit(f"*out = {name};")
            return out, index, span.low, span.high
    offset = scope.random.randint(0, array.length)
    scope.emit(f"*out = {array.name}{f' + {offset}' if offset else ''};")
    return out, index, offset, offset


def _finish_cursor(scope: Scope, array: Array, parameters: list[Parameter]) -> tuple[tuple[int, int, int], ...]:
    """Stores a cursor that is still in the array back to `*at`; how far it went."""
    index = next(i for i, parameter in enumerate(parameters) if parameter.kind is Kind.CURSOR)
    for name, span in scope.at.items():
        if span is not None and span.array == array and scope.cursors[name] == (array.element, array.writable):
            scope.emit(f"*at = {name};")
            return ((index, span.low, span.high),)
    return ()


def _add_others(scope: Scope, setting: Setting, parameters: list[Parameter], declared: list[str]) -> None:
    """A struct, a value, a function to call."""
    for name in ("box", "other")[: 0 if not scope.chance(0.3) else scope.random.choice((1, 1, 2))]:
        parameters.append(Parameter(Kind.BOX))
        declared.append(f"struct box *{name}")
        setting.box.bring_in(scope, f"{name}->", name)
    if scope.chance(0.4):
        parameters.append(Parameter(Kind.SCALAR))
        declared.append("unsigned n")
        scope.values.append("n")
    if scope.chance(0.35):
        parameters.append(Parameter(Kind.CALLBACK))
        declared.append("unsigned (*apply)(unsigned, unsigned)")
        scope.callbacks.append("apply")


def _return(scope: Scope, parameters: list[Parameter]) -> tuple[int, int, int] | None:
    """The last statement: a cursor into a parameter (where it points then), or a value."""
    arrays = {array.name: array for array in scope.arrays}
    for name, span in scope.at.items():
        for index, parameter in enumerate(parameters):
            if parameter.kind is not Kind.ARRAY or span is None or not scope.chance(0.1 if scope.tame else 0.5):
                continue
            element, writable = scope.cursors[name]
            if (
                span.array == arrays[ARRAYS[index]]
                and element == parameter.element
                and (writable or not parameter.writes)
            ):
                scope.emit(f"return {name};")
                return index, span.low, span.high
    scope.emit(f"return {scope.expression(1).text};")
    return None


def _pointer_type(parameter: Parameter) -> str:
    assert parameter.element is not None
    return f"{'' if parameter.writes else 'const '}{parameter.element.name} *"
