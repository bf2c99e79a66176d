-- since, until, since, until
WITH rejects AS (
  SELECT interface_id, srcaddr, dstaddr, srcport, dstport, protocol, start, "end"
  FROM logsql.vpc_flow_logs
  WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
    AND action = 'REJECT'
), accepts AS (
  SELECT interface_id, srcaddr, dstaddr, srcport, dstport, protocol, start, "end"
  FROM logsql.vpc_flow_logs
  WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
    AND action = 'ACCEPT'
), answers AS (
  SELECT DISTINCT r.interface_id, r.srcaddr, r.dstaddr, r.srcport, r.dstport, r.protocol, r.start
  FROM rejects r
  JOIN accepts a ON a.interface_id = r.interface_id
    AND a.srcaddr = r.dstaddr AND a.dstaddr = r.srcaddr
    AND a.srcport = r.dstport AND a.dstport = r.srcport
    AND a.protocol = r.protocol
    AND a.start <= r."end" AND a."end" >= r.start - 300
)
SELECT r.interface_id AS interface,
  IF(n.start IS NULL, 'security group or network ACL', 'network ACL') AS at_fault,
  IF(n.start IS NULL, 'rejected, and nothing was accepted the other way', 'the request was accepted, its answer rejected') AS why,
  count(*) AS records,
  count(DISTINCT r.srcaddr) AS sources,
  count(DISTINCT r.dstaddr) AS destinations
FROM rejects r
LEFT JOIN answers n ON n.interface_id = r.interface_id
  AND n.srcaddr = r.srcaddr AND n.dstaddr = r.dstaddr
  AND n.srcport = r.srcport AND n.dstport = r.dstport
  AND n.protocol = r.protocol AND n.start = r.start
GROUP BY 1, 2, 3
ORDER BY at_fault, records DESC, interface
LIMIT 20
