-- title: SSH and RDP traffic
-- log_type: vpc_flow_logs
-- columns: interface_id, srcaddr, dstaddr, srcport, dstport, protocol, packets, bytes, start, end, action
-- parameter: rows: how many at most
SELECT interface_id, srcaddr, dstaddr, srcport, dstport, protocol, packets, bytes, "start", "end", action
FROM vpc_flow_logs
WHERE srcport IN (22, 3389) OR dstport IN (22, 3389)
ORDER BY "start", "end", interface_id, srcaddr, dstaddr, srcport, dstport, protocol, action, packets, bytes
LIMIT /* rows */ 50
