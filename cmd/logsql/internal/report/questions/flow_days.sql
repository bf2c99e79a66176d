-- since, until
SELECT year || '-' || month || '-' || day AS day, count(*) AS records
FROM logsql.vpc_flow_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
GROUP BY 1
ORDER BY 1
