-- since, until
SELECT remoteip AS address, requester, sum(bytessent) AS bytes_sent, count(*) AS requests, count(DISTINCT key) AS keys
FROM logsql.s3_access_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
  AND operation LIKE '%GET.OBJECT'
GROUP BY remoteip, requester
ORDER BY bytes_sent DESC NULLS LAST, remoteip, requester
LIMIT 15
