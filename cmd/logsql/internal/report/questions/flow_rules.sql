-- with found: flow-sg-or-nacl
SELECT interface_id AS interface, at_fault, rejected_as AS rejected, sum(records) AS records,
  count(DISTINCT srcaddr) AS sources, count(DISTINCT dstaddr) AS destinations,
  array_join(slice(array_sort(array_agg(DISTINCT dstport)), 1, 6), ', ') AS lowest_ports
FROM found
GROUP BY 1, 2, 3
ORDER BY at_fault, records DESC, interface, rejected
LIMIT 20
