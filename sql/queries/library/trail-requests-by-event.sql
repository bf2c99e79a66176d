-- title: Requests by service and event
-- log_type: cloudtrail_logs
-- columns: eventsource, eventname, readonly, errorcode, useridentity
-- parameter: rows: how many at most
SELECT
  eventsource, eventname, readonly,
  count(*) AS requests,
  count(errorcode) AS errors,
  count(DISTINCT coalesce(useridentity.arn, useridentity.invokedby, useridentity.principalid)) AS principals
FROM cloudtrail_logs
GROUP BY eventsource, eventname, readonly
ORDER BY requests DESC, eventsource, eventname, readonly
LIMIT /* rows */ 100
