-- with found: s3-errors
SELECT httpstatus AS status, errorcode AS error, operation, sum(requests) AS requests, count(DISTINCT remoteip) AS addresses
FROM found
GROUP BY 1, 2, 3
ORDER BY requests DESC, status, error, operation
LIMIT 15
