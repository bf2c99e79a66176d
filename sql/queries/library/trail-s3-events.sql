-- title: What happened to which S3 object, by whom
-- log_type: cloudtrail_logs
-- columns: eventtime, eventsource, eventname, sourceipaddress, requestparameters, useridentity, errorcode, eventid
-- parameter: bucket: the bucket; empty for all
-- parameter: rows: how many at most
SELECT
  eventtime, eventname, sourceipaddress,
  json_extract_scalar(requestparameters, '$.bucketName') AS bucket_name,
  json_extract_scalar(requestparameters, '$.key') AS key,
  coalesce(useridentity.arn, useridentity.invokedby) AS principal,
  errorcode
FROM cloudtrail_logs
WHERE eventsource = 's3.amazonaws.com'
  AND /* bucket */ '' IN ('', json_extract_scalar(requestparameters, '$.bucketName'))
ORDER BY eventtime DESC, eventid
LIMIT /* rows */ 100
