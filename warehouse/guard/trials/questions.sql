SELECT count() FROM people
SELECT * FROM people LIMIT 10
SELECT name, location FROM people WHERE phase = 'active' ORDER BY name LIMIT 20 OFFSET 5
SELECT DISTINCT job_role FROM people
SELECT module, flag, count() AS n FROM flags GROUP BY module, flag ORDER BY module, flag
SELECT module, countIf(flag = 'red') AS red, countIf(hold) AS holds FROM flags GROUP BY module
SELECT module, round(countIf(flag = 'green') / count() * 100, 1) AS rate FROM flags GROUP BY ALL
SELECT p.location, f.module, count(*) AS n FROM flags f JOIN people p USING (employee_id) GROUP BY 1, 2 HAVING count(*) > 0
SELECT p.name, f.reason FROM people AS p INNER JOIN flags AS f ON f.employee_id = p.employee_id WHERE f.flag IN ('red', 'yellow')
SELECT p.name FROM people p LEFT JOIN flags f ON f.employee_id = p.employee_id AND f.flag = 'red' WHERE f.module = ''
SELECT name FROM people WHERE employee_id IN (SELECT employee_id FROM flags WHERE flag = 'red')
SELECT name FROM people WHERE (employee_id, location_id) IN (SELECT employee_id, location_id FROM people)
SELECT toDate(changed_at) AS d, count() FROM flag_changes WHERE changed_at >= now() - INTERVAL 30 DAY GROUP BY d ORDER BY d
SELECT toStartOfWeek(changed_at) AS w, countIf(to_flag = 'red') FROM flag_changes GROUP BY w ORDER BY w
SELECT date_trunc('month', changed_at) AS m, count(*) FROM flag_changes GROUP BY m ORDER BY m
SELECT toStartOfHour(received_at) h, uniq(employee_id) FROM events GROUP BY h
SELECT type, count() FROM events GROUP BY type ORDER BY count() DESC LIMIT 10
SELECT vendor, max(received_at), quantile(0.95)(dateDiff('second', occurred_at, received_at)) FROM events GROUP BY vendor
SELECT quantiles(0.5, 0.9, 0.99)(dateDiff('day', occurred_at, received_at)) FROM events
SELECT topK(3)(type) FROM events
SELECT employee_id, windowFunnel(86400)(toDateTime(occurred_at), type = 'test.ordered', type = 'test.collected') FROM events GROUP BY employee_id
SELECT day, sum(people) FROM status_days WHERE flag = 'green' GROUP BY day ORDER BY day
SELECT day, sumIf(people, flag = 'green') / sum(people) AS rate FROM status_days GROUP BY day ORDER BY day WITH FILL
SELECT toYYYYMM(day), avg(people) FROM status_days GROUP BY 1
WITH t AS (SELECT employee_id, count() AS c FROM flags GROUP BY employee_id) SELECT avg(c), max(c) FROM t
WITH 10 AS threshold SELECT count() FROM (SELECT employee_id, count() AS c FROM events GROUP BY 1) WHERE c < threshold
WITH a AS (SELECT module FROM flags) SELECT module FROM a UNION DISTINCT SELECT module FROM a
SELECT module FROM flags UNION ALL SELECT module FROM events
SELECT employee_id FROM flags INTERSECT SELECT employee_id FROM people
SELECT employee_id FROM people EXCEPT SELECT employee_id FROM flags WHERE flag = 'red'
SELECT employee_id, module, row_number() OVER (PARTITION BY employee_id ORDER BY module) AS rn FROM flags QUALIFY rn = 1
SELECT day, sum(people) AS n, sum(n) OVER (ORDER BY day ROWS BETWEEN 6 PRECEDING AND CURRENT ROW) AS week FROM status_days GROUP BY day
SELECT day, n, lagInFrame(n) OVER (ORDER BY day) AS before FROM (SELECT day, sum(people) AS n FROM status_days GROUP BY day)
SELECT *, rank() OVER w FROM flags WINDOW w AS (PARTITION BY module ORDER BY decided_at)
SELECT * EXCEPT (employee_id) FROM people
SELECT * REPLACE (upper(name) AS name) FROM people
SELECT COLUMNS('^loc') FROM people
SELECT * APPLY(toString) FROM flags
SELECT arrayJoin(groupArray(name)) FROM people
SELECT employee_id, m FROM (SELECT employee_id, groupArray(module) AS ms FROM flags GROUP BY employee_id) ARRAY JOIN ms AS m
SELECT arrayMap(x -> x + 1, [1, 2, 3]), arrayFilter(x -> x > 1, [1, 2, 3])
SELECT if(flag = 'red', 'bad', 'fine') AS b, count() FROM flags GROUP BY b
SELECT CASE WHEN flag = 'red' THEN 1 ELSE 0 END AS r, sum(r) OVER () FROM flags
SELECT CASE flag WHEN 'red' THEN 'bad' WHEN 'green' THEN 'good' ELSE 'other' END FROM flags
SELECT multiIf(flag = 'red', 3, flag = 'yellow', 2, 1) AS w FROM flags ORDER BY w DESC
SELECT employee_id::String, CAST(hold AS UInt8), toInt32OrNull(reason) FROM flags
SELECT CAST(count() AS Decimal(10, 2)) FROM flags
SELECT count() FROM people WHERE name ILIKE '%na%' AND match(location, '^loc') AND NOT empty(job_role)
SELECT name FROM people WHERE name LIKE 'n_me%' OR startsWith(name, 'x')
SELECT count() FROM flags WHERE turns_red_at BETWEEN now() AND now() + INTERVAL 60 DAY
SELECT count() FROM flags WHERE turns_red_at IS NULL
SELECT coalesce(toString(turns_red_at), 'never') FROM flags
SELECT * FROM flags ORDER BY decided_at DESC LIMIT 3 BY employee_id
SELECT module, flag, count() FROM flags GROUP BY module, flag WITH ROLLUP
SELECT module, count() FROM flags GROUP BY module WITH TOTALS
SELECT module, flag, count() FROM flags GROUP BY GROUPING SETS ((module), (flag))
SELECT argMax(to_flag, changed_at) FROM flag_changes GROUP BY employee_id, module
SELECT uniqExactIf(employee_id, flag != 'green') FROM flags
SELECT sum(people) FILTER (WHERE flag = 'red') FROM status_days
SELECT count(DISTINCT employee_id) FROM flags
SELECT formatDateTime(changed_at, '%Y-%m') AS m, count() FROM flag_changes GROUP BY m
SELECT avg(n) FROM (SELECT employee_id, count() AS n FROM events GROUP BY employee_id) AS s
SELECT exists(SELECT 1 FROM flags WHERE flag = 'red')
SELECT (SELECT count() FROM people) AS people, (SELECT count() FROM flags) AS flags
FROM people SELECT count()
SELECT `module`, "flag" FROM flags
SELECT p.* FROM people AS p LIMIT 3;
SELECT map('a', 1)['a'], tuple(1, 'b').2, [1, 2][1]
SELECT corr(a, b) FROM (SELECT count() AS a, uniq(module) AS b FROM flags GROUP BY employee_id)
