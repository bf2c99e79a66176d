-- title: TCP connections that security groups and network ACLs allowed
-- log_type: vpc_flow_logs
-- columns: srcaddr, dstaddr, srcport, dstport, protocol, packets, bytes, start, end, action
-- parameter: rows: how many at most
SELECT srcaddr, dstaddr, srcport, dstport, packets, bytes, "start", "end"
FROM vpc_flow_logs
WHERE action = 'ACCEPT' AND protocol = 6
ORDER BY "start", "end", srcaddr, dstaddr, srcport, dstport, packets, bytes
LIMIT /* rows */ 25
