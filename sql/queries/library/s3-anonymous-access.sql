-- title: Anonymous requests: who came without credentials, and what was allowed
-- log_type: s3_access_logs
-- columns: bucket_name, remoteip, requester, operation, httpstatus, bytessent
-- parameter: bucket: the bucket; empty for all
-- parameter: rows: how many at most
SELECT bucket_name, remoteip, operation, httpstatus, count(*) AS requests, count(DISTINCT key) AS keys, coalesce(sum(bytessent), 0) AS bytes_sent
FROM s3_access_logs
WHERE coalesce(requester, '-') = '-' AND remoteip <> '-' AND /* bucket */ '' IN ('', bucket_name)
GROUP BY bucket_name, remoteip, operation, httpstatus
ORDER BY requests DESC, bucket_name, remoteip, operation, httpstatus
LIMIT /* rows */ 100
