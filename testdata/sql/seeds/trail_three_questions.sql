-- Aggegrate by useridentity.arn
SELECT useridentity.arn,
Count(requestid) AS RequestCount
FROM logsql.cloudtrail_logs
WHERE eventsource='s3.amazonaws.com'
AND region='cn-north-1'
AND year='2021'
AND month='12'
AND day='05'
Group by useridentity.arn limit 20;

-- Aggregate by sourceipaddress
SELECT count(requestid), sourceipaddress 
FROM logsql.cloudtrail_logs
WHERE eventsource='s3.amazonaws.com'
AND region='cn-north-1'
AND year='2021'
AND month='12'
AND day='05'
AND eventname in ('GetObject')
AND sourceipaddress not in ('AWS Internal', 'athena.amazonaws.com')
group by sourceipaddress limit 20;

-- Aggregate by eventname
SELECT count(requestid), eventname
FROM logsql.cloudtrail_logs
WHERE eventsource='s3.amazonaws.com'
AND region='cn-north-1'
AND year='2021'
AND month='12'
AND day='06'
AND sourceipaddress not in ('AWS Internal', 'athena.amazonaws.com')
group by eventname limit 20 
