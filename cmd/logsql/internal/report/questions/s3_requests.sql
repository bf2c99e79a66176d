-- unit, since, until
SELECT date_trunc(?, TRY(date_parse(substr(requestdatetime, 1, 20), '%d/%b/%Y:%H:%i:%s'))) AS time,
  count_if(coalesce(httpstatus, '-') NOT LIKE '4%' AND coalesce(httpstatus, '-') NOT LIKE '5%') AS requests_without_error,
  count_if(httpstatus LIKE '4%') AS client_errors,
  count_if(httpstatus LIKE '5%') AS server_errors
FROM logsql.s3_access_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
GROUP BY 1
ORDER BY 1
