"""Budgets with several requests under way."""

from __future__ import annotations

from threading import Event, Thread

import pytest

from c2rust_py.repair.budget import Budget, BudgetSpent, Limits, Model, reserved

MODEL = Model("m", 1.0, 1.0)


def budget(total: Limits, function: Limits | None = None) -> Budget:
    return Budget(total, function or Limits(), lambda: 0.0)


@pytest.mark.parametrize("total", [Limits(tokens=10_000), Limits(money=0.01)])
@pytest.mark.parametrize(("used", "fits"), [((900, 100), True), ((5000, 1000), False)])
def test_what_is_under_way_may_come_back(total: Limits, used: tuple[int, int], fits: bool) -> None:
    """A request that does not fit beside another waits until it is known what that one cost."""
    shared, said, ended = budget(total), list[str](), Event()

    def second() -> None:
        try:
            with reserved(shared, "g", MODEL, (1000, 4000)) as mine:
                mine.append((0, 0))
                said.append("asked")
        except BudgetSpent as problem:
            said.append(str(problem))
        ended.set()

    thread = Thread(target=second)
    with reserved(shared, "f", MODEL, (1000, 5000)) as first:
        thread.start()
        assert not ended.wait(0.05)
        first.append(used)
    thread.join()
    (word,) = said
    assert word == "asked" if fits else word.startswith("the ") and word.endswith(" spent")
    assert (shared.spent.tokens, shared.spent.attempts) == (sum(used), 2 if fits else 1)


def test_what_can_never_fit_does_not_wait() -> None:
    shared = budget(Limits(tokens=10_000), Limits(tokens=3_000))
    with reserved(shared, "f", MODEL, (1000, 2000)):
        for function, tokens, scope in (("g", (1000, 2001), "the function"), ("g", (5000, 5001), "the run")):
            with pytest.raises(BudgetSpent) as found:
                shared.reserve(function, MODEL, *tokens)
            assert (found.value.scope, found.value.kind) == (scope, "tokens")


def test_no_more_is_asked_than_there_are_attempts() -> None:
    shared, asked = budget(Limits(attempts=7)), list[int]()

    def ask(number: int) -> None:
        try:
            while True:
                with reserved(shared, f"f{number}", MODEL, (1, 1)):
                    asked.append(number)
        except BudgetSpent:
            return

    threads = [Thread(target=ask, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(asked) == shared.spent.attempts == 7
