/*
 * schema.c - the tables of the directory database.
 *
 * Owns: the schema, version 1 (PRAGMA user_version). Before it: nothing. After it: database.c.
 * An entry is a USER or a PROFILE as it was written; what an entry leaves out is NULL here and is worked in from the profile and the
 * defaults when an object directory is built, or by the views at the end, which are for people with questions.
 * Sizes are in bytes, extents in 512-byte blocks, addresses are numbers. Passwords are stored as hashes only.
 * Simplification: no history yet; a compilation replaces everything.
 */
#include "database.h"

#define NAME(column, most) column " TEXT NOT NULL CHECK (length(" column ") BETWEEN 1 AND " most ")"
#define VDEV(column)       column " INTEGER NOT NULL CHECK (" column " BETWEEN 0 AND 65535)"
#define SECRET(kinds)                                                                                        \
	"password TEXT NOT NULL CHECK (password IN (" kinds ")),"                                            \
	"iterations INTEGER CHECK (iterations BETWEEN 1 AND 1000000),"                                       \
	"salt BLOB CHECK (length(salt) = 16),"                                                               \
	"digest BLOB CHECK (length(digest) = 32),"                                                           \
	"CHECK ((password = 'HASH') = (digest IS NOT NULL AND salt IS NOT NULL AND iterations IS NOT NULL))"

const char database_schema[] =
	"CREATE TABLE directory ("
	"	id INTEGER PRIMARY KEY CHECK (id = 1)," /* one row */
	"	" VDEV(
		"vdev") ","
			"	devtype INTEGER NOT NULL,"
			"	" NAME(
				"volser",
				"6") ") STRICT;"

				     "CREATE TABLE entry ("
				     "	id INTEGER PRIMARY KEY,"
				     "	kind TEXT NOT NULL CHECK (kind IN ('USER', 'PROFILE')),"
				     "	" NAME(
					     "name",
					     "8") ","
						  "	line INTEGER," /* of the source; NULL if it was not made by one */
						  "	profile_id INTEGER REFERENCES entry (id) CHECK "
						  "(profile_id IS NULL OR kind = 'USER'),"
						  "	storage INTEGER CHECK (storage > 0 AND storage % "
						  "4096 = 0),"
						  "	maximum INTEGER CHECK (maximum > 0 AND maximum % "
						  "4096 = 0),"
						  "	classes TEXT CHECK (classes NOT GLOB '*[^A-Z1-6]*'),"
						  "	priority INTEGER CHECK (priority BETWEEN 0 AND 99),"
						  "	edit BLOB CHECK (length(edit) = 4),"
						  "	mode TEXT CHECK (mode IN ('ESA', 'XA', 'XC', 'Z')),"
						  "	cpus INTEGER CHECK (cpus BETWEEN 1 AND 64),"
						  "	account TEXT CHECK (length(account) BETWEEN 1 AND 8),"
						  "	distribution TEXT CHECK (length(distribution) "
						  "BETWEEN 1 AND 8),"
						  "	ipl_system TEXT CHECK (length(ipl_system) BETWEEN 1 "
						  "AND 8),"
						  "	ipl_vdev INTEGER CHECK (ipl_vdev BETWEEN 0 AND "
						  "65535),"
						  "	loadparm TEXT CHECK (length(loadparm) BETWEEN 1 AND "
						  "8),"
						  "	parm TEXT CHECK (length(parm) BETWEEN 1 AND 240),"
						  "	share_kind TEXT CHECK (share_kind IN ('RELATIVE', "
						  "'ABSOLUTE'))," /* ABSOLUTE in tenths of a percent */
						  "	share INTEGER CHECK (share BETWEEN 1 AND 10000),"
						  "	share_limit TEXT CHECK (share_limit IN ('NOLIMIT', "
						  "'LIMITSOFT', 'LIMITHARD')),"
						  "	most_kind TEXT CHECK (most_kind IN ('RELATIVE', "
						  "'ABSOLUTE')),"
						  "	most INTEGER CHECK (most BETWEEN 1 AND 10000),"
						  "	weak INTEGER NOT NULL DEFAULT 0 CHECK (weak IN (0, "
						  "1))," /* the password is the userid */
						  "	" SECRET(
							  "'NONE', 'HASH', 'NOLOG', 'NOPASS', 'AUTOONLY', "
							  "'LBYONLY'") ","
								       "	CHECK ((kind = 'PROFILE') = "
								       "(password = 'NONE')),"
								       "	CHECK (ipl_system IS NULL OR "
								       "ipl_vdev IS NULL),"
								       "	CHECK ((mode IS NULL) = "
								       "(cpus IS NULL)),"
								       "	CHECK ((share_kind IS NULL) "
								       "= (share IS NULL)),"
								       "	CHECK ((most_kind IS NULL) = "
								       "(most IS NULL)),"
								       "	UNIQUE (kind, name)"
								       ") STRICT;"
								       "CREATE INDEX entry_profile ON entry "
								       "(profile_id);"

								       "CREATE TABLE entry_option ("
								       "	entry_id INTEGER NOT NULL "
								       "REFERENCES entry (id) ON DELETE "
								       "CASCADE,"
								       "	name TEXT NOT NULL CHECK "
								       "(name IN ('QUICKDSP', 'LNKNOPAS', "
								       "'ACCT', 'TODENABLE', 'DEVINFO', "
								       "'CPUID', 'MAXCONN')),"
								       "	value INTEGER CHECK ((value "
								       "IS NOT NULL) = (name IN ('CPUID', "
								       "'MAXCONN'))),"
								       "	PRIMARY KEY (entry_id, name)"
								       ") STRICT, WITHOUT ROWID;"

								       /* Lists in order: LOGONBY and AUTOLOG name a userid, COMMAND has the command. A userid may be one that does not exist. */
								       "CREATE TABLE entry_item ("
								       "	entry_id INTEGER NOT NULL "
								       "REFERENCES entry (id) ON DELETE "
								       "CASCADE,"
								       "	statement TEXT NOT NULL "
								       "CHECK (statement IN ('LOGONBY', "
								       "'AUTOLOG', 'COMMAND')),"
								       "	position INTEGER NOT NULL,"
								       "	" NAME(
									       "text",
									       "240") ","
										      "	line INTEGER,"
										      "	CHECK (statement = "
										      "'COMMAND' OR "
										      "length(text) <= 8),"
										      "	PRIMARY KEY "
										      "(entry_id, statement, "
										      "position)"
										      ") STRICT, WITHOUT "
										      "ROWID;"

										      "CREATE TABLE volume ("
										      "	id INTEGER PRIMARY "
										      "KEY,"
										      "	" NAME(
											      "volser",
											      "6") " UNIQUE"
												   ") STRICT;"

												   "CREATE "
												   "TABLE "
												   "device ("
												   "	id "
												   "INTEGER "
												   "PRIMARY "
												   "KEY,"
												   "	entry"
												   "_id "
												   "INTEGER "
												   "NOT NULL "
												   "REFERENCE"
												   "S entry "
												   "(id) ON "
												   "DELETE "
												   "CASCADE,"
												   "	posit"
												   "ion "
												   "INTEGER "
												   "NOT NULL,"
												   "	line "
												   "INTEGER,"
												   "	" VDEV("vdev") ","
														       "	kind TEXT NOT NULL CHECK (kind IN ('CONSOLE', 'SPOOL', 'MDISK', 'LINK')),"
														       "	devtype INTEGER CHECK ((devtype IS NULL) = (kind = 'LINK')),"
														       "	UNIQUE (entry_id, vdev)"
														       ") STRICT;"
														       "CREATE UNIQUE INDEX device_one_console ON device (entry_id) WHERE kind = 'CONSOLE';"

														       "CREATE TABLE console ("
														       "	device_id INTEGER PRIMARY KEY REFERENCES device (id) ON DELETE CASCADE,"
														       "	class TEXT NOT NULL CHECK (class GLOB '[A-Z0-9]'),"
														       "	secuser TEXT CHECK (length(secuser) BETWEEN 1 AND 8),"
														       "	observer INTEGER NOT NULL CHECK (observer IN (0, 1))"
														       ") STRICT;"

														       "CREATE TABLE unit_record ("
														       "	device_id INTEGER PRIMARY KEY REFERENCES device (id) ON DELETE CASCADE,"
														       "	unit TEXT NOT NULL CHECK (unit IN ('READER', 'PUNCH', 'PRINTER')),"
														       "	class TEXT NOT NULL CHECK (class GLOB '[A-Z0-9]' OR (class = '*' AND unit = 'READER'))"
														       ") STRICT;"

														       "CREATE TABLE minidisk ("
														       "	device_id INTEGER PRIMARY KEY REFERENCES device (id) ON DELETE CASCADE,"
														       "	volume_id INTEGER NOT NULL REFERENCES volume (id),"
														       "	start INTEGER NOT NULL CHECK (start BETWEEN 0 AND 4294967295),"
														       "	blocks INTEGER CHECK (blocks >= 1 AND start + blocks <= 4294967296)," /* NULL: to the end of the volume */
														       "	mode TEXT NOT NULL CHECK (mode IN ('R', 'RR', 'W', 'WR', 'M', 'MR', 'MW'))"
														       ") STRICT;"
														       "CREATE INDEX minidisk_extent ON minidisk (volume_id, start);"

														       "CREATE TABLE minidisk_password ("
														       "	device_id INTEGER NOT NULL REFERENCES minidisk (device_id) ON DELETE CASCADE,"
														       "	access TEXT NOT NULL CHECK (access IN ('READ', 'WRITE', 'MULTI')),"
														       "	" SECRET("'HASH', 'ALL'") ","
																			  "	PRIMARY KEY (device_id, access)"
																			  ") STRICT, WITHOUT ROWID;"

																			  "CREATE TABLE link ("
																			  "	device_id INTEGER PRIMARY KEY REFERENCES device (id) ON DELETE CASCADE,"
																			  "	" NAME(
																				  "owner", "8") ","
																						"	" VDEV("owner_vdev") ","
																									     "	mode TEXT NOT NULL CHECK (mode IN ('R', 'RR', 'W', 'WR', 'M', 'MR', 'MW'))"
																									     ") STRICT;"
																									     "CREATE INDEX link_owner ON link (owner, owner_vdev);"

																									     "CREATE VIEW users AS"
																									     "	SELECT u.name AS userid, p.name AS profile, coalesce(u.storage, p.storage, 16777216) AS storage,"
																									     "	coalesce(u.maximum, p.maximum, u.storage, p.storage, 16777216) AS maximum,"
																									     "	coalesce(u.classes, p.classes, 'G') AS classes, coalesce(u.mode, p.mode, 'ESA') AS mode, u.weak AS weak"
																									     "	FROM entry u LEFT JOIN entry p ON p.id = u.profile_id WHERE u.kind = 'USER';"
																									     "CREATE VIEW minidisks AS"
																									     "	SELECT v.volser AS volser, m.start AS start, m.blocks AS blocks, e.name AS userid, printf('%04X', d.vdev) AS vdev,"
																									     "	m.mode AS mode FROM minidisk m JOIN device d ON d.id = m.device_id JOIN entry e ON e.id = d.entry_id"
																									     "	JOIN volume v ON v.id = m.volume_id;"
																									     "PRAGMA user_version = 1;";
