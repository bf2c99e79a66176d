-- since, until
SELECT remoteip AS address, bucket_name AS bucket, operation, count(*) AS requests,
  count_if(httpstatus LIKE '2%') AS answered, count_if(httpstatus = '403') AS denied, sum(bytessent) AS bytes_sent
FROM logsql.s3_access_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
  AND coalesce(requester, '-') = '-' AND remoteip <> '-'
GROUP BY remoteip, bucket_name, operation
ORDER BY requests DESC, address, bucket, operation
LIMIT 15
