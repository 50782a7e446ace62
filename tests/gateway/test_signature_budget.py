"""Who forges is refused; whom he names is not."""

import pytest

from gateway.limits import ACCOUNT_FAILURES, GOOD_RECORD_SECONDS, SOURCE_FAILURES
from gateway.signature_budget import SignatureBudget

VICTIM = "AC" + "a" * 32
OTHER = "AC" + "b" * 32
FORGER = "6.6.6.6"
TWILIO = "9.9.9.9"


class Clock:
    """Goes when it is told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def budget(clock: Clock) -> SignatureBudget:
    return SignatureBudget(clock)


def forge(budget: SignatureBudget, source: str | None, account_sid: str = VICTIM, times: int = 1000) -> int:
    """How many of so many forged webhooks are checked."""
    checked = 0
    for _ in range(times):
        if budget.exhausted(source, account_sid) is None:
            budget.failed(source, account_sid)
            checked += 1
    return checked


def forge_from_everywhere(budget: SignatureBudget) -> None:
    for number in range(ACCOUNT_FAILURES * 2):
        forge(budget, f"6.6.{number}.6", times=5)


def test_a_source_that_forges_is_checked_a_few_times_only(budget: SignatureBudget) -> None:
    assert forge(budget, FORGER) == SOURCE_FAILURES
    assert budget.exhausted(FORGER, OTHER) == "source"


def test_a_source_may_be_checked_again_after_a_while(budget: SignatureBudget, clock: Clock) -> None:
    forge(budget, FORGER)
    clock.now += 60

    assert forge(budget, FORGER) == SOURCE_FAILURES


def test_an_account_that_many_forge_is_checked_a_few_times_only(budget: SignatureBudget) -> None:
    sources = [f"6.6.{number}.6" for number in range(20)]

    checked = sum(forge(budget, source) for source in sources)

    assert checked == ACCOUNT_FAILURES + sum(1 for _ in sources) - ACCOUNT_FAILURES // SOURCE_FAILURES - 1
    assert budget.exhausted(sources[0], VICTIM)


def test_an_account_under_attack_is_reached_from_where_it_always_was(budget: SignatureBudget) -> None:
    budget.succeeded(TWILIO, VICTIM)
    forge_from_everywhere(budget)

    assert budget.exhausted(TWILIO, VICTIM) is None


def test_an_account_under_attack_is_reached_from_a_new_address(budget: SignatureBudget) -> None:
    forge_from_everywhere(budget)

    assert budget.exhausted(TWILIO, VICTIM) is None


def test_an_account_is_reached_from_a_shared_address_from_which_others_forge(budget: SignatureBudget) -> None:
    budget.succeeded("8.8.8.8", VICTIM)
    forge(budget, TWILIO, OTHER)

    assert budget.exhausted(TWILIO, OTHER) == "source"
    assert budget.exhausted(TWILIO, VICTIM) is None


def test_forging_an_account_of_good_repute_is_one_try_more(budget: SignatureBudget) -> None:
    budget.succeeded(TWILIO, VICTIM)
    forge(budget, FORGER, OTHER)

    assert forge(budget, FORGER, VICTIM) == 1


def test_good_record_of_one_account_is_none_of_another(budget: SignatureBudget) -> None:
    budget.succeeded(FORGER, OTHER)

    assert forge(budget, FORGER, VICTIM) == SOURCE_FAILURES
    assert budget.exhausted(FORGER, OTHER) is None


def test_good_record_ends(budget: SignatureBudget, clock: Clock) -> None:
    budget.succeeded(FORGER, VICTIM)
    clock.now += GOOD_RECORD_SECONDS

    assert forge(budget, FORGER, VICTIM) == SOURCE_FAILURES


def test_a_genuine_webhook_refills_its_accounts_budget(budget: SignatureBudget) -> None:
    forge(budget, FORGER, times=10)
    forge_from_everywhere(budget)
    assert budget.exhausted(FORGER, VICTIM) == "account"

    budget.succeeded(TWILIO, VICTIM)
    assert budget.exhausted(FORGER, VICTIM) is None


def test_a_source_that_may_be_anybody_is_never_refused(budget: SignatureBudget) -> None:
    assert forge(budget, None, times=500) == 500
    assert budget.exhausted(TWILIO, VICTIM) is None


def test_memory_is_bounded_and_forgers_push_no_good_record_out(clock: Clock) -> None:
    budget = SignatureBudget(clock, most=100)
    budget.succeeded(TWILIO, VICTIM)
    for number in range(1000):
        forge(budget, f"source {number}", f"account {number}", times=30)

    assert len(budget) == 3 * 100 + 2
    forge(budget, TWILIO, OTHER)
    assert budget.exhausted(TWILIO, VICTIM) is None
