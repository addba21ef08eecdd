"""Declarations: specifiers, declarators, structs, enums, parameters, initialisers (C11 6.7)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pycparser import c_ast
from pycparser.c_lexer import Token

from c2rust_py.diagnostics import Span
from c2rust_py.frontend.gnu_c.attributes import AttributeParser
from c2rust_py.frontend.gnu_c.nodes import GnuAttribute, Range

_STORAGE = frozenset({"AUTO", "REGISTER", "STATIC", "EXTERN", "TYPEDEF", "_THREAD_LOCAL"})
_FUNCTION_SPECIFIERS = frozenset({"INLINE", "_NORETURN"})
_QUALIFIERS = frozenset({"CONST", "RESTRICT", "VOLATILE", "_ATOMIC"})
_SIMPLE_TYPES = frozenset(
    {
        "VOID", "_BOOL", "CHAR", "SHORT", "INT", "LONG", "FLOAT", "DOUBLE", "_DECIMAL32", "_DECIMAL64",
        "_DECIMAL128", "_COMPLEX", "SIGNED", "UNSIGNED", "__INT128",
    }
)  # fmt: skip
_TYPE_STARTS = _QUALIFIERS | _SIMPLE_TYPES | {"TYPEID", "STRUCT", "UNION", "ENUM", "TYPEOF", "AUTO_TYPE", "_ALIGNAS"}
_DECLARATION_STARTS = _TYPE_STARTS | _STORAGE | _FUNCTION_SPECIFIERS | {"ATTRIBUTE_BEGIN"}


@dataclass(slots=True)
class Specifiers:
    """What stands before the declarators, by kind and in source order."""

    coord: Span
    quals: list[str] = field(default_factory=list)
    storage: list[str] = field(default_factory=list)
    functions: list[str] = field(default_factory=list)
    types: list[Any] = field(default_factory=list)
    alignment: list[Any] = field(default_factory=list)
    attributes: list[GnuAttribute] = field(default_factory=list)

    @property
    def is_empty(self) -> bool:
        """Nothing was there at all, not even an attribute."""
        return not (self.quals or self.storage or self.functions or self.types or self.alignment or self.attributes)


@dataclass(slots=True)
class Declarator:
    """`type` is the chain of PtrDecl, ArrayDecl and FuncDecl that ends in a TypeDecl which still lacks its type."""

    name: Token | None
    type: Any
    attributes: list[GnuAttribute]


class DeclarationParser(AttributeParser):
    """A declared name is in scope from the end of its declarator on, its own initialiser included (C11 6.2.1p7)."""

    def _starts_declaration(self, tok: Token | None = None) -> bool:
        if tok is not None:
            return tok.type in _DECLARATION_STARTS
        return self._peek_type() in _DECLARATION_STARTS

    # Specifiers --------------------------------------------------------------------------------------------------

    def _parse_specifiers(self, *, is_type_name: bool = False) -> Specifiers:
        """A run of specifiers, possibly empty; storage classes end it where a bare type is asked for."""
        specifiers = Specifiers(self._span())
        while True:
            kind = self._peek_type()
            if kind in _SIMPLE_TYPES:
                token = self._advance()
                specifiers.types.append(c_ast.IdentifierType([token.value], self._tok_coord(token)))
            elif kind == "TYPEID":
                if specifiers.types:
                    # `T T;` declares the second one.
                    return specifiers
                specifiers.types.append(self._parse_typedef_name())
            elif kind == "_ATOMIC" and self._peek_type(2) == "LPAREN":
                specifiers.types.append(self._parse_atomic_specifier())
            elif kind in _QUALIFIERS:
                specifiers.quals.append(self._advance().value)
            elif kind in ("STRUCT", "UNION"):
                specifiers.types.append(self._parse_struct_or_union_specifier())
            elif kind == "ENUM":
                specifiers.types.append(self._parse_enum_specifier())
            elif kind == "TYPEOF":
                specifiers.types.append(self._parse_typeof_specifier())
            elif kind == "AUTO_TYPE":
                specifiers.types.append(c_ast.InferredType(self._tok_coord(self._advance())))
            elif kind == "_ALIGNAS":
                specifiers.alignment.append(self._parse_alignment_specifier())
            elif self._starts_attribute():
                specifiers.attributes += self._parse_attributes()
            elif kind in _STORAGE and not is_type_name:
                specifiers.storage.append(self._advance().value)
            elif kind in _FUNCTION_SPECIFIERS and not is_type_name:
                specifiers.functions.append(self._advance().value)
            else:
                return specifiers

    def _parse_typedef_name(self) -> Any:
        token = self._advance()
        names = ["unsigned", "__int128"] if token.value == "__uint128_t" else [token.value]
        return c_ast.IdentifierType(names, self._tok_coord(token))

    def _parse_type_name(self) -> c_ast.Typename:
        """A type name as in casts and sizeof (C11 6.7.7); `(volatile)x` casts to int."""
        specifiers = self._parse_specifiers(is_type_name=True)
        if not specifiers.types and not specifiers.quals:
            self._unexpected("a type")
        declarator = self._parse_declarator_of(may_name=False, must_name=False)
        return self._typename(specifiers, declarator)

    def _typename(self, specifiers: Specifiers, declarator: Declarator) -> c_ast.Typename:
        typename = c_ast.Typename(
            name=None,
            quals=specifiers.quals[:],
            align=specifiers.alignment or None,
            type=declarator.type,
            coord=specifiers.coord,
            attributes=specifiers.attributes + declarator.attributes,
        )
        return self._with_base_type(typename, specifiers)

    def _with_base_type(self, declaration: Any, specifiers: Specifiers) -> Any:
        """Hang the specified type under the declarator; without one it is int (C90)."""
        if not specifiers.types:
            specifiers.types = [c_ast.IdentifierType(["int"], specifiers.coord)]
        return self._fix_decl_name_type(declaration, specifiers.types)

    # Declarations ------------------------------------------------------------------------------------------------

    def _parse_declaration(self) -> list[Any]:
        """One declaration or function definition with its semicolon or body, as the list of what it declares."""
        if self._peek_type() == "_STATIC_ASSERT":
            return [self._parse_static_assert()]
        specifiers = self._parse_specifiers()
        if self._accept("SEMI"):
            return self._bare_declaration(specifiers)
        declarator = self._parse_named_declarator()
        if self._starts_function_body(declarator):
            return [self._parse_function_definition_of(specifiers, declarator)]
        declarations = [self._parse_rest_of_declaration(specifiers, declarator)]
        while self._accept("COMMA"):
            leading = self._parse_attributes()
            declarator = self._parse_named_declarator()
            declarator.attributes += leading
            declarations.append(self._parse_rest_of_declaration(specifiers, declarator))
        self._expect("SEMI")
        return declarations

    def _bare_declaration(self, specifiers: Specifiers) -> list[Any]:
        """`struct S { ... };` declares its tag; `int;` and `[[fallthrough]];` declare nothing."""
        if len(specifiers.types) != 1 or not isinstance(specifiers.types[0], (c_ast.Struct, c_ast.Union, c_ast.Enum)):
            return []
        tagged = specifiers.types[0]
        return [
            c_ast.Decl(
                name=None,
                quals=specifiers.quals,
                align=specifiers.alignment,
                storage=[word for word in specifiers.storage if word != "typedef"],
                funcspec=specifiers.functions,
                type=tagged,
                init=None,
                bitsize=None,
                coord=tagged.coord,
                attributes=specifiers.attributes,
            )
        ]

    def _parse_rest_of_declaration(self, specifiers: Specifiers, declarator: Declarator) -> Any:
        """The initialiser, with the name already in scope."""
        declaration = self._declare(specifiers, declarator)
        if self._accept("EQUALS"):
            if isinstance(declaration, c_ast.Typedef):
                self._parse_error("a typedef cannot be initialised", declaration.coord)
            declaration.init = self._parse_initializer()
        return declaration

    def _declare(self, specifiers: Specifiers, declarator: Declarator, bitsize: Any = None) -> Any:
        """Build the Decl or Typedef and bring its name into scope."""
        is_typedef = "typedef" in specifiers.storage
        declaration = self._declaration(specifiers, declarator, bitsize)
        self._declare_name(declaration.name, is_typedef)
        return declaration

    def _declaration(self, specifiers: Specifiers, declarator: Declarator, bitsize: Any = None) -> Any:
        attributes = specifiers.attributes + declarator.attributes
        coord = self._tok_coord(declarator.name) if declarator.name is not None else specifiers.coord
        if "typedef" in specifiers.storage:
            declaration = c_ast.Typedef(
                None, specifiers.quals[:], specifiers.storage, declarator.type, coord, attributes=attributes
            )
        else:
            declaration = c_ast.Decl(
                None,
                specifiers.quals[:],
                specifiers.alignment,
                specifiers.storage,
                specifiers.functions,
                declarator.type,
                None,
                bitsize,
                coord,
                attributes=attributes,
            )
        return self._with_base_type(declaration, specifiers)

    def _starts_function_body(self, declarator: Declarator) -> bool:
        """Whether a function's body, or the parameter declarations of a K&R definition, come next."""
        if not isinstance(declarator.type, c_ast.FuncDecl):
            return False
        return self._peek_type() == "LBRACE" or self._starts_declaration()

    def _parse_function_definition_of(self, specifiers: Specifiers, declarator: Declarator) -> c_ast.FuncDef:
        """Parameter declarations and body, in the scope that parameters and body share (C11 6.2.1p4)."""
        declaration = self._declare(specifiers, declarator)
        self._push_scope()
        args = declarator.type.args
        for parameter in args.params if args is not None else []:
            name = getattr(parameter, "name", None)
            if name:
                self._declare_name(name, False)
        param_decls: list[Any] = []
        while self._peek_type() != "LBRACE":
            if not self._starts_declaration():
                self._unexpected("'{'")
            param_decls += self._parse_declaration()
        is_old_style = args is not None and any(isinstance(parameter, c_ast.ID) for parameter in args.params)
        body = self._parse_function_body()
        self._pop_scope()
        return c_ast.FuncDef(declaration, param_decls if is_old_style else None, body, declaration.coord)

    def _parse_function_body(self) -> c_ast.Compound:
        """The braces of a definition, in the scope that its parameters opened."""
        body: c_ast.Compound = self._parse_compound_statement(new_scope=False)
        return body

    # Declarators -------------------------------------------------------------------------------------------------

    def _parse_named_declarator(self) -> Declarator:
        """A declarator with its asm label and trailing attributes."""
        declarator = self._parse_declarator_of(may_name=True, must_name=True)
        declarator.attributes += self._parse_asm_label()
        declarator.attributes += self._parse_attributes()
        return declarator

    def _parse_declarator_of(self, *, may_name: bool, must_name: bool) -> Declarator:
        """A declarator, an abstract one, or (for parameters) whichever it turns out to be."""
        attributes: list[GnuAttribute] = []
        coord = self._span()
        modifiers: list[Any] = []
        name = self._parse_modifiers(may_name, must_name, modifiers, attributes)
        if name is not None:
            coord = self._tok_coord(name)
        node = c_ast.TypeDecl(name.value if name is not None else None, None, None, None, coord)
        for modifier in reversed(modifiers):
            modifier.type = node
            node = modifier
        return Declarator(name, node, attributes)

    def _parse_modifiers(
        self, may_name: bool, must_name: bool, modifiers: list[Any], attributes: list[GnuAttribute]
    ) -> Token | None:
        """Append the modifiers in the order in which one reads from the name outwards; return the name."""
        pointers: list[Any] = []
        while True:
            attributes += self._parse_attributes()
            star = self._accept("TIMES")
            if star is None:
                break
            pointer = c_ast.PtrDecl([], None, self._tok_coord(star))
            while True:
                if self._peek_type() in _QUALIFIERS:
                    pointer.quals.append(self._advance().value)
                elif self._starts_attribute():
                    attributes += self._parse_attributes()
                else:
                    break
            pointers.append(pointer)
        name: Token | None = None
        kind = self._peek_type()
        if may_name and kind in ("ID", "TYPEID"):
            name = self._advance()
            attributes += self._parse_attributes()
        elif kind == "LPAREN" and (must_name or self._starts_nested_declarator()):
            self._advance()
            name = self._parse_modifiers(may_name, must_name, modifiers, attributes)
            self._expect("RPAREN")
        elif must_name:
            self._unexpected("an identifier or '('")
        self._parse_declarator_suffixes(modifiers, attributes)
        modifiers += reversed(pointers)
        return name

    def _starts_nested_declarator(self) -> bool:
        """After the type in a parameter or type name: does `(` open a nested declarator, or a list of parameters?

        A typedef name there is a parameter's type, not a name (C11 6.7.6.3p11).
        """
        mark = self._mark()
        self._advance()
        self._parse_attributes()
        kind = self._peek_type()
        self._reset(mark)
        return kind in ("TIMES", "LPAREN", "LBRACKET", "ID")

    def _parse_declarator_suffixes(self, modifiers: list[Any], attributes: list[GnuAttribute]) -> None:
        while True:
            if self._starts_attribute() and self._peek_type() == "LBRACKET":
                attributes += self._parse_attributes()
            elif self._peek_type() == "LBRACKET":
                modifiers.append(self._parse_array_suffix())
            elif self._peek_type() == "LPAREN":
                modifiers.append(self._parse_function_suffix())
            else:
                return

    def _parse_array_suffix(self) -> c_ast.ArrayDecl:
        """`[static const n]`, `[*]`, `[]`."""
        bracket = self._expect("LBRACKET")
        words = []
        while self._peek_type() in _QUALIFIERS or self._peek_type() == "STATIC":
            words.append(self._advance().value)
        dimension = None
        if self._peek_type() == "TIMES" and self._peek_type(2) == "RBRACKET":
            star = self._advance()
            dimension = c_ast.ID("*", self._tok_coord(star))
        elif self._peek_type() != "RBRACKET":
            dimension = self._parse_assignment_expression()
        self._expect("RBRACKET")
        return c_ast.ArrayDecl(None, dimension, words, self._tok_coord(bracket))

    def _parse_function_suffix(self) -> c_ast.FuncDecl:
        """`(parameters)`, `()` or K&R's `(a, b)`; the parameters' names end with the list."""
        parenthesis = self._expect("LPAREN")
        coord = self._tok_coord(parenthesis)
        self._push_scope()
        args = None
        if self._peek_type() == "ID":
            names = [self._parse_identifier()]
            while self._accept("COMMA"):
                names.append(self._parse_identifier())
            args = c_ast.ParamList(names, names[0].coord)
        elif self._peek_type() != "RPAREN":
            args = c_ast.ParamList(self._parse_parameters(), self._span())
        self._pop_scope()
        self._expect("RPAREN")
        return c_ast.FuncDecl(args, None, coord)

    def _parse_parameters(self) -> list[Any]:
        """Up to the closing parenthesis; GNU's forward declarations (`int n; int a[n]`) are passed over."""
        parameters: list[Any] = []
        while True:
            if token := self._accept("ELLIPSIS"):
                parameters.append(c_ast.EllipsisParam(self._tok_coord(token)))
                return parameters
            parameters.append(self._parse_parameter())
            if self._accept("SEMI"):
                parameters.clear()
            elif not self._accept("COMMA"):
                return parameters

    def _parse_parameter(self) -> Any:
        """A Decl, or a Typename if it has no name."""
        specifiers = self._parse_specifiers()
        if specifiers.is_empty:
            self._unexpected("a parameter")
        declarator = self._parse_declarator_of(may_name=True, must_name=False)
        declarator.attributes += self._parse_attributes()
        if declarator.name is None:
            return self._typename(specifiers, declarator)
        return self._declare(specifiers, declarator)

    # Structs, unions, enums --------------------------------------------------------------------------------------

    def _parse_struct_or_union_specifier(self) -> Any:
        keyword = self._advance()
        node_class = c_ast.Struct if keyword.type == "STRUCT" else c_ast.Union
        coord = self._tok_coord(keyword)
        attributes = self._parse_attributes()
        name = None
        if self._peek_type() in ("ID", "TYPEID"):
            name = self._advance().value
        members: list[Any] | None = None
        if self._accept("LBRACE"):
            members = []
            while self._peek_type() != "RBRACE":
                members += self._parse_member_declaration()
            cap = self._pack.at(self._index)
            closing = self._expect("RBRACE")
            if cap:
                size = c_ast.Constant("int", str(cap), self._tok_coord(closing))
                attributes.append(GnuAttribute("pack", [size], coord))
            attributes += self._parse_attributes()
        elif name is None:
            self._unexpected("a struct tag or '{'")
        return node_class(name, members, coord, attributes=attributes)

    def _parse_member_declaration(self) -> list[Any]:
        """One member declaration with its semicolon."""
        if self._accept("SEMI"):
            return []
        if self._peek_type() == "_STATIC_ASSERT":
            return [self._parse_static_assert()]
        starts_with_attribute = self._starts_attribute()
        specifiers = self._parse_specifiers(is_type_name=True)
        if specifiers.is_empty and not starts_with_attribute:
            self._unexpected("a member's type")
        # gcc wants the semicolon before the brace too, but only warns.
        if self._peek_type() == "RBRACE" or self._accept("SEMI"):
            return self._anonymous_member(specifiers)
        members = [self._parse_member(specifiers)]
        while self._accept("COMMA"):
            members.append(self._parse_member(specifiers))
        if self._peek_type() != "RBRACE":
            self._expect("SEMI")
        return members

    def _anonymous_member(self, specifiers: Specifiers) -> list[Any]:
        """`struct { ... };` inside a struct is an unnamed member, and so is a typedef name alone under -fms-extensions."""
        if not specifiers.types:
            return []
        if isinstance(specifiers.types[0], (c_ast.Struct, c_ast.Union, c_ast.Enum)):
            return self._bare_declaration(specifiers)
        return [self._declaration(specifiers, Declarator(None, self._abstract(specifiers.coord), []))]

    def _parse_member(self, specifiers: Specifiers) -> Any:
        """One declarator of a member declaration; `: 3` alone is an unnamed bit-field."""
        leading = self._parse_attributes()
        if self._peek_type() == "COLON":
            declarator = Declarator(None, self._abstract(self._span()), leading)
        else:
            declarator = self._parse_declarator_of(may_name=True, must_name=True)
            declarator.attributes += leading
        bitsize = self._parse_constant_expression() if self._accept("COLON") else None
        declarator.attributes += self._parse_attributes()
        return self._declaration(specifiers, declarator, bitsize)

    @staticmethod
    def _abstract(coord: Span) -> c_ast.TypeDecl:
        return c_ast.TypeDecl(None, None, None, None, coord)

    def _parse_enum_specifier(self) -> c_ast.Enum:
        coord = self._tok_coord(self._expect("ENUM"))
        attributes = self._parse_attributes()
        name = None
        if self._peek_type() in ("ID", "TYPEID"):
            name = self._advance().value
        values = None
        if brace := self._accept("LBRACE"):
            values = c_ast.EnumeratorList([], self._tok_coord(brace))
            values.enumerators.append(self._parse_enumerator())
            while self._accept("COMMA") and self._peek_type() != "RBRACE":
                values.enumerators.append(self._parse_enumerator())
            self._expect("RBRACE")
            attributes += self._parse_attributes()
        elif name is None:
            self._unexpected("an enum tag or '{'")
        return c_ast.Enum(name, values, None, coord, attributes=attributes)

    def _parse_enumerator(self) -> c_ast.Enumerator:
        """The constant is in scope after its own definition (C11 6.2.1p7)."""
        token = self._expect_name()
        attributes = self._parse_attributes()
        value = self._parse_constant_expression() if self._accept("EQUALS") else None
        self._declare_name(token.value, False)
        return c_ast.Enumerator(token.value, value, self._tok_coord(token), attributes=attributes)

    # Initialisers ------------------------------------------------------------------------------------------------

    def _parse_initializer(self) -> Any:
        """An expression or a braced list."""
        if self._peek_type() != "LBRACE":
            return self._parse_assignment_expression()
        coord = self._tok_coord(self._advance())
        items: list[Any] = []
        while self._peek_type() != "RBRACE":
            items.append(self._parse_initializer_item())
            if not self._accept("COMMA"):
                break
        self._expect("RBRACE")
        return c_ast.InitList(items, coord)

    def _parse_initializer_item(self) -> Any:
        """`.a[1 ... 2] = e`, GNU's older `a: e` and `[1] e`, or just an initialiser."""
        kind = self._peek_type()
        if kind in ("ID", "TYPEID") and self._peek_type(2) == "COLON":
            token = self._advance()
            self._advance()
            coord = self._tok_coord(token)
            return c_ast.NamedInitializer([c_ast.ID(token.value, coord)], self._parse_initializer(), coord)
        if kind not in ("LBRACKET", "PERIOD"):
            return self._parse_initializer()
        coord = self._span()
        designators = []
        while self._peek_type() in ("LBRACKET", "PERIOD"):
            designators.append(self._parse_designator())
        if not self._accept("EQUALS") and not (len(designators) == 1 and kind == "LBRACKET"):
            self._unexpected("'='")
        return c_ast.NamedInitializer(designators, self._parse_initializer(), coord)

    def _parse_designator(self) -> Any:
        token = self._advance()
        coord = self._tok_coord(token)
        if token.type == "PERIOD":
            return c_ast.ID(self._expect_name().value, coord)
        expression = self._parse_constant_expression()
        if self._accept("ELLIPSIS"):
            expression = Range(expression, self._parse_constant_expression(), coord)
        self._expect("RBRACKET")
        return c_ast.ArrayDesignator(expression, coord)
