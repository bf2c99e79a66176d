-- title: Access denied, by principal and event
-- log_type: cloudtrail_logs
-- columns: useridentity, eventsource, eventname, errorcode, sourceipaddress, eventtime
-- parameter: rows: how many at most
SELECT
  coalesce(useridentity.arn, useridentity.invokedby, useridentity.principalid, useridentity.type) AS principal,
  eventsource, eventname, errorcode,
  count(*) AS requests,
  count(DISTINCT sourceipaddress) AS addresses,
  min(eventtime) AS first_seen,
  max(eventtime) AS last_seen
FROM cloudtrail_logs
WHERE errorcode LIKE '%AccessDenied%' OR errorcode LIKE '%UnauthorizedOperation%' OR errorcode LIKE '%UnauthorizedAccess%'
GROUP BY 1, 2, 3, 4
ORDER BY requests DESC, principal, eventsource, eventname, errorcode
LIMIT /* rows */ 100
