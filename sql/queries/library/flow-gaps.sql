-- title: Gaps: intervals in which an interface had no traffic (NODATA) or AWS recorded nothing (SKIPDATA)
-- log_type: vpc_flow_logs
-- columns: interface_id, start, end, log_status
SELECT
  interface_id,
  log_status,
  count(*) AS intervals,
  sum("end" - "start") AS seconds,
  from_unixtime(min("start")) AS first_gap,
  from_unixtime(max("end")) AS last_gap
FROM vpc_flow_logs
WHERE log_status IN ('NODATA', 'SKIPDATA')
GROUP BY interface_id, log_status
ORDER BY log_status DESC, intervals DESC, interface_id
