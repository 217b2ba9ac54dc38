-- Since when what is open today has been open. $runs are today's runs (those of a fleet are many), $open the items as JSON, numbered.
--
-- An item is as old as the first run that saw it open after the last one that saw it closed. A run that did not see it
-- (another selection, an unreadable list) ends nothing. A failure is as old as the first failure; what cannot be judged
-- is as old as the first run in which it was open in any way.
WITH wanted AS MATERIALIZED (
    SELECT unnest(from_json($open, '[{"item": "INTEGER", "control": "VARCHAR", "account": "VARCHAR",
        "region": "VARCHAR", "resource": "VARCHAR", "failing": "BOOLEAN"}]'), max_depth := 2)
), comparable AS (
    -- The same account under the same name: a sandbox says nothing of a real one.
    SELECT past.run, past.account, r.started FROM accounts AS past
    JOIN accounts AS now ON list_contains($runs, now.run) AND now.account = past.account
        AND now.id IS NOT DISTINCT FROM past.id AND now.evidence = past.evidence
    JOIN run_table AS r ON r.run = past.run
    WHERE r.replay_of IS NULL AND r.started < (SELECT min(started) FROM run_table WHERE list_contains($runs, run))
), found AS MATERIALIZED (
    -- By itself: joined with the runs first, every item would be held once a run.
    SELECT w.item, w.failing, v.run, v.account, v.status
    FROM verdicts AS v JOIN wanted AS w USING (control, account, region, resource)
    WHERE v.readable
), seen AS (
    SELECT f.item, f.failing, c.started,
        bool_or(f.status IN ('fail', 'waived')) AS failed,
        bool_or(f.status NOT IN ('pass', 'not_applicable')) AS open
    FROM found AS f JOIN comparable AS c USING (run, account)
    GROUP BY ALL
), closed AS (
    SELECT item, max(started) AS started FROM seen WHERE NOT open GROUP BY item
)
SELECT s.item,
    min(s.started) FILTER (s.open AND (s.failed OR NOT s.failing) AND (c.started IS NULL OR s.started > c.started)),
    min(c.started)
FROM seen AS s LEFT JOIN closed AS c USING (item)
GROUP BY s.item
