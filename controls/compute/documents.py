"""Systems Manager documents: what our automation does is not for everybody to read and run."""

from __future__ import annotations

from fixtures.ssm import Document, DocumentSharing
from muster import control


@control(severity="critical")
def test_ssm_document_not_public(document: Document) -> None:
    """No automation document of ours is public.

    Why: A document shows how systems are run and repaired, with names, addresses and sometimes passwords in it.
    Fix: Take `all` out of the accounts that the document is shared with, and change what was secret in it.
    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-ssm-sharing.html
    """
    assert not document.is_public, "may be used by anyone: it is shared with all"


@control(severity="high")
def test_ssm_document_public_sharing_blocked(document_sharing: DocumentSharing) -> None:
    """Automation documents cannot be made public.

    Why: A document is public after one call, by mistake as well; with public sharing blocked, that call is refused.
    Fix: Turn on the block of public sharing for documents in the region.
    See: https://docs.aws.amazon.com/systems-manager/latest/userguide/documents-ssm-sharing.html
    """
    assert document_sharing.permission == "Disable", (
        f"lets documents in {document_sharing.region} be made public: the setting is {document_sharing.permission}"
    )
