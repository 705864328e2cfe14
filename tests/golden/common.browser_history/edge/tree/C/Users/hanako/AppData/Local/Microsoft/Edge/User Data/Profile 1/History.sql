-- An old layout: no from_visit, no chains, downloads as before Chrome 26.
CREATE TABLE urls(id INTEGER PRIMARY KEY, url LONGVARCHAR, last_visit_time INTEGER NOT NULL);
CREATE TABLE visits(id INTEGER PRIMARY KEY, url INTEGER NOT NULL, visit_time INTEGER NOT NULL);
CREATE TABLE downloads (id INTEGER PRIMARY KEY, full_path LONGVARCHAR NOT NULL, url LONGVARCHAR NOT NULL, start_time INTEGER NOT NULL, received_bytes INTEGER NOT NULL, total_bytes INTEGER NOT NULL, state INTEGER NOT NULL);
INSERT INTO urls VALUES (1,'http://intra.example/',13411785600000000);
INSERT INTO visits VALUES (1,1,13411785600000000);
INSERT INTO downloads VALUES (5,'C:\Users\hanako\Downloads\a.zip','http://intra.example/a.zip',1767312000,5,5,1);
