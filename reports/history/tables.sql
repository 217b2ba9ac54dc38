-- The runs of a place as tables. The variables `runs`, `controls`, `accounts` and `left_out` hold JSON, `files` the addresses of
-- the rows. `database.VIEWS` says what the columns are.

CREATE TABLE run_table AS SELECT unnest(from_json(getvariable('runs'), '[{
    "run": "VARCHAR", "folder": "VARCHAR", "file": "VARCHAR", "night": "DATE", "counted": "BOOLEAN", "edited": "BOOLEAN",
    "started": "TIMESTAMP", "ended": "TIMESTAMP", "mocked": "BOOLEAN", "replay_of": "VARCHAR",
    "profiles": ["VARCHAR"], "by": "VARCHAR", "exit_code": "INTEGER", "counts": {
        "pass": "BIGINT", "fail": "BIGINT", "error": "BIGINT",
        "waived": "BIGINT", "not_applicable": "BIGINT", "not_run": "BIGINT"}}]'), max_depth := 2);

CREATE TABLE controls AS SELECT unnest(from_json(getvariable('controls'), '[{
    "run": "VARCHAR", "control": "VARCHAR", "title": "VARCHAR", "severity": "VARCHAR", "domain": "VARCHAR",
    "kind": "VARCHAR", "parameters": "JSON", "source_sha256": "VARCHAR"}]'), max_depth := 2);

CREATE TABLE accounts AS SELECT unnest(from_json(getvariable('accounts'), '[{
    "run": "VARCHAR", "account": "VARCHAR", "id": "VARCHAR", "kind": "VARCHAR", "evidence": "VARCHAR",
    "tags": "JSON"}]'), max_depth := 2);

-- What a run that is a part left out: it was not asked, so that nothing of it is lost.
CREATE TABLE left_out AS SELECT unnest(from_json(getvariable('left_out'), '[{
    "run": "VARCHAR", "control": "VARCHAR", "account": "VARCHAR"}]'), max_depth := 2);

-- A line that is no row of its run stays, as one that is not readable. The size is of a line: one that somebody made
-- long must not end the reading of all.
CREATE VIEW verdicts AS
SELECT r.run, r.night, r.counted, v.control, v.account, v.region, v.resource, v.status, v.reason, v.parameters,
    v.reads, v.waiver, v.judged_in, v."at" AS judged_at, v.name, v.tags,
    coalesce(v.run = r.run
        AND v.status IN ('pass', 'fail', 'error', 'waived', 'not_applicable', 'not_run')
        AND v.control IS NOT NULL AND v.account IS NOT NULL AND v.region IS NOT NULL AND v.resource IS NOT NULL
        AND v.reason IS NOT NULL AND v.parameters IS NOT NULL AND v.reads IS NOT NULL AND v."at" IS NOT NULL,
        false) AS readable
FROM read_json(getvariable('files'), format = 'newline_delimited', ignore_errors = true, filename = true,
    maximum_object_size = 67108864, columns = {
        'run': 'VARCHAR', 'control': 'VARCHAR', 'account': 'VARCHAR', 'region': 'VARCHAR', 'resource': 'VARCHAR',
        'status': 'VARCHAR', 'reason': 'VARCHAR', 'parameters': 'JSON', 'reads': 'VARCHAR[]', 'waiver': 'VARCHAR',
        'judged_in': 'VARCHAR', 'at': 'VARCHAR', 'name': 'VARCHAR', 'tags': 'JSON'}) AS v
JOIN run_table AS r ON v.filename = r.file;
