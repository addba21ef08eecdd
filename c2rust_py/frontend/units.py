"""From what the user names to the C files to translate, each with its flags (CLI.md, "Inputs")."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, Diagnostic, Span, error

DATABASE_NAME = "compile_commands.json"

_FLAGS_WITH_VALUE = ("-I", "-D", "-U", "-isystem", "-iquote", "-idirafter", "-include", "-imacros", "-isysroot")
_PLAIN_FLAGS = frozenset(
    {
        "-ansi", "-pthread", "-trigraphs", "-undef", "-nostdinc", "-fsigned-char", "-funsigned-char",
        "-fno-signed-char", "-fno-unsigned-char", "-fms-extensions", "-fplan9-extensions", "-fshort-enums", "-fwrapv",
        "-ffreestanding", "-fno-builtin", "-fcommon", "-fpack-struct",
    }
)  # fmt: skip
_DROPPED_WITH_VALUE = frozenset({"-o", "-MF", "-MT", "-MQ", "-Xlinker", "-Xassembler", "-Xpreprocessor", "-x", "-T"})
_DIRECTORY_FLAGS = ("-I", "-isystem", "-iquote", "-idirafter")


@dataclass(frozen=True, slots=True)
class Unit:
    """One translation unit.

    path: the C file as the compiler is told of it, so relative to `directory` unless absolute; `__FILE__` spells it so.
    flags: the flags that matter to what the C means, in order: include paths, macros, the language standard.
    directory: where the compiler runs.
    root: the project's folder; spans name files relative to it.
    output: the object file that the build makes of it, or None if that is not known.
    """

    path: str
    flags: tuple[str, ...]
    directory: Path
    root: Path
    output: str | None = None

    @property
    def file(self) -> Path:
        """Where the C file is."""
        return self.directory / self.path

    def display(self, filename: str) -> str:
        """How messages name a file that the compiler calls `filename`."""
        if filename.startswith("<"):
            return filename
        path = os.path.normpath(os.path.join(self.directory, filename))
        root = os.path.normpath(self.root)
        return os.path.relpath(path, root) if path.startswith(root.rstrip(os.sep) + os.sep) else path

    @property
    def name(self) -> str:
        """How messages name this unit."""
        return self.display(self.path)


def find_units(inputs: Sequence[Path], flags: Iterable[str] = ()) -> tuple[Unit, ...]:
    """The units of all inputs in order, each file once; `flags` are the user's, added to everyone's own.

    Raises CompileError with status 2 for an input that is missing, empty or malformed.
    """
    extra = tuple(_absolute_directories(relevant_flags(list(flags)), Path.cwd()))
    units: dict[Path, Unit] = {}
    for given in inputs:
        for unit in _units_of(given, extra):
            units.setdefault(Path(os.path.abspath(unit.file)), unit)
    return tuple(units.values())


def _units_of(given: Path, extra: tuple[str, ...]) -> list[Unit]:
    """The units that one input stands for."""
    if given.is_dir():
        if (given / DATABASE_NAME).is_file():
            return _units_of_database(given / DATABASE_NAME, extra)
        folder = given.absolute()
        files = sorted(_c_files(folder))
        if not files:
            raise _usage(error(Code.INPUT_EMPTY, f"{given} holds no .c file and no {DATABASE_NAME}"))
        return [Unit(str(file.relative_to(folder)), extra, folder, folder) for file in files]
    if not given.is_file():
        raise _usage(error(Code.INPUT_MISSING, f"{given} does not exist"))
    if given.suffix == ".json":
        return _units_of_database(given, extra)
    if given.suffix not in (".c", ".i"):
        raise _usage(error(Code.USAGE, f"{given} is neither a .c file, a folder nor a {DATABASE_NAME}"))
    directory = Path.cwd()
    return [Unit(str(given), extra, directory, given.absolute().parent if given.is_absolute() else directory)]


def _c_files(folder: Path) -> Iterable[Path]:
    """The .c files below `folder`, hidden folders left out."""
    for place, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            if name.endswith(".c") and not name.startswith("."):
                yield Path(place) / name


def _units_of_database(path: Path, extra: tuple[str, ...]) -> list[Unit]:
    """The C entries of a compile_commands.json (the JSON Compilation Database of Clang's documentation)."""
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as failure:
        raise _usage(error(Code.COMPILE_COMMANDS, f"{path} cannot be read: {failure}")) from None
    if not isinstance(entries, list):
        raise _usage(error(Code.COMPILE_COMMANDS, f"{path} is not a list of commands"))
    root = path.absolute().parent
    units = [_unit_of_entry(entry, root, path, extra) for entry in entries]
    found = [unit for unit in units if unit is not None]
    if not found:
        raise _usage(error(Code.INPUT_EMPTY, f"{path} names no C file"))
    return found


def _unit_of_entry(entry: Any, root: Path, database: Path, extra: tuple[str, ...]) -> Unit | None:
    """One entry's unit; None if it does not compile C."""
    try:
        file = str(entry["file"])
        directory = Path(root, str(entry.get("directory", ".")))
        words = entry["arguments"] if "arguments" in entry else shlex.split(entry["command"])
        arguments = [str(word) for word in words]
    except (KeyError, TypeError, ValueError, AttributeError):
        message = f"an entry lacks file, or arguments or command: {entry}"
        raise _usage(error(Code.COMPILE_COMMANDS, message, Span(str(database), 1))) from None
    if not file.endswith((".c", ".i")):
        return None
    output = entry.get("output")
    if output is None and "-o" in arguments[:-1]:
        output = arguments[arguments.index("-o") + 1]
    return Unit(file, tuple(relevant_flags(arguments[1:])) + extra, directory, root, output)


def relevant_flags(arguments: Sequence[str]) -> list[str]:
    """The arguments that change what the C means, each value joined to its flag or right after it.

    Optimisation, warning, debug, machine, link and dependency flags are left out: code takes its portable path.
    """
    flags: list[str] = []
    index = 0
    while index < len(arguments):
        argument = arguments[index]
        index += 1
        if argument in _FLAGS_WITH_VALUE and index < len(arguments):
            flags += [argument, arguments[index]]
            index += 1
        elif argument in _DROPPED_WITH_VALUE:
            index += 1
        elif argument in _PLAIN_FLAGS or argument.startswith(("-std=", *_FLAGS_WITH_VALUE)):
            flags.append(argument)
    return flags


def _absolute_directories(flags: Sequence[str], base: Path) -> Iterable[str]:
    """Flags from the command line name folders as seen from where the user stands, not from the unit's folder."""
    expects_directory = False
    for flag in flags:
        prefix = next((word for word in _DIRECTORY_FLAGS if flag.startswith(word) and flag != word), None)
        if expects_directory:
            yield _seen_from(flag, base)
        elif prefix is not None:
            yield prefix + _seen_from(flag.removeprefix(prefix), base)
        else:
            yield flag
        expects_directory = flag in _DIRECTORY_FLAGS


def _seen_from(directory: str, base: Path) -> str:
    """`directory` as an absolute path if it exists there; otherwise it may be meant relative to the unit."""
    return str(base / directory) if (base / directory).is_dir() else directory


def _usage(diagnostic: Diagnostic) -> CompileError:
    return CompileError(diagnostic, EXIT_USAGE)
