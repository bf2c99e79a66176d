-- title: Requests over old TLS (before 1.2) or without TLS
-- log_type: s3_access_logs
-- columns: bucket_name, requester, remoteip, useragent, operation, tlsversion
-- parameter: rows: how many at most
SELECT coalesce(tlsversion, '-') AS tlsversion, bucket_name, requester, remoteip, useragent, count(*) AS requests
FROM s3_access_logs
WHERE remoteip <> '-' AND (tlsversion IN ('TLSv1', 'TLSv1.0', 'TLSv1.1') OR tlsversion LIKE 'SSL%' OR (tlsversion = '-' AND operation LIKE 'REST.%'))
GROUP BY 1, 2, 3, 4, 5
ORDER BY requests DESC, tlsversion, bucket_name, requester, remoteip, useragent
LIMIT /* rows */ 100
