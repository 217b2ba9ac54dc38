-- Since when what is open today has been open. $run is today's run, $open the keys as JSON.
--
-- An item is as old as the first run that saw it open after the last one that saw it closed. A run that did not see it
-- (another selection, an unreadable list) ends nothing. A failure is as old as the first failure; what cannot be judged
-- is as old as the first run in which it was open in any way.
WITH wanted AS (
    SELECT unnest(from_json($open, '[{"control": "VARCHAR", "account": "VARCHAR", "region": "VARCHAR",
        "resource": "VARCHAR", "failing": "BOOLEAN"}]'), max_depth := 2)
), today AS (
    SELECT started FROM run_table WHERE run = $run
), comparable AS (
    -- The same account under the same name: a sandbox says nothing of a real one.
    SELECT past.run, past.account FROM accounts AS past
    JOIN accounts AS now ON now.run = $run AND now.account = past.account
        AND now.id IS NOT DISTINCT FROM past.id AND now.evidence = past.evidence
), seen AS (
    SELECT control, account, region, resource, r.started,
        bool_or(status IN ('fail', 'waived')) AS failed,
        bool_or(status NOT IN ('pass', 'not_applicable')) AS open
    FROM verdicts AS v JOIN run_table AS r USING (run) JOIN comparable USING (run, account)
        SEMI JOIN wanted USING (control, account, region, resource)
    WHERE v.readable AND r.replay_of IS NULL AND r.started < (SELECT started FROM today)
    GROUP BY ALL
), closed AS (
    SELECT control, account, region, resource, max(started) AS started FROM seen WHERE NOT open GROUP BY ALL
)
SELECT w.control, w.account, w.region, w.resource,
    min(s.started) FILTER (s.open AND (s.failed OR NOT w.failing) AND (c.started IS NULL OR s.started > c.started)),
    min(c.started)
FROM wanted AS w
LEFT JOIN seen AS s USING (control, account, region, resource)
LEFT JOIN closed AS c USING (control, account, region, resource)
GROUP BY ALL
