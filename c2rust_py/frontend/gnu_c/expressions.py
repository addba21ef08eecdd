"""Expressions (C11 6.5) and constants, with GNU's additions."""

from __future__ import annotations

import re
from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Span
from c2rust_py.frontend.gnu_c.attributes import AttributeParser
from c2rust_py.frontend.gnu_c.nodes import (
    ChooseExpression,
    LabelAddress,
    OffsetOf,
    StatementExpression,
    TypesCompatible,
    VaArg,
)

_ASSIGNMENT_OPERATORS = frozenset(
    {
        "EQUALS", "XOREQUAL", "TIMESEQUAL", "DIVEQUAL", "MODEQUAL", "PLUSEQUAL", "MINUSEQUAL", "LSHIFTEQUAL",
        "RSHIFTEQUAL", "ANDEQUAL", "OREQUAL",
    }
)  # fmt: skip
_PRECEDENCE = {
    "LOR": 0, "LAND": 1, "OR": 2, "XOR": 3, "AND": 4, "EQ": 5, "NE": 5, "GT": 6, "GE": 6, "LT": 6, "LE": 6,
    "RSHIFT": 7, "LSHIFT": 7, "PLUS": 8, "MINUS": 8, "TIMES": 9, "DIVIDE": 9, "MOD": 9,
}  # fmt: skip
_PREFIX_OPERATORS = frozenset({"AND", "TIMES", "PLUS", "MINUS", "NOT", "LNOT", "COMPLEX_PART"})

_INTEGER = re.compile(r"(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)([uUlLiIjJ]*)")
_FLOATING = re.compile(
    r"((?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?"
    r"|0[xX](?:[0-9a-fA-F]+\.?[0-9a-fA-F]*|\.[0-9a-fA-F]+)[pP][-+]?[0-9]+)"
    r"([fF](?:16|32x|64x|32|64|128)|df|dd|dl|DF|DD|DL|[dDfFlLqQwW]?)"
)
_FLOATING_TYPES = {
    "": "double", "d": "double", "f": "float", "l": "long double", "q": "_Float128", "w": "_Float64x", "df": "_Decimal32",
    "dd": "_Decimal64", "dl": "_Decimal128", "f16": "_Float16", "f32": "_Float32", "f64": "_Float64",
    "f128": "_Float128", "f32x": "_Float32x", "f64x": "_Float64x",
}  # fmt: skip


class ExpressionParser(AttributeParser):
    """Binary operators climb by precedence in a loop, so long chains cost no depth."""

    def _parse_expression(self) -> Any:
        first = self._parse_assignment_expression()
        if self._peek_type() != "COMMA":
            return first
        expressions = [first]
        while self._accept("COMMA"):
            expressions.append(self._parse_assignment_expression())
        return c_ast.ExprList(expressions, first.coord)

    def _parse_expression_opt(self, closer: str = "SEMI") -> Any:
        """An expression unless `closer` comes at once."""
        return None if self._peek_type() == closer else self._parse_expression()

    def _parse_constant_expression(self) -> Any:
        return self._parse_conditional_expression()

    def _parse_assignment_expression(self) -> Any:
        target = self._parse_conditional_expression()
        token = self._token_list[self._index]
        if token.type not in _ASSIGNMENT_OPERATORS:
            return target
        self._index += 1
        return c_ast.Assignment(token.value, target, self._parse_assignment_expression(), target.coord)

    def _parse_conditional_expression(self) -> Any:
        """`c ? a : b`, `c ?: b`; a chain of them on the right is walked in a loop."""
        condition = self._parse_binary_expression(0, self._parse_cast_expression())
        if self._token_list[self._index].type != "CONDOP":
            return condition
        result = open_node = None
        while self._accept("CONDOP"):
            iftrue = None if self._peek_type() == "COLON" else self._parse_expression()
            self._expect("COLON")
            node = c_ast.TernaryOp(condition, iftrue, None, condition.coord)
            if open_node is None:
                result = node
            else:
                open_node.iffalse = node
            open_node = node
            condition = self._parse_binary_expression(0, self._parse_cast_expression())
        assert open_node is not None
        open_node.iffalse = condition
        return result

    def _parse_binary_expression(self, min_prec: int = 0, lhs: Any = None) -> Any:
        """Operators that bind at least as tightly as `min_prec`, to the right of `lhs`."""
        tokens, precedence = self._token_list, _PRECEDENCE
        while True:
            token = tokens[self._index]
            level = precedence.get(token.type, -1)
            if level < min_prec:
                return lhs
            self._index += 1
            rhs = self._parse_cast_expression()
            while precedence.get(tokens[self._index].type, -1) > level:
                rhs = self._parse_binary_expression(level + 1, rhs)
            lhs = c_ast.BinaryOp(token.value, lhs, rhs, lhs.coord)

    def _parse_cast_expression(self) -> Any:
        """Casts and unary operators down to postfix expressions; a compound literal is a postfix expression."""
        token = self._token_list[self._index]
        kind = token.type
        if kind == "LPAREN":
            self._index += 1
            if not self._starts_declaration():
                self._index -= 1
                return self._parse_postfix_expression()
            coord = self._tok_coord(token)
            typename = self._parse_parenthesised_type()
            if self._peek_type() == "LBRACE":
                return self._parse_postfix_suffixes(self._parse_compound_literal(typename, coord))
            return c_ast.Cast(typename, self._parse_cast_expression(), coord)
        if kind in _PREFIX_OPERATORS:
            self._index += 1
            return c_ast.UnaryOp(token.value, self._parse_cast_expression(), self._tok_coord(token))
        if kind in ("PLUSPLUS", "MINUSMINUS"):
            self._index += 1
            return c_ast.UnaryOp(token.value, self._parse_cast_expression(), self._tok_coord(token))
        if kind in ("SIZEOF", "_ALIGNOF"):
            self._index += 1
            return c_ast.UnaryOp(token.value, self._parse_sizeof_operand(), self._tok_coord(token))
        if kind == "LAND":
            self._index += 1
            return LabelAddress(self._expect_name().value, self._tok_coord(token))
        return self._parse_postfix_expression()

    def _parse_parenthesised_type(self) -> c_ast.Typename:
        """A type name after its `(`, and the `)`."""
        typename = self._parse_type_name()
        self._expect("RPAREN")
        return typename

    def _parse_compound_literal(self, typename: c_ast.Typename, coord: Span) -> c_ast.CompoundLiteral:
        return c_ast.CompoundLiteral(typename, self._parse_initializer(), [], coord)

    def _parse_sizeof_operand(self) -> Any:
        """`(T)`, or an expression, which may begin with a compound literal: `sizeof (T){1}.x`."""
        token = self._token_list[self._index]
        if token.type == "LPAREN":
            self._index += 1
            if self._starts_declaration():
                typename = self._parse_parenthesised_type()
                if self._peek_type() != "LBRACE":
                    return typename
                literal = self._parse_compound_literal(typename, self._tok_coord(token))
                return self._parse_postfix_suffixes(literal)
            self._index -= 1
        return self._parse_cast_expression()

    def _parse_postfix_expression(self) -> Any:
        return self._parse_postfix_suffixes(self._parse_primary_expression())

    def _parse_postfix_suffixes(self, expression: Any) -> Any:
        """Subscripts, calls, members and postfix steps to the right of `expression`."""
        tokens = self._token_list
        while True:
            token = tokens[self._index]
            kind = token.type
            if kind == "LPAREN":
                self._index += 1
                self._note_call(expression)
                expression = c_ast.FuncCall(expression, self._parse_arguments(), expression.coord)
            elif kind == "ARROW" or kind == "PERIOD":
                self._index += 1
                name = self._expect_name()
                member = c_ast.ID(name.value, self._tok_coord(name))
                expression = c_ast.StructRef(expression, token.value, member, expression.coord)
            elif kind == "LBRACKET":
                self._index += 1
                subscript = self._parse_expression()
                self._expect("RBRACKET")
                expression = c_ast.ArrayRef(expression, subscript, expression.coord)
            elif kind == "PLUSPLUS" or kind == "MINUSMINUS":
                self._index += 1
                expression = c_ast.UnaryOp("p" + token.value, expression, expression.coord)
            else:
                return expression

    def _note_call(self, callee: Any) -> None:
        """Remember a call of what no declaration so far has named; C90 takes it for a function that returns int."""
        if isinstance(callee, c_ast.ID) and callee.name not in self._is_type:
            self.undeclared_calls.add(callee.name)

    def _parse_arguments(self) -> c_ast.ExprList | None:
        """After the `(` of a call, up to and with its `)`; some builtins take type names."""
        if self._accept("RPAREN"):
            return None
        coord = self._span()
        arguments = []
        while True:
            if self._starts_declaration():
                arguments.append(self._parse_type_name())
            else:
                arguments.append(self._parse_assignment_expression())
            if not self._accept("COMMA"):
                break
        self._expect("RPAREN")
        return c_ast.ExprList(arguments, coord)

    def _parse_primary_expression(self) -> Any:
        token = self._token_list[self._index]
        kind = token.type
        if kind == "ID" or kind == "TYPEID":
            if self._is_type.get(token.value):
                self._parse_error(f"expected an expression before the type {token.value!r}", None)
            self._index += 1
            return c_ast.ID(token.value, self._tok_coord(token))
        if kind in ("INT_CONST_DEC", "FLOAT_CONST", "CHAR_CONST"):
            return self._parse_constant()
        if kind == "STRING_LITERAL":
            return self._parse_unified_string_literal()
        if kind == "LPAREN":
            self._index += 1
            if self._peek_type() == "LBRACE":
                inner = StatementExpression(self._parse_compound_statement(), self._tok_coord(token))
            else:
                inner = self._parse_expression()
            self._expect("RPAREN")
            return inner
        if kind == "_GENERIC":
            return self._parse_generic_selection()
        builtin = _BUILTINS.get(kind)
        if builtin is None:
            self._unexpected("an expression")
        self._index += 1
        self._expect("LPAREN")
        node = builtin(self, self._tok_coord(token))
        self._expect("RPAREN")
        return node

    def _parse_va_arg(self, coord: Span) -> VaArg:
        expression = self._parse_assignment_expression()
        self._expect("COMMA")
        return VaArg(expression, self._parse_type_name(), coord)

    def _parse_types_compatible(self, coord: Span) -> TypesCompatible:
        left = self._parse_type_name()
        self._expect("COMMA")
        return TypesCompatible(left, self._parse_type_name(), coord)

    def _parse_choose_expression(self, coord: Span) -> ChooseExpression:
        condition = self._parse_assignment_expression()
        self._expect("COMMA")
        iftrue = self._parse_assignment_expression()
        self._expect("COMMA")
        return ChooseExpression(condition, iftrue, self._parse_assignment_expression(), coord)

    def _parse_offsetof(self, coord: Span) -> OffsetOf:
        typename = self._parse_type_name()
        self._expect("COMMA")
        name = self._expect_name()
        designator: Any = c_ast.ID(name.value, self._tok_coord(name))
        while True:
            if step := self._accept("PERIOD") or self._accept("ARROW"):
                name = self._expect_name()
                member = c_ast.ID(name.value, self._tok_coord(name))
                designator = c_ast.StructRef(designator, step.value, member, designator.coord)
            elif self._accept("LBRACKET"):
                designator = c_ast.ArrayRef(designator, self._parse_expression(), designator.coord)
                self._expect("RBRACKET")
            else:
                return OffsetOf(typename, designator, coord)

    def _parse_constant(self) -> c_ast.Constant:
        token = self._advance()
        coord = self._tok_coord(token)
        if token.type == "CHAR_CONST":
            return c_ast.Constant("char", token.value, coord)
        spelling = token.value.replace("'", "")
        if token.type == "FLOAT_CONST":
            return self._floating_constant(spelling, coord)
        match = _INTEGER.fullmatch(spelling)
        suffix = match[1].lower() if match is not None else "?"
        imaginary = "i" in suffix or "j" in suffix
        plain = suffix.replace("i", "").replace("j", "")
        if match is None or plain not in ("", "u", "l", "ul", "lu", "ll", "ull", "llu") or "lL" in match[1]:
            self._parse_error(f"invalid integer constant {spelling}", coord)
        type_name = "unsigned " * ("u" in plain) + "long " * plain.count("l") + "int"
        value = re.sub("[iIjJ]", "", spelling) if imaginary else spelling
        return c_ast.Constant("_Complex " + type_name if imaginary else type_name, value, coord)

    def _floating_constant(self, text: str, coord: Span) -> c_ast.Constant:
        """GNU puts the i or j of an imaginary constant before or after the suffix."""
        value, prefix = text, ""
        match = _FLOATING.fullmatch(text)
        if match is None:
            value, prefix = re.sub(r"[iIjJ](?=[dDfFlLqQwW]?$)", "", text), "_Complex "
            match = _FLOATING.fullmatch(value)
        if match is None:
            self._parse_error(f"invalid floating constant {text}", coord)
        return c_ast.Constant(prefix + _FLOATING_TYPES[match[2].lower()], value, coord)


_BUILTINS: dict[str | None, Any] = {
    "__BUILTIN_VA_ARG": ExpressionParser._parse_va_arg,
    "OFFSETOF": ExpressionParser._parse_offsetof,
    "TYPES_COMPATIBLE": ExpressionParser._parse_types_compatible,
    "CHOOSE_EXPRESSION": ExpressionParser._parse_choose_expression,
}
