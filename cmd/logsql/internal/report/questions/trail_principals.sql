-- since, until
SELECT coalesce(useridentity.arn, useridentity.invokedby, useridentity.principalid, useridentity.type) AS principal,
  count(*) AS events, count_if(coalesce(readonly, 'false') <> 'true') AS changes_and_others, count_if(errorcode IS NOT NULL) AS errors,
  count(DISTINCT sourceipaddress) AS addresses
FROM logsql.cloudtrail_logs
WHERE year || '-' || month || '-' || day BETWEEN ? AND ?
GROUP BY 1
ORDER BY events DESC, principal
LIMIT 15
