"""The estate's own files: waivers end, statements are in force, and accounts are held to their regulations."""

from __future__ import annotations

from fixtures.estate import DeclaredWaiver, FiledAttestation, RegulatedAccount
from muster import Facts, control, counted

REGULATED = "regulated"


@control(severity="high")
def test_waivers_dated(declared_waivers: list[DeclaredWaiver], max_waiver_days: int = 90) -> None:
    """Every waiver has an owner, a reason and an end.

    Why: A waiver without an end in sight is how things are, and nobody remembers that anybody agreed to it.
    Fix: Mend what the waiver excuses; or let somebody grant it anew, for a time in which it will be mended.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/sec_securely_operate_control_objectives.html
    """
    flaws = [flaw for each in declared_waivers if (flaw := each.flaw(max_waiver_days))]
    assert not flaws, f"has waivers without an end within {counted(max_waiver_days, 'day')}: {'; '.join(flaws)}"


@control(severity="high")
def test_attestations_current(filed_attestation: FiledAttestation) -> None:
    """Every statement a person must make is in force.

    Why: A statement that has run out, or by somebody nobody knows, is quoted to auditors all the same.
    Fix: Let its owner look at it again, and file a new statement; name the owner in people.yaml.
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_priorities_governance_reqs.html
    """
    assert filed_attestation.flaw is None, filed_attestation.flaw


@control(severity="high")
def test_profile_matches_regulations(regulated_account: RegulatedAccount, facts: Facts) -> None:
    """Regulated accounts are held to the regulated profile.

    Why: An account under a regulation that is judged by less than that has a green report and is not compliant.
    Fix: Judge the account by the profile regulated, or one that extends it and loosens no limit of it, and leave none
        of its controls out; name in facts.yaml the framework that stands for each regulation (regulations).
    See: https://docs.aws.amazon.com/wellarchitected/latest/framework/ops_priorities_compliance_reqs.html
    """
    flaws = regulated_account.flaws(REGULATED, {each.name: each.framework for each in facts.regulations})
    assert not flaws, f"is under {', '.join(regulated_account.regulations)}, and {'; '.join(flaws)}"
