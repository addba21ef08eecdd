"""Random C declarations and constant expressions, and what gcc makes of them."""

from __future__ import annotations

import random
import subprocess
from collections.abc import Sequence
from pathlib import Path

from c2rust_py.diagnostics import Sink
from c2rust_py.frontend.elaborate import elaborate_unit, link_units
from c2rust_py.frontend.parse import parse_unit
from c2rust_py.frontend.units import Unit
from c2rust_py.ir.program import Program
from c2rust_py.ir.verify import Stage, verify_program

INTEGERS = (
    "_Bool", "char", "signed char", "unsigned char", "short", "unsigned short", "int", "unsigned", "long",
    "unsigned long", "long long", "unsigned long long",
)  # fmt: skip
SCALARS = (*INTEGERS, "float", "double", "long double", "void *", "int (*)(void)", "enum tiny", "enum wide", "low_t")
WIDTHS = {"_Bool": 1, "char": 8, "signed char": 8, "unsigned char": 8, "short": 16, "unsigned short": 16, "int": 32,
          "unsigned": 32, "long": 64, "unsigned long": 64, "long long": 64, "unsigned long long": 64, "enum tiny": 32}  # fmt: skip
PRELUDE = """
enum tiny { TINY_A, TINY_B = 5, TINY_C };
enum wide { WIDE_A = -1, WIDE_B = 0x123456789 };
typedef int low_t __attribute__((aligned(2)));
typedef double high_t __attribute__((aligned(32)));
"""


def program_of(folder: Path, *texts: str) -> tuple[Program, Sink]:
    """The verified program of units of these texts."""
    units = []
    for number, text in enumerate(texts):
        name = f"unit{number}.c"
        (folder / name).write_text(text)
        units.append(elaborate_unit(parse_unit(Unit(name, (), folder, folder))))
    sink = Sink()
    program = link_units(units, sink)
    verify_program(program, Stage.ELABORATED)
    return program, sink


def gcc_output(folder: Path, text: str) -> list[str]:
    """The lines that a C program prints."""
    source, binary = folder / "oracle.c", folder / "oracle"
    source.write_text(text)
    command = ["gcc", "-std=gnu17", "-w", "-O0", str(source), "-o", str(binary), "-lm"]
    subprocess.run(command, check=True, capture_output=True, text=True)
    return subprocess.run([str(binary)], check=True, capture_output=True, text=True).stdout.splitlines()


def declare(type: str, name: str) -> str:
    """`type name`, where the type may be a pointer to function."""
    return type.replace("(*)", f"(*{name})") if "(*)" in type else f"{type} {name}"


class Records:
    """Random structs and unions. `named` has the members that offsetof can name, `bits` the bit-fields."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.texts: list[str] = []
        self.tags: list[str] = []
        self.named: dict[str, list[str]] = {}
        self.bits: dict[str, list[str]] = {}

    def add(self) -> None:
        """One more record; its members may be earlier ones."""
        choose = self._random
        kind = choose.choice(["struct", "struct", "struct", "union"])
        tag = f"{kind} r{len(self.tags)}"
        self.named[tag], self.bits[tag] = [], []
        body = "".join(f"    {self._member(tag, i)}\n" for i in range(choose.randint(0, 7)))
        if kind == "struct" and self.named[tag] and choose.random() < 0.15:
            body += "    int tail[];\n"
        attribute = choose.choice(["", "", "", "", " __attribute__((packed))", " __attribute__((aligned(16)))",
                                   " __attribute__((packed, aligned(2)))"])  # fmt: skip
        text = f"{tag} {{\n{body}}}{attribute};\n"
        if choose.random() < 0.2:
            pack = choose.choice([1, 2, 4, 8, 16])
            text = f"#pragma pack(push, {pack})\n{text}#pragma pack(pop)\n"
        self.texts.append(text)
        self.tags.append(tag)

    def _member(self, tag: str, index: int) -> str:
        choose, name = self._random, f"m{index}"
        form = choose.random()
        if form < 0.4:
            return self._bit_field(tag, name)
        attribute = choose.choice(["", "", "", "", " __attribute__((aligned(8)))", " __attribute__((packed))"])
        if form < 0.5 and self.tags:
            inner = choose.choice([t for t in self.tags if "tail" not in self.texts[self.tags.index(t)]] or ["int"])
            self.named[tag].append(name)
            return f"{inner} {name}{attribute};"
        if form < 0.6:
            self.named[tag].append(f"{name}a")
            outer = choose.choice(["struct", "union"])
            return f"{outer} {{ {choose.choice(INTEGERS)} {name}a; {choose.choice(INTEGERS)} {name}b; }};"
        self.named[tag].append(name)
        alignas = choose.choice(["", "", "", "_Alignas(16) ", "_Alignas(double) "]) if not attribute else ""
        array = choose.choice(["", "", "[3]", "[2][2]", "[0]"])
        type = choose.choice([*SCALARS, "high_t"] if not array else INTEGERS)
        if type in ("long double", "high_t"):
            alignas = ""  # it may not reduce an alignment
        return f"{alignas}{declare(type, name + array)}{attribute};"

    def _bit_field(self, tag: str, name: str) -> str:
        choose = self._random
        type = choose.choice(list(WIDTHS))
        width = choose.randint(0, WIDTHS[type])
        if width == 0 or choose.random() < 0.1:
            return f"{type} : {width};"
        self.bits[tag].append(name)
        attribute = choose.choice(["", "", "", "", "", " __attribute__((packed))", " __attribute__((aligned(4)))"])
        return f"{type} {name} : {width}{attribute};"


LITERALS = (
    "0", "1", "2", "7", "-1", "255", "0x7fffffff", "0x80000000", "2147483648", "0xffffffffu", "1L", "-2L", "5UL", "3LL",
    "0xffffffffffffffff", "9223372036854775807", "'a'", "'\\377'", "'ab'", "L'x'", "u'\\xffff'", "U'\\x80000000'", "077",
    "0b101", "TINY_B", "WIDE_A", "WIDE_B", "sizeof(int)", "_Alignof(double)", "1.5", "2.25f", "3.0L", "1e10", "0x1.8p3",
    "0.1f", "0.1", "16777217.0f",
)  # fmt: skip
CASTS = ("char", "unsigned char", "short", "unsigned short", "int", "unsigned", "long", "unsigned long", "_Bool", "float",
         "double", "enum tiny", "enum wide")  # fmt: skip


class Expressions:
    """Random constant expressions without undefined behaviour that gcc would refuse to fold."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def expression(self, depth: int) -> str:
        """Of any arithmetic type."""
        choose = self._random
        if depth == 0 or choose.random() < 0.1:
            return choose.choice(LITERALS)
        form = choose.randrange(9)
        if form == 0:
            return f"({self._wrapped(choose.choice(CASTS), depth)})"
        if form == 1:
            return f"({choose.choice('+-!')} {self.expression(depth - 1)})"
        if form == 2:
            return f"(~{self._integer(depth)})"
        if form == 3:
            op = choose.choice(["<", "<=", ">", ">=", "==", "!=", "&&", "||"])
            return f"({self.expression(depth - 1)} {op} {self.expression(depth - 1)})"
        if form == 4:
            return f"({self.expression(depth - 1)} ? {self.expression(depth - 1)} : {self.expression(depth - 1)})"
        if form == 5:
            op = choose.choice(["<<", ">>"])
            return f"({self._integer(depth)} {op} {choose.randrange(31)})"
        if form == 6:
            return f"({self._integer(depth)} {choose.choice('&|^')} {self._integer(depth)})"
        if form == 7:
            return f"({self._integer(depth)} {choose.choice('/%')} {choose.choice(['3', '7u', '10L', '255UL'])})"
        return f"({self.expression(depth - 1)} {choose.choice('+-*')} {self.expression(depth - 1)})"

    def _integer(self, depth: int) -> str:
        return f"({self._wrapped(self._random.choice(CASTS[:8]), depth)})"

    def _wrapped(self, type: str, depth: int) -> str:
        """A cast; from a floating type to an integer only where the value fits."""
        operand = self.expression(depth - 1)
        if type in ("float", "double", "_Bool"):
            return f"({type}){operand}"
        return f"({type})_Generic({operand}, float: 3.75, double: -2.5, long double: 9.0L, default: {operand})"


def type_number(text: str) -> str:
    """A constant expression that numbers the type of another one."""
    kinds = ("int", "unsigned", "long", "unsigned long", "long long", "unsigned long long", "float", "double",
             "long double", "char", "unsigned char", "signed char", "short", "unsigned short", "_Bool")  # fmt: skip
    cases = ", ".join(f"{kind}: {number}" for number, kind in enumerate(kinds))
    return f"_Generic({text}, {cases}, default: 99)"


def table_of(expressions: Sequence[str], type: str, name: str) -> str:
    """A constant table of the expressions."""
    return f"const {type} {name}[] = {{\n" + "".join(f"    {e},\n" for e in expressions) + "};\n"
