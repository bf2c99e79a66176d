-- with found: trail-access-denied
SELECT principal, eventsource AS service, eventname AS event, errorcode AS error, requests AS denied, addresses, last_seen AS last
FROM found
ORDER BY denied DESC, principal, service, event, error
LIMIT 15
