-- title: The 50 subnets with the most traffic
-- log_type: vpc_flow_logs
-- columns: subnet_id, bytes
-- parameter: rows: how many at most
SELECT subnet_id, sum(bytes) AS total_bytes
FROM vpc_flow_logs
WHERE subnet_id <> '-' AND bytes IS NOT NULL
GROUP BY subnet_id
ORDER BY total_bytes DESC, subnet_id
LIMIT /* rows */ 50
