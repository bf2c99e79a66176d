-- since, until
SELECT coalesce(useridentity.arn, useridentity.invokedby, useridentity.principalid, useridentity.type) AS principal,
  eventsource AS service, eventname AS event, count(*) AS denied, count(DISTINCT sourceipaddress) AS addresses, max(eventtime) AS last
FROM logsql.cloudtrail_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
  AND errorcode IN ('AccessDenied', 'AccessDeniedException', 'UnauthorizedOperation', 'Client.UnauthorizedOperation', 'AuthorizationError')
GROUP BY 1, 2, 3
ORDER BY denied DESC, principal, service, event
LIMIT 15
