"""Calls of the C library by borrowed pointers: which slice form one call can go to, and what it is lent.

    char line[80];                          strlen(line)                  strlen: line.*[0]
    struct { char name[16]; int n; } s;     memset(&s, 0, sizeof s)       memset: one element, `s`
    memmove(line, line + i, n)              memmove_within: base `line`, positions 0 and i

A call has a form where every pointer that it is given has a target (`infer.targets`) of a fitting type, and no two of the
targets overlap of which one is written (but for the forms that are about that). Otherwise its pointers are in memory. A
pointer that it returns is a position in what it was given. Formatted input and output is in `infer.library_formats`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from functools import cache
from itertools import combinations
from types import MappingProxyType

from c2rust_py.infer.comparators import why_not_compared
from c2rust_py.infer.demotions import Subject
from c2rust_py.infer.ends import end_argument, finds_tokens, stored_end
from c2rust_py.infer.library import ContextKind, LibraryEffect, LibraryFunction, library_functions
from c2rust_py.infer.library_slices import SliceForm, SliceResult, SliceVariant, slice_forms
from c2rust_py.infer.targets import (
    FieldStep,
    HandedRoot,
    HeldRoot,
    IndexStep,
    LiteralRoot,
    ObjectRoot,
    ParamRoot,
    Resolver,
    Result,
    Target,
    Template,
    ViewRoot,
    is_data_pointer,
)
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import Call, Convert, FunctionRef, IntConst, Load, LocalPlace, Value, ZeroValue
from c2rust_py.ir.types import (
    ArrayType,
    ComplexType,
    FloatKind,
    FloatType,
    FunctionType,
    IntKind,
    IntType,
    PointerType,
    RecordType,
    Type,
    VaListType,
    VoidType,
    same_representation,
)

FORM_PREFIX = "slices:"
"""What the symbols of slice forms start with in a lifted program: no C function is called so."""


class Wanted(Enum):
    """What the surroundings of a call make of its result: nothing, a test whether it is null, or any other use."""

    NOTHING = "nothing"
    TRUTH = "truth"
    VALUE = "value"


@dataclass(frozen=True, slots=True)
class Loan:
    """A pointer argument that is lent: elements of type `element` from `target` on."""

    target: Target
    element: Type
    mutable: bool


@dataclass(frozen=True, slots=True)
class Within:
    """The array that two pointers point into, and the position of each of them by its C argument."""

    base: Target
    positions: Mapping[int, IndexStep]


@dataclass(frozen=True, slots=True)
class FormCall:
    """A call of a slice form. loans: by the position of the C argument. within: what a form for two pointers into one array
    takes in their place. end: the argument that says where to store where a number ends, if it is not null."""

    form: SliceForm
    loans: Mapping[int, Loan]
    within: Within | None
    end: int | None = None

    @property
    def lent(self) -> frozenset[int]:
        """The positions of arguments that are no pointers any more."""
        return frozenset(self.loans) if self.end is None else frozenset((*self.loans, self.end))


@dataclass(frozen=True, slots=True)
class Refusal:
    """A call that no form is for. `missing` is an argument that has no target, if that is why; else `text` says it, and
    `cause` what it follows from."""

    text: str
    missing: Value | None = None
    cause: Subject | None = None


@cache
def whole_library() -> Mapping[str, LibraryFunction]:
    """The C functions of the runtime and their slice forms, these under their symbols in a lifted program."""
    functions = library_functions()
    forms = {f"{FORM_PREFIX}{key}": _as_function(form, functions[form.name]) for key, form in slice_forms().items()}
    return MappingProxyType({**functions, **forms})


def _as_function(form: SliceForm, function: LibraryFunction) -> LibraryFunction:
    """A form as a function that takes no context: what it reads and writes, it is lent."""
    lends_all = function.effect in (LibraryEffect.PURE, LibraryEffect.READS, LibraryEffect.WRITES)
    module, _, name = form.path.rpartition("::")
    return replace(
        function,
        name=f"{FORM_PREFIX}{form.key}",
        rust_name=name,
        module=module,
        context=ContextKind.NONE,
        context_position=None,
        params=form.params,
        result=form.result,
        callbacks=form.callbacks,
        effect=LibraryEffect.PURE if lends_all else LibraryEffect.OUTSIDE,
    )


@cache
def forms_of(name: str) -> tuple[SliceForm, ...]:
    """The forms of a C function that can be chosen."""
    forms = [form for form in slice_forms().values() if form.name == name and form.variant in _ORDER]
    forms.sort(key=lambda form: _ORDER.index(form.variant))
    return tuple(form for form in forms if form.variadic is None)


def gives_new(name: str) -> bool:
    """Whether a C function gives what it allocates, as elements."""
    return any(form.result_kind is SliceResult.OWNED for form in forms_of(name))


_ORDER = (
    SliceVariant.PLAIN,
    SliceVariant.WITHIN,
    SliceVariant.FROM_BYTES,
    SliceVariant.TO_BYTES,
    SliceVariant.VALUES,
)
"""The forms of one function from the one that takes the fewest types to the one that takes the most."""


def library_result(resolver: Resolver, call: Call) -> Result | None:
    """What the pointer that a function of the library gives points to, seen from inside of the function: a part of what one
    of its arguments points to, or what it allocates. None where that is not so, or where there is no form for the call."""
    name = call.function.symbol if isinstance(call.function, FunctionRef) else ""
    external = resolver.program.externals.get(name)
    if external is None or not external.from_library or not is_data_pointer(call.type) or not forms_of(name):
        return None
    chosen = choose_form(resolver, call)
    if isinstance(chosen, Refusal):
        return None
    if chosen.form.result_kind is SliceResult.OWNED:
        return Result(Template(HandedRoot(), (0,)), nullable=False)
    if chosen.form.result_argument is None:
        return None
    saved = chosen.end if finds_tokens(call) else None
    root = ParamRoot(chosen.form.result_argument if saved is None else saved)
    match chosen.form.result_kind:
        case SliceResult.ARGUMENT:
            return Result(Template(root, (0,)), nullable=False)
        case SliceResult.POSITION:
            return Result(Template(root, (None,)), nullable=False)
        case SliceResult.OPTIONAL_POSITION | SliceResult.PRESENCE:
            return Result(Template(root, (None,)), nullable=True)
        case SliceResult.VALUE | SliceResult.VALUE_AND_END | SliceResult.OWNED:
            return None


def choose_form(resolver: Resolver, call: Call) -> FormCall | Refusal:
    """The slice form of a direct call of a library function."""
    assert isinstance(call.function, FunctionRef)
    name = call.function.symbol
    refusal = Refusal(f"it is passed to `{name}` of the library")
    for form in forms_of(name):
        found = _fit(resolver, call, form)
        if isinstance(found, FormCall):
            return found
        if found is not None:
            refusal = found
    return refusal


def pointed_value(value: Value) -> Value:
    """A pointer without the casts around it."""
    while isinstance(value, Convert) and is_data_pointer(value.type) and is_data_pointer(value.operand.type):
        value = value.operand
    return value


def find_loan(resolver: Resolver, value: Value, mutable: bool) -> Loan | None:
    """A pointer argument as a loan; None where it has no target, or one of a type that has no bytes of C's."""
    pointer = pointed_value(value)
    target = resolver.pointer(pointer)
    if target is None or not isinstance(pointer.type, PointerType):
        return None
    element = pointer.type.target
    if isinstance(element, ArrayType) and not (target.steps and isinstance(target.steps[-1], IndexStep)):
        target, element = replace(target, steps=(*target.steps, IndexStep())), element.element
    return Loan(target, element, mutable) if _has_bytes(element, resolver) else None


def refuse_writing(name: str, loan: Loan) -> Refusal | None:
    """What speaks against a loan to write."""
    match loan.target.root:
        case LiteralRoot():
            return Refusal(f"`{name}` may write to a string literal")
        case HeldRoot() | ViewRoot():
            return Refusal(f"`{name}` may write to what is read in other places")
        case _:
            return None


def is_bytes(type: Type) -> bool:
    """Whether an array of that type is one of bytes in Rust."""
    return same_representation(type, IntType(IntKind.UCHAR))


def overlap(a: Loan, b: Loan) -> bool:
    """Whether two loans, one of them to write, may be of the same bytes, as far as Rust can tell: members of elements are
    apart where the members are, slices of one array are not."""
    if not (a.mutable or b.mutable):
        return False
    if isinstance(a.target.root, ObjectRoot) and isinstance(b.target.root, ObjectRoot):
        return a.target.root.pool == b.target.root.pool
    if a.target.root != b.target.root:
        return False
    for one, other in zip(_lent_steps(a), _lent_steps(b), strict=False):
        if isinstance(one, FieldStep) and isinstance(other, FieldStep) and one != other:
            return False
    return True


def _lent_steps(loan: Loan) -> tuple[FieldStep | IndexStep, ...]:
    """The way to the object or to the array that is lent."""
    steps = loan.target.steps
    return steps[:-1] if steps and isinstance(steps[-1], IndexStep) else steps


_BYTE_COUNTS = {
    "memcpy": 2, "memmove": 2, "memset": 2, "memcmp": 2, "bcmp": 2, "bcopy": 2, "bzero": 1, "explicit_bzero": 1,
}  # fmt: skip
"""The argument by which a function is told how many bytes it may look at."""


def byte_count(call: Call) -> int | None:
    """How many bytes a call looks at behind each of its pointers at most, where that is a constant."""
    position = _BYTE_COUNTS.get(call.function.symbol) if isinstance(call.function, FunctionRef) else None
    count = None if position is None else call.args[position]
    return count.value if isinstance(count, IntConst) else None


# ---- one form


def _fit(resolver: Resolver, call: Call, form: SliceForm) -> FormCall | Refusal | None:
    """The call as one of `form`; a refusal where that is not for the types of its arguments, None where it is about others."""
    count = len(library_functions()[form.name].params)
    if len(call.args) != count:
        return None
    end = end_argument(call)
    end = None if end is None or is_null_argument(call.args[end]) else end
    if end is not None and (unstored := _refuse_end(resolver, call)) is not None:
        return unstored
    if finds_tokens(call):
        return _fit_tokens(resolver, call, form)
    loans: dict[int, Loan] = {}
    elements: dict[str, list[Type]] = {}
    for index, (param, position) in enumerate(zip(form.params, form.arguments, strict=True)):
        if position is None or not is_data_pointer(call.args[position].type) or param.startswith("Ptr<"):
            continue
        mutable = index in form.mutable or (form.variant is SliceVariant.WITHIN)
        loan = find_loan(resolver, call.args[position], mutable)
        if loan is None:
            return Refusal(f"it is passed to `{form.name}` of the library", call.args[position])
        if mutable and (refusal := refuse_writing(form.name, loan)) is not None:
            return refusal
        if param.endswith("[u8]") and not is_bytes(loan.element):
            return None
        if not param.endswith("[u8]"):
            elements.setdefault(param.partition("[")[2], []).append(loan.element)
            if not mutable and form.variant in _LOOKS_AT_BYTES and _has_padding(loan.element, resolver):
                return Refusal(f"`{form.name}` would look at the padding between members")
        loans[position] = loan
    if any(not same_representation(of_one[0], other) for of_one in elements.values() for other in of_one):
        return None
    if form.variant is SliceVariant.WITHIN:
        return _fit_within(form, loans)
    if any(overlap(a, b) for a, b in combinations(loans.values(), 2)):
        return Refusal(f"two arguments of `{form.name}` may be the same object")
    if form.callbacks:
        types = {position: loan.element for position, loan in loans.items()}
        why_not = why_not_compared(resolver.program, resolver.demotions, form, call, types)
        if why_not is not None:
            return Refusal(why_not[0], cause=why_not[1])
    return FormCall(form, loans, None, end)


_LOOKS_AT_BYTES = frozenset({SliceVariant.VALUES, SliceVariant.TO_BYTES})
"""Forms that see the bytes of what they read."""


def _refuse_end(resolver: Resolver, call: Call) -> Refusal | None:
    """What speaks against a call that is to store where a number ends."""
    text = f"it is passed to `{call.function.symbol if isinstance(call.function, FunctionRef) else ''}` of the library"
    end = stored_end(call, resolver.referents)
    if end is None:
        return Refusal(text)
    return None if resolver.keeps(end.place) else Refusal(text, Load(end.place, end.place.type, call.span))


def is_null_argument(value: Value) -> bool:
    """Whether an argument is a null pointer constant."""
    while isinstance(value, Convert):
        value = value.operand
    return isinstance(value, ZeroValue) or (isinstance(value, IntConst) and value.value == 0)


def _fit_tokens(resolver: Resolver, call: Call, form: SliceForm) -> FormCall | Refusal:
    """A call that is lent the whole array, and the variable that says where it goes on there."""
    refusal = Refusal(f"it is passed to `{form.name}` of the library")
    end = stored_end(call, resolver.referents)
    if end is None or not isinstance(end.place, LocalPlace) or end.place.local in resolver.nullable:
        return refusal
    rest = Load(end.place, end.place.type, call.span)
    whole, separators = find_loan(resolver, rest, mutable=True), find_loan(resolver, call.args[1], mutable=False)
    if whole is None or separators is None:
        return Refusal(refusal.text, rest if whole is None else call.args[1])
    template = resolver.templates[end.place.local]
    whole = replace(whole, target=template.at(IndexStep()))
    if template.cursor is None or not is_bytes(whole.element) or not is_bytes(separators.element):
        return refusal
    if (unwritten := refuse_writing(form.name, whole)) is not None:
        return unwritten
    if overlap(whole, separators):
        return Refusal(f"two arguments of `{form.name}` may be the same object")
    return FormCall(form, {0: whole, 1: separators}, None, end_argument(call))


def _fit_within(form: SliceForm, loans: Mapping[int, Loan]) -> FormCall | None:
    """Two pointers whose targets differ in one index, of one array of `base`'s elements."""
    (first, a), (second, b) = loans.items()
    if a.target.root != b.target.root or not a.target.steps or len(a.target.steps) != len(b.target.steps):
        return None
    depth = next((i for i, (x, y) in enumerate(zip(a.target.steps, b.target.steps, strict=True)) if x != y), None)
    depth = len(a.target.steps) - 1 if depth is None else depth
    tails = (*a.target.steps[depth + 1 :], *b.target.steps[depth + 1 :])
    one, other = a.target.steps[depth], b.target.steps[depth]
    if not isinstance(one, IndexStep) or not isinstance(other, IndexStep):
        return None
    if any(isinstance(step, FieldStep) or step.fixed != 0 for step in tails):
        return None
    if tails and not form.params[0].endswith("[T]"):
        return None
    base = replace(a.target, steps=a.target.steps[:depth])
    return FormCall(form, loans, Within(base, {first: one, second: other}))


# ---- types


def _has_bytes(type: Type, resolver: Resolver) -> bool:
    """Whether a value of that type is the same in a variable and in memory, so that elements of it can be lent."""
    match type:
        case VoidType() | FunctionType() | VaListType() | ArrayType(_, None):
            return False
        case FloatType(kind) | ComplexType(kind):
            return kind is not FloatKind.LONG_DOUBLE
        case ArrayType(element, _):
            return _has_bytes(element, resolver)
        case RecordType(id):
            fields = resolver.program.records[id].fields
            return bool(fields) and not _is_flexible((fields or ())[-1].type)
        case _:
            return True


def _is_flexible(type: Type) -> bool:
    return isinstance(type, ArrayType) and not type.length


def _has_padding(type: Type, resolver: Resolver) -> bool:
    """Whether there are bytes in a value of that type that belong to no member."""
    layout = Layout(resolver.program.records, resolver.program.enums)
    match type:
        case ArrayType(element, _):
            return _has_padding(element, resolver)
        case RecordType(id):
            record = resolver.program.records[id]
            fields = record.fields or ()
            if record.is_union or any(field.width is not None for field in fields):
                return True
            sizes = sum(layout.size_of(field.type) for field in fields)
            return sizes != record.size or any(_has_padding(field.type, resolver) for field in fields)
        case _:
            return False

