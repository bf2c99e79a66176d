-- since, until
SELECT requestdatetime AS time, requester, remoteip AS address, bucket_name AS bucket, key, operation, httpstatus AS status
FROM logsql.s3_access_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
  AND (operation LIKE '%.DELETE.%' OR operation LIKE '%DELETE.OBJECT%' OR operation = 'REST.POST.MULTI_OBJECT_DELETE')
ORDER BY year DESC, month DESC, day DESC, requestdatetime DESC, key
LIMIT 15
