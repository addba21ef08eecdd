"""The command line (CLI.md): flags in, diagnostics out."""

from __future__ import annotations

import json
import os
import re
import sys
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NoReturn

import click

from c2rust_py.cases import run_fixture
from c2rust_py.comparison import Comparison, compare_project
from c2rust_py.diagnostics import EXIT_TOOL_MISSING, EXIT_USAGE, Code, CompileError, Diagnostic, Severity, error
from c2rust_py.doctor import find_tools
from c2rust_py.emit.templates import EXIT_DEFECT
from c2rust_py.function_comparison import compare_functions
from c2rust_py.options import Options, Rung, SignedOverflow
from c2rust_py.oracle.functions.verdicts import FunctionComparison, FunctionOptions
from c2rust_py.pipeline import Translation, translate_project
from c2rust_py.repair.command import Flags, plan_repair, repair_project
from c2rust_py.repair.run import RepairResult
from c2rust_py.report.explain import explain as explain_function
from c2rust_py.report.explain import explanation_text, require_slots
from c2rust_py.report.formats import Check, github, junit, sarif
from c2rust_py.report.functions import summary
from c2rust_py.report.page import report_page
from c2rust_py.settings import Settings, read_settings
from c2rust_py.status import Status, read_status, require_manifest

EXIT_UNFINISHED = 1
"""There are stubs or differences."""
EXIT_INTERRUPTED = 130

FORMATS = ("text", "json", "sarif", "junit", "github")

_COLOURS = {Severity.ERROR: "red", Severity.WARNING: "yellow", Severity.NOTE: "cyan"}


class Interrupted(Exception):
    """Ctrl-C during a command; click would print a line of its own for KeyboardInterrupt."""


class Commands(click.Group):
    """The commands, with Ctrl-C as an Interrupted."""

    def invoke(self, ctx: click.Context) -> Any:
        """Runs the command that was asked for."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            raise Interrupted from None


class FlagCommand(click.Command):
    """A command that takes compiler flags behind `--`, into the parameter `flags`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Splits off what stands behind the first `--`."""
        flags: list[str] = []
        if "--" in args:
            position = args.index("--")
            args, flags = args[:position], args[position + 1 :]
        rest = super().parse_args(ctx, args)
        ctx.params["flags"] = tuple(flags)
        return rest


_format = click.option(
    "--format",
    "style",
    type=click.Choice(FORMATS),
    default="text",
    help="What stdout gets: text or a machine's format.",
)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="c2rs")
def cli() -> None:
    """Turns a C project into a Rust workspace without `unsafe` that behaves the same."""


@cli.command(cls=FlagCommand, options_metavar="[OPTIONS]")
@click.argument("inputs", metavar="INPUT...", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("-o", "--out", required=True, type=click.Path(path_type=Path), help="The folder for the workspace.")
@click.option("--check/--no-check", default=None, help="Whether to build the result with cargo (default: yes).")
@click.option(
    "--ladder", type=click.Choice([rung.value for rung in Rung if rung is not Rung.STUB]), help="Best rung to use."
)
@click.option("--jobs", type=click.IntRange(min=0), help="Processes at once (0: one a processor).")
@click.option(
    "--filter", "filter_", metavar="REGEX", help="Translate only functions with such a C name; others are stubs."
)
@click.option("--keep-names/--rust-names", default=None, help="Keep C's names instead of Rust's casing.")
@click.option(
    "--signed-overflow",
    type=click.Choice([way.value for way in SignedOverflow]),
    help="Signed arithmetic: plain operators, or wrapping ones.",
)
@click.option("--skeleton", is_flag=True, help="Signatures with stub bodies only.")
@click.option("--stop-after", metavar="STAGE", help="End behind a stage; nothing is written before `emit`.")
@click.option("--dump-after", metavar="STAGE", help="Print what a stage gives on stdout.")
@click.option("--time", "time_", is_flag=True, help="Print what each stage took, on stderr.")
@_format
def translate(inputs: tuple[Path, ...], flags: tuple[str, ...], style: str, **given: Any) -> int:
    """Translate INPUT (.c files, a folder, or a compile_commands.json) to a workspace.

    Compiler flags follow behind `--`, as in `c2rs translate src -o out -- -Iinclude -DX=1`.
    """
    options = _options(inputs, flags, read_settings(inputs[0]), given)
    translation = translate_project(options)
    _print_diagnostics(translation.diagnostics)
    if options.time:
        click.echo(translation.timings, err=True)
    if translation.report is None:
        return _stopped_status(translation)
    checks = [_function_check(entry) for entry in translation.report.as_json()["functions"]]
    _print_result(
        style, translation.report.as_json(), translation.diagnostics, checks, lambda: _translated(translation)
    )
    return 0 if translation.complete else EXIT_UNFINISHED


def _stopped_status(translation: Translation) -> int:
    """The exit status of a run that `--stop-after` ended."""
    return EXIT_UNFINISHED if any(d.severity is Severity.ERROR for d in translation.diagnostics) else 0


def _options(inputs: Sequence[Path], flags: tuple[str, ...], settings: Settings, given: dict[str, Any]) -> Options:
    """Flags beat the environment, which beats the file, which beats the defaults of `Options`."""
    given = {key.rstrip("_"): value for key, value in given.items() if value is not None}
    values = {**settings.translate, **given}
    overflow = values.get("signed_overflow", SignedOverflow.PLAIN.value)
    values["signed_overflow"] = _member(SignedOverflow, "signed_overflow", overflow)
    values["ladder"] = _member(Rung, "ladder", values.get("ladder", Rung.OWNED.value))
    try:
        re.compile(values.get("filter") or "")
    except re.error as problem:
        raise CompileError(error(Code.USAGE, f"`filter` is no regular expression: {problem}"), EXIT_USAGE) from None
    return Options(inputs=tuple(inputs), flags=settings.flags + flags, overflows=settings.wrapping, **values)


def _member(kind: Any, name: str, value: str) -> Any:
    try:
        return kind(value)
    except ValueError:
        known = ", ".join(member.value for member in kind)
        raise CompileError(error(Code.USAGE, f"`{name}` is one of {known}, not `{value}`"), EXIT_USAGE) from None


def _function_check(entry: dict[str, Any]) -> Check:
    failure = "; ".join(entry["reasons"]) or "a stub" if entry["grade"] == Rung.STUB.value else None
    return Check(entry["file"], entry["name"], failure)


def _translated(translation: Translation) -> str:
    """The last lines of a run."""
    assert translation.report is not None
    data = translation.report.as_json()
    lines = [summary(data["totals"], data["diagnostics"])]
    if translation.builds is not None:
        lines.append("cargo build: passes" if translation.builds else "cargo build: fails")
    lines.append(f"written to {translation.out}")
    return "\n".join(lines)


@cli.command(cls=FlagCommand, options_metavar="[OPTIONS]")
@click.argument("input_", metavar="INPUT", type=click.Path(path_type=Path))
@click.argument("out", type=click.Path(path_type=Path))
@click.option(
    "--cases", type=click.Path(path_type=Path), help="A folder of NAME.args (an argument a line) and NAME.in."
)
@click.option(
    "--sanitize/--no-sanitize", default=None, help="On a difference, ask sanitizers whether the C is undefined."
)
@click.option("--stderr/--no-stderr", default=None, help="Compare stderr, too.")
@click.option("--timeout", metavar="S", type=click.FloatRange(min=0, min_open=True), help="Seconds for each run.")
@click.option("--dev", is_flag=True, help="Build the Rust in the dev profile, where signed overflow stops the program.")
@click.option("--functions", is_flag=True, help="Compare function by function, in one process, on made-up inputs.")
@click.option("--only", multiple=True, metavar="NAME", help="With --functions: only the C functions of that name.")
@click.option("--seed", default=1, type=click.IntRange(min=0), help="With --functions: of the inputs.")
@click.option("--count", default=100_000, type=click.IntRange(min=1), help="With --functions: inputs of each function.")
@click.option("--jobs", default=0, type=click.IntRange(min=0), help="Processes at once (0: one a processor).")
@_format
def diff(
    input_: Path,
    out: Path,
    flags: tuple[str, ...],
    cases: Path | None,
    dev: bool,
    style: str,
    functions: bool,
    only: tuple[str, ...],
    seed: int,
    count: int,
    jobs: int,
    **given: Any,
) -> int:
    """Build INPUT and its translation OUT, run both on the cases of c2rs.toml, and compare what they do."""
    settings = read_settings(input_)
    if functions:
        options = FunctionOptions(seed, count, jobs=jobs)
        if given.get("timeout") is not None:
            options = replace(options, timeout=given["timeout"])
        return _diff_functions(input_, out, settings.flags + flags, only, options, style)
    given["jobs"] = jobs
    values = {**settings.diff, **{key: value for key, value in given.items() if value is not None}}
    comparison = compare_project(input_, out, settings.flags + flags, settings.cases, cases, dev=dev, **values)
    data = comparison.as_json()
    checks = [Check(r.program, r.case.name, "\n".join(r.differences) or None) for r in comparison.results]
    _print_result(style, data, comparison.diagnostics, checks, lambda: _compared(comparison))
    return 0 if comparison.agrees else EXIT_UNFINISHED


def _diff_functions(
    input_: Path, out: Path, flags: tuple[str, ...], names: Sequence[str], options: FunctionOptions, style: str
) -> int:
    comparison = FunctionComparison(compare_functions(input_, out, flags, names, options))
    checks = [
        Check(verdict.rust_path, verdict.symbol, None if verdict.agrees else f"{verdict.outcome.value}: {verdict.reason}")
        for verdict in comparison.verdicts
    ]
    diagnostics = [
        error(Code.DIFFERENT, f"{verdict.symbol}: {verdict.outcome.value}: {verdict.reason}")
        for verdict in comparison.verdicts
        if not verdict.agrees
    ]
    _print_result(style, comparison.as_json(), diagnostics, checks, comparison.as_text)
    return 0 if comparison.agrees else EXIT_UNFINISHED


def _compared(comparison: Comparison) -> str:
    """The table of cases, with what differs below each."""
    width = max(len(f"{result.program} {result.case.name}") for result in comparison.results)
    lines: list[str] = []
    for result in comparison.results:
        verdict = "equal" if result.agrees else "the C is undefined here" if result.undefined else "DIFFERENT"
        lines.append(f"{f'{result.program} {result.case.name}':<{width}}  {verdict}")
        lines += [f"    {difference}" for difference in result.differences]
        if result.undefined is not None:
            place = f"{result.undefined.place}: " if result.undefined.place else ""
            lines.append(f"    {place}{result.undefined.message}")
    lines += [f"recorded in c2rs.toml: {overflow} wraps from the next translation on" for overflow in comparison.recorded]
    equal = sum(result.agrees for result in comparison.results)
    return "\n".join([*lines, f"{equal} of {len(comparison.results)} cases are equal"])


@cli.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--model", "models", multiple=True, metavar="NAME[@IN/OUT]", help="A model, with prices of a million tokens.")
@click.option("--budget", multiple=True, metavar="KIND=LIMIT", help="attempts, tokens, money, time; function-attempts, ….")
@click.option("--base-url", metavar="URL", help="An endpoint that speaks OpenAI's protocol.")
@click.option("--replay", type=click.Path(path_type=Path), help="Take recorded answers from a folder; no model is asked.")
@click.option("--record", type=click.Path(path_type=Path), help="Keep the answers in a folder for --replay.")
@click.option("--jobs", type=click.IntRange(min=1), help="Functions that models are asked for at once.")
@click.option("--lift/--no-lift", default=None, help="Also functions on low rungs; an answer on a higher one is kept.")
@click.option("--functions/--no-functions", default=None, help="Compare each function alone, too (default: yes).")
@click.option("--dry-run", is_flag=True, help="Print the work list with estimated tokens and cost.")
@_format
def repair(out: Path, dry_run: bool, style: str, **given: Any) -> int:
    """Have models fill the stubs of OUT; an answer is kept if it passes every gate."""
    flags = Flags(**given)
    if dry_run:
        plan = plan_repair(out, flags)
        _print_result(style, plan.as_json(), (), (), plan.text)
        return 0
    result, notes = repair_project(out, flags)
    _print_diagnostics((*notes, *result.diagnostics))
    failed = {f.task.key: None if f.status == "accepted" else f.reason or f.status for f in result.functions}
    checks = [Check(f.task.place, f.task.name, failed[f.task.key]) for f in result.functions]
    _print_result(style, result.as_json(), result.diagnostics, checks, lambda: _repaired(result))
    return result.status


def _repaired(result: RepairResult) -> str:
    """A line for each function, and the counts."""
    lines = [f"{f.task.place}: {f.task.name}: {f.status}{f' ({f.reason})' if f.reason else ''}" for f in result.functions]
    accepted = sum(f.status == "accepted" for f in result.functions)
    asked = sum(not attempt.stored for f in result.functions for attempt in f.attempts)
    return "\n".join([*lines, f"{accepted} of {len(result.functions)} functions have a body; {asked} answers were asked for"])


@cli.command()
@click.argument("out", type=click.Path(path_type=Path))
@_format
def status(out: Path, style: str) -> int:
    """What is done and what is left in the workspace OUT."""
    state = read_status(out)
    checks = [_function_check(entry) for entry in state.report["functions"]]
    _print_result(style, state.as_json(), (), checks, lambda: _state_text(state))
    return 0 if state.finished else EXIT_UNFINISHED


def _state_text(state: Status) -> str:
    lines = [summary(state.report["totals"], state.report["diagnostics"])]
    lines += [f"stub: {f['file']}:{f['line']}: {f['name']}: {'; '.join(f['reasons'])}" for f in state.stubs]
    lines += [f"edited by hand: {path}" for path in state.edited]
    lines += [f"changed since the translation: {path}" for path in state.changed_sources]
    return "\n".join([*lines, "nothing is left to do" if state.finished else "translate again, or fill the stubs"])


@cli.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help="The page (default: OUT/c2rs-report.html).")
def report(out: Path, output: Path | None) -> int:
    """Write one HTML page with each function's C beside its Rust, its rung and why."""
    page = report_page(out, require_manifest(out), read_status(out).report, require_slots(out))
    target = output or out / "c2rs-report.html"
    try:
        target.write_text(page, encoding="utf-8")
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise CompileError(error(Code.OUTPUT_UNWRITABLE, f"cannot write {target}: {reason}"), EXIT_USAGE) from None
    click.echo(f"written to {target}")
    return 0


@cli.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("function")
@_format
def explain(out: Path, function: str, style: str) -> int:
    """Why each pointer of FUNCTION in the workspace OUT is represented as it is."""
    require_manifest(out)
    entries = explain_function(out, function)
    checks = [_function_check(entry) for entry in entries]
    _print_result(style, {"version": 1, "functions": entries}, (), checks, lambda: explanation_text(entries))
    return 0


@cli.command()
def doctor() -> int:
    """Which tools are present, and how to get those that are not."""
    missing = False
    for finding in find_tools():
        tool = finding.tool
        missing = missing or (tool.required and finding.version is None)
        if finding.version is not None:
            click.echo(f"{tool.name:<13} {finding.version}")
        else:
            click.echo(
                f"{tool.name:<13} missing{'' if tool.required else ' (optional)'}: {tool.purpose}; {tool.install}"
            )
    return EXIT_TOOL_MISSING if missing else 0


@cli.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--update", is_flag=True, help="Write what comes out as what is expected.")
def case(file: Path, update: bool) -> int:
    """Run one golden, pass or reject case of fixtures/, as the tests do."""
    outcome = run_fixture(file, update=update)
    if outcome is None:
        return 0
    click.echo(outcome, nl=False)
    return EXIT_UNFINISHED


def _print_result(
    style: str, data: object, diagnostics: Iterable[Diagnostic], checks: Iterable[Check], text: Callable[[], str]
) -> None:
    """Puts the result on stdout in the format that was asked for."""
    match style:
        case "json":
            click.echo(json.dumps(data, indent=1))
        case "sarif":
            click.echo(sarif(diagnostics), nl=False)
        case "junit":
            click.echo(junit(checks), nl=False)
        case "github":
            click.echo(github(diagnostics), nl=False)
        case _:
            click.echo(text())


def _print_diagnostics(diagnostics: Iterable[Diagnostic]) -> None:
    for diagnostic in diagnostics:
        _print_diagnostic(diagnostic)


def _print_diagnostic(diagnostic: Diagnostic) -> None:
    """One message on stderr; its severity is coloured on a terminal, unless NO_COLOR is set."""
    text = str(diagnostic).encode("utf-8", "backslashreplace").decode()
    if sys.stderr.isatty() and not os.environ.get("NO_COLOR"):
        word = diagnostic.severity.value
        text = text.replace(f"{word}[", click.style(word, fg=_COLOURS[diagnostic.severity], bold=True) + "[", 1)
    click.echo(text, err=True)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """The program `c2rs`: runs a command, and turns whatever ends it into one line and an exit status."""
    sys.exit(run(sys.argv[1:] if arguments is None else arguments))


def run(arguments: Sequence[str]) -> int:
    """The exit status of `c2rs ARGUMENTS`."""
    try:
        status = cli.main(args=list(arguments), prog_name="c2rs", standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else 0
    except CompileError as problem:
        _print_diagnostic(problem.diagnostic)
        return problem.status
    except click.exceptions.NoArgsIsHelpError as problem:
        click.echo(problem.format_message(), err=True)
        return EXIT_USAGE
    except click.ClickException as problem:
        hint = (
            "c2rs --help" if not isinstance(problem, click.UsageError) or not problem.ctx else _help_hint(problem.ctx)
        )
        _print_diagnostic(error(Code.USAGE, problem.format_message().rstrip("."), hint=hint))
        return EXIT_USAGE
    except (Interrupted, KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        sys.stderr.flush()
        os._exit(EXIT_INTERRUPTED)
    except BrokenPipeError:
        os._exit(141)
    except Exception as problem:  # noqa: BLE001 - a defect of ours must not look like a crash
        if os.environ.get("C2RS_TRACEBACK"):
            traceback.print_exc()
        words = str(problem).splitlines()
        message = f"{type(problem).__name__}: {words[0] if words else 'no message'}"
        _print_diagnostic(error(Code.INTERNAL, message, hint="a defect of c2rs; C2RS_TRACEBACK=1 shows where"))
        return EXIT_DEFECT


def _help_hint(context: click.Context) -> str:
    return f"{context.command_path} --help"


if __name__ == "__main__":
    main()
