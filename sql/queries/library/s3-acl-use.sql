-- title: Requests that only an ACL allowed: what would fail with ACLs off
-- log_type: s3_access_logs
-- columns: bucket_name, key, requester, operation, aclrequired
-- parameter: rows: how many at most
SELECT bucket_name, requester, operation, count(*) AS requests, count(DISTINCT key) AS keys
FROM s3_access_logs
WHERE aclrequired = 'Yes'
GROUP BY bucket_name, requester, operation
ORDER BY requests DESC, bucket_name, requester, operation
LIMIT /* rows */ 100
