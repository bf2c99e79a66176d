-- since, until
SELECT srcaddr AS source, count(*) AS rejects, count(DISTINCT dstport) AS ports, count(DISTINCT dstaddr) AS targets,
  array_join(slice(array_sort(array_agg(DISTINCT dstport)), 1, 8), ', ') AS lowest_ports
FROM logsql.vpc_flow_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
  AND action = 'REJECT'
GROUP BY srcaddr
ORDER BY rejects DESC, srcaddr
LIMIT 15
