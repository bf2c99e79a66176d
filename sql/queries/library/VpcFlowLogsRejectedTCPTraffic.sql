-- title: TCP connections that security groups or network ACLs rejected
-- log_type: vpc_flow_logs
-- columns: srcaddr, dstaddr, dstport, protocol, packets, action
-- parameter: rows: how many at most
SELECT srcaddr, dstaddr, dstport, count(*) AS records, sum(packets) AS packets
FROM vpc_flow_logs
WHERE action = 'REJECT' AND protocol = 6
GROUP BY srcaddr, dstaddr, dstport
ORDER BY records DESC, packets DESC, srcaddr, dstaddr, dstport
LIMIT /* rows */ 25
