"""`c2rs.toml` and the environment: settings that a flag on the command line beats (flag > environment > file > default).

[translate]
ladder = "memory"            # C2RS_LADDER
flags = ["-Iinclude"]        # behind `--` on the command line; both are used
[diff]
timeout = 10                 # C2RS_TIMEOUT
[repair]
models = ["small@0.1/0.4", "large@2/8"]   # names, with prices of a million tokens in and out
base_url = "http://localhost:8080/v1"     # C2RS_BASE_URL
budget = { attempts = 50, money = 2.0, function-attempts = 6 }
[[case]]
name = "empty input"
args = ["-v"]
stdin = "text"
files = { "in.txt" = "text" }
[[wrapping]]                 # `c2rs diff` adds these: signed operators that overflow while the C goes on
place = "list.c:40"
operator = "+"
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, Span, error
from c2rust_py.overflow import OPERATORS, Overflow
from c2rust_py.project import SETTINGS

_KINDS: dict[str, dict[str, type]] = {
    "translate": {
        "ladder": str,
        "jobs": int,
        "filter": str,
        "keep_names": bool,
        "signed_overflow": str,
        "check": bool,
        "flags": list,
    },
    "diff": {"timeout": float, "stderr": bool, "sanitize": bool},
    "repair": {
        "models": list,
        "base_url": str,
        "timeout": float,
        "jobs": int,
        "answer_tokens": int,
        "budget": dict,
        "lift": bool,
        "functions": bool,
    },
}
_TOP = {*_KINDS, "case", "flags", "leaks", "sanitize", "wrapping"}


@dataclass(frozen=True, slots=True)
class Case:
    """One run of a program to compare: arguments, standard input, and files that are there before.

    With `close_stdout_after` the reader of stdout leaves after that many bytes.
    """

    name: str
    args: tuple[str, ...] = ()
    stdin: bytes = b""
    files: tuple[tuple[str, bytes], ...] = ()
    close_stdout_after: int | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """A settings file's contents, checked; missing values are absent."""

    translate: Mapping[str, Any] = field(default_factory=dict)
    diff: Mapping[str, Any] = field(default_factory=dict)
    repair: Mapping[str, Any] = field(default_factory=dict)
    flags: tuple[str, ...] = ()
    cases: tuple[Case, ...] = ()
    wrapping: tuple[Overflow, ...] = ()


def settings_path(input_path: Path) -> Path:
    """Where the settings of an input are, or would be."""
    return (input_path if input_path.is_dir() else input_path.parent) / SETTINGS


def read_settings(input_path: Path) -> Settings:
    """The `c2rs.toml` beside the input (in it, if it is a folder), overlaid with the environment."""
    path = settings_path(input_path)
    if not path.is_file():
        return Settings(_environment("translate"), _environment("diff"), _environment("repair"))
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as problem:
        raise settings_error(path, str(problem)) from None
    if unknown := sorted(set(data) - _TOP):
        raise settings_error(path, f"unknown setting `{unknown[0]}`")
    tables = {name: _checked(path, name, data.get(name, {})) for name in _KINDS}
    flags = _strings(path, "flags", data.get("flags", [])) + _strings(
        path, "flags", tables["translate"].pop("flags", [])
    )
    cases, wrapping = data.get("case", []), data.get("wrapping", [])
    if not isinstance(cases, list):
        raise settings_error(path, "`case` is a list of tables: [[case]]")
    if not isinstance(wrapping, list):
        raise settings_error(path, "`wrapping` is a list of tables: [[wrapping]]")
    return Settings(
        {**tables["translate"], **_environment("translate")},
        {**tables["diff"], **_environment("diff")},
        {**tables["repair"], **_environment("repair")},
        flags,
        tuple(_case(path, table) for table in cases),
        tuple(_overflow(path, table) for table in wrapping),
    )


def settings_error(path: Path, message: str) -> CompileError:
    """A fault in a settings file, as the user sees it."""
    return CompileError(error(Code.USAGE, message, Span(str(path), 1)), EXIT_USAGE)


def _checked(path: Path, name: str, table: object) -> dict[str, Any]:
    """A table whose keys are known and whose values have their kinds."""
    if not isinstance(table, dict):
        raise settings_error(path, f"`{name}` is a table: [{name}]")
    for key, value in table.items():
        kind = _KINDS[name].get(key)
        if kind is None:
            raise settings_error(path, f"unknown setting `{name}.{key}`")
        number = kind is float and isinstance(value, int) and not isinstance(value, bool)
        if not number and type(value) is not kind:
            raise settings_error(path, f"`{name}.{key}` is {_word(kind)}, not {value!r}")
    return dict(table)


def _word(kind: type) -> str:
    words = {str: "text", int: "a whole number", float: "a number", bool: "true or false", list: "a list", dict: "a table"}
    return words[kind]


def _environment(name: str) -> dict[str, Any]:
    """The settings that `C2RS_<NAME>` variables give."""
    values: dict[str, Any] = {}
    for key, kind in _KINDS[name].items():
        text = os.environ.get(f"C2RS_{key.upper()}")
        if text is None or kind in (list, dict):
            continue
        try:
            values[key] = text.lower() in ("1", "true", "yes", "on") if kind is bool else kind(text)
        except ValueError:
            message = f"C2RS_{key.upper()} is {_word(kind)}, not {text!r}"
            raise CompileError(error(Code.USAGE, message), EXIT_USAGE) from None
    return values


def _case(path: Path, table: object) -> Case:
    if not isinstance(table, dict) or not isinstance(table.get("name"), str):
        raise settings_error(path, "a [[case]] needs a `name`")
    name = table["name"]
    if unknown := sorted(set(table) - {"name", "args", "stdin", "files", "close_stdout_after"}):
        raise settings_error(path, f"case `{name}`: unknown setting `{unknown[0]}`")
    files, stdin, limit = table.get("files", {}), table.get("stdin", ""), table.get("close_stdout_after")
    if not isinstance(files, dict) or not all(isinstance(text, str) for text in files.values()):
        raise settings_error(path, f"case `{name}`: `files` is a table of texts by name")
    if not isinstance(stdin, str) or not (limit is None or type(limit) is int):
        raise settings_error(path, f"case `{name}`: `stdin` is text and `close_stdout_after` a whole number")
    contents = tuple((file, text.encode()) for file, text in sorted(files.items()))
    return Case(name, _strings(path, "args", table.get("args", [])), stdin.encode(), contents, limit)


def _overflow(path: Path, table: object) -> Overflow:
    if not isinstance(table, dict) or set(table) != {"place", "operator"}:
        raise settings_error(path, "a [[wrapping]] has a `place` and an `operator`")
    file, _, line = str(table["place"]).rpartition(":")
    if not file or not line.isdecimal() or table["operator"] not in OPERATORS.values():
        raise settings_error(path, 'a [[wrapping]] is as `place = "list.c:40"`, `operator = "+"`, `"-"` or `"*"`')
    return Overflow(file, int(line), table["operator"])


def _strings(path: Path, name: str, value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise settings_error(path, f"`{name}` is a list of texts")
    return tuple(value)
