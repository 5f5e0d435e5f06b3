/*
 * parse.c - a directory file becomes a model.
 *
 * Owns: which statement may stand where. Before it: source.c, grammar.c. After it: statement.c for the meaning of each, check.c
 * for what concerns several.
 * The parser recovers: a wrong statement is reported and left out, a wrong USER still opens an entry (that is thrown away), and
 * each wrong operand of a statement is reported, so that one run finds all errors of a file.
 * Heritage: DMKDIR, the directory program of VM/370.
 * Simplification: statements are independent lines; there are no nested structures to lose one's place in.
 */
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "parse.h"

/* "IPL is not allowed here", in the words of the place. */
static bool place_allowed(struct parser *p, const struct statement *s, const struct word *w)
{
	unsigned here = p->entry == NULL ? IN_FRONT : p->entry->profile ? IN_PROFILE : IN_USER;

	if (s->where & (OPENS | here))
		return true;
	if (here == IN_FRONT)
		message_error(p->m, &w->place, "%s belongs to an entry: expected USER or PROFILE before it",
			      s->name);
	else if (s->where & IN_FRONT)
		message_error(p->m, &w->place, "%s must stand in front of all entries", s->name);
	else
		message_error(p->m, &w->place, "%s is not allowed in a %s", s->name,
			      here == IN_USER ? "USER" : "PROFILE");
	return false;
}

static uint64_t statement_bit(const struct statement *s)
{
	return UINT64_C(1) << (s - grammar);
}

/* General statements precede device statements; some stand once. */
static bool order_allowed(struct parser *p, const struct statement *s, const struct word *w)
{
	if (s->where & GENERAL && p->devices &&
	    !message_unsupported(p->m, &w->place, "%s must stand before the device statements of its entry",
				 s->name))
		return false;
	if (s->where & ONCE && p->seen & statement_bit(s)) {
		message_error(p->m, &w->place, "%s stands twice in the entry of %s", s->name,
			      p->entry->userid);
		return false;
	}
	if (s->where & IN_USER && !(s->where & GENERAL) && s->apply != statement_include)
		p->devices = true;
	return true;
}

/* From here on, statements belong to an entry that is not there: its first statement was wrong. */
static void entry_nowhere(struct parser *p, bool profile)
{
	p->nowhere = (struct user){.profile = profile};
	strcpy(p->nowhere.userid, "?");
	p->entry = &p->nowhere;
}

/* The entries of statements that VM/40 does not have: theirs are left out with them. */
static bool opens_unsupported(const struct statement *s)
{
	return strcmp(s->name, "IDENTITY") == 0 || strcmp(s->name, "SUBCONFIG") == 0;
}

/* In a statement that nobody understands there may be a password: where one stands in what was probably meant. */
static void passwords_hide(struct parser *p, const char *meant)
{
	unsigned first = strcmp(meant, "MDISK") == 0  ? 7
			 : strcmp(meant, "USER") == 0 ? 2
						      : STATEMENT_WORDS_MAX;

	for (unsigned i = first; i < p->text.count; i++)
		message_hide(p->m, &p->text.words[i].place, p->text.words[i].length);
}

static const struct statement *statement_find(struct parser *p, const struct word *w)
{
	const struct statement *s = grammar_find_form(&p->text);
	struct guess guess = {.word = w->text};
	char near[64];

	if (s != NULL && s->apply != NULL)
		return s;
	if (s != NULL) {
		passwords_hide(p, s->name[0] == 'I' || s->name[0] == 'A' ? "USER" : "");
		message_unsupported(p->m, &w->place, "%s is a statement of z/VM that VM/40 does not have",
				    s->name);
		if (opens_unsupported(s)) {
			entry_nowhere(p, false);
			p->devices = false;
			p->seen = 0;
			p->statements = 1;
		}
		return NULL;
	}
	for (unsigned i = 0; i < grammar_count; i++)
		if (grammar[i].apply != NULL && grammar[i].form == NULL)
			guess_offer(&guess, grammar[i].name);
	passwords_hide(p, guess.best != NULL ? guess.best : "USER");
	message_error(p->m, &w->place, "%s is not a statement: expected USER, MDISK, LINK ...%s", w->text,
		      guess_text(&guess, near, sizeof(near)));
	return NULL;
}

static void statement_take(struct parser *p)
{
	const struct word *w = &p->text.words[0];
	const struct statement *s = statement_find(p, w);

	if (!p->model->has_directory && !p->front_complained &&
	    (s == NULL || s->apply != statement_directory)) {
		message_error(p->m, &w->place, "expected DIRECTORY as the first statement");
		p->front_complained = true;
	}
	if (s == NULL || !place_allowed(p, s, w))
		return;
	if (s->where & OPENS) {
		p->seen = 0;
		p->devices = false;
		p->statements = 0;
		entry_nowhere(p, s->apply == statement_profile);
	}
	p->statements++;
	if (!order_allowed(p, s, w))
		return;
	if (operands_parse(s, &p->text, &p->values, p->m)) {
		p->seen |= statement_bit(s);
		s->apply(p, s, &p->values);
	} else if (s->apply == statement_directory) {
		p->front_complained = true; /* of something else */
	}
}

static struct parser *parser_make(struct model *model, struct messages *m)
{
	struct parser *p = storage_grow(NULL, sizeof(*p));

	memset(p, 0,
	       offsetof(struct parser,
			text)); /* what comes then is filled in for each statement, and large */
	p->model = model;
	p->m = m;
	return p;
}

void parse_source(struct model *model, const struct source *source, struct messages *m)
{
	struct parser *p = parser_make(model, m);
	struct source_position position = {0};

	while (source_statement(source, &position, &p->text, m))
		statement_take(p);
	if (!model->has_directory && !p->front_complained)
		message_error(m, NULL, "the file has no statements: expected DIRECTORY as the first");
	free(p);
}

struct user *parse_entry(struct model *model, const struct source *source, struct messages *m, bool rows)
{
	struct parser *p = parser_make(model, m);
	struct source_position position = {0};
	struct user *entry;

	p->rows = rows;
	p->front_complained = true; /* there is no DIRECTORY statement */
	while (source_statement(source, &position, &p->text, m))
		statement_take(p);
	entry = p->entry == &p->nowhere ? NULL : p->entry;
	free(p);
	return entry;
}
