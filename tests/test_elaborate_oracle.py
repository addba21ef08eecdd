"""Elaboration against gcc: sizes, alignments, offsets, bit positions, and the types and values of constant expressions."""

from __future__ import annotations

import math
import struct
from pathlib import Path

import pytest
from elaborate_oracle import PRELUDE, Expressions, Records, gcc_output, program_of, table_of, type_number

from c2rust_py.ir.nodes import ArrayValue, FloatConst, IntConst, Value
from c2rust_py.ir.program import Program, Record


def numbers(program: Program, name: str, count: int) -> list[int | float]:
    """The elements of a constant table of the program."""
    init: Value | None = program.variables[name].init
    values: list[int | float] = [0] * count
    if init is None:
        return values
    assert isinstance(init, ArrayValue)
    for run in init.runs:
        assert isinstance(run.value, IntConst | FloatConst)
        values[run.first : run.last + 1] = [run.value.value] * (run.last - run.first + 1)
    return values


@pytest.mark.parametrize("seed", range(6))
def test_layout(seed: int, tmp_path: Path) -> None:
    """Sixty records a seed."""
    records = Records(seed)
    for _ in range(6):
        records.add()
    questions: list[str] = []
    for tag in records.tags:
        questions += [f"sizeof({tag})", f"_Alignof({tag})"]
        questions += [f"__builtin_offsetof({tag}, {member})" for member in records.named[tag]]
    source = PRELUDE + "".join(records.texts)
    table = table_of(questions, "unsigned long", "table")
    program, _ = program_of(tmp_path, source + table)
    ours = numbers(program, "table", len(questions))
    main = f"int main(void) {{ for (int i = 0; i < {len(questions)}; i++) printf(\"%lu\\n\", table[i]); }}\n"
    theirs = [int(line) for line in gcc_output(tmp_path, "#include <stdio.h>\n" + source + table + main)]
    wrong = [f"{q}: {a}, gcc says {b}" for q, a, b in zip(questions, ours, theirs, strict=True) if a != b]
    assert not wrong, "\n".join(wrong)
    check_bits(records, source, program, tmp_path)


def check_bits(records: Records, source: str, program: Program, folder: Path) -> None:
    """Every bit-field set to all ones shows where it lies."""
    questions = [(tag, member) for tag in records.tags for member in records.bits[tag]]
    lines = [
        f"{{ {tag} x; memset(&x, 0, sizeof x); x.{m} = -1; show((unsigned char *)&x, sizeof x); }}" for tag, m in questions
    ]
    show = "void show(unsigned char *p, int n) { while (n-- > 0) printf(\"%02x\", *p++); printf(\"\\n\"); }\n"
    text = "#include <stdio.h>\n#include <string.h>\n" + source + show
    text += "int main(void) {\n" + "\n".join(lines) + "\n}\n"
    for (tag, member), line in zip(questions, gcc_output(folder, text), strict=True):
        assert shown(program.records[tag], member) == line, f"{tag}.{member}"


def shown(record: Record, member: str) -> str:
    """The record's bytes with the bits of one member set."""
    field = next(f for f in record.fields or () if f.name == member)
    assert field.width is not None
    bits = ((1 << field.width) - 1) << (8 * field.offset + field.shift)
    return bits.to_bytes(record.size, "little").hex()


@pytest.mark.parametrize("seed", range(6))
def test_constant_expressions(seed: int, tmp_path: Path) -> None:
    """Two hundred expressions a seed: their types, and their values as doubles and as integers."""
    source = Expressions(seed)
    texts = [source.expression(3) for _ in range(200)]
    types = table_of([type_number(text) for text in texts], "int", "types")
    reals = table_of([f"(double)({text})" for text in texts], "double", "reals")
    whole = table_of(
        [f"_Generic({t}, float: 0, double: 0, long double: 0, default: {t})" for t in texts], "unsigned long", "whole"
    )
    program, _ = program_of(tmp_path, PRELUDE + types + reals + whole)
    ours = list(
        zip(*(numbers(program, name, len(texts)) for name in ("types", "reals", "whole")), strict=True)
    )
    main = f"int main(void) {{ for (int i = 0; i < {len(texts)}; i++) printf(\"%d %a %lu\\n\", types[i], reals[i], whole[i]); }}"
    lines = gcc_output(tmp_path, "#include <stdio.h>\n" + PRELUDE + types + reals + whole + main)
    for text, (kind, real, integer), line in zip(texts, ours, lines, strict=True):
        their_kind, their_real, their_integer = line.split()
        expected = float.fromhex(their_real.replace("-nan", "nan"))
        assert kind == int(their_kind), f"type of {text}"
        assert integer == int(their_integer), text
        assert real == expected or (math.isnan(real) and math.isnan(expected)), text


FLOATS = ("0.1f", "1e-45f", "3.4028235e38f", "16777217.0f", "0.1", "5e-324", "1.7976931348623157e308", "0x1.fffffep127f",
          "0x1p-149f", "1e39f", "8.589973e9f", "1.00000017881393432617187499f", "1.00000017881393432617187500f")  # fmt: skip


def test_floating_literals(tmp_path: Path) -> None:
    """A float constant is rounded once, from its spelling."""
    table = table_of([f"(double)({text})" for text in FLOATS], "double", "table")
    program, _ = program_of(tmp_path, table)
    main = f"int main(void) {{ for (int i = 0; i < {len(FLOATS)}; i++) printf(\"%a\\n\", table[i]); }}"
    lines = gcc_output(tmp_path, "#include <stdio.h>\n" + table + main)
    ours = numbers(program, "table", len(FLOATS))
    for text, value, line in zip(FLOATS, ours, lines, strict=True):
        assert struct.pack("<d", value) == struct.pack("<d", float.fromhex(line)), text
