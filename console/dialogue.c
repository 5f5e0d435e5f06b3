/*
 * dialogue.c - a dialogue file as a list of steps.
 *
 * One format for the tests, the book's transcripts and the labs, described in docs/tutorial/00-first-session.md and in
 * the manual page. Regular expressions are POSIX extended ones, without regard to case after a leading (?i); they are
 * compiled here, so that a mistake shows before any machine starts.
 *
 * Read before: console.c. Read after: play.c.
 * Known simplification: no variables and no branches: a dialogue is one straight line.
 */
#include "dialogue.h"

#include "vm40.h"

#include <stdlib.h>
#include <string.h>

#define LIMIT_MAX 86400u

struct reader {
	struct dialogue *d;
	const char *file;
	FILE *errors;
	unsigned source;
	int rc;
};

static void complain(struct reader *r, const char *text)
{
	fprintf(r->errors, "%s:%u: %s\n", r->file, r->source, text);
	r->rc = -1;
}

static struct step *add(struct reader *r, enum step_kind kind, const char *text)
{
	struct dialogue *d = r->d;
	struct step *s;

	d->steps = must_resize(d->steps, (d->count + 1) * sizeof(*d->steps));
	s = &d->steps[d->count++];
	*s = (struct step){.kind = kind, .source = r->source, .text = must_copy(text)};
	return s;
}

static void read_expect(struct reader *r, const char *text)
{
	struct step *s;
	char why[200];
	int flags = REG_EXTENDED | REG_NOSUB, error;

	if (!*text) {
		complain(r, "expected a regular expression after <");
		return;
	}
	s = add(r, STEP_EXPECT, text);
	if (strncmp(text, "(?i)", 4) == 0) {
		flags |= REG_ICASE;
		text += 4;
	}
	error = regcomp(&s->regex, text, flags);
	if (error) {
		regerror(error, &s->regex, why, sizeof(why));
		complain(r, why);
		r->d->count--;
		free(s->text);
	}
}

static void read_line(struct reader *r, const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);
	const char *rest = end + strspn(end, " ");

	if (end == text || *text == '-' || number >= LINES || (*rest && strcmp(rest, "off")))
		complain(r, "expected a terminal line from 0 to 16, or that and `off`, after @");
	else
		add(r, *rest ? STEP_HANGUP : STEP_LINE, text)->number = (unsigned)number;
}

static void read_limit(struct reader *r, const char *text)
{
	char *end;
	unsigned long number = strtoul(text, &end, 10);

	if (end == text || *end || *text == '-' || number == 0 || number > LIMIT_MAX)
		complain(r, "expected a number of seconds after limit");
	else
		add(r, STEP_LIMIT, text)->number = (unsigned)number;
}

/* What follows the mark, less one blank. */
static const char *operand(const char *text)
{
	return *text == ' ' ? text + 1 : text;
}

static void read_step(struct reader *r, const char *text)
{
	switch (*text) {
	case '\0':
	case '#':
		break;
	case '>':
		add(r, STEP_TYPE, operand(text + 1));
		break;
	case '<':
		read_expect(r, operand(text + 1));
		break;
	case '@':
		read_line(r, text + 1 + strspn(text + 1, " "));
		break;
	case '!':
		add(r, STEP_VERB, operand(text + 1));
		break;
	default:
		if (strncmp(text, "limit ", 6) == 0)
			read_limit(r, text + 6);
		else
			complain(r, "expected >, <, @, !, # or limit");
	}
}

int dialogue_read(struct dialogue *d, FILE *in, const char *file, FILE *errors)
{
	struct reader r = {.d = d, .file = file, .errors = errors};
	char *line = NULL;
	size_t room = 0;
	ssize_t length;

	*d = (struct dialogue){0};
	while ((length = getline(&line, &room, in)) >= 0) {
		r.source++;
		if (length && line[length - 1] == '\n')
			line[--length] = '\0';
		if (strlen(line) != (size_t)length)
			complain(&r, "a NUL byte");
		else
			read_step(&r, line);
	}
	free(line);
	if (!r.rc && d->count == 0)
		complain(&r, "no steps");
	if (r.rc)
		dialogue_free(d);
	return r.rc;
}

void dialogue_free(struct dialogue *d)
{
	for (size_t i = 0; i < d->count; i++) {
		if (d->steps[i].kind == STEP_EXPECT)
			regfree(&d->steps[i].regex);
		free(d->steps[i].text);
	}
	free(d->steps);
	*d = (struct dialogue){0};
}
