/*
 * direct_verbs.c - the verbs of vm40 direct, as a table and a few lines each.
 *
 * Read before: direct.c. Read after: directory/direct.c and its neighbours, which do the work.
 * Known simplification: a password on the command line is seen by whoever may list processes; - reads it from standard input.
 */
#include "direct.h"
#include "options.h"
#include "vm40.h"

#include <stdlib.h>
#include <string.h>

uint64_t direct_blocks(const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);
	unsigned shift = *end == 'K' || *end == 'k'   ? 10
			 : *end == 'M' || *end == 'm' ? 20
			 : *end == 'G' || *end == 'g' ? 30
						      : 0;

	if (end == text || *text == '-' || n > UINT32_MAX || (*end && (!shift || end[1])))
		return 0;
	return shift ? (uint64_t)n << shift >> 9 : n;
}

static const char *const *operands_from(const struct direct_line *l, int first)
{
	return (const char *const *)(l->operands + first);
}

/* ---- the whole directory ------------------------------------------------------------------------------------------ */

static int run_check(struct direct_line *l)
{
	int rc;

	l->d.volume = l->volume;
	rc = direct_check(&l->d, l->operands[0]);
	if (!rc && !l->d.json)
		printf("%s: no errors\n", l->operands[0]);
	return rc;
}

static int run_build(struct direct_line *l)
{
	int rc = direct_build(&l->d, l->count ? l->operands[0] : NULL);

	if (!rc && !l->d.json && !l->d.dry)
		printf("%s: the directory of %s is replaced\n", l->count ? l->operands[0] : l->d.database,
		       l->d.volume ? l->d.volume : l->d.database);
	return rc;
}

static int run_diff(struct direct_line *l)
{
	return direct_diff(&l->d, l->operands[0]);
}

static int run_export(struct direct_line *l)
{
	int rc;

	if (l->count && !(l->d.to = fopen(l->operands[0], "w"))) {
		perror(l->operands[0]);
		return 1;
	}
	rc = direct_export(&l->d);
	if (l->count && fclose(l->d.to)) {
		perror(l->operands[0]);
		rc = 1;
	}
	return rc;
}

static int run_show(struct direct_line *l)
{
	return direct_show(&l->d, operands_from(l, 0), (unsigned)l->count);
}

static int run_query(struct direct_line *l)
{
	char *sql = strchr(l->operands[0], ' ') ? must_copy(l->operands[0])
						: must_format("SELECT * FROM %s", l->operands[0]);
	int rc = direct_query(&l->d, sql);

	free(sql);
	return rc;
}

static int run_log(struct direct_line *l)
{
	return direct_log(&l->d, l->count ? l->operands[0] : NULL);
}

static int run_undo(struct direct_line *l)
{
	return direct_undo(&l->d, l->count ? strtol(l->operands[0], NULL, 10) : 0);
}

/* ---- one entry ------------------------------------------------------------------------------------------------------- */

/* The password of --password or of the first line of standard input; NULL when there is none. The buffer is the caller's. */
static const char *password_of(const char *given, char buf[80])
{
	if (!given || strcmp(given, "-") != 0)
		return given;
	if (!fgets(buf, 80, stdin))
		buf[0] = '\0';
	buf[strcspn(buf, "\r\n")] = '\0';
	return buf[0] ? buf : NULL;
}

static int run_add(struct direct_line *l)
{
	char typed[80];

	return direct_add(&l->d, l->operands[0], l->profile, password_of(l->password, typed),
			  operands_from(l, 1), (unsigned)l->count - 1);
}

static int run_change(struct direct_line *l)
{
	return direct_change(&l->d, l->operands[0], operands_from(l, 1), (unsigned)l->count - 1, l->drops,
			     l->drop_count);
}

static int run_remove(struct direct_line *l)
{
	if (!l->purge)
		return usage("direct remove: the entry and its disks are lost for good: say --purge");
	return direct_remove(&l->d, l->operands[0]);
}

static int run_rename(struct direct_line *l)
{
	return direct_rename(&l->d, l->operands[0], l->operands[1]);
}

static int run_password(struct direct_line *l)
{
	char typed[80];
	const char *password = password_of(l->count > 1 ? l->operands[1] : "-", typed);

	return password ? direct_password(&l->d, l->operands[0], password)
			: usage("direct password: expected a password");
}

static int run_link(struct direct_line *l)
{
	return direct_link(&l->d, l->operands[0], l->operands[1], l->operands[2],
			   l->count > 3 ? l->operands[3] : NULL, l->count > 4 ? l->operands[4] : NULL);
}

/* ---- minidisks --------------------------------------------------------------------------------------------------------- */

static const struct {
	const char *name;
	enum direct_disk_verb verb;
	bool sized; /* a size must be there */
} disk_verbs[] = {{"add", DISK_ADD, true},
		  {"grow", DISK_GROW, true},
		  {"move", DISK_MOVE, false},
		  {"replace", DISK_REPLACE, false},
		  {"remove", DISK_REMOVE, false}};

static int run_disk(struct direct_line *l)
{
	uint64_t blocks = l->count > 3 ? direct_blocks(l->operands[3]) : 0;
	char *end;
	unsigned long vdev = strtoul(l->operands[2], &end, 16);

	if (*end || vdev > 0xffff)
		return usage("direct disk: %s is no device address", l->operands[2]);
	for (size_t i = 0; i < sizeof(disk_verbs) / sizeof(disk_verbs[0]); i++) {
		if (strcmp(l->operands[0], disk_verbs[i].name) != 0)
			continue;
		if ((disk_verbs[i].sized || l->count > 3) && !blocks)
			return usage("direct disk %s: expected a size such as 10M", disk_verbs[i].name);
		if (disk_verbs[i].verb == DISK_REMOVE && !l->purge)
			return usage("direct disk remove: what is on the disk is lost for good: say --purge");
		return direct_disk(&l->d, disk_verbs[i].verb, l->operands[1], (unsigned)vdev, blocks,
				   l->group);
	}
	return usage("direct disk: expected add, grow, move, replace or remove");
}

static int run_region(struct direct_line *l)
{
	uint64_t blocks = l->count > 3 ? direct_blocks(l->operands[3]) : 0;
	char *end = NULL;
	unsigned long long first = l->count > 2 ? strtoull(l->operands[2], &end, 10) : 0;

	if (l->count == 1 && l->purge)
		return direct_region(&l->d, l->operands[0], NULL, 0, 0, NULL);
	if (l->count != 4 || *end || l->operands[2][0] == '-' || !blocks || first + blocks > 1ull << 32)
		return usage("direct region: expected a name, a volume, a first block and a size; or a name "
			     "and --purge");
	return direct_region(&l->d, l->operands[0], l->operands[1], (uint32_t)first, (uint32_t)blocks,
			     l->group);
}

static int run_map(struct direct_line *l)
{
	const char *volser = l->count ? l->operands[0] : NULL;
	FILE *f;
	int rc;

	if (!l->svg)
		return direct_map(&l->d, volser);
	f = strcmp(l->svg, "-") == 0 ? stdout : fopen(l->svg, "w");
	if (!f)
		return fail("%s cannot be written", l->svg);
	l->d.to = f;
	rc = direct_map_svg(&l->d, volser);
	if (f != stdout && fclose(f))
		rc = fail("%s cannot be written", l->svg);
	return rc;
}

/* ---- a class -------------------------------------------------------------------------------------------------------------- */

static int run_roster(struct direct_line *l)
{
	char *passwords =
		l->passwords ? must_copy(l->passwords) : must_format("%s.passwords", l->operands[0]);
	struct direct_roster r = {.file = l->operands[0],
				  .profile = l->profile,
				  .passwords = passwords,
				  .group = l->group,
				  .template = l->template,
				  .purge = l->purge};
	const char *equals = l->disk ? strchr(l->disk, '=') : NULL;
	int rc;

	if (equals) {
		r.disk_vdev = (unsigned)strtoul(l->disk, NULL, 16);
		r.disk_blocks = direct_blocks(equals + 1);
	}
	if (!l->profile)
		rc = usage("direct roster: expected --profile NAME");
	else if (l->disk &&
		 (!r.disk_vdev || r.disk_vdev > 0xffff || !r.disk_blocks || r.disk_blocks > UINT32_MAX))
		rc = usage("direct roster: --disk %s: expected VDEV=SIZE, for example 191=10M", l->disk);
	else
		rc = direct_roster(&l->d, &r);
	free(passwords);
	return rc;
}

static int run_complete(struct direct_line *l)
{
	direct_complete(l->count ? l->operands[0] : "", stdout);
	return 0;
}

static int run_reference(struct direct_line *l)
{
	(void)l;
	direct_reference(stdout);
	return 0;
}

/* ---- the table ------------------------------------------------------------------------------------------------------------- */

const struct direct_verb direct_verbs[] = {
	{"check", "FILE",
	 "report every error in a directory file\nWith --volume, extents are also checked against that "
	 "volume.",
	 1, 1, "l", false, run_check},
	{"build", "[FILE]",
	 "make the database what FILE says, and put it onto the volume\nAll of it or, when anything is "
	 "wrong, nothing. "
	 "Without FILE the database is put onto the volume as it is.",
	 0, 1, "ly", true, run_build},
	{"diff", "FILE", "what building FILE would change", 1, 1, "l", false, run_diff},
	{"export", "[FILE]", "write the directory as a file, passwords as hashes", 0, 1, "", false,
	 run_export},
	{"show", "[USERID...]", "list the users, or show entries", 0, -1, "", false, run_show},
	{"query", "{VIEW|SELECT}",
	 "ask the database\nViews: users, minidisks, links, devices, changes, volumes. A SELECT is one word "
	 "to the "
	 "shell: put it into quotes.",
	 1, 1, "", false, run_query},
	{"log", "[USERID]", "the changes; of one entry with their statements", 0, 1, "", false, run_log},
	{"undo", "[NUMBER]", "take back the last change, or that one", 0, 1, "y", true, run_undo},
	{"add", "USERID [STATEMENT...]", "add a user", 1, -1, "pwy", true, run_add},
	{"change", "USERID [STATEMENT...]",
	 "put statements into an entry, in the place of those of their name or address", 1, -1, "xy", true,
	 run_change},
	{"remove", "USERID", "remove an entry (--purge)", 1, 1, "uy", true, run_remove},
	{"rename", "OLD NEW", "rename an entry, everywhere", 2, 2, "y", true, run_rename},
	{"password", "USERID [WORD]",
	 "set a password; without WORD it is read from standard input\nNOLOG, NOPASS, AUTOONLY and LBYONLY "
	 "are "
	 "what they are in a directory file.",
	 1, 2, "y", true, run_password},
	{"link", "USERID OWNER VDEV [VDEV [MODE]]", "link another user's minidisk (default RR)", 3, 5, "y",
	 true, run_link},
	{"disk", "{add|grow|move|replace|remove} USERID VDEV [SIZE]", "a user's minidisk", 3, 4, "guy", true,
	 run_disk},
	{"region", "NAME VOLSER START SIZE",
	 "where a group's minidisks are allocated (--group, default NAME)", 1, 4, "gu", false, run_region},
	{"map", "[VOLSER]", "where everything lies, with gaps", 0, 1, "s", false, run_map},
	{"roster", "LIST.csv",
	 "make the users of a class, and keep them as the list says\nA line has a userid and perhaps a "
	 "password. Who is "
	 "not in the list any more is suspended, or with\n--purge removed.",
	 1, 1, "pdgtfuy", true, run_roster},
	{"complete", "[TEXT]", "words that may end an unfinished statement", 0, 1, "", false, run_complete},
	{"reference", "", "the statements of the reference page, in Markdown", 0, 0, "", false,
	 run_reference},
	{0},
};
