-- with found: trail-console-signins
SELECT eventtime AS time, principal, type, sourceipaddress AS address
FROM found
WHERE result = 'Success' AND mfa_used = 'No'
ORDER BY time DESC, principal
LIMIT 15
