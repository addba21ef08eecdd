"""Comparisons and distances of pointers that are views, as those of the slices from there on (`infer.view_pairs`).

    lx->cur - start        ->      len(start) - len(lx.cur)
    end == p->cur          ->      same_slice(end, p.cur)
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from c2rust_py.diagnostics import Span
from c2rust_py.infer.targets import IndexStep, without_casts
from c2rust_py.infer.view_pairs import compares_views
from c2rust_py.ir.nodes import (
    Binary,
    BinaryOp,
    Borrow,
    Builtin,
    Compare,
    CompareOp,
    Convert,
    Not,
    PointerDiff,
    Value,
)
from c2rust_py.ir.types import BOOL, ISIZE, USIZE, Access, ArrayType, OptionalType, PointerType, ReferenceType
from c2rust_py.lift.positions import converted
from c2rust_py.lift.views import ViewLifter

_MIRRORED = {CompareOp.LT: CompareOp.GT, CompareOp.LE: CompareOp.GE, CompareOp.GT: CompareOp.LT, CompareOp.GE: CompareOp.LE}
"""What is further on in an array has less of it behind."""


@dataclass(frozen=True, slots=True)
class ViewPairs:
    """Such comparisons of one function."""

    views: ViewLifter

    def lifted(self, value: Value) -> Value | None:
        """A comparison or distance of views; None for what is none."""
        match value:
            case Compare(op, left, right) if self.compared(left, right):
                if op in (CompareOp.EQ, CompareOp.NE):
                    same = self.same(left, right, value.span)
                    return Convert(same, value.type, value.span) if op is CompareOp.EQ else Not(same, value.type, value.span)
                return Compare(_MIRRORED[op], self.length(left), self.length(right), value.type, value.span)
            case PointerDiff(left, right, type, span) if self.compared(left, right):
                before, behind = converted(self.length(right), ISIZE), converted(self.length(left), ISIZE)
                return Convert(Binary(BinaryOp.SUB, before, behind, ISIZE, span), type, span)
            case _:
                return None

    def compared(self, left: Value, right: Value) -> bool:
        return compares_views(self.views.resolver, left, right)

    def same(self, left: Value, right: Value, span: Span) -> Value:
        """Whether two views start at the same place."""
        optional = any(map(self.views.resolver.may_be_null, (left, right)))
        slices = (self.slice(value) for value in (left, right))
        types = (OptionalType(type) if optional else type for type in slices)
        pair = tuple(self.views.view(value, type) for value, type in zip((left, right), types, strict=True))
        return Builtin("same_slice", pair, BOOL, span)

    def length(self, value: Value) -> Value:
        """How many elements there are from a pointer on."""
        target = self.views.rewriter.target(value)
        last = target.steps[-1]
        assert isinstance(last, IndexStep)
        array = self.views.rewriter.target_place(replace(target, steps=target.steps[:-1]), value.span)
        whole = Builtin("len", (Borrow(array, None, self.slice(value), value.span),), USIZE, value.span)
        if last.fixed == 0:
            return whole
        position = self.views.positions.index(last, value.span)
        return Binary(BinaryOp.SUB, whole, position, USIZE, value.span)

    def slice(self, value: Value) -> ReferenceType:
        pointer = without_casts(value).type
        assert isinstance(pointer, PointerType)
        return ReferenceType(ArrayType(pointer.target, None), Access.SHARED)
