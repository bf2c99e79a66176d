-- since, until
SELECT year || '-' || month || '-' || day AS day, count(*) AS records
FROM logsql.s3_access_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
GROUP BY 1
ORDER BY 1
