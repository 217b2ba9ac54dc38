"""Spending: what an account costs is watched."""

from __future__ import annotations

from fixtures.budgets import Spending
from muster import control


@control(severity="low")
def test_budget_alerts(spending: Spending) -> None:
    """Spending is watched.

    Why: A stolen key shows first on the bill: who digs for coins, rents large machines in every region.
    Fix: Make a budget for the account's costs, and let somebody be told when it is exceeded, or is going to be.
    See: https://docs.aws.amazon.com/cost-management/latest/userguide/budgets-managing-costs.html
    """
    assert any(budget.tells_of_spending for budget in spending.budgets), (
        "has no budget that tells somebody of too much spending; "
        f"its budgets: {', '.join(budget.name for budget in spending.budgets) or 'none'}"
    )
