-- title: TCP traffic of a source address, the largest first
-- log_type: vpc_flow_logs
-- columns: srcaddr, dstaddr, dstport, protocol, packets, bytes
-- parameter: srcaddr: the source, or the beginning of it and %
-- parameter: rows: how many at most
SELECT srcaddr, dstaddr, dstport, sum(bytes) AS total_bytes, sum(packets) AS packets
FROM vpc_flow_logs
WHERE protocol = 6 AND srcaddr LIKE /* srcaddr */ '%'
GROUP BY srcaddr, dstaddr, dstport
ORDER BY total_bytes DESC, srcaddr, dstaddr, dstport
LIMIT /* rows */ 50
