-- title: The 50 addresses with the most traffic, sent and received
-- log_type: vpc_flow_logs
-- columns: srcaddr, dstaddr, bytes
-- parameter: rows: how many at most
SELECT ip, sum(bytes) AS total_bytes
FROM (
  SELECT dstaddr AS ip, sum(bytes) AS bytes FROM vpc_flow_logs GROUP BY dstaddr
  UNION ALL
  SELECT srcaddr AS ip, sum(bytes) AS bytes FROM vpc_flow_logs GROUP BY srcaddr
)
WHERE ip <> '-'
GROUP BY ip
ORDER BY total_bytes DESC, ip
LIMIT /* rows */ 50
