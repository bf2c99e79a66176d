-- title: Requests by source address
-- log_type: cloudtrail_logs
-- columns: sourceipaddress, useridentity, eventsource, errorcode, eventtime
-- parameter: address: the address, or the beginning of it and %
-- parameter: rows: how many at most
SELECT
  sourceipaddress,
  count(*) AS requests,
  count(errorcode) AS errors,
  count(DISTINCT coalesce(useridentity.arn, useridentity.invokedby, useridentity.principalid)) AS principals,
  count(DISTINCT eventsource) AS services,
  min(eventtime) AS first_seen,
  max(eventtime) AS last_seen
FROM cloudtrail_logs
WHERE sourceipaddress LIKE /* address */ '%'
GROUP BY sourceipaddress
ORDER BY requests DESC, sourceipaddress
LIMIT /* rows */ 100
