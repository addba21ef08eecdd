"""Random C functions of integers and arrays for `infer_ranges`: loops and conditions of the shapes that it knows, wild
arithmetic in all types, and calls. They do not need to be defined for all inputs: the machine stops where they are not.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field

TYPES = (
    "signed char",
    "unsigned char",
    "short",
    "unsigned short",
    "int",
    "int",
    "int",
    "unsigned",
    "unsigned",
    "long",
    "unsigned long",
    "_Bool",
    "enum tone",
)
SIZE = 16
"""Elements of each array."""

CONSTANTS = (0, 1, 2, 3, 5, 7, 8, 9, 10, 15, 16, 31, 63, 100, 127, 128, 255, 256, 1000, 65535, 2147483647)
HEADER = "enum tone { LOW = -2, MID, HIGH = 5 };\nstatic const unsigned char table[8] = {3, 1, 4, 1, 5, 9, 2, 6};\n"


@dataclass
class Generator:
    """A translation unit: `functions` before are what a function may call, with the types of their parameters."""

    world: random.Random
    functions: list[tuple[str, tuple[str, ...]]] = field(default_factory=list)
    names: int = 0
    budget: int = 0
    assignable: list[str] = field(default_factory=list)
    readable: list[str] = field(default_factory=list)
    pointers: list[str] = field(default_factory=list)
    kinds: dict[str, str] = field(default_factory=dict)
    loops: int = 0

    def unit(self, count: int) -> str:
        return HEADER + "".join(self.function(number) for number in range(count))

    def function(self, number: int) -> str:
        self.budget = self.world.randrange(3, 16)
        kinds = [self.world.choice((*TYPES, "int *", "int *", "unsigned char *")) for _ in range(self.world.randrange(1, 5))]
        params = [f"p{i}" for i in range(len(kinds))]
        self.kinds = dict(zip(params, kinds, strict=True))
        self.pointers = [name for name, kind in self.kinds.items() if kind.endswith("*")]
        self.assignable = [name for name in params if name not in self.pointers]
        self.readable = list(self.assignable)
        self.loops = 0
        declared = []
        for _ in range(self.world.randrange(1, 5)):
            name = self.name("v")
            declared.append(f"    {self.world.choice(TYPES)} {name} = {self.expression(1)};\n")
            self.assignable.append(name)
            self.readable.append(name)
        result = self.world.choice(TYPES)
        body = "".join(declared) + self.statements(1) + f"    return {self.expression(2)};\n"
        name = f"f{number}"
        text = ", ".join(f"{kind} {param}" for param, kind in zip(params, kinds, strict=True))
        self.functions.append((name, tuple(kinds)))
        static = "static " if self.world.random() < 0.7 else ""
        return f"{static}{result} {name}({text}) {{\n{body}}}\n"

    def name(self, hint: str) -> str:
        self.names += 1
        return f"{hint}{self.names}"

    # ---- expressions

    def expression(self, depth: int) -> str:
        pick = self.world.random()
        if depth <= 0 or pick < 0.25:
            if self.readable and self.world.random() < 0.65:
                return self.world.choice(self.readable)
            return str(self.world.choice(CONSTANTS))
        a, b = self.expression(depth - 1), self.expression(depth - 1)
        if pick < 0.6:
            return f"({a} {self.world.choice(('+', '-', '*', '&', '|', '^', '+', '-', '%', '/'))} {b})"
        if pick < 0.68:
            return f"({a} {self.world.choice(('<<', '>>'))} ({b} & {self.world.choice((3, 7, 15))}))"
        if pick < 0.74:
            return f"({self.world.choice(('-', '~', '!'))}{a})"
        if pick < 0.82:
            return f"(({self.world.choice(TYPES)}){a})"
        if pick < 0.88:
            return f"({self.condition(1)} ? {a} : {b})"
        if pick < 0.92:
            return f"table[{a} & 7]"
        if pick < 0.96 and self.pointers:
            return f"{self.world.choice(self.pointers)}[{a} & {self.world.choice((3, 7, 15))}]"
        if self.functions:
            return self.call()
        return self.condition(1)

    def call(self) -> str:
        name, kinds = self.world.choice(self.functions)
        args = []
        for kind in kinds:
            if not kind.endswith("*"):
                args.append(self.expression(1))
            elif kind in [self.kinds[pointer] for pointer in self.pointers]:
                base = self.world.choice([pointer for pointer in self.pointers if self.kinds[pointer] == kind])
                move = self.world.choice(("", "", f" + {self.world.randrange(3)}", f" + ({self.expression(0)} & 3)"))
                args.append(f"{base}{move}")
            else:
                return self.expression(0)
        return f"{name}({', '.join(args)})"

    def condition(self, depth: int) -> str:
        pick = self.world.random()
        if depth > 0 and pick < 0.25:
            joint = self.world.choice(("&&", "||"))
            return f"({self.condition(depth - 1)} {joint} {self.condition(depth - 1)})"
        if pick < 0.32:
            return f"!{self.condition(0)}"
        if pick < 0.42:
            return self.expression(1)
        op = self.world.choice(("<", "<=", ">", ">=", "==", "!="))
        if pick < 0.5:
            return f"((unsigned)({self.expression(0)} - {self.world.choice((1, 48, 97))}) <= {self.world.choice((9, 25))}u)"
        return f"({self.expression(1)} {op} {self.expression(1)})"

    # ---- statements

    def statements(self, indent: int) -> str:
        outer = list(self.readable), list(self.assignable)
        text = "".join(self.statement(indent) for _ in range(self.world.randrange(1, 5)))
        self.readable, self.assignable = outer
        return text

    def statement(self, indent: int) -> str:
        self.budget -= 1
        pad = "    " * indent
        scope = list(self.readable), list(self.assignable)
        text = self.simple_or_nested(indent, pad)
        if text.lstrip().startswith("for"):
            self.readable, self.assignable = scope
        return text

    def simple_or_nested(self, indent: int, pad: str) -> str:
        pick = self.world.randrange(16) if self.budget > 0 else self.world.randrange(6)
        target = self.world.choice(self.assignable) if self.assignable else None
        if pick < 2 and target:
            return f"{pad}{target} = {self.expression(3)};\n"
        if pick == 2 and target:
            return f"{pad}{target} {self.world.choice(('+', '-', '*', '&', '^'))}= {self.expression(1)};\n"
        if pick == 3 and target:
            return f"{pad}{self.world.choice((f'{target}++', f'--{target}', f'{target} -= 1'))};\n"
        if pick == 4 and self.pointers:
            pointer = self.world.choice(self.pointers)
            return f"{pad}{pointer}[{self.expression(2)}] = {self.expression(1)};\n"
        if pick == 5 and target:
            return f"{pad}if ({self.condition(1)}) {self.jump(target)}\n"
        if pick < 9:
            text = f"{pad}if ({self.condition(2)}) {{\n{self.statements(indent + 1)}{pad}}}"
            return text + (f" else {{\n{self.statements(indent + 1)}{pad}}}\n" if self.world.random() < 0.5 else "\n")
        if pick == 9:
            return self.switch(indent)
        if pick == 10 and self.pointers:
            return self.cursor(indent)
        return self.loop(indent)

    def jump(self, target: str) -> str:
        choices = [f"return {target};", f"{{ {target} = {self.expression(1)}; return {target}; }}"]
        if self.loops:
            choices += ["break;", "continue;"]
        return self.world.choice(choices)

    def switch(self, indent: int) -> str:
        pad = "    " * indent
        text = f"{pad}switch ({self.expression(1)}) {{\n"
        for label in self.world.sample(range(12), self.world.randrange(1, 5)):
            text += f"{pad}case {label}: {{\n{self.statements(indent + 1)}{pad}}}\n"
            text += f"{pad}    break;\n" if self.world.random() < 0.7 else ""
        if self.world.random() < 0.5:
            text += f"{pad}default: {{\n{self.statements(indent + 1)}{pad}}}\n"
        return text + f"{pad}}}\n"

    def body(self, indent: int) -> str:
        self.loops += 1
        text = self.statements(indent + 1)
        self.loops -= 1
        return text

    def loop(self, indent: int) -> str:
        pad, i = "    " * indent, self.name("i")
        kind = self.world.choice(("int", "int", "unsigned", "long", "unsigned long", "unsigned char"))
        limit = self.world.choice((str(self.world.randrange(12)), self.expression(0), f"({self.expression(1)} & 15)"))
        shape = self.world.randrange(7)
        if shape == 6:
            return self.search(indent, limit)
        if self.world.random() < 0.85:
            self.readable.append(i)
        else:
            self.assignable.append(i)
        access = ""
        if self.pointers and self.world.random() < 0.6:
            subscript = self.world.choice((i, i, f"{i} + 1", f"{i} - 1", f"{limit} - {i}"))
            access = f"{pad}    {self.world.choice(self.pointers)}[{subscript}] ^= {self.expression(0)};\n"
        if shape == 0:
            compare = self.world.choice(("<", "<", "<=", "!="))
            return f"{pad}for ({kind} {i} = 0; {i} {compare} {limit}; {i}++) {{\n{access}{self.body(indent)}{pad}}}\n"
        if shape == 1:
            down = self.world.choice((f"{i} >= 0", f"{i} > 0"))
            return f"{pad}for (int {i} = {limit} - 1; {down}; {i}--) {{\n{access}{self.body(indent)}{pad}}}\n"
        declared = f"{pad}{kind} {i} = {limit};\n"
        if shape == 2:
            return f"{declared}{pad}while ({i}--) {{\n{access}{self.body(indent)}{pad}}}\n"
        if shape == 3:
            return f"{declared}{pad}do {{\n{access}{self.body(indent)}{pad}}} while (--{i});\n"
        if shape == 4:
            return f"{declared}{pad}while ({self.condition(1)} && {i}-- > 0) {{\n{access}{self.body(indent)}{pad}}}\n"
        test = f"++{i} < {limit} && {self.condition(0)}"
        return f"{declared}{pad}do {{\n{access}{self.body(indent)}{pad}}} while ({test});\n"

    def search(self, indent: int, limit: str) -> str:
        pad, lo, hi, mid = "    " * indent, self.name("lo"), self.name("hi"), self.name("mid")
        self.readable += [lo, hi]
        middle = self.world.choice((f"{lo} + ({hi} - {lo}) / 2", f"({lo} + {hi}) / 2", f"({lo} + {hi}) >> 1"))
        text = f"{pad}int {lo} = 0, {hi} = {limit} - 1;\n{pad}while ({lo} <= {hi}) {{\n{pad}    int {mid} = {middle};\n"
        if self.pointers:
            text += f"{pad}    {self.world.choice(self.pointers)}[{mid}] += 1;\n"
        text += f"{pad}    if ({self.condition(0)}) {lo} = {mid} + 1;\n{pad}    else {hi} = {mid} - 1;\n"
        return f"{text}{pad}}}\n"

    def cursor(self, indent: int) -> str:
        pad, p, end = "    " * indent, self.name("c"), self.name("e")
        pointer = self.world.choice(self.pointers)
        start = f"{pad}__typeof__({pointer}) {p} = {pointer} + {self.world.randrange(3)};\n"
        value = self.expression(0)
        if self.world.random() < 0.5:
            bound = self.world.choice((str(self.world.randrange(12)), f"({self.expression(0)} & 7)"))
            start += f"{pad}__typeof__({pointer}) {end} = {pointer} + {bound};\n"
            test = self.world.choice(("<", "!="))
            return f"{start}{pad}while ({p} {test} {end}) *{p}++ = {value};\n"
        count = self.name("n")
        return f"{start}{pad}for (int {count} = 0; {count} < {self.expression(0)}; {count}++) *{p}++ ^= {value};\n"
