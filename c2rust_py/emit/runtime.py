"""The part of the runtime crate that a workspace needs, as files to write.

A module is needed if the generated code names it (`c2rs_rt::stdio::...`) or a needed module does (`crate::...`,
`super::...`, a `#[macro_export]` macro). Modules are the runtime's top-level ones; each comes whole, without its tests.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

RUNTIME = Path(__file__).resolve().parents[2] / "cargo_harness" / "runtime"

_PATH_HEAD = re.compile(r"\b(c2rs_rt|crate|super)::(?=[\w{])")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*")
_EXPORTED_MACRO = re.compile(r"#\[macro_export\][^\n]*\n(?:#\[[^\n]*\n|///[^\n]*\n)*macro_rules! (\w+)")
_ROOT_MODULE = re.compile(r"^(?:pub(?:\([^)]*\))? )?mod (\w+);", re.MULTILINE)
_ROOT_USE = re.compile(r"^pub use (?:crate::)?(\w+)::([^;]+);", re.MULTILINE)
_ROOT_ITEM = re.compile(
    r"(?:^(?://[/ ][^\n]*|#\[[^\n]*\])\n)*^(?:pub(?:\([^)]*\))? )?(?:mod|use) [^;]*;\n", re.MULTILINE
)
_FORBID = "#![forbid(unsafe_code)]\n"
_COMMENT_LINE = re.compile(r"^[ ]*//[^\n]*\n", re.MULTILINE)
_TEST_FILE = re.compile(r"^#\[cfg\(test\)\]\nmod (\w+);\n", re.MULTILINE)
_TEST_BLOCK = re.compile(r"^#\[cfg\(test\)\]\nmod \w+ \{\n.*?^\}\n", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class RuntimeModule:
    """A top-level module: its files (relative to `src/`) without tests, and the modules that they name."""

    name: str
    files: tuple[tuple[str, str], ...]
    needs: frozenset[str]


@dataclass(frozen=True, slots=True)
class Runtime:
    """The runtime's source: `lib.rs`, modules by name, and the module of each name that the crate root re-exports."""

    root: str
    modules: dict[str, RuntimeModule]
    exports: dict[str, str]


def vendor_runtime(generated: Iterable[str], source: Path = RUNTIME) -> dict[str, str]:
    """The files of `c2rs-rt`, by path in that crate, that the `generated` Rust texts need; none if they name nothing."""
    runtime = read_runtime(source)
    wanted = {name for text in generated for name in _named_modules(text, runtime, ("c2rs_rt",))}
    if not wanted:
        return {}
    needed = _reachable(wanted, runtime)
    files = {"src/lib.rs": _root_with(runtime, needed)}
    for name in sorted(needed):
        files |= {f"src/{path}": text for path, text in runtime.modules[name].files}
    settings = source / "rustfmt.toml"
    if settings.exists():
        files["rustfmt.toml"] = settings.read_text(encoding="utf-8")
    return files


@cache
def read_runtime(source: Path = RUNTIME) -> Runtime:
    """Reads the runtime's sources once."""
    folder = source / "src"
    root = (folder / "lib.rs").read_text(encoding="utf-8")
    names = _ROOT_MODULE.findall(root)
    texts = {name: tuple(_module_files(folder, name)) for name in names}
    exports = {name: name for name in names}
    for module, tree in _ROOT_USE.findall(root):
        exports |= {item: module for item in _IDENTIFIER.findall(tree)}
    for name, files in texts.items():
        exports |= {macro: name for _, text in files for macro in _EXPORTED_MACRO.findall(text)}
    exports |= {macro: "" for macro in _EXPORTED_MACRO.findall(root)}
    shell = Runtime(root, {}, exports)
    heads = ("crate", "super", "c2rs_rt")
    modules = {
        name: RuntimeModule(
            name, files, frozenset(m for _, text in files for m in _named_modules(text, shell, heads)) - {name}
        )
        for name, files in texts.items()
    }
    return Runtime(root, modules, exports)


def _module_files(folder: Path, name: str) -> Iterator[tuple[str, str]]:
    """The files of one module without its tests, in path order."""
    single = folder / f"{name}.rs"
    paths = [single] if single.exists() else []
    paths += sorted((folder / name).rglob("*.rs"))
    tests: set[Path] = set()
    found: list[tuple[Path, str]] = []
    for path in paths:
        text = path.read_text(encoding="utf-8")
        inside = path.parent if path.name == "mod.rs" else path.with_suffix("")
        tests |= {inside / f"{test}.rs" for test in _TEST_FILE.findall(text)}
        found.append((path, without_tests(text)))
    yield from ((path.relative_to(folder).as_posix(), text) for path, text in found if path not in tests)


def without_tests(text: str) -> str:
    """The module without its `#[cfg(test)]` modules."""
    return re.sub(r"\n+\Z", "\n", _TEST_BLOCK.sub("", _TEST_FILE.sub("", text)))


def _named_modules(text: str, runtime: Runtime, heads: tuple[str, ...]) -> Iterator[str]:
    """The root modules that paths in `text` starting with one of `heads` lead to.

    `super` may mean another module than the root; its names then are of that module, and a false match only brings
    along a module that is not needed.
    """
    code = _COMMENT_LINE.sub("", text)
    for match in _PATH_HEAD.finditer(code):
        if match.group(1) in heads:
            for name in _first_names(code, match.end()):
                if module := runtime.exports.get(name):
                    yield module


def _first_names(text: str, start: int) -> Iterator[str]:
    """What stands at `start`: an identifier, or the first identifiers of each branch of a `{...}`."""
    if text[start] != "{":
        if match := _IDENTIFIER.match(text, start):
            yield match.group()
        return
    depth, expecting, position = 0, False, start
    while position < len(text):
        char = text[position]
        if char in "{}":
            depth += 1 if char == "{" else -1
            expecting = depth == 1 and char == "{"
            if depth == 0:
                return
        elif char == "," and depth == 1:
            expecting = True
        elif expecting and (match := _IDENTIFIER.match(text, position)):
            yield match.group()
            expecting, position = False, match.end()
            continue
        position += 1


def _reachable(wanted: set[str], runtime: Runtime) -> set[str]:
    """`wanted` and all that it needs."""
    needed: set[str] = set()
    work = sorted(wanted)
    while work:
        name = work.pop()
        if name not in needed:
            needed.add(name)
            work.extend(runtime.modules[name].needs)
    return needed


def _root_with(runtime: Runtime, needed: set[str]) -> str:
    """`lib.rs` with the `mod` and `use` items of the needed modules alone."""

    def keep(item: re.Match[str]) -> str:
        text = item.group()
        named = _ROOT_MODULE.search(text) or _ROOT_USE.search(text)
        return text if named is None or named.group(1) in needed else ""

    root = re.sub(r"\n{3,}", "\n\n", _ROOT_ITEM.sub(keep, without_tests(runtime.root)))
    return root.replace(
        _FORBID, f"{_FORBID}// What only a module that is left out calls is still here.\n#![allow(dead_code)]\n", 1
    )
