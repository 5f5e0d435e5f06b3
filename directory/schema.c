/*
 * schema.c - the tables of the directory database.
 *
 * Owns: the schema, version 3 (PRAGMA user_version), and how a database of an older version becomes one of this. Before it: nothing.
 * After it: database.c.
 * An entry is a USER or a PROFILE as it was written; what an entry leaves out is NULL here and is worked in from the profile and the
 * defaults when an object directory is built, or by the views, which are for people with questions.
 * Sizes are in bytes, extents in 512-byte blocks, addresses are numbers. Passwords are stored as salted hashes only, each once, in
 * `secret`; all else, the history included, names them by their row.
 * Simplification: a device is one row whatever its kind; columns that its kind has not are NULL, and CHECKs see to it.
 */
#include "database.h"

/* clang-format off */
#define NAME(column, most) column " TEXT NOT NULL CHECK (length(" column ") BETWEEN 1 AND " most ")"
#define ADDRESS(column)    column " INTEGER NOT NULL CHECK (" column " BETWEEN 0 AND 65535)"
/* One of several words. IN would build an index of them for each row that is stored. */
#define WORD(column, words) "(instr('|" words "|', '|' || " column " || '|') > 0)"
#define MODE(column)       column " TEXT CHECK (" WORD(column, "R|RR|W|WR|M|MR|MW") ")"
#define HAS(columns)       "(" columns " IS NOT NULL)"

/* Regions and members of classes have no entry: their statements before and after a change, which is NULL until it is committed. */
#define CHANGE_ROWS \
	"CREATE TABLE change_row (" \
	"	id INTEGER PRIMARY KEY," \
	"	change_id INTEGER REFERENCES change (id) ON DELETE CASCADE," \
	"	kind TEXT NOT NULL CHECK (" WORD("kind", "REGION|MEMBER") ")," \
	"	name TEXT NOT NULL," \
	"	before TEXT," \
	"	after TEXT" \
	") STRICT;" \
	"CREATE INDEX member_userid ON member (userid);" \
	"CREATE INDEX change_row_change ON change_row (change_id);" \
	"CREATE INDEX change_row_name ON change_row (name, change_id);"
#define CHANGES \
	"CREATE VIEW changes AS" \
	"	SELECT c.id AS number, c.time AS time, c.who AS who, c.what AS what," \
	"	(SELECT count(*) FROM change_entry x WHERE x.change_id = c.id) AS entries," \
	"	(SELECT count(*) FROM change_row r WHERE r.change_id = c.id) AS rows" \
	"	FROM change c;"

const char database_schema[] =
	"CREATE TABLE directory ("
	"	id INTEGER PRIMARY KEY CHECK (id = 1),"	/* one row */
	"	" ADDRESS("vdev") ","
	"	devtype INTEGER NOT NULL,"
	"	" NAME("volser", "6")
	") STRICT;"

	"CREATE TABLE secret ("
	"	id INTEGER PRIMARY KEY,"
	"	iterations INTEGER NOT NULL CHECK (iterations BETWEEN 1 AND 1000000),"
	"	salt BLOB NOT NULL CHECK (length(salt) = 16),"
	"	digest BLOB NOT NULL CHECK (length(digest) = 32),"
	"	weak INTEGER NOT NULL DEFAULT 0 CHECK (weak IN (0, 1))"	/* the password is the userid */
	") STRICT;"

	"CREATE TABLE entry ("
	"	id INTEGER PRIMARY KEY,"
	"	kind TEXT NOT NULL CHECK (kind IN ('USER', 'PROFILE')),"
	"	" NAME("name", "8") ","
	"	profile_id INTEGER REFERENCES entry (id) CHECK (profile_id IS NULL OR kind = 'USER'),"
	"	password TEXT NOT NULL CHECK (" WORD("password", "NONE|HASH|NOLOG|NOPASS|AUTOONLY|LBYONLY") "),"
	"	secret_id INTEGER REFERENCES secret (id),"
	"	storage INTEGER CHECK (storage > 0 AND storage % 4096 = 0),"
	"	maximum INTEGER CHECK (maximum > 0 AND maximum % 4096 = 0),"
	"	classes TEXT CHECK (classes NOT GLOB '*[^A-Z1-6]*'),"
	"	priority INTEGER CHECK (priority BETWEEN 0 AND 99),"
	"	edit BLOB CHECK (length(edit) = 4),"
	"	mode TEXT CHECK (" WORD("mode", "ESA|XA|XC|Z") "),"
	"	cpus INTEGER CHECK (cpus BETWEEN 1 AND 64),"
	"	account TEXT CHECK (length(account) BETWEEN 1 AND 8),"
	"	distribution TEXT CHECK (length(distribution) BETWEEN 1 AND 8),"
	"	ipl_system TEXT CHECK (length(ipl_system) BETWEEN 1 AND 8),"
	"	ipl_vdev INTEGER CHECK (ipl_vdev BETWEEN 0 AND 65535),"
	"	loadparm TEXT CHECK (length(loadparm) BETWEEN 1 AND 8),"
	"	parm TEXT CHECK (length(parm) BETWEEN 1 AND 240),"
	"	share_kind TEXT CHECK (share_kind IN ('RELATIVE', 'ABSOLUTE')),"	/* ABSOLUTE in tenths of a percent */
	"	share INTEGER CHECK (share BETWEEN 1 AND 10000),"
	"	share_limit TEXT CHECK (" WORD("share_limit", "NOLIMIT|LIMITSOFT|LIMITHARD") "),"
	"	most_kind TEXT CHECK (most_kind IN ('RELATIVE', 'ABSOLUTE')),"
	"	most INTEGER CHECK (most BETWEEN 1 AND 10000),"
	"	UNIQUE (name, kind),"
	"	CHECK ((kind = 'PROFILE') = (password = 'NONE')),"
	"	CHECK ((password = 'HASH') = " HAS("secret_id") "),"
	"	CHECK (priority IS NULL OR (storage IS NOT NULL AND maximum IS NOT NULL AND classes IS NOT NULL)),"
	"	CHECK (edit IS NULL OR priority IS NOT NULL),"
	"	CHECK (ipl_system IS NULL OR ipl_vdev IS NULL),"
	"	CHECK ((mode IS NULL) = (cpus IS NULL)),"
	"	CHECK ((share_kind IS NULL) = (share IS NULL)),"
	"	CHECK ((most_kind IS NULL) = (most IS NULL))"
	") STRICT;"
	"CREATE INDEX entry_profile ON entry (profile_id) WHERE profile_id IS NOT NULL;"

	"CREATE TABLE entry_option ("
	"	entry_id INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,"
	"	name TEXT NOT NULL CHECK (" WORD("name", "QUICKDSP|LNKNOPAS|ACCT|TODENABLE|DEVINFO|CPUID|MAXCONN") "),"
	"	value INTEGER CHECK (" HAS("value") " = (name IN ('CPUID', 'MAXCONN'))),"
	"	PRIMARY KEY (entry_id, name)"
	") STRICT, WITHOUT ROWID;"

	/* Statements in order: LOGONBY and AUTOLOG name a userid, which need not exist; the others have their operands. */
	"CREATE TABLE entry_item ("
	"	entry_id INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,"
	"	statement TEXT NOT NULL"
	"		CHECK (" WORD("statement", "LOGONBY|AUTOLOG|COMMAND|CPU|IUCV|NAMESAVE|SPOOLFILE") "),"
	"	position INTEGER NOT NULL,"
	"	" NAME("text", "240") ","
	"	CHECK (statement NOT IN ('LOGONBY', 'AUTOLOG') OR length(text) <= 8),"
	"	PRIMARY KEY (entry_id, statement, position)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX entry_item_userid ON entry_item (text) WHERE statement IN ('LOGONBY', 'AUTOLOG');"

	/* first and blocks: where minidisks may lie; NULL until the volume was seen. */
	"CREATE TABLE volume ("
	"	id INTEGER PRIMARY KEY,"
	"	" NAME("volser", "6") " UNIQUE,"
	"	first INTEGER CHECK (first >= 0),"
	"	blocks INTEGER CHECK (blocks >= 0 AND (blocks IS NULL) = (first IS NULL))"
	") STRICT;"

	"CREATE TABLE device ("
	"	entry_id INTEGER NOT NULL REFERENCES entry (id) ON DELETE CASCADE,"
	"	" ADDRESS("vdev") ","
	"	position INTEGER NOT NULL,"
	"	kind TEXT NOT NULL CHECK (" WORD("kind", "CONSOLE|SPOOL|MDISK|LINK|VDISK|TDISK|DEDICATE|SPECIAL|NICDEF") "),"
	"	devtype INTEGER CHECK (" HAS("devtype") " = (" WORD("kind", "CONSOLE|SPOOL|MDISK|VDISK|TDISK") ")),"
	"	class TEXT CHECK (" HAS("class") " = (kind IN ('CONSOLE', 'SPOOL'))"
	"		AND (class GLOB '[A-Z0-9]' OR (class = '*' AND unit = 'READER'))),"
	"	unit TEXT CHECK (" HAS("unit") " = (kind = 'SPOOL') AND " WORD("unit", "READER|PUNCH|PRINTER") "),"
	"	" MODE("mode") " CHECK (" HAS("mode") " = (" WORD("kind", "MDISK|LINK|VDISK|TDISK") ")),"
	"	userid TEXT CHECK (length(userid) BETWEEN 1 AND 8),"	/* secondary user of a console, owner of a link */
	"	observer INTEGER CHECK (observer IN (0, 1)),"
	"	owner_vdev INTEGER CHECK (" HAS("owner_vdev") " = (kind = 'LINK') AND owner_vdev BETWEEN 0 AND 65535),"
	"	size INTEGER CHECK (" HAS("size") " = (kind IN ('VDISK', 'TDISK')) AND size BETWEEN 1 AND 4294967295),"
	"	text TEXT CHECK (" HAS("text") " = (" WORD("kind", "DEDICATE|SPECIAL|NICDEF") ") AND length(text) <= 240),"
	"	CHECK (kind <> 'LINK' OR userid IS NOT NULL),"
	"	PRIMARY KEY (entry_id, vdev)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX device_userid ON device (userid, owner_vdev) WHERE userid IS NOT NULL;"

	"CREATE TABLE minidisk ("
	"	entry_id INTEGER NOT NULL,"
	"	vdev INTEGER NOT NULL,"
	"	volume_id INTEGER NOT NULL REFERENCES volume (id),"
	"	start INTEGER NOT NULL CHECK (start BETWEEN 0 AND 4294967295),"
	"	blocks INTEGER CHECK (blocks >= 1 AND start + blocks <= 4294967296),"	/* NULL: to the end of the volume */
	"	PRIMARY KEY (entry_id, vdev),"
	"	FOREIGN KEY (entry_id, vdev) REFERENCES device (entry_id, vdev) ON DELETE CASCADE"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX minidisk_extent ON minidisk (volume_id, start, blocks);"

	"CREATE TABLE minidisk_password ("
	"	entry_id INTEGER NOT NULL,"
	"	vdev INTEGER NOT NULL,"
	"	access TEXT NOT NULL CHECK (" WORD("access", "READ|WRITE|MULTI") "),"
	"	password TEXT NOT NULL CHECK (password IN ('HASH', 'ALL')),"
	"	secret_id INTEGER REFERENCES secret (id) CHECK ((password = 'HASH') = " HAS("secret_id") "),"
	"	PRIMARY KEY (entry_id, vdev, access),"
	"	FOREIGN KEY (entry_id, vdev) REFERENCES minidisk (entry_id, vdev) ON DELETE CASCADE"
	") STRICT, WITHOUT ROWID;"

	/* Where minidisks are allocated for a group. */
	"CREATE TABLE region ("
	"	id INTEGER PRIMARY KEY,"
	"	" NAME("name", "8") " UNIQUE,"
	"	" NAME("disk_group", "8") ","
	"	volume_id INTEGER NOT NULL REFERENCES volume (id),"
	"	start INTEGER NOT NULL CHECK (start BETWEEN 0 AND 4294967295),"
	"	blocks INTEGER NOT NULL CHECK (blocks >= 1 AND start + blocks <= 4294967296)"
	") STRICT;"

	/* Who is in a class, and whose password waits while he is suspended. */
	"CREATE TABLE member ("
	"	" NAME("roster", "32") ","
	"	" NAME("userid", "8") ","
	"	secret_id INTEGER REFERENCES secret (id),"
	"	suspended INTEGER NOT NULL DEFAULT 0 CHECK (suspended IN (0, 1)),"
	"	PRIMARY KEY (roster, userid)"
	") STRICT, WITHOUT ROWID;"

	/* The history: a change is one transaction; what an entry was before it, with SECRET:n for each password. NULL: it was not there. */
	"CREATE TABLE change ("
	"	id INTEGER PRIMARY KEY,"
	"	time TEXT NOT NULL,"	/* UTC */
	"	who TEXT NOT NULL,"
	"	what TEXT NOT NULL,"
	"	undoes INTEGER"	/* the change that this one took back */
	") STRICT;"
	"CREATE TABLE change_entry ("
	"	change_id INTEGER NOT NULL REFERENCES change (id) ON DELETE CASCADE,"
	"	name TEXT NOT NULL,"
	"	kind TEXT NOT NULL CHECK (" WORD("kind", "USER|PROFILE|DIRECTORY") "),"
	"	before TEXT,"
	"	PRIMARY KEY (change_id, kind, name)"
	") STRICT, WITHOUT ROWID;"
	"CREATE INDEX change_entry_name ON change_entry (name, change_id);"
	CHANGE_ROWS

	"CREATE VIEW users AS"
	"	SELECT u.name AS userid, p.name AS profile, coalesce(u.storage, p.storage, 16777216) AS storage,"
	"	coalesce(u.maximum, p.maximum, u.storage, p.storage, 16777216) AS maximum,"
	"	coalesce(u.classes, p.classes, 'G') AS classes, coalesce(u.mode, p.mode, 'ESA') AS mode,"
	"	u.password AS password, coalesce(s.weak, 0) AS weak"
	"	FROM entry u LEFT JOIN entry p ON p.id = u.profile_id LEFT JOIN secret s ON s.id = u.secret_id"
	"	WHERE u.kind = 'USER';"
	"CREATE VIEW minidisks AS"
	"	SELECT v.volser AS volser, m.start AS start, m.blocks AS blocks, e.name AS userid, printf('%04X', m.vdev) AS vdev,"
	"	d.mode AS mode FROM minidisk m JOIN device d ON d.entry_id = m.entry_id AND d.vdev = m.vdev"
	"	JOIN entry e ON e.id = m.entry_id JOIN volume v ON v.id = m.volume_id;"
	"CREATE VIEW links AS"
	"	SELECT e.name AS userid, printf('%04X', d.vdev) AS vdev, d.userid AS owner, printf('%04X', d.owner_vdev) AS owner_vdev,"
	"	d.mode AS mode FROM device d JOIN entry e ON e.id = d.entry_id WHERE d.kind = 'LINK';"
	"CREATE VIEW devices AS"
	"	SELECT e.name AS userid, e.kind AS entry, printf('%04X', d.vdev) AS vdev, d.kind AS kind, printf('%04X', d.devtype) AS devtype,"
	"	d.class AS class FROM device d JOIN entry e ON e.id = d.entry_id;"
	CHANGES
	"CREATE VIEW volumes AS"
	"	SELECT v.volser AS volser, count(m.start) AS minidisks, sum(m.blocks) AS used, v.first AS first, v.blocks AS blocks"
	"	FROM volume v LEFT JOIN minidisk m ON m.volume_id = v.id GROUP BY v.id;"
	"PRAGMA user_version = 3;";

/* Version 2 had no history of regions and members. */
const char database_from_2[] = "DROP VIEW changes;" CHANGE_ROWS CHANGES "PRAGMA user_version = 3;";

/* Version 1 had a table for each kind of device, a password's hash where it was used, and no history. */
const char database_from_1[] =
	"ALTER TABLE directory RENAME TO old_directory;"
	"ALTER TABLE entry RENAME TO old_entry;"
	"ALTER TABLE entry_option RENAME TO old_entry_option;"
	"ALTER TABLE entry_item RENAME TO old_entry_item;"
	"ALTER TABLE volume RENAME TO old_volume;"
	"ALTER TABLE device RENAME TO old_device;"
	"ALTER TABLE minidisk RENAME TO old_minidisk;"
	"ALTER TABLE minidisk_password RENAME TO old_minidisk_password;"
	"DROP VIEW users; DROP VIEW minidisks; DROP INDEX entry_profile; DROP INDEX minidisk_extent;";

const char database_into_now[] =
	"INSERT INTO directory SELECT id, vdev, devtype, volser FROM old_directory;"
	"INSERT INTO secret (id, iterations, salt, digest, weak)"
	"	SELECT id, iterations, salt, digest, weak FROM old_entry WHERE password = 'HASH';"
	"INSERT INTO entry SELECT id, kind, name, profile_id, password, iif(password = 'HASH', id, NULL), storage, maximum, classes,"
	"	priority, edit, mode, cpus, account, distribution, ipl_system, ipl_vdev, loadparm, parm, share_kind, share,"
	"	share_limit, most_kind, most FROM old_entry ORDER BY kind, id;"
	"INSERT INTO entry_option SELECT entry_id, name, value FROM old_entry_option;"
	"INSERT INTO entry_item SELECT entry_id, statement, position, text FROM old_entry_item;"
	"INSERT INTO volume (id, volser) SELECT id, volser FROM old_volume;"
	"INSERT INTO device SELECT d.entry_id, d.vdev, d.position, d.kind, d.devtype, coalesce(c.class, r.class), r.unit,"
	"	coalesce(m.mode, k.mode), coalesce(c.secuser, k.owner), c.observer, k.owner_vdev, NULL, NULL"
	"	FROM old_device d LEFT JOIN console c ON c.device_id = d.id LEFT JOIN unit_record r ON r.device_id = d.id"
	"	LEFT JOIN old_minidisk m ON m.device_id = d.id LEFT JOIN link k ON k.device_id = d.id;"
	"INSERT INTO minidisk SELECT d.entry_id, d.vdev, m.volume_id, m.start, m.blocks"
	"	FROM old_minidisk m JOIN old_device d ON d.id = m.device_id;"
	"INSERT INTO secret (id, iterations, salt, digest) SELECT (SELECT coalesce(max(id), 0) FROM old_entry)"
	"	+ 3 * p.device_id + iif(p.access = 'READ', 0, iif(p.access = 'WRITE', 1, 2)), p.iterations, p.salt, p.digest"
	"	FROM old_minidisk_password p WHERE p.password = 'HASH';"
	"INSERT INTO minidisk_password SELECT d.entry_id, d.vdev, p.access, p.password,"
	"	iif(p.password = 'HASH', (SELECT coalesce(max(id), 0) FROM old_entry)"
	"	+ 3 * p.device_id + iif(p.access = 'READ', 0, iif(p.access = 'WRITE', 1, 2)), NULL)"
	"	FROM old_minidisk_password p JOIN old_device d ON d.id = p.device_id;"
	"DROP TABLE old_minidisk_password; DROP TABLE old_minidisk; DROP TABLE console; DROP TABLE unit_record; DROP TABLE link;"
	"DROP TABLE old_device; DROP TABLE old_volume; DROP TABLE old_entry_item; DROP TABLE old_entry_option; DROP TABLE old_entry;"
	"DROP TABLE old_directory;";
/* clang-format on */
