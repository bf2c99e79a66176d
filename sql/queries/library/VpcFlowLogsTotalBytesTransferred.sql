-- title: The 50 pairs of source and destination with the most bytes
-- log_type: vpc_flow_logs
-- columns: srcaddr, dstaddr, bytes
-- parameter: rows: how many at most
-- AWS's own text sorts ascending and so shows the smallest.
SELECT sum(bytes) AS totalbytes, srcaddr, dstaddr
FROM vpc_flow_logs
WHERE srcaddr <> '-'
GROUP BY srcaddr, dstaddr
ORDER BY totalbytes DESC, srcaddr, dstaddr
LIMIT /* rows */ 50
