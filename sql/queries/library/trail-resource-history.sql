-- title: Who did what to one resource
-- log_type: cloudtrail_logs
-- columns: eventtime, eventsource, eventname, useridentity, sourceipaddress, resources, requestparameters, responseelements, errorcode, readonly, eventid
-- parameter: resource: its ARN, id or name, as it stands in the request, the answer or the list of resources; empty for all
-- parameter: reads: yes or no, whether requests that only read are wanted
-- parameter: rows: how many at most
SELECT
  eventtime, eventsource, eventname,
  coalesce(useridentity.arn, useridentity.invokedby) AS principal,
  sourceipaddress, errorcode, requestparameters
FROM cloudtrail_logs
WHERE (
    strpos(coalesce(requestparameters, ''), /* resource */ '') > 0
    OR strpos(coalesce(responseelements, ''), /* resource */ '') > 0
    OR any_match(resources, r -> strpos(coalesce(r.arn, ''), /* resource */ '') > 0))
  AND (/* reads */ 'no' = 'yes' OR coalesce(readonly, 'false') = 'false')
ORDER BY eventtime DESC, eventid
LIMIT /* rows */ 100
