"""The files of a workspace: crates of the Rust AST rendered through the templates, formatted, with their place maps."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from c2rust_py.diagnostics import Code, CompileError, Sink, Span, error
from c2rust_py.emit.imports import group_imports
from c2rust_py.emit.lints import allowed_lints
from c2rust_py.emit.manifest import digest
from c2rust_py.emit.place_map import AlignmentError, Place, place_map
from c2rust_py.emit.runtime import RUNTIME, vendor_runtime
from c2rust_py.emit.rustfmt import SETTINGS, format_rust
from c2rust_py.emit.set_aside_deep import put_back, set_aside_deep
from c2rust_py.emit.templates import EXIT_DEFECT, render
from c2rust_py.rust_ir.nodes import Crate, Module, Program
from c2rust_py.rust_ir.printer import doc_lines, print_items


@dataclass(frozen=True, slots=True)
class Workspace:
    """Texts by path relative to OUT, and per Rust file the C place of its lines."""

    files: dict[str, str]
    places: dict[str, tuple[Place, ...]]

    def c_place(self, path: str, line: int) -> Span | None:
        """The C place that a line of Rust comes from."""
        places = self.places.get(path, ())
        index = bisect_right([place.rust_line for place in places], line) - 1
        return Span(places[index].file, places[index].line) if index >= 0 else None


@dataclass(frozen=True, slots=True)
class _Rendered:
    """A file before formatting, with the marks of its text, and what was set aside from formatting."""

    text: str
    marks: tuple[tuple[int, Span], ...]
    aside: tuple[str, ...] = ()


def render_workspace(crates: Sequence[Crate], sink: Sink) -> Workspace:
    """Everything that a run writes for `crates`. The same crates give the same bytes."""
    rendered = {path: file for crate in crates for path, file in _render_crate(crate).items()}
    roots = [f"{_folder(crate)}/src/lib.rs" for crate in crates]
    roots += [_program_path(crate, program) for crate in crates for program in crate.binaries]
    files = format_rust({path: file.text for path, file in rendered.items()}, roots, sink)
    found = {path: _places(path, file, files[path]) for path, file in rendered.items() if file.marks}
    places = {path: table for path, table in found.items() if table}
    files |= {path: put_back(files[path], file.aside) for path, file in rendered.items()}
    for crate in crates:
        if crate.binaries:
            files[f"{_folder(crate)}/src/places.rs"] = _render_places(crate, places)
    runtime = vendor_runtime(files.values())
    for crate in crates:
        files[f"{_folder(crate)}/Cargo.toml"] = render("crate/package.toml.j2", name=crate.name, runtime=bool(runtime))
    files |= {f"crates/c2rs-rt/{path}": text for path, text in runtime.items()}
    if runtime:
        files["crates/c2rs-rt/Cargo.toml"] = render("crate/runtime.toml.j2", version=_vendored_version(runtime))
    members = sorted([_folder(crate) for crate in crates] + (["crates/c2rs-rt"] if runtime else []))
    files[".cargo/config.toml"] = render("crate/config.toml.j2")
    files["rustfmt.toml"] = SETTINGS
    files["Cargo.toml"] = render("crate/workspace.toml.j2", members=members)
    return Workspace(dict(sorted(files.items())), places)


def module_path(crate: Crate, module: Module) -> str:
    """Where the file of a module is, relative to OUT."""
    return f"{_folder(crate)}/src/{module.name}.rs"


def _program_path(crate: Crate, program: Program) -> str:
    return f"{_folder(crate)}/src/bin/{program.name}.rs"


def _folder(crate: Crate) -> str:
    return f"crates/{crate.name}"


def _render_crate(crate: Crate) -> dict[str, _Rendered]:
    """The files that rustfmt formats: `lib.rs`, modules, programs."""
    files = {f"{_folder(crate)}/src/lib.rs": _Rendered(_render_root(crate), ())}
    for module in crate.modules:
        files[module_path(crate, module)] = _render_items("crate/module.rs.j2", module)
    for program in crate.binaries:
        files[_program_path(crate, program)] = _render_items("crate/bin.rs.j2", program)
    return files


def _render_root(crate: Crate) -> str:
    modules = sorted(module.name for module in crate.modules)
    doc = doc_lines(f"The C program `{crate.name}`, translated by c2rs.", "//!")
    return render("crate/lib.rs.j2", doc=doc, allow=allowed_lints(crate), modules=modules, places=bool(crate.binaries))


def _render_items(template: str, source: Module | Program) -> _Rendered:
    items, aside = set_aside_deep(source.items)
    printed = print_items(items)
    doc = doc_lines(source.doc if isinstance(source, Module) else f"The program `{source.name}`.", "//!")
    text = render(template, doc=doc, uses=group_imports(source.uses), body=printed.text)
    start = len(text) - len(printed.text)
    assert text.endswith(printed.text), "the items end the file"
    return _Rendered(text, tuple((start + offset, span) for offset, span in printed.marks), aside)


def _places(path: str, file: _Rendered, formatted: str) -> tuple[Place, ...]:
    try:
        return place_map(file.text, file.marks, formatted)
    except AlignmentError as problem:
        raise CompileError(
            error(Code.INTERNAL, f"{path} changed while it was formatted: {problem}"), EXIT_DEFECT
        ) from None


def _render_places(crate: Crate, places: Mapping[str, tuple[Place, ...]]) -> str:
    prefix = f"{_folder(crate)}/"
    tables = [
        {
            "path": path.removeprefix(prefix),
            "lines": ", ".join(f"({place.rust_line}, {_quoted(place.file)}, {place.line})" for place in table),
        }
        for path, table in sorted(places.items())
        if path.startswith(prefix)
    ]
    return render("crate/places.rs.j2", files=tables)


def _quoted(text: str) -> str:
    """A Rust string literal."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _vendored_version(runtime: Mapping[str, str]) -> str:
    """The runtime's version with a digest of the part of it that is here: where workspaces share a target folder, cargo
    tells packages apart by version, and may take an older workspace's part for this one's."""
    texts = "".join(f"{path}\0{text}\0" for path, text in sorted(runtime.items()))
    return f"{_runtime_version()}+{digest(texts.encode())[:8]}"


@cache
def _runtime_version() -> str:
    manifest = tomllib.loads((RUNTIME / "Cargo.toml").read_text(encoding="utf-8"))
    return str(manifest["package"]["version"])
