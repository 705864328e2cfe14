CREATE TABLE moz_places (id INTEGER PRIMARY KEY, url LONGVARCHAR, title LONGVARCHAR, rev_host LONGVARCHAR, visit_count INTEGER DEFAULT 0, hidden INTEGER DEFAULT 0 NOT NULL, typed INTEGER DEFAULT 0 NOT NULL, frecency INTEGER DEFAULT -1 NOT NULL, last_visit_date INTEGER, guid TEXT, url_hash INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE moz_historyvisits (id INTEGER PRIMARY KEY, from_visit INTEGER, place_id INTEGER, visit_date INTEGER, visit_type INTEGER, session INTEGER);
CREATE TABLE moz_anno_attributes (id INTEGER PRIMARY KEY, name VARCHAR(32) UNIQUE NOT NULL);
CREATE TABLE moz_annos (id INTEGER PRIMARY KEY, place_id INTEGER NOT NULL, anno_attribute_id INTEGER, content LONGVARCHAR, flags INTEGER DEFAULT 0, expiration INTEGER DEFAULT 0, type INTEGER DEFAULT 0, dateAdded INTEGER DEFAULT 0, lastModified INTEGER DEFAULT 0);
INSERT INTO moz_places(id,url,title,visit_count,typed,last_visit_date) VALUES
 (1,'https://portal.example/','Portal',1,1,1767312000000000),
 (2,'https://evil.example/get/x.zip',NULL,1,0,1767312030000000),
 (3,'https://bookmark.example/','Never visited',0,0,NULL),
 (4,'https://expired.example/','Expired',7,0,1735689600000000);
INSERT INTO moz_historyvisits VALUES (100,0,1,1767312000000000,2,0),(101,100,2,1767312030000000,7,0);
INSERT INTO moz_anno_attributes VALUES (1,'downloads/destinationFileURI'),(2,'downloads/metaData'),(3,'other');
INSERT INTO moz_annos(place_id,anno_attribute_id,content,dateAdded) VALUES
 (2,1,'file:///home/taro/%E3%83%80%E3%82%A6%E3%83%B3/x.zip',1767312031000000),
 (2,2,'{"state":1,"endTime":1767312032500,"fileSize":4321}',1767312032000000),
 (2,3,'else',0);
