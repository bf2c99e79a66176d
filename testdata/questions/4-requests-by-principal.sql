-- S3 requests by principal
SELECT useridentity.arn,
Count(requestid) AS RequestCount
FROM cloudtrail_logs
WHERE eventsource='s3.amazonaws.com'
AND region='cn-north-1'
AND year='2021'
AND month='12'
AND day='05'
Group by useridentity.arn
ORDER BY RequestCount DESC, 1
limit 20;
