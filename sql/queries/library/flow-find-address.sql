-- title: Where an address is seen, on either side, also behind a gateway
-- log_type: vpc_flow_logs
-- columns: interface_id, srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr, dstport, protocol, bytes, start, end, action
-- parameter: address: the address, or the beginning of it and %
-- parameter: rows: how many at most
SELECT
  interface_id, srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr, protocol, dstport, action,
  count(*) AS records,
  sum(bytes) AS total_bytes,
  from_unixtime(min("start")) AS first_seen,
  from_unixtime(max("end")) AS last_seen
FROM vpc_flow_logs
WHERE srcaddr <> '-' AND (
  srcaddr LIKE /* address */ '%' OR dstaddr LIKE /* address */ '%'
  OR pkt_srcaddr LIKE /* address */ '%' OR pkt_dstaddr LIKE /* address */ '%')
GROUP BY interface_id, srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr, protocol, dstport, action
ORDER BY total_bytes DESC, interface_id, srcaddr, dstaddr, protocol, dstport, action, pkt_srcaddr, pkt_dstaddr
LIMIT /* rows */ 100
