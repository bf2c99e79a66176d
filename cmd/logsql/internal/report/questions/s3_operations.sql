-- with found: s3-requests-by-operation
SELECT operation, sum(requests) AS requests,
  sum(IF(httpstatus LIKE '2%', requests, 0)) AS "2xx", sum(IF(httpstatus LIKE '3%', requests, 0)) AS "3xx",
  sum(IF(httpstatus LIKE '4%', requests, 0)) AS "4xx", sum(IF(httpstatus LIKE '5%', requests, 0)) AS "5xx",
  sum(bytes_sent) AS bytes_sent
FROM found
GROUP BY operation
ORDER BY requests DESC, operation
LIMIT 20
