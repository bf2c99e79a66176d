-- unit, since, until
SELECT date_trunc(?, from_unixtime(start) AT TIME ZONE 'UTC') AS time,
  sum(IF(action = 'ACCEPT', bytes)) AS accepted_bytes,
  sum(IF(action = 'REJECT', bytes)) AS rejected_bytes
FROM logsql.vpc_flow_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
  AND start IS NOT NULL
GROUP BY 1
ORDER BY 1
