-- since, until
SELECT year || '-' || month || '-' || day AS day, count(*) AS records
FROM logsql.cloudtrail_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
GROUP BY 1
ORDER BY 1
