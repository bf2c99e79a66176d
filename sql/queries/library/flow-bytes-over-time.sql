-- title: Bytes, packets and records over time, accepted and rejected (UTC)
-- log_type: vpc_flow_logs
-- columns: start, packets, bytes, action
-- parameter: minutes: how long an interval is
SELECT
  from_unixtime("start" - "start" % (60 * /* minutes */ 60)) AS time,
  coalesce(sum(bytes), 0) AS bytes,
  coalesce(sum(packets), 0) AS packets,
  count_if(action = 'ACCEPT') AS accepted,
  count_if(action = 'REJECT') AS rejected
FROM vpc_flow_logs
WHERE "start" IS NOT NULL
GROUP BY 1
ORDER BY 1
