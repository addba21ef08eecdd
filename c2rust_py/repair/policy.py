"""The second gate: an answer does nothing that its C does not do, and stays within safe Rust and its own body.

Everything is decided on tokens, which macros cannot hide; comments and literals are none. Each refusal has a name that
reports count by and that tests ask for. What is not known to be harmless is refused: modules of std, macros, attributes.
"""

from __future__ import annotations

from collections.abc import Sequence

from tree_sitter import Node

from c2rust_py.infer.library import library_functions
from c2rust_py.repair.access import SPOKEN, Access, families
from c2rust_py.repair.answers import Candidate, Refused
from c2rust_py.repair.calls import check_calls
from c2rust_py.repair.rust_syntax import Token, follows_colons, is_member, node_text, token_text, walk_tree
from c2rust_py.rust_keywords import KEYWORDS

_LONGEST = 200_000
"""Characters of a body."""

_KEYWORDS = {
    "unsafe": "`unsafe` is not taken anywhere",
    "extern": "`extern` is not taken anywhere",
    "static": "a `static` outlives the call; state of the program is in `globals`",
    "mod": "a module is not taken: the answer is one function",
    "macro_rules": "macros are not defined in answers",
    "async": "nothing here runs `async` code",
}
_STD_ROOTS = frozenset({"std", "core", "alloc"})
_STD_MODULES = frozenset(
    ["array", "ascii", "borrow", "bool", "boxed", "cell", "char", "clone", "cmp", "collections", "convert", "default", "error", "f32", "f64", "fmt", "i128", "i16", "i32", "i64", "i8", "isize", "iter", "marker", "mem", "num", "ops", "option", "primitive", "rc", "result", "slice", "str", "string", "sync", "thread", "time", "u128", "u16", "u32", "u64", "u8", "usize", "vec"]
)
_NO_PATH = KEYWORDS - {"crate", "self", "super", "Self"}
"""Words that no path goes on from."""
_STD_REFUSED = {
    "process": "the process", "fs": "files", "net": "the network", "env": "the environment", "os": "the system",
    "io": "files and streams past the program's own", "ffi": "foreign functions", "arch": "machine instructions",
    "ptr": "raw pointers", "intrinsics": "intrinsics", "path": "files", "panic": "panics, and the places that functions are called from",
}  # fmt: skip
_STD_ITEMS = {
    "HashMap": "order",
    "HashSet": "order", "RandomState": "order", "transmute": "unsafe", "MaybeUninit": "unsafe", "UnsafeCell": "unsafe",
}  # fmt: skip
_MACROS = frozenset(
    ["assert", "assert_eq", "assert_ne", "format", "matches", "panic", "unreachable", "vec"]
)
_RUNTIME_MACROS = frozenset({"print", "println", "eprint", "eprintln", "printf", "fprintf"})
_NAMED_ITEMS = frozenset(
    ["function_item", "function_signature_item", "struct_item", "enum_item", "enum_variant", "const_item", "type_item", "trait_item", "associated_type"]
)
"""What gives a name a meaning in a body, beside variables and imports."""
_ATTRIBUTES = frozenset({"inline", "cold", "must_use"})
_DERIVES = frozenset({"Clone", "Copy", "Debug", "Default", "PartialEq", "Eq", "PartialOrd", "Ord", "Hash"})


def check_policy(candidate: Candidate, access: Access) -> None:
    """Raises Refused for the first thing that is not taken."""
    tokens = candidate.tokens
    if len(candidate.body.text) > _LONGEST:
        raise Refused("size", f"the body has more than {_LONGEST} characters")
    for index, token in enumerate(tokens):
        _check_token(tokens, index, token, access)
    _check_tree(candidate.block, tokens, access)
    check_calls(candidate, access)


def _check_token(tokens: Sequence[Token], index: int, token: Token, access: Access) -> None:
    after = token_text(tokens, index + 1)
    if token.kind == "raw name":
        raise Refused("raw identifier", f"`{token.text}`: names are written plainly here")
    if token.text in _KEYWORDS and token.kind == "name":
        raise Refused(token.text, _KEYWORDS[token.text])
    if token.text == "*" and after in ("const", "mut"):
        raise Refused("raw pointer", "raw pointers are not taken; memory is reached through `Ptr` and `mem`")
    if token.text == "raw" and token_text(tokens, index - 1) == "&" and after in ("const", "mut"):
        raise Refused("raw pointer", "raw pointers are not taken; memory is reached through `Ptr` and `mem`")
    if token.kind != "name" or is_member(tokens, index):
        return
    if after == "!" and token_text(tokens, index + 2) in ("(", "[", "{") and token.text not in KEYWORDS:
        _check_macro(_path_before(tokens, index), access)
    elif token.text in _STD_ROOTS or token.text == "c2rs_rt":
        _check_root(tokens, index, access)
    elif token.text in _STD_ITEMS:
        name = _STD_ITEMS[token.text]
        why = {"order": "its order is another on each run; use BTreeMap, BTreeSet or a vector"}.get(name, "it is not taken")
        raise Refused(name, f"`{token.text}`: {why}")
    else:
        _check_library(token.text, access)


def _check_macro(path: str, access: Access) -> None:
    head, _, name = path.rpartition("::")
    if name in ("unimplemented", "todo"):
        raise Refused("stub", f"`{name}!` leaves the function a stub")
    if head == "c2rs_rt" and name in _RUNTIME_MACROS:
        _check_library(f"{name}!", access)
    elif name.startswith("debug_assert"):
        raise Refused("macro", f"`{name}!` is run in some builds and not in others; write `{name.removeprefix('debug_')}!`")
    elif head or name not in _MACROS:
        better = f"; write `c2rs_rt::{name}!`" if name in _RUNTIME_MACROS else ""
        raise Refused("macro", f"`{path}!` is none of the macros that are taken{better}")


def _check_library(name: str, access: Access) -> None:
    """A function of the C library by its Rust name: the C has it, or one that does the same kind of thing."""
    family = families().get(name)
    if family is not None and name not in access.words and family not in access.families:
        raise Refused(family, f"`{name}` reaches {SPOKEN[family]}, and the C does not")


def _check_root(tokens: Sequence[Token], index: int, access: Access) -> None:
    """A path from the root of a library: the root itself is never renamed or imported whole."""
    root = tokens[index].text
    if _continues(tokens, index):
        return
    if not (token_text(tokens, index + 1) == ":" and token_text(tokens, index + 2) == ":"):
        raise Refused("library root", f"`{root}` stands for all of the library; write paths from it in full")
    for path in _paths(tokens, index)[0]:
        head = path[1]
        if head in ("*", "self", "super", "crate", ""):
            raise Refused("library root", f"`{root}::{head}` stands for all of the library; write paths from it in full")
        if root == "c2rs_rt":
            _check_runtime_path(path)
        else:
            _check_std_path(path, access)


def _check_std_path(path: Sequence[str], access: Access) -> None:
    head = path[1]
    if head in _STD_REFUSED:
        raise Refused(f"std::{head}", f"`{'::'.join(path)}` reaches {_STD_REFUSED[head]}")
    if head not in _STD_MODULES:
        raise Refused("library", f"`{'::'.join(path)}` is none of the parts of the library that are taken")
    if head == "thread" and not access.threads:
        raise Refused("threads", "the C starts no threads")
    if head == "time" and "time" not in access.families:
        raise Refused("time", "`std::time` reaches the time, and the C does not")


def _check_runtime_path(path: Sequence[str]) -> None:
    """Types of the runtime, macros, and functions under their C names: its own inner parts are not for answers."""
    known = {function.rust_name for function in library_functions().values()} | {"memory"} | _RUNTIME_MACROS
    modules = {function.module.removeprefix("c2rs_rt::").split("::")[0] for function in library_functions().values()}
    parts = path[1:]
    inner = parts[1:] if parts[0] in modules | {"memory", "setjmp"} else parts
    for part in inner:
        if not (part[:1].isupper() or part in known or part in ("catch", "globals")):
            raise Refused("runtime", f"`{'::'.join(path)}` is an inner part of the runtime")


def _paths(tokens: Sequence[Token], index: int) -> tuple[list[list[str]], int]:
    """The paths that begin at an index, with the branches of `{…}` told apart, and the index behind them."""
    path: list[str] = []
    while True:
        if token_text(tokens, index) == "{":
            found: list[list[str]] = []
            index += 1
            while index < len(tokens) and token_text(tokens, index) != "}":
                branches, index = _paths(tokens, index)
                found += [[*path, *branch] for branch in branches]
                while index < len(tokens) and token_text(tokens, index) not in (",", "}"):
                    index += 1
                index += token_text(tokens, index) == ","
            return found or [[*path, ""]], index + 1
        path.append(token_text(tokens, index))
        index += 1
        if not (token_text(tokens, index) == ":" and token_text(tokens, index + 1) == ":") or token_text(tokens, index + 2) == "<":
            return [path], index
        index += 2


def _continues(tokens: Sequence[Token], index: int) -> bool:
    """Whether the name at an index is a later part of a path: in `return ::std::…` it is the first."""
    return follows_colons(tokens, index) and _kind(tokens, index - 3) == "name" and token_text(tokens, index - 3) not in _NO_PATH


def _path_before(tokens: Sequence[Token], index: int) -> str:
    """The path that ends with the name at an index."""
    parts = [tokens[index].text]
    while _continues(tokens, index):
        index -= 3
        parts.append(tokens[index].text)
    if follows_colons(tokens, index):
        parts.append("")
    return "::".join(reversed(parts))


def _check_tree(block: Node, tokens: Sequence[Token], access: Access) -> None:
    """Items of the body: attributes, implementations, names that the program has."""
    nodes = list(walk_tree(block))
    attributes = [node for node in nodes if node.type in ("attribute_item", "inner_attribute_item")]
    for node in attributes:
        _check_attribute(node)
    if sum(token.text == "#" for token in tokens) != len(attributes):
        raise Refused("attribute", "an attribute stands inside of a macro")
    declared = {node_text(name) for node in nodes if node.type in ("struct_item", "enum_item") and (name := _named(node))}
    for node in nodes:
        if node.type in _NAMED_ITEMS and (name := _named(node)):
            _check_item_name(node_text(name), access)
        if node.type == "union_item":
            raise Refused("union", "a union is read with `unsafe` only")
        if node.type == "impl_item":
            type = node.child_by_field_name("type")
            if type is None or node_text(type).split("<")[0].strip() not in declared:
                raise Refused("impl", "an implementation is of a type that the body declares, and of no other")
        if node.type == "token_tree" and any(node_text(leaf) in ("impl", "use") for leaf in node.children):
            raise Refused("macro", "items stand inside of a macro")


def _check_item_name(name: str, access: Access) -> None:
    """A call of an item of the body is never taken for one of the program's or the library's."""
    if name in access.functions or name in families():
        owner = "the program" if name in access.functions else "the library"
        raise Refused("shadow", f"`{name}` is a function of {owner}; name the inner item otherwise")


def _named(node: Node) -> Node | None:
    return node.child_by_field_name("name")


def _check_attribute(node: Node) -> None:
    text = "".join(node_text(node).split())
    name = text.removeprefix("#").removeprefix("!").strip("[]").split("(")[0].split("=")[0]
    if node.type == "attribute_item" and name in _ATTRIBUTES:
        return
    if node.type == "attribute_item" and name == "derive":
        if set(text[len("#[derive(") : -len(")]")].rstrip(",").split(",")) <= _DERIVES:
            return
        raise Refused("derive", f"`{text}` derives what is not in the standard library")
    word = name if name in ("allow", "expect", "path", "no_mangle", "cfg", "cfg_attr") else "attribute"
    raise Refused(word, f"`{text}` is none of the attributes that are taken")


def _kind(tokens: Sequence[Token], index: int) -> str:
    return tokens[index].kind if 0 <= index < len(tokens) else ""
