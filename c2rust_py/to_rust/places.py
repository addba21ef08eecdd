"""Lowering of places: a place is either Rust's own (a path of fields and indices from a variable) or an address in
`Memory`, by where its root lives."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace

from c2rust_py.diagnostics import Code, Span
from c2rust_py.infer.places import cell_of, is_viewed, passes_on, root_of
from c2rust_py.ir.nodes import (
    FLAT,
    AddressOf,
    Borrow,
    Call,
    Conditional,
    Convert,
    Decay,
    DerefPlace,
    FieldPlace,
    GlobalPlace,
    IndexPlace,
    IntConst,
    LocalPlace,
    Logical,
    LogicalOp,
    Place,
    ReferentPlace,
    Spelling,
    StringPlace,
    Value,
)
from c2rust_py.ir.program import RecordField
from c2rust_py.ir.types import (
    USIZE as SIZE,
)
from c2rust_py.ir.types import (
    Access,
    ArrayType,
    ComplexType,
    FloatKind,
    FloatType,
    IdType,
    IntKind,
    IntType,
    OptionalType,
    OwnedType,
    RecordType,
    ReferenceType,
    Type,
    is_optional_reference,
    same_representation,
)
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_type
from c2rust_py.rust_ir.walk import walk
from c2rust_py.to_rust.frame import Facts, Frame, Unsupported
from c2rust_py.to_rust.literals import int_constant, with_suffix
from c2rust_py.to_rust.strings import byte_string
from c2rust_py.to_rust.types import USIZE, constant_name

ERRNO = "errno"

class PlaceLowering(ABC):
    """Loads, stores and addresses of places."""

    def __init__(self, facts: Facts, frame: Frame) -> None:
        self.facts = facts
        self.frame = frame

    @abstractmethod
    def value(self, value: Value, typed: bool = False) -> rs.Expr:
        """The Rust expression of a value. Where `typed`, its surroundings fix the expression's type, so literals need
        no suffix and casts of pointers no target."""

    # ---- where things live

    def local_name(self, local: int) -> str:
        assert self.frame.function is not None
        return self.facts.names.locals[self.frame.function.symbol, local]

    def in_memory(self, place: Place) -> bool:
        """Whether the place is an address rather than a path from a Rust variable."""
        match place:
            case LocalPlace(local):
                assert self.frame.function is not None
                return (self.frame.function.symbol, local) in self.facts.storage.memory_locals
            case GlobalPlace(symbol):
                return symbol in self.facts.storage.memory_globals
            case StringPlace() | DerefPlace():
                return True
            case ReferentPlace() | IndexPlace(StringPlace()):
                return False
            case FieldPlace(base) | IndexPlace(base):
                return self.in_memory(base)

    def field_of(self, place: FieldPlace) -> RecordField:
        record = place.base.type
        assert isinstance(record, RecordType)
        fields = self.facts.program.records[record.id].fields
        assert fields is not None
        return fields[place.index]

    def field_name(self, place: FieldPlace) -> str:
        record = place.base.type
        assert isinstance(record, RecordType)
        if record.id in self.facts.types.library_records:
            return self.field_of(place).name
        return self.facts.names.fields[record.id, place.index]

    def field_constant(self, place: FieldPlace) -> rs.Expr:
        """The runtime's constant for a field: `Node::NEXT`."""
        record = self.frame.rust_type(place.base.type)
        assert isinstance(record, rs.PathType)
        return rs.Name(f"{record.name}::{constant_name(self.field_name(place))}")

    # ---- Rust's own places

    def path(self, place: Place) -> rs.Expr:
        """A place of Rust's own as a place expression."""
        match place:
            case LocalPlace(local):
                return rs.Name(self.local_name(local))
            case GlobalPlace(symbol):
                self.check_initialised(symbol, place.span)
                name = self.facts.names.variables[symbol]
                if symbol in self.facts.storage.constants:
                    return rs.Name(self.frame.import_item(name))
                return rs.FieldAccess(self.frame.globals, name)
            case FieldPlace(base) if place.index == FLAT:
                return rs.MethodCall(self.base_path(base), "as_flattened")
            case FieldPlace(base):
                return rs.FieldAccess(self.base_path(base), self.field_name(place))
            case IndexPlace(base, index):
                return rs.Index(self.base_path(base), self.index(index))
            case ReferentPlace(base):
                return rs.Unary("*", self.reference(base))
            case StringPlace(data):
                return rs.Literal(byte_string(data))
            case DerefPlace():
                raise AssertionError("an address has no path")

    def base_path(self, place: Place) -> rs.Expr:
        """A place that a field or an element is taken of, where Rust dereferences by itself."""
        return self.reference(place.base, by_itself=True) if isinstance(place, ReferentPlace) else self.path(place)

    def reference(self, base: Place | Call | Conditional, by_itself: bool = False) -> rs.Expr:
        """A reference that is looked behind; one that may be missing has to be there. by_itself: where Rust dereferences by itself."""
        if isinstance(base, Call | Conditional):
            path = self.value(base)
        else:
            path = self.base_path(base) if by_itself or _is_option(base.type) else self.path(base)
        return rs.MethodCall(path, "unwrap") if _is_option(base.type) else path

    def borrow(self, value: Borrow) -> rs.Expr:
        """A reference as an argument: `&mut a[i..]`, `&s.x`; a parameter passed on as a whole is borrowed anew by Rust."""
        if value.type.access is Access.CELL:
            return self.borrow_cells(value)
        if value.type.optional:
            return self.optional_loan(value)
        place, mutable = value.place, value.type.access is Access.MUTABLE
        if isinstance(place, StringPlace):
            literal: rs.Expr = rs.Literal(byte_string(place.data))
            return literal if value.start is None else rs.Borrow(rs.Index(literal, self.range_from(value.start)))
        if isinstance(place, FieldPlace) and place.index == FLAT and value.start is None:
            return rs.MethodCall(self.base_path(place.base), "as_flattened_mut" if mutable else "as_flattened")
        if isinstance(place, IndexPlace) and isinstance(place.base, FieldPlace) and place.base.index == FLAT:
            whole = self.borrow(replace(value, place=place.base, type=replace(value.type, target=place.base.type)))
            return rs.Borrow(rs.Index(whole, self.index(place.index)), mutable)
        if isinstance(place, ReferentPlace) and value.start is None:
            if isinstance(place.base.type, OwnedType):
                return rs.Borrow(self.reference(place.base), mutable)
            if _is_as_good(place.base.type, value.type):
                return self.reference(place.base)
        if value.start is not None and isinstance(place, ReferentPlace) and is_viewed(place):
            return rs.Borrow(rs.Index(self.base_path(place), self.range_from(value.start)))
        if value.start is not None:
            return self._part_from(self.base_path(place), self.range_from(value.start), mutable)
        if value.type.is_slice and not isinstance(place.type, ArrayType):
            element = rs.Borrow(self.path(place), mutable)
            return rs.Call(rs.Name("std::slice::from_mut" if mutable else "std::slice::from_ref"), (element,))
        return rs.Borrow(self.path(place), mutable)

    @abstractmethod
    def condition(self, value: Value) -> rs.Expr:
        """A value as a `bool`."""

    def optional_loan(self, value: Borrow) -> rs.Expr:
        """What a parameter is given that may be missing: an option as it is, or one that is made."""
        place, present = value.place, value.present
        plain = replace(value, type=replace(value.type, optional=False), present=None)
        if passes_on(value) and isinstance(place, ReferentPlace) and _is_as_good(place.base.type, value.type):
            assert not isinstance(place.base, Call | Conditional) and _is_option(place.base.type)
            return self.passed_on(place.base, value.type)
        if isinstance(present, Logical) and present.op is LogicalOp.AND and passes_on(replace(value, present=present.right)):
            chosen = self.optional_loan(replace(value, present=present.right))
            return rs.If(self.condition(present.left), rs.Block((), chosen), rs.BlockExpr(rs.Block((), rs.Name("None"))))
        lent = self.borrow(plain)
        if value.type.access is Access.MUTABLE and not isinstance(lent, rs.Borrow | rs.Call):
            lent = rs.Borrow(rs.Unary("*", lent), mutable=True)  # The function has it again behind the call.
        made = rs.Call(rs.Name("Some"), (lent,))
        if present is None:
            return made
        return rs.If(self.condition(present), rs.Block((), made), rs.BlockExpr(rs.Block((), rs.Name("None"))))

    def passed_on(self, base: Place, type: ReferenceType) -> rs.Expr:
        """An option of a reference that is given to a parameter."""
        held = base.type.inner if isinstance(base.type, OptionalType) else base.type
        assert isinstance(held, ReferenceType)
        if held.access is Access.SHARED:
            return self.path(base)
        return rs.MethodCall(self.path(base), "as_deref_mut" if type.access is Access.MUTABLE else "as_deref")

    def borrow_cells(self, value: Borrow) -> rs.Expr:
        """Cells as an argument (`a`, `&a[i..]`, `&a[i]`), or what else nobody looks at meanwhile as cells."""
        place = value.place
        if cell_of(place) is not None and value.type.is_slice and isinstance(place.type, ArrayType):
            return self._row_of_cells(value)
        if cell_of(place) is not None:
            one = rs.Borrow(self.path(place)) if isinstance(place, IndexPlace) else self.path(root_of(place))
            return rs.Call(rs.Name("std::slice::from_ref"), (one,)) if value.type.is_slice else one
        if isinstance(place, ReferentPlace) and isinstance(place.base.type, ReferenceType):
            cells = place.base.type.access is Access.CELL
            whole = self.reference(place.base)
            if cells:
                return whole if value.start is None else rs.Borrow(rs.Index(whole, self.range_from(value.start)))
        elif value.type.is_slice:
            whole = rs.Borrow(rs.Index(self.base_path(place), rs.Name("..")), mutable=True)
        else:
            whole = rs.Borrow(self.path(place), mutable=True)
        self.frame.import_type(self.facts.types.cell)
        cell = rs.Call(rs.Name(f"{self.facts.types.cell}::from_mut"), (whole,))
        return rs.MethodCall(cell, "as_slice_of_cells") if value.type.is_slice else cell

    def _row_of_cells(self, value: Borrow) -> rs.Expr:
        """A cell that holds an array, as the cells of its elements."""
        self.frame.import_type(self.facts.types.cell)
        row = rs.Call(rs.Name(f"{self.facts.types.cell}::as_slice_of_cells"), (rs.Borrow(self.path(value.place)),))
        return row if value.start is None else rs.Borrow(rs.Index(row, self.range_from(value.start)))

    def _part_from(self, base: rs.Expr, part: rs.RangeFrom, mutable: bool) -> rs.Expr:
        """`&base[start..]`. Rust borrows the base before it computes the start, so what lends something out stands before."""
        if not any(isinstance(node, rs.Borrow) and node.mutable for node in walk(part.low)):
            return rs.Borrow(rs.Index(base, part), mutable)
        name = self.frame.own("at")
        start = rs.Let(name, None, part.low)
        return rs.BlockExpr(rs.Block((start,), rs.Borrow(rs.Index(base, rs.RangeFrom(rs.Name(name))), mutable)))

    def range_from(self, start: Value) -> rs.RangeFrom:
        return rs.RangeFrom(self.index(start))

    def index(self, index: Value) -> rs.Expr:
        """An array index as usize; conversions between integers that keep a valid index are dropped."""
        if isinstance(index, IntConst) and index.value >= 0:
            if index.spelling is Spelling.CHARACTER:
                return int_constant(index, "usize", typed=True)
            return self.named_constant(index) or rs.Literal(str(index.value))
        if index.type == SIZE or isinstance(index.type, IdType):
            return self.value(index, typed=True)
        index = self.without_widening(index)
        return rs.Cast(self.value(index), USIZE)

    def without_widening(self, value: Value) -> Value:
        """The operand below conversions from an integer of at least 32 bits to a wider one."""
        while isinstance(value, Convert):
            inner, outer = self.facts.types.int_kind(value.operand.type), self.facts.types.int_kind(value.type)
            if inner is None or outer is None or inner.size < 4 or outer.size < inner.size:
                break
            value = value.operand
        return value

    def named_constant(self, constant: IntConst) -> rs.Expr | None:
        """The name of a macro or enumerator, cast to usize; None where the constant has no name here."""
        name = self.facts.names.constants.get(constant.name or "")
        if name is None:
            return None
        return rs.Cast(rs.Name(self.frame.import_item(name)), USIZE)

    # ---- addresses

    def address(self, place: Place, typed: bool = False) -> rs.Expr:
        """`&place`: a `Ptr` to the place's type."""
        match place:
            case LocalPlace(local):
                return rs.Name(self.local_name(local))
            case GlobalPlace(symbol):
                return self.global_address(symbol, place.span)
            case StringPlace(data, type):
                pointer = rs.Name(self.string_constant(data))
                return self.cast_pointer(pointer, self.frame.stored_type(type), typed)
            case DerefPlace(pointer):
                return self.value(pointer, typed)
            case FieldPlace(base):
                return self.field_address(place, base, typed)
            case IndexPlace(base, index):
                return rs.MethodCall(self.address(base), "elem", (self.offset(index),))
            case ReferentPlace():
                raise AssertionError("what a reference points to has no address")

    def field_address(self, place: FieldPlace, base: Place, typed: bool) -> rs.Expr:
        if self.field_of(place).width is not None:
            raise AssertionError("a bit-field has no address")
        return rs.MethodCall(self.address(base), "at", (self.field_constant(place),))

    def global_address(self, symbol: str, span: Span) -> rs.Expr:
        if symbol in self.facts.program.externals:
            reason = f"the address of `{symbol}`, which is not defined in the program, is taken"
            raise Unsupported(Code.LIBC_MISSING, reason, span)
        self.check_initialised(symbol, span)
        return rs.Name(self.frame.import_item(self.facts.names.variables[symbol]))

    def check_initialised(self, symbol: str, span: Span) -> None:
        """Refuses an object that could not be given its initial value."""
        bad = self.facts.bad_statics.get(symbol)
        if bad is not None:
            name = self.facts.program.variables[symbol].name
            raise Unsupported(bad.code, f"`{name}` has no initial value here: {bad.reason}", span)

    def string_constant(self, data: bytes) -> str:
        name = self.facts.strings.constant(data)
        self.frame.uses.add(f"crate::strings::{name}")
        return name

    def offset(self, value: Value) -> rs.Expr:
        """An integer added to a pointer: only its low 32 bits matter, so widening is dropped and any type will do."""
        value = self.without_widening(value)
        if isinstance(value, IntConst) and value.name is None and 0 <= value.value <= IntKind.INT.maximum:
            return rs.Literal(str(value.value))
        return self.value(value)

    def decay(self, place: Place, typed: bool = False) -> rs.Expr:
        """The pointer to the first element of an array in memory."""
        if isinstance(place, StringPlace):
            pointer = rs.Name(self.string_constant(place.data))
            element = self.frame.stored_type(place.type.element)
            return pointer if element == rs.PathType("u8") else self.cast_pointer(pointer, element, typed)
        return rs.MethodCall(self.address(place), "first")

    def cast_pointer(self, pointer: rs.Expr, target: rs.Type, typed: bool) -> rs.Expr:
        return self.pointer_method(pointer, "cast", target, typed)

    def pointer_method(self, pointer: rs.Expr, method: str, target: rs.Type, typed: bool) -> rs.Expr:
        """A conversion method of a pointer, with its target where the surroundings do not tell."""

        return rs.MethodCall(pointer, method if typed else f"{method}::<{print_type(target)}>")

    # ---- loads and stores

    def load(self, place: Place, type: Type) -> rs.Expr:
        """The value at a place."""
        if isinstance(place, GlobalPlace) and self.is_errno(place):
            return rs.Call(rs.Name("c2rs_rt::errno::get"), ())
        if isinstance(place, GlobalPlace) and place.symbol in self.facts.program.externals:
            return self.load_external(place)
        if isinstance(place, FieldPlace) and self.is_union(place.base) and not self.in_memory(place):
            member = rs.MethodCall(self.path(place.base), self.field_name(place))
            return rs.Cast(member, rs.PathType("u8")) if self.is_bit_field(place) and self.is_char(type) else member
        cell = cell_of(place)
        if cell is not None:
            return self.unwrapped(self.in_cell(place, cell), place.type)
        if not self.in_memory(place):
            return self.from_stored(self.path(place), place)
        if isinstance(place, FieldPlace) and self.is_bit_field(place):
            read = self.frame.method("read_bits", self.address(place.base), self.field_constant(place))
            return rs.Cast(read, rs.PathType("u8")) if self.is_char(type) else read
        return self.unwrapped(self.frame.method("read", self.address(place)), type)

    def in_cell(self, place: Place, cell: Place) -> rs.Expr:
        """What is read of a cell: all of it, or a part."""
        if place is cell:
            return rs.MethodCall(self.path(cell) if isinstance(cell, IndexPlace) else self.path(root_of(cell)), "get")
        match place:
            case FieldPlace(base):
                return rs.FieldAccess(self.in_cell(base, cell), self.field_name(place))
            case IndexPlace(base, index):
                return rs.Index(self.in_cell(base, cell), self.index(index))
            case _:
                raise AssertionError("a part of a cell is a field or an element")

    def load_external(self, place: GlobalPlace) -> rs.Expr:
        """A variable of the C library: `stdin` and its like are constants of the runtime, others have accessors."""
        if place.symbol in RUNTIME_CONSTANTS:
            return rs.Name(RUNTIME_CONSTANTS[place.symbol])
        module = RUNTIME_ACCESSORS.get(place.symbol)
        if module is None:
            raise Unsupported(Code.LIBC_MISSING, f"the variable `{place.symbol}` is not defined in the program", place.span)
        return rs.Call(rs.Name(f"{module}::{place.symbol}"), ())

    def from_stored(self, path: rs.Expr, place: Place) -> rs.Expr:
        """The value of a Rust place: a field or element of type long double or a char bit-field needs a conversion."""
        if isinstance(place, FieldPlace | IndexPlace):
            if self.is_bit_field(place) and self.is_char(place.type):
                return rs.Cast(path, rs.PathType("u8"))
            return self.unwrapped(path, place.type)
        return path

    def unwrapped(self, stored: rs.Expr, type: Type) -> rs.Expr:
        """`long double` out of its 16 bytes, and a complex one out of its 32."""
        return rs.FieldAccess(stored, "0") if _is_long(type) else stored

    def wrapped(self, value: rs.Expr, type: Type) -> rs.Expr:
        if not _is_long(type):
            return value
        name = "LongComplex" if isinstance(type, ComplexType) else "LongDouble"
        self.frame.import_type(name)
        return rs.Call(rs.Name(name), (value,))

    def store(self, place: Place, value: rs.Expr) -> rs.Expr:
        """The expression that stores an already lowered value."""
        if isinstance(place, GlobalPlace) and self.is_errno(place):
            return rs.Call(rs.Name("c2rs_rt::errno::set"), (value,))
        if isinstance(place, GlobalPlace) and place.symbol in self.facts.program.externals:
            return self.store_external(place, value)
        bit_field = self.is_bit_field(place)
        if bit_field and self.is_char(place.type):
            value = rs.Cast(with_suffix(value, "u8"), rs.PathType("i8"))
        if isinstance(place, FieldPlace) and self.is_union(place.base) and not self.in_memory(place):
            return rs.MethodCall(self.path(place.base), f"set_{self.field_name(place)}", (value,))
        cell = cell_of(place)
        if cell is not None:
            assert place is cell, "a part of a cell is assigned"
            whole = self.path(cell) if isinstance(cell, IndexPlace) else self.path(root_of(cell))
            return rs.MethodCall(whole, "set", (value,))
        if not self.in_memory(place):
            stored = self.wrapped(value, place.type) if isinstance(place, FieldPlace | IndexPlace) else value
            return rs.Assign(self.path(place), stored)
        if bit_field:
            assert isinstance(place, FieldPlace)
            return self.frame.method("write_bits", self.address(place.base), self.field_constant(place), value)
        return self.frame.method("write", self.address(place), self.wrapped(value, place.type))

    def store_external(self, place: GlobalPlace, value: rs.Expr) -> rs.Expr:
        module = RUNTIME_ACCESSORS.get(place.symbol)
        if module is None or place.symbol in READ_ONLY_ACCESSORS:
            raise Unsupported(Code.LIBC_MISSING, f"the variable `{place.symbol}` cannot be assigned", place.span)
        return rs.Call(rs.Name(f"{module}::set_{place.symbol}"), (value,))

    # ---- kinds

    def is_errno(self, place: GlobalPlace) -> bool:
        return place.symbol == ERRNO and place.symbol in self.facts.program.externals

    def is_bit_field(self, place: Place) -> bool:
        return isinstance(place, FieldPlace) and self.field_of(place).width is not None

    def is_char(self, type: Type) -> bool:
        """Whether the type is plain char: signed in C, stored as u8."""
        return type == IntType(IntKind.CHAR)

    def is_union(self, place: Place) -> bool:
        return isinstance(place.type, RecordType) and self.facts.program.records[place.type.id].is_union

    def is_array(self, type: Type) -> bool:
        return isinstance(type, ArrayType)

    def rooted_address(self, value: Value) -> Place | None:
        """The place that a pointer value is the address of, where that can be seen."""
        match value:
            case AddressOf(place) | Decay(place):
                return place
            case _:
                return None


def _is_option(type: Type) -> bool:
    """Whether a reference of the type may be missing."""
    return isinstance(type, OptionalType) or is_optional_reference(type)


def _is_as_good(have: Type, wanted: ReferenceType) -> bool:
    """Whether a reference can be passed on: a mutable one as a shared one, too."""
    have = have.inner if isinstance(have, OptionalType) else have
    assert isinstance(have, ReferenceType)
    if Access.CELL in (have.access, wanted.access):
        return False
    return same_representation(have.target, wanted.target) and (have.access is Access.MUTABLE or wanted.access is Access.SHARED)


def _is_long(type: Type) -> bool:
    """Whether a value of the type takes more bytes in memory than in a Rust variable."""
    return isinstance(type, FloatType | ComplexType) and type.kind is FloatKind.LONG_DOUBLE


RUNTIME_CONSTANTS = {name: f"c2rs_rt::stdio::{name}" for name in ("stdin", "stdout", "stderr")}
"""Variables of the C library that nobody assigns: constants of the runtime."""

RUNTIME_ACCESSORS = {name: "c2rs_rt::getopt::globals" for name in ("optarg", "optind", "opterr", "optopt")} | {
    "signgam": "c2rs_rt::math::globals",
    "timezone": "c2rs_rt::time::globals",
    "daylight": "c2rs_rt::time::globals",
}
"""Variables of the C library that live in the runtime, with the module of their getter and setter."""

READ_ONLY_ACCESSORS = frozenset({"timezone", "daylight"})
"""Those that no setter is needed for: C programs leave them to `tzset`."""


def without_deref(expr: rs.Expr) -> rs.Expr:
    """What is behind a reference, where Rust looks there by itself."""
    return expr.operand if isinstance(expr, rs.Unary) and expr.op == "*" else expr
