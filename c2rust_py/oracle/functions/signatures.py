"""The Rust functions of a workspace as they stand in its text now, whoever wrote them: what is passed how."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from c2rust_py.infer.rust_signatures import closing_bracket, split_commas, strip_comments
from c2rust_py.oracle.functions.type_table import NotComparable


class Passing(Enum):
    """How a parameter is passed."""

    VALUE = "value"
    OBJECT = "object"
    SLICE = "slice"


@dataclass(frozen=True, slots=True)
class RustParam:
    """`mutable` is set behind `&mut` and for cells, `truth` for a `bool`, `position` for an index, `optional` for a reference
    that may be missing."""

    passing: Passing
    mutable: bool
    truth: bool = False
    position: bool = False
    cells: bool = False
    optional: bool = False

    @property
    def is_array(self) -> bool:
        """Whether others can be positions in it."""
        return self.passing is Passing.SLICE and not self.optional


@dataclass(frozen=True, slots=True)
class RustFunction:
    """A top-level function of a module. `context` is the type of its last parameter where that is the program's state,
    `result` the text of its result's type."""

    name: str
    params: tuple[RustParam, ...]
    context: str | None
    result: str | None


_HEAD = re.compile(r"^(?:pub(?:\([a-z]+\))? )?fn (?:r#)?(\w+)(?=[(<])", re.MULTILINE)
_CONTEXTS = {"&mut Memory": "memory", "&Memory": "memory", "&mut Globals": "globals", "&mut Context": "context"}


def read_functions(text: str) -> Mapping[str, RustFunction | str]:
    """The functions that begin in column 0, by name; for one that cannot be called, why."""
    text = strip_comments(text)
    found: dict[str, RustFunction | str] = {}
    for head in _HEAD.finditer(text):
        if text[head.end()] == "<":
            found[head[1]] = "the Rust is generic"
            continue
        end = closing_bracket(text, head.end())
        result = re.match(r"\s*->\s*([^{]*?)\s*(?:\{|where\b)", text[end + 1 :])
        inside = text[head.end() + 1 : end]
        try:
            found[head[1]] = _function(head[1], split_commas(" ".join(inside.split())), result and result[1])
        except NotComparable as reason:
            found[head[1]] = str(reason)
    return found


def _function(name: str, params: list[str], result: str | None) -> RustFunction:
    types = [param.split(":", 1)[1].strip() for param in params]
    types = [re.sub(r"\b(?:\w+::)+(?=(?:Memory|Globals|Context)$)", "", type) for type in types]
    for type in (*types, result or ""):
        if has_function(type) or has_unmade_names(type):
            raise NotComparable(f"inputs of the Rust type `{type}` are not made")
    context = _CONTEXTS.get(types[-1]) if types else None
    if context is not None:
        types.pop()
    return RustFunction(name, tuple(map(_param, types)), context, result)


def has_function(type: str) -> bool:
    """Whether a Rust type has functions in it: those in memory are numbers."""
    return re.search(r"\bfn\(", type) is not None and "Ptr<" not in type


def has_unmade_names(type: str) -> bool:
    """Whether a Rust type has an arena in it, or names of objects of one in a form that they are not made in."""
    return re.search(r"\bPool<|\b(?:Option|Vec|Box)<[^&]*\bId<", type) is not None


def _param(type: str) -> RustParam:
    option = re.fullmatch(r"Option<(&.*)>", type)
    if option is not None:
        inside = _param(option[1])
        if inside.cells:
            raise NotComparable(f"inputs of the Rust type `{type}` are not made")
        return replace(inside, optional=True)
    if type == "&[VaArg]":
        raise NotComparable("it takes variable arguments")
    reference = re.match(r"&(?:'\w+ )?(mut )?(.*)", type)
    if reference is None:
        if re.match(r"(?:Option|Box|Vec|VaList|impl)\b", type):
            raise NotComparable(f"inputs of the Rust type `{type}` are not made")
        return RustParam(Passing.VALUE, False, type == "bool", type in ("usize", "isize"))
    passing = Passing.SLICE if reference[2].startswith("[") and ";" not in _outer(reference[2]) else Passing.OBJECT
    cells = re.fullmatch(r"\[?(?:std::cell::)?Cell<(?:Id<)?[\w:]+>?>\]?", reference[2]) is not None
    if not cells and re.match(r"(?:Option|Box|Vec|\[*(?:std::cell::)?Cell)\b", reference[2]):
        raise NotComparable(f"inputs of the Rust type `{type}` are not made")
    return RustParam(passing, cells or reference[1] is not None, cells=cells)


def _outer(type: str) -> str:
    """The text in the outermost brackets, without what stands in inner ones."""
    inner = type[1:-1]
    while "[" in inner:
        start = inner.index("[")
        inner = inner[:start] + inner[closing_bracket(inner, start) + 1 :]
    return inner


def global_fields(context_text: str) -> Mapping[str, str]:
    """The fields of `Globals` with their types."""
    body = re.search(r"pub struct Globals \{(.*?)\n\}", context_text, re.DOTALL)
    if body is None:
        return {}
    return dict(re.findall(r"^\s*pub (?:r#)?(\w+): (.+),$", body[1], re.MULTILINE))


def struct_fields(text: str) -> Mapping[str, tuple[str, ...]]:
    """The types of the fields of each struct of a module, in order."""
    structs = re.findall(r"^pub struct (?:r#)?(\w+)(?:<[^>]*>)? \{(.*?)^\}", strip_comments(text), re.MULTILINE | re.DOTALL)
    return {name: tuple(re.findall(r"^\s*pub (?:r#)?\w+: (.+),$", body, re.MULTILINE)) for name, body in structs}


def without_layout(text: str) -> frozenset[str]:
    """The structs of a module that have no place in memory."""
    laid_out = re.findall(r"^(?:c2rs_rt::)?layout! \{ (?:r#)?(\w+):", text, re.MULTILINE)
    return frozenset(struct_fields(text)) - frozenset(laid_out)
