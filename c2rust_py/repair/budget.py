"""What a repair may spend: attempts, tokens, money and time, in all and on one function."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from threading import Condition

from c2rust_py.diagnostics import EXIT_USAGE, Code, CompileError, error

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """None is no limit. `money` is in the currency of the models' prices, `time` in seconds."""

    attempts: int | None = None
    tokens: int | None = None
    money: float | None = None
    time: float | None = None


DEFAULT_FUNCTION_ATTEMPTS = 6
_ROUNDING = 1e-9
"""Of sums of money."""


@dataclass(frozen=True, slots=True)
class Model:
    """A model by its name, with prices of a million tokens in and out; unknown prices count as 0."""

    name: str
    price_in: float | None = None
    price_out: float | None = None

    @property
    def priced(self) -> bool:
        return self.price_in is not None

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        return ((self.price_in or 0.0) * tokens_in + (self.price_out or 0.0) * tokens_out) / MILLION


class BudgetSpent(Exception):
    """The next request does not fit; `scope` is `the run` or `the function`, `kind` the name of the limit."""

    def __init__(self, scope: str, kind: str) -> None:
        super().__init__(scope, kind)
        self.scope = scope
        self.kind = kind

    def __str__(self) -> str:
        return f"the {self.kind} of {self.scope} are spent" if self.kind.endswith("s") else f"the {self.kind} of {self.scope} is spent"


@dataclass(slots=True)
class Spending:
    """What was spent so far, by kind; `started` is set by the first request. `open_tokens` and `open_money` are what of it is
    reserved for requests under way, of which some may come back."""

    attempts: int = 0
    tokens: int = 0
    money: float = 0.0
    open_tokens: int = 0
    open_money: float = 0.0
    started: float | None = None

    def take(self, tokens: int, money: float) -> None:
        """Reserves for a request."""
        self.attempts += 1
        self.tokens += tokens
        self.money += money
        self.open_tokens += tokens
        self.open_money += money

    def give_back(self, reserved: tuple[int, float], used: tuple[int, float]) -> None:
        """The request has ended."""
        self.tokens += used[0] - reserved[0]
        self.money += used[1] - reserved[1]
        self.open_tokens -= reserved[0]
        self.open_money -= reserved[1]


@dataclass(slots=True)
class Budget:
    """Keeps the limits: a request is reserved before it is sent, with all that its answer can cost. One that does not fit beside
    what is under way waits for that: most answers cost less."""

    total: Limits
    function: Limits
    clock: Callable[[], float]
    spent: Spending = field(default_factory=Spending)
    by_function: dict[str, Spending] = field(default_factory=dict)
    changed: Condition = field(default_factory=Condition)

    def reserve(self, function: str, model: Model, tokens_in: int, tokens_out: int) -> None:
        """Takes one attempt and these tokens out of what is left. Raises BudgetSpent where it does not fit."""
        tokens, money = tokens_in + tokens_out, model.cost(tokens_in, tokens_out)
        with self.changed:
            own = self.by_function.setdefault(function, Spending())
            scopes = ("the run", self.total, self.spent), ("the function", self.function, own)
            while not all([self._fits(*scope, tokens, money) for scope in scopes]):
                self.changed.wait()
            for spent in (self.spent, own):
                spent.take(tokens, money)

    def settle(self, function: str, model: Model, reserved: tuple[int, int], used: tuple[int, int]) -> None:
        """Puts what was used in the place of what was reserved."""
        with self.changed:
            for spent in (self.spent, self.by_function[function]):
                spent.give_back((sum(reserved), model.cost(*reserved)), (sum(used), model.cost(*used)))
            self.changed.notify_all()

    def seconds_left(self, function: str) -> float | None:
        """The time until a limit; None where there is none."""
        with self.changed:
            own = self.by_function.get(function, Spending())
            left = [
                limits.time - (self.clock() - (spent.started if spent.started is not None else self.clock()))
                for limits, spent in ((self.total, self.spent), (self.function, own))
                if limits.time is not None
            ]
        return max(min(left), 0.0) if left else None

    def _fits(self, scope: str, limits: Limits, spent: Spending, tokens: int, money: float) -> bool:
        """Whether a request fits now. Raises BudgetSpent where it cannot, whatever comes back."""
        if spent.started is None:
            spent.started = self.clock()
        if limits.attempts is not None and spent.attempts >= limits.attempts:
            raise BudgetSpent(scope, "attempts")
        most_tokens, most_money = limits.tokens, limits.money
        if most_tokens is not None and spent.tokens - spent.open_tokens + tokens > most_tokens:
            raise BudgetSpent(scope, "tokens")
        if most_money is not None and spent.money - spent.open_money + money > most_money + _ROUNDING:
            raise BudgetSpent(scope, "money")
        if limits.time is not None and self.clock() - spent.started >= limits.time:
            raise BudgetSpent(scope, "time")
        fits_tokens = most_tokens is None or spent.tokens + tokens <= most_tokens
        return fits_tokens and (most_money is None or spent.money + money <= most_money + _ROUNDING)


def read_limits(given: Mapping[str, object]) -> tuple[Limits, Limits]:
    """The limits of the run and of a function, from `attempts`, `function-attempts` and so on. Raises CompileError."""
    known = [field.name for field in fields(Limits)]
    parts: dict[str, dict[str, float | int]] = {"": {}, "function-": {"attempts": DEFAULT_FUNCTION_ATTEMPTS}}
    for key, value in given.items():
        prefix = "function-" if key.startswith("function-") else ""
        name = key.removeprefix(prefix)
        if name not in known:
            words = ", ".join([*known, *(f"function-{word}" for word in known)])
            raise CompileError(error(Code.USAGE, f"`budget` has no `{key}`; it has {words}"), EXIT_USAGE)
        parts[prefix][name] = _number(key, value, whole=name in ("attempts", "tokens"))
    return Limits(**parts[""]), Limits(**parts["function-"])  # type: ignore[arg-type]


def split_limits(texts: Sequence[str]) -> dict[str, str]:
    """`attempts=20,money=1.5` as a mapping. Raises CompileError."""
    return dict(_pairs(texts))


def _pairs(texts: Sequence[str]) -> Iterator[tuple[str, str]]:
    for text in texts:
        for part in text.split(","):
            key, equals, value = part.strip().partition("=")
            if not equals:
                hint = "as in --budget attempts=20,money=1.5"
                raise CompileError(error(Code.USAGE, f"`budget` is KIND=LIMIT, not `{part}`", hint=hint), EXIT_USAGE)
            yield key.strip(), value.strip()


def _number(key: str, value: object, *, whole: bool) -> float | int:
    try:
        number = int(str(value)) if whole else float(str(value))
    except ValueError:
        number = -1
    if not number >= 0:
        kind = "whole number" if whole else "number"
        raise CompileError(error(Code.USAGE, f"`budget` {key} is a {kind} from 0 on, not `{value}`"), EXIT_USAGE)
    return number


def read_model(text: str) -> Model:
    """`NAME` or `NAME@IN/OUT` with prices of a million tokens. Raises CompileError."""
    name, at, prices = text.rpartition("@")
    low, slash, high = prices.partition("/")
    if not at:
        return Model(text)
    try:
        price_in, price_out = float(low), float(high)
    except ValueError:
        return Model(text)  # an @ in a name
    if not name or not slash or price_in < 0 or price_out < 0:
        raise CompileError(error(Code.USAGE, f"`model` is NAME or NAME@IN/OUT, not `{text}`"), EXIT_USAGE)
    return Model(name, price_in, price_out)


def by_price(models: Sequence[Model]) -> tuple[Model, ...]:
    """The cheapest first; without all prices, in the order given."""
    if not all(model.priced for model in models):
        return tuple(models)
    return tuple(sorted(models, key=lambda model: model.cost(3 * MILLION, MILLION)))


@contextmanager
def reserved(budget: Budget, function: str, model: Model, tokens: tuple[int, int]) -> Iterator[list[tuple[int, int]]]:
    """Reserves a request; what the block puts into the list is what it used, nothing if it failed."""
    budget.reserve(function, model, *tokens)
    used: list[tuple[int, int]] = []
    try:
        yield used
    finally:
        budget.settle(function, model, tokens, used[-1] if used else (0, 0))
