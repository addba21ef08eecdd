"""Random statements about the arrays and cursors of a scope."""

from __future__ import annotations

from collections.abc import Callable

from pointer_programs.calls import write_call
from pointer_programs.expressions import Element
from pointer_programs.loops import (
    write_counted_loop,
    write_end_loop,
    write_scan,
    write_stepping_loop,
    write_two_cursors,
)
from pointer_programs.scope import Array, Scope, Span

DEEPEST = 2
"""How many loops and branches are nested at most."""


def write_statements(scope: Scope, count: int) -> None:
    """About `count` random statements, each of a kind that has what it needs."""
    kinds = NESTED + SIMPLE if scope.blocks < DEEPEST else SIMPLE
    for _ in range(count):
        chosen = scope.random.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        before = len(scope.lines)
        chosen(scope)
        if len(scope.lines) == before:
            write_assignment(scope)


def write_assignment(scope: Scope) -> None:
    """`a[i] = e`, `p[-1] ^= e`, `*p = e`."""
    places = scope.places(writes=True)
    if not places:
        return
    text, element = scope.random.choice(places)
    if scope.chance(0.35):
        operator = scope.random.choice(("+=", "-=", "^=", "|=") if element.wraps else ("^=", "|="))
        value = scope.expression(1)
        scope.emit(f"{text} {operator} {value.unsigned().text if operator in ('+=', '-=') else value.text};")
    else:
        scope.emit(f"{text} = {scope.expression().text};")


def write_accumulation(scope: Scope) -> None:
    """A value takes up what is in memory."""
    if scope.values:
        name = scope.random.choice(scope.values)
        value = scope.expression(1).atom
        scope.emit(
            scope.random.choice((f"{name} += {value};", f"{name} = {name} * 31 + {value};", f"{name} ^= {value};"))
        )


def write_swap(scope: Scope) -> None:
    """Two elements trade places, which may be one."""
    places = scope.places(writes=True)
    text, element = scope.random.choice(places) if places else ("", None)
    others = [other for other, kind in places if kind == element]
    if element is not None:
        other, name = scope.random.choice(others), scope.fresh("kept")
        scope.emit(f"{element.name} {name} = {text};", f"{text} = {other};", f"{other} = {name};")


def write_declaration(scope: Scope) -> None:
    """A new cursor: `T *p = a + 2;`, or one of two places, `T *p = x & 1 ? q : a + 2;`."""
    element = _an_element(scope)
    references = scope.references(element, scope.random.randint(1, 3), values=True, casts=True)
    if not references:
        return
    first = scope.random.choice(references)
    rest = [r for r in references if r.array == first.array and r is not first]
    text, span, writable = first.text, first.span, first.writable
    if rest and scope.chance(0.03 if scope.tame else 0.4):
        second = scope.random.choice(rest)
        joined = span.join(second.span)
        assert joined is not None
        text, span = f"{scope.condition()} ? {first.text} : {second.text}", joined
        writable = writable and second.writable
    writable = writable and scope.chance(0.8)
    name = scope.fresh("p")
    scope.emit(f"{'' if writable else 'const '}{element.name} *{name} = {text};")
    scope.declare_cursor(name, element, writable, span)


def write_choice(scope: Scope) -> None:
    """A pointer to one of two arrays: `T *either = c ? a : b + 1;`, which stays where it is."""
    element = _an_element(scope)
    references = scope.references(element, 2, writes=True)
    if len({reference.array for reference in references}) < 2 or scope.blocks or scope.tame:
        return
    first, second = scope.random.sample(references, 2)
    name = scope.fresh("either")
    scope.emit(f"{element.name} *{name} = {scope.condition()} ? {first.text} : {second.text};")
    scope.arrays.append(Array(name, element, min(first.length, second.length), mixed=True))


def write_step(scope: Scope) -> None:
    """A cursor that moves while it writes or reads: `*p++ = e;`, `x += *--p;`."""
    name, span = _pick_cursor(scope)
    if span is None:
        return
    element, writable = scope.cursors[name]
    forms = []
    if span.low >= 0 and span.high < span.array.length:
        forms.append((f"*{name}++", 1))
    if span.low > 0 and span.high <= span.array.length:
        forms.append((f"*--{name}", -1))
    if not forms:
        return
    place, step = scope.random.choice(forms)
    if writable and scope.chance(0.7):
        scope.emit(f"{place} = {scope.expression(1, without=name).text};")
    elif scope.values:
        scope.emit(f"{scope.random.choice(scope.values)} += (unsigned){place};")
    else:
        return
    scope.at[name] = span.moved(step, step)


def write_jump(scope: Scope) -> None:
    """A cursor goes elsewhere: `p += 3;`, `p = a + 1;`, `if (c) p++;`."""
    name, span = _pick_cursor(scope)
    if span is None:
        return
    element, writable = scope.cursors[name]
    references = scope.references(element, 0, writes=writable)
    kind = scope.random.randrange(3)
    if kind == 0 and (others := [r for r in references if r.text != name]):
        chosen = scope.random.choice(others)
        scope.emit(f"{name} = {chosen.text};")
        scope.at[name] = chosen.span
    elif kind == 1 and span.high < span.array.length:
        scope.emit(f"if ({scope.condition()})", f"    {name}++;")
        scope.at[name] = span.moved(0, 1)
    else:
        step = scope.random.randint(-span.low, span.array.length - span.high)
        if step:
            scope.emit(f"{name} {'+' if step > 0 else '-'}= {abs(step)};")
            scope.at[name] = span.moved(step, step)


def write_distance(scope: Scope) -> None:
    """Differences and comparisons of two pointers into one array."""
    known = [(name, span) for name, span in scope.at.items() if span is not None]
    if not known or not scope.values:
        return
    name, span = scope.random.choice(known)
    element, _ = scope.cursors[name]
    others = [
        other
        for other, there in known
        if there.array == span.array and other != name and scope.cursors[other][0] == element
    ]
    others += [span.array.name] if span.array.element == element else []
    if not others:
        return
    other, value = scope.random.choice(others), scope.random.choice(scope.values)
    if scope.chance(0.5):
        scope.emit(f"{value} += (unsigned)({name} - {other});")
    else:
        scope.emit(
            f"if ({name} {scope.random.choice(('<', '>=', '==', '!='))} {other})",
            f"    {value} += {scope.random.randint(1, 9)};",
        )


def write_library_move(scope: Scope) -> None:
    """memmove of what may overlap, memset of bytes, memcpy from or to an array of the function's own."""
    element = _an_element(scope)
    need = scope.random.choice((1, 2, 3, 5, 12))
    targets, sources = scope.references(element, need, writes=True), scope.references(element, need)
    if not targets or not sources or (scope.tame and scope.chance(0.9)):
        return
    to = scope.random.choice(targets)
    overlapping = [source for source in sources if source.array == to.array and source.text != to.text]
    source = scope.random.choice(overlapping if overlapping and scope.chance(0.6) else sources)
    size = f"{need} * sizeof({element.name})"
    if scope.chance(0.2):
        scope.emit(f"memset({to.text}, {scope.random.randint(0, 255)}, {size});")
    elif to.array != source.array and _are_apart(to.array, source.array):
        scope.emit(f"memcpy({to.text}, {source.text}, {size});")
    else:
        scope.emit(f"memmove({to.text}, {source.text}, {size});")


def _are_apart(one: Array, other: Array) -> bool:
    """Whether two arrays surely do not overlap."""
    return (one.own or other.own) and not (one.mixed or other.mixed)


def write_branch(scope: Scope, array: Array | None = None) -> None:
    """`if`, perhaps with `else`: afterwards a cursor is where either leaves it. An array that may be missing is asked for, and is there in
    the branch."""
    before = dict(scope.at)
    with scope.block(f"if ({scope.condition() if array is None else _presence(scope, array)})"):
        scope.arrays += () if array is None else (array,)
        write_statements(scope, scope.random.randint(1, 3))
        if array is not None:
            scope.arrays.remove(array)
    after = scope.at
    scope.at = before
    if scope.chance(0.5):
        with scope.block("else"):
            write_statements(scope, scope.random.randint(1, 2))
    scope.at = {name: None if span is None else span.join(after[name]) for name, span in scope.at.items()}


def _presence(scope: Scope, array: Array) -> str:
    """That a pointer is not null, perhaps among other things."""
    test = scope.random.choice((array.name, f"{array.name} != NULL"))
    return scope.random.choice((test, test, f"{test} && {scope.random.choice(scope.values)} > 3")) if scope.values else test


def _an_element(scope: Scope) -> Element:
    elements = [array.element for array in scope.arrays] + [element for element, _ in scope.cursors.values()]
    return scope.random.choice(elements)


def _pick_cursor(scope: Scope) -> tuple[str, Span | None]:
    """A cursor that may move, and where it is."""
    names = sorted(name for name in scope.movable if scope.at.get(name) is not None)
    if not names:
        return "", None
    name = scope.random.choice(names)
    return name, scope.at[name]


Statement = Callable[[Scope], None]

SIMPLE: tuple[tuple[Statement, int], ...] = (
    (write_assignment, 6),
    (write_accumulation, 3),
    (write_swap, 2),
    (write_declaration, 4),
    (write_step, 6),
    (write_choice, 1),
    (write_jump, 3),
    (write_distance, 2),
    (write_library_move, 2),
    (write_call, 12),
)

NESTED: tuple[tuple[Statement, int], ...] = (
    (write_branch, 3),
    (lambda scope: write_counted_loop(scope, write_statements), 3),
    (lambda scope: write_stepping_loop(scope, write_statements), 3),
    (lambda scope: write_end_loop(scope, write_statements), 3),
    (lambda scope: write_two_cursors(scope, write_statements), 2),
    (write_scan, 2),
)
