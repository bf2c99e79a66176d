-- title: Rejected TCP by day of the week (UTC, 1 is Monday) and interface
-- log_type: vpc_flow_logs
-- columns: start, interface_id, srcaddr, protocol, packets, action
SELECT
  day_of_week(from_unixtime("start")) AS weekday,
  interface_id,
  count(*) AS records,
  sum(packets) AS packets,
  count(DISTINCT srcaddr) AS sources
FROM vpc_flow_logs
WHERE action = 'REJECT' AND protocol = 6
GROUP BY 1, 2
ORDER BY 1, 2
