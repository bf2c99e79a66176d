-- title: The 50 addresses with the most traffic, as the packets have them behind NAT and other gateways
-- log_type: vpc_flow_logs
-- columns: pkt_srcaddr, pkt_dstaddr, bytes
-- parameter: rows: how many at most
SELECT ip, sum(bytes) AS total_bytes
FROM (
  SELECT pkt_dstaddr AS ip, sum(bytes) AS bytes FROM vpc_flow_logs GROUP BY pkt_dstaddr
  UNION ALL
  SELECT pkt_srcaddr AS ip, sum(bytes) AS bytes FROM vpc_flow_logs GROUP BY pkt_srcaddr
)
WHERE ip <> '-'
GROUP BY ip
ORDER BY total_bytes DESC, ip
LIMIT /* rows */ 50
