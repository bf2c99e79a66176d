-- title: Sources outside the VPC's own ranges
-- log_type: vpc_flow_logs
-- columns: srcaddr, interface_id, dstport, packets, bytes, action
-- parameter: ranges: the VPC's own ranges, with commas between them
-- parameter: rows: how many at most
SELECT *
FROM (
  SELECT
    srcaddr,
    count_if(action = 'ACCEPT') AS accepted,
    count_if(action = 'REJECT') AS rejected,
    count(DISTINCT interface_id) AS interfaces,
    count(DISTINCT dstport) AS ports,
    sum(bytes) AS total_bytes
  FROM vpc_flow_logs
  WHERE srcaddr <> '-'
  GROUP BY srcaddr
)
WHERE none_match(
  split(/* ranges */ '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,fc00::/7', ','),
  r -> contains(trim(r), TRY_CAST(srcaddr AS ipaddress)))
ORDER BY total_bytes DESC, srcaddr
LIMIT /* rows */ 100
