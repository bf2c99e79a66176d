-- title: Security group or network ACL? What can be at fault for each rejected flow
-- log_type: vpc_flow_logs
-- columns: interface_id, srcaddr, dstaddr, srcport, dstport, protocol, pkt_srcaddr, pkt_dstaddr, flow_direction, packets, start, end, action
-- parameter: seconds: how far apart request and answer may be recorded
-- parameter: rows: how many at most
-- A security group lets the answer to what it let through pass, a network ACL asks its rules again. So a rejected
-- answer (the reversed flow was accepted at the same interface, near in time) is the ACL's; a rejected request may be
-- either's. Where the same flow was also accepted near in time, a rule changed or request and answer look alike (ICMP).
-- Without flow_direction the interface's own address is the private one, else the one with more peers there.
-- The packets' addresses are '' where they are the flow's: short keys take less memory. HAVING, which leaves nothing
-- out, lets DuckDB know that what was rejected is the smaller side of the join.
WITH rejected AS (
  SELECT
    interface_id, srcaddr, dstaddr, srcport, dstport, protocol,
    coalesce(nullif(nullif(pkt_srcaddr, '-'), srcaddr), '') AS psrc, coalesce(nullif(nullif(pkt_dstaddr, '-'), dstaddr), '') AS pdst,
    max(nullif(flow_direction, '-')) AS flow_direction,
    count(*) AS records, sum(packets) AS packets, "start", max("end") AS "end"
  FROM vpc_flow_logs
  WHERE action = 'REJECT' AND interface_id IS NOT NULL AND srcaddr IS NOT NULL AND dstaddr IS NOT NULL
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, "start"
  HAVING count(*) > 0
),
peers AS (
  SELECT interface_id, addr, count(peer) AS peers
  FROM (
    SELECT interface_id, srcaddr AS addr, dstaddr AS peer FROM vpc_flow_logs WHERE action IN ('ACCEPT', 'REJECT')
    UNION
    SELECT interface_id, dstaddr, srcaddr FROM vpc_flow_logs WHERE action IN ('ACCEPT', 'REJECT')
  )
  GROUP BY interface_id, addr
),
near AS (
  SELECT DISTINCT r.interface_id, r.srcaddr, r.dstaddr, r.srcport, r.dstport, r.protocol, r.psrc, r.pdst, r."start", r.reversed
  FROM (
    SELECT
      interface_id, srcaddr, dstaddr, srcport, dstport, protocol, psrc, pdst, "start",
      "end" + /* seconds */ 600 AS latest, false AS reversed
    FROM rejected
    UNION ALL
    SELECT
      interface_id, dstaddr, srcaddr, dstport, srcport, protocol, pdst, psrc, "start",
      IF(srcport = dstport, "start", "end" + 60), true
    FROM rejected
  ) r
  JOIN (
    SELECT
      interface_id, srcaddr, dstaddr, srcport, dstport, protocol, "start", "end",
      coalesce(nullif(nullif(pkt_srcaddr, '-'), srcaddr), '') AS psrc, coalesce(nullif(nullif(pkt_dstaddr, '-'), dstaddr), '') AS pdst
    FROM vpc_flow_logs
    WHERE action = 'ACCEPT'
  ) a
    ON a.interface_id = r.interface_id AND a.srcaddr = r.srcaddr AND a.dstaddr = r.dstaddr
    AND a.srcport = r.srcport AND a.dstport = r.dstport AND a.protocol = r.protocol AND a.psrc = r.psrc AND a.pdst = r.pdst
  WHERE a."end" >= r."start" - /* seconds */ 600 AND a."start" <= r.latest
),
judged AS (
  SELECT
    r.*,
    CASE
      WHEN r.flow_direction = 'ingress' THEN 'inbound'
      WHEN r.flow_direction = 'egress' THEN 'outbound'
      WHEN regexp_like(r.dstaddr, '^(10|172\.(1[6-9]|2\d|3[01])|192\.168)\.') AND NOT regexp_like(r.srcaddr, '^(10|172\.(1[6-9]|2\d|3[01])|192\.168)\.') THEN 'inbound'
      WHEN regexp_like(r.srcaddr, '^(10|172\.(1[6-9]|2\d|3[01])|192\.168)\.') AND NOT regexp_like(r.dstaddr, '^(10|172\.(1[6-9]|2\d|3[01])|192\.168)\.') THEN 'outbound'
      WHEN d.peers > s.peers THEN 'inbound'
      WHEN s.peers > d.peers THEN 'outbound'
      ELSE 'unknown'
    END AS direction,
    CASE
      WHEN o.reversed IS NOT NULL THEN 'also accepted'
      WHEN a.reversed IS NOT NULL THEN 'answer'
      ELSE 'request'
    END AS rejected_as
  FROM rejected r
  LEFT JOIN peers s ON s.interface_id = r.interface_id AND s.addr = r.srcaddr
  LEFT JOIN peers d ON d.interface_id = r.interface_id AND d.addr = r.dstaddr
  LEFT JOIN near a
    ON a.reversed AND a.interface_id = r.interface_id AND a.srcaddr = r.dstaddr AND a.dstaddr = r.srcaddr AND a.srcport = r.dstport
    AND a.dstport = r.srcport AND a.protocol = r.protocol AND a.psrc = r.pdst AND a.pdst = r.psrc AND a."start" = r."start"
  LEFT JOIN near o
    ON NOT o.reversed AND o.interface_id = r.interface_id AND o.srcaddr = r.srcaddr AND o.dstaddr = r.dstaddr AND o.srcport = r.srcport
    AND o.dstport = r.dstport AND o.protocol = r.protocol AND o.psrc = r.psrc AND o.pdst = r.pdst AND o."start" = r."start"
)
SELECT
  interface_id, direction, srcaddr, dstaddr, srcport, dstport, protocol,
  nullif(psrc, '') AS pkt_srcaddr, nullif(pdst, '') AS pkt_dstaddr,
  rejected_as,
  CASE
    WHEN rejected_as = 'answer' AND direction = 'unknown' THEN 'network ACL'
    WHEN rejected_as = 'answer' THEN 'network ACL, ' || direction || ' rules'
    WHEN direction = 'unknown' THEN 'security group or network ACL'
    ELSE 'security group or network ACL, ' || direction || ' rules'
  END AS at_fault,
  sum(records) AS records,
  sum(packets) AS packets,
  from_unixtime(min("start")) AS first_seen,
  from_unixtime(max("end")) AS last_seen
FROM judged
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11
ORDER BY records DESC, packets DESC, first_seen, interface_id, srcaddr, dstaddr, srcport, dstport, protocol, rejected_as
LIMIT /* rows */ 200
