/*
 * grammar.h - the language of the directory, as a table.
 *
 * The table is the only place that knows what a statement is called, how far it may be shortened, where it may stand and which
 * operands it takes. It drives the parser, the "expected" part of the messages and the reference page.
 */
#ifndef DIRECTORY_GRAMMAR_H
#define DIRECTORY_GRAMMAR_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include "source.h"

enum operand_kind {
	OPERAND_USERID, /* 1 to 8 letters, digits and signs */
	OPERAND_NAME,   /* the same form, of something else */
	OPERAND_WORD,   /* any word of at most `high` characters */
	OPERAND_PASSWORD, /* any word of at most OBJECT_PASSWORD_MAX characters, or a hash of two words (secret.h) */
	OPERAND_VDEV,    /* 1 to 4 hexadecimal digits */
	OPERAND_HEX,     /* hexadecimal, at most `high` */
	OPERAND_NUMBER,  /* decimal, low to high */
	OPERAND_SIZE,    /* nK, nM or nG, in bytes, low to high */
	OPERAND_SECTORS, /* decimal, low to high, or END (0) */
	OPERAND_PERCENT, /* n% or n.n%, in tenths; or a plain number where no % stands (flag in text) */
	OPERAND_CLASSES, /* privilege classes */
	OPERAND_CLASS,   /* a spool class */
	OPERAND_SYMBOL,  /* ON, OFF or one character */
	OPERAND_VOLSER,  /* 1 to 6 letters and digits */
	OPERAND_CHOICE,  /* one of keywords, perhaps with an argument */
	OPERAND_REST,    /* the rest of the statement, as typed */
};

enum operand_flag {
	OPTIONAL = 1, /* may be left out, and all after it with it */
	SKIP = 2,     /* with OPTIONAL: a word that does not fit belongs to the next operand */
	REPEAT = 4,   /* as many as there are */
};

struct keyword;

struct operand {
	const char *name; /* as the reference page shows it */
	enum operand_kind kind;
	unsigned flags;
	uint64_t low, high;
	const struct keyword *keywords; /* ends with a name NULL */
};

#define KEYWORD_UNSUPPORTED                                                                                  \
	UINT32_C(0xffffffff) /* code of a word that VM/370 or z/VM have and VM/40 has not */

struct keyword {
	const char *name;
	unsigned shortest; /* characters that must be there */
	uint32_t code;
	const struct operand *argument; /* that must follow, or NULL */
};

/* An operand found in a statement. */
struct value {
	const struct operand *operand;
	const struct keyword *keyword; /* of a choice */
	const struct word *word;
	const struct word *argument; /* of the keyword */
	uint64_t number;             /* of the operand, or of the argument */
	const char *text;            /* in upper case, or as typed for OPERAND_REST */
};

#define VALUES_MAX STATEMENT_WORDS_MAX

struct values {
	unsigned count;
	struct value v[VALUES_MAX];
};

enum where {
	IN_FRONT = 1, /* before the first USER or PROFILE */
	IN_PROFILE = 2,
	IN_USER = 4,
	OPENS = 8,    /* begins an entry */
	GENERAL = 16, /* must precede the devices of an entry */
	ONCE = 32,    /* in an entry */
	KEPT = 64,    /* understood, kept and exported, but CP does not act on it yet */
};

struct parser;

struct statement {
	const char *name;
	unsigned shortest;
	unsigned where;
	const struct operand *operands; /* ends with a name NULL */
	unsigned operand_count;
	/* NULL: z/VM has the statement, this compiler does not. */
	void (*apply)(struct parser *p, const struct statement *s, const struct values *v);
	const char *help;
	/* Of several rows of one name, this one counts when the third operand is this keyword. */
	const struct keyword *form;
};

extern const struct statement grammar[];
extern const unsigned grammar_count;

/* The statement of this name or abbreviation, or NULL. */
const struct statement *grammar_find(const char *word);
/* The row that fits the words of a statement: grammar_find(), or another form of the same name. */
const struct statement *grammar_find_form(const struct statement_text *t);
/* "USER userid password [storage [maximum ...]]" into buf. */
const char *grammar_syntax(const struct statement *s, char *buf, size_t size);
/* The list of statements for the reference page, in Markdown. */
void grammar_print(FILE *f);
/*
 * Call each(context, candidate) for all that may stand in the place of the last word of an unfinished statement: names of statements,
 * keywords, or what the place expects, in angle brackets.
 */
void grammar_complete(const char *text, void (*each)(void *context, const char *candidate), void *context);
/* What an operand of this kind looks like, in words. */
const char *operand_expected(const struct operand *o);
/* Is the word the keyword, or an abbreviation of it? */
bool keyword_matches(const char *word, const char *name, unsigned shortest);

/*
 * Find the operands of a statement in its words. Errors are reported; false if there was one. Texts of values point into
 * the statement.
 */
bool operands_parse(const struct statement *s, struct statement_text *t, struct values *v,
		    struct messages *m);
/* The first value of the n-th operand of the statement, or NULL if it was left out. */
const struct value *value_of(const struct statement *s, const struct values *v, unsigned n);

#endif
