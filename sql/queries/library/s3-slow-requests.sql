-- title: The slowest requests, in milliseconds
-- log_type: s3_access_logs
-- columns: requestdatetime, bucket_name, key, operation, httpstatus, bytessent, totaltime, turnaroundtime, remoteip, requestid
-- parameter: milliseconds: how slow at least
-- parameter: rows: how many at most
SELECT
  TRY_CAST(totaltime AS bigint) AS total_ms,
  TRY_CAST(turnaroundtime AS bigint) AS turnaround_ms,
  parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z') AS time,
  operation, bucket_name, key, httpstatus, bytessent, remoteip
FROM s3_access_logs
WHERE TRY_CAST(totaltime AS bigint) >= /* milliseconds */ 100
ORDER BY total_ms DESC, turnaround_ms DESC, time, bucket_name, key, requestid
LIMIT /* rows */ 100
