"""C types as the harness is told of them: a table of Rust values, and mirrors in C that pass in the same way."""

from __future__ import annotations

from collections.abc import Container, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from c2rust_py.ir.layout import Layout
from c2rust_py.ir.program import Program, Record, RecordField
from c2rust_py.ir.types import (
    ArrayType,
    EnumType,
    FloatKind,
    FloatType,
    FunctionType,
    IntKind,
    IntType,
    PointerType,
    RecordType,
    Type,
    VoidType,
)


class NotComparable(Exception):
    """Why a function or variable is not compared, in words for the user."""


@dataclass(frozen=True, slots=True)
class FunctionTarget:
    """A function that a pointer may point to: its name, its symbol in the objects, and its number in the translation."""

    name: str
    link_name: str
    number: int


@dataclass(slots=True)
class TypeTable:
    """Collects the types of what is compared. `targets` gives the functions of each type, `truths` the members (record and
    number) that are `bool` in the Rust and another type in the C, `kept` the structs that are no bytes in the Rust, and why, `pools`
    those whose objects lie in arenas, with the fields that have these."""

    program: Program
    targets: Mapping[FunctionType, tuple[FunctionTarget, ...]]
    truths: AbstractSet[tuple[str, int]] = frozenset()
    kept: Mapping[str, str] = field(default_factory=dict)
    pools: Mapping[str, str] = field(default_factory=dict)
    rows: list[str] = field(default_factory=list)
    mirrors: list[str] = field(default_factory=list)
    used_targets: dict[str, None] = field(default_factory=dict)
    _ids: dict[Type, int] = field(default_factory=dict)
    _mirrored: dict[str, str] = field(default_factory=dict)

    @property
    def layout(self) -> Layout:
        return Layout(self.program.records, self.program.enums)

    def id_of(self, type: Type) -> int:
        """The position of the type in the table. Raises NotComparable where values of it cannot be made or compared."""
        if type in self._ids:
            return self._ids[type]
        self._check(type)
        number = self._ids[type] = len(self.rows)
        self.rows.append("")
        try:
            self.rows[number] = self._row(type)
        except NotComparable:
            self.rows[number] = "Type::Void"
            del self._ids[type]
            raise
        return number

    def _check(self, type: Type) -> None:
        match type:
            case RecordType(id):
                record = self.program.records[id]
                if record.fields is None:
                    raise NotComparable(f"`{record.name}` is an incomplete type")
                if record.is_union and has_pointers(self.program, type):
                    raise NotComparable(f"the union `{record.name}` has pointers in it")
                if id.startswith("library:"):
                    raise NotComparable(f"`{record.name}` is a type of the library")
                if id in self.kept:
                    raise NotComparable(f"`{record.name}` {self.kept[id]}")
            case FloatType(FloatKind.LONG_DOUBLE):
                raise NotComparable("`long double` has another precision in Rust")
            case VoidType() | IntType() | EnumType() | FloatType() | PointerType() | ArrayType():
                pass
            case _:
                raise NotComparable("a type that inputs are not made for (complex numbers, va_list)")

    def _row(self, type: Type) -> str:
        match type:
            case VoidType():
                return "Type::Void"
            case IntType(IntKind.BOOL):
                return "Type::Bool"
            case FloatType(float_kind):
                return f"Type::Float {{ size: {float_kind.size} }}"
            case PointerType(FunctionType() as function):
                return f"Type::Function {{ targets: &[{self._targets(function)}] }}"
            case PointerType(target):
                return f"Type::Pointer {{ to: {self.id_of(target)} }}"
            case ArrayType(element, length):
                return f"Type::Array {{ of: {self.id_of(element)}, count: {length or 0} }}"
            case RecordType(id):
                return self._record(self.program.records[id])
            case _:
                kind = self.program.int_kind(type)
                assert kind is not None, type
                text = str(kind is IntKind.CHAR).lower()
                return f"Type::Int {{ size: {kind.size}, signed: {str(kind.signed).lower()}, text: {text} }}"

    def _targets(self, function: FunctionType) -> str:
        found = self.targets.get(function, ())
        self.used_targets.update(dict.fromkeys(target.link_name for target in found))
        return ", ".join(
            f'Target {{ name: "{target.name}", c: {rust_symbol(target.link_name)}, number: {target.number} }}'
            for target in found
        )

    def _record(self, record: Record) -> str:
        if record.is_union:
            return f"Type::Opaque {{ size: {record.size} }}"
        fields = []
        for number, one in enumerate(record.fields or ()):
            if one.width is not None:
                of = self._bits(one.shift, one.width)
            elif (record.id, number) in self.truths:
                of = self.truth_of(one.type)
            else:
                of = self.id_of(one.type)
            fields.append(f'Field {{ name: "{one.name}", offset: {one.offset}, of: {of} }}')
        pooled = str(record.id in self.pools).lower()
        return f"Type::Record {{ size: {record.size}, fields: &[{', '.join(fields)}], pooled: {pooled} }}"

    def _bits(self, shift: int, width: int) -> int:
        self.rows.append(f"Type::Bits {{ shift: {shift}, width: {width} }}")
        return len(self.rows) - 1

    def truth_of(self, type: Type) -> int:
        """The position of an integer type that is only ever 0 or 1."""
        bit = self._bits(0, 1)
        size = self.layout.size_of(type)
        self.rows.append(f'Type::Record {{ size: {size}, fields: &[Field {{ name: "truth", offset: 0, of: {bit} }}], pooled: false }}')
        return len(self.rows) - 1

    def mirror(self, type: Type) -> str:
        """A C type that is passed and returned as `type` is (System V ABI 3.2.3: by the kinds and offsets of its scalars)."""
        match type:
            case VoidType():
                return "void"
            case PointerType():
                return "void *"
            case FloatType(float_kind):
                return float_kind.spelling
            case RecordType(id):
                if id not in self._mirrored:
                    self._mirrored[id] = self._mirror_record(self.program.records[id])
                return self._mirrored[id]
            case _:
                kind = self.program.int_kind(type)
                if kind is None:
                    raise NotComparable("a type that cannot be passed")
                return kind.spelling

    def _mirror_record(self, record: Record) -> str:
        fields = record.fields or ()
        if any(one.width is not None for one in fields):
            raise NotComparable(f"`{record.name}` is passed by value and has bit-fields")
        name = f"{'union' if record.is_union else 'struct'} c2rs_m{len(self._mirrored)}"
        self._mirrored[record.id] = name
        packed = not record.is_union and not self._is_natural(record, fields)
        lines, end = [], 0
        for number, one in enumerate(fields):
            if packed and one.offset > end:
                lines.append(f"char pad{number}[{one.offset - end}];")
            lines.append(f"{self._declare(one.type, f'm{number}')};")
            end = one.offset + self.layout.size_of(one.type)
        if packed and record.size > end:
            lines.append(f"char pad[{record.size - end}];")
        attribute = f" __attribute__((packed, aligned({record.align})))" if packed else ""
        self.mirrors.append(f"{name} {{ {' '.join(lines)} }}{attribute};")
        self.mirrors.append(f'_Static_assert(sizeof({name}) == {record.size}, "the mirror of {record.name}");')
        return name

    def _is_natural(self, record: Record, fields: tuple[RecordField, ...]) -> bool:
        """Whether gcc lays the fields out in this way without being told to."""
        end, align = 0, 1
        for one in fields:
            own = self.layout.align_of(one.type)
            align = max(align, own)
            if one.offset != -(-end // own) * own:
                return False
            end = one.offset + self.layout.size_of(one.type)
        return align == record.align and record.size == -(-end // align) * align

    def _declare(self, type: Type, name: str) -> str:
        suffix = ""
        while isinstance(type, ArrayType):
            suffix += f"[{type.length or 0}]"
            type = type.element
        return f"{self.mirror(type)} {name}{suffix}"


def rust_symbol(link_name: str) -> str:
    """The name under which the generated crate declares a symbol of the objects."""
    return "".join(char if char.isalnum() else "_" for char in link_name)


def has_pointers(program: Program, type: Type, besides: Container[str] = ()) -> bool:
    """Whether a value of the type has pointers in it, besides those to some structs."""
    match type:
        case PointerType(RecordType(id)):
            return id not in besides
        case PointerType():
            return True
        case ArrayType(element, _):
            return has_pointers(program, element, besides)
        case RecordType(id):
            return any(has_pointers(program, one.type, besides) for one in program.records[id].fields or ())
        case _:
            return False
