-- with found: flow-rejects-by-port-and-hour
SELECT dstport AS port, hour, sum(records) AS rejects
FROM found
WHERE dstport IN (SELECT dstport FROM found GROUP BY dstport ORDER BY sum(records) DESC, dstport LIMIT 15)
GROUP BY 1, 2
ORDER BY 1, 2
