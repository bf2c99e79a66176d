-- with found: s3-anonymous-access
SELECT remoteip AS address, bucket_name AS bucket, operation, sum(requests) AS requests,
  sum(IF(httpstatus LIKE '2%', requests, 0)) AS answered, sum(IF(httpstatus = '403', requests, 0)) AS denied, sum(bytes_sent) AS bytes_sent
FROM found
GROUP BY 1, 2, 3
ORDER BY requests DESC, address, bucket, operation
LIMIT 15
