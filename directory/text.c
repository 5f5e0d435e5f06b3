/*
 * text.c - an entry as statements again.
 *
 * Owns: the canonical form: which statement says what, and in which order. Before it: model.h. After it: export, history, differences and
 * every change of an entry, which is an edit of this text read back by parse.c.
 * Simplification: comments and the order of general statements of the source are not kept.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "database_private.h"
#include "secret.h"
#include "source.h"
#include "text.h"

/* ---- bytes --------------------------------------------------------------------------------------------------- */

void text_free(struct text *t)
{
	free(t->bytes);
	*t = (struct text){0};
}

void text_put(struct text *t, const char *bytes, size_t length)
{
	if (t->room - t->length <= length) {
		t->room = t->room * 2 + length + 256;
		t->bytes = storage_grow(t->bytes, t->room);
	}
	memcpy(t->bytes + t->length, bytes, length);
	t->length += length;
	t->bytes[t->length] = '\0';
}

void text_say(struct text *t, const char *format, ...)
{
	char line[512];
	va_list ap;
	int n;

	va_start(ap, format);
	n = vsnprintf(line, sizeof(line), format, ap);
	va_end(ap);
	text_put(t, line, (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1);
}

const char *text_size(uint64_t bytes, char buf[24])
{
	static const char units[] = "KMGT";
	unsigned u = 0;

	bytes >>= 10;
	while (u < 3 && bytes % 1024 == 0 && bytes > 0) {
		bytes >>= 10;
		u++;
	}
	snprintf(buf, 24, "%llu%c", (unsigned long long)bytes, units[u]);
	return buf;
}

const char *text_mode(uint8_t link_mode)
{
	const char *word = word_for(mode_words, link_mode);

	return word != NULL ? word : "";
}

/* ---- a statement, laid out ------------------------------------------------------------------------------------- */

/* Where the line at `from` may end so that ` ,` still fits: behind a blank, and not before a word that would look like a comment. */
static size_t line_break(const char *text, size_t from, size_t length)
{
	size_t best = 0;

	for (size_t i = from + 1; i < length && i - from <= SOURCE_COLUMNS - 2; i++)
		if (text[i - 1] == ' ' && text[i] != ' ' && text[i] != '*')
			best = i;
	return best;
}

void text_statement(struct text *t, const char *indent, const char *text)
{
	char line[2 * OBJECT_COMMAND_MAX + 2000];
	size_t length = (size_t)snprintf(line, sizeof(line), "%s%s", indent, text), from = 0;

	if (length >= sizeof(line))
		length = sizeof(line) - 1;
	while (length - from > SOURCE_COLUMNS) {
		size_t end = line_break(line, from, length);

		if (end == 0)
			break; /* a word that fits on no line: it cannot have come from a source */
		text_put(t, line + from, end - from);
		text_put(t, ",\n", 2);
		from = end;
	}
	text_put(t, line + from, length - from);
	text_put(t, "\n", 1);
}

#define STATEMENT_MAX 2000

/* A statement of an entry: indented by one blank. */
static void say(struct text *t, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct text *t, const char *format, ...)
{
	char statement[STATEMENT_MAX];
	va_list ap;

	va_start(ap, format);
	vsnprintf(statement, sizeof(statement), format, ap);
	va_end(ap);
	text_statement(t, " ", statement);
}

static const char *secret_text(const struct secret *s, enum text_secrets how, char *buf)
{
	if (how == TEXT_HIDDEN && s->kind == SECRET_HASH)
		return strcpy(buf, "********");
	if (how == TEXT_ROWS && s->kind == SECRET_HASH)
		sprintf(buf, "SECRET:%lld", (long long)s->row);
	else
		secret_print(s, buf);
	return buf;
}

/* ---- general statements ---------------------------------------------------------------------------------------- */

/* Priority and editing symbols have a place on the USER statement only, and what stands before them must stand there, too. */
static bool user_is_long(const struct user *u)
{
	return u->given & (GIVEN_PRIORITY | GIVEN_EDIT);
}

static void put_user(struct text *t, const struct user *u, enum text_secrets how)
{
	char secret[SECRET_TEXT_MAX], storage[24], maximum[24], classes[33], line[STATEMENT_MAX];
	size_t n = (size_t)snprintf(line, sizeof(line), "USER %s %s", u->userid,
				    secret_text(&u->password, how, secret));

	if (user_is_long(u)) {
		n += (size_t)snprintf(line + n, sizeof(line) - n, " %s %s %s %u",
				      text_size(u->storage, storage), text_size(u->maximum, maximum),
				      classes_text(u->classes, classes), u->priority);
		for (unsigned i = 0; u->given & GIVEN_EDIT && i < 4; i++)
			n += (size_t)(u->edit[i] != 0
					      ? snprintf(line + n, sizeof(line) - n, " %c", u->edit[i])
					      : snprintf(line + n, sizeof(line) - n, " OFF"));
	}
	text_statement(t, "", line);
	if (u->include != NULL)
		say(t, "INCLUDE %s", u->include->userid);
}

static void put_sizes(struct text *t, const struct user *u)
{
	char size[24], classes[33];

	if (user_is_long(u))
		return;
	if (u->given & GIVEN_STORAGE)
		say(t, "STORAGE %s", text_size(u->storage, size));
	if (u->given & GIVEN_MAXIMUM)
		say(t, "MAXSTORAGE %s", text_size(u->maximum, size));
	if (u->given & GIVEN_CLASSES)
		say(t, "CLASS %s", classes_text(u->classes, classes));
}

static void put_options(struct text *t, const struct user *u)
{
	for (const struct word_of *o = option_words; o->word != NULL; o++) {
		if (!(u->options & o->code))
			continue;
		if (o->code == OBJECT_OPTION_CPUID)
			say(t, "OPTION CPUID %06X", u->cpuid);
		else if (o->code == OBJECT_OPTION_MAXCONN)
			say(t, "OPTION MAXCONN %u", u->maxconn);
		else
			say(t, "OPTION %s", o->word);
	}
}

static void put_ipl(struct text *t, const struct user *u)
{
	char what[16];

	if (!(u->given & GIVEN_IPL))
		return;
	snprintf(what, sizeof(what), "%03X", u->ipl_vdev);
	say(t, "IPL %s%s%s%s%s", u->ipl_name[0] != '\0' ? u->ipl_name : what,
	    u->loadparm[0] != '\0' ? " LOADPARM " : "", u->loadparm, u->parm != NULL ? " PARM " : "",
	    u->parm != NULL ? u->parm : "");
}

static const char *share_text(uint8_t kind, uint32_t value, char buf[32])
{
	if (kind == OBJECT_SHARE_ABSOLUTE)
		snprintf(buf, 32, "ABSOLUTE %u.%u%%", value / 10, value % 10);
	else
		snprintf(buf, 32, "RELATIVE %u", value);
	return buf;
}

static void put_share(struct text *t, const struct user *u)
{
	const struct share *h = &u->share;
	bool most = h->limit_kind != 0;
	char value[32], limit[32];

	if (!(u->given & GIVEN_SHARE))
		return;
	say(t, "SHARE %s%s%s%s%s", share_text(h->kind, h->value, value), most ? " " : "",
	    most ? share_text(h->limit_kind, h->limit_value, limit) : "",
	    most || h->limit != OBJECT_SHARE_NOLIMIT ? " " : "",
	    most || h->limit != OBJECT_SHARE_NOLIMIT ? word_for(limit_words, h->limit) : "");
}

#define USERIDS_A_LINE 8

static void put_userids(struct text *t, const char *name, const struct list_of_items *l)
{
	char line[STATEMENT_MAX];
	size_t n = 0;
	unsigned count = 0;

	for (const struct item *i = l->first; i != NULL; i = i->next) {
		if (count % USERIDS_A_LINE == 0)
			n = (size_t)snprintf(line, sizeof(line), "%s", name);
		n += (size_t)snprintf(line + n, sizeof(line) - n, " %s", i->text);
		if (++count % USERIDS_A_LINE == 0 || i->next == NULL)
			say(t, "%s", line);
	}
}

static void put_general(struct text *t, const struct user *u)
{
	if (u->given & GIVEN_ACCOUNT)
		say(t, "ACCOUNT %s%s%s", u->account, u->distribution[0] != '\0' ? " " : "", u->distribution);
	if (u->given & GIVEN_MACHINE)
		say(t, "MACHINE %s %u", word_for(machine_words, u->mode), u->cpus);
	put_sizes(t, u);
	put_options(t, u);
	put_ipl(t, u);
	put_share(t, u);
	put_userids(t, "LOGONBY", &u->logonby);
	put_userids(t, "AUTOLOG", &u->autolog);
	for (const struct item *i = u->commands.first; i != NULL; i = i->next)
		say(t, "COMMAND %s", i->text);
	for (const struct item *i = u->kept.first; i != NULL; i = i->next)
		say(t, "%s %s", i->statement, i->text);
}

/* ---- devices --------------------------------------------------------------------------------------------------- */

static void put_mdisk(struct text *t, const struct device *d, enum text_secrets how)
{
	char line[STATEMENT_MAX], blocks[16] = "END", secret[SECRET_TEXT_MAX];
	size_t n;

	if (d->sectors != 0)
		snprintf(blocks, sizeof(blocks), "%u", d->sectors);
	n = (size_t)snprintf(line, sizeof(line), "MDISK %03X %04X %u %s %s %s", d->vdev, d->devtype, d->start,
			     blocks, d->volser, text_mode(d->mode));
	for (unsigned i = 0; i < ACCESSES && d->secret[i] != NULL; i++)
		n += (size_t)snprintf(line + n, sizeof(line) - n, " %s",
				      secret_text(d->secret[i], how, secret));
	say(t, "%s", line);
}

static void put_device(struct text *t, const struct device *d, enum text_secrets how)
{
	switch (d->kind) {
	case DEVICE_CONSOLE:
		say(t, "CONSOLE %03X %04X %c%s%s%s", d->vdev, d->devtype, d->class,
		    d->userid[0] != '\0' ? " " : "", d->userid, d->observer ? " OBSERVER" : "");
		break;
	case DEVICE_SPOOL:
		say(t, "SPOOL %03X %04X %s %c", d->vdev, d->devtype, word_for(unit_words, d->unit), d->class);
		break;
	case DEVICE_MDISK:
		put_mdisk(t, d, how);
		break;
	case DEVICE_LINK:
		say(t, "LINK %s %03X %03X %s", d->userid, d->owner_vdev, d->vdev, text_mode(d->mode));
		break;
	case DEVICE_VDISK:
	case DEVICE_TDISK:
		say(t, "MDISK %03X %04X %c-DISK %u %s", d->vdev, d->devtype,
		    d->kind == DEVICE_VDISK ? 'V' : 'T', d->sectors, text_mode(d->mode));
		break;
	default:
		say(t, "%s %03X%s%s", word_for(device_words, d->kind), d->vdev, d->text[0] != '\0' ? " " : "",
		    d->text);
		break;
	}
}

/* ---- entries --------------------------------------------------------------------------------------------------- */

void text_entry(struct text *t, const struct user *u, enum text_secrets how)
{
	if (u->profile)
		text_say(t, "PROFILE %s\n", u->userid);
	else
		put_user(t, u, how);
	put_general(t, u);
	for (const struct device *d = u->devices; d != NULL; d = d->next)
		put_device(t, d, how);
}

static int name_compare(const void *a, const void *b)
{
	return strcmp((*(struct user *const *)a)->userid, (*(struct user *const *)b)->userid);
}

static void text_table(struct text *t, const struct table *table, enum text_secrets how)
{
	struct user **sorted = storage_grow(NULL, table->count * sizeof(struct user *));

	if (table->count > 0) {
		memcpy(sorted, table->entries, table->count * sizeof(struct user *));
		qsort(sorted, table->count, sizeof(struct user *), name_compare);
	}
	for (uint32_t i = 0; i < table->count; i++) {
		text_say(t, "\n");
		text_entry(t, sorted[i], how);
	}
	free(sorted);
}

void text_directory(struct text *t, const struct model *m, enum text_secrets how)
{
	text_say(t, "DIRECTORY %03X %04X %s\n", m->vdev, m->devtype, m->volser);
	text_table(t, &m->profiles, how);
	text_table(t, &m->users, how);
}
