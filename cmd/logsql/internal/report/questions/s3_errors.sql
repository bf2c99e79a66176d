-- since, until
SELECT httpstatus AS status, errorcode AS error, operation, count(*) AS requests, count(DISTINCT remoteip) AS addresses
FROM logsql.s3_access_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
  AND (httpstatus LIKE '4%' OR httpstatus LIKE '5%')
GROUP BY httpstatus, errorcode, operation
ORDER BY requests DESC, status, error, operation
LIMIT 15
