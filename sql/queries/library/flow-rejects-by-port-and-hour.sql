-- title: Rejected records by destination port and hour of the day (UTC)
-- log_type: vpc_flow_logs
-- columns: start, srcaddr, dstport, protocol, packets, action
-- parameter: rows: how many at most
SELECT
  protocol,
  dstport,
  hour(from_unixtime("start")) AS hour,
  count(*) AS records,
  sum(packets) AS packets,
  count(DISTINCT srcaddr) AS sources
FROM vpc_flow_logs
WHERE action = 'REJECT'
GROUP BY 1, 2, 3
ORDER BY records DESC, protocol, dstport, hour
LIMIT /* rows */ 200
