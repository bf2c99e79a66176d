-- title: The 50 requesters that copied most objects
-- log_type: s3_access_logs
-- columns: bucket_name, requester, remoteip, operation, objectsize, httpstatus
-- parameter: bucket: the bucket; empty for all
-- parameter: rows: how many at most
-- A copy is recorded as read (REST.COPY.OBJECT_GET) at its source and as written (REST.COPY.OBJECT) at its target.
SELECT
  requester, remoteip,
  count_if(operation LIKE '%\_GET' ESCAPE '\') AS read,
  count_if(operation NOT LIKE '%\_GET' ESCAPE '\') AS written,
  coalesce(sum(objectsize), 0) AS total_size
FROM s3_access_logs
WHERE operation LIKE 'REST.COPY.%' AND httpstatus LIKE '2%' AND /* bucket */ '' IN ('', bucket_name)
GROUP BY requester, remoteip
ORDER BY total_size DESC, read DESC, written DESC, requester, remoteip
LIMIT /* rows */ 50
