-- title: Traffic that security groups or network ACLs rejected
-- log_type: vpc_flow_logs
-- columns: srcaddr, dstaddr, action, packets
-- parameter: rows: how many at most
SELECT srcaddr, dstaddr, count(*) AS records, sum(packets) AS packets, action
FROM vpc_flow_logs
WHERE action = 'REJECT'
GROUP BY srcaddr, dstaddr, action
ORDER BY records DESC, packets DESC, srcaddr, dstaddr
LIMIT /* rows */ 25
