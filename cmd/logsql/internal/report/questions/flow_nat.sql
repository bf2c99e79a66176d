-- with found: flow-internet-by-instance
SELECT * FROM found LIMIT 15
