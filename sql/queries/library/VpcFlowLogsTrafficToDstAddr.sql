-- title: Traffic to a destination address
-- log_type: vpc_flow_logs
-- columns: interface_id, srcaddr, dstaddr, srcport, dstport, protocol, packets, bytes, start, end, action
-- parameter: dstaddr: the destination, or the beginning of it and %
-- parameter: rows: how many at most
SELECT interface_id, srcaddr, dstaddr, srcport, dstport, protocol, packets, bytes, "start", "end", action
FROM vpc_flow_logs
WHERE dstaddr LIKE /* dstaddr */ '%' AND dstaddr <> '-'
ORDER BY "start", "end", interface_id, srcaddr, dstaddr, srcport, dstport, protocol, action, packets, bytes
LIMIT /* rows */ 50
