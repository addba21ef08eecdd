"""The types of places and values: what `verify` checks of each expression node on its own.

Each check returns what is wrong in words, or None.
"""

from __future__ import annotations

from typing import overload

from c2rust_py.ir.nodes import (
    FLAT,
    AddressOf,
    Allocate,
    ArrayValue,
    Binary,
    BinaryOp,
    BlockValue,
    Borrow,
    Call,
    Compare,
    Conditional,
    Convert,
    Decay,
    DerefPlace,
    FieldPlace,
    FloatConst,
    IndexPlace,
    Insert,
    IsPresent,
    Load,
    Logical,
    MoveOptional,
    Not,
    Optional,
    Overflowing,
    Place,
    PointerAdd,
    PointerDiff,
    RecordValue,
    ReferentPlace,
    Remove,
    StringValue,
    Truncate,
    Unary,
    UnaryOp,
    Unwrap,
    VaArgValue,
    Value,
)
from c2rust_py.ir.printer import type_text
from c2rust_py.ir.program import Program
from c2rust_py.ir.types import (
    BOOL,
    INT,
    LONG,
    ArrayType,
    ComplexType,
    EnumType,
    FloatType,
    FunctionType,
    IdType,
    IntKind,
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
    is_optional_reference,
    same_representation,
)


def find_qualified(type: Type) -> bool:
    """Whether a qualified type hides at any depth."""
    match type:
        case Qualified():
            return True
        case PointerType(target) | ReferenceType(target) | OptionalType(target) | OwnedType(target):
            return find_qualified(target)
        case ArrayType(element):
            return find_qualified(element)
        case FunctionType(result, params):
            return find_qualified(result) or any(find_qualified(param) for param in params)
        case _:
            return False


@overload
def is_integer(type: Type) -> IntKind | None: ...
@overload
def is_integer(type: Type, program: Program) -> IntKind | None: ...
def is_integer(type: Type, program: Program | None = None) -> IntKind | None:
    """The representation of an integer or enum type; without `program` that of an enum is taken to be int."""
    match type:
        case IntType(kind):
            return kind
        case EnumType(id):
            return program.enums[id].kind if program is not None else IntKind.INT
        case _:
            return None


def is_scalar(type: Type) -> bool:
    """Whether a value of the type can be a condition."""
    return isinstance(type, (IntType, EnumType, FloatType, ComplexType, PointerType, OptionalType, IdType))


def _is_arithmetic(type: Type) -> bool:
    return isinstance(type, (IntType, EnumType, FloatType, ComplexType))


def check_place(place: Place, program: Program) -> str | None:
    """A place that is made of others."""
    match place:
        case DerefPlace(pointer, type):
            if not isinstance(pointer.type, PointerType):
                return f"a {type_text(pointer.type)} is dereferenced"
            return _differ(type, pointer.type.target, "a dereferenced pointer has another target")
        case FieldPlace(base, index, type) if index == FLAT:
            return None if isinstance(base.type, ArrayType) and isinstance(type, ArrayType) else "what is no array is flattened"
        case FieldPlace(base, index, type):
            if not isinstance(base.type, RecordType):
                return f"a {type_text(base.type)} has fields"
            fields = program.records[base.type.id].fields
            if fields is None or not 0 <= index < len(fields):
                return f"{type_text(base.type)} has no field {index}"
            return _differ(type, fields[index].type, "a field has another type")
        case IndexPlace(base, index, type) if isinstance(base.type, PoolType):
            wrong = _differ(index.type, IdType(base.type.element), "an object of a pool has another id")
            return wrong or _differ(type, base.type.element, "an object of a pool has another type")
        case IndexPlace(base, index, type):
            if not isinstance(base.type, ArrayType):
                return f"a {type_text(base.type)} is indexed"
            if is_integer(index.type) is None:
                return f"an index has type {type_text(index.type)}"
            return _differ(type, base.type.element, "an element has another type")
        case ReferentPlace(base, type):
            reference = base.type.inner if isinstance(base.type, OptionalType) else base.type
            if not isinstance(reference, ReferenceType | OwnedType):
                return f"a {type_text(base.type)} refers to something"
            return _differ(type, reference.target, "a referent has another type than its reference's target")
        case _:
            return None


def _differ(found: Type, wanted: Type, message: str) -> str | None:
    return None if found == wanted else f"{message}: {type_text(found)}, not {type_text(wanted)}"


def _differ_in_rust(found: Type, wanted: Type, message: str) -> str | None:
    return None if same_representation(found, wanted) else _differ(found, wanted, message)


def _all_scalar(*values: Value) -> str | None:
    for value in values:
        if not is_scalar(value.type):
            return f"a {type_text(value.type)} is a truth value"
    return None


def check_value(value: Value, program: Program) -> str | None:
    """The types of a value and of its operands."""
    match value:
        case Load(place, type):
            return _differ(type, place.type, "a load has another type than its place")
        case AddressOf(place, type):
            return _differ(type.target, place.type, "an address has another target than its place")
        case Decay(place, type):
            if not isinstance(place.type, ArrayType):
                return f"a {type_text(place.type)} decays"
            return _differ(type.target, place.type.element, "a decayed array has another element")
        case Unary() | Binary() | Compare():
            return _check_arithmetic(value)
        case Not(operand, type):
            return _all_scalar(operand) or _differ(type, INT, "a negation is no int")
        case Logical(_, left, right, type):
            return _all_scalar(left, right) or _differ(type, INT, "a logical value is no int")
        case Conditional(condition, then, otherwise, type):
            return (
                _all_scalar(condition)
                or _differ(then.type, type, "a branch of a conditional has another type")
                or _differ(otherwise.type, type, "a branch of a conditional has another type")
            )
        case PointerAdd() | PointerDiff():
            return _check_pointer_arithmetic(value)
        case Convert() | Truncate() | Overflowing() | VaArgValue() | FloatConst():
            return _check_scalar_value(value)
        case Call():
            return _check_call(value)
        case RecordValue() | ArrayValue() | StringValue():
            return _check_aggregate(value, program)
        case BlockValue(_, result, type):
            if result is None:
                return None if isinstance(type, VoidType) else "a block without value is not void"
            return _differ(result.type, type, "a block has another type than its value")
        case Borrow():
            return _check_loan(value)
        case Optional() | Unwrap() | IsPresent() | MoveOptional():
            return _check_optional(value)
        case Insert(pool, init, type):
            wrong = None if init is None else _differ(init.type, type.record, "a new object has a value of another type")
            return wrong or _differ(pool.type, PoolType(type.record), "a new object is of another pool")
        case Remove(pool, id):
            fits = isinstance(id.type, IdType) and pool.type == PoolType(id.type.record)
            return None if fits else "what is removed is of another pool"
        case Allocate(count, _, type):
            fits = (count is not None) == type.is_array and (count is None or is_integer(count.type) is not None)
            return None if fits else f"{type_text(type)} is allocated by a wrong count"
        case _:
            return None


def _check_loan(value: Borrow) -> str | None:
    """Slices are of arrays, from an integer on, or of one object; what is no slice is of the whole object."""
    place, target = value.place.type, value.type.target
    if value.present is not None and not (value.type.optional and is_scalar(value.present.type)):
        return "a loan that may be missing is for no parameter that can be"
    if not value.type.is_slice:
        if value.start is not None:
            return "a reference to one object has a start"
        return _differ_in_rust(place, target, "a loan is of another type than its place")
    assert isinstance(target, ArrayType)
    if value.start is not None and is_integer(value.start.type) is None:
        return f"a slice starts at a {type_text(value.start.type)}"
    if value.start is not None and not isinstance(place, ArrayType):
        return f"a slice of a {type_text(place)} has a start"
    element = place if value.start is None and same_representation(place, target.element) else _element(place)
    return _differ_in_rust(element, target.element, "a slice has other elements than its array")


def _element(type: Type) -> Type:
    return type.element if isinstance(type, ArrayType) else type


def _check_optional(value: Optional | Unwrap | IsPresent | MoveOptional) -> str | None:
    """Positions that may be missing: of integer type inside, and made and opened with that very type."""
    match value:
        case Optional(inner, type):
            if is_integer(type.inner) is None and not isinstance(type.inner, ReferenceType):
                return f"a position of type {type_text(type.inner)}"
            return None if inner is None else _differ(inner.type, type.inner, "a position has another type")
        case Unwrap(operand, type):
            return _differ(operand.type, OptionalType(type), "what is unwrapped is no such position")
        case IsPresent(operand, type):
            owned = isinstance(operand, Borrow) and isinstance(operand.place, ReferentPlace) and isinstance(operand.place.base.type, OwnedType)
            if not owned and not isinstance(operand.type, OptionalType) and not is_optional_reference(operand.type):
                return f"a {type_text(operand.type)} may be missing"
            return _differ(type, BOOL, "a test for presence is no _Bool")
        case MoveOptional(operand, start, type):
            if is_integer(start.type) is None:
                return f"a position is moved by a {type_text(start.type)}"
            return _differ(operand.type, type, "a moved position has another type")


def _check_arithmetic(value: Unary | Binary | Compare) -> str | None:
    match value:
        case Unary(op, operand, type):
            if op is UnaryOp.COMPLEMENT and is_integer(type) is None:
                return f"the complement of a {type_text(type)}"
            if not _is_arithmetic(type):
                return f"the negation of a {type_text(type)}"
            return _differ(operand.type, type, "an operand has another type")
        case Binary(BinaryOp.SHL | BinaryOp.SHR, left, right, type):
            if is_integer(type) is None or is_integer(right.type) is None:
                return f"a {type_text(type)} is shifted by a {type_text(right.type)}"
            return _differ(left.type, type, "a shifted operand has another type")
        case Binary(op, left, right, type):
            if not _is_arithmetic(type):
                return f"'{op.value}' gives a {type_text(type)}"
            bitwise = op in (BinaryOp.AND, BinaryOp.OR, BinaryOp.XOR, BinaryOp.REM)
            if bitwise and is_integer(type) is None:
                return f"'{op.value}' on a {type_text(type)}"
            if isinstance(type, ComplexType) and FloatType(type.kind) in (left.type, right.type):
                return None if type in (left.type, right.type) else "a complex operation has no complex operand"
            return _differ(left.type, type, "a left operand has another type") or _differ(
                right.type, type, "a right operand has another type"
            )
        case Compare(_, left, right, type):
            if not is_scalar(left.type):
                return f"a {type_text(left.type)} is compared"
            return _differ(left.type, right.type, "two compared values have two types") or _differ(
                type, INT, "a comparison is no int"
            )


def _check_pointer_arithmetic(value: PointerAdd | PointerDiff) -> str | None:
    match value:
        case PointerAdd(pointer, offset, _, type):
            if is_integer(offset.type) is None:
                return f"a {type_text(offset.type)} is added to a pointer"
            return _differ(pointer.type, type, "a moved pointer has another type")
        case PointerDiff(left, right, type):
            if not isinstance(left.type, PointerType):
                return f"the distance of a {type_text(left.type)}"
            return _differ(left.type, right.type, "the distance of two types") or _differ(
                type, LONG, "a distance is no long"
            )


def _check_scalar_value(value: Convert | Truncate | Overflowing | VaArgValue | FloatConst) -> str | None:
    match value:
        case Convert(operand, type):
            if isinstance(type, VoidType):
                return None
            if not (is_scalar(type) or operand.type == type) or not (is_scalar(operand.type) or operand.type == type):
                return f"a {type_text(operand.type)} is converted to {type_text(type)}"
            return None
        case Truncate(operand, width, type):
            kind = is_integer(type)
            if kind is None or not 0 < width <= 8 * kind.size:
                return f"a {type_text(type)} is truncated to {width} bits"
            return _differ(operand.type, type, "a truncated operand has another type")
        case Overflowing(_, left, right, result):
            if any(is_integer(type) is None for type in (left.type, right.type, result.type)):
                return "a checked operation is not on integers"
            return None
        case VaArgValue(list):
            return None if isinstance(list.type, VaListType) else "a va_list is expected"
        case FloatConst(_, type):
            return None if isinstance(type, FloatType) else f"a floating constant is a {type_text(type)}"


def _check_call(value: Call) -> str | None:
    function = value.function.type
    if not isinstance(function, PointerType) or not isinstance(function.target, FunctionType):
        return f"a {type_text(function)} is called"
    target = function.target
    if target.prototyped:
        count, wanted = len(value.args), len(target.params)
        if count < wanted or (count > wanted and not target.variadic):
            return f"a call has {count} arguments for {wanted} parameters"
        for arg, param in zip(value.args, target.params, strict=False):
            if arg.type != param:
                return _differ(arg.type, param, "an argument has another type than its parameter")
    return _differ(value.type, target.result, "a call has another type than its function's result")


def _check_aggregate(value: RecordValue | ArrayValue | StringValue, program: Program) -> str | None:
    match value:
        case RecordValue(fields, type):
            record = program.records[type.id]
            if record.fields is None or len(fields) != len(record.fields):
                return f"a value of {type.id} has {len(fields)} fields"
            if record.is_union and sum(item is not None for item in fields) != 1:
                return f"a value of the union {type.id} has not one field"
            for item, member in zip(fields, record.fields, strict=True):
                # A flexible array member may be initialised: its value knows the length that its type lacks.
                flexible = isinstance(member.type, ArrayType) and member.type.length is None
                if item is not None and not flexible and item.type != member.type:
                    return _differ(item.type, member.type, f"field {member.name} has another type")
            return None
        case ArrayValue(runs, type):
            last = -1
            for run in runs:
                if not last < run.first <= run.last or (type.length is not None and run.last >= type.length):
                    return "the runs of an array are not sorted, disjoint and inside"
                if run.value.type != type.element:
                    return _differ(run.value.type, type.element, "an element has another type")
                last = run.last
            return None
        case StringValue(data, type):
            kind = is_integer(type.element)
            if kind is None or type.length is None or len(data) != kind.size * type.length:
                return f"{len(data)} bytes initialise a {type_text(type)}"
            return None
