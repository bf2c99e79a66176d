-- title: Who deleted what and when, lifecycle rules too
-- log_type: s3_access_logs
-- columns: requestdatetime, requester, remoteip, operation, bucket_name, key, versionid, httpstatus, requestid
-- parameter: bucket: the bucket; empty for all
-- parameter: key: the object's key as the log has it; empty for all
-- parameter: rows: how many at most
SELECT parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') AS time, requester, remoteip, operation, bucket_name, key, versionid, httpstatus
FROM s3_access_logs
WHERE (operation LIKE '%DELETE%' OR operation LIKE 'S3.EXPIRE.%')
  AND /* bucket */ '' IN ('', bucket_name) AND /* key */ '' IN ('', key)
ORDER BY time DESC, bucket_name, key, requestid
LIMIT /* rows */ 100
