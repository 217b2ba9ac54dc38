-- What is counted of the rows, once, over the tables of `tables.sql`. `database.VIEWS` says what the columns are.

-- One pass over all rows; whatever else is counted is counted from this.
CREATE TABLE tally AS
SELECT run, readable, CASE WHEN readable THEN control END AS control, CASE WHEN readable THEN account END AS account,
    count(*) AS rows,
    count_if(readable AND status = 'pass') AS pass,
    count_if(readable AND status = 'fail') AS fail,
    count_if(readable AND status = 'error') AS error,
    count_if(readable AND status = 'waived') AS waived,
    count_if(readable AND status = 'not_applicable') AS not_applicable,
    count_if(readable AND status = 'not_run') AS not_run
FROM verdicts GROUP BY ALL;

CREATE TABLE runs AS
WITH found AS (
    SELECT run, sum(rows) AS rows, sum(rows) FILTER (NOT readable) AS unreadable_rows, sum(pass) AS pass,
        sum(fail) AS fail, sum(error) AS error, sum(waived) AS waived, sum(not_applicable) AS not_applicable,
        sum(not_run) AS not_run
    FROM tally GROUP BY run
)
SELECT t.* EXCLUDE (file, counts, edited), coalesce(f.rows, 0)::BIGINT AS rows,
    coalesce(f.unreadable_rows, 0)::BIGINT AS unreadable_rows,
    coalesce(t.ended IS NOT NULL AND NOT t.edited
        AND t.counts.pass = coalesce(f.pass, 0) AND t.counts.fail = coalesce(f.fail, 0)
        AND t.counts.error = coalesce(f.error, 0) AND t.counts.waived = coalesce(f.waived, 0)
        AND t.counts.not_applicable = coalesce(f.not_applicable, 0) AND t.counts.not_run = coalesce(f.not_run, 0),
        false) AS whole
FROM run_table AS t LEFT JOIN found AS f USING (run);

-- What each run asked beside what it left: either may be missing.
CREATE TABLE asked AS
WITH selected AS (
    SELECT run, control, account, evidence FROM controls JOIN accounts USING (run, kind)
        ANTI JOIN left_out USING (run, control, account)
), found AS (
    SELECT t.* EXCLUDE (readable), coalesce(a.evidence, 'unknown') AS evidence
    FROM tally AS t LEFT JOIN accounts AS a USING (run, account) WHERE t.readable
)
SELECT r.night, r.whole, run, control, account, evidence, f.rows IS NULL AS lost,
    f.pass, f.fail, f.error, f.waived, f.not_applicable, f.not_run
FROM selected AS s FULL JOIN found AS f USING (run, control, account, evidence) JOIN runs AS r USING (run)
WHERE r.counted;

CREATE TABLE nights AS
WITH days AS (
    SELECT unnest(generate_series(min(night), max(night), INTERVAL 1 DAY))::DATE AS night FROM runs WHERE counted
), cells AS (
    SELECT DISTINCT control, account, evidence FROM asked
), sums AS (
    SELECT control, account, evidence, night, bool_or(lost) AS lost, bool_and(whole) AS whole, sum(pass) AS pass,
        sum(fail) AS fail, sum(error) AS error, sum(waived) AS waived, sum(not_applicable) AS not_applicable,
        sum(not_run) AS not_run
    FROM asked GROUP BY ALL
)
SELECT control, account, evidence, night,
    CASE
        WHEN s.fail > 0 THEN 'failed'
        WHEN s.error > 0 THEN 'unreadable'
        WHEN s.not_run > 0 THEN 'not run'
        WHEN s.lost THEN 'no rows'
        WHEN NOT s.whole THEN 'not whole'
        WHEN s.waived > 0 THEN 'waived'
        WHEN s.pass > 0 THEN 'compliant'
        WHEN s.not_applicable > 0 THEN 'not applicable'
        WHEN night IN (SELECT night FROM runs WHERE counted) THEN 'not asked'
        ELSE 'no run'
    END AS state,
    coalesce(s.pass, 0)::BIGINT AS pass, coalesce(s.fail, 0)::BIGINT AS fail, coalesce(s.error, 0)::BIGINT AS error,
    coalesce(s.waived, 0)::BIGINT AS waived, coalesce(s.not_applicable, 0)::BIGINT AS not_applicable,
    coalesce(s.not_run, 0)::BIGINT AS not_run
FROM cells CROSS JOIN days LEFT JOIN sums AS s USING (control, account, evidence, night);
