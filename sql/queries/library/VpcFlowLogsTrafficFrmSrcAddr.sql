-- title: Traffic from a source address
-- log_type: vpc_flow_logs
-- columns: interface_id, srcaddr, dstaddr, srcport, dstport, protocol, packets, bytes, start, end, action
-- parameter: srcaddr: the source, or the beginning of it and %
-- parameter: rows: how many at most
SELECT interface_id, srcaddr, dstaddr, srcport, dstport, protocol, packets, bytes, "start", "end", action
FROM vpc_flow_logs
WHERE srcaddr LIKE /* srcaddr */ '%' AND srcaddr <> '-'
ORDER BY "start", "end", interface_id, srcaddr, dstaddr, srcport, dstport, protocol, action, packets, bytes
LIMIT /* rows */ 50
