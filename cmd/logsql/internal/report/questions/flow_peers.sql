-- with found: flow-internet-by-address
SELECT public_address, bytes_to + bytes_from + bytes_undirected AS bytes, bytes_to, bytes_from, bytes_undirected, interfaces
FROM found
ORDER BY bytes DESC, public_address
LIMIT 15
