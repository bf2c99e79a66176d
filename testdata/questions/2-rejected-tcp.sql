-- Rejected TCP by day of week (1 is Monday)
SELECT day_of_week(from_unixtime("start")) AS
  day,
  date(from_unixtime("start")) AS date,
  interface_id,
  srcaddr,
  action,
  protocol
FROM vpc_flow_logs
WHERE action = 'REJECT' AND protocol = 6
ORDER BY date, "start", interface_id, srcaddr
LIMIT 100;
