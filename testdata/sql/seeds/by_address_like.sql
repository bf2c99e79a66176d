SELECT count(requestid), sourceipaddress FROM logsql.cloudtrail_logs
WHERE eventsource='s3.amazonaws.com' AND region='us-east-1'
AND year='2019'
AND month='02'
AND day='19'
AND eventname in ('GetObject') AND requestparameters LIKE '%[ray-tools-sharing]%'
group by sourceipaddress               
