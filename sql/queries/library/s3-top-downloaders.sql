-- title: The 50 addresses that downloaded most
-- log_type: s3_access_logs
-- columns: remoteip, requester, operation, bytessent
-- parameter: bucket: the bucket; empty for all
-- parameter: rows: how many at most
SELECT remoteip, requester, count(*) AS downloads, coalesce(sum(bytessent), 0) AS bytes_sent
FROM s3_access_logs
WHERE operation = 'REST.GET.OBJECT' AND httpstatus IN ('200', '206') AND /* bucket */ '' IN ('', bucket_name)
GROUP BY remoteip, requester
ORDER BY bytes_sent DESC, downloads DESC, remoteip, requester
LIMIT /* rows */ 50
