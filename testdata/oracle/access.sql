-- Questions to s3_access_logs, asked of Trino and of logsql by compare.py.

-- who did what, and when
SELECT requestdatetime, remoteip, requester, key FROM s3_access_logs WHERE bucket_name = 'prod-data' AND operation LIKE '%DELETE%';

SELECT * FROM s3_access_logs WHERE requester = 'arn:aws-cn:iam::123456789012:user/app-6' AND day = '03';

SELECT key, operation, requestdatetime FROM s3_access_logs
WHERE parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') BETWEEN parse_datetime('2021-12-03:08:00:00', 'yyyy-MM-dd:HH:mm:ss') AND parse_datetime('2021-12-03:20:00:00', 'yyyy-MM-dd:HH:mm:ss');

SELECT sum(bytessent) AS total, remoteip FROM s3_access_logs
WHERE parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') BETWEEN parse_datetime('2021-12-03:00:00:00', 'yyyy-MM-dd:HH:mm:ss') AND parse_datetime('2021-12-05:00:00:00', 'yyyy-MM-dd:HH:mm:ss') GROUP BY remoteip;

SELECT parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') AS t, to_iso8601(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')) AS iso FROM s3_access_logs WHERE httpstatus = '404';

SELECT date_trunc('hour', parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')) AS h, count(*) FROM s3_access_logs GROUP BY 1;

SELECT date_format(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z'), '%Y-%m-%d') AS d, operation, count(*) FROM s3_access_logs GROUP BY 1, 2;

SELECT format_datetime(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') AT TIME ZONE 'Asia/Shanghai', 'yyyy-MM-dd HH:mm:ss Z') FROM s3_access_logs WHERE operation = 'REST.DELETE.OBJECT';

SELECT date_parse(substr(requestdatetime, 1, 20), '%d/%b/%Y:%H:%i:%s') AS t FROM s3_access_logs WHERE httpstatus LIKE '5%';

SELECT to_unixtime(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')), cast(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') AS timestamp), cast(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') AS date) FROM s3_access_logs WHERE day = '05';

SELECT min(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')), max(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')), max(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')) - min(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')) > interval '1' day FROM s3_access_logs;

SELECT day_of_week(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')), hour(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')) AS h, count(DISTINCT remoteip) FROM s3_access_logs GROUP BY 1, 2;

SELECT date_diff('minute', parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z'), timestamp '2021-12-07 00:00:00 UTC') AS ago FROM s3_access_logs WHERE httpstatus = '403';

SELECT requester, t, date_diff('second', lag(t) OVER (PARTITION BY requester ORDER BY t, requestid), t) AS since
FROM (SELECT requester, requestid, parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') AS t FROM s3_access_logs WHERE operation = 'REST.PUT.OBJECT');

-- how it ended
SELECT httpstatus, errorcode, count(*) AS n FROM s3_access_logs GROUP BY httpstatus, errorcode ORDER BY n DESC;

SELECT operation, count_if(httpstatus LIKE '4__') AS client, count_if(cast(httpstatus AS integer) >= 500) AS server, count(*) AS every_one FROM s3_access_logs WHERE httpstatus <> '-' GROUP BY operation;

SELECT CASE WHEN httpstatus LIKE '2%' THEN 'fine' WHEN httpstatus LIKE '3%' THEN 'moved' WHEN httpstatus IN ('403', '401') THEN 'denied' WHEN try_cast(httpstatus AS integer) BETWEEN 400 AND 499 THEN 'client' ELSE 'server' END AS outcome, count(*) FROM s3_access_logs GROUP BY 1;

SELECT requester, remoteip, operation, errorcode FROM s3_access_logs WHERE errorcode NOT IN ('-', 'NoSuchKey') AND NOT operation = 'REST.GET.OBJECT';

SELECT operation, bytessent, objectsize, totaltime, turnaroundtime FROM s3_access_logs WHERE bytessent IS NULL OR objectsize IS NULL;

SELECT operation, avg(try_cast(totaltime AS bigint)), max(try_cast(totaltime AS bigint)), min(try_cast(turnaroundtime AS integer)), round(stddev(try_cast(totaltime AS double)), 3) FROM s3_access_logs GROUP BY operation;

SELECT cast(turnaroundtime AS integer) FROM s3_access_logs;

SELECT try(cast(turnaroundtime AS integer)), coalesce(try_cast(turnaroundtime AS integer), -1) AS t FROM s3_access_logs WHERE day = '04';

SELECT operation, sum(try_cast(nullif(totaltime, '-') AS bigint)) / count(*) AS each FROM s3_access_logs GROUP BY operation HAVING count(*) > 10;

SELECT operation, approx_percentile(try_cast(totaltime AS double), 99e-2) > 0 FROM s3_access_logs GROUP BY operation;

SELECT cast(bytessent AS double) / nullif(objectsize, 0), bytessent * 100 / nullif(objectsize, 0) FROM s3_access_logs WHERE operation = 'REST.GET.OBJECT' AND day = '03';

SELECT round(sum(bytessent) / 1e6, 3) AS mb, cast(round(sum(bytessent) / 1e6, 1) AS decimal(12, 1)), truncate(sum(bytessent) / 1e6) FROM s3_access_logs;

-- keys and addresses
SELECT split_part(key, '/', 1) AS top, count(*), sum(objectsize) FROM s3_access_logs GROUP BY 1 ORDER BY 2 DESC;

SELECT regexp_extract(key, '\.([A-Za-z0-9]+)$', 1) AS ext, count(*) FROM s3_access_logs GROUP BY 1;

SELECT regexp_replace(key, '[0-9a-f]{8,}', '#'), regexp_replace(key, '(\d+)-(\d+)', '$2-$1') FROM s3_access_logs WHERE day = '03';

SELECT element_at(split(key, '/'), -1) AS name, element_at(split(key, '/'), 9), cardinality(split(key, '/')) FROM s3_access_logs WHERE key <> '-';

SELECT split(key, '/')[1], split(key, '/', 2)[2] FROM s3_access_logs WHERE key LIKE '%/%' AND day = '04';

SELECT split(key, '/')[5] FROM s3_access_logs;

SELECT url_decode(key) AS k, url_encode(key), length(key), length(to_utf8(key)) FROM s3_access_logs WHERE key LIKE '%\%%' ESCAPE '\';

SELECT count(*) FROM s3_access_logs WHERE key LIKE '%!_%' ESCAPE '!' AND key NOT LIKE 'warehouse%';

SELECT count(*) FROM s3_access_logs WHERE key LIKE 'a%b' ESCAPE 'xx';

SELECT count(*) FROM s3_access_logs WHERE key LIKE 'a!b' ESCAPE '!';

SELECT url_extract_host(trim(BOTH '"' FROM referrer)) AS host, url_extract_path(trim(BOTH '"' FROM referrer)) AS path, count(*) FROM s3_access_logs GROUP BY 1, 2;

SELECT replace(referrer, '"') AS r, url_extract_protocol(replace(referrer, '"', '')), url_extract_parameter(replace(referrer, '"'), 'q'), url_extract_query(replace(referrer, '"')), url_extract_port(replace(referrer, '"')) FROM s3_access_logs WHERE referrer <> '"-"';

SELECT split_part(trim('"' FROM request_uri), ' ', 1) AS method, split_part(request_uri, ' ', 3) AS version, count(*) FROM s3_access_logs GROUP BY 1, 2;

SELECT regexp_extract(request_uri, '^"(\S+) (\S+) HTTP/(\d\.\d)"$', 2) FROM s3_access_logs WHERE operation <> 'REST.GET.OBJECT';

SELECT regexp_extract_all(request_uri, '[?&]([^=&\s]+)=', 1) AS names FROM s3_access_logs WHERE request_uri LIKE '%?%';

SELECT name, count(*) FROM s3_access_logs CROSS JOIN UNNEST(regexp_extract_all(request_uri, '[?&]([^=&\s]+)=', 1)) AS t(name) GROUP BY name;

SELECT upper(operation), lower(bucket_name), substr(requester, -6), substring(requester, 1, 12), strpos(requester, ':user/'), position('user' IN requester), reverse(requestid) FROM s3_access_logs WHERE day = '05';

SELECT concat(bucket_name, '/', key), bucket_name || '/' || key || coalesce(sourceregion, ''), concat_ws('|', bucket_name, sourceregion, key) FROM s3_access_logs WHERE httpstatus = '404';

SELECT lpad(httpstatus, 5, '0'), rpad(httpstatus, 2, ' '), chr(65), codepoint(cast('a' AS char(1))), translate(requestid, 'ABC', 'abc'), starts_with(key, 'images/'), ltrim(remoteip, '1'), rtrim(requestid, 'A') FROM s3_access_logs WHERE day = '04';

SELECT levenshtein_distance(operation, 'REST.GET.OBJECT'), hamming_distance(requestid, reverse(requestid)), soundex(cast('Robert' AS varchar)) FROM s3_access_logs WHERE day = '05';

SELECT regexp_like(useragent, '(?i)aws-(cli|sdk)'), regexp_count(useragent, '/'), regexp_position(useragent, ' '), count(*) FROM s3_access_logs GROUP BY 1, 2, 3;

SELECT useragent FROM s3_access_logs WHERE useragent NOT LIKE '%aws%' AND lower(useragent) LIKE '%mozilla%';

SELECT regexp_split(useragent, '[\s/]+') FROM s3_access_logs WHERE day = '06';

SELECT word, count(*) FROM s3_access_logs, UNNEST(regexp_extract_all(lower(useragent), '[a-z]+')) AS w(word) GROUP BY word HAVING count(*) > 5;

SELECT remoteip, count(*) FROM s3_access_logs WHERE contains('61.0.0.0/8', cast(remoteip AS ipaddress)) GROUP BY 1;

SELECT try(contains('10.0.0.0/8', cast(remoteip AS ipaddress))) AS private, count(*) FROM s3_access_logs GROUP BY 1;

-- who
SELECT requester, count(*) FROM s3_access_logs WHERE requester IS NULL OR requester = '-' OR authtype = '-' GROUP BY 1;

SELECT CASE WHEN requester LIKE '%:assumed-role/%' THEN regexp_extract(requester, 'assumed-role/([^/]+)', 1) WHEN requester LIKE '%:user/%' THEN element_at(split(requester, '/'), -1) ELSE 'other' END AS who, count(*), sum(bytessent) FROM s3_access_logs GROUP BY 1;

SELECT split_part(requester, ':', 5) AS account, array_agg(DISTINCT operation ORDER BY operation) AS ops FROM s3_access_logs GROUP BY 1;

SELECT tlsversion, ciphersuite, sigv, authtype, count(*) FROM s3_access_logs GROUP BY GROUPING SETS ((tlsversion, ciphersuite), (sigv, authtype), ());

SELECT sigv, requester FROM s3_access_logs WHERE sigv = 'SigV2' OR tlsversion < 'TLSv1.2' AND tlsversion <> '-';

SELECT count(*) FROM s3_access_logs WHERE aclrequired = 'Yes';

SELECT requester, bucket_name, count(*) AS n, row_number() OVER (PARTITION BY bucket_name ORDER BY count(*) DESC, requester) AS r FROM s3_access_logs GROUP BY 1, 2;

SELECT key, count(*) AS n, dense_rank() OVER (ORDER BY count(*) DESC) AS place FROM s3_access_logs WHERE operation = 'REST.GET.OBJECT' GROUP BY key HAVING count(*) > 2;

WITH per AS (SELECT remoteip, day, sum(bytessent) AS b FROM s3_access_logs GROUP BY remoteip, day),
ranked AS (SELECT per.*, max(b) OVER (PARTITION BY remoteip) AS top, cume_dist() OVER (ORDER BY b) AS c FROM per)
SELECT remoteip, day, b, c FROM ranked WHERE b = top AND c >= 9e-1;

SELECT versionid, count(*) FROM s3_access_logs GROUP BY versionid HAVING versionid <> '-' AND count(*) > 1;

SELECT a.key, a.requester, b.requester FROM s3_access_logs a JOIN s3_access_logs b ON a.key = b.key AND a.bucket_name = b.bucket_name WHERE a.operation = 'REST.PUT.OBJECT' AND b.operation = 'REST.DELETE.OBJECT';

SELECT a.remoteip, a.n, b.n FROM (SELECT remoteip, count(*) AS n FROM s3_access_logs WHERE day = '03' GROUP BY 1) a FULL OUTER JOIN (SELECT remoteip, count(*) AS n FROM s3_access_logs WHERE day = '04' GROUP BY 1) b ON a.remoteip = b.remoteip;

SELECT remoteip, n FROM (SELECT remoteip, count(*) n FROM s3_access_logs GROUP BY 1) JOIN (SELECT remoteip, max(bytessent) m FROM s3_access_logs GROUP BY 1) USING (remoteip) WHERE m > 100000;

SELECT s.remoteip, count(v.srcaddr) FROM s3_access_logs s LEFT JOIN vpc_flow_logs v ON s.remoteip = v.dstaddr GROUP BY s.remoteip HAVING count(v.srcaddr) > 0;

SELECT remoteip AS ip FROM s3_access_logs WHERE day = '03' UNION SELECT sourceipaddress FROM cloudtrail_logs WHERE day = '03' AND regexp_like(sourceipaddress, '^\d+\.');

SELECT DISTINCT s.requester FROM s3_access_logs s WHERE s.requester IN (SELECT useridentity.arn FROM cloudtrail_logs);

SELECT count(*) FROM s3_access_logs s WHERE EXISTS (SELECT 1 FROM cloudtrail_logs c WHERE c.requestid = s.requestid);

SELECT operation, map_agg(httpstatus, n) FROM (SELECT operation, httpstatus, count(*) AS n FROM s3_access_logs GROUP BY 1, 2) GROUP BY operation;

SELECT listagg(op, ', ') WITHIN GROUP (ORDER BY op) FROM (SELECT DISTINCT operation AS op FROM s3_access_logs);

SELECT checksum(key) IS NOT NULL, arbitrary(bucketowner), bool_and(bytessent >= 0), every(key IS NOT NULL), min_by(key, objectsize) IS NULL FROM s3_access_logs;

SELECT split_to_map('a=1&b=2', '&', '=')['b'], json_format(json_parse('{"k":1}')), year, month FROM s3_access_logs WHERE day = '06';

SELECT "bucket_name" AS "Bucket Name", "KEY" AS "Schlüssel" FROM "s3_access_logs" AS "Access" WHERE "Access"."day" = '05';

SELECT year || month || day AS ymd, date_parse(year || month || day, '%Y%m%d'), cast(year || '-' || month || '-' || day AS date), count(*) FROM s3_access_logs GROUP BY 1, 2, 3;

SELECT count(*) FROM s3_access_logs WHERE year = '2021' AND month = '12' AND day BETWEEN '03' AND '04';

SELECT count(*) FROM s3_access_logs WHERE concat(year, month, day) >= '20211204';

SELECT count(*) FROM s3_access_logs WHERE date(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')) = date '2021-12-04';

SELECT objectsize, typeof(objectsize), typeof(key), typeof(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')) FROM s3_access_logs ORDER BY objectsize DESC NULLS LAST, key LIMIT 5;

SELECT key FROM s3_access_logs ORDER BY length(key) DESC, key OFFSET 10 ROWS FETCH FIRST 5 ROWS ONLY;

-- mistakes
SELECT * FROM s3_access_logs_db;

SELECT sum(bytessent) AS total, FROM s3_access_logs;

SELECT count(*) FROM s3_access_logs WHERE httpstatus = 404;

SELECT count(*) FROM s3_access_logs WHERE httpstatus IN (403, 404);

SELECT parse_datetime(requestdatetime, 'yyyy-MM-dd') FROM s3_access_logs;

SELECT parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Q') FROM s3_access_logs;

SELECT date_parse(requestdatetime, '%Y') FROM s3_access_logs;

SELECT cast(requestdatetime AS timestamp) FROM s3_access_logs;

SELECT cast(requestdatetime AS date) FROM s3_access_logs;

SELECT requestdatetime > timestamp '2021-12-03 00:00:00' FROM s3_access_logs;

SELECT parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') BETWEEN '2021-12-03' AND '2021-12-04' FROM s3_access_logs;

SELECT key || bytessent FROM s3_access_logs;

SELECT concat(key, bytessent) FROM s3_access_logs;

SELECT upper(bytessent) FROM s3_access_logs;

SELECT split_part(key, '/') FROM s3_access_logs;

SELECT split_part(key, '/', 0) FROM s3_access_logs;

SELECT substr(key, '1') FROM s3_access_logs;

SELECT bucket, count(*) FROM s3_access_logs GROUP BY bucket;

SELECT remoteip, max(count(*)) FROM s3_access_logs GROUP BY remoteip;

SELECT remoteip, count(*) AS n FROM s3_access_logs GROUP BY remoteip HAVING n > 10;

SELECT remoteip AS ip FROM s3_access_logs WHERE ip = '1.2.3.4';

SELECT count(*) AS n FROM s3_access_logs GROUP BY n;

SELECT DISTINCT remoteip FROM s3_access_logs ORDER BY key;

SELECT remoteip FROM s3_access_logs GROUP BY remoteip ORDER BY key;

SELECT s.* FROM s3_access_logs;

SELECT key FROM s3_access_logs WHERE key IN (SELECT key, day FROM s3_access_logs);

SELECT 'it''s', "it's" FROM s3_access_logs;

SELECT key FROM s3_access_logs WHERE key = 'unterminated;

SELECT count(*) FROM s3_access_logs JOIN cloudtrail_logs USING (nothing);

SELECT count(*) FROM s3_access_logs WHERE ROW(key, day) = ROW('a');
