"""Diagnostics and test outcomes in the formats of other tools: SARIF 2.1.0, JUnit XML, GitHub workflow commands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

from c2rust_py.diagnostics import Code, Diagnostic, Severity

_SARIF_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "note"}
_GITHUB_WORDS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


@dataclass(frozen=True, slots=True)
class Check:
    """Something that passed or did not: a function that is no stub, a case that agrees."""

    group: str
    name: str
    failure: str | None


def sarif(diagnostics: Iterable[Diagnostic]) -> str:
    """A SARIF log of one run."""
    results = list(diagnostics)
    used = sorted({diagnostic.code for diagnostic in results}, key=lambda code: code.number)
    rules = [{"id": str(code), "shortDescription": {"text": code.meaning}} for code in used]
    log = {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "c2rs", "rules": rules}},
                "results": [_sarif_result(diagnostic, used) for diagnostic in results],
            }
        ],
    }
    return json.dumps(log, indent=1) + "\n"


def _sarif_result(diagnostic: Diagnostic, used: Sequence[Code]) -> dict[str, object]:
    result: dict[str, object] = {
        "ruleId": str(diagnostic.code),
        "ruleIndex": used.index(diagnostic.code),
        "level": _SARIF_LEVELS[diagnostic.severity],
        "message": {"text": diagnostic.message + (f" (hint: {diagnostic.hint})" if diagnostic.hint else "")},
    }
    if diagnostic.span is not None:
        region: dict[str, int] = {"startLine": max(diagnostic.span.line, 1)}
        if diagnostic.span.column:
            region["startColumn"] = diagnostic.span.column
        location = {"artifactLocation": {"uri": diagnostic.span.file}, "region": region}
        result["locations"] = [{"physicalLocation": location}]
    return result


def github(diagnostics: Iterable[Diagnostic]) -> str:
    """One workflow command a line, which the GitHub runner shows at the place."""
    return "".join(_github_line(diagnostic) + "\n" for diagnostic in diagnostics)


def _github_line(diagnostic: Diagnostic) -> str:
    properties = [f"title={_github_escape(str(diagnostic.code), property=True)}"]
    if diagnostic.span is not None:
        properties += [f"file={_github_escape(diagnostic.span.file, property=True)}", f"line={diagnostic.span.line}"]
    message = _github_escape(diagnostic.message + (f"\nhint: {diagnostic.hint}" if diagnostic.hint else ""))
    return f"::{_GITHUB_WORDS[diagnostic.severity]} {','.join(properties)}::{message}"


def _github_escape(text: str, *, property: bool = False) -> str:
    """The runner's escapes; property values also need `:` and `,` escaped."""
    text = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return text.replace(":", "%3A").replace(",", "%2C") if property else text


def junit(checks: Iterable[Check], suite: str = "c2rs") -> str:
    """A JUnit test suite with one test case a check."""
    cases = list(checks)
    failures = sum(check.failure is not None for check in cases)
    lines = ['<?xml version="1.0" encoding="UTF-8"?>']
    lines.append(f'<testsuite name={quoteattr(suite)} tests="{len(cases)}" failures="{failures}">')
    for check in cases:
        head = f"  <testcase classname={quoteattr(_printable(check.group))} name={quoteattr(_printable(check.name))}"
        if check.failure is None:
            lines.append(head + "/>")
        else:
            text = _printable(check.failure)
            first = text.splitlines()[0] if text else ""
            lines += [head + ">", f"    <failure message={quoteattr(first)}>{escape(text)}</failure>", "  </testcase>"]
    return "\n".join([*lines, "</testsuite>"]) + "\n"


def _printable(text: str) -> str:
    """XML 1.0 has no control characters, not even escaped."""
    return "".join(
        c if c in "\t\n" or (c >= " " and not "\ud800" <= c <= "\udfff") else "\N{REPLACEMENT CHARACTER}" for c in text
    )
