-- title: Regions by when they were first used, the newest first
-- log_type: cloudtrail_logs
-- columns: awsregion, recipientaccountid, eventtime, readonly, useridentity
-- parameter: known: regions to leave out, with commas between them
SELECT
  recipientaccountid AS account_id,
  awsregion,
  min(eventtime) AS first_seen,
  max(eventtime) AS last_seen,
  count(*) AS requests,
  count_if(readonly = 'false') AS writes,
  count(DISTINCT coalesce(useridentity.arn, useridentity.invokedby)) AS principals
FROM cloudtrail_logs
WHERE NOT contains(split(/* known */ '', ','), awsregion)
GROUP BY recipientaccountid, awsregion
ORDER BY first_seen DESC, account_id, awsregion
