-- title: The 50 instances with the most traffic
-- log_type: vpc_flow_logs
-- columns: instance_id, bytes
-- parameter: rows: how many at most
SELECT instance_id, sum(bytes) AS total_bytes
FROM vpc_flow_logs
WHERE instance_id <> '-' AND bytes IS NOT NULL
GROUP BY instance_id
ORDER BY total_bytes DESC, instance_id
LIMIT /* rows */ 50
