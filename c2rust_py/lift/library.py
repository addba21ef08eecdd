"""Rewrites calls of the C library that are lent what their pointers pointed to (`infer.library_calls`, `infer.library_formats`).

    n = strlen(line + i);                      n = `slices:strlen`(&line[i..]);
    memmove(line, line + i, n);         ->     `slices:memmove_within`(&mut line, 0, i, n);
    if (!fgets(line, 80, in)) return;          if (!`slices:fgets`(&mut line, 80, in)) return;
    sprintf(line, "%d", n);                    `sprintf!`(&mut line, "%d", n);
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from c2rust_py.diagnostics import Span
from c2rust_py.infer.comparators import comparator_of, key_argument
from c2rust_py.infer.demotions import PointerSlot, Subject
from c2rust_py.infer.library import WITH_MEMORY
from c2rust_py.infer.library_calls import FORM_PREFIX, FormCall, Loan, Refusal, Wanted, is_bytes
from c2rust_py.infer.library_formats import Choice, FormatCall, choose_library_call
from c2rust_py.infer.library_slices import SliceForm, SliceResult
from c2rust_py.infer.pointer_uses import LibraryCall, without_conversions
from c2rust_py.infer.targets import IndexStep, Resolver, Target, is_null
from c2rust_py.ir.function_refs import named_function
from c2rust_py.ir.nodes import (
    Borrow,
    Call,
    Compare,
    CompareOp,
    Conditional,
    Convert,
    FunctionRef,
    IntConst,
    IsPresent,
    Not,
    Optional,
    Place,
    Value,
)
from c2rust_py.ir.program import External
from c2rust_py.ir.types import (
    BOOL,
    CHAR,
    INT,
    USIZE,
    VOID,
    Access,
    ArrayType,
    FunctionType,
    OptionalType,
    PointerType,
    ReferenceType,
    Type,
    VoidType,
)
from c2rust_py.lift.number_ends import EndLifter
from c2rust_py.lift.owned_fields import owned_member
from c2rust_py.lift.positions import Positions, converted


@dataclass(slots=True)
class LibraryLifter:
    """The rewriting of one function's calls. place: of a target, lend: a reference to it. value: rewrites the other arguments. calls: those that can
    have a form, by identity. slices: of each lifted parameter of the program, whether it is a slice. externals: the symbols that
    came into use. origins: the identity of each call with a comparator, by that of its node now."""

    resolver: Resolver
    positions: Positions
    place: Callable[[Target, Span], Place]
    lend: Callable[[Target, ReferenceType, Span], Value]
    value: Callable[[Value], Value]
    calls: Mapping[int, LibraryCall]
    slices: Mapping[Subject, bool]
    ends: EndLifter
    externals: dict[str, External] = field(default_factory=dict)
    origins: dict[int, int] = field(default_factory=dict)

    def lifted(self, value: Value) -> Value | None:
        """A call, or a test or cast of one, that is lent something; None for what is no such value."""
        match value:
            case Call():
                return self.truth(value) or self._call(value) or self.ends.restored(value)
            case Compare(op, left, right, _, span) if is_null(left) or is_null(right):
                test = self.truth(right if is_null(left) else left)
                if test is None:
                    return None
                return Not(test, INT, span) if op is CompareOp.EQ else Convert(test, INT, span)
            case Convert(_, PointerType()):
                return self.truth(value)
            case Convert(_, VoidType() as type, span):
                call = self._call(without_conversions(value))
                return call if call is None or call.type == type else Convert(call, type, span)
            case _:
                return None

    def truth(self, value: Value) -> Value | None:
        """A call, or a cast of one, of which only a test of its result is left: a `_Bool`."""
        call = without_conversions(value)
        use = self.calls.get(id(call))
        made = None if use is None or use.wanted is not Wanted.TRUTH else self._call(call)
        if made is None or not isinstance(made.type, OptionalType):
            return made if made is not None and made.type == BOOL else None
        return IsPresent(made, BOOL, value.span)

    def _call(self, value: Value) -> Value | None:
        use = self.calls.get(id(value))
        if use is None:
            return None
        chosen = choose_library_call(self.resolver, use.call)
        match chosen:
            case FormCall():
                return self._form(use, chosen)
            case FormatCall():
                return self._format(use.call, use.name, chosen) if chosen.lent else None
            case Refusal():
                return None

    # ---- slice forms

    def _form(self, use: LibraryCall, chosen: FormCall) -> Value:
        call, form = use.call, chosen.form
        args = tuple(self._form_argument(call, chosen, index) for index in range(len(form.params)))
        made = self._made(call, f"{FORM_PREFIX}{form.key}", args, _result_type(form, call.type))
        if form.callbacks:
            self.origins[id(made)] = id(call)
        if chosen.end is not None:
            return self.ends.told(call, made, use.wanted) if form.result_kind is SliceResult.VALUE_AND_END else self.ends.begun(call, made)
        if form.result_kind is not SliceResult.PRESENCE or use.wanted is not Wanted.VALUE:
            return made
        type = OptionalType(USIZE)
        here = Optional(IntConst(0, USIZE, call.span), type, call.span)
        return Conditional(made, here, Optional(None, type, call.span), type, call.span)

    def _form_argument(self, call: Call, chosen: FormCall, index: int) -> Value:
        position = chosen.form.arguments[index]
        within = chosen.within
        if position is None:
            assert within is not None
            base = self.place(within.base, call.span)
            assert isinstance(base.type, ArrayType)
            return Borrow(base, None, _slice_of(base.type.element, mutable=True), call.span)
        arg = call.args[position]
        if within is not None and position in within.positions:
            return converted(self.positions.position(within.positions[position], USIZE, arg.span), USIZE)
        if index in chosen.form.callbacks:
            comparator = named_function(arg)
            assert comparator is not None
            return comparator
        if position == key_argument(chosen.form):
            return self._key(call, chosen, chosen.loans[position])
        if position in chosen.loans:
            return self._slice(chosen.loans[position], arg.span)
        if position == chosen.end:
            return self.ends.position(call)
        return self.value(arg)

    def _key(self, call: Call, chosen: FormCall, loan: Loan) -> Value:
        """What is looked for, as the comparator takes it."""
        comparator = comparator_of(chosen.form, call, self.resolver.program)
        assert comparator is not None
        if self.slices[PointerSlot(comparator.symbol, 0)]:
            return self._slice(loan, call.span)
        type = ReferenceType(loan.element, Access.SHARED)
        return Borrow(self.place(loan.target, call.span), None, type, call.span)

    def _slice(self, loan: Loan, span: Span) -> Value:
        """A loan of elements; what is no element of an array is one element."""
        type = _slice_of(CHAR if is_bytes(loan.element) else loan.element, loan.mutable)
        return self.lend(loan.target, type, span)

    # ---- formats

    def _format(self, call: Call, name: str, chosen: FormatCall) -> Value:
        args = tuple(
            self._format_argument(chosen, position, arg) if position in chosen.lent else self.value(arg)
            for position, arg in enumerate(call.args)
        )
        if chosen.in_memory and chosen.function.buffer is None and not chosen.function.scans:
            return replace(call, function=self.value(call.function), args=args)
        return self._made(call, f"{name}!{WITH_MEMORY if chosen.in_memory else ''}", args, call.type, variadic=True)

    def _format_argument(self, chosen: FormatCall, position: int, arg: Value) -> Value:
        if position in chosen.choices:
            return self._choice(chosen.choices[position], arg.span)
        loan = chosen.loans[position]
        is_place = chosen.function.scans and position != chosen.function.buffer
        in_array = bool(loan.target.steps) and isinstance(loan.target.steps[-1], IndexStep)
        if not is_place or (in_array and is_bytes(loan.element)):
            return self._slice(loan, arg.span)
        type = ReferenceType(loan.element, Access.MUTABLE)
        return Borrow(self.place(loan.target, arg.span), None, type, arg.span)

    def _choice(self, choice: Loan | Choice, span: Span) -> Value:
        if isinstance(choice, Loan):
            return self._slice(choice, span)
        then, otherwise = self._choice(choice.then, span), self._choice(choice.otherwise, span)
        return Conditional(self.value(choice.condition), then, otherwise, then.type, span)

    def _made(self, call: Call, symbol: str, args: tuple[Value, ...], result: Type, variadic: bool = False) -> Call:
        type = FunctionType(result, tuple(arg.type for arg in args), variadic)
        self.externals.setdefault(symbol, External(symbol, type, True, call.span))
        return Call(FunctionRef(symbol, PointerType(type), call.span), args, result, call.span)


def _slice_of(element: Type, mutable: bool) -> ReferenceType:
    return ReferenceType(ArrayType(element, None), Access.MUTABLE if mutable else Access.SHARED)


def _result_type(form: SliceForm, type: Type) -> Type:
    match form.result_kind:
        case SliceResult.VALUE | SliceResult.VALUE_AND_END:
            return type
        case SliceResult.ARGUMENT:
            return VOID
        case SliceResult.POSITION:
            return USIZE
        case SliceResult.OPTIONAL_POSITION:
            return OptionalType(USIZE)
        case SliceResult.PRESENCE:
            return BOOL
        case SliceResult.OWNED:
            return owned_member(type)
