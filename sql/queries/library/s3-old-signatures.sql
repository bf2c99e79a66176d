-- title: Requests signed with the old signature version 2
-- log_type: s3_access_logs
-- columns: bucket_name, requester, remoteip, useragent, sigv, authtype
-- parameter: rows: how many at most
SELECT bucket_name, requester, remoteip, useragent, authtype, count(*) AS requests
FROM s3_access_logs
WHERE sigv = 'SigV2'
GROUP BY bucket_name, requester, remoteip, useragent, authtype
ORDER BY requests DESC, bucket_name, requester, remoteip, useragent, authtype
LIMIT /* rows */ 100
