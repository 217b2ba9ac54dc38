"""Workflows and actions: what is read of a file, and what is refused."""

from __future__ import annotations

from contextlib import suppress
from itertools import pairwise

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from fixtures.grammar.workflow_permissions import unsaid_permissions
from fixtures.grammar.workflows import local_action_of, workflow_of
from fixtures.grammar.yaml_texts import BadYaml, YamlFields, YamlText, document_of

# Eight times as many values with each line.
ALIASES = "a: &a [x]\n" + "".join(
    f"{after}: &{after} [{', '.join([f'*{before}'] * 8)}]\n" for before, after in pairwise("abcdefghi")
)
JOBS = "jobs:\n  a:\n    runs-on: x\n    steps:\n    - run: make\n"


@pytest.mark.parametrize(
    ("on", "triggers"),
    [
        ("on: push", {"push"}),
        ('"on": push', {"push"}),
        ("'on': [push, pull_request_target]", {"push", "pull_request_target"}),
        ("on:\n- push\n- workflow_run", {"push", "workflow_run"}),
        ("on: {push: {branches: [main]}, Pull_Request_Target: }", {"push", "pull_request_target"}),
        ("on:\n  push:\n  # pull_request_target:\n  workflow_run: {workflows: [ci]}", {"push", "workflow_run"}),
    ],
)
def test_what_starts_a_workflow(on: str, triggers: set[str]) -> None:
    assert workflow_of(f"{on}\n{JOBS}").triggers == triggers


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "empty"),
        ("# nothing", "empty"),
        ("a: [", "no YAML"),
        ("on: push\n--- \nb: c", "goes on"),
        ("- on: push", "no fields"),
        ("on: push", "has jobs"),
        ("on: push\njobs:", "no fields"),
        ("on: push\njobs: {}", "one at least"),
        (JOBS, "has on"),
        (f"on:\n{JOBS}", "no event"),
        (f"true: push\n{JOBS}", "has on"),
        ("on: push\non: push\n" + JOBS, "line 2: on stands there twice"),
        ("on: push\njobs:\n  a:\n    runs-on: x", "line 3: the job a has neither"),
        ("on: push\njobs:\n  a:\n    steps: make", "no list"),
        ("on: push\njobs:\n  a:\n    steps:\n    - name: x", "line 5: a step is one of"),
        ("on: push\njobs:\n  a:\n    steps:\n    - run: [x]", "no text"),
        ("on: push\njobs:\n  a:\n    steps:\n    - {run: x, uses: y}", "none or several"),
        ("on: push\njobs:\n  a:\n    steps:\n    - parallel: {run: x}", "no list"),
        (f"on: push\npermissions: write\n{JOBS}", "line 2: permissions: write is neither"),
        (f"on: push\npermissions: {{contents: admin}}\n{JOBS}", "line 2: permissions: contents: admin"),
        (f"on: push\nx: &a [*a]\n{JOBS}", "stands for nothing"),
        (f"on: push\n<<: {{a: b}}\n{JOBS}", "merges"),
        ("on: push\n? [a]\n: b\n" + JOBS, "a name is no text"),
        ("[" * 100_000, "nested deeper"),
        ("- " * 100_000, "nested deeper"),
        (ALIASES, "its aliases"),
        ("x" * 1_100_000, "larger"),
        ("\0", "no YAML"),
    ],
)  # fmt: skip
def test_what_is_no_workflow(text: str, why: str) -> None:
    with pytest.raises(BadYaml, match=why):
        workflow_of(text)


def test_a_job_is_read_with_its_lines() -> None:
    workflow = workflow_of(
        """\
on: push
env: {A: "${{ github.sha }}"}
jobs:
  Build:
    permissions: {contents: read, id-token: write}
    strategy: {matrix: {os: [x, "${{ fromJSON(a) }}"]}}
    outputs: {version: "${{ steps.a.outputs.b }}"}
    steps:
    - uses: actions/checkout@v5
      with: {Ref: main, fetch-depth: 0}
    - name: |
        two lines
      run: |
        first
        second ${{ x }}
  call:
    uses: ./.github/workflows/x.yml
    with: {a: b}
"""
    )

    build, call = workflow.jobs
    assert (build.name, build.line, build.uses) == ("build", 4, None)
    assert build.permissions is not None
    assert build.permissions.written == ["id-token"]
    assert list(build.matrix) == ["x", "${{ fromJSON(a) }}"]
    assert [(step.line, step.uses, step.given) for step in build.steps] == [
        (9, "actions/checkout@v5", {"ref": "main", "fetch-depth": "0"}),
        (11, None, {}),
    ]
    script = build.steps[1].run
    assert script is not None
    assert [script.line_at(script.index(word)) for word in ("first", "second")] == [14, 15]
    assert (call.uses, call.given, list(call.steps)) == ("./.github/workflows/x.yml", {"a": "b"}, [])


def test_steps_that_run_at_once_are_steps() -> None:
    steps = "[{parallel: [{run: one}, {uses: two@v1}]}, {run: three, background: true}, {wait-all: }, {cancel: x}]"
    (job,) = workflow_of(f"on: push\njobs:\n  a:\n    steps: {steps}\n").jobs

    assert [step.run or step.uses for step in job.steps] == ["one", "two@v1", "three"]


def test_an_anchor_stands_for_what_it_names() -> None:
    workflow = workflow_of("on: push\njobs:\n  a: &job\n    steps: [{run: make}]\n  b: *job\n")

    assert [len(job.steps) for job in workflow.jobs] == [1, 1]


@pytest.mark.parametrize(
    ("runs", "scripts"),
    [
        ("{using: composite, steps: [{run: make, shell: bash}]}", ["make"]),
        ("{using: node24, main: index.js}", []),
        ("{using: docker, image: Dockerfile}", []),
    ],
)
def test_an_action_has_steps_where_it_is_composite(runs: str, scripts: list[str]) -> None:
    assert [step.run for step in local_action_of(f"name: x\nruns: {runs}").steps] == scripts


@pytest.mark.parametrize("text", ["name: x", "runs: {}", "runs: {using: composite}", "runs: {using: [composite]}"])
def test_what_is_no_action(text: str) -> None:
    with pytest.raises(BadYaml):
        local_action_of(text)


@pytest.mark.parametrize(
    ("top", "job", "found"),
    [
        ("", "", ["6: says nothing of the permissions of the job a"]),
        ("permissions:", "", ["6: says nothing of the permissions of the job a"]),
        ("permissions: {}", "", []),
        ("permissions: read-all", "", []),
        ("permissions: {contents: read, packages: none}", "", []),
        ("permissions: write-all", "", ["2: gives every job write-all"]),
        (
            "permissions: {contents: write, id-token: write}",
            "",
            ["2: gives every job contents: write, id-token: write"],
        ),
        ("permissions: {packages: write}", "", []),
        ("", "permissions: {contents: write}", []),
        ("", "permissions: write-all", ["7: gives the job a write-all"]),
        ("permissions: {}", "permissions: read-all", []),
    ],
)
def test_permissions_that_nobody_has_asked_for(top: str, job: str, found: list[str]) -> None:
    workflow = workflow_of(f"on: push\n{top}\n\n\njobs:\n  a:\n    {job}\n    steps: [{{run: make}}]\n")

    assert [f"{line}: {what}" for line, what in unsaid_permissions(workflow, ["packages"])] == found


PLAIN = st.recursive(
    st.text(st.characters(codec="utf-8", exclude_categories=["C"]), max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text("abc", min_size=1, max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


def plain(value: object) -> object:
    match value:
        case YamlText():
            return str(value)
        case YamlFields():
            return {name: plain(each) for name, each in value.items()}
        case list():
            return [plain(each) for each in value]
    raise AssertionError(value)


@given(PLAIN)
def test_texts_come_out_as_they_went_in(value: object) -> None:
    written = yaml.safe_dump(value, default_style='"', allow_unicode=True)

    assert plain(document_of(written)) == value


@given(st.text(max_size=80) | st.text("[]{}:,-&*!|>'\"#%@ \n", max_size=80))
def test_any_text_is_a_workflow_or_refused(text: str) -> None:
    for whole in (text, f"on: push\njobs:\n  a:\n    steps:\n    - run: {text}\n"):
        with suppress(BadYaml):
            workflow_of(whole)
