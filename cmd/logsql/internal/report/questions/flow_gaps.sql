-- with found: flow-gaps
SELECT * FROM found ORDER BY log_status DESC, seconds DESC, interface_id LIMIT 15
