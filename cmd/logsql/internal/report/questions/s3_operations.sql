-- since, until
SELECT operation, count(*) AS requests,
  count_if(httpstatus LIKE '2%') AS "2xx", count_if(httpstatus LIKE '3%') AS "3xx",
  count_if(httpstatus LIKE '4%') AS "4xx", count_if(httpstatus LIKE '5%') AS "5xx",
  sum(bytessent) AS bytes_sent
FROM logsql.s3_access_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
GROUP BY operation
ORDER BY requests DESC, operation
LIMIT 20
