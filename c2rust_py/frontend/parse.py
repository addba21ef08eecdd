"""From units to trees: preprocess, keep macros, parse, in parallel and through a cache.

    parse_units(find_units([Path("src")]), jobs=2, cache=Path("out/.c2rs/cache"))

gives one ParsedUnit per unit, in order. A unit is tried with our headers first and with the system's if that fails or
leaves calls undeclared; with macro names kept first and, where a kept name does not parse, expanded. If nothing parses,
gcc is asked what is wrong, and its answer is the user's; what gcc takes is parsed around the functions that we cannot read.
"""

from __future__ import annotations

import marshal
import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pycparser import c_ast

from c2rust_py.diagnostics import Code, CompileError, Diagnostic, Span, note, warning
from c2rust_py.frontend import cache
from c2rust_py.frontend.comments import Comments, FileComments, read_comments
from c2rust_py.frontend.deep import call_deeply
from c2rust_py.frontend.gnu_c.lexer import TokenList, keywords_for, tokenise
from c2rust_py.frontend.gnu_c.parser import GnuCParser, parse_tokens
from c2rust_py.frontend.gnu_c.recovery import TolerantParser
from c2rust_py.frontend.macros import KeptMacro, View, keep_macros
from c2rust_py.frontend.preprocess import INCLUDE_DIR, SHIM_DIR, Headers, Preprocessor, compiler_rejection
from c2rust_py.frontend.units import Unit

# Pragmas that say nothing about what the program computes.
_HARMLESS_PRAGMA = re.compile(
    r"(?:GCC|clang)\s+(?:diagnostic|poison|system_header|visibility|optimize|push_options|pop_options|ivdep|unroll|loop"
    r"|target|dependency|warning)\b|once\b|mark\b|region\b|endregion\b|warning\b|message\b|STDC\s+FP_CONTRACT\b"
    r"|STDC\s+CX_LIMITED_RANGE\b|(?:push|pop)_macro\b|omp\b|ident\b|comment\b"
)


@dataclass(frozen=True, slots=True)
class ParsedUnit:
    """What the elaborator gets. `ast` is described in gnu_c/nodes.py; an ID named in `macros` is that constant.

    A name in `macros` never stands for anything else in the tree: it is no variable, member or label.
    """

    unit: Unit
    ast: c_ast.FileAST
    macros: Mapping[str, KeptMacro]
    comments: Comments
    diagnostics: tuple[Diagnostic, ...]
    headers: Headers

    @property
    def path(self) -> str:
        """The C file, as spans name it."""
        return self.unit.name


@dataclass(frozen=True, slots=True)
class _Outcome:
    """A parsed unit before its comments are known, in a form that can go to the cache and to another process.

    trees: the unit's, then that of each macro's body; as bytes where it comes from elsewhere, until they are needed.
    macros: the fields of each KeptMacro but its tree and its comment.
    files: the project's files that the unit is made of.
    """

    trees: Sequence[c_ast.Node] | bytes
    macros: tuple[tuple[str, str, str, int, bool], ...]
    headers: Headers
    files: tuple[str, ...]
    ignored_pragmas: tuple[tuple[str, str, int], ...]
    undeclared_calls: tuple[str, ...]

    def to_bytes(self) -> bytes:
        """Everything, for `from_bytes`."""
        trees = self.trees if isinstance(self.trees, bytes) else cache.encode(self.trees)
        fields = (trees, self.macros, self.headers.value, self.files, self.ignored_pragmas, self.undeclared_calls)
        return marshal.dumps(fields)

    @classmethod
    def from_bytes(cls, data: bytes) -> _Outcome:
        """What `to_bytes` wrote."""
        trees, macros, headers, files, ignored_pragmas, undeclared_calls = marshal.loads(data)
        return cls(trees, macros, Headers(headers), files, ignored_pragmas, undeclared_calls)


def parse_units(units: Sequence[Unit], jobs: int = 1, cache_dir: Path | None = None) -> tuple[ParsedUnit, ...]:
    """Parse every unit, at most `jobs` at once; raises CompileError for the first unit, in order, that is not C."""
    store = cache_dir
    if jobs <= 1 or len(units) <= 1:
        outcomes = [_parse_in_process(unit, store) for unit in units]
    else:
        with ProcessPoolExecutor(max_workers=min(jobs, len(units))) as pool:
            # list() raises the first failure in order, whichever worker failed first.
            encoded = list(pool.map(_parse_to_bytes, units, [store] * len(units)))
        outcomes = [_Outcome.from_bytes(data) for data in encoded]
    read: dict[Path, FileComments] = {}
    return tuple(_with_comments(unit, outcome, read) for unit, outcome in zip(units, outcomes, strict=True))


def parse_unit(unit: Unit) -> ParsedUnit:
    """Parse one unit without a cache."""
    return parse_units([unit])[0]


def _parse_in_process(unit: Unit, cache_dir: Path | None) -> _Outcome:
    return call_deeply(_parse, unit, cache_dir)


def _parse_to_bytes(unit: Unit, cache_dir: Path | None) -> bytes:
    """For a worker process, whose result must cross to its parent."""
    return _parse_in_process(unit, cache_dir).to_bytes()


def _parse(unit: Unit, cache_dir: Path | None) -> _Outcome:
    """The first choice of headers that gives a tree in which every call is declared, or else the better one."""
    best: _Outcome | None = None
    failure: CompileError | None = None
    for headers in (Headers.OURS, Headers.SYSTEM):
        try:
            outcome = _parse_with(unit, headers, cache_dir)
        except CompileError as caught:
            if caught.diagnostic.code in (Code.TOOL_MISSING, Code.INPUT_MISSING):
                raise
            failure = caught
            continue
        if best is None or len(outcome.undeclared_calls) < len(best.undeclared_calls):
            best = outcome
        if not outcome.undeclared_calls:
            break
    if best is not None:
        return best
    assert failure is not None
    if failure.diagnostic.code in (Code.PREPROCESS, Code.HEADER_MISSING, Code.TOO_DEEP):
        raise failure
    rejection = compiler_rejection(unit)
    if rejection is not None:
        raise CompileError(rejection)
    return _parse_around(unit, cache_dir, failure)


def _parse_around(unit: Unit, cache_dir: Path | None, failure: CompileError) -> _Outcome:
    """What gcc takes and we do not, with the functions that we cannot read set aside."""
    for headers in (Headers.OURS, Headers.SYSTEM):
        try:
            return _parse_with(unit, headers, cache_dir, TolerantParser)
        except CompileError:
            continue
    raise CompileError(replace(failure.diagnostic, hint="gcc accepts this, so it is the translator that falls short"))


def _parse_with(
    unit: Unit, headers: Headers, cache_dir: Path | None, parser_class: type[GnuCParser] = GnuCParser
) -> _Outcome:
    """Preprocess, then parse unless the cache has the tree of this very text."""
    preprocessor = Preprocessor(unit, headers)
    text = preprocessor.expand()
    resolved = preprocessor.resolve_directives()
    store = cache.Store(cache_dir) if cache_dir is not None else None
    way = f"{headers.value} {parser_class.__name__}"
    key = cache.key_of(unit.path, str(unit.directory), str(unit.root), *unit.flags, way, text, resolved)
    if store is not None and (saved := store.load(key)) is not None:
        return _Outcome.from_bytes(saved)
    keywords = keywords_for(unit.flags)
    plain = tokenise(text, unit.path, keywords, unit.display)
    view = keep_macros(preprocessor, resolved, plain, keywords)
    outcome = _parse_view(view, plain, headers, parser_class)
    if store is not None:
        store.save(key, outcome.to_bytes())
    return outcome


def _parse_view(view: View, plain: TokenList, headers: Headers, parser_class: type[GnuCParser]) -> _Outcome:
    """Parse the view with names; if a kept name stands where no expression can, parse the expanded text."""
    tokens, macros = view.tokens, view.macros
    if parser_class is TolerantParser:
        tokens, macros = plain, ()  # a name that stands where no expression can would cost its function
    try:
        parsed = parse_tokens(tokens, parser_class)
    except CompileError:
        if not macros:
            raise
        tokens, macros = plain, ()
        parsed = parse_tokens(tokens, parser_class)
    ast = c_ast.FileAST(_without_idle_prototypes(parsed.ast.ext, tokens))
    files = tuple(sorted(file for file in tokens.files - tokens.system_files if not _is_ours(file)))
    return _Outcome(
        (ast, *(macro.expression for macro in macros)),
        tuple((macro.name, macro.body, macro.span.file, macro.span.line, macro.is_library) for macro in macros),
        headers,
        files,
        _ignored_pragmas(tokens, files),
        tuple(sorted(parsed.undeclared_calls - {macro.name for macro in macros})),
    )


def _without_idle_prototypes(items: list[Any], tokens: TokenList) -> list[Any]:
    """Leave out what library headers declare and nothing names again; those are most declarations of a unit."""
    counts: dict[str, int] = {}
    for token in tokens.tokens:
        if token.type in ("ID", "TYPEID"):
            counts[token.value] = counts.get(token.value, 0) + 1

    def is_idle(item: Any) -> bool:
        return (
            isinstance(item, c_ast.Decl)
            and isinstance(item.type, c_ast.FuncDecl)
            and counts.get(item.name) == 1
            and (item.coord.file in tokens.system_files or _is_ours(item.coord.file))
        )

    return [item for item in items if not is_idle(item)]


def _is_ours(file: str) -> bool:
    return file.startswith((str(INCLUDE_DIR), str(SHIM_DIR), "<"))


def _ignored_pragmas(tokens: TokenList, files: tuple[str, ...]) -> tuple[tuple[str, str, int], ...]:
    """The pragmas of the project that might matter and that we do not carry out, as (text, file, line)."""
    return tuple(
        (pragma.text, pragma.span.file, pragma.span.line)
        for pragma in tokens.pragmas
        if pragma.span.file in files and not _HARMLESS_PRAGMA.match(pragma.text)
    )


def _with_comments(unit: Unit, outcome: _Outcome, read: dict[Path, FileComments]) -> ParsedUnit:
    """Attach the comments of every project file that the unit includes; `read` holds those read before."""
    files: dict[str, FileComments] = {}
    for file in outcome.files:
        path = unit.root / file
        if path not in read:
            read[path] = read_comments(path)
        files[file] = read[path]
    comments = Comments(files)
    ast, *expressions = cache.decode(outcome.trees) if isinstance(outcome.trees, bytes) else outcome.trees
    macros = {
        name: KeptMacro(name, body, Span(file, line), comments.doc_for(file, line), expression, is_library)
        for (name, body, file, line, is_library), expression in zip(outcome.macros, expressions, strict=True)
    }
    diagnostics = [
        warning(Code.PRAGMA_IGNORED, f"#pragma {text} is ignored", Span(file, line))
        for text, file, line in outcome.ignored_pragmas
    ]
    if outcome.headers is Headers.SYSTEM:
        message = "the unit is read with the system's headers"
        diagnostics.append(note(Code.SYSTEM_HEADERS, message, Span(unit.name, 1)))
    return ParsedUnit(unit, ast, macros, comments, tuple(diagnostics), outcome.headers)
