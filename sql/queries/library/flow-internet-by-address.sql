-- title: Internet traffic by public address: who is at the other end
-- log_type: vpc_flow_logs
-- columns: interface_id, srcaddr, dstaddr, flow_direction, bytes
-- parameter: own: ranges that are not the internet, with commas between them; add your own public ones
-- parameter: rows: how many at most
-- Between two public addresses (IPv6) flow_direction tells which is the other end; where the logs lack it, the destination
-- is taken for it, and the bytes are in bytes_undirected.
WITH pairs AS (
  SELECT interface_id, srcaddr, dstaddr, flow_direction, count(*) AS records, sum(bytes) AS bytes
  FROM vpc_flow_logs
  WHERE srcaddr <> '-' AND action = 'ACCEPT'
  GROUP BY interface_id, srcaddr, dstaddr, flow_direction
),
addresses AS (
  SELECT addr, none_match(
    split(/* own */ '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,127.0.0.0/8,224.0.0.0/4,240.0.0.0/4,0.0.0.0/8,fc00::/7,fe80::/10,ff00::/8,::/127', ','),
    r -> contains(trim(r), TRY_CAST(addr AS ipaddress))) AS public
  FROM (SELECT srcaddr AS addr FROM pairs UNION SELECT dstaddr FROM pairs)
),
judged AS (
  SELECT p.*, CASE
    WHEN d.public AND (NOT s.public OR p.flow_direction = 'egress') THEN 'to'
    WHEN s.public AND (NOT d.public OR p.flow_direction = 'ingress') THEN 'from'
    WHEN s.public AND d.public THEN 'undirected'
  END AS way
  FROM pairs p
  JOIN addresses s ON s.addr = p.srcaddr
  JOIN addresses d ON d.addr = p.dstaddr
)
SELECT
  IF(way = 'from', srcaddr, dstaddr) AS public_address,
  sum(IF(way = 'to', bytes, 0)) AS bytes_to,
  sum(IF(way = 'from', bytes, 0)) AS bytes_from,
  sum(IF(way = 'undirected', bytes, 0)) AS bytes_undirected,
  count(DISTINCT interface_id) AS interfaces,
  sum(records) AS records
FROM judged
WHERE way IS NOT NULL
GROUP BY 1
ORDER BY sum(bytes) DESC, public_address
LIMIT /* rows */ 100
