-- title: The private networks that talk: RFC 1918 by /16 and /24, IPv6 fc00::/7 by /48 and /64 (CIDR finder)
-- log_type: vpc_flow_logs
-- columns: srcaddr, dstaddr, bytes
WITH seen AS (
  SELECT TRY_CAST(addr AS ipaddress) AS ip, strpos(addr, ':') > 0 AS v6, records, sent, received
  FROM (
    SELECT srcaddr AS addr, count(*) AS records, sum(bytes) AS sent, 0 AS received
    FROM vpc_flow_logs WHERE srcaddr <> '-' GROUP BY srcaddr
    UNION ALL
    SELECT dstaddr AS addr, count(*) AS records, 0 AS sent, sum(bytes) AS received
    FROM vpc_flow_logs WHERE dstaddr <> '-' GROUP BY dstaddr
  )
)
SELECT
  CAST(CAST(from_hex(rpad(to_hex(substr(CAST(ip AS varbinary), 1, octets)), 32, '0')) AS ipaddress) AS varchar)
    || '/' || CAST(length AS varchar) AS network,
  length,
  count(DISTINCT ip) AS addresses,
  sum(records) AS records,
  sum(sent) AS bytes_sent,
  sum(received) AS bytes_received
FROM seen
CROSS JOIN UNNEST(IF(v6, ARRAY[48, 64], ARRAY[16, 24]), IF(v6, ARRAY[6, 8], ARRAY[14, 15])) AS t (length, octets)
WHERE any_match(
  ARRAY['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
  r -> contains(r, ip))
GROUP BY 1, 2
ORDER BY length, addresses DESC, network
