-- with found: trail-root-use
SELECT eventtime AS time, account_id AS account, eventsource AS service, eventname AS event, sourceipaddress AS address, errorcode AS error
FROM found
ORDER BY time DESC, service, event
LIMIT 15
