-- As Chrome 120 lays it down, without the tables that nobody reads here.
CREATE TABLE urls(id INTEGER PRIMARY KEY AUTOINCREMENT, url LONGVARCHAR, title LONGVARCHAR, visit_count INTEGER DEFAULT 0 NOT NULL, typed_count INTEGER DEFAULT 0 NOT NULL, last_visit_time INTEGER NOT NULL, hidden INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE visits(id INTEGER PRIMARY KEY AUTOINCREMENT, url INTEGER NOT NULL, visit_time INTEGER NOT NULL, from_visit INTEGER, transition INTEGER DEFAULT 0 NOT NULL, segment_id INTEGER, visit_duration INTEGER DEFAULT 0 NOT NULL);
CREATE TABLE keyword_search_terms (keyword_id INTEGER NOT NULL, url_id INTEGER NOT NULL, term LONGVARCHAR NOT NULL, normalized_term LONGVARCHAR NOT NULL);
CREATE TABLE downloads (id INTEGER PRIMARY KEY, guid VARCHAR NOT NULL, current_path LONGVARCHAR NOT NULL, target_path LONGVARCHAR NOT NULL, start_time INTEGER NOT NULL, received_bytes INTEGER NOT NULL, total_bytes INTEGER NOT NULL, state INTEGER NOT NULL, danger_type INTEGER NOT NULL, interrupt_reason INTEGER NOT NULL, hash BLOB NOT NULL, end_time INTEGER NOT NULL, opened INTEGER NOT NULL, referrer VARCHAR NOT NULL, tab_url VARCHAR NOT NULL, mime_type VARCHAR(255) NOT NULL);
CREATE TABLE downloads_url_chains (id INTEGER NOT NULL, chain_index INTEGER NOT NULL, url LONGVARCHAR NOT NULL, PRIMARY KEY (id, chain_index));
INSERT INTO urls VALUES
 (1,'https://search.example/?q=free+tool','free tool - Search',1,0,13411785600000000,0),
 (2,'https://evil.example/tools','無料ツール',2,1,13411785660123456,0),
 (3,'https://long-ago.example/','Kept as a bookmark',41,3,13380336000000000,0);
-- 13411785600000000 is 2026-01-02T00:00:00Z.
INSERT INTO visits VALUES
 (10,1,13411785600000000,0,805306373,0,0),
 (11,2,13411785630000000,10,805306368,0,0),
 (12,2,13411785660123456,0,805306369,0,0),
 (13,99,13411785670000000,0,7,0,0);
INSERT INTO keyword_search_terms VALUES (2,1,'Free Tool','free tool');
INSERT INTO downloads VALUES
 (1,'g1','/home/taro/Downloads/tool.deb','/home/taro/Downloads/tool.deb',13411785640000000,1234,1234,1,0,0,x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f',13411785641000000,1,'https://evil.example/tools','https://evil.example/tools','application/vnd.debian.binary-package'),
 (2,'g2','','/home/taro/Downloads/big.iso',13411785650000000,10,99999,3,4,40,x'',0,0,'','','');
INSERT INTO downloads_url_chains VALUES (1,0,'https://evil.example/get?id=1'),(1,1,'https://cdn.evil.example/tool.deb'),(2,0,'https://files.example/big.iso');
