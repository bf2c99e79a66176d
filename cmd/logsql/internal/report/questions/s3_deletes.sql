-- with found: s3-deletions
SELECT time, requester, remoteip AS address, bucket_name AS bucket, key, operation, httpstatus AS status
FROM found
ORDER BY time DESC, bucket, key
LIMIT 15
