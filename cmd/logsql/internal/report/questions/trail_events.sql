-- unit, since, until
SELECT date_trunc(?, TRY(from_iso8601_timestamp(eventtime))) AS time,
  count_if(errorcode IS NULL AND readonly = 'true') AS reads,
  count_if(errorcode IS NULL AND coalesce(readonly, 'false') <> 'true') AS changes_and_others,
  count_if(errorcode IS NOT NULL) AS errors
FROM logsql.cloudtrail_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
GROUP BY 1
ORDER BY 1
