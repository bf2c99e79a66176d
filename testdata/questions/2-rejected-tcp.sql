-- Rejected TCP by day of week (1 is Monday)
SELECT day_of_week(from_unixtime("start")) AS
  day,
  interface_id,
  count(*) AS rejected,
  count(DISTINCT srcaddr) AS sources
FROM vpc_flow_logs
WHERE action = 'REJECT' AND protocol = 6
GROUP BY 1, 2
ORDER BY 1, 2
LIMIT 100;
