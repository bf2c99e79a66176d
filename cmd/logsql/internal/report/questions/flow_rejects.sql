-- since, until, since, until
SELECT dstport AS port, hour(from_unixtime(start) AT TIME ZONE 'UTC') AS hour, count(*) AS rejects
FROM logsql.vpc_flow_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
  AND action = 'REJECT'
  AND dstport IN (
    SELECT dstport FROM logsql.vpc_flow_logs
    WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
      AND action = 'REJECT'
    GROUP BY dstport
    ORDER BY count(*) DESC, dstport
    LIMIT 15)
GROUP BY 1, 2
ORDER BY 1, 2
