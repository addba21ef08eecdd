"""Random loops. Each leaves its cursors at places that are known, or known to lie between two."""

from __future__ import annotations

from collections.abc import Callable

from pointer_programs.expressions import Element
from pointer_programs.scope import Reference, Scope, Span

Body = Callable[[Scope, int], None]


def write_counted_loop(scope: Scope, body: Body) -> None:
    """`for` with an index, upwards or downwards, perhaps left early."""
    rounds = scope.random.randint(2, 6)
    index = scope.fresh("i")
    up, down = f"int {index} = 0; {index} < {rounds}; {index}++", f"int {index} = {rounds - 1}; {index} >= 0; {index}--"
    with scope.block(f"for ({up if scope.chance(0.7) else down})", loop=True):
        scope.indices.append((index, rounds - 1))
        if scope.chance(0.2):
            scope.emit(f"if ({scope.condition()})", f"    {scope.random.choice(('break', 'continue'))};")
        body(scope, scope.random.randint(1, 3))


def write_stepping_loop(scope: Scope, body: Body) -> None:
    """A counted loop in which a cursor goes one step in each round."""
    reference = _pick(scope, 2)
    if reference is None:
        return
    element, array, span = reference.array.element, reference.array, reference.span
    step = scope.random.choice((1, 1, 2, -1))
    start = span if step > 0 else Span(array, array.length, array.length)
    room = (array.length - start.high) // step if step > 0 else array.length
    if room < 1:
        return
    rounds = scope.random.randint(1, min(room, 8))
    name, index = scope.fresh("p"), scope.fresh("i")
    const = "" if reference.writable and scope.chance(0.7) else "const "
    text = reference.text if step > 0 else f"{array.name} + {array.length}"
    scope.emit(f"{const}{element.name} *{name} = {text};")
    scope.declare_cursor(name, element, not const, start)
    with scope.block(f"for (int {index} = 0; {index} < {rounds}; {index}++)", loop=True):
        scope.indices.append((index, rounds - 1))
        covered = (0, step * (rounds - 1)) if step > 0 else (step * (rounds - 1), 0)
        scope.at[name] = start.moved(*covered)
        if step < 0:
            scope.emit(f"{name}--;")
            scope.at[name] = start.moved(covered[0] - 1, covered[1] - 1)
        elif step == 1 and not const:
            scope.emit(f"*{name}++ = {scope.expression(2, without=name).text};")
            scope.at[name] = start.moved(covered[0] + 1, covered[1] + 1)
        body(scope, scope.random.randint(1, 2))
        if step == 2 or (step == 1 and const):
            scope.emit(f"{name} += 2;" if step == 2 else f"{name}++;")
    scope.at[name] = start.moved(step * rounds, step * rounds)


def write_end_loop(scope: Scope, body: Body) -> None:
    """`while (p < end)` with an end pointer, or backwards, `while (p > first)`."""
    reference = _pick(scope, 2)
    if reference is None or reference.span.low != reference.span.high:
        return
    element, array, first = reference.array.element, reference.array, reference.span.low
    last = scope.random.randint(first + 1, array.length)
    name, limit = scope.fresh("p"), scope.fresh("end")
    const = "" if reference.writable and scope.chance(0.7) else "const "
    forwards = scope.chance(0.6)
    if forwards:
        scope.emit(
            f"{const}{element.name} *{name} = {reference.text};",
            f"const {element.name} *{limit} = {array.name} + {last};",
        )
    else:
        scope.emit(
            f"{const}{element.name} *{name} = {array.name} + {last};",
            f"const {element.name} *{limit} = {reference.text};",
        )
    scope.declare_cursor(name, element, not const, Span(array, first, first))
    with scope.block(f"while ({name} {'<' if forwards else '>'} {limit})", loop=True):
        scope.at[name] = Span(array, first, last - 1)
        if not forwards:
            scope.emit(f"{name}--;")
        body(scope, scope.random.randint(1, 2))
        if forwards:
            scope.emit(f"{name}++;")
    end = last if forwards else first
    scope.at[name] = Span(array, end, end)


def write_two_cursors(scope: Scope, body: Body) -> None:
    """Two cursors from the ends of a part of an array that meet."""
    reference = _pick(scope, 3)
    if reference is None or reference.span.low != reference.span.high or scope.blocks > 1:
        return
    element, array, first = reference.array.element, reference.array, reference.span.low
    last = scope.random.randint(first + 1, array.length - 1)
    const = "" if reference.writable else "const "
    with scope.block(""):
        left, right = scope.fresh("left"), scope.fresh("right")
        scope.emit(f"{const}{element.name} *{left} = {reference.text}, *{right} = {array.name} + {last};")
        with scope.block(f"while ({left} < {right})", loop=True):
            scope.declare_cursor(left, element, not const, Span(array, first, last - 1))
            scope.declare_cursor(right, element, not const, Span(array, first + 1, last))
            scope.movable -= {left, right}
            if const:
                body(scope, 1)
                scope.emit(f"{left}++;", f"{right}--;")
            elif scope.chance(0.5):
                scope.emit(f"{element.name} kept = *{left};", f"*{left}++ = *{right};", f"*{right}-- = kept;")
            else:
                body(scope, 1)
                scope.emit(f"if ({scope.condition()})", f"    {left}++;", "else", f"    {right}--;")


def write_scan(scope: Scope) -> None:
    """A cursor that goes on until the data say stop, or the end."""
    reference = _pick(scope, 1)
    if reference is None:
        return
    element, array, span = reference.array.element, reference.array, reference.span
    name = scope.fresh("p")
    scope.emit(f"const {element.name} *{name} = {reference.text};")
    scope.emit(f"while ({name} < {array.name} + {array.length} && {_stops(scope, name, element)})", f"    {name}++;")
    scope.declare_cursor(name, element, False, Span(array, span.low, array.length))


def _stops(scope: Scope, name: str, element: Element) -> str:
    bound = scope.random.randint(1, 200)
    return scope.random.choice(
        (f"*{name} != {bound}", f"*{name} < {bound}", f"*{name} % 3 != 0", f"(*{name} & 4) == 0")
    )


def _pick(scope: Scope, need: int) -> Reference | None:
    """A pointer to at least `need` elements."""
    elements = sorted({array.element.name: array.element for array in scope.arrays}.items())
    references = [r for _, element in elements for r in scope.references(element, need)]
    return scope.random.choice(references) if references else None
