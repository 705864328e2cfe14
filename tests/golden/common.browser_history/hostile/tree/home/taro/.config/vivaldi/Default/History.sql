-- Columns that are computed by functions, a virtual table, a trigger and wrong types.
CREATE TABLE urls(id INTEGER PRIMARY KEY, url TEXT, last_visit_time INTEGER, title TEXT GENERATED ALWAYS AS (hex(url)) VIRTUAL);
CREATE TABLE visits(id INTEGER PRIMARY KEY, url INTEGER, visit_time INTEGER);
CREATE TRIGGER t AFTER INSERT ON urls BEGIN INSERT INTO visits VALUES (NULL,1,2); END;
CREATE VIRTUAL TABLE downloads USING fts5(id, target_path);
INSERT INTO urls(id,url,last_visit_time) VALUES (1,'https://plain.example/','tomorrow');
