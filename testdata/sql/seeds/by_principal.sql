SELECT useridentity.arn,
Count(requestid) AS RequestCount
FROM logsql.cloudtrail_logs
WHERE eventsource='s3.amazonaws.com'
AND region='us-east-1'
AND year='2019'
AND month='02'
AND day='19'
Group by useridentity.arn
