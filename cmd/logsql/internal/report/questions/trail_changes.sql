-- since, until
SELECT eventtime AS time, coalesce(useridentity.arn, useridentity.invokedby, useridentity.type) AS principal,
  eventname AS event, awsregion AS region, sourceipaddress AS address, errorcode AS error, requestparameters AS parameters
FROM logsql.cloudtrail_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
  AND coalesce(readonly, 'false') <> 'true'
  AND (eventsource LIKE 'iam.%' OR eventsource LIKE 'organizations.%'
    OR eventname LIKE '%SecurityGroup%' OR eventname LIKE '%NetworkAcl%'
    OR eventname IN ('StopLogging', 'DeleteTrail', 'UpdateTrail', 'PutEventSelectors', 'PutBucketPolicy', 'DeleteBucketPolicy', 'PutBucketAcl', 'DeleteFlowLogs'))
ORDER BY eventtime DESC, eventid
LIMIT 20
