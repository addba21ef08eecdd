"""Our headers against the system's: every constant, every struct layout and every prototype is glibc's.

The oracle is gcc: one program prints the constants and layouts that our header defines, and is compiled against our
headers and against the system's; and each of our prototypes is declared again after the system's header.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from pycparser import c_ast, c_generator, c_parser

from c2rust_py.frontend.library_names import library_names
from c2rust_py.infer.library import library_functions

INCLUDE = Path(__file__).parent.parent / "c2rust_py" / "frontend" / "include"
HEADERS = sorted(str(path.relative_to(INCLUDE)) for path in INCLUDE.rglob("*.h"))
OURS = ["-nostdinc", "-I", str(INCLUDE), "-w"]
SYSTEM = ["-w"]
EXTENDED = "-D_GNU_SOURCE"
"""Shows all of the system's constants; without it, `strerror_r` has its POSIX type."""

TRANSLATED = frozenset({"setjmp", "sigsetjmp", "_setjmp", "alloca"})
"""Functions that the translator itself handles."""

PRINTER = """
int printf(const char *, ...);
#define SHOW(name, value) printf("%s = %lld %.20g\\n", name, (long long)(value), (double)(value));
"""


def preprocess(header: str, *flags: str) -> str:
    command = ["gcc", "-E", "-P", *OURS, *flags, "-include", header, "-x", "c", "/dev/null"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def macros(header: str) -> dict[str, str]:
    """The object-like macros of the header, each with what it expands to."""
    defines = re.findall(r"^#define ([A-Za-z_]\w*) ", preprocess(header, "-dM"), re.MULTILINE)
    names = sorted(name for name in defines if not name.startswith("__"))
    text = "".join(f'"@{name}" {name}\n' for name in names)
    command = ["gcc", "-E", "-P", *OURS, "-include", header, "-x", "c", "-"]
    expanded = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    bodies = {name: body.strip() for name, body in re.findall(r'"@(\w+)"(.*?)(?="@|\Z)', expanded, re.DOTALL)}
    return {name: body for name, body in bodies.items() if body != name}


def is_text(body: str) -> bool:
    return re.fullmatch(r'("[^"]*"\s*)+', body) is not None


def is_number(body: str) -> bool:
    """Whether the text is an arithmetic expression of numbers, perhaps with casts."""
    words = re.findall(r"\b[A-Za-z_]\w*", re.sub(r"\b\.?\d[\w.]*([eEpP][+-]?\d+)?\w*", "0", body))
    types = {"int", "unsigned", "long", "double", "float", "char", "clock_t"}
    return bool(re.search(r"\d", body)) and not re.search(r"[\"'{}=]", body) and set(words) <= types


def declarations(header: str) -> list[c_ast.Node]:
    text = preprocess(
        header, "-D__attribute__(x)=", "-D__builtin_va_list=int", "-D__extension__=", "-D__inline=", "-D_Noreturn=",
        "-D__asm__(x)=",
    )  # fmt: skip
    return list(c_parser.CParser().parse(text, header).ext)


def functions(header: str) -> dict[str, c_ast.Decl]:
    """The functions that the header declares, by their symbols."""
    labels = dict(re.findall(r'(\w+)\([^;]*\) __asm__\("(\w+)"\)', preprocess(header)))
    return {
        labels.get(node.name, node.name): node
        for node in declarations(header)
        if isinstance(node, c_ast.Decl) and isinstance(node.type, c_ast.FuncDecl)
    }


def layouts(nodes: list[c_ast.Node]) -> Iterator[tuple[str, list[str]]]:
    """Named struct types and typedefs of anonymous ones, with their fields."""
    for node in nodes:
        kind = node.type if isinstance(node, c_ast.Decl | c_ast.Typedef) else None
        if isinstance(node, c_ast.Typedef) and isinstance(kind, c_ast.TypeDecl):
            kind = kind.type
        if isinstance(kind, c_ast.Struct) and kind.decls:
            fields = [decl.name for decl in kind.decls if decl.name and not decl.bitsize]
            name = node.name if isinstance(node, c_ast.Typedef) else f"struct {kind.name}"
            yield name, [field for field in fields if not field.startswith("__")]


def output(tmp_path: Path, flags: list[str], source: str) -> str:
    (tmp_path / "show.c").write_text(source)
    subprocess.run(["gcc", *flags, "-o", tmp_path / "show", tmp_path / "show.c"], check=True)
    return subprocess.run([tmp_path / "show"], capture_output=True, text=True, check=True).stdout


@pytest.mark.parametrize("header", HEADERS)
def test_constants_and_layouts_are_those_of_the_system(header: str, tmp_path: Path) -> None:
    lines = [f'SHOW("{name}", {name})' for name, body in macros(header).items() if is_number(body)]
    lines += [f'printf("{name} = %s\\n", {name});' for name, body in macros(header).items() if is_text(body)]
    for name, fields in layouts(declarations(header)):
        lines.append(f'SHOW("sizeof {name}", sizeof({name}))')
        lines += [f'SHOW("{name}.{field}", __builtin_offsetof({name}, {field}))' for field in fields]
    body = "\n".join(lines)
    source = f"#include <{header}>\n{PRINTER}int main(void) {{\n{body}\nreturn 0; }}\n"
    ours = output(tmp_path, OURS, source)
    assert len(ours.splitlines()) == len(lines)
    assert ours == output(tmp_path, [*SYSTEM, EXTENDED], source)


@pytest.mark.parametrize("header", HEADERS)
def test_prototypes_are_those_of_the_system(header: str, tmp_path: Path) -> None:
    generator = c_generator.CGenerator()
    lines = []
    for node in functions(header).values():
        node.storage = []
        text = generator.visit(node).replace("va_list", "__builtin_va_list")
        lines.append(f"#undef {node.name}\n{text};")
    (tmp_path / "again.c").write_text(f"#include <{header}>\n" + "\n".join(lines))
    run = subprocess.run(
        ["gcc", "-c", *SYSTEM, "-o", "/dev/null", tmp_path / "again.c"], check=False, capture_output=True, text=True
    )
    assert "error" not in run.stderr, run.stderr


@pytest.mark.parametrize("header", HEADERS)
def test_every_declared_function_is_in_the_runtime(header: str) -> None:
    assert set(functions(header)) - TRANSLATED - set(library_functions()) == set()


SCALARS = {
    "void": "()", "_Bool": "bool", "char": "u8", "signed char": "i8", "unsigned char": "u8", "short": "i16",
    "unsigned short": "u16", "int": "i32", "unsigned": "u32", "unsigned int": "u32", "long": "i64", "unsigned long": "u64",
    "long long": "i64", "unsigned long long": "u64", "long int": "i64", "unsigned long int": "u64", "float": "f32",
    "double": "f64", "long double": "f64",
    "float _Complex": "Complex<f32>", "double _Complex": "Complex<f64>", "long double _Complex": "Complex<f64>",
}  # fmt: skip
TAGS = {"_IO_FILE": "File", "__dirstream": "Dir", "__jmp_buf_tag": "JmpBuf", "option": "LongOption"}


def rust_type(node: c_ast.Node, typedefs: dict[str, c_ast.Node], pointed_to: bool = False) -> str:
    """The Rust type that the runtime's function must have for a C type."""
    match node:
        case c_ast.Decl() | c_ast.Typename():
            return rust_type(node.type, typedefs)
        case c_ast.PtrDecl() | c_ast.ArrayDecl():
            if isinstance(node.type, c_ast.FuncDecl):
                return "function"
            return f"Ptr<{rust_type(node.type, typedefs, True)}>"
        case c_ast.TypeDecl():
            return rust_type(node.type, typedefs, pointed_to)
        case c_ast.Struct():
            return TAGS.get(node.name) or "".join(part.capitalize() for part in node.name.split("_"))
        case c_ast.Enum():
            return "u32"
        case c_ast.IdentifierType(names=[name]) if name == "va_list":
            return "VaList"
        case c_ast.IdentifierType(names=[name]) if name in typedefs:
            type = typedefs[name]
            anonymous = isinstance(type, c_ast.TypeDecl) and isinstance(type.type, c_ast.Struct) and not type.type.name
            if anonymous:
                return "".join(part.capitalize() for part in name.split("_"))
            return rust_type(type, typedefs, pointed_to)
        case c_ast.IdentifierType(names=names):
            scalar = SCALARS[" ".join(names)]
            return (
                {"()": "Void", "f64": "LongDouble" if "long" in names else "f64"}.get(scalar, scalar)
                if pointed_to
                else scalar
            )
        case _:
            raise TypeError(node)


@pytest.mark.parametrize("header", HEADERS)
def test_the_runtime_has_the_types_of_the_prototypes(header: str) -> None:
    nodes = declarations(header)
    typedefs = {node.name: node.type for node in nodes if isinstance(node, c_ast.Typedef)}
    library = library_functions()
    wrong = []
    for symbol, node in functions(header).items():
        if symbol in TRANSLATED:
            continue
        listed = node.type.args.params if node.type.args else []
        variadic = any(isinstance(param, c_ast.EllipsisParam) for param in listed)
        params = [rust_type(param, typedefs) for param in listed if not isinstance(param, c_ast.EllipsisParam)]
        expected = ([] if params == ["()"] else params, rust_type(node.type.type, typedefs), variadic)
        ours = library[symbol]
        found = ["function" if "FnPtr" in type or i in ours.callbacks else type for i, type in enumerate(ours.params)]
        result = "()" if ours.diverges else "function" if "FnPtr" in ours.result else ours.result
        if expected != (found, result, ours.variadic):
            wrong.append((symbol, expected, (found, result, ours.variadic)))
    assert wrong == []


@pytest.mark.parametrize("header", HEADERS)
def test_library_names_are_what_the_headers_declare(header: str) -> None:
    names = library_names()
    nodes = declarations(header)
    declared = {node.name for node in nodes if isinstance(node, c_ast.Decl) and node.name is not None}
    assert declared - names.symbols == set()
    assert {name.removeprefix("struct ") for name, _ in layouts(nodes)} - names.types == set()
