-- title: The 10 addresses with the most traffic on administrative web ports
-- log_type: vpc_flow_logs
-- columns: srcaddr, dstaddr, srcport, dstport, bytes
-- parameter: ports: the ports, with commas between them
-- parameter: rows: how many at most
SELECT ip, sum(bytes) AS total_bytes
FROM (
  SELECT dstaddr AS ip, bytes FROM vpc_flow_logs
  WHERE contains(split(/* ports */ '8080,8443,9090,9443,10000', ','), CAST(dstport AS varchar))
  UNION ALL
  SELECT srcaddr AS ip, bytes FROM vpc_flow_logs
  WHERE contains(split(/* ports */ '8080,8443,9090,9443,10000', ','), CAST(srcport AS varchar))
)
GROUP BY ip
ORDER BY total_bytes DESC, ip
LIMIT /* rows */ 10
