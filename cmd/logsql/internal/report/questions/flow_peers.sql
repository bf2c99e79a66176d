-- since, until
WITH totals AS (
  SELECT interface_id, srcaddr, dstaddr, sum(bytes) AS bytes
  FROM logsql.vpc_flow_logs
  WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
    AND action = 'ACCEPT'
  GROUP BY interface_id, srcaddr, dstaddr
), judged AS (
  SELECT interface_id, srcaddr, dstaddr, bytes,
    NOT regexp_like(srcaddr, '^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2[0-9]|3[01])|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])|22[4-9]|2[3-5][0-9])\.|^(f[cdf]|fe[89ab])|^::1?$|^-$') AS from_public,
    NOT regexp_like(dstaddr, '^(0|10|127|169\.254|192\.168|172\.(1[6-9]|2[0-9]|3[01])|100\.(6[4-9]|[7-9][0-9]|1[01][0-9]|12[0-7])|22[4-9]|2[3-5][0-9])\.|^(f[cdf]|fe[89ab])|^::1?$|^-$') AS to_public
  FROM totals
)
SELECT IF(to_public, dstaddr, srcaddr) AS public_address,
  sum(bytes) AS bytes,
  sum(IF(to_public, bytes, 0)) AS bytes_to,
  sum(IF(to_public, 0, bytes)) AS bytes_from
FROM judged
WHERE from_public OR to_public
GROUP BY 1
ORDER BY bytes DESC, public_address
LIMIT 15
