-- since, until
WITH first AS (
  SELECT account, awsregion, min(year || '-' || month || '-' || day) AS first_day
  FROM logsql.cloudtrail_logs
  GROUP BY account, awsregion
), begin AS (
  SELECT account, min(first_day) AS first_day FROM first GROUP BY account
)
SELECT l.account, l.awsregion AS region, count(*) AS events, first.first_day AS first_seen,
  IF(first.first_day > begin.first_day, 'new', '') AS new
FROM logsql.cloudtrail_logs l
JOIN first ON first.account = l.account AND first.awsregion = l.awsregion
JOIN begin ON begin.account = l.account
WHERE l.year || '-' || l.month || '-' || l.day BETWEEN ? AND ?
GROUP BY l.account, l.awsregion, first.first_day, begin.first_day
ORDER BY events DESC, l.account, region
LIMIT 20
