"""Declaration specifiers: the base type that a declaration's declarators start from (C11 6.7.2)."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, Span
from c2rust_py.frontend.elaborate import declarators, enums, expressions, opaque_types, records
from c2rust_py.frontend.elaborate.c_types import qualify, spell, unqualified
from c2rust_py.frontend.elaborate.context import Context, RefusedName, TypedefName
from c2rust_py.frontend.elaborate.operands import FunctionDesignator
from c2rust_py.frontend.elaborate.spans import span_of
from c2rust_py.ir.types import (
    BOOL,
    CHAR,
    DOUBLE,
    FLOAT,
    INT,
    INT128,
    LLONG,
    LONG,
    LONG_DOUBLE,
    SCHAR,
    SHORT,
    UCHAR,
    UINT,
    UINT128,
    ULLONG,
    ULONG,
    USHORT,
    VA_LIST,
    VOID,
    ComplexType,
    FloatKind,
    FloatType,
    Quals,
    Type,
)

_QUALS = {
    "const": Quals.CONST,
    "volatile": Quals.VOLATILE,
    "restrict": Quals.RESTRICT,
    "_Atomic": Quals.ATOMIC,
}


def _table() -> dict[frozenset[tuple[str, int]], Type]:
    """Every multiset of basic specifiers with its type; the words come in any order."""
    rows: list[tuple[str, Type]] = [
        ("void", VOID), ("_Bool", BOOL), ("char", CHAR), ("signed char", SCHAR), ("unsigned char", UCHAR),
        ("short", SHORT), ("unsigned short", USHORT), ("int", INT), ("signed", INT), ("unsigned", UINT),
        ("long", LONG), ("unsigned long", ULONG), ("long long", LLONG), ("unsigned long long", ULLONG),
        ("__int128", INT128), ("unsigned __int128", UINT128), ("float", FLOAT), ("double", DOUBLE),
        ("long double", LONG_DOUBLE), ("__builtin_va_list", VA_LIST), ("_Float32", FLOAT), ("_Float64", DOUBLE),
        ("_Float32x", DOUBLE), ("_Float64x", LONG_DOUBLE), ("_Float128", LONG_DOUBLE), ("__float80", LONG_DOUBLE),
        ("_Complex", ComplexType(FloatKind.DOUBLE)), ("_Complex float", ComplexType(FloatKind.FLOAT)),
        ("_Complex double", ComplexType(FloatKind.DOUBLE)), ("_Complex long double", ComplexType(FloatKind.LONG_DOUBLE)),
        ("_Complex _Float128", ComplexType(FloatKind.LONG_DOUBLE)), ("_Complex _Float64x", ComplexType(FloatKind.LONG_DOUBLE)),
        ("_Complex _Float32", ComplexType(FloatKind.FLOAT)), ("_Complex _Float64", ComplexType(FloatKind.DOUBLE)),
        ("_Complex _Float32x", ComplexType(FloatKind.DOUBLE)),
    ]  # fmt: skip
    table: dict[frozenset[tuple[str, int]], Type] = {}
    for words, type in rows:
        base = words.split()
        variants = [base]
        if "signed" not in base and "unsigned" not in base and base[-1] in ("short", "long", "int", "__int128"):
            variants.append([*base, "signed"])
        for variant in list(variants):
            takes_int = variant[-1] == "signed" or base[-1] in ("short", "long", "unsigned", "signed")
            if takes_int and base != ["signed", "char"] and "int" not in variant and "__int128" not in variant:
                variants.append([*variant, "int"])
        for variant in variants:
            table.setdefault(frozenset(Counter(variant).items()), type)
    return table


_BASIC = _table()


def quals_from(words: list[str] | None) -> Quals:
    """The qualifiers that the words name."""
    quals = Quals.NONE
    for word in words or []:
        quals |= _QUALS.get(word, Quals.NONE)
    return quals


def base_type(cx: Context, node: Any, span: Span) -> Type:
    """The type that a TypeDecl's `type` stands for."""
    match node:
        case c_ast.IdentifierType():
            return _named_type(cx, node.names, span_of(cx, node))
        case c_ast.Struct() | c_ast.Union() | c_ast.Enum():
            return _tagged_type(cx, node)
        case c_ast.TypeOf():
            return _typeof(cx, node)
        case c_ast.AttributedType():
            return base_type(cx, node.type, span)
        case c_ast.Typename() | c_ast.TypeDecl():
            return declarators.declared_type(cx, node)
        case c_ast.InferredType():
            cx.fail(Code.INVALID_DECLARATION, "'__auto_type' needs an initialiser", span)
        case _:
            cx.note_unsupported(Code.UNSUPPORTED_C, f"the type {type(node).__name__} is not translated", span)
            cx.fail(Code.UNSUPPORTED_C, f"the type {type(node).__name__} is not translated", span)


def _tagged_type(cx: Context, node: Any) -> Type:
    """A struct, union or enum; a definition is elaborated once for all declarators that share it."""
    type = cx.specifiers.get(id(node))
    if type is None:
        type = enums.enum_type(cx, node) if isinstance(node, c_ast.Enum) else records.record_type(cx, node)
        if isinstance(node, c_ast.Enum) or node.decls is not None:
            cx.specifiers[id(node)] = type
    return type


def _named_type(cx: Context, names: list[str], span: Span) -> Type:
    if len(names) == 1:
        meaning = cx.lookup(names[0])
        if isinstance(meaning, TypedefName):
            return meaning.type
        if isinstance(meaning, RefusedName):
            cx.fail(meaning.code, meaning.reason, span)
        if names[0] in opaque_types.SIZES:
            return opaque_types.opaque_type(cx, names[0], span)
    type = _BASIC.get(frozenset(Counter(names).items()))
    if type is None and "_Complex" in names:
        cx.fail(Code.COMPLEX_TYPE, "complex integers are not translated", span)
    if type is None:
        cx.fail(Code.INVALID_DECLARATION, f"'{' '.join(names)}' is not a type", span)
    if isinstance(type, FloatType | ComplexType) and type.kind is FloatKind.LONG_DOUBLE and not cx.in_headers(span):
        cx.report_once(Code.WIDE_FLOAT, f"'{' '.join(names)}' computes with the precision of double", span)
    return type


def _typeof(cx: Context, node: Any) -> Type:
    if isinstance(node.expr, c_ast.Typename):
        type = declarators.type_name(cx, node.expr)
    else:
        with cx.unevaluated():
            operand = expressions.expression(cx, node.expr)
        if isinstance(operand, FunctionDesignator):
            return operand.type
        type = operand.type
    return unqualified(type) if node.op == "typeof_unqual" else type



def with_quals(cx: Context, type: Type, words: list[str] | None, span: Span) -> Type:
    """The type with a specifier list's qualifiers; notes the ones that the translation does not honour."""
    quals = quals_from(words)
    if not cx.in_headers(span):
        if Quals.VOLATILE in quals:
            cx.report_once(Code.UNSUPPORTED_C, "'volatile' objects are read and written as ordinary ones", span)
        if Quals.ATOMIC in quals:
            cx.report_once(Code.ATOMIC_TYPE, f"'_Atomic {spell(type)}' is read and written by one thread only", span)
    return qualify(type, quals)
