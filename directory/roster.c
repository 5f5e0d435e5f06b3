/*
 * roster.c - a class from a list.
 *
 * Owns: who joins, who stays, who is suspended, who goes. Before it: csv.c, disk.c, pronounce.c. After it: a teacher who runs it again
 * whenever the list has changed.
 * A list never takes anything away: who is not in it any more cannot log on, and keeps everything until --purge.
 * Heritage: DirMaint's prototypes (ADD userid LIKE proto) and its AUTOG disks, repeated by every university in a REXX loop.
 * Simplification: a list belongs to one profile; a class is named by its file.
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "csv.h"
#include "database_private.h"
#include "disk.h"
#include "pronounce.h"
#include "row.h"
#include "secret.h"
#include "space.h"
#include "statements.h"

struct pupil {
	char userid[9];
	unsigned line;
	char *password;           /* from the list, or NULL */
	char made[PRONOUNCE_MAX]; /* or made here */
};

struct class
{
	struct verb *v;
	const struct direct_roster *r;
	char name[33];                  /* the file's, without folders and extension */
	struct arena arena;             /* of passwords */
	struct pupil *pupils, **sorted; /* in the list's order; by userid */
	size_t count, room;
	struct space space;
	bool space_known;
	uint32_t template, template_blocks; /* first block; 0 blocks: there is none */
	char template_volser[7];
	unsigned added, returned, suspended, purged, disks, made;
};

/* ---- the list ------------------------------------------------------------------------------------------------------------- */

static int list_fail(struct class *k, unsigned line, const char *format, const char *what)
{
	char text[200];

	snprintf(text, sizeof(text), format, what);
	message_error(&k->v->m, NULL, "%s:%u: %s", k->r->file, line, text);
	return 1;
}

static bool userid_good(const char *userid)
{
	size_t n = strlen(userid);

	return n >= 1 && n <= 8 && strspn(userid, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@#$_-") == n;
}

static int pupil_add(struct class *k, unsigned line, char *userid, const char *password)
{
	struct pupil *p;

	for (char *c = userid; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	if (!userid_good(userid))
		return list_fail(k, line, "%s is no userid: expected 1 to 8 letters, digits or @#$_-",
				 userid);
	if (k->count == k->room)
		k->pupils = storage_grow(k->pupils, (k->room = k->room * 2 + 32) * sizeof(*k->pupils));
	p = &k->pupils[k->count++];
	*p = (struct pupil){.line = line};
	strcpy(p->userid, userid);
	if (password != NULL && password[0] != '\0')
		p->password = arena_text(&k->arena, password, strlen(password));
	return 0;
}

/* Which columns hold what; a first line without the word `userid` is a pupil. */
struct columns {
	int userid, password;
};

static bool columns_find(struct columns *c, char *fields[], int count)
{
	struct columns found = {-1, -1};

	for (int i = 0; i < count; i++) {
		if (strcasecmp(fields[i], "userid") == 0)
			found.userid = i;
		if (strcasecmp(fields[i], "password") == 0)
			found.password = i;
	}
	if (found.userid >= 0)
		*c = found;
	return found.userid >= 0;
}

static int list_line(struct class *k, struct columns *c, unsigned number, char *line)
{
	char *fields[CSV_FIELDS_MAX];
	int count;

	if (line[strspn(line, " \t\r\n")] == '\0' || line[0] == '*')
		return 0;
	count = csv_split(line, fields);
	if (count < 0)
		return list_fail(k, number, "%s", "a quote is not closed");
	if (number == 1 && columns_find(c, fields, count))
		return 0;
	if (c->userid >= count)
		return list_fail(k, number, "%s", "the line has no userid");
	return pupil_add(k, number, fields[c->userid],
			 c->password >= 0 && c->password < count ? fields[c->password] : NULL);
}

static int pupil_compare(const void *a, const void *b)
{
	const struct pupil *x = *(struct pupil *const *)a, *y = *(struct pupil *const *)b;
	int order = strcmp(x->userid, y->userid);

	return order != 0 ? order : (x->line > y->line) - (x->line < y->line);
}

/* By userid, and each stands there once. */
static int list_sort(struct class *k)
{
	int status = 0;

	k->sorted = storage_grow(NULL, k->count * sizeof(*k->sorted));
	for (size_t i = 0; i < k->count; i++)
		k->sorted[i] = &k->pupils[i];
	qsort(k->sorted, k->count, sizeof(*k->sorted), pupil_compare);
	for (size_t i = 1; i < k->count; i++)
		if (strcmp(k->sorted[i - 1]->userid, k->sorted[i]->userid) == 0)
			status = list_fail(k, k->sorted[i]->line, "%s stands in the list twice",
					   k->sorted[i]->userid);
	return status;
}

static int list_read(struct class *k)
{
	FILE *f = fopen(k->r->file, "r");
	struct columns c = {0, 1};
	char *line = NULL;
	size_t room = 0;
	int status = 0;

	if (f == NULL) {
		message_error(&k->v->m, NULL, "%s: %s", k->r->file, strerror(errno));
		return 2;
	}
	for (unsigned number = 1; getline(&line, &room, f) >= 0; number++)
		status |= list_line(k, &c, number, line);
	free(line);
	fclose(f);
	if (status == 0 && k->count == 0)
		return verb_fail(k->v, "%s is empty: nobody would be left in the class", k->r->file);
	return status != 0 ? status : list_sort(k);
}

/* ---- disks ------------------------------------------------------------------------------------------------------------------- */

/* Where the template lies, once. */
static int template_find(struct class *k)
{
	char userid[9] = "";
	unsigned vdev = 0;
	const struct user *u;
	const struct device *d;

	if (k->r->template == NULL)
		return 0;
	if (sscanf(k->r->template, "%8[^:]:%x", userid, &vdev) != 2)
		return verb_fail(k->v, "%s is no template: expected USERID:VDEV", k->r->template);
	for (char *c = userid; *c != '\0'; c++)
		*c = (char)toupper((unsigned char)*c);
	u = change_old(&k->v->c, false, userid);
	d = u != NULL ? user_find_device(u, (uint16_t)vdev) : NULL;
	if (d == NULL || d->kind != DEVICE_MDISK || d->sectors == 0 || !disk_ours(k->v, d->volser))
		return verb_fail(k->v, "there is no template disk %s on the volume at hand", k->r->template);
	if (d->sectors != k->r->disk_blocks)
		return verb_fail(
			k->v,
			"the template has %u blocks, but the new disks have %llu: expected the same size",
			d->sectors, (unsigned long long)k->r->disk_blocks);
	k->template = d->start;
	k->template_blocks = d->sectors;
	strcpy(k->template_volser, d->volser);
	return 0;
}

static int disk_give(struct class *k, const struct pupil *p, struct statements *s)
{
	struct direct_disk disk = {.userid = p->userid,
				   .vdev = (uint16_t)k->r->disk_vdev,
				   .blocks = (uint32_t)k->r->disk_blocks};
	char line[100];

	if (k->r->disk_vdev == 0 || statements_device(s, k->r->disk_vdev) >= 0)
		return 0;
	if (!k->space_known &&
	    !space_load(&k->space, &k->v->c.d, k->r->group, k->v->c.old.volser, &k->v->space))
		return 1;
	k->space_known = true;
	if (!space_take(&k->space, disk.blocks, &disk.start, &disk.volser))
		return verb_fail(k->v, "there is no room for the disk of %s", p->userid);
	snprintf(line, sizeof(line), "MDISK %03X 9336 %u %u %s MR", disk.vdev, disk.start, disk.blocks,
		 disk.volser);
	statements_put(s, line);
	k->disks++;
	if (k->template_blocks > 0 && disk_ours(k->v, disk.volser))
		return disk_copy(k->v, k->template_volser, k->template, disk.start, k->template_blocks);
	return disk_make(k->v, &disk);
}

/* ---- pupils ------------------------------------------------------------------------------------------------------------------- */

static const char *password_of(struct class *k, struct pupil *p)
{
	if (p->password != NULL)
		return p->password;
	if (!pronounce(p->made))
		return NULL;
	k->made++;
	return p->made;
}

static int put(struct class *k, const struct statements *s)
{
	char *text = statements_text(s);
	int status = change_put(&k->v->c, text) ? 0 : 1;

	free(text);
	return status;
}

static int pupil_new(struct class *k, struct pupil *p)
{
	const char *password = password_of(k, p);
	struct statements s = {0};
	char line[200];
	int status;

	if (password == NULL)
		return verb_fail(k->v, "the system gives no random numbers");
	snprintf(line, sizeof(line), "USER %s %s", p->userid, password);
	statements_put(&s, line);
	explicit_bzero(line, sizeof(line));
	snprintf(line, sizeof(line), "INCLUDE %s", k->r->profile);
	statements_put(&s, line);
	status = disk_give(k, p, &s);
	if (status == 0)
		status = put(k, &s);
	statements_free(&s);
	k->added++;
	return status;
}

/* Who was suspended gets the old password again; everybody gets a disk who has none. */
static int pupil_old(struct class *k, struct pupil *p, struct user *u)
{
	int64_t secret = database_number(
		&k->v->c.d, -1,
		"SELECT coalesce(secret_id, 0) FROM member WHERE roster = ? AND userid = ? AND suspended",
		"tt", k->name, p->userid);
	unsigned disks = k->disks;
	struct statements s;
	char word[32];
	int status;

	statements_of(&s, u);
	if (secret > 0) {
		snprintf(word, sizeof(word), "SECRET:%lld", (long long)secret);
		statements_set_word(&s, 0, 2, word);
		k->returned++;
	}
	status = disk_give(k, p, &s);
	if (status == 0 && (secret > 0 || k->disks > disks))
		status = put(k, &s);
	statements_free(&s);
	return status;
}

static int pupil_take(struct class *k, struct pupil *p)
{
	struct user *u = change_old(&k->v->c, false, p->userid);
	char text[80];
	int status;

	if (u != NULL && (u->include == NULL || strcasecmp(u->include->userid, k->r->profile) != 0)) {
		snprintf(text, sizeof(text), "%s is in the directory, but does not include %%s", p->userid);
		return list_fail(k, p->line, text, k->r->profile);
	}
	status = u != NULL ? pupil_old(k, p, u) : pupil_new(k, p);
	return status == 0 && row_member(&k->v->c, k->name, p->userid, 0, false) ? 0 : 1;
}

/* ---- who is not in the list any more ------------------------------------------------------------------------------------------ */

static int suspend(struct class *k, struct user *u)
{
	struct statements s;
	int status;

	if (u->password.kind != SECRET_HASH)
		return 0; /* suspended already, or never had a password */
	statements_of(&s, u);
	statements_set_word(&s, 0, 2, "NOLOG");
	status = put(k, &s);
	statements_free(&s);
	k->suspended++;
	return status == 0 && row_member(&k->v->c, k->name, u->userid, u->password.row, true) ? 0 : 1;
}

static int purge(struct class *k, struct user *u)
{
	k->purged++;
	return change_remove(&k->v->c, false, u->userid) && row_member_remove(&k->v->c, u->userid) ? 0 : 1;
}

static bool in_list(const struct class *k, const char *userid)
{
	size_t low = 0, high = k->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(k->sorted[middle]->userid, userid) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return low < k->count && strcmp(k->sorted[low]->userid, userid) == 0;
}

static int leavers(struct class *k)
{
	sqlite3_stmt *s = database_ask(
		&k->v->c.d, "SELECT userid FROM member WHERE roster = ? ORDER BY userid", "t", k->name);
	struct list_of_items gone = {0};
	struct arena a = {0};
	int status = 0;

	while (s != NULL && sqlite3_step(s) == SQLITE_ROW)
		if (!in_list(k, (const char *)sqlite3_column_text(s, 0)))
			items_add(&a, &gone, (const char *)sqlite3_column_text(s, 0), NULL);
	sqlite3_finalize(s);
	for (const struct item *i = gone.first; i != NULL && status == 0; i = i->next) {
		struct user *u = change_old(&k->v->c, false, i->text);

		if (u != NULL)
			status = k->r->purge ? purge(k, u) : suspend(k, u);
	}
	arena_free(&a);
	return status;
}

/* ---- the passwords that were made ----------------------------------------------------------------------------------------------- */

/* They are in the file before anything is committed: nobody is left with a password that nobody knows. */
static int passwords_write(struct class *k)
{
	int fd = k->made > 0
			 ? open(k->r->passwords, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0600)
			 : -1;
	struct stat st;
	FILE *f;

	if (k->made == 0 || k->v->d->dry)
		return fd >= 0 ? close(fd) : 0;
	if (fd < 0 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode) || (st.st_mode & 077) != 0 ||
	    st.st_uid != geteuid()) {
		verb_fail(k->v, "%s: %s", k->r->passwords,
			  fd < 0 ? strerror(errno) : "expected a file of mode 0600 of one's own");
		if (fd >= 0)
			close(fd);
		return 1;
	}
	f = fdopen(fd, "a");
	for (size_t i = 0; f != NULL && i < k->count; i++)
		if (k->pupils[i].made[0] != '\0')
			fprintf(f, "%-8s %s\n", k->pupils[i].userid, k->pupils[i].made);
	if (f != NULL && fflush(f) == 0 && fsync(fd) == 0 && fclose(f) == 0)
		return 0;
	return verb_fail(k->v, "%s: %s", k->r->passwords, strerror(errno));
}

/* ---- all of it --------------------------------------------------------------------------------------------------------------------- */

static void class_name(struct class *k)
{
	const char *base = strrchr(k->r->file, '/') != NULL ? strrchr(k->r->file, '/') + 1 : k->r->file;

	snprintf(k->name, sizeof(k->name), "%.*s", (int)strcspn(base, "."), base);
}

static int class_make(struct class *k)
{
	int status = list_read(k);

	if (status == 0 && change_old(&k->v->c, true, k->r->profile) == NULL)
		status = verb_fail(k->v, "there is no PROFILE %s", k->r->profile);
	if (status == 0)
		status = template_find(k);
	for (size_t i = 0; i < k->count && status == 0; i++)
		status = pupil_take(k, &k->pupils[i]);
	if (status == 0)
		status = leavers(k);
	if (status == 0)
		status = passwords_write(k);
	return status;
}

static void class_end(struct class *k)
{
	for (size_t i = 0; i < k->count; i++) {
		if (k->pupils[i].password != NULL)
			explicit_bzero(k->pupils[i].password, strlen(k->pupils[i].password));
		explicit_bzero(k->pupils[i].made, sizeof(k->pupils[i].made));
	}
	free(k->pupils);
	free(k->sorted);
	arena_free(&k->arena);
	space_free(&k->space);
}

static void class_json(const struct class *k, FILE *to)
{
	fputs("{\"roster\": ", to);
	message_json(to, k->name, strlen(k->name));
	fprintf(to,
		", \"members\": %zu, \"added\": %u, \"returned\": %u, \"suspended\": %u, \"purged\": %u, \"disks\": "
		"%u, \"passwords\": ",
		k->count, k->added, k->returned, k->suspended, k->purged, k->disks);
	if (k->made > 0)
		message_json(to, k->r->passwords, strlen(k->r->passwords));
	fputs(k->made > 0 ? "}\n" : "null}\n", to);
}

int direct_roster(const struct direct *d, const struct direct_roster *r)
{
	struct verb v;
	struct name profile = name_of(r->profile);
	struct direct_roster upper = *r;
	struct class k = {.v = &v, .r = &upper};
	int status = verb_begin(&v, d, DATABASE_WRITE);

	upper.profile = profile.text;
	class_name(&k);
	if (status == 0)
		status = class_make(&k);
	if (status == 0)
		status = verb_commit(&v, "roster %s: %u added, %u returned, %u suspended, %u purged", k.name,
				     k.added, k.returned, k.suspended, k.purged);
	if (status == 0 && d->json)
		class_json(&k, verb_to(d));
	else if (status == 0)
		fprintf(verb_to(d),
			"%s: %zu in the class: %u added, %u returned, %u suspended, %u purged, %u new "
			"disks\n",
			k.name, k.count, k.added, k.returned, k.suspended, k.purged, k.disks);
	if (status == 0 && k.made > 0 && !d->dry && !d->json)
		fprintf(verb_to(d), "%s: %u new passwords are in %s\n", k.name, k.made, r->passwords);
	class_end(&k);
	verb_end(&v);
	return status;
}
