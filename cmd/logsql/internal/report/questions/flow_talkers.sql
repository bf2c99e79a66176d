-- since, until
SELECT srcaddr AS source, dstaddr AS destination, sum(bytes) AS bytes, sum(packets) AS packets, count(*) AS records
FROM logsql.vpc_flow_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
  AND bytes IS NOT NULL
GROUP BY srcaddr, dstaddr
ORDER BY bytes DESC, srcaddr, dstaddr
LIMIT 15
