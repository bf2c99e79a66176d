-- with found: flow-internet-by-interface
SELECT interface_id AS interface, bytes_to_internet + bytes_from_internet + bytes_undirected AS bytes,
  bytes_to_internet, bytes_from_internet, bytes_undirected, public_addresses
FROM found
ORDER BY bytes DESC, interface
LIMIT 15
