-- title: What happened to an object, the newest first
-- log_type: s3_access_logs
-- columns: requestdatetime, bucket_name, key, operation, requester, remoteip, httpstatus, errorcode, objectsize, versionid, requestid
-- parameter: bucket: the bucket; empty for all
-- parameter: key: the object's key as the log has it; empty for all
-- parameter: rows: how many at most
SELECT
  parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') AS time,
  bucket_name, key, operation, requester, remoteip, httpstatus, errorcode, objectsize, versionid
FROM s3_access_logs
WHERE key <> '-' AND /* bucket */ '' IN ('', bucket_name) AND /* key */ '' IN ('', key)
ORDER BY time DESC, bucket_name, key, requestid
LIMIT /* rows */ 100
