-- title: Internet traffic through NAT gateways, by the instance behind them (pkt- fields)
-- log_type: vpc_flow_logs
-- columns: interface_id, srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr, bytes
-- parameter: own: ranges that are not the internet, with commas between them; add your own public ones
-- parameter: rows: how many at most
-- A gateway's own interface has its address where the packet has the other end's.
WITH pairs AS (
  SELECT interface_id, srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr, count(*) AS records, sum(bytes) AS bytes
  FROM vpc_flow_logs
  WHERE action = 'ACCEPT' AND pkt_srcaddr <> '-' AND pkt_dstaddr <> '-' AND (srcaddr <> pkt_srcaddr OR dstaddr <> pkt_dstaddr)
  GROUP BY interface_id, srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr
),
addresses AS (
  SELECT addr, none_match(
    split(/* own */ '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,127.0.0.0/8,224.0.0.0/4,240.0.0.0/4,0.0.0.0/8,fc00::/7,fe80::/10,ff00::/8,::/127', ','),
    r -> contains(trim(r), TRY_CAST(addr AS ipaddress))) AS public
  FROM (SELECT pkt_srcaddr AS addr FROM pairs UNION SELECT pkt_dstaddr FROM pairs)
)
SELECT
  IF(d.public, p.pkt_srcaddr, p.pkt_dstaddr) AS instance_address,
  p.interface_id AS gateway_interface,
  IF(d.public, p.dstaddr, p.srcaddr) AS gateway_address,
  sum(IF(d.public, p.bytes, 0)) AS bytes_to_internet,
  sum(IF(d.public, 0, p.bytes)) AS bytes_from_internet,
  count(DISTINCT IF(d.public, p.pkt_dstaddr, p.pkt_srcaddr)) AS public_addresses,
  sum(p.records) AS records
FROM pairs p
JOIN addresses s ON s.addr = p.pkt_srcaddr
JOIN addresses d ON d.addr = p.pkt_dstaddr
WHERE (d.public AND NOT s.public AND p.dstaddr <> p.pkt_dstaddr) OR (s.public AND NOT d.public AND p.srcaddr <> p.pkt_srcaddr)
GROUP BY 1, 2, 3
ORDER BY sum(p.bytes) DESC, 1, 2, 3
LIMIT /* rows */ 100
