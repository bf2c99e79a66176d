-- title: Requests by operation and status
-- log_type: s3_access_logs
-- columns: bucket_name, operation, httpstatus, bytessent
-- parameter: bucket: the bucket; empty for all
SELECT operation, httpstatus, count(*) AS requests, coalesce(sum(bytessent), 0) AS bytes_sent
FROM s3_access_logs
WHERE /* bucket */ '' IN ('', bucket_name)
GROUP BY operation, httpstatus
ORDER BY requests DESC, operation, httpstatus
