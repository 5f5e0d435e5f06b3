/*
 * syntax.c - the grammar table for people: syntax lines, the reference page, completion.
 *
 * Owns: the typography of a statement (capitals for what must be typed, brackets for what may be left out). Before it: grammar.c.
 * After it: messages, docs/reference/directory.md, `vm40 direct complete`.
 * Simplification: completion looks at one statement, not at the entry around it.
 */
#include <ctype.h>
#include <string.h>
#include "grammar.h"
#include "message.h"

/* ---- syntax as text ------------------------------------------------------------------------------------------ */

struct line {
	char *buf;
	size_t size, at;
};

static void text_add(struct line *t, const char *s)
{
	size_t n = strlen(s), room = t->size - 1 - t->at;

	if (n > room)
		n = room;
	memcpy(t->buf + t->at, s, n);
	t->at += n;
	t->buf[t->at] = '\0';
}

/* The part that must be there in capitals, the rest in small letters: DIRectory. */
static void text_add_keyword(struct line *t, const char *name, unsigned shortest)
{
	for (unsigned i = 0; name[i] != '\0'; i++) {
		bool small = i >= shortest && name[i] >= 'A' && name[i] <= 'Z';

		text_add(t, (char[]){(char)(small ? name[i] - 'A' + 'a' : name[i]), '\0'});
	}
}

static void text_add_choice(struct line *t, const struct operand *o)
{
	bool several = o->keywords[1].name != NULL && !(o->flags & OPTIONAL);

	text_add(t, several ? "{" : "");
	for (const struct keyword *k = o->keywords; k->name != NULL && k->code != KEYWORD_UNSUPPORTED; k++) {
		text_add(t, k == o->keywords ? "" : "|");
		text_add_keyword(t, k->name, k->shortest);
		if (k->argument != NULL) {
			text_add(t, " ");
			text_add(t, k->argument->name);
		}
	}
	text_add(t, several ? "}" : "");
}

const char *grammar_syntax(const struct statement *s, char *buf, size_t size)
{
	struct line t = {buf, size, 0};
	unsigned open = 0;

	buf[0] = '\0';
	text_add_keyword(&t, s->name, s->shortest);
	for (unsigned i = 0; i < s->operand_count; i++) {
		const struct operand *o = &s->operands[i];

		text_add(&t, o->flags & OPTIONAL ? " [" : " ");
		if (o->kind == OPERAND_CHOICE)
			text_add_choice(&t, o);
		else
			text_add(&t, o->name);
		text_add(&t, o->flags & REPEAT ? " ..." : "");
		if (o->flags & SKIP)
			text_add(&t, "]");
		else if (o->flags & OPTIONAL)
			open++;
	}
	while (open-- > 0)
		text_add(&t, "]");
	return buf;
}

void grammar_print(FILE *f)
{
	char syntax[400];

	for (unsigned i = 0; i < grammar_count; i++) {
		const struct statement *s = &grammar[i];

		if (s->apply == NULL)
			continue;
		fprintf(f, "### %s%s%s\n\n    %s\n\n%s%s\n\n", s->name, s->form != NULL ? " " : "",
			s->form != NULL ? s->form->name : "", grammar_syntax(s, syntax, sizeof(syntax)),
			s->help,
			s->where & KEPT
				? " The statement is kept and exported, but CP does not act on it yet."
				: "");
	}
}

/* ---- completion -------------------------------------------------------------------------------------------------- */

struct completing {
	const char *word; /* the last one, in upper case; may be empty */
	void (*each)(void *context, const char *candidate);
	void *context;
};

static void offer(const struct completing *c, const char *candidate)
{
	if (strncmp(candidate, c->word, strlen(c->word)) == 0)
		c->each(c->context, candidate);
}

static void offer_operand(const struct completing *c, const struct operand *o)
{
	char hint[200];

	if (o->kind != OPERAND_CHOICE) {
		snprintf(hint, sizeof(hint), "<%s: %s>", o->name, operand_expected(o));
		if (c->word[0] == '\0')
			c->each(c->context, hint);
		return;
	}
	for (const struct keyword *k = o->keywords; k->name != NULL && k->code != KEYWORD_UNSUPPORTED; k++)
		offer(c, k->name);
}

static const struct keyword *keyword_of(const struct operand *o, const char *word)
{
	for (const struct keyword *k = o->keywords; o->kind == OPERAND_CHOICE && k->name != NULL; k++)
		if (keyword_matches(word, k->name, k->shortest))
			return k;
	return NULL;
}

/* Walk over the words that are there, and offer what may stand at the end. */
static void offer_operands(const struct completing *c, const struct statement *s, char *words[],
			   unsigned count)
{
	unsigned word = 1, i = 0;

	while (i < s->operand_count && word < count) {
		const struct operand *o = &s->operands[i];
		const struct keyword *k = keyword_of(o, words[word]);
		bool belongs = o->kind == OPERAND_CHOICE ? k != NULL : isdigit((unsigned char)words[word][0]);

		if (o->flags & SKIP && !belongs) {
			i++;
			continue;
		}
		word++;
		if (k != NULL && k->argument != NULL && word++ == count) {
			offer_operand(c, k->argument);
			return;
		}
		i += !(o->flags & REPEAT);
	}
	for (bool more = true; more && i < s->operand_count; i++) {
		offer_operand(c, &s->operands[i]);
		more = s->operands[i].flags & SKIP;
	}
}

#define WORDS_MAX 64

void grammar_complete(const char *text, void (*each)(void *context, const char *candidate), void *context)
{
	char copy[512], *words[WORDS_MAX], *rest = copy;
	struct completing c = {.word = "", .each = each, .context = context};
	const struct statement *s;
	unsigned count = 0;
	size_t n = strlen(text);

	for (size_t i = 0; i <= n && i < sizeof(copy); i++)
		copy[i] = (char)toupper((unsigned char)text[i]);
	copy[sizeof(copy) - 1] = '\0';
	for (char *w; count < WORDS_MAX && (w = strtok_r(rest, " \t", &rest)) != NULL;)
		words[count++] = w;
	if (count > 0 && n > 0 && text[n - 1] != ' ')
		c.word = words[--count];
	if (count == 0) {
		for (unsigned i = 0; i < grammar_count; i++)
			if (grammar[i].apply != NULL && grammar[i].form == NULL)
				offer(&c, grammar[i].name);
		return;
	}
	s = grammar_find(words[0]);
	if (s != NULL && s->apply != NULL)
		offer_operands(&c, s, words, count);
}
