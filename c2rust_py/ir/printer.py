"""The IR as indented text, for dumps and pass cases: close to C, with what is implicit in C left out or spelled out.

    int gcd(int a, int b) {
        while 'loop (b != 0) {
            int t = a % b;
            a = b;
            b = t;
        }
        return a;
    }

Labels carry a quote. A local whose name is not unique in its function is printed with its id (`i.3`). Conversions are
printed as casts; with `types`, every load and constant shows its type, too. Else-if chains and operators that
lean left are printed without recursion; other nests that are deep take a deep stack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from c2rust_py.ir.nodes import (
    FLAT,
    AddressOf,
    Allocate,
    AllocateVla,
    ArrayValue,
    Assign,
    Binary,
    Block,
    BlockValue,
    Borrow,
    Break,
    Builtin,
    Call,
    Case,
    CatchJump,
    Compare,
    ComputedGoto,
    Conditional,
    Continue,
    Convert,
    Decay,
    Declare,
    DeclarePair,
    Default,
    DerefPlace,
    DoWhile,
    Evaluate,
    FieldPlace,
    FloatConst,
    For,
    FunctionAddress,
    FunctionRef,
    GlobalPlace,
    Goto,
    If,
    IndexPlace,
    Insert,
    IntConst,
    IsPresent,
    Label,
    LabelAddress,
    Labelled,
    Load,
    LocalPlace,
    Logical,
    Loop,
    Match,
    MoveOptional,
    Not,
    Optional,
    Overflowing,
    Pattern,
    Place,
    PointerAdd,
    PointerDiff,
    Reallocate,
    RecordValue,
    ReferentPlace,
    Remove,
    Return,
    Split,
    Statement,
    StringPlace,
    StringValue,
    Switch,
    Truncate,
    Unary,
    UnsupportedStatement,
    UnsupportedValue,
    Unwrap,
    VaArgValue,
    VaEnd,
    Value,
    VaStart,
    While,
    ZeroValue,
)
from c2rust_py.ir.program import Function, Program, Record
from c2rust_py.ir.types import (
    ArrayType,
    ComplexType,
    EnumType,
    FloatType,
    FunctionType,
    IdType,
    IntType,
    OptionalType,
    OwnedType,
    PointerType,
    PoolType,
    Qualified,
    RecordType,
    ReferenceType,
    Type,
    VaListType,
    VoidType,
)

INDENT = "    "


def type_text(type: Type) -> str:
    """A type on one line, read from left to right: `int*[4]` is an array of four pointers to int."""
    match type:
        case VoidType():
            return "void"
        case IntType(kind):
            return kind.spelling
        case FloatType(kind):
            return kind.spelling
        case ComplexType(kind):
            return f"{kind.spelling} _Complex"
        case EnumType(id) | RecordType(id):
            return id
        case PointerType(target):
            return f"{type_text(target)}*"
        case OptionalType(inner):
            return f"{type_text(inner)}?"
        case OwnedType(target):
            return f"own {type_text(target)}"
        case IdType(record):
            return f"id {record.id}"
        case PoolType(record):
            return f"pool {record.id}"
        case ReferenceType(target, access, optional):
            return f"{access.value} {type_text(target)}{'?' if optional else ''}"
        case ArrayType(element, length):
            return f"{type_text(element)}[{'' if length is None else length}]"
        case FunctionType(result, params, variadic, prototyped):
            texts = [type_text(param) for param in params]
            if variadic:
                texts.append("...")
            return f"{type_text(result)}({', '.join(texts) if prototyped else '?'})"
        case VaListType():
            return "va_list"
        case Qualified(inner, quals):
            return f"{quals.name} {type_text(inner)}"
        case _:
            assert_never(type)


def print_program(program: Program, types: bool = False) -> str:
    """All records, variables and functions, in the program's order."""
    parts = [print_record(record) for record in program.records.values()]
    for variable in program.variables.values():
        printer = _Printer(None, program, types)
        init = f" = {printer.value(variable.init)}" if variable.init is not None else ""
        words = "static " * variable.static + "const " * variable.const
        parts.append(f"{words}{type_text(variable.type)} {variable.symbol}{init};\n")
    parts.extend(print_function(function, program, types) for function in program.functions.values())
    return "\n".join(parts)


def print_record(record: Record) -> str:
    """A record with offsets where they say more than the order does: `int flags : 3 @4.2;`."""
    keyword = "" if record.id.startswith(("struct", "union")) else "union " if record.is_union else "struct "
    if record.fields is None:
        return f"{keyword}{record.id};\n"
    lines = [f"{keyword}{record.id} {{"]
    for member in record.fields:
        bits = f" : {member.width}" if member.width is not None else ""
        shift = f".{member.shift}" if member.width is not None else ""
        lines.append(f"{INDENT}{type_text(member.type)} {member.name}{bits} @{member.offset}{shift};")
    lines.append(f"}} size {record.size} align {record.align}")
    return "\n".join(lines) + "\n"


def print_function(function: Function, program: Program | None = None, types: bool = False) -> str:
    """A function's definition; `program` lends the names of fields."""
    printer = _Printer(function, program, types)
    params = [
        f"{type_text(local.type)} {printer.local(local.id)}"
        for local in function.locals[: len(function.type.params)]
    ]
    if function.type.variadic:
        params.append("...")
    words = "static " * function.static + "noreturn " * function.noreturn
    printer.line(f"{words}{type_text(function.type.result)} {function.symbol}({', '.join(params)}) {{")
    printer.statements(function.body)
    printer.line("}")
    return "\n".join(printer.lines) + "\n"


def print_statements(
    body: Sequence[Statement], function: Function | None = None, program: Program | None = None
) -> str:
    """A list of statements; without `function`, locals print as `%id`."""
    printer = _Printer(function, program, types=False)
    for statement in body:
        printer.statement(statement)
    return "".join(f"{line}\n" for line in printer.lines)


def print_value(value: Value, function: Function | None = None, program: Program | None = None) -> str:
    """A value on one line, or more where it holds statements."""
    return _Printer(function, program, types=False).value(value)


def _bytes_text(data: bytes) -> str:
    return '"' + repr(data)[2:-1].replace('"', '\\"') + '"'


@dataclass(slots=True)
class _Printer:
    function: Function | None
    program: Program | None
    types: bool
    lines: list[str] = field(default_factory=list)
    level: int = 0
    _ambiguous: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if self.function is not None:
            counts = Counter(local.name for local in self.function.locals)
            self._ambiguous = frozenset(name for name, count in counts.items() if count > 1 or not name)

    def line(self, text: str) -> None:
        self.lines.append(f"{INDENT * self.level}{text}" if text else "")

    def local(self, id: int) -> str:
        if self.function is None or id >= len(self.function.locals):
            return f"%{id}"
        name = self.function.locals[id].name
        return f"{name}.{id}" if name in self._ambiguous else name

    # ---- statements

    def statements(self, body: Iterable[Statement]) -> None:
        self.level += 1
        for statement in body:
            self.statement(statement)
        self.level -= 1

    def braced(self, head: str, body: Iterable[Statement]) -> None:
        self.line(f"{head} {{")
        self.statements(body)
        self.line("}")

    def statement(self, statement: Statement) -> None:
        text = self.simple(statement)
        if text is not None:
            self.line(f"{text};")
            return
        match statement:
            case Block(body):
                self.line("{")
                self.statements(body)
                self.line("}")
            case If():
                self.chain(statement)
            case While(label, condition, body):
                self.braced(f"while '{label} ({self.value(condition)})", body)
            case DoWhile(label, body, condition):
                self.line(f"do '{label} {{")
                self.statements(body)
                self.line(f"}} while ({self.value(condition)});")
            case For(label, init, condition, step, body):
                parts = [self.inline(init), self.value(condition) if condition is not None else "", self.inline(step)]
                self.braced(f"for '{label} ({'; '.join(parts)})", body)
            case Loop(label, body):
                self.braced(f"loop '{label}", body)
            case Labelled(label, body):
                self.braced(f"block '{label}", body)
            case Switch(label, value, body):
                self.braced(f"switch '{label} ({self.value(value)})", body)
            case Case(_, low, high, _, name):
                self.line(f"case {self.pattern(Pattern(low, high, name))}:")
            case Default():
                self.line("default:")
            case Match(label, value, arms):
                self.line(f"match '{label} ({self.value(value)}) {{")
                self.level += 1
                for arm in arms:
                    self.braced(f"{' | '.join(map(self.pattern, arm.patterns)) or '_'} =>", arm.body)
                self.level -= 1
                self.line("}")
            case Label(name):
                self.line(f"{name}:")
            case CatchJump(label, env, result, body):
                self.braced(f"catch '{label} {self.local(result)} = ({self.value(env)})", body)
            case _:
                raise AssertionError(statement)

    def simple(self, statement: Statement) -> str | None:
        """A statement that holds no others, without its semicolon."""
        match statement:
            case Declare(local, init):
                known = self.function is not None and local < len(self.function.locals)
                type = type_text(self.function.locals[local].type) if self.function and known else "let"
                return f"{type} {self.local(local)}" + (f" = {self.value(init)}" if init is not None else "")
            case AllocateVla(local, size):
                return f"{self.local(local)} = allocate({self.value(size)})"
            case Split(place, at, low, high):
                return f"{self.local(low)}, {self.local(high)} = split {self.place(place)} at {self.value(at)}"
            case DeclarePair(_, _, call):
                return f"{', '.join(map(self.local, statement.declared))} = {self.value(call)}"
            case Assign(place, value):
                return f"{self.place(place)} = {self.value(value)}"
            case Evaluate(value):
                return self.value(value)
            case Break(label):
                return f"break '{label}"
            case Continue(label):
                return f"continue '{label}"
            case Goto(label):
                return f"goto {label}"
            case ComputedGoto(target):
                return f"goto *{self.value(target)}"
            case Return(value):
                return "return" if value is None else f"return {self.value(value)}"
            case VaStart(list):
                return f"va_start({self.place(list)})"
            case VaEnd(list):
                return f"va_end({self.place(list)})"
            case UnsupportedStatement(code, reason):
                return f"unsupported({code}: {reason})"
            case _:
                return None

    def chain(self, top: If) -> None:
        head = "if"
        node = top
        while True:
            self.line(f"{head} ({self.value(node.condition)}) {{")
            self.statements(node.then)
            match node.otherwise:
                case ():
                    break
                case (If() as inner,):
                    head, node = "} else if", inner
                case otherwise:
                    self.line("} else {")
                    self.statements(otherwise)
                    break
        self.line("}")

    def inline(self, body: Sequence[Statement]) -> str:
        """The `init` or `step` of a `for`: on one line where every statement is simple."""
        texts = [self.simple(statement) for statement in body]
        simple = [text for text in texts if text is not None]
        return ", ".join(simple) if len(simple) == len(texts) else self.nested(body)

    def nested(self, body: Sequence[Statement], value: Value | None = None) -> str:
        """Statements in the middle of a line: in braces, indented from the line's level."""
        inner = _Printer(self.function, self.program, self.types, level=self.level)
        inner.statements(body)
        inner.level += 1
        if value is not None:
            inner.line(inner.value(value))
        return "{\n" + "\n".join(inner.lines) + f"\n{INDENT * self.level}}}"

    def pattern(self, pattern: Pattern) -> str:
        numbers = str(pattern.low) if pattern.low == pattern.high else f"{pattern.low} ... {pattern.high}"
        return f"{pattern.name}={numbers}" if pattern.name is not None else numbers

    # ---- places and values

    def place(self, place: Place) -> str:
        match place:
            case LocalPlace(local):
                return self.local(local)
            case GlobalPlace(symbol):
                return symbol
            case StringPlace(data):
                return _bytes_text(data)
            case DerefPlace(pointer):
                return f"*{self.operand(pointer)}"
            case FieldPlace(base, index) if index == FLAT:
                return f"{self.place(base)}.flat"
            case FieldPlace(base, index):
                text = self.place(base)
                return f"{f'({text})' if text.startswith('*') else text}.{self.field(base.type, index)}"
            case IndexPlace(base, index):
                text = self.place(base)
                return f"{f'({text})' if text.startswith('*') else text}[{self.value(index)}]"
            case ReferentPlace(base):
                return f"*{self.value(base) if isinstance(base, Call | Conditional) else self.place(base)}"
            case _:
                assert_never(place)

    def field(self, record: Type, index: int) -> str:
        if self.program is not None and isinstance(record, RecordType):
            fields = self.program.records[record.id].fields
            if fields is not None and index < len(fields):
                return fields[index].name
        return str(index)

    def operand(self, value: Value) -> str:
        """A value where an operator stands next to it."""
        text = self.value(value)
        return f"({text})" if isinstance(value, (Binary, Compare, Logical, PointerAdd, PointerDiff, Conditional)) else text

    def typed(self, text: str, type: Type) -> str:
        return f"{text}:<{type_text(type)}>" if self.types else text

    def binary(self, value: Binary | Logical) -> str:
        """Operators that lean left, iteratively."""
        parts: list[str] = []
        node: Value = value
        while isinstance(node, (Binary, Logical)):
            parts.append(f" {node.op.value} {self.operand(node.right)}")
            node = node.left
            if isinstance(node, (Binary, Logical)):
                parts.append(")")
        parts.append(self.operand(node))
        return "(" * parts.count(")") + "".join(reversed(parts))

    def value(self, value: Value) -> str:
        match value:
            case IntConst(number, type, _, name):
                return self.typed(str(number) if name is None else name, type)
            case FloatConst(number, type, _, name):
                return self.typed(repr(number) if name is None else name, type)
            case ZeroValue(type):
                return self.typed("zero", type)
            case RecordValue() | ArrayValue() | StringValue():
                return self.aggregate(value)
            case Load(place, type):
                return self.typed(self.place(place), type)
            case AddressOf(place):
                return f"&{self.place(place)}"
            case Decay(place):
                return f"{self.place(place)}.decay"
            case Borrow(place, start, type):
                position = "" if start is None else f"[{self.value(start)}..]"
                present = "" if value.present is None else f" if {self.value(value.present)}"
                return f"{type.access.value} {self.place(place)}{position}{present}"
            case Optional(inner):
                return "none" if inner is None else f"some({self.value(inner)})"
            case Unwrap(operand):
                return f"{self.operand(operand)}.unwrap"
            case IsPresent(operand):
                return f"{self.operand(operand)}.present"
            case Insert(pool, init):
                return f"insert {self.place(pool)}" + ("" if init is None else f" {self.value(init)}")
            case Remove(pool, id):
                return f"remove {self.place(pool)}[{self.value(id)}]"
            case Allocate(count, filled, type):
                words = f"allocate {'filled ' if filled else ''}{type_text(type)}"
                return words + ("" if count is None else f"({self.value(count)})")
            case Reallocate(place, count, filled):
                return f"reallocate {'filled ' if filled else ''}{self.place(place)}({self.value(count)})"
            case MoveOptional(operand, start):
                return f"{self.operand(operand)}.from({self.value(start)})"
            case FunctionRef(symbol):
                return symbol
            case FunctionAddress(symbol):
                return f"address {symbol}"
            case LabelAddress(label):
                return f"&&{label}"
            case Unary(op, operand):
                return f"{op.value}{self.operand(operand)}"
            case Not(operand):
                return f"!{self.operand(operand)}"
            case Binary() | Logical():
                return self.binary(value)
            case Compare(op, left, right):
                return f"{self.operand(left)} {op.value} {self.operand(right)}"
            case PointerAdd(pointer, offset, negative):
                return f"{self.operand(pointer)} {'-' if negative else '+'} {self.operand(offset)}"
            case PointerDiff(left, right):
                return f"{self.operand(left)} - {self.operand(right)}"
            case Convert(operand, type):
                return f"({type_text(type)}){self.operand(operand)}"
            case Truncate(operand, width):
                return f"truncate({self.value(operand)}, {width})"
            case Conditional(condition, then, otherwise):
                return f"{self.operand(condition)} ? {self.operand(then)} : {self.operand(otherwise)}"
            case Call(function, args):
                target = self.value(function) if isinstance(function, FunctionRef) else f"(*{self.operand(function)})"
                return f"{target}({', '.join(map(self.value, args))})"
            case Builtin(name, args):
                return f"__builtin_{name}({', '.join(map(self.value, args))})"
            case Overflowing(op, left, right, result):
                return f"overflows({self.operand(left)} {op.value} {self.operand(right)} -> {self.place(result)})"
            case VaArgValue(list, type):
                return f"va_arg({self.place(list)}, {type_text(type)})"
            case BlockValue(body, result):
                return self.nested(body, result)
            case UnsupportedValue(code, reason):
                return f"unsupported({code}: {reason})"
            case _:
                assert_never(value)

    def aggregate(self, value: RecordValue | ArrayValue | StringValue) -> str:
        match value:
            case RecordValue(fields, type):
                items = [
                    f".{self.field(type, index)} = {self.value(item)}"
                    for index, item in enumerate(fields)
                    if item is not None
                ]
                return f"{{{', '.join(items)}}}"
            case ArrayValue(runs):
                items = []
                for run in runs:
                    span = str(run.first) if run.first == run.last else f"{run.first} ... {run.last}"
                    items.append(f"[{span}] = {self.value(run.value)}")
                return f"{{{', '.join(items)}}}"
            case StringValue(data):
                return _bytes_text(data)
            case _:
                assert_never(value)
