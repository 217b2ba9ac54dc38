"""What the user asked for by name and no account could answer: told before anything is asked, never a green run."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from muster.errors import UsageError
from muster.estate.accounts import AccountEntry
from muster.judging.control import Control
from muster.reading.access import the_estate
from muster.run.options import Options
from muster.selection.chosen import named_by


def refuse_judged_nowhere(
    options: Options, chosen: Collection[Control], asked: Sequence[AccountEntry], estate: Mapping[str, AccountEntry]
) -> None:
    """Raise `UsageError` for a `--control`, the profiles or an `--account` of which nothing would be judged.

    `chosen` are the controls of the run, `asked` its accounts, `estate` all accounts by name. Controls of a kind of
    which the estate has an account that was not asked leave rows of their own, which say that they were not run.
    """
    answering = {entry.kind for entry in (*asked, *estate.values())} | {the_estate().kind}
    by_id = {each.id: each for each in chosen}
    for pattern in options.controls:
        _refuse(f"--control={pattern}", [by_id[name] for name in named_by(pattern, by_id)], answering)
    _refuse(f"--profile={','.join(options.profiles)}", chosen, answering)
    kinds = {control.kind for control in chosen}
    judged = [entry for entry in asked if entry.kind in kinds]
    for entry in asked:
        if judged and entry not in judged and entry.name in options.accounts:
            raise UsageError(
                f"--account={entry.name}: none of the controls of this run asks an account of kind"
                f" {entry.kind}: leave it out, or choose controls for it with --profile or --control"
            )


def _refuse(option: str, controls: Collection[Control], answering: Collection[str]) -> None:
    kinds = sorted({control.kind for control in controls})
    if kinds and not set(kinds) & set(answering):
        raise UsageError(
            f"{option}: asks an account of kind {' and '.join(kinds)}, and the estate has none, so that nothing would"
            f" be judged; add one to accounts.yaml (there are accounts of kind {', '.join(sorted(answering))})"
        )
