"""Images that jobs run: which of them may become others."""

from __future__ import annotations

import pytest

from fixtures.grammar.workflow_images import loose_images
from fixtures.grammar.workflows import workflow_of
from fixtures.grammar.yaml_texts import BadYaml

DIGEST = f"sha256:{'4b' * 32}"
TAG = "is an image by no digest"
NOTHING = "is an image that an expression names, which pins none"


def loose_in(job: str) -> list[str]:
    """What is said of the images of a job, behind their names."""
    found = loose_images(workflow_of(f"on: push\njobs:\n  a: {{steps: [], {job}}}\n"))
    return [why[why.index(" is an image") + 1 :] for _, why in found]


@pytest.mark.parametrize(
    ("job", "loose"),
    [
        ("env: {A: b}", []),
        ("container: ~", []),
        ("container: ''", []),
        ("container: {image: }", []),
        ("services: {}", []),
        (f"container: node@{DIGEST}", []),
        ("container: node", [TAG]),
        ("container: {image: node:22}", [TAG]),
        ("services: {a: redis:7, b: {image: redis:7}}", [TAG] * 2),
        ("services: '${{ inputs.services }}'", [NOTHING]),
        ("container: '${{ matrix.a }}'", [NOTHING]),
        ("strategy: {matrix: {a: [redis:7]}}, container: '${{ matrix.A }}'", [f"{TAG}: redis:7"]),
        ("strategy: {matrix: {a: [redis:7]}}, container: \"${{ matrix.a || '' }}\"", [f"{TAG}: redis:7"]),
        ("strategy: {matrix: {a: [redis:7]}}, container: '${{ matrix.b }}'", [NOTHING]),
        ("strategy: {matrix: {a: [redis:7]}}, container: \"${{\\n matrix.a\\n}}\"", [f"{TAG}: redis:7"]),
        ("container: \"${{ '}}' || '' }}\"", [NOTHING]),
        ("strategy: {matrix: {a: ['${{ vars.A }}']}}, container: '${{ matrix.a }}'", [NOTHING]),
        ("strategy: {matrix: {a: [b], include: '${{ c }}'}}, container: '${{ matrix.a }}'", [NOTHING]),
        (f"strategy: {{matrix: {{a: [b@{DIGEST}]}}}}, container: '${{{{ matrix.a }}}}'", []),
        (f"strategy: {{matrix: {{a: [b@{DIGEST}]}}}}, container: '${{{{ matrix.a }}}}${{{{ matrix.a }}}}'", [NOTHING]),
    ],
)  # fmt: skip
def test_an_image(job: str, loose: list[str]) -> None:
    assert loose_in(job) == loose


def test_an_image_is_text() -> None:
    with pytest.raises(BadYaml, match="image: is no text"):
        loose_in("container: {image: [node]}")
