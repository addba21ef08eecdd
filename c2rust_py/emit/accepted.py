"""Bodies that passed the gates of `c2rs repair`, as `OUT/.c2rs/repair/accepted/` keeps them, and how they get into crates.

    fn swap(_x: u32) -> u32 { unimplemented!("c2rs: …") }    ->    fn swap(x: u32) -> u32 { x.swap_bytes() }

A body is put in again by every later translation, as long as its key holds: a digest of the function's IR (for a stub, of
its syntax tree with macros expanded), of its Rust header, and of the declarations in the crate that the body names. What
has another key is left out and named; `c2rs repair` offers it to the gates again before it asks a model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from hashlib import sha256
from pathlib import Path

from c2rust_py.emit.manifest import replace_file
from c2rust_py.ir.nodes import UnsupportedStatement
from c2rust_py.ir.printer import print_function
from c2rust_py.ir.program import Function
from c2rust_py.lift.lending import Lent, Signature
from c2rust_py.options import Rung
from c2rust_py.rust_ir import nodes as rs
from c2rust_py.rust_ir.printer import print_items, print_type

VERSION = 1

_CONTEXTS = frozenset({"Memory", "Globals", "Context"})

_WORD = re.compile(r"[A-Za-z_]\w*")
_PADDED = re.compile(r"^_(?=[a-z])")


@dataclass(frozen=True, slots=True)
class Body:
    """The text between a function's braces, and which of its parameters it changes in place."""

    text: str
    mutable: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Accepted:
    """A body with the function that it is for. `origin` says who wrote it, `evidence` what it was compared by, `signature` which
    parameters are references because it asked for that."""

    crate: str
    symbol: str
    key: str
    body: Body
    origin: str
    attempts: int
    evidence: str
    signature: Signature = ()

    @property
    def id(self) -> tuple[str, str]:
        return self.crate, self.symbol


def accepted_folder(state_dir: Path) -> Path:
    return state_dir / "repair" / "accepted"


def read_accepted(state_dir: Path) -> tuple[Accepted, ...]:
    """All accepted bodies of an output folder, in a fixed order; a file that is no such record is not one of ours."""
    found: list[Accepted] = []
    for file in sorted(accepted_folder(state_dir).glob("*.json")):
        try:
            data = json.loads(file.read_text(encoding="utf-8"))
            if data.pop("version") != VERSION:
                continue
            body = data.pop("body")
            signature = tuple(Lent(**lent) for lent in data.pop("signature", ()))
            found.append(Accepted(**data, body=Body(body["text"], tuple(body["mutable"])), signature=signature))
        except (OSError, ValueError, KeyError, TypeError):
            continue
    return tuple(found)


def forget_accepted(state_dir: Path) -> None:
    """Removes all bodies from an output folder."""
    for file in accepted_folder(state_dir).glob("*.json"):
        file.unlink()


def keep_accepted(state_dir: Path, accepted: Accepted) -> None:
    """Stores one body, in one step."""
    name = sha256(f"{accepted.crate}\0{accepted.symbol}".encode()).hexdigest()[:16]
    data = {"version": VERSION, **asdict(accepted)}
    replace_file(accepted_folder(state_dir) / f"{name}.json", (json.dumps(data, indent=1) + "\n").encode())


def splice_bodies(crate: rs.Crate, bodies: Mapping[str, Body]) -> rs.Crate:
    """The crate with these bodies, by `module::function`."""
    modules = tuple(
        replace(module, items=tuple(_spliced(item, bodies.get(f"{module.name}::{_name(item)}")) for item in module.items))
        if any(path.startswith(f"{module.name}::") for path in bodies)
        else module
        for module in crate.modules
    )
    return replace(crate, modules=modules)


def body_key(function: Function, crate: rs.Crate, rust_path: str, body: Body) -> str:
    """What has to stay the same for the body to hold."""
    module = next(module for module in crate.modules if module.name == rust_path.split("::")[0])
    words = set(_WORD.findall(body.text))
    if "cx" in words or "globals" in words:
        words |= {"Globals", "Context"}
    parts = [_c_text(function), function_header(crate, rust_path)]
    parts += [use for use in module.uses if use.split("::")[-1] in words]
    parts += sorted(text for part in crate.modules for text in _declarations(part, words))
    return sha256("\0".join(parts).encode()).hexdigest()


def function_item(crate: rs.Crate, rust_path: str) -> rs.FunctionItem:
    """The function at `module::function`."""
    module_name, _, name = rust_path.rpartition("::")
    module = next(module for module in crate.modules if module.name == module_name)
    return next(item for item in module.items if isinstance(item, rs.FunctionItem) and item.name == name)


def function_header(crate: rs.Crate, rust_path: str) -> str:
    """The function's signature on one line, its parameters under the names that a body can use."""
    return header_text(_open(function_item(crate, rust_path)))


def header_text(item: rs.FunctionItem) -> str:
    """A function's signature on one line, without documentation and attributes."""
    params = tuple(replace(param, mutable=False) for param in item.params)
    bare = replace(item, body=rs.Block(()), doc=None, attributes=(), params=params)
    return " ".join(print_items((bare,)).text.split()).removesuffix("{}").rstrip().removesuffix("{ }").rstrip()


def body_rung(crate: rs.Crate, rust_path: str, body: Body) -> Rung:
    """The rung of a function with such a body: that of the pointers that it or its signature names."""
    header = function_header(crate, rust_path)
    if re.search(r"\bPtr\b", f"{header} {body.text}") or re.search(r"\bmem\s*\.", body.text):
        return Rung.MEMORY
    params = function_item(crate, rust_path).params
    types = (print_type(param.type).removeprefix("Option<") for param in params)
    borrowed = any(text.startswith("&") and text.removeprefix("&").removeprefix("mut ") not in _CONTEXTS for text in types)
    return Rung.BORROWED if borrowed else Rung.OWNED


def _c_text(function: Function) -> str:
    """What tells one C text of a function from another; where it stands does not count."""
    stubs = [s for s in function.body if isinstance(s, UnsupportedStatement)]
    return stubs[0].fingerprint or stubs[0].reason if stubs else print_function(function)


def _declarations(module: rs.Module, words: set[str]) -> Iterator[str]:
    """The declarations of a module under one of these names; of functions, the header."""
    for item in module.items:
        if _name(item) in words and not isinstance(item, rs.ImplItem):
            text = header_text(_open(item)) if isinstance(item, rs.FunctionItem) else print_items((item,)).text
            yield f"{module.name}: {text}"


def _name(item: rs.Item) -> str:
    return item.target if isinstance(item, rs.ImplItem) else item.name


def _spliced(item: rs.Item, body: Body | None) -> rs.Item:
    if body is None or not isinstance(item, rs.FunctionItem):
        return item
    opened = _open(item)
    params = tuple(replace(param, mutable=param.name in body.mutable) for param in opened.params)
    return replace(opened, params=params, body=rs.Block((), rs.Verbatim(body.text)))


def _open(item: rs.FunctionItem) -> rs.FunctionItem:
    """The function with parameters that a body can use: a stub's have an underscore in front, since it uses none."""
    names = [_PADDED.sub("", param.name) for param in item.params]
    if len(set(names)) < len(names):
        return item
    return replace(item, params=tuple(replace(p, name=name) for p, name in zip(item.params, names, strict=True)))
