/*
 * statements.c - an entry's text as a list of statements that can be edited.
 *
 * Owns: which statement takes the place of which. Before it: text.c. After it: edit.c, disk.c, pull.c, which edit, and change.c, which
 * reads what comes out as if somebody had written it.
 * Simplification: a statement is found by its first words; what it means is parse.c's business.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "grammar.h"
#include "statements.h"

/* ---- lists -------------------------------------------------------------------------------------------------------- */

static void insert(struct statements *s, unsigned at, const char *text, size_t length)
{
	s->list = storage_grow(s->list, (s->count + 1) * sizeof(char *));
	memmove(s->list + at + 1, s->list + at, (s->count - at) * sizeof(char *));
	s->list[at] = strndup(text, length);
	s->count++;
}

static void erase(struct statements *s, unsigned at)
{
	free(s->list[at]);
	s->count--;
	memmove(s->list + at, s->list + at + 1, (s->count - at) * sizeof(char *));
}

void statements_free(struct statements *s)
{
	while (s->count > 0)
		erase(s, s->count - 1);
	free(s->list);
	s->list = NULL;
}

void statements_of(struct statements *s, const struct user *u)
{
	struct text t = {0};
	char *from, *to;

	*s = (struct statements){0};
	text_entry(&t, u, TEXT_ROWS);
	for (from = to = t.bytes; *from != '\0'; from++) { /* continued lines become one */
		if (strncmp(from, " ,\n", 3) == 0) {
			*to++ = ' ';
			from += 2;
		} else {
			*to++ = *from;
		}
	}
	*to = '\0';
	for (char *line = t.bytes; *line != '\0';) {
		size_t n = strcspn(line, "\n"), indent = strspn(line, " ");

		insert(s, s->count, line + indent, n - indent);
		line += n + (line[n] == '\n');
	}
	text_free(&t);
}

char *statements_text(const struct statements *s)
{
	struct text t = {0};

	for (unsigned i = 0; i < s->count; i++)
		text_statement(&t, i > 0 ? " " : "", s->list[i]);
	return t.bytes;
}

/* ---- words of a statement ------------------------------------------------------------------------------------------- */

/* Where the n-th word begins, and its length; 0 if there is none. */
static const char *word_at(const char *statement, unsigned n, size_t *length)
{
	statement += strspn(statement, " \t");
	while (n-- > 0) {
		statement += strcspn(statement, " \t");
		statement += strspn(statement, " \t");
	}
	*length = strcspn(statement, " \t");
	return statement;
}

static const struct statement *row_of(const char *statement)
{
	char name[24];
	size_t n;
	const char *w = word_at(statement, 0, &n);

	if (n >= sizeof(name))
		return NULL;
	for (size_t i = 0; i < n; i++)
		name[i] = (char)toupper((unsigned char)w[i]);
	name[n] = '\0';
	return grammar_find(name);
}

static bool is_device(const struct statement *r)
{
	return r != NULL && r->where & IN_USER && !(r->where & GENERAL) && strcmp(r->name, "INCLUDE") != 0;
}

/* The address that a device statement defines, or -1. LINK's own is its third operand, if it has one. */
static long vdev_of(const char *statement)
{
	const struct statement *r = row_of(statement);
	unsigned word = 1;
	size_t n;
	const char *w;
	char *end;
	long vdev;

	if (!is_device(r))
		return -1;
	if (strcmp(r->name, "LINK") == 0) {
		word_at(statement, 3, &n);
		word = n > 0 ? 3 : 2;
	}
	w = word_at(statement, word, &n);
	vdev = strtol(w, &end, 16);
	return n > 0 && end == w + n && vdev >= 0 && vdev <= 0xffff ? vdev : -1;
}

int statements_device(const struct statements *s, unsigned vdev)
{
	for (unsigned i = 1; i < s->count; i++)
		if (vdev_of(s->list[i]) == (long)vdev)
			return (int)i;
	return -1;
}

void statements_set_word(struct statements *s, unsigned n, unsigned word, const char *text)
{
	size_t length;
	const char *old = s->list[n], *w = word_at(old, word, &length);
	struct text t = {0};

	text_put(&t, old, (size_t)(w - old));
	if (length == 0 && w > old && w[-1] != ' ')
		text_put(&t, " ", 1);
	text_put(&t, text, strlen(text));
	text_put(&t, w + length, strlen(w + length));
	free(s->list[n]);
	s->list[n] = t.bytes;
}

/* Which words of a statement name an entry. */
static const struct naming {
	const char *statement;
	unsigned first, last;
} namings[] = {{"INCLUDE", 1, 1}, {"LINK", 1, 1}, {"CONSOLE", 4, 4}, {"LOGONBY", 1, 8}, {"AUTOLOG", 1, 8}};

static bool rename_one(struct statements *s, unsigned n, const struct naming *g, const char *from,
		       const char *to)
{
	bool found = false;
	size_t length;

	for (unsigned word = g->first; word <= g->last; word++) {
		const char *w = word_at(s->list[n], word, &length);

		if (length != strlen(from) || strncmp(w, from, length) != 0)
			continue;
		statements_set_word(s, n, word, to);
		found = true;
	}
	return found;
}

bool statements_rename(struct statements *s, const char *from, const char *to)
{
	bool found = false;

	for (unsigned n = 1; n < s->count; n++) {
		const struct statement *r = row_of(s->list[n]);

		for (unsigned i = 0; r != NULL && i < sizeof(namings) / sizeof(namings[0]); i++)
			if (strcmp(r->name, namings[i].statement) == 0)
				found |= rename_one(s, n, &namings[i], from, to);
	}
	return found;
}

/* ---- edits ----------------------------------------------------------------------------------------------------------- */

/* The statement that this one replaces, or -1. */
static int replaced_by(const struct statements *s, const char *statement, const struct statement *r)
{
	long vdev = vdev_of(statement);

	if (r == NULL)
		return -1;
	if (r->where & OPENS)
		return 0;
	if (vdev >= 0)
		return statements_device(s, (unsigned)vdev);
	for (unsigned i = 1; r->where & ONCE && i < s->count; i++)
		if (row_of(s->list[i]) == r)
			return (int)i;
	return -1;
}

/* Devices go to the end, INCLUDE behind USER, all else in front of the first device. */
static unsigned place_of_new(const struct statements *s, const struct statement *r)
{
	unsigned i = 1;

	if (is_device(r))
		return s->count;
	if (r != NULL && strcmp(r->name, "INCLUDE") == 0)
		return s->count > 0;
	while (i < s->count && !is_device(row_of(s->list[i])))
		i++;
	return i < s->count ? i : s->count;
}

void statements_put(struct statements *s, const char *statement)
{
	const struct statement *r = row_of(statement);
	int old = s->count > 0 ? replaced_by(s, statement, r) : -1;
	unsigned at = old >= 0 ? (unsigned)old : place_of_new(s, r);

	if (old >= 0)
		erase(s, at);
	insert(s, at, statement, strlen(statement));
}

bool statements_buries(const struct statements *s, const char *statement)
{
	const struct statement *r = row_of(statement);
	int old = s->count > 0 ? replaced_by(s, statement, r) : -1;

	return old > 0 && row_of(s->list[old]) != r && strcmp(row_of(s->list[old])->name, "MDISK") == 0;
}

/* Do the words stand at the beginning? Names of statements may be shortened in either. */
static bool begins_with(const char *statement, const char *words)
{
	size_t n, k;

	if (row_of(statement) == NULL || row_of(statement) != row_of(words))
		return false;
	for (unsigned i = 1;; i++) {
		const char *w = word_at(words, i, &n), *t = word_at(statement, i, &k);

		if (n == 0)
			return true;
		if (n != k || strncasecmp(w, t, n) != 0)
			return false;
	}
}

unsigned statements_drop(struct statements *s, const char *words)
{
	unsigned dropped = 0;

	for (unsigned i = s->count; i-- > 1;)
		if (begins_with(s->list[i], words)) {
			erase(s, i);
			dropped++;
		}
	return dropped;
}
