"""Where workflows run strangers' code: heads that are checked out, and words that are pasted into scripts."""

from __future__ import annotations

import time
from collections.abc import Mapping

import pytest

from fixtures.grammar.action_references import folder_within, patterns_of_anyone, why_loose
from fixtures.grammar.workflow_dangers import dangers_of
from fixtures.grammar.workflows import LocalAction, local_action_of, workflow_of

CI = ".github/workflows/ci.yml"
CALLED = ".github/workflows/called.yml"
HASH = "08c6903cd8c0fde910a37f88322edcfb5dd907a8"


def dangers(files: Mapping[str, str], path: str = CI) -> list[str]:
    """What is dangerous in the workflow at a path, of a repository with these files."""
    workflows = {name: workflow_of(text) for name, text in files.items() if "workflows" in name}

    def action_at(folder: str) -> tuple[str, LocalAction] | None:
        name = f"{folder}/action.yml"
        return (name, local_action_of(files[name])) if name in files else None

    return [str(each) for each in dangers_of(path, workflows[path], workflows, action_at)]


def of_step(step: str, on: str = "pull_request_target", env: str = "{}") -> list[str]:
    """What is dangerous in a workflow of one step, which begins in its sixth line."""
    lines = step.replace("\n", "\n      ")
    return dangers({CI: f"on: {on}\nenv: {env}\njobs:\n  a:\n    steps:\n    - {lines}\n"})


@pytest.mark.parametrize(
    "on", ["pull_request_target", "[push, workflow_run]", "{pull_request_target: {types: [opened]}}", "status"]
)
@pytest.mark.parametrize(
    ("given", "is_dangerous"),
    [
        ("ref: '${{ github.event.pull_request.head.sha }}'", True),
        ("ref: '${{ github.event.pull_request.head.ref }}'", True),
        ("REF: '${{ github.head_ref }}'", True),
        ("ref: '${{ github.event.workflow_run.head_sha }}'", True),
        ("ref: '${{ github.event.workflow_run.head_branch || github.ref }}'", True),
        ("ref: 'refs/pull/${{ github.event.number }}/merge'", True),
        ("ref: \"${{ format('refs/pull/{0}/head', github.event.number) }}\"", True),
        ("ref: refs/pull/7/head", True),
        ("ref: '${{ github.event.check_run.check_suite.head_sha }}'", True),
        ("ref: '${{ github.event.sha }}'", True),
        ("repository: '${{ github.event.pull_request.head.repo.full_name }}'", True),
        ("ref: '${{ env.HEAD }}'", True),
        ("ref: '${{ steps.pull.outputs.sha }}'", True),
        ("ref: '${{ needs.a.outputs.sha }}'", True),
        ("ref: '${{ env.SET_BY_A_STEP }}'", True),
        ("ref: '${{ github.event.pull_request.base.sha }}'", False),
        ("ref: '${{ github.sha }}'", False),
        ("ref: '${{ env.BASE }}'", False),
        ("ref: '${{ inputs.ref }}'", False),
        ("ref: '${{ vars.BRANCH }}'", False),
        ("ref: main", False),
        ("fetch-depth: 0", False),
    ],
)
def test_a_checkout_where_secrets_are(on: str, given: str, is_dangerous: bool) -> None:
    env = "{HEAD: '${{ github.event.pull_request.head.sha }}', BASE: main}"
    found = of_step(f"uses: actions/checkout@{HASH}\nwith: {{{given}}}", on, env)

    assert bool(found) == is_dangerous
    assert all(each.startswith(f"{CI}:6 checks out") for each in found)


@pytest.mark.parametrize(
    ("given", "is_dangerous"),
    [
        ("ref: '${{ github.event.pull_request.head.sha }}'", True),
        ("repository: '${{ github.event.pull_request.head.repo.full_name }}'", True),
        ("sha: '${{ github.event.pull_request.head.sha }}'", False),
        ("ref: '${{ steps.a.outputs.ref }}'", False),
        ("ref: '${{ github.event.pull_request.base.ref }}'", False),
    ],
)
def test_others_that_are_told_what_to_check_out(given: str, is_dangerous: bool) -> None:
    called = f"on: pull_request_target\njobs:\n  a:\n    uses: a/b/.github/workflows/c.yml@v1\n    with: {{{given}}}\n"
    by_step, by_job = of_step(f"uses: a/build@v1\nwith: {{{given}}}"), dangers({CI: called})

    assert [bool(by_step), bool(by_job)] == [is_dangerous, is_dangerous]
    assert all(" fetch the head of the pull request" in each for each in [*by_step, *by_job])


@pytest.mark.parametrize("on", ["push", "pull_request", "[issues, workflow_dispatch]"])
def test_a_checkout_where_no_secrets_are(on: str) -> None:
    given = "{ref: '${{ github.event.pull_request.head.sha }}'}"

    assert of_step(f"uses: actions/checkout@v5\nwith: {given}", on) == []


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ("gh pr checkout ${{ github.event.number }}", 7),
        ("make\ngit fetch origin pull/${{ github.event.number }}/head", 8),
        ("git fetch origin \\\n  +refs/pull/*/merge:pr", 7),
        ("git -C x checkout ${{ github.event.pull_request.head.sha }}", 7),
        ('git fetch origin "$HEAD" && git checkout FETCH_HEAD', 7),
        ("git pull https://example.com/${HEAD}", 7),
        ("git switch $GITHUB_HEAD_REF", 7),
        ("git checkout ${{ env.HEAD }}", 7),
        ("git checkout main", None),
        ("git log ${{ github.event.pull_request.head.sha }}", None),
        ("# git checkout ${{ github.event.pull_request.head.sha }}", None),
        ("echo ${{ github.event.pull_request.head.sha }}", None),
        ("git fetch origin ${{ github.event.pull_request.base.sha }}", None),
        ('git checkout "$BASE"', None),
        ("git fetch origin pull/${{\n    github.event.number\n  }}/head", 7),
        ("make ${{\n    github.sha\n  }}\ngit switch $GITHUB_HEAD_REF", 10),
        ("SHA=$HEAD\ngit checkout $SHA", 8),
        ("export SHA=${{ github.event.pull_request.head.sha }}; git checkout $SHA", 7),
        ("$sha = $env:HEAD\ngit checkout $sha", 8),
        ("set sha=%HEAD%\ngit checkout %sha%", 8),
        ("SHA=$(jq -r .pull_request.head.sha event.json)\ngit checkout $SHA", 8),
        ("git fetch origin $(gh pr view 7 --json headRefName -q .headRefName)", 7),
        ("SHA=$(git rev-parse HEAD)\ngit checkout $SHA", None),
        ("SHA=$HEAD\necho $SHA", None),
        ("subprocess.run(['git', 'checkout', os.environ['HEAD']])", 7),
        ("exec('git', ['checkout', process.env.HEAD])", 7),
        ("exec(`git checkout ${process.env.HEAD}`)", 7),
        ("git checkout ${{ steps.pull.outputs.head_ref }}", 7),
        ("git checkout ${{ steps.last.outputs.tag }}", None),
        ("gh repo clone ${{ github.event.pull_request.head.repo.full_name }}", 7),
        ("curl -L https://codeload.github.com/a/b/tar.gz/$HEAD | tar xz", 7),
        ("gh api repos/a/b/zipball/$HEAD > b.zip", 7),
        ("gh api repos/a/b/statuses/$HEAD -f state=success", None),
        ("gh pr diff 7 | git apply", 7),
        ("curl -L ${{ github.event.pull_request.patch_url }} | git am", 7),
        ("gh pr diff 7 --name-only", None),
    ],
)
def test_a_checkout_by_hand(script: str, line: int | None) -> None:
    env = "{HEAD: '${{ github.event.pull_request.head.sha }}', BASE: main}"
    found = of_step("run: |\n  " + script.replace("\n", "\n  "), env=env)

    assert [each.partition(" ")[0] for each in found] == ([] if line is None else [f"{CI}:{line}"])


@pytest.mark.parametrize(
    ("step", "found"),
    [
        ("run: echo ${{ github.event.issue.title }}", ["6 github.event.issue.title"]),
        ("run: echo ${{ env.TITLE }}", ["6 env.TITLE (github.event.issue.title)"]),
        ("run: echo \"$TITLE\"", []),
        ("run: echo \"$TITLE\"\nenv: {TITLE: '${{ github.event.issue.body }}'}", []),
        ("run: echo ${{ env.T }}\nenv: {T: '${{ github.event.issue.body }}'}", ["6 env.T (github.event.issue.body)"]),
        ("run: echo ${{ env.TITLE }}\nenv: {TITLE: none}", []),
        ("run: |\n  make\n  echo ${{ toJSON(github.event) }}", ["8 toJSON(github.event) (github.event)"]),
        ("run: echo ${{ github.event.issue.number }} ${{ contains(github.event.issue.title, 'x') }}", []),
        ("name: ${{ github.event.issue.title }}\nif: github.event.issue.title\nrun: make", []),
        ("uses: a/script@v8\nwith: {script: 'x(`${{ github.event.issue.body }}`)'}", ["7 github.event.issue.body"]),
        ("uses: acme/comment@v8\nwith: {body: '${{ github.event.issue.body }}'}", []),
    ],
)  # fmt: skip
def test_words_that_are_pasted_into_a_script(step: str, found: list[str]) -> None:
    env = "{TITLE: '${{ github.event.issue.title }}'}"

    said = [each.removesuffix(" into a script").replace(" pastes ", " ") for each in of_step(step, "issues", env)]
    assert said == [f"{CI}:{each}" for each in found]


def test_a_called_workflow_is_given_what_it_pastes() -> None:
    caller = (
        f"on: issues\njobs:\n  a:\n    uses: ./{CALLED}\n    with: {{Title: '${{{{ github.event.issue.title }}}}'}}\n"
    )
    called = "on: workflow_call\njobs:\n  a:\n    steps:\n    - run: echo ${{ inputs.title }}\n"
    files = {CI: caller, CALLED: called}

    assert dangers(files) == [f"{CALLED}:5 pastes inputs.title (github.event.issue.title) into a script"]
    assert dangers(files, CALLED) == []
    assert dangers({**files, CI: caller.replace("issue.title", "issue.number")}) == []


def test_a_called_workflow_has_the_rights_of_its_caller() -> None:
    caller = (
        f"on: pull_request_target\njobs:\n  a:\n    uses: $/{CALLED}\n    with: {{ref: '${{{{ github.head_ref }}}}'}}\n"
    )
    step = "uses: actions/checkout@v5\n      with: {ref: '${{ inputs.ref }}'}"
    called = f"on: workflow_call\njobs:\n  a:\n    steps:\n    - {step}\n"
    files = {CI: caller, CALLED: called}

    (found,) = dangers(files)
    assert found.startswith(f"{CALLED}:5 checks out the head of the pull request (github.head_ref)")
    assert dangers(files, CALLED) == []


def test_an_action_of_the_repository_is_followed_into() -> None:
    action = "runs:\n  using: composite\n  steps:\n  - run: echo ${{ inputs.text }} ${{ env.BODY }}\n    shell: bash\n"
    given = "env: {BODY: '${{ github.event.issue.body }}'}\n      with: {text: '${{ github.head_ref }}'}"
    step = f"uses: ./tools/say\n      {given}"
    files = {CI: f"on: issues\njobs:\n  a:\n    steps:\n    - {step}\n", "tools/say/action.yml": action}

    assert dangers(files) == [
        "tools/say/action.yml:4 pastes inputs.text (github.head_ref) into a script",
        "tools/say/action.yml:4 pastes env.BODY (github.event.issue.body) into a script",
    ]


def test_what_uses_itself_comes_to_an_end() -> None:
    action = "runs: {using: composite, steps: [{uses: ./a}, {run: '${{ github.head_ref }}', shell: bash}]}"
    workflow = f"on: push\njobs:\n  a: {{uses: ./{CI}}}\n  b: {{steps: [{{uses: ./a}}]}}\n"

    assert dangers({CI: workflow, "a/action.yml": action}) == ["a/action.yml:1 pastes github.head_ref into a script"]


def test_outputs_and_matrices_are_followed_to_where_they_come_from() -> None:
    workflow = """\
on: issues
jobs:
  a:
    outputs: {Title: "${{ github.event.issue.title }}", number: "${{ github.event.issue.number }}"}
    steps: [{run: make}]
  b:
    strategy: {matrix: {word: ["${{ github.event.issue.body }}"]}}
    steps:
    - run: echo ${{ needs.a.outputs.title }} ${{ needs.a.outputs.number }}
    - run: echo ${{ matrix.word }}
  c:
    strategy: {matrix: {word: [one, two]}}
    steps:
    - run: echo ${{ matrix.word }}
"""

    assert dangers({CI: workflow}) == [
        f"{CI}:9 pastes needs.a.outputs.title (github.event.issue.title) into a script",
        f"{CI}:10 pastes matrix.word (github.event.issue.body) into a script",
    ]


@pytest.mark.parametrize("word", ["git ", "curl ", "gh pr diff ", "a=", "${{ github.sha }} "])
def test_a_line_without_end_is_read_at_once(word: str) -> None:
    began = time.process_time()
    of_step("run: |\n  echo $GITHUB_OUTPUT " + word * (20_000 // len(word)))

    assert time.process_time() - began < 5


SAME = "github.event.pull_request.head.repo.full_name == github.repository"
PUSHED = "github.event.workflow_run.event == 'push'"


@pytest.mark.parametrize(
    ("condition", "is_dangerous"),
    [
        (SAME, False),
        (f"${{{{ {SAME} }}}}", False),
        ("github.repository == github.event.pull_request.head.repo.full_name", False),
        (f"github.actor != 'x' && ({SAME})", False),
        (f"(always() && (({SAME}) && true))", False),
        (PUSHED.replace("push", "Push"), False),
        ("github.event.workflow_run.head_repository.full_name == github.repository", False),
        (f"{SAME} && a || b", True),
        (f"({SAME} || a) && b", True),
        (f"!({SAME})", True),
        (SAME.replace("==", "!="), True),
        (PUSHED.replace("==", "!="), True),
        (f"{SAME} == false", True),
        (f"${{{{ {SAME} }}}} && a", True),
        (f"${{{{ {SAME} }}}} ", True),
        (f"${{{{ {SAME} }}}}\\n", True),
        (f"{SAME}\\n", False),
        ("github.event.workflow_run.event == 'pull_request'", True),
        ("github.event.workflow_run.head_branch == 'main'", True),
        ("github.event.pull_request.head.repo.fork == false", True),
        ("github.event.pull_request.author_association == 'MEMBER'", True),
        ("contains(github.event.pull_request.labels.*.name, 'safe')", True),
    ],
)
def test_a_condition_that_leaves_strangers_out(condition: str, is_dangerous: bool) -> None:
    of_job = "on: pull_request_target\njobs:\n  a:\n    if: {if}\n    steps: [{run: gh pr checkout 7}]\n"
    by_job = dangers({CI: of_job.replace("{if}", f'"{condition}"')})
    by_step = of_step(f'if: "{condition}"\nrun: gh pr checkout 7')

    assert [bool(by_job), bool(by_step)] == [is_dangerous, is_dangerous]


def test_a_condition_is_of_its_own_job_alone() -> None:
    steps = "steps: [{uses: actions/checkout@v5, with: {ref: '${{ github.head_ref }}'}}]"
    workflow = f"on: pull_request_target\njobs:\n  a:\n    if: {SAME}\n    {steps}\n  b:\n    {steps}\n"

    assert [each.partition(" ")[0] for each in dangers({CI: workflow})] == [f"{CI}:7"]


def test_a_title_is_a_strangers_whoever_may_push() -> None:
    assert of_step(f"if: {SAME}\nrun: echo ${{{{ github.event.pull_request.title }}}}")


TITLE = "${{ github.event.issue.title }}"


@pytest.mark.parametrize(
    ("step", "is_the_title"),
    [
        (f"env: {{T: '{TITLE}'}}, run: echo \"x=$T\" >> $GITHUB_OUTPUT", True),
        (f"env: {{T: '{TITLE}'}}, run: 'echo \"a=1\" >> $GITHUB_OUTPUT; echo \"x=$T\" >> $GITHUB_OUTPUT'", True),
        (f'run: \'T="{TITLE}"; echo "x=$T" >> $GITHUB_OUTPUT\'', True),
        (f"env: {{T: '{TITLE}'}}, run: \"echo 'x<<E' >> $GITHUB_OUTPUT\\necho $T >> $GITHUB_OUTPUT\"", True),
        (f"env: {{T: '{TITLE}'}}, run: 'echo ::set-output name=x::$T'", True),
        ("uses: a/script@v8, with: {script: 'core.setOutput(\"x\", context.payload.issue?.title)'}", True),
        ("uses: a/script@v8, with: {script: 'core.setOutput(\"x\", context.payload.issue.number)'}", False),
        (f"env: {{T: '{TITLE}'}}, uses: a/script@v8, with: {{script: 'core.setOutput(\"x\", process.env.T)'}}", True),
        ("uses: a/script@v8, with: {script: 'core.setOutput(\"x\", context.payload.issue.title.length > 2)'}", False),
        (f"env: {{T: '{TITLE}'}}, run: echo \"y=$T\" >> $GITHUB_OUTPUT", False),
        (f"env: {{T: '{TITLE}'}}, run: echo \"x=$(slug $T)\" >> $GITHUB_OUTPUT", False),
        (f"env: {{T: '{TITLE}'}}, run: 'S=$(slug $T); echo \"x=$S\" >> $GITHUB_OUTPUT'", False),
        (f"env: {{T: '{TITLE}'}}, run: '[ \"$T\" = x ] && echo \"x=yes\" >> $GITHUB_OUTPUT'", False),
    ],
)
def test_an_output_of_a_step_that_is_the_title(step: str, is_the_title: bool) -> None:
    workflow = (
        f"on: issues\njobs:\n  a:\n    steps:\n    - {{id: A, {step}}}\n    - run: echo ${{{{ steps.a.outputs.x }}}}\n"
    )

    found = [each for each in dangers({CI: workflow}) if "steps.a" in each]
    assert bool(found) == is_the_title


def test_a_variable_that_a_script_of_javascript_hands_on() -> None:
    script = "core.exportVariable('T', context.payload.issue.title)"
    steps = f'[{{uses: a/script@v8, with: {{script: "{script}"}}}}, {{run: "echo ${{{{ env.T }}}}"}}]'

    assert dangers({CI: f"on: issues\njobs:\n  a:\n    steps: {steps}\n"}) == [
        f"{CI}:4 pastes env.T (github.event.issue.title) into a script"
    ]


@pytest.mark.parametrize(
    ("script", "line"),
    [
        ('echo "B=$B" >> $GITHUB_ENV', 7),
        ("make\n{\n  echo 'B<<E'\n  echo $B\n  echo E\n} >> $GITHUB_ENV", 8),
        ('echo "B=${{ github.event.comment.body }}" >> $GITHUB_ENV', 7),
        ('echo "B=${B//x/}" >> $GITHUB_ENV', None),
        ('echo "B=$(slug $B)" >> $GITHUB_ENV', None),
        ('echo "B<<$END" >> $GITHUB_ENV\necho "$B" >> $GITHUB_ENV', None),
        ('echo "B=$B"\necho "N=1" >> $GITHUB_ENV', None),
        ('echo "N=${{ github.event.comment.id }}" >> $GITHUB_ENV', None),
    ],
)
def test_lines_that_set_variables_of_the_steps_behind(script: str, line: int | None) -> None:
    step = "env: {B: '${{ github.event.comment.body }}'}\nrun: |\n  " + script.replace("\n", "\n  ")

    found = [each for each in of_step(step, "issue_comment") if "set any variable" in each]
    assert [each.partition(" ")[0] for each in found] == ([] if line is None else [f"{CI}:{line + 1}"])


def test_outputs_of_what_is_called_are_followed_to_where_they_come_from() -> None:
    workflow = f"""\
on: issues
jobs:
  a: {{uses: ./{CALLED}, with: {{title: "{TITLE}"}}}}
  b:
    needs: a
    steps:
    - {{uses: ./look, id: look}}
    - run: echo ${{{{ steps.look.outputs.Title }}}} ${{{{ needs.a.outputs.title }}}}
    - run: echo ${{{{ steps.look.outputs.fixed }}}} ${{{{ needs.a.outputs.fixed }}}}
"""
    called = """\
on:
  workflow_call:
    outputs: {Title: {value: "${{ jobs.c.outputs.t }}"}, fixed: {value: none}, odd: none}
jobs:
  c:
    outputs: {t: "${{ inputs.title }}"}
    steps: []
"""
    action = """\
inputs: {Text: {default: "${{ github.event.issue.title }}"}}
outputs: {title: {value: "${{ steps.c.outputs.t }}"}, fixed: {value: none}}
runs:
  using: composite
  steps:
  - {id: c, shell: bash, env: {T: "${{ inputs.text }}"}, run: echo "t=$T" >> $GITHUB_OUTPUT}
"""
    files = {CI: workflow, CALLED: called, "look/action.yml": action}

    assert dangers(files) == [
        f"{CI}:8 pastes steps.look.outputs.Title (github.event.issue.title) into a script",
        f"{CI}:8 pastes needs.a.outputs.title (github.event.issue.title) into a script",
    ]


@pytest.mark.parametrize(
    ("uses", "why", "enforced"),
    [
        (f"octo/tool@{HASH}", None, None),
        (f"octo/tool/sub@{HASH.upper()}", None, None),
        (f"octo/tool/.github/workflows/x.yml@{HASH}", None, None),
        ("acme/tool@v1", None, None),
        ("ACME/tool/.github/workflows/x.yml@main", None, None),
        ("./tool", None, None),
        ("$/tool", None, None),
        (" ./tool ", None, None),
        (f"docker://alpine@sha256:{'0' * 64}", None, None),
        ("docker://alpine:3.22", "is an image by no digest", "is an image by no digest"),
        ("docker://ghcr.io/acme/x@v1", "is an image by no digest", "is an image by no digest"),
        ("octo/tool@v1", "is pinned to no commit", None),
        ("actions/checkout@v5", "is pinned to no commit", None),
        (f"octo/tool@{HASH[:7]}", "is pinned to no commit", None),
        (f"octo/tool@{HASH[:39]}", "is pinned to no commit", None),
        (f"octo/tool@{HASH}0", "is pinned to no commit", None),
        ("octo/tool@main", "is pinned to no commit", None),
        ("octo/tool/.github/workflows/x.yml@v1", "is pinned to no commit", "is pinned to no commit"),
        ("octo/tool", "names no version", "names no version"),
        ("acme-evil/tool@v1", "is pinned to no commit", None),
    ],
)
def test_what_a_reference_brings_stays_what_it_was(uses: str, why: str | None, enforced: str | None) -> None:
    assert why_loose(uses, "acme", is_pinning_enforced=False) == why
    assert why_loose(uses, "acme", is_pinning_enforced=True) == enforced


@pytest.mark.parametrize(
    ("uses", "folder"),
    [
        ("./", "."),
        ("./a/b/", "a/b"),
        ("$/.github/actions/x", ".github/actions/x"),
        ("$/./actions/x", "actions/x"),
        ("./a/../../b", "../b"),
        ("octo/tool@v1", None),
        (None, None),
    ],
)
def test_where_a_reference_leads_within_the_repository(uses: str | None, folder: str | None) -> None:
    assert folder_within(uses) == folder


def test_patterns_that_let_in_anyone() -> None:
    kept = ["docker/*", "monalisa/octocat@*", "space-org*/*", "!*/*"]

    assert patterns_of_anyone(["*", "*/*", "**/octocat@v1", "*@main", *kept]) == ["*", "*/*", "**/octocat@v1", "*@main"]
