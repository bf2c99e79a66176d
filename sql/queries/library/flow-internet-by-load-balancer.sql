-- title: Internet traffic of load balancers: interfaces without an instance that serve public clients
-- log_type: vpc_flow_logs
-- columns: interface_id, instance_id, srcaddr, dstaddr, srcport, dstport, bytes
-- parameter: ports: the ports of listeners, with commas between them
-- parameter: own: ranges that are not the internet, with commas between them; add your own public ones
-- parameter: rows: how many at most
WITH served AS (
  SELECT interface_id, dstaddr AS address, dstport AS port, srcaddr AS client, sum(bytes) AS received, 0 AS sent
  FROM vpc_flow_logs
  WHERE action = 'ACCEPT' AND instance_id = '-' AND contains(split(/* ports */ '80,443', ','), CAST(dstport AS varchar))
  GROUP BY interface_id, dstaddr, dstport, srcaddr
  UNION ALL
  SELECT interface_id, srcaddr, srcport, dstaddr, 0, sum(bytes)
  FROM vpc_flow_logs
  WHERE action = 'ACCEPT' AND instance_id = '-' AND contains(split(/* ports */ '80,443', ','), CAST(srcport AS varchar))
  GROUP BY interface_id, srcaddr, srcport, dstaddr
),
clients AS (
  SELECT client, bool_and(none_match(
    split(/* own */ '10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,169.254.0.0/16,127.0.0.0/8,224.0.0.0/4,240.0.0.0/4,0.0.0.0/8,fc00::/7,fe80::/10,ff00::/8,::/127', ','),
    r -> contains(trim(r), TRY_CAST(client AS ipaddress)))) AS public
  FROM (SELECT DISTINCT client FROM served)
  GROUP BY client
)
SELECT
  interface_id,
  address,
  port,
  count(DISTINCT client) AS clients,
  sum(received) AS bytes_from_internet,
  sum(sent) AS bytes_to_internet
FROM served
JOIN clients USING (client)
WHERE public
GROUP BY interface_id, address, port
ORDER BY bytes_to_internet DESC, bytes_from_internet DESC, interface_id, address, port
LIMIT /* rows */ 100
