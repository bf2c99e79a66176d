-- Questions to cloudtrail_logs, asked of Trino and of logsql by compare.py.

-- who did what
SELECT eventname, count(*) AS n FROM cloudtrail_logs GROUP BY eventname ORDER BY n DESC, 1 LIMIT 20;

SELECT useridentity.arn, useridentity.type, eventname, count(*) FROM cloudtrail_logs GROUP BY 1, 2, 3;

SELECT useridentity.username AS who, useridentity.sessioncontext.sessionissuer.username AS issuer, sourceipaddress, eventtime FROM cloudtrail_logs WHERE eventname = 'AssumeRole';

SELECT coalesce(useridentity.username, useridentity.sessioncontext.sessionissuer.username, useridentity.invokedby, useridentity.type) AS actor, count(DISTINCT eventname) FROM cloudtrail_logs GROUP BY 1;

SELECT useridentity FROM cloudtrail_logs WHERE eventname = 'ConsoleLogin';

SELECT useridentity.* FROM cloudtrail_logs WHERE eventsource = 'iam.amazonaws.com';

SELECT c.useridentity.sessioncontext.attributes.mfaauthenticated AS mfa, count(*) FROM cloudtrail_logs c GROUP BY 1;

SELECT UserIdentity.ARN, "useridentity"."SessionContext"."attributes" FROM CloudTrail_Logs WHERE useridentity.sessioncontext IS NOT NULL AND day = '03';

SELECT eventname, eventtime, useridentity.arn FROM cloudtrail_logs WHERE eventname IN ('CreateUser', 'DeleteTrail', 'StopLogging', 'AuthorizeSecurityGroupIngress', 'RunInstances', 'PutBucketPolicy') AND useridentity.type <> 'Root';

SELECT eventsource, eventname, errorcode, count(*) FROM cloudtrail_logs WHERE errorcode IS NOT NULL GROUP BY ROLLUP (eventsource, eventname, errorcode);

SELECT useridentity.arn, eventname, errorcode, errormessage FROM cloudtrail_logs WHERE errorcode LIKE '%Denied%' OR errorcode LIKE '%Unauthorized%' OR errormessage LIKE '%not authorized%';

SELECT regexp_extract(errormessage, 'User: (\S+) is not authorized to perform: (\S+)', 2) AS action, count(*) FROM cloudtrail_logs WHERE errormessage IS NOT NULL GROUP BY 1;

SELECT useridentity.accesskeyid AS key, array_agg(DISTINCT sourceipaddress) AS ips FROM cloudtrail_logs WHERE useridentity.accesskeyid LIKE 'AKIA%' GROUP BY 1 HAVING count(DISTINCT sourceipaddress) > 400;

SELECT useridentity.accesskeyid AS key, count(DISTINCT sourceipaddress), min(eventtime), max(eventtime) FROM cloudtrail_logs GROUP BY 1;

SELECT account, region, year, month, day, count(*) FROM cloudtrail_logs GROUP BY CUBE (account, region, year, month, day);

SELECT awsregion, recipientaccountid, count(*) FROM cloudtrail_logs WHERE region = 'cn-north-1' AND account = '123456789012' AND (year, month, day) IN (('2021', '12', '03'), ('2021', '12', '04')) GROUP BY 1, 2;

SELECT readonly, managementevent, eventcategory, eventtype, count(*) FROM cloudtrail_logs GROUP BY 1, 2, 3, 4;

SELECT count(*) FROM cloudtrail_logs WHERE cast(readonly AS boolean) AND NOT try_cast(managementevent AS boolean);

-- when
SELECT from_iso8601_timestamp(eventtime) AS t, eventname FROM cloudtrail_logs WHERE from_iso8601_timestamp(eventtime) >= timestamp '2021-12-04 10:00:00 UTC' AND from_iso8601_timestamp(eventtime) < timestamp '2021-12-04 11:00:00 UTC';

SELECT date_trunc('hour', from_iso8601_timestamp(eventtime)) AS h, count(*) AS n, sum(count(*)) OVER (ORDER BY date_trunc('hour', from_iso8601_timestamp(eventtime))) AS so_far FROM cloudtrail_logs GROUP BY 1;

SELECT date(from_iso8601_timestamp(eventtime)) AS d, hour(from_iso8601_timestamp(eventtime) AT TIME ZONE 'Asia/Shanghai') AS h, count(*) FROM cloudtrail_logs GROUP BY 1, 2;

SELECT count(*) FROM cloudtrail_logs WHERE eventtime >= '2021-12-04T00:00:00Z' AND eventtime < '2021-12-05T00:00:00Z';

SELECT date_format(from_iso8601_timestamp(eventtime), '%W %H'), date_format(from_iso8601_timestamp(eventtime), '%M %e %y %j %p %i'), format_datetime(from_iso8601_timestamp(eventtime), 'EEE, dd MMM yyyy') FROM cloudtrail_logs WHERE eventname = 'CreateUser';

SELECT cast(from_iso8601_timestamp(eventtime) AS timestamp), cast(replace(replace(eventtime, 'T', ' '), 'Z', '') AS timestamp), cast(substr(eventtime, 1, 10) AS date), from_iso8601_date(substr(eventtime, 1, 10)) FROM cloudtrail_logs WHERE day = '06' AND eventsource = 's3.amazonaws.com';

SELECT parse_datetime(eventtime, 'yyyy-MM-dd''T''HH:mm:ss''Z''') AS t, parse_datetime(eventtime, 'yyyy-MM-dd''T''HH:mm:ssZ') AS z FROM cloudtrail_logs WHERE eventname = 'GetObject' AND day = '05';

SELECT date_parse(eventtime, '%Y-%m-%dT%H:%i:%sZ') AS t, to_iso8601(date_parse(eventtime, '%Y-%m-%dT%H:%i:%sZ')), to_iso8601(date(date_parse(eventtime, '%Y-%m-%dT%H:%i:%sZ'))) FROM cloudtrail_logs WHERE eventname = 'PutObject' AND day = '04';

SELECT with_timezone(date_parse(eventtime, '%Y-%m-%dT%H:%i:%sZ'), 'Asia/Shanghai'), at_timezone(from_iso8601_timestamp(eventtime), '+05:30') FROM cloudtrail_logs WHERE eventname = 'DeleteObject';

SELECT timezone_hour(from_iso8601_timestamp(eventtime)), year_of_week(from_iso8601_timestamp(eventtime)), week(from_iso8601_timestamp(eventtime)), day_of_year(from_iso8601_timestamp(eventtime)), quarter(from_iso8601_timestamp(eventtime)), last_day_of_month(from_iso8601_timestamp(eventtime)), count(*) FROM cloudtrail_logs GROUP BY 1, 2, 3, 4, 5, 6;

SELECT max(date_diff('second', date_parse(eventtime, '%Y-%m-%dT%H:%i:%sZ'), timestamp '2021-12-07 00:00:00')) / 3600e0 FROM cloudtrail_logs;

SELECT useridentity.arn, eventtime, lead(eventtime) OVER (PARTITION BY useridentity.arn ORDER BY eventtime, eventid) AS next, date_diff('second', from_iso8601_timestamp(eventtime), from_iso8601_timestamp(lead(eventtime) OVER (PARTITION BY useridentity.arn ORDER BY eventtime, eventid))) AS pause FROM cloudtrail_logs WHERE useridentity.type = 'IAMUser';

SELECT human_readable_seconds(date_diff('second', min(from_iso8601_timestamp(eventtime)), max(from_iso8601_timestamp(eventtime)))) FROM cloudtrail_logs;

SELECT from_iso8601_timestamp(eventtime) IN (SELECT max(from_iso8601_timestamp(eventtime)) FROM cloudtrail_logs) AS last, count(*) FROM cloudtrail_logs GROUP BY 1;

SELECT from_iso8601_timestamp(eventtime) AS t, count(*) FROM cloudtrail_logs GROUP BY 1 HAVING count(*) > 3 ORDER BY 1;

-- request parameters
SELECT json_extract_scalar(requestparameters, '$.bucketName') AS bucket, count(*) FROM cloudtrail_logs WHERE eventsource = 's3.amazonaws.com' GROUP BY 1;

SELECT json_extract(requestparameters, '$.instancesSet.items') AS items, json_extract_scalar(requestparameters, '$.instancesSet.items[0].instanceId') AS first FROM cloudtrail_logs WHERE eventsource = 'ec2.amazonaws.com';

SELECT json_extract_scalar(requestparameters, '$["bucketName"]'), json_extract_scalar(requestparameters, '$.Host'), json_extract_scalar(additionaleventdata, '$["x-amz-id-2"]'), json_extract_scalar(additionaleventdata, '$.bytesTransferredOut') FROM cloudtrail_logs WHERE eventname = 'GetObject' AND day = '03';

SELECT sum(cast(json_extract_scalar(additionaleventdata, '$.bytesTransferredOut') AS double)) AS bytes, max(try_cast(json_extract_scalar(additionaleventdata, '$.bytesTransferredIn') AS bigint)) FROM cloudtrail_logs;

SELECT json_extract(requestparameters, '$.bucketName') AS j, cast(json_extract(requestparameters, '$.bucketName') AS varchar), json_format(json_extract(requestparameters, '$.bucketName')), typeof(json_extract(requestparameters, '$')) FROM cloudtrail_logs WHERE eventname = 'PutObject';

SELECT array_sort(map_keys(cast(json_parse(requestparameters) AS map(varchar, json)))) AS names FROM cloudtrail_logs WHERE requestparameters IS NOT NULL AND day = '03';

SELECT k, count(*) FROM cloudtrail_logs CROSS JOIN UNNEST(map_keys(cast(json_parse(requestparameters) AS map(varchar, json)))) AS t(k) GROUP BY k;

SELECT k, json_format(v) FROM cloudtrail_logs CROSS JOIN UNNEST(cast(json_parse(requestparameters) AS map(varchar, json))) AS t(k, v) WHERE eventname = 'AssumeRole' AND day = '04';

SELECT json_array_length(json_extract(requestparameters, '$.instancesSet.items')) AS n, json_size(requestparameters, '$'), json_array_get(json_extract(requestparameters, '$.instancesSet.items'), 0), is_json_scalar(json_extract(requestparameters, '$.key')) FROM cloudtrail_logs WHERE day = '05';

SELECT cast(json_parse(requestparameters) AS ROW(bucketName varchar, key varchar)) AS r FROM cloudtrail_logs WHERE eventname = 'GetObject' AND day = '06';

SELECT cast(json_extract(requestparameters, '$.durationSeconds') AS bigint) AS d, cast(json_extract_scalar(requestparameters, '$.durationSeconds') AS integer), cast(json_extract(requestparameters, '$.durationSeconds') AS varchar) FROM cloudtrail_logs WHERE eventname = 'AssumeRole';

SELECT json_extract(responseelements, '$..accessKeyId') FROM cloudtrail_logs WHERE eventname = 'AssumeRole';

SELECT json_extract_scalar(responseelements, 'credentials.accessKeyId') FROM cloudtrail_logs WHERE eventname = 'AssumeRole';

SELECT json_value(requestparameters, 'lax $.bucketName') AS b, json_exists(requestparameters, 'lax $.key') AS k FROM cloudtrail_logs WHERE eventsource = 's3.amazonaws.com';

SELECT regexp_extract(requestparameters, '"bucketName":"([^"]*)"', 1) AS b, count(*) FROM cloudtrail_logs GROUP BY 1;

SELECT count(*) FROM cloudtrail_logs WHERE requestparameters LIKE '%"key":"images/%' AND additionaleventdata NOT LIKE '%SigV4%';

SELECT json_extract_scalar(requestparameters, '$.bucketName') || '/' || json_extract_scalar(requestparameters, '$.key') AS object FROM cloudtrail_logs WHERE eventname IN ('GetObject', 'PutObject') AND day = '04';

SELECT json_extract_scalar(errormessage, '$.a'), json_extract(errormessage, '$.a') FROM cloudtrail_logs WHERE errormessage IS NOT NULL;

SELECT json_parse(errormessage) FROM cloudtrail_logs WHERE errormessage IS NOT NULL;

SELECT try(json_parse(errormessage)) FROM cloudtrail_logs WHERE errormessage IS NOT NULL;

SELECT json_array_contains('[1, 2]', 2), json_format(cast(useridentity AS json)) FROM cloudtrail_logs WHERE eventname = 'ConsoleLogin';

SELECT cast(resources AS json) FROM cloudtrail_logs WHERE eventname = 'AssumeRole' AND day = '03';

-- resources
SELECT r.arn, r.type, count(*) FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS t(arn, accountid, type) CROSS JOIN (VALUES 1) AS r(x) GROUP BY 1, 2;

SELECT arn, type, count(*) FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS t(arn, accountid, type) GROUP BY arn, type;

SELECT eventid, n, arn FROM cloudtrail_logs CROSS JOIN UNNEST(resources) WITH ORDINALITY AS t(arn, accountid, type, n) WHERE day = '03' AND eventname = 'GetObject';

SELECT eventname, t.type FROM cloudtrail_logs LEFT JOIN UNNEST(resources) AS t(arn, accountid, type) ON true WHERE day = '04' AND eventsource <> 's3.amazonaws.com';

SELECT cardinality(resources) AS n, count(*) FROM cloudtrail_logs GROUP BY 1;

SELECT resources[1].arn, element_at(resources, 2).type, element_at(resources, 7) FROM cloudtrail_logs WHERE cardinality(resources) > 1 AND day = '05';

SELECT resources[2] FROM cloudtrail_logs;

SELECT transform(resources, r -> r.type) AS types, any_match(resources, r -> r.type = 'AWS::S3::Bucket') AS bucket, filter(resources, r -> r.accountid IS NULL) FROM cloudtrail_logs WHERE day = '03';

SELECT array_sort(array_distinct(flatten(array_agg(transform(resources, r -> r.accountid))))) FROM cloudtrail_logs WHERE resources IS NOT NULL;

SELECT resources, count(*) FROM cloudtrail_logs WHERE eventname = 'AssumeRole' GROUP BY resources;

SELECT DISTINCT useridentity.sessioncontext.sessionissuer FROM cloudtrail_logs;

SELECT count(*) FROM cloudtrail_logs WHERE resources IS NULL OR cardinality(resources) = 0;

SELECT eventname, map_agg(t.type, t.arn) FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS t(arn, accountid, type) WHERE eventname = 'GetObject' AND day = '06' GROUP BY eventid, eventname;

-- addresses, agents
SELECT sourceipaddress, count(*) FROM cloudtrail_logs WHERE NOT regexp_like(sourceipaddress, '^[0-9.]+$') GROUP BY 1;

SELECT try_cast(sourceipaddress AS ipaddress) AS ip, count(*) FROM cloudtrail_logs GROUP BY 1;

SELECT count(*) FROM cloudtrail_logs WHERE contains('99.0.0.0/8', try_cast(sourceipaddress AS ipaddress));

SELECT count(*) FROM cloudtrail_logs WHERE contains('99.0.0.0/8', cast(sourceipaddress AS ipaddress));

SELECT split_part(useragent, '/', 1) AS agent, regexp_extract(useragent, 'Python/(\d+\.\d+)', 1) AS python, count(*) FROM cloudtrail_logs GROUP BY 1, 2;

SELECT tlsdetails.tlsversion, tlsdetails.ciphersuite, count(*) FROM cloudtrail_logs GROUP BY 1, 2 HAVING tlsdetails.tlsversion IS NULL OR tlsdetails.tlsversion < 'TLSv1.3';

SELECT DISTINCT c.sourceipaddress FROM cloudtrail_logs c JOIN vpc_flow_logs f ON c.sourceipaddress = f.srcaddr;

WITH trail AS (SELECT useridentity.arn AS who, count(*) AS n FROM cloudtrail_logs GROUP BY 1), access AS (SELECT requester AS who, count(*) AS n FROM s3_access_logs GROUP BY 1)
SELECT coalesce(trail.who, access.who) AS who, trail.n AS api, access.n AS s3 FROM trail FULL JOIN access ON trail.who = access.who;

SELECT c.eventname, c.eventtime, s.operation, s.requestdatetime FROM cloudtrail_logs c JOIN s3_access_logs s ON c.requestid = s.requestid AND abs(date_diff('second', from_iso8601_timestamp(c.eventtime), parse_datetime(s.requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z'))) < 60;

SELECT eventsource, eventname, n, round(1e2 * n / sum(n) OVER (PARTITION BY eventsource), 2) AS share, rank() OVER (PARTITION BY eventsource ORDER BY n DESC) AS place FROM (SELECT eventsource, eventname, count(*) AS n FROM cloudtrail_logs GROUP BY 1, 2);

SELECT * FROM (SELECT eventsource, eventname, eventtime, row_number() OVER (PARTITION BY eventsource ORDER BY eventtime DESC, eventid) AS r FROM cloudtrail_logs) WHERE r <= 3;

WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n WHERE x < 3) SELECT x, (SELECT count(*) FROM cloudtrail_logs WHERE cast(day AS integer) = x + 2) FROM n;

SELECT useridentity.arn, eventname FROM cloudtrail_logs WHERE day = '03' EXCEPT SELECT useridentity.arn, eventname FROM cloudtrail_logs WHERE day = '04';

SELECT sharedeventid, count(*), count(DISTINCT recipientaccountid) FROM cloudtrail_logs WHERE sharedeventid IS NOT NULL GROUP BY sharedeventid HAVING count(*) > 1;

SELECT eventversion, cast(eventversion AS double) * 100, cast(eventversion AS decimal(4, 2)), eventversion >= '1.08' FROM cloudtrail_logs WHERE day = '04';

SELECT histogram(eventsource) FROM cloudtrail_logs;

SELECT numeric_histogram(3, length(eventname)) IS NOT NULL FROM cloudtrail_logs;

SELECT eventname FROM cloudtrail_logs WHERE eventname LIKE 'Describe%' OR eventname LIKE 'List\_%' ESCAPE '\' GROUP BY eventname ORDER BY lower(eventname);

SELECT grouping(eventsource, readonly), eventsource, readonly, count(*) FROM cloudtrail_logs GROUP BY GROUPING SETS ((eventsource), (readonly), (eventsource, readonly));

SELECT if(useridentity.type = 'Root', 'root', if(useridentity.type IS NULL, 'none', lower(useridentity.type))), count(*) FROM cloudtrail_logs GROUP BY 1;

-- mistakes
SELECT evnttime FROM cloudtrail_logs;

SELECT useridentity.usrname FROM cloudtrail_logs;

SELECT useridentity.sessioncontext.issuer.username FROM cloudtrail_logs;

SELECT eventname.x FROM cloudtrail_logs;

SELECT * FROM cloudtrail_logs CROSS JOIN UNNEST(eventname) AS t(x);

SELECT * FROM cloudtrail_logs CROSS JOIN UNNEST(resources) AS t(x);

SELECT json_extract(useridentity, '$.arn') FROM cloudtrail_logs;

SELECT json_extract(requestparameters) FROM cloudtrail_logs;

SELECT requestparameters.bucketName FROM cloudtrail_logs;

SELECT requestparameters['bucketName'] FROM cloudtrail_logs;

SELECT useridentity = 'x' FROM cloudtrail_logs;

SELECT resources.arn FROM cloudtrail_logs;

SELECT resources[0] FROM cloudtrail_logs;

SELECT from_iso8601_timestamp(eventname) FROM cloudtrail_logs;

SELECT eventtime - interval '1' day FROM cloudtrail_logs;

SELECT eventtime AT TIME ZONE 'Asia/Shanghai' FROM cloudtrail_logs;

SELECT from_iso8601_timestamp(eventtime) AT TIME ZONE 'Asia/Peking' FROM cloudtrail_logs;

SELECT eventtime BETWEEN timestamp '2021-12-01' AND timestamp '2021-12-02' FROM cloudtrail_logs;

SELECT date '2021-13-01' FROM cloudtrail_logs;

SELECT timestamp 'yesterday' FROM cloudtrail_logs;

SELECT cast(readonly AS bigint) FROM cloudtrail_logs;

SELECT filter(resources, r -> r.kind = 'x') FROM cloudtrail_logs;

SELECT transform(resources, 1) FROM cloudtrail_logs;

SELECT array_agg(eventname) WITHIN GROUP (ORDER BY eventtime) FROM cloudtrail_logs;

SELECT row_number() FROM cloudtrail_logs;

SELECT lag(eventtime) OVER (PARTITION BY eventname) FROM cloudtrail_logs WHERE false;

SELECT eventname FROM cloudtrail_logs c, cloudtrail_logs d WHERE c.eventid = d.eventid;

SELECT x.eventname FROM cloudtrail_logs c;

SELECT count(*) OVER w FROM cloudtrail_logs;

WITH a AS (SELECT 1), a AS (SELECT 2) SELECT * FROM a;

WITH a(x, y) AS (SELECT 1) SELECT * FROM a;

SELECT eventname FROM cloudtrail_logs WHERE eventid = ANY (SELECT eventid, day FROM cloudtrail_logs);

SELEC eventname FROM cloudtrail_logs;

SELECT eventname FORM cloudtrail_logs;

SELECT count(* FROM cloudtrail_logs;

SELECT eventname FROM cloudtrail_logs WHERE;

SELECT eventname FROM cloudtrail_logs GROUP eventname;

SELECT eventname FROM cloudtrail_logs WHERE day == '03';

SELECT eventname FROM cloudtrail_logs WHERE day = '03' AND;

SELECT eventname FROM db.cloudtrail_logs;

SELECT eventname FROM other.logsql.cloudtrail_logs;
