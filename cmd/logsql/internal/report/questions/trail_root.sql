-- since, until
SELECT eventtime AS time, account, eventsource AS service, eventname AS event, sourceipaddress AS address, errorcode AS error
FROM logsql.cloudtrail_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
  AND useridentity.type = 'Root' AND useridentity.invokedby IS NULL AND eventtype <> 'AwsServiceEvent'
ORDER BY eventtime DESC, eventid
LIMIT 15
