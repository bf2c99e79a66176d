-- Questions to vpc_flow_logs, asked of Trino and of logsql by compare.py. Decimals
-- are written with an exponent: Athena takes a bare one for a double, Trino does not.

-- who talks to whom
SELECT srcaddr, dstaddr, sum(bytes) AS total FROM vpc_flow_logs GROUP BY srcaddr, dstaddr ORDER BY total DESC, 1, 2 LIMIT 50;

SELECT account_id, interface_id, count(*) AS flows, sum(packets) AS packets, sum(bytes) AS bytes
FROM vpc_flow_logs WHERE action = 'ACCEPT' AND log_status = 'OK' GROUP BY 1, 2 HAVING sum(bytes) > 1000000;

SELECT "year", "month", "day", action, count(*) FROM "logsql"."vpc_flow_logs" GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4;

SELECT day_of_week(from_iso8601_date(year || '-' || month || '-' || day)) AS dow, action, count(*) FROM vpc_flow_logs
WHERE protocol = 6 AND action = 'REJECT' GROUP BY 1, 2;

SELECT from_unixtime(start) AS started, from_unixtime("end") AS ended, srcaddr FROM vpc_flow_logs WHERE dstport = 22 AND action = 'REJECT';

SELECT date_trunc('hour', from_unixtime(start)) AS hour, sum(bytes) AS bytes FROM vpc_flow_logs GROUP BY 1 ORDER BY 1;

SELECT date_trunc('minute', from_unixtime(start)) AS minute, count(*) FROM vpc_flow_logs WHERE day = '04' GROUP BY date_trunc('minute', from_unixtime(start)) HAVING count(*) > 10;

SELECT date_format(from_unixtime(start), '%Y-%m-%d %H:00') AS h, approx_distinct(srcaddr) >= 0, max(bytes), min(bytes), round(avg(bytes), 2) FROM vpc_flow_logs GROUP BY 1;

SELECT format_datetime(from_unixtime(start), 'yyyy-MM-dd HH:mm') AS m, count(*) FROM vpc_flow_logs WHERE dstport = 3389 GROUP BY 1;

SELECT to_iso8601(from_unixtime(start)), from_unixtime(start, 'Asia/Shanghai'), from_unixtime(start) AT TIME ZONE 'Asia/Shanghai'
FROM vpc_flow_logs WHERE dstport = 445;

SELECT cast(from_unixtime(start) AS date) AS d, cast(from_unixtime(start) AS timestamp) AS t, cast(from_unixtime(start) AS varchar) AS v, cast(from_unixtime(start) AS time) AS c
FROM vpc_flow_logs WHERE dstport = 23;

SELECT hour(from_unixtime(start)), minute(from_unixtime(start)), second(from_unixtime(start)), year(from_unixtime(start)), count(*)
FROM vpc_flow_logs WHERE srcport = 443 AND day = '05' GROUP BY 1, 2, 3, 4;

SELECT extract(hour FROM from_unixtime(start)) h, extract(dow FROM from_unixtime(start)) d, sum(packets) FROM vpc_flow_logs GROUP BY 1, 2;

SELECT count(*) FROM vpc_flow_logs WHERE from_unixtime(start) BETWEEN timestamp '2021-12-04 00:00:00' AND timestamp '2021-12-04 12:00:00';

SELECT count(*) FROM vpc_flow_logs WHERE from_unixtime(start) >= timestamp '2021-12-04 08:00:00 Asia/Shanghai' AND from_unixtime(start) < timestamp '2021-12-05 08:00:00 +08:00';

SELECT count(*) FROM vpc_flow_logs WHERE start BETWEEN to_unixtime(timestamp '2021-12-04 00:00:00') AND to_unixtime(timestamp '2021-12-05 00:00:00');

SELECT count(*), sum("end" - start), avg("end" - start), max("end" - start) FROM vpc_flow_logs;

SELECT date_diff('second', from_unixtime(min(start)), from_unixtime(max("end"))), date_diff('hour', from_unixtime(min(start)), from_unixtime(max("end"))) FROM vpc_flow_logs;

SELECT from_unixtime(max("end")) - from_unixtime(min(start)) AS span FROM vpc_flow_logs;

SELECT date_add('day', 1, from_unixtime(start)), from_unixtime(start) + interval '1' day, from_unixtime(start) - interval '90' minute, from_unixtime(start) + interval '2' month
FROM vpc_flow_logs WHERE dstport = 22 AND day = '03';

-- addresses
SELECT srcaddr, count(*) FROM vpc_flow_logs WHERE contains('10.17.0.0/16', cast(srcaddr AS ipaddress)) GROUP BY srcaddr;

SELECT count(*) FROM vpc_flow_logs WHERE NOT contains('10.0.0.0/8', try_cast(dstaddr AS ipaddress)) AND dstaddr <> '-';

SELECT cast(srcaddr AS ipaddress) AS ip, sum(bytes) FROM vpc_flow_logs WHERE srcaddr LIKE '10.18.%' GROUP BY 1 ORDER BY 1;

SELECT ip_prefix(cast(srcaddr AS ipaddress), 24) AS net, count(*) FROM vpc_flow_logs WHERE srcaddr LIKE '10.%' GROUP BY 1;

SELECT split_part(srcaddr, '.', 1) || '.' || split_part(srcaddr, '.', 2) AS net, count(DISTINCT srcaddr), sum(bytes) FROM vpc_flow_logs GROUP BY 1 ORDER BY 3 DESC LIMIT 20;

SELECT regexp_extract(dstaddr, '^(\d+)\.(\d+)', 2) AS second, count(*) FROM vpc_flow_logs WHERE dstaddr LIKE '10.%' GROUP BY 1;

SELECT count(*) FROM vpc_flow_logs WHERE regexp_like(srcaddr, '^(10|172\.(1[6-9]|2[0-9]|3[01])|192\.168)\.');

SELECT cardinality(split(srcaddr, '.')) AS parts, count(*) FROM vpc_flow_logs GROUP BY 1;

SELECT srcaddr LIKE '%:%' AS v6, count(*) FROM vpc_flow_logs GROUP BY 1;

SELECT min(cast(srcaddr AS ipaddress)), max(cast(srcaddr AS ipaddress)) FROM vpc_flow_logs WHERE srcaddr LIKE '10.%';

SELECT cast(srcaddr AS ipaddress) FROM vpc_flow_logs ORDER BY cast(srcaddr AS ipaddress) LIMIT 10;

SELECT array_join(array_agg(DISTINCT srcaddr ORDER BY srcaddr), ', ') FROM vpc_flow_logs WHERE dstport = 22 AND action = 'REJECT';

SELECT srcaddr, count(DISTINCT dstport) AS ports, array_sort(array_agg(DISTINCT dstport)) AS which FROM vpc_flow_logs
WHERE action = 'REJECT' GROUP BY srcaddr HAVING count(DISTINCT dstport) > 3;

-- ports, protocols, sizes
SELECT CASE protocol WHEN 1 THEN 'icmp' WHEN 6 THEN 'tcp' WHEN 17 THEN 'udp' ELSE 'other ' || cast(protocol AS varchar) END AS proto, count(*), sum(bytes)
FROM vpc_flow_logs GROUP BY 1;

SELECT CASE WHEN dstport < 1024 THEN 'system' WHEN dstport BETWEEN 1024 AND 49151 THEN 'user' WHEN dstport IS NULL THEN 'none' ELSE 'dynamic' END, count(*) FROM vpc_flow_logs GROUP BY 1;

SELECT element_at(MAP(ARRAY[22, 80, 443, 3306], ARRAY['ssh', 'http', 'https', 'mysql']), dstport) AS service, sum(bytes) FROM vpc_flow_logs GROUP BY 1;

SELECT dstport, sum(bytes) AS b, round(100e0 * sum(bytes) / sum(sum(bytes)) OVER (), 4) AS share FROM vpc_flow_logs GROUP BY dstport ORDER BY b DESC LIMIT 10;

SELECT dstport, sum(CASE WHEN action = 'REJECT' THEN 1 ELSE 0 END) AS rejected, count_if(action = 'ACCEPT') AS accepted, count(*) FILTER (WHERE bytes > 10000) AS large
FROM vpc_flow_logs GROUP BY dstport HAVING count(*) > 100;

SELECT bytes / packets, bytes % packets, bytes / cast(packets AS double), cast(bytes AS double) / packets FROM vpc_flow_logs WHERE packets > 50 AND day = '03';

SELECT bytes / nullif(packets - 1, 0) FROM vpc_flow_logs WHERE day = '03' AND dstport = 443;

SELECT bytes / (packets - packets) FROM vpc_flow_logs;

SELECT width_bucket(bytes, 0, 100000, 10) AS bucket, count(*) FROM vpc_flow_logs WHERE bytes IS NOT NULL GROUP BY 1;

SELECT floor(log10(bytes)) AS magnitude, count(*) FROM vpc_flow_logs WHERE bytes > 0 GROUP BY 1;

SELECT bitwise_and(protocol, 4) AS bit, count(*) FROM vpc_flow_logs GROUP BY 1;

SELECT approx_percentile(bytes, 5e-1) BETWEEN 1 AND 1000000, cardinality(approx_percentile(bytes, ARRAY[1e-1, 5e-1, 9e-1])) FROM vpc_flow_logs;

SELECT format('%s:%d -> %s:%d', srcaddr, srcport, dstaddr, dstport) FROM vpc_flow_logs WHERE dstport = 22 AND day = '04';

SELECT cast(sum(bytes) AS double) / 1024 / 1024 AS mib, format_number(sum(bytes)), sum(bytes) * 8e0 FROM vpc_flow_logs;

SELECT sum(cast(bytes AS decimal(20, 2))), avg(cast(bytes AS decimal(20, 2))), cast(avg(bytes) AS decimal(18, 3)) FROM vpc_flow_logs;

SELECT max_by(srcaddr, bytes), min_by(interface_id, start), max(bytes, 3) FROM vpc_flow_logs WHERE day = '04' AND dstport = 443;

SELECT to_hex(md5(to_utf8(srcaddr))), to_base64(to_utf8(dstaddr)), crc32(to_utf8(srcaddr)) FROM vpc_flow_logs WHERE dstport = 22 AND day = '05';

-- missing values
SELECT count(*), count(srcaddr), count(vpc_id), count(tcp_flags), count(*) - count(srcport) FROM vpc_flow_logs;

SELECT coalesce(vpc_id, 'none') AS vpc, coalesce(flow_direction, pkt_srcaddr, '?'), count(*) FROM vpc_flow_logs GROUP BY 1, 2;

SELECT log_status, count(*) FROM vpc_flow_logs WHERE srcaddr IS NULL OR srcaddr = '-' GROUP BY log_status;

SELECT count(*) FROM vpc_flow_logs WHERE srcport NOT IN (443, 80, NULL);

SELECT count(*) FROM vpc_flow_logs WHERE NOT (bytes > 1000);

SELECT tcp_flags IS DISTINCT FROM 2, srcport IS NOT DISTINCT FROM dstport, count(*) FROM vpc_flow_logs GROUP BY 1, 2;

SELECT interface_id FROM vpc_flow_logs WHERE bytes IS NULL OR packets IS NULL;

-- windows
SELECT * FROM (SELECT day, srcaddr, sum(bytes) AS b, rank() OVER (PARTITION BY day ORDER BY sum(bytes) DESC) AS r FROM vpc_flow_logs GROUP BY day, srcaddr) WHERE r <= 5 ORDER BY day, r;

SELECT h, b, b - lag(b) OVER (ORDER BY h) AS change, sum(b) OVER (ORDER BY h ROWS BETWEEN 2 PRECEDING AND CURRENT ROW) AS three, avg(b) OVER (ORDER BY h) AS mean
FROM (SELECT date_trunc('hour', from_unixtime(start)) AS h, sum(bytes) AS b FROM vpc_flow_logs GROUP BY 1);

SELECT day, h, first_value(h) OVER w, last_value(h) OVER w, ntile(4) OVER w, percent_rank() OVER w FROM (SELECT DISTINCT day, hour(from_unixtime(start)) AS h FROM vpc_flow_logs) WINDOW w AS (PARTITION BY day ORDER BY h);

WITH firsts AS (SELECT srcaddr, min(start) AS first FROM vpc_flow_logs GROUP BY srcaddr)
SELECT date(from_unixtime(first)) AS d, count(*) AS new_sources, sum(count(*)) OVER (ORDER BY date(from_unixtime(first))) AS so_far FROM firsts GROUP BY 1;

SELECT srcaddr, start, start - lag(start, 1) OVER (PARTITION BY srcaddr, dstaddr, dstport ORDER BY start, "end", srcport, bytes) AS gap FROM vpc_flow_logs WHERE dstport = 22;

-- grouping sets
SELECT day, action, sum(bytes), grouping(day, action) FROM vpc_flow_logs GROUP BY ROLLUP (day, action);

SELECT action, protocol, count(*), grouping(action), grouping(protocol) FROM vpc_flow_logs GROUP BY CUBE (action, protocol) ORDER BY 1, 2;

SELECT action, protocol, dstport, count(*) FROM vpc_flow_logs WHERE dstport IN (22, 443) GROUP BY GROUPING SETS ((action), (protocol, dstport), ());

SELECT month, day, action, count(*) FROM vpc_flow_logs GROUP BY month, GROUPING SETS ((day), (action));

-- joins and sets
SELECT a.srcaddr, count(*) FROM vpc_flow_logs a JOIN vpc_flow_logs b ON a.srcaddr = b.dstaddr AND a.srcport = b.dstport AND a.dstaddr = b.srcaddr AND a.dstport = b.srcport
WHERE a.action = 'ACCEPT' AND b.action = 'REJECT' GROUP BY a.srcaddr;

SELECT srcaddr FROM vpc_flow_logs WHERE day = '03' INTERSECT SELECT srcaddr FROM vpc_flow_logs WHERE day = '04';

SELECT dstaddr FROM vpc_flow_logs WHERE action = 'REJECT' EXCEPT SELECT dstaddr FROM vpc_flow_logs WHERE action = 'ACCEPT';

SELECT addr, sum(b) FROM (SELECT srcaddr AS addr, sum(bytes) AS b FROM vpc_flow_logs GROUP BY 1 UNION ALL SELECT dstaddr, sum(bytes) FROM vpc_flow_logs GROUP BY dstaddr) GROUP BY addr;

SELECT DISTINCT srcaddr FROM vpc_flow_logs v WHERE action = 'REJECT' AND NOT EXISTS (SELECT 1 FROM vpc_flow_logs a WHERE a.srcaddr = v.srcaddr AND a.action = 'ACCEPT');

SELECT count(*) FROM vpc_flow_logs WHERE srcaddr IN (SELECT srcaddr FROM vpc_flow_logs WHERE dstport = 22 AND action = 'REJECT');

SELECT srcaddr, bytes FROM vpc_flow_logs WHERE bytes = (SELECT max(bytes) FROM vpc_flow_logs);

SELECT day, (SELECT count(*) FROM vpc_flow_logs b WHERE b.day = a.day AND b.action = 'REJECT') AS rejected FROM (SELECT DISTINCT day FROM vpc_flow_logs) a;

SELECT bytes FROM vpc_flow_logs WHERE bytes > ALL (SELECT bytes FROM vpc_flow_logs WHERE dstport = 22);

SELECT p.name, count(v.dstport) FROM (VALUES (22, 'ssh'), (443, 'https'), (9999, 'none')) AS p(port, name) LEFT JOIN vpc_flow_logs v ON v.dstport = p.port GROUP BY p.name;

SELECT n, count(*) FROM vpc_flow_logs CROSS JOIN UNNEST(sequence(1, least(packets, 3))) AS t(n) WHERE day = '03' GROUP BY n;

SELECT part, n, count(*) FROM vpc_flow_logs CROSS JOIN UNNEST(split(srcaddr, '.')) WITH ORDINALITY AS t(part, n) WHERE n = 1 GROUP BY part, n;

SELECT d, count(bytes) FROM UNNEST(sequence(date '2021-12-01', date '2021-12-07')) AS t(d) LEFT JOIN vpc_flow_logs ON date_parse(year || month || day, '%Y%m%d') = d GROUP BY d ORDER BY d;

-- collections
SELECT map_agg(dstport, total) FROM (SELECT dstport, count(*) AS total FROM vpc_flow_logs WHERE dstport < 100 GROUP BY dstport);

SELECT histogram(action), map_keys(histogram(protocol)) FROM vpc_flow_logs WHERE protocol = 6;

SELECT srcaddr, transform_values(multimap_agg(dstport, action), (k, v) -> array_sort(v)) FROM (SELECT DISTINCT srcaddr, dstport, action FROM vpc_flow_logs WHERE dstport = 22) GROUP BY srcaddr;

SELECT transform(array_agg(DISTINCT dstport ORDER BY dstport), x -> x * 10), filter(array_agg(DISTINCT protocol ORDER BY protocol), p -> p > 6), reduce(array_agg(packets), cast(0 AS bigint), (s, x) -> s + x, s -> s) FROM vpc_flow_logs WHERE day = '03' AND dstport < 500;

SELECT day, ROW(min(bytes), max(bytes)) AS range, ROW(min(bytes), max(bytes))[1] FROM vpc_flow_logs GROUP BY day;

SELECT cast(ROW(srcaddr, dstport) AS ROW(Addr varchar, "Port" bigint)) AS r FROM vpc_flow_logs WHERE dstport = 22 AND day = '06';

SELECT r.addr, r."Port" FROM (SELECT cast(ROW(srcaddr, dstport) AS ROW(Addr varchar, "Port" bigint)) AS r FROM vpc_flow_logs WHERE dstport = 22);

SELECT "SrcAddr", VPC_FLOW_LOGS.DstPort, "Vpc_Flow_Logs"."ACTION" AS "Verdict" FROM VPC_Flow_Logs WHERE "DSTPORT" = 22;

SELECT cast(ARRAY[srcaddr, dstaddr] AS json), json_format(cast(MAP(ARRAY['a'], ARRAY[bytes]) AS json)) FROM vpc_flow_logs WHERE dstport = 22;

TABLE vpc_flow_logs LIMIT 0;

-- mistakes
SELECT sourceaddress FROM vpc_flow_logs;

SELECT srcaddr FROM vpc_flow_log;

SELECT srcaddr, count(*) FROM vpc_flow_logs;

SELECT * FROM vpc_flow_logs WHERE dstport = '22';

SELECT * FROM vpc_flow_logs WHERE action = "REJECT";

SELECT srcaddr FROM vpc_flow_logs WHERE sum(bytes) > 10 GROUP BY srcaddr;

SELECT sum(srcaddr) FROM vpc_flow_logs;

SELECT srcaddr bytes total FROM vpc_flow_logs;

SELECT srcaddr, FROM vpc_flow_logs;

SELECT from_unixtime(srcaddr) FROM vpc_flow_logs;

SELECT cast(srcaddr AS integer) FROM vpc_flow_logs WHERE srcaddr LIKE '10.%';

SELECT cast(srcaddr AS inet) FROM vpc_flow_logs;

SELECT srcaddr FROM vpc_flow_logs ORDER BY 3;

SELECT srcaddr FROM vpc_flow_logs GROUP BY 2;

SELECT day, rank() OVER (ORDER BY start) AS r FROM vpc_flow_logs WHERE r = 1;

SELECT date_diff('hours', from_unixtime(start), now()) FROM vpc_flow_logs;

SELECT year + 1 FROM vpc_flow_logs;

SELECT srcaddr FROM vpc_flow_logs UNION SELECT srcaddr, dstaddr FROM vpc_flow_logs;

SELECT srcaddr FROM vpc_flow_logs UNION SELECT bytes FROM vpc_flow_logs;

SELECT a.srcaddr FROM vpc_flow_logs a, vpc_flow_logs b WHERE srcaddr = dstaddr;

SELECT count(*) FROM vpc_flow_logs WHERE bytes BETWEEN 'a' AND 'b';

SELECT count(*) FROM vpc_flow_logs WHERE srcport IN ('a', 'b');

SELECT count(*) FROM vpc_flow_logs WHERE srcport LIKE '4%';

SELECT count(*) FROM vpc_flow_logs WHERE action;

SELECT count(*) FROM vpc_flow_logs WHERE NOT bytes;

SELECT (SELECT srcaddr FROM vpc_flow_logs) FROM vpc_flow_logs;

SELECT CASE WHEN bytes > 1 THEN 'x' ELSE 0 END FROM vpc_flow_logs;

SELECT coalesce(srcaddr, 0) FROM vpc_flow_logs;

SELECT extract(hour FROM date(from_unixtime(start))) FROM vpc_flow_logs;

SELECT frobnicate(srcaddr) FROM vpc_flow_logs;

SELECT count(DISTINCT *) FROM vpc_flow_logs;

SELECT regexp_like(srcaddr, '(10') FROM vpc_flow_logs;

SELECT srcaddr FROM vpc_flow_logs LIMIT 10 WHERE day = '04';

SELECT `srcaddr` FROM vpc_flow_logs;
