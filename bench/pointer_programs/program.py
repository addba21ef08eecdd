"""A whole program: what it shares, its functions, its scenes, and a main that calls them and prints checksums."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from pointer_programs.calls import call_function
from pointer_programs.expressions import ELEMENTS, WORD, Element
from pointer_programs.functions import Box, Setting, write_function
from pointer_programs.scenes import SCENES
from pointer_programs.scope import Array, Function, Scope
from pointer_programs.statements import write_statements
from pointer_programs.walks import write_walks

PURE = (
    "x * 3 + y", "(x ^ y) >> 1", "x - y", "x < y ? x : y", "x > y ? x + 1 : y", "(x & y) + 7", "x + (y << 2)",
    "x % 17 + y % 5",
)  # fmt: skip


def write_program(seed: int) -> str:
    """The C text of the program of a seed."""
    random = Random(seed)
    tame = random.random() < 0.5
    setting = _choose_setting(random, tame=tame)
    functions: list[Function] = []
    texts: list[list[str]] = []
    for function, lines in write_walks(
        random, setting, random.randint(2, 3) if tame else random.randint(1, 2), tame=tame
    ):
        functions.append(function)
        texts.append(lines)
    for number in range(2):
        function, lines = write_function(random, setting, functions, number, tame=tame)
        functions.append(function)
        texts.append(lines)
    scenes = [scene(random) for scene in random.sample(SCENES, random.choice((0, 1, 1, 2)))]
    names = [f"choose{number}" for number in range(2)]
    pure = [
        f"static unsigned {name}(unsigned x, unsigned y)\n{{\n    return {random.choice(PURE)};\n}}" for name in names
    ]
    scope = Scope(random, functions, tame, in_main=True, callbacks=list(names))
    main, shown = _write_main(scope, setting, [call for call, _ in scenes])
    parts = [
        *_head(seed, setting, shown),
        *pure,
        *("\n".join(lines) for lines in texts),
        *(text for _, text in scenes),
        "\n".join(main),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _choose_setting(random: Random, *, tame: bool) -> Setting:
    main = random.choice(ELEMENTS)
    elements = (main, random.choice(ELEMENTS), WORD)
    tables = tuple(
        Array(name, random.choice(elements[:2]), random.randint(6, 16))
        for name in ("table", "pool")[: random.choice((0, 0, 1)) if tame else random.randint(0, 2)]
    )
    return Setting(elements, tables, Box(main, random.randint(4, 10), random.random() < 0.5))


def _head(seed: int, setting: Setting, shown: list[Element]) -> list[str]:
    """Includes, the checksum of each element type that main shows, the struct, the globals."""
    includes = "\n".join(f"#include <{name}.h>" for name in ("stdint", "stdio", "stdlib", "string"))
    parts = [f"/* Pointers, by seed {seed}. */\n{includes}"]
    for element in shown:
        value = "(unsigned)(a[i] ^ a[i] >> 32)" if element.bits == 64 else "(unsigned)a[i]"
        parts.append(
            f"static void show_{element.name}(const char *name, const {element.name} *a, int n)\n"
            "{\n    unsigned sum = 2166136261u;\n    for (int i = 0; i < n; i++)\n"
            f"        sum = (sum ^ {value}) * 16777619u;\n"
            '    printf("%s %08x\\n", name, sum);\n}'
        )
    parts.append("\n".join(setting.box.lines()))
    parts += [f"static {a.element.name} {a.name}[{a.length}];" for a in setting.globals]
    return parts


def _write_main(scope: Scope, setting: Setting, scenes: list[str]) -> tuple[list[str], list[Element]]:
    """Arrays of every kind, statements and calls, and after each few of them what arrays hold; the types of these."""
    random, functions = scope.random, scope.functions
    scope.arrays += setting.globals
    for name in ("left_part", "right_part", "third")[: random.randint(1, 3)]:
        element, length = random.choice((*setting.elements[:1] * 2, *setting.elements)), random.randint(8, 24)
        _declare(scope, Array(name, element, length, own=True))
    if any(p.kind.name == "BOX" for f in functions for p in f.parameters) or scope.chance(0.3):
        scope.emit("struct box box = {0};")
        setting.box.bring_in(scope, "box.", "&box", own=True)
        if scope.chance(0.3):
            scope.emit("struct box other = {0};")
            setting.box.bring_in(scope, "other.", "&other", own=True)
    if scope.chance(0.4):
        _declare_rows(scope, setting.elements[0])
    scope.emit("unsigned x = 7;")
    scope.values.append("x")
    _fill(scope)
    rest = random.sample(functions, len(functions))
    while rest or scope.chance(0.5):
        write_statements(scope, random.randint(1, 4))
        for function in rest[:2]:
            call_function(scope, function)
        del rest[:2]
        _show(scope, random.sample(scope.arrays, min(2, len(scope.arrays))))
    for scene in scenes:
        scope.emit(f'printf("{scene} %u\\n", {scene}(x % 50));')
    _show(scope, scope.arrays)
    scope.emit(*(f"free({name});" for name in scope.owned), "return 0;")
    return ["int main(void)", "{", *scope.lines, "}"], list(dict.fromkeys(array.element for array in scope.arrays))


def _declare(scope: Scope, array: Array) -> None:
    """An array of main's own: a local, or a block."""
    element, name = array.element.name, array.name
    if scope.chance(0.95 if scope.tame else 0.6):
        scope.emit(f"{element} {name}[{array.length}];")
    else:
        scope.emit(f"{element} *{name} = malloc({array.length} * sizeof({element}));")
        scope.owned.append(name)
    scope.arrays.append(array)


def _declare_rows(scope: Scope, element: Element) -> None:
    """The rows of an array of arrays are arrays of their own."""
    rows, columns = scope.random.randint(2, 3), scope.random.randint(4, 9)
    scope.emit(f"{element.name} grid[{rows}][{columns}];")
    scope.arrays += [Array(f"grid[{row}]", element, columns, own=True) for row in range(rows)]


def _fill(scope: Scope) -> None:
    """A start value for every element."""
    for array in scope.arrays:
        factor, start = scope.random.randint(1, 99), scope.random.randint(0, 999)
        scope.emit(f"for (int i = 0; i < {array.length}; i++)", f"    {array.name}[i] = i * {factor} + {start};")


def _show(scope: Scope, arrays: Sequence[Array]) -> None:
    """Prints the checksum of each array, and a value."""
    for array in arrays:
        scope.emit(f'show_{array.element.name}("{array.name}", {array.name}, {array.length});')
    scope.emit('printf("x %u\\n", x);')
