-- title: Total bytes of IPv4 traffic (by the addresses where the logs have no type)
-- log_type: vpc_flow_logs
-- columns: type, srcaddr, bytes
SELECT coalesce(sum(bytes), 0) AS total_bytes
FROM vpc_flow_logs
WHERE type = 'IPv4' OR (coalesce(type, '-') = '-' AND strpos(srcaddr, '.') > 0)
