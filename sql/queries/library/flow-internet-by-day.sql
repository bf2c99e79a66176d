-- title: Internet traffic by day (UTC), what went through a NAT gateway counted once
-- log_type: vpc_flow_logs
-- columns: srcaddr, dstaddr, pkt_srcaddr, pkt_dstaddr, flow_direction, bytes, start
-- parameter: own: ranges that are not the internet, with commas between them; add your own public ones
-- An instance's traffic through a gateway is recorded at its own interface and at the gateway's: what a gateway is seen to pass on is left out at the instance.
WITH pairs AS (
  SELECT
    date(from_unixtime("start")) AS day, srcaddr, dstaddr, flow_direction,
    coalesce(nullif(pkt_srcaddr, '-'), srcaddr) AS pkt_srcaddr, coalesce(nullif(pkt_dstaddr, '-'), dstaddr) AS pkt_dstaddr,
    sum(bytes) AS bytes
  FROM vpc_flow_logs
  WHERE srcaddr <> '-' AND action = 'ACCEPT'
  GROUP BY 1, 2, 3, 4, 5, 6
),
passed AS (
  SELECT DISTINCT day, pkt_srcaddr AS srcaddr, pkt_dstaddr AS dstaddr FROM pairs WHERE srcaddr <> pkt_srcaddr OR dstaddr <> pkt_dstaddr
),
addresses AS (
  SELECT addr, none_match(
    split(/* own */ '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,127.0.0.0/8,224.0.0.0/4,240.0.0.0/4,0.0.0.0/8,fc00::/7,fe80::/10,ff00::/8,::/127', ','),
    r -> contains(trim(r), TRY_CAST(addr AS ipaddress))) AS public
  FROM (SELECT srcaddr AS addr FROM pairs UNION SELECT dstaddr FROM pairs)
),
judged AS (
  SELECT p.day, p.bytes, CASE
    WHEN d.public AND (NOT s.public OR p.flow_direction = 'egress') THEN 'to'
    WHEN s.public AND (NOT d.public OR p.flow_direction = 'ingress') THEN 'from'
    WHEN s.public AND d.public THEN 'undirected'
  END AS way
  FROM pairs p
  JOIN addresses s ON s.addr = p.srcaddr
  JOIN addresses d ON d.addr = p.dstaddr
  LEFT JOIN passed g ON g.day = p.day AND g.srcaddr = p.srcaddr AND g.dstaddr = p.dstaddr
  WHERE g.day IS NULL
)
SELECT
  day,
  sum(IF(way = 'to', bytes, 0)) AS bytes_to_internet,
  sum(IF(way = 'from', bytes, 0)) AS bytes_from_internet,
  sum(IF(way = 'undirected', bytes, 0)) AS bytes_undirected
FROM judged
WHERE way IS NOT NULL
GROUP BY day
ORDER BY day
