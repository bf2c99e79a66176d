-- Check event details
SELECT
  eventTime, 
  eventName, 
  sourceIpAddress, 
  json_extract_scalar(requestParameters, '$.bucketName') as bucketName, 
  json_extract_scalar(requestParameters, '$.key') as object,
  userIdentity.arn as userArn
FROM logsql.cloudtrail_logs
WHERE eventsource='s3.amazonaws.com'
AND region='cn-north-1'
AND year='2021'
AND month='12'
AND day='06'
AND sourceipaddress not in ('AWS Internal', 'athena.amazonaws.com')
limit 100 
