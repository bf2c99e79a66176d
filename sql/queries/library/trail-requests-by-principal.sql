-- title: Requests by principal
-- log_type: cloudtrail_logs
-- columns: useridentity, eventsource, errorcode, eventtime, sourceipaddress
-- parameter: source: the service, such as s3.amazonaws.com; empty for all
-- parameter: rows: how many at most
SELECT
  coalesce(useridentity.arn, useridentity.invokedby, useridentity.principalid, useridentity.type) AS principal,
  useridentity.type AS type,
  count(*) AS requests,
  count(errorcode) AS errors,
  count(DISTINCT sourceipaddress) AS addresses,
  min(eventtime) AS first_seen,
  max(eventtime) AS last_seen
FROM cloudtrail_logs
WHERE /* source */ '' IN ('', eventsource)
GROUP BY 1, 2
ORDER BY requests DESC, principal, type
LIMIT /* rows */ 100
