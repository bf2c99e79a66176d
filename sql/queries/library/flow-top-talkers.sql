-- title: The top 10 talkers: who sends and who receives most
-- log_type: vpc_flow_logs
-- columns: srcaddr, dstaddr, bytes
-- parameter: rows: how many at most
SELECT
  address,
  sum(sent) AS bytes_sent,
  sum(received) AS bytes_received,
  sum(sent) + sum(received) AS total_bytes
FROM (
  SELECT srcaddr AS address, sum(bytes) AS sent, 0 AS received FROM vpc_flow_logs WHERE srcaddr <> '-' GROUP BY srcaddr
  UNION ALL
  SELECT dstaddr AS address, 0 AS sent, sum(bytes) AS received FROM vpc_flow_logs WHERE dstaddr <> '-' GROUP BY dstaddr
)
GROUP BY address
ORDER BY total_bytes DESC, address
LIMIT /* rows */ 10
