"""Types of GNU C whose values are not translated: records of bytes, so that what declares one elaborates.

    typedef int v4 __attribute__((vector_size(16)));    struct S { int a; v4 v; };    // an int, and 16 bytes

A function that computes with one is a stub; one that uses other members of such a struct is not.
"""

from __future__ import annotations

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate.context import Context
from c2rust_py.ir.program import Record, RecordField
from c2rust_py.ir.types import ArrayType, IntKind, IntType, RecordType

SIZES = {"_Float16": 2, "__bf16": 2, "_Decimal32": 4, "_Decimal64": 8, "_Decimal128": 16}
"""The types that are words of their own, with their sizes and alignments in bytes."""


def opaque_type(cx: Context, word: str, span: Span) -> RecordType:
    """The type that one of the words of `SIZES` stands for."""
    name = word.strip("_").capitalize()
    return opaque_record(cx, f"opaque:{word}", name, SIZES[word], (Code.UNSUPPORTED_C, f"'{word}' is not translated"), span)


def vector_type(cx: Context, element: str, size: int, span: Span) -> RecordType:
    """A vector of `size` bytes."""
    reason = (Code.VECTOR_TYPE, "a vector type is not translated")
    return opaque_record(cx, f"vector:{size} of {element}", f"vector{size}", size, reason, span)


def opaque_record(
    cx: Context, identity: str, name: str, size: int, reason: tuple[Code, str], span: Span
) -> RecordType:
    """The record of bytes that stands for a type."""
    field = RecordField("bytes", ArrayType(IntType(IntKind.UCHAR), size), 0)
    cx.opaque[identity] = reason
    cx.records.setdefault(identity, Record(identity, name, False, (field,), size, size, span))
    return RecordType(identity)
