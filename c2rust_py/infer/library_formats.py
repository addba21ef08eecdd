"""Formatted input and output with literal formats, by borrowed pointers: what each argument is.

    printf("%s: %d\\n", name, n)      ->   `printf!`("%s: %d\\n", name.*[0], n)
    sprintf(buffer, "%d", n)         ->   `sprintf!`(buffer.*[0], "%d", n)
    scanf("%d %s", &n, word)         ->   `scanf!`("%d %s", n, word.*[0])

The runtime's macros of these names take bytes for `%s` and places for what scanf stores at, and with the program's memory pointers
beside them: so each argument is lent or stays a pointer for itself. Only the buffer of `sprintf` and of `sscanf` has to be lent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from c2rust_py.infer.demotions import MemoryCall
from c2rust_py.infer.library_calls import (
    FormCall,
    Loan,
    Refusal,
    choose_form,
    find_loan,
    is_bytes,
    overlap,
    pointed_value,
    refuse_writing,
)
from c2rust_py.infer.targets import Resolver, is_data_pointer
from c2rust_py.ir.layout import Layout
from c2rust_py.ir.nodes import BlockValue, Call, Conditional, Decay, FunctionRef, StringPlace, Value
from c2rust_py.ir.types import CHAR, EnumType, FloatKind, FloatType, IntKind, IntType, Type
from c2rust_py.ir.walk import walk
from c2rust_py.normalise.print_formats import argument_conversions, plain_text


@dataclass(frozen=True, slots=True)
class FormatFunction:
    """Where the format stands among the arguments, and the buffer that is written or read, if there is one."""

    format: int
    buffer: int | None
    scans: bool


FORMAT_FUNCTIONS: Mapping[str, FormatFunction] = {
    "printf": FormatFunction(0, None, False),
    "fprintf": FormatFunction(1, None, False),
    "sprintf": FormatFunction(1, 0, False),
    "snprintf": FormatFunction(2, 0, False),
    "scanf": FormatFunction(0, None, True),
    "fscanf": FormatFunction(1, None, True),
    "sscanf": FormatFunction(1, 0, True),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """One of two texts, by a condition."""

    condition: Value
    then: Loan | Choice
    otherwise: Loan | Choice

    def loans(self) -> Iterator[Loan]:
        """All that may be lent."""
        for part in (self.then, self.otherwise):
            if isinstance(part, Choice):
                yield from part.loans()
            else:
                yield part


@dataclass(frozen=True, slots=True)
class FormatCall:
    """A call of a formatted function. loans, choices: by the position of the argument. in_memory: whether a pointer is left among the
    arguments that the format takes."""

    function: FormatFunction
    loans: Mapping[int, Loan]
    choices: Mapping[int, Choice]
    in_memory: bool

    @property
    def lent(self) -> frozenset[int]:
        """The positions of arguments that are no pointers any more."""
        return frozenset((*self.loans, *self.choices))


def all_loans(chosen: FormCall | FormatCall | Refusal) -> tuple[tuple[int, Loan], ...]:
    """Everything that a call may be lent, by the position of the argument."""
    if isinstance(chosen, Refusal):
        return ()
    choices = chosen.choices if isinstance(chosen, FormatCall) else {}
    chosen_from = ((position, loan) for position, choice in choices.items() for loan in choice.loans())
    return (*chosen.loans.items(), *chosen_from)


def choose_library_call(resolver: Resolver, call: Call) -> FormCall | FormatCall | Refusal:
    """What a direct call of a function with formats or slice forms is lent."""
    assert isinstance(call.function, FunctionRef)
    if MemoryCall(resolver.function, id(call)) in resolver.demotions:
        return Refusal(f"what `{call.function.symbol}` returns is a pointer to memory")
    if call.function.symbol in FORMAT_FUNCTIONS:
        return choose_format(resolver, call)
    return choose_form(resolver, call)


def choose_format(resolver: Resolver, call: Call) -> FormatCall | Refusal:
    """What a call of one of the functions can be lent."""
    assert isinstance(call.function, FunctionRef)
    name = call.function.symbol
    function = FORMAT_FUNCTIONS[name]
    refusal = Refusal(f"it is passed to `{name}` of the library")
    conversions = _conversions(function, call)
    if conversions is None:
        return refusal
    loans: dict[int, Loan] = {}
    if function.buffer is not None:
        buffer = find_loan(resolver, call.args[function.buffer], not function.scans)
        if buffer is None:
            return Refusal(refusal.text, call.args[function.buffer])
        if not is_bytes(buffer.element):
            return refusal
        loans[function.buffer] = buffer
    choices: dict[int, Choice] = {}
    in_memory = False
    for position, conversion in enumerate(conversions, function.format + 1):
        arg = call.args[position]
        if not is_data_pointer(arg.type):
            continue
        choice = _find_choice(resolver, arg) if not function.scans else None
        loan = find_loan(resolver, arg, function.scans)
        if isinstance(choice, Choice):
            choices[position] = choice
        elif loan is None:
            in_memory = True
        elif not _takes(conversion, loan.element, resolver):
            return refusal
        else:
            loans[position] = loan
    return _checked(FormatCall(function, loans, choices, in_memory), name)


def _checked(found: FormatCall, name: str) -> FormatCall | Refusal:
    if any(overlap(a, b) for (_, a), (_, b) in combinations(all_loans(found), 2)):
        return Refusal(f"two arguments of `{name}` may be the same object")
    refusals = (refuse_writing(name, loan) for loan in found.loans.values() if loan.mutable)
    return next((refusal for refusal in refusals if refusal is not None), found)


def _find_choice(resolver: Resolver, value: Value) -> Loan | Choice | None:
    """A text that is chosen by conditions on numbers. What is called to make one would have to run before the other arguments, with a
    loan that outlives it: there is no form for that."""
    pointer = pointed_value(value)
    if not isinstance(pointer, Conditional):
        loan = find_loan(resolver, pointer, mutable=False)
        return loan if loan is not None and is_bytes(loan.element) else None
    if any(isinstance(part, Call | BlockValue) for branch in (pointer.then, pointer.otherwise) for part in walk(branch)):
        return None
    then, otherwise = _find_choice(resolver, pointer.then), _find_choice(resolver, pointer.otherwise)
    if then is None or otherwise is None or is_data_pointer(pointer.condition.type):
        return None
    return Choice(pointer.condition, then, otherwise)


def _takes(conversion: str, element: Type, resolver: Resolver) -> bool:
    """Whether a conversion takes what is lent: text (`s`), or a number of so many bytes (`i4`, `f8`)."""
    if conversion == "s":
        return is_bytes(element)
    layout = Layout(resolver.program.records, resolver.program.enums)
    number = isinstance(element, IntType | EnumType) and element != IntType(IntKind.BOOL)
    real = isinstance(element, FloatType) and element.kind is not FloatKind.LONG_DOUBLE
    return conversion == f"{'i' if number else 'f' if real else '?'}{layout.size_of(element)}"


def _conversions(function: FormatFunction, call: Call) -> tuple[str, ...] | None:
    """The conversion of each argument behind a literal format; None where they do not fit each other."""
    if len(call.args) <= function.format:
        return None
    match call.args[function.format]:
        case Decay(StringPlace(data) as place) if place.type.element == CHAR:
            pass
        case _:
            return None
    rest = call.args[function.format + 1 :]
    conversions = scan_conversions(data) if function.scans else argument_conversions(data)
    if conversions is None or len(conversions) != len(rest):
        return None
    fits = all(map(_is_pointer if function.scans else _fits_print, conversions, rest))
    return conversions if fits else None


def _is_pointer(conversion: str, arg: Value) -> bool:
    return is_data_pointer(arg.type)


def _fits_print(conversion: str, arg: Value) -> bool:
    return is_data_pointer(arg.type) == (conversion == "s")


_SCAN_DIRECTIVE = re.compile(
    r"%(?P<skip>\*)?(?P<width>\d+)?(?P<length>hh|h|ll|l|L|q|j|z|t)?(?P<conversion>[diouxXaAeEfFgGscn%]|\[\^?\]?[^\]]*\])"
)
_INTEGER_SIZES = {"hh": 1, "h": 2, None: 4, "l": 8, "ll": 8, "q": 8, "j": 8, "z": 8, "t": 8}
_FLOAT_SIZES = {None: 4, "l": 8}


def scan_conversions(data: bytes) -> tuple[str, ...] | None:
    """What each argument behind a format of scanf receives (C11 7.21.6.2):

        "%d %*s %7[a-z] %lf"    ->    "i4", "s", "f8"

    None for a format that is not ASCII, or has conversions that borrowed values cannot stand for.
    """
    text = plain_text(data)
    if text is None:
        return None
    found: list[str] = []
    position = 0
    while (percent := text.find("%", position)) >= 0:
        match = _SCAN_DIRECTIVE.match(text, percent)
        kind = None if match is None else _received(match)
        if match is None or kind is None:
            return None
        found += [kind] if kind and match["skip"] is None else []
        position = match.end()
    return tuple(found)


def _received(match: re.Match[str]) -> str | None:
    """What one directive stores; "" for none, None where that is not known here."""
    conversion, length = match["conversion"], match["length"]
    if conversion == "%":
        return "" if match.group() == "%%" else None
    if conversion[0] in "sc[":
        return "s" if length is None else None
    if conversion in "aAeEfFgG":
        return f"f{_FLOAT_SIZES[length]}" if length in _FLOAT_SIZES else None
    return f"i{_INTEGER_SIZES[length]}" if length in _INTEGER_SIZES else None
