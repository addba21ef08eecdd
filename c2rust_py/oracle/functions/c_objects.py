"""The C of a linked group as objects whose every symbol is visible, and clashes with none of the process that links them.

Functions and variables with internal linkage become global (`c2rs_u0_helper`, by the number of the unit), the others
`c2rs_g_name`; what ends the process or allocates goes to the hooks of the harness. Static data goes to a section of its
own, so that it can be put back between two inputs. Nothing of the C text changes.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from c2rust_py.diagnostics import EXIT_TOOL_MISSING, Code, CompileError, error
from c2rust_py.oracle.build import CSource, run_compiler

_BASE = ("-ffp-contract=off", "-w", "-fno-common", "-fPIE", "-fno-ipa-sra", "-fno-ipa-cp", "-fno-lto")
_KEEP = ("-fkeep-static-functions", "-fkeep-inline-functions")
PLAIN = ("-O1", "-fwrapv", "-fno-strict-aliasing", *_BASE, *_KEEP)
"""How the side that is compared is built. What the standard leaves undefined is left as the machine does it, so that fewer
inputs have to be judged."""
JUDGED = (
    "-O0",
    "-g",
    "-fno-omit-frame-pointer",
    "-fsanitize=address,undefined,float-cast-overflow,pointer-compare,pointer-subtract",
    "-fno-sanitize=vptr",
    "--coverage",
    "-fdata-sections",
    *_BASE,
    *_KEEP,
)
"""How the side is built that says which inputs are defined, and how much of the C they reach. Not optimised: what has no
effect may be undefined, too."""

_HOOKED = ("abort", "malloc", "calloc", "realloc", "reallocarray", "free", "strdup", "strndup")
_HOOKS = {
    "exit": "c2rs_exit",
    **{name: "c2rs_exit_at_once" for name in ("_exit", "_Exit", "quick_exit")},
    **{name: f"c2rs_{name}" for name in _HOOKED},
    "__assert_fail": "c2rs_assert_fail",
    "__strdup": "c2rs_strdup",
    "__strndup": "c2rs_strndup",
}
_CHECKED = (
    "memcpy memmove memset memcmp memchr strlen strnlen strcpy strncpy strcat strncat strcmp strncmp strchr strrchr"
)
_RELATED = {f"__sanitizer_{name}": f"c2rs_{name}" for name in ("ptr_cmp", "ptr_sub")}
_JUDGED_HOOKS = {**_HOOKS, **_RELATED, **{name: f"c2rs_{name}" for name in _CHECKED.split()}}
"""What the judged C calls looks at memory before it does, and at pointers that are compared (`c/checked.c`)."""
_DATA = re.compile(r"\.(?:data|bss)(?:\.|$)(?!rel\.ro)")
_COUNTERS = re.compile(r"\.bss\.__gcov\d?")


@dataclass(frozen=True, slots=True)
class CObjects:
    """The objects, in the order of their units, and the names that they define."""

    files: tuple[Path, ...]
    symbols: frozenset[str]


def link_name(unit: int, name: str, static: bool) -> str:
    """What the symbol of a C name is called."""
    return f"c2rs_u{unit}_{name}" if static else f"c2rs_g_{name}"


def build_objects(sources: Sequence[CSource], folder: Path, mode: Sequence[str]) -> CObjects:
    """Compiles each unit into `folder`. Raises CompileError where gcc refuses it."""
    folder.mkdir(parents=True, exist_ok=True)
    files = tuple(folder.resolve() / f"u{number}.o" for number in range(len(sources)))
    for file, source in zip(files, sources, strict=True):
        run_compiler("gcc", [*source.flags, *mode, "-c", source.path, "-o", str(file)], source.directory)
    tables = [_symbols(file) for file in files]
    public = {name for table in tables for name, kind in table.items() if kind.isupper() and kind != "U"}
    defined: set[str] = set()
    for number, (file, table) in enumerate(zip(files, tables, strict=True)):
        defined |= _rename(file, number, table, public, _JUDGED_HOOKS if mode == JUDGED else _HOOKS)
    return CObjects(files, frozenset(defined))


def static_local(objects: CObjects, unit: int, name: str) -> str | None:
    """The symbol of a static local, which gcc numbers; None where there are several of that name, or none."""
    found = [one for one in objects.symbols if re.fullmatch(rf"c2rs_u{unit}_{re.escape(name)}\.\d+", one)]
    return found[0] if len(found) == 1 else None


def _symbols(file: Path) -> dict[str, str]:
    """Kind (as `nm` says) of each symbol; the last of several local ones of one name."""
    found: dict[str, str] = {}
    for line in _tool(["nm", str(file)]).splitlines():
        *_, kind, name = line.split()
        found[name] = kind
    return found


def _rename(
    file: Path, unit: int, table: dict[str, str], public: set[str], hooks: Mapping[str, str]
) -> set[str]:
    """Renames in one object; the names that it defines now."""
    renamed: dict[str, str] = {}
    local: list[str] = []
    for name, kind in table.items():
        if name.startswith(("__gcov", "__asan", "__odr_asan", "__ubsan", "_GLOBAL_", "_sub_")):
            continue
        if kind in "Uw":
            renamed |= {name: f"c2rs_g_{name}"} if name in public else {n: h for n, h in hooks.items() if n == name}
        elif kind in "tdbr" and re.fullmatch(r"[\w.$]+", name) and not name.startswith((".", "*")):
            renamed[name] = link_name(unit, name, True)
            local.append(renamed[name])
        elif kind.isupper() or kind in "vV":
            renamed[name] = link_name(unit, name, False)
    arguments = []
    if renamed:
        names = file.with_suffix(".names")
        names.write_text("".join(f"{old} {new}\n" for old, new in renamed.items()))
        arguments.append(f"--redefine-syms={names}")
    if local:
        made_global = file.with_suffix(".globals")
        made_global.write_text("".join(f"{name}\n" for name in local))
        arguments.append(f"--globalize-symbols={made_global}")
    _tool(["objcopy", *arguments, *_section_arguments(file), str(file)])
    return {renamed[name] for name, kind in table.items() if name in renamed and kind not in "Uw"}


def _section_arguments(file: Path) -> Iterable[str]:
    """Static data to `c2rs_data`, the counters of gcov to `c2rs_gcov`."""
    flags = "alloc,load,data,contents"
    for line in _tool(["objdump", "-h", "-w", str(file)]).splitlines():
        words = line.split()
        if len(words) < 2 or not words[0].isdigit():
            continue
        if _COUNTERS.match(words[1]):
            yield f"--rename-section={words[1]}=c2rs_gcov,{flags}"
        elif _DATA.match(words[1]):
            yield f"--rename-section={words[1]}=c2rs_data,{flags}"


def _tool(command: list[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        hint = "apt-get install binutils"
        message = f"{command[0]} is not installed"
        raise CompileError(error(Code.TOOL_MISSING, message, hint=hint), EXIT_TOOL_MISSING) from None
    if done.returncode != 0:
        raise CompileError(error(Code.SYNTAX, f"{command[0]} fails: {done.stderr.strip()[:200]}"), EXIT_TOOL_MISSING)
    return done.stdout
