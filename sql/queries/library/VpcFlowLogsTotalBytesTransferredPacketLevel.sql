-- title: The 50 pairs of source and destination with the most bytes, as the packets have them
-- log_type: vpc_flow_logs
-- columns: pkt_srcaddr, pkt_dstaddr, bytes
-- parameter: rows: how many at most
SELECT sum(bytes) AS totalbytes, pkt_srcaddr, pkt_dstaddr
FROM vpc_flow_logs
WHERE pkt_srcaddr <> '-'
GROUP BY pkt_srcaddr, pkt_dstaddr
ORDER BY totalbytes DESC, pkt_srcaddr, pkt_dstaddr
LIMIT /* rows */ 50
