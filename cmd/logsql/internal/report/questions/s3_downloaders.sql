-- with found: s3-top-downloaders
SELECT remoteip AS address, requester, bytes_sent, downloads
FROM found
ORDER BY bytes_sent DESC, downloads DESC, address, requester
LIMIT 15
