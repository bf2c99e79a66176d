-- since, until
SELECT count(*) AS requests,
  sum(bytessent) AS bytes_sent,
  count_if(httpstatus LIKE '4%') AS client_errors,
  count_if(httpstatus LIKE '5%') AS server_errors,
  count_if(coalesce(requester, '-') = '-' AND remoteip <> '-') AS anonymous,
  count(DISTINCT remoteip) AS addresses,
  count(DISTINCT bucket_name) AS buckets
FROM logsql.s3_access_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
