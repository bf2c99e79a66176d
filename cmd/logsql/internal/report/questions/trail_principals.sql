-- with found: trail-requests-by-principal
SELECT principal, type, requests AS events, errors, addresses, last_seen AS last
FROM found
ORDER BY events DESC, principal, type
LIMIT 15
