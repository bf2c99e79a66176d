-- title: Requests that failed, by error, operation and requester
-- log_type: s3_access_logs
-- columns: bucket_name, requestdatetime, requester, remoteip, operation, httpstatus, errorcode
-- parameter: bucket: the bucket; empty for all
-- parameter: rows: how many at most
SELECT
  httpstatus, errorcode, operation, bucket_name, requester, remoteip,
  count(*) AS requests,
  max(parse_datetime(requestdatetime, 'dd/MMM/yyyy:HH:mm:ss Z')) AS last_seen
FROM s3_access_logs
WHERE (httpstatus LIKE '4%' OR httpstatus LIKE '5%') AND /* bucket */ '' IN ('', bucket_name)
GROUP BY httpstatus, errorcode, operation, bucket_name, requester, remoteip
ORDER BY requests DESC, httpstatus, errorcode, operation, bucket_name, requester, remoteip
LIMIT /* rows */ 100
