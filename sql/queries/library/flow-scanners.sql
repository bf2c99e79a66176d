-- title: Scanners: sources that were rejected at many ports or many addresses
-- log_type: vpc_flow_logs
-- columns: srcaddr, dstaddr, dstport, start, end, action
-- parameter: ports: from how many ports on
-- parameter: addresses: from how many destination addresses on
-- parameter: rows: how many at most
SELECT
  srcaddr,
  count(DISTINCT dstport) AS ports,
  count(DISTINCT dstaddr) AS addresses,
  count(*) AS records,
  from_unixtime(min("start")) AS first_seen,
  from_unixtime(max("end")) AS last_seen
FROM vpc_flow_logs
WHERE action = 'REJECT'
GROUP BY srcaddr
HAVING count(DISTINCT dstport) >= /* ports */ 10 OR count(DISTINCT dstaddr) >= /* addresses */ 10
ORDER BY ports DESC, addresses DESC, srcaddr
LIMIT /* rows */ 100
