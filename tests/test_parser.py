"""The GNU C parser against gcc: what gcc accepts must parse, what it rejects as a syntax error must not."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
from pycparser import c_ast

from c2rust_py.diagnostics import Code, CompileError, Span
from c2rust_py.frontend import cache
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.frontend.gnu_c import nodes
from c2rust_py.frontend.gnu_c.lexer import keywords_for, tokenise
from c2rust_py.frontend.gnu_c.parser import parse_tokens
from c2rust_py.frontend.gnu_c.recovery import TolerantParser


def parse(text: str, *flags: str) -> c_ast.FileAST:
    """The tree of text that needs no preprocessing."""
    return parse_tokens(tokenise(text, "t.c", keywords_for(flags))).ast


def gcc_accepts(text: str, *flags: str) -> bool:
    command = ["gcc", "-fsyntax-only", "-w", "-x", "c", "-fpreprocessed", *flags, "-"]
    return subprocess.run(command, input=text.encode(), capture_output=True, check=False).returncode == 0


def first(node: Any, wanted: type, **fields: Any) -> Any:
    """The first node below `node`, in source order, of this class and with these fields."""
    pending = [node]
    while pending:
        here = pending.pop()
        if isinstance(here, wanted) and all(getattr(here, name) == value for name, value in fields.items()):
            return here
        pending.extend(child for _, child in reversed(here.children()))
    raise AssertionError(f"no {wanted.__name__} with {fields}")


ACCEPTED = {
    "empty unit": "",
    "stray semicolon": ";;int x;;",
    "attributes everywhere": """
        __attribute__((unused)) static int __attribute__((aligned(8))) a __attribute__((section(".data"))) = 1;
        struct __attribute__((packed)) S { int x __attribute__((aligned(2))); } __attribute__((aligned(4)));
        int f(int * __attribute__((unused)) x, __attribute__((unused)) int y, int z __attribute__((unused)))
            __attribute__((noinline, noclone)) __attribute__((nonnull(1)));
        int (__attribute__((noinline)) g)(void);
        void (* __attribute__((unused)) fp)(void), __attribute__((unused)) *q;
        enum E { A __attribute__((deprecated)), B __attribute__((deprecated)) = 3 } __attribute__((packed));
        typedef int vec __attribute__((vector_size(16), may_alias));
        int h(void) { again: __attribute__((unused)); switch (a) { case 1: __attribute__((fallthrough)); default:; }
            return sizeof(int __attribute__((aligned(4)))) + (int __attribute__((unused)))1; }
        __attribute__((__noreturn__, __cold__)) void die(void);
        __attribute__((, , const, pure, )) int pure_one(void);
        int * __attribute__((unused)) * const __attribute__((unused)) deep;
    """,
    "standard attributes": "[[nodiscard]] int f(void); int g(int x) { switch (x) { case 1: [[fallthrough]]; default: return 1; } }",
    "extension": "__extension__ typedef struct { __extension__ union { int a; }; } T; int x = __extension__ (1 + 2);",
    "typeof": "int x; typeof(x) y; __typeof__(int *) z; __auto_type w = 1 ? 2 : 3; typeof(y) *f(typeof(x) a);",
    "statement expression": "int f(void) { return ({ int a = 1; a + 2; }) + ({ ; 3; }); }",
    "nested statement expression": "int f(int b) { return ({ if (b) b = ({ b++; b; }); b; }); }",
    "case range": "int f(int c) { switch (c) { case 'a' ... 'z': return 1; case 1 ... 3: default: return 0; } }",
    "designators": """
        int a[10] = { [0 ... 4] = 1, [5] = 2, [6] 3, 4 };
        struct P { int x, y; struct { int z[3]; } in; } p = { y: 2, x: 1, .in.z[1] = 3, .in = { .z = { [2] = 1 } } };
        struct P q[2] = { [1].in.z[0 ... 1] = 7, };
    """,
    "elvis": "int f(int a, int b) { return a ?: b ?: 3; }",
    "ternary chain": "int f(int a) { return a == 1 ? 1 : a == 2 ? (1, 2) : a == 3 ? 3, 4 : 5; }",
    "ternary assignment": "int f(int a, int b) { a ? b = 1 : 0; return a ? b : (b = 2); }",
    "offsetof": "struct S { int a; struct { int b[4]; } c[2]; }; unsigned long x = __builtin_offsetof(struct S, c[1].b[2]);",
    "va_arg": """
        int f(int n, ...) { __builtin_va_list ap; __builtin_va_start(ap, n); int x = __builtin_va_arg(ap, int);
            char *s = __builtin_va_arg(ap, char *); __builtin_va_end(ap); return x + *s; }
    """,
    "builtins with types": """
        int a[__builtin_types_compatible_p(int, const int) ? 1 : -1];
        int b = __builtin_choose_expr(1, 2, "x");
        int c = __builtin_constant_p(3) && __builtin_expect(1, 1);
    """,
    "labels as values": """
        int f(int i) { static void *t[] = { &&a, &&b, &&c }; long d = &&c - &&a; (void)d; goto *t[i]; a: return 1; b: c: return 2; }
    """,
    "local labels": "int f(void) { __label__ a, b; goto a; b: return 1; a: goto b; }",
    "nested function": "int f(int x) { int g(int y) { return x + y; } auto int h(void); int h(void) { return 1; } return g(1); }",
    "asm": """
        asm("nop"); __asm__(".globl x");
        int f(int x) { __asm__ volatile ("" ::: "memory"); asm("add %1, %0" : "+r"(x) : "r" (1), [n] "i" (2) : "cc", "memory");
            asm goto ("" : : : : out); asm inline volatile("nop" : : "r"(x)); __asm ("" : "=r"(x) :: ); out: return x; }
        int g(void) __asm__("other_name") __attribute__((noinline)); extern int v asm("w"), u asm("uu") __attribute__((unused));
        register void *sp __asm__("rsp");
        void h(void) { register int r asm("eax") = 1; r++; }
    """,
    "128 bit": "__int128 a; unsigned __int128 b; __int128_t c; __uint128_t d = (__uint128_t)1 << 100; signed __int128 e;",
    "float types": "_Float128 a = 1.0f128; __float128 b = 1.0Q; _Float64 c = 2.f64; _Float32x d; _Float64x e = 1.5w; _Float16 h;",
    "thread local": "static __thread int a; extern _Thread_local int b; _Thread_local static int c;",
    "alignas": "_Alignas(16) char a[4]; _Alignas(int) char b; struct S { _Alignas(8) char c; }; int d = _Alignof(double);",
    "alignof expression": "int a; int b = __alignof__(a) + __alignof__ a + _Alignof(int[3]) + __alignof(struct { int x; });",
    "static assert": '_Static_assert(1, "yes"); _Static_assert(sizeof(int) == 4); struct S { _Static_assert(1, ""); int x; };'
    'int f(void) { _Static_assert(1, "x"); l: _Static_assert(1, "y"); return 0; }',
    "generic": "int a = _Generic(1.0f, float: 1, default: 2, int *: 3, const char *: sizeof(int)); "
    "void (*f)(void) = _Generic((char)1, char: (void (*)(void))0);",
    "noreturn": "_Noreturn void f(void); static inline _Noreturn void g(void) { for (;;); }",
    "atomic": "_Atomic int a; _Atomic(int) b; _Atomic(int *) c; int *_Atomic d; const _Atomic(long) e = 1; void f(_Atomic int *p);",
    "complex": "_Complex double a = 1.0 + 2.0i; __complex__ float b = 3.fi; double _Complex c; int r(void) { return __real__ a + __imag__ b; }"
    "_Complex int ci = 3i; double z(void) { return __real__ c + __imag__(c * 2.0iF) + 1.jf; }",
    "empty struct": "struct E {}; struct E e = {}; union U {}; int a[0]; struct S { int n; int flex[]; }; struct Z { int n, z[0]; };",
    "empty initialiser": "int a[3] = {}; struct { int x; } s = {}; int f(void) { int b[2] = {}; return ((struct { int y; }){}).y + b[0]; }",
    "anonymous members": "struct S { union { int a; struct { char b, c; }; }; enum { X, Y } en; int : 3; unsigned d : 2, : 0, e : 1; struct Q *q; };"
    "struct Q { int x; };",
    "binary literals": "int a = 0b1011, b = 0B11u, c = 0xFFul, d = 017LL, e = 1uLL, f = 0xep1;",
    "labels before declarations": "int f(int x) { switch (x) { case 1: case 2:; int y = 1; default: return y; } l:; int z = 2; m: ; return z; }",
    "label at the end": "void f(int x) { if (x) goto end; switch (x) { case 1: x++; default:; } end:; }",
    "old definitions": """
        int old(a, b, p, fn) int a, *p; char b; int (*fn)(); { return a + b + *p + fn(); }
        add(x, y) { return x + y; } main() { return add(1, 2); }
        static counter; extern other; const k = 3; register_me() { register i = 1; auto j = 2; static s; return i + j + s; }
        char *strings(n) { return 0; } int (*table())[3] { return 0; } long unsigned int *fp(int (*)(int), ...);
    """,
    "declarators": """
        int (*(*fa[3])(int, char *))[5]; void (*signal(int, void (*)(int)))(int); int *const *volatile p, (*pa)[2], *ap[2];
        int f(int (x)), g(int (*)[3], int[static 3], int n, int a[const n], int b[*], int c[restrict static 2][n]);
        char (*(*x(void))[5])(void); typedef int (fn)(int); fn h; fn *hp; int ((((deep)))) = 1; int (*(array[2]))(void);
        int k(void) { return sizeof(int (*)[3]) + sizeof(int *(*)(void)) + sizeof(fn *) + sizeof(char[2][3]); }
    """,
    "vla": "void f(int n, int a[n][n + 1], int (*b)[*]); int g(int n) { int a[n], b[n][2 * n]; int (*p)[n] = &a; return sizeof a + sizeof(int[n]); }",
    "parameter forward declaration": "int f(int n; int a[n], int n) { return a[n - 1]; }",
    "typedef names": """
        typedef int T; typedef struct T { T T; struct T *next; } U; void f(T T, U u) { T = u.T + u.next->T; { int U = T; U++; } }
        int g(void) { T T = 1, a = T * 2; { typedef char T; T c = 'x'; a += sizeof(T) + c; } return T + a; }
        int h(int T) { return (T) + 1; } int i(int (T)); int j(T); T k(T(T)); void l(void) { T: goto T; }
        enum { V, W = V + 1 }; struct V { int V : 3, W; } V_; unsigned m(void) { for (T T = 0; T < 3; T++); unsigned T = 2; return T; }
        int n(void) { int b = 1, T = sizeof(T); return (T) - b; } T (o) = 3; T *p, (*q)(T); void r(void) { T (x); T *y = &x; (void)y; }
        int s(T x, T) ; int t(void) { enum { T = 4 }; return T * T; } int after(void) { T x = 1; return sizeof(T) * x; }
    """,
    "struct tag shadows nothing": "typedef int T; struct T { int a; } T1; union U { struct T T; } u; int f(void) { return u.T.a + (&u)->T.a; }",
    "strings": r"""char *a = "x" "y\"z" u8"w"; int b[] = L"wide" "more"; unsigned short c[] = u"s"; unsigned d[] = U"t" U"u";
        int e = 'ab' + L'w' + u'x' + U'y' + '\'' + '\\' + '\377' + '\x7f' + '"';""",
    "identifiers": "int a$b, $c, \u00e9t\u00e9, \\u00e9a, _1; int f(void) { return a$b + \u00e9t\u00e9; }",
    "digraphs": "int a<:3:> = <%1, 2%>;",
    "compound literals": """
        struct S { int a[2]; }; int *p = (int[]){1, 2}; int f(void) { return (struct S){{1, 2}}.a[1] + sizeof (struct S){{1}}.a
            + ((struct S){ .a = {3} }).a[0] + *(int *)&(int){5} + (int){1}++ ; } int g = sizeof(int){1};
    """,
    "casts": "int f(void *p, char c) { return (int)(long)p + (int)-c + (int)~c + !(int)c + (char)(c)++ + -(int)sizeof(char) + (unsigned)+1; }",
    "sizeof": "int a[3]; int b = sizeof a / sizeof a[0] + sizeof(a)[0] + sizeof(int) * 2 + sizeof -1 + sizeof(char)-1;",
    "precedence": "int f(int a, int b) { return a + b * 3 - 4 << 1 & 5 | 6 ^ 7 == 8 && 9 || a < b > 3 != 2 >> 1 % 2 / 3; }",
    "control": """
        int f(int n) { int i; for (i = 0, n++; i < n; i++, n--) if (i) continue; else break; for (int j = 0, k = 1; j < k;) j++;
            while (n--) do ; while (0); if (n) if (i) i = 1; else i = 2; for (;;) { if (n) break; return 1; } return 0; }
    """,
    "duff": """
        void f(char *to, char *from, int count) { int n = (count + 7) / 8; switch (count % 8) { case 0: do { *to = *from++;
            case 7: *to = *from++; case 6: *to = *from++; } while (--n > 0); } switch (n) case 1: n++; }
    """,
    "bit-field of typedef": "typedef unsigned T; struct S { T T : 3; T a : 2; const T : 1; };",
    "useless declarations": "int; struct A; const struct B { int x; }; typedef struct C { int y; }; enum { D }; static enum E2 { F } ; typedef int;",
    "function attributes before body": "static void f(void) __attribute__((unused)); static inline __attribute__((always_inline)) int g(void) { return 1; }",
    "empty parameter macros": "int f(), g(void), h(int, ...), (*i)(), *j(int (void)); int k(int (*)(), int (*cb)(int x, int y));",
    "pragmas anywhere": """
#pragma once
int f(int a, int b) {
#pragma omp parallel
return a + b; }
# 10 "x.c"
#pragma pack(push, 1)
struct S { char a;
#pragma pack(pop)
int b; };
    """,
}

REJECTED = {
    "missing semicolon": "int a\nint b;",
    "missing operand": "int f(void) { return 1 + ; }",
    "unclosed brace": "int f(void) { if (1) {",
    "unclosed parenthesis": "int a = (1 + 2;",
    "stray bracket": "int a = 1];",
    "type as expression": "typedef int T; int f(void) { return T; }",
    "bad constant": "int a = 0b12;",
    "bad suffix": "int a = 1ulu;",
    "bad octal": "int a = 08;",
    "bad float": "double a = 1.5e;",
    "case without colon": "int f(int a) { switch (a) { case 1 return 1; } }",
    "else without if": "int f(void) { else return 1; }",
    "two types": "int struct S { int x; } a;",
    "member without type": "struct S { x; };",
    "stray character": "int a @ b;",
    "unterminated string": 'char *s = "abc;\n',
    "mixed prefixes": 'int a[] = L"x" u"y";',
    "missing parameter": "int f(int, );",
    "expression at file scope": "1 + 2;",
    "do without while": "void f(void) { do { } }",
    "enum without list": "enum { } x;",
    "designator without value": "int a[] = { [1] = };",
    "goto without label": "void f(void) { goto; }",
}


@pytest.mark.parametrize("name", ACCEPTED)
def test_what_gcc_accepts_parses(name: str) -> None:
    assert gcc_accepts(ACCEPTED[name]), "the case itself is wrong"
    parse(ACCEPTED[name])


@pytest.mark.parametrize("name", REJECTED)
def test_what_gcc_rejects_does_not_parse(name: str) -> None:
    assert not gcc_accepts(REJECTED[name]), "the case itself is wrong"
    with pytest.raises(CompileError) as failure:
        parse(REJECTED[name])
    assert failure.value.status == 3
    assert failure.value.diagnostic.code is Code.SYNTAX
    assert failure.value.diagnostic.span is not None


# The shape of the tree ---------------------------------------------------------------------------------------------


def test_spans_follow_line_markers() -> None:
    ast = parse('# 10 "a dir/x.c"\nint a;\n\n  int b;\n# 3 "h\\"q.h" 1 3\nint c;\n# 14 "a dir/x.c" 2\nint d;')
    assert [item.coord for item in ast.ext] == [
        Span("a dir/x.c", 10, 5),
        Span("a dir/x.c", 12, 7),
        Span('h"q.h', 3, 5),
        Span("a dir/x.c", 14, 5),
    ]


def test_every_written_node_has_a_span() -> None:
    for text in ACCEPTED.values():
        pending: list[Any] = list(parse(text).ext)
        while pending:
            node = pending.pop()
            assert isinstance(node.coord, Span) and node.coord.line > 0, node
            pending.extend(child for _, child in node.children())


def attribute_names(node: Any) -> list[str]:
    return [attribute.name for attribute in node.attributes]


def test_attributes_are_where_the_contract_says() -> None:
    ast = parse(
        """
        static int __attribute__((aligned(8), unused)) a __attribute__((__weak__)), b;
        struct __attribute__((packed)) S { char c; int d __attribute__((aligned(2))); } __attribute__((aligned(4))) s;
        void f(int x) __asm__("g") __attribute__((noreturn));
        enum E { A } __attribute__((packed));
        typedef int v __attribute__((vector_size(4 * sizeof(int)), mode(SI)));
        int g(int p __attribute__((aligned(16))), char *__attribute__((aligned(2))));
        """
    )
    a, b, s, f, enum, v, g = ast.ext
    assert attribute_names(a) == ["aligned", "weak"]
    assert attribute_names(b) == ["aligned"]
    assert attribute_names(s.type.type) == ["packed", "aligned"] and attribute_names(s) == []
    assert attribute_names(s.type.type.decls[1]) == ["aligned"]
    assert attribute_names(f) == ["asm_label", "noreturn"] and f.attributes[0].args[0].value == '"g"'
    assert attribute_names(enum.type) == ["packed"]
    assert attribute_names(v) == ["vector_size", "mode"] and v.attributes[1].args[0].name == "SI"
    assert [attribute_names(parameter) for parameter in g.type.args.params] == [["aligned"], ["aligned"]]


def test_declarators_read_inside_out() -> None:
    (decl,) = parse("int *(*const (*f[3])(char))[5];").ext
    chain = []
    node = decl.type
    while not isinstance(node, c_ast.TypeDecl):
        chain.append(type(node).__name__)
        node = node.type
    assert chain == ["ArrayDecl", "PtrDecl", "FuncDecl", "PtrDecl", "ArrayDecl", "PtrDecl"]
    assert decl.type.type.type.type.quals == ["const"]
    assert (decl.name, node.declname, node.type.names) == ("f", "f", ["int"])


def test_a_name_is_in_scope_from_its_declarator_on() -> None:
    function = parse("typedef int T; int f(void) { int b = 2, T = sizeof(T); return (T) - b; }").ext[1]
    assert isinstance(first(function, c_ast.UnaryOp, op="sizeof").expr, c_ast.ID)
    assert isinstance(first(function, c_ast.Return).expr, c_ast.BinaryOp)
    function = parse("typedef int T; int f(int b) { { int T = 1; T++; } return (T) - b; }").ext[1]
    assert isinstance(first(function, c_ast.Return).expr, c_ast.Cast)
    function = parse("typedef int T; int f(int (*g)(int T, int), int b) { return (T) - b; }").ext[1]
    assert isinstance(first(function, c_ast.Return).expr, c_ast.Cast)


def test_a_typedef_name_in_a_parameter_is_its_type() -> None:
    (_, abstract, named) = parse("typedef int T; int f(int (T)); int g(int (x));").ext
    assert isinstance(abstract.type.args.params[0], c_ast.Typename)
    assert named.type.args.params[0].name == "x"


def test_case_labels_stay_where_they_are() -> None:
    switch = first(parse("void f(int x) { switch (x) { case 1: x++; case 2 ... 4: default: x--; } }"), c_ast.Switch)
    kinds = [type(item).__name__ for item in switch.stmt.block_items]
    assert kinds == ["Case", "Case"]
    ranged = switch.stmt.block_items[1]
    assert isinstance(ranged.expr, nodes.Range) and isinstance(ranged.stmts[0], c_ast.Default)


def test_constants() -> None:
    def constant(text: str) -> tuple[str, str]:
        node = parse(f"__auto_type x = {text};").ext[0].init
        return node.type, node.value

    assert constant("0x1FuLL") == ("unsigned long long int", "0x1FuLL")
    assert constant("0b101") == ("int", "0b101")
    assert constant("1.5f") == ("float", "1.5f")
    assert constant("0x1.8p3L") == ("long double", "0x1.8p3L")
    assert constant("1e5") == ("double", "1e5")
    assert constant("2.5if") == ("_Complex float", "2.5f")
    assert constant("3i") == ("_Complex int", "3")
    assert constant("1.0f128") == ("_Float128", "1.0f128")
    assert constant("0xF'FuL") == ("unsigned long int", "0xFFuL")
    assert constant("1'0.2'5") == ("double", "10.25")
    assert constant(r"L'\x41'") == ("char", r"L'\x41'")
    assert constant('"a" L"\\x1" "b"') == ("string", 'L"a" "\\x1" "b"')


def test_old_style_definition() -> None:
    function = parse("int f(a, b) char b; int a; { return a; }").ext[0]
    assert [parameter.name for parameter in function.decl.type.args.params] == ["a", "b"]
    assert [decl.name for decl in function.param_decls] == ["b", "a"]
    assert parse("f(void) { return 1; }").ext[0].decl.type.type.type.names == ["int"]


def test_asm_keeps_its_operands() -> None:
    asm = first(parse('void f(int x) { asm volatile("a" "b" : [o] "=r"(x) : "0"(1) : "cc"); }'), nodes.Asm)
    assert (asm.template, asm.qualifiers, asm.clobbers) == ('"a" "b"', ["volatile"], ['"cc"'])
    assert asm.outputs[0].name == "o" and asm.inputs[0].constraint == '"0"'


def test_dialect_decides_what_is_a_keyword() -> None:
    text = "int asm = 1, typeof = 2; int f(void) { return asm + typeof; }"
    assert gcc_accepts(text, "-std=c99") and not gcc_accepts(text, "-std=gnu99")
    parse(text, "-std=c99")
    with pytest.raises(CompileError):
        parse(text, "-std=gnu99")
    old = "int inline, restrict;"
    assert gcc_accepts(old, "-ansi")
    parse(old, "-ansi")


PACKED = """
struct A { char a; int b; };
#pragma pack(push, 2)
struct B { char a; int b; };
#pragma pack(1)
struct C { char a; int b;
#pragma pack(pop)
  long c; };
#pragma pack(push, name, 4)
#pragma pack(push, 1)
#pragma pack(pop, name)
struct D { char a; long b; };
#pragma pack(3)
struct E { char a; long b; };
#pragma pack(8)
struct F { char a; long b; struct {
#pragma pack(1)
  char c; int d; } e; };
struct G { char a; long b; };
#pragma pack()
struct H { char a; long double b; };
#pragma pack(pop)
struct I { char a; long double b; };
"""


def test_pack_is_what_gcc_has_at_the_closing_brace() -> None:
    """The cap that each struct carries gives the alignment that gcc gives it."""
    natural = {"A": 4, "B": 4, "C": 8, "D": 8, "E": 8, "F": 8, "G": 8, "H": 16, "I": 16}
    assertions = []
    for item in parse(PACKED).ext:
        caps = [int(attribute.args[0].value) for attribute in item.type.attributes if attribute.name == "pack"]
        alignment = min([natural[item.type.name], *caps])
        assertions.append(f'_Static_assert(_Alignof(struct {item.type.name}) == {alignment}, "{item.type.name}");')
    assert len(assertions) == len(natural)
    assert gcc_accepts(PACKED + "\n".join(assertions))
    assert not gcc_accepts(PACKED + '_Static_assert(_Alignof(struct C) == 1, "");'), "the oracle must be able to fail"


# Size and depth ----------------------------------------------------------------------------------------------------

DEEP = {
    "parentheses": "int a = " + "(" * 10_000 + "1" + ")" * 10_000 + ";",
    "else if": "int f(int x) {" + "".join(f"if (x == {n}) return {n}; else " for n in range(5_000)) + "return 0; }",
    "sum": "int f(int a) { return " + " + ".join(["a"] * 10_000) + "; }",
    "assignments": "int f(int a) { return " + "a = " * 10_000 + "1; }",
    "elements": "int a[] = {" + ", ".join(map(str, range(100_000))) + "};",
    "braces": "int a" + "[1]" * 3_000 + " = " + "{" * 3_000 + "1" + "}" * 3_000 + ";",
    "blocks": "void f(void) {" + "{" * 10_000 + "}" * 10_000 + "}",
    "calls": "int f(int); int g(void) { return " + "f(" * 10_000 + "1" + ")" * 10_000 + "; }",
    "casts": "int f(int a) { return " + "(int)" * 10_000 + "a; }",
    "conditions": "int f(int a) { return " + "".join(f"a == {n} ? {n} : " for n in range(10_000)) + "0; }",
    "cases": "int f(int a) { switch (a) {" + "".join(f"case {n}: " for n in range(10_000)) + "return 1; } }",
    "literals": "char *s = " + '"abc" ' * 20_000 + ";",
}


@pytest.mark.parametrize("name", DEEP)
def test_deep_and_large_units_parse_and_survive_the_cache(name: str) -> None:
    ast = call_deeply(parse, DEEP[name])
    encoded = cache.encode([ast])
    (decoded,) = cache.decode(encoded)
    assert cache.encode([decoded]) == encoded


def test_the_cache_gives_back_the_tree() -> None:
    for text in ACCEPTED.values():
        ast = parse(text)
        (decoded,) = cache.decode(cache.encode([ast]))
        assert dump(decoded) == dump(ast)


def test_the_cache_keeps_shared_nodes_shared() -> None:
    (decoded,) = cache.decode(cache.encode([parse("struct S { int x; } a, b;")]))
    assert decoded.ext[0].type.type is decoded.ext[1].type.type


def test_a_damaged_cache_entry_is_a_miss(tmp_path: Path) -> None:
    store = cache.Store(tmp_path / "c")
    store.save("k", b"value")
    assert store.load("k") == b"value"
    entry = tmp_path / "c" / "k"
    entry.write_bytes(entry.read_bytes()[:-1])
    assert store.load("k") is None
    assert store.load("other") is None


def dump(node: Any) -> Any:
    """Everything that a tree says, as nested tuples."""
    if isinstance(node, c_ast.Node):
        fields = [name for name in node.__slots__ if name != "__weakref__"]
        return (type(node).__name__, *((name, dump(getattr(node, name))) for name in fields))
    return [dump(item) for item in node] if isinstance(node, list) else node


def test_parsing_goes_on_behind_what_is_unknown() -> None:
    """Bodies and declarations that cannot be read are passed over, and scopes end where they would have."""
    text = (
        "typedef int T; int a = 1; %% x = {(2)};"
        "int f(int n) { int T = n; if (T) { %% p; ({ T * q; }); } }"
        "int g(int %% p) { T x; } struct { int m; %% } v; T last;"
    )
    tree = parse_tokens(tokenise(text, "t.c", keywords_for(())), TolerantParser).ast
    kinds = [(type(item).__name__, getattr(item, "name", None)) for item in tree.ext]
    unknown = "UnsupportedSyntax"
    assert kinds == [
        ("Typedef", "T"), ("Decl", "a"), (unknown, None), ("FuncDef", None), (unknown, "g"), (unknown, None), ("Decl", "last")
    ]  # fmt: skip
    assert [type(item).__name__ for item in tree.ext[3].body.block_items] == [unknown]
    assert {name.name for name in tree.ext[3].body.block_items[0].names} == {"T", "n", "p", "q"}
