-- What looks like a table is a view over a query without an end; nothing of it is run.
CREATE VIEW urls AS WITH RECURSIVE n(id) AS (SELECT 1 UNION ALL SELECT id+1 FROM n) SELECT id, 'https://view.example/'||id AS url, 0 AS last_visit_time FROM n;
CREATE TABLE visits(id INTEGER PRIMARY KEY, url INTEGER, visit_time INTEGER);
INSERT INTO visits VALUES (1,1,1);
CREATE TABLE downloads(id INTEGER PRIMARY KEY, target_path TEXT, start_time INTEGER);
INSERT INTO downloads VALUES (1,'/tmp/x',-5),(2,x'ff00',9223372036854775807);
