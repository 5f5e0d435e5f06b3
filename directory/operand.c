/*
 * operand.c - words become values.
 *
 * Owns: what each kind of operand looks like, and the order of operands. Before it: grammar.h. After it: statement.c.
 * Simplification: an operand is one word, except the text that ends a statement.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "cp/volume/format.h"
#include "grammar.h"
#include "message.h"
#include "secret.h"

/* What a kind's reader says of a word. */
enum fit { FITS, WRONG_FORM, OUT_OF_RANGE };

/* ---- one reader a kind --------------------------------------------------------------------------------------- */

static bool all_of(const char *word, const char *signs)
{
	for (; *word != '\0'; word++)
		if (!isalnum((unsigned char)*word) && strchr(signs, *word) == NULL)
			return false;
	return true;
}

static enum fit fit_name(const struct operand *o, struct value *v)
{
	(void)o;
	return v->word->length <= 8 && all_of(v->text, "@#$_-:.+") ? FITS : WRONG_FORM;
}

/* LOGNxxxx, LOGLxxxx and LOGVxxxx are what CP calls a terminal before its user is known; SYSTEM is CP itself. */
static enum fit fit_userid(const struct operand *o, struct value *v)
{
	const char *t = v->text;
	bool reserved =
		strncmp(t, "LOG", 3) == 0 && strchr("NLV", t[3]) != NULL && t[3] != '\0' && strlen(t) == 8;

	for (unsigned i = 4; reserved && i < 8; i++)
		reserved = isxdigit((unsigned char)t[i]);
	if (reserved || strcmp(t, "SYSTEM") == 0)
		return OUT_OF_RANGE;
	return fit_name(o, v);
}

static enum fit fit_word(const struct operand *o, struct value *v)
{
	return v->word->length <= o->high ? FITS : OUT_OF_RANGE;
}

static enum fit fit_password(const struct operand *o, struct value *v)
{
	(void)o;
	if (secret_is_hash(v->text))
		return v->argument != NULL && secret_parse(v->text, v->argument->text, &(struct secret){0})
			       ? FITS
			       : WRONG_FORM;
	return v->word->length <= OBJECT_PASSWORD_MAX ? FITS : OUT_OF_RANGE;
}

/* Digits of a base; the end goes to *end. Stays at UINT64_MAX when there are too many. */
static uint64_t digits(const char *text, unsigned base, const char **end)
{
	uint64_t n = 0;

	for (; base == 16 ? isxdigit((unsigned char)*text) : isdigit((unsigned char)*text); text++) {
		unsigned digit =
			(unsigned)(isdigit((unsigned char)*text) ? *text - '0'
								 : toupper((unsigned char)*text) - 'A' + 10);

		n = n > (UINT64_MAX - digit) / base ? UINT64_MAX : n * base + digit;
	}
	*end = text;
	return n;
}

static enum fit in_range(const struct operand *o, struct value *v)
{
	return v->number >= o->low && v->number <= o->high ? FITS : OUT_OF_RANGE;
}

static enum fit fit_number(const struct operand *o, struct value *v)
{
	const char *end;

	v->number = digits(v->text, 10, &end);
	return *end != '\0' ? WRONG_FORM : in_range(o, v);
}

static enum fit fit_hex(const struct operand *o, struct value *v)
{
	const char *end;

	v->number = digits(v->text, 16, &end);
	return *end != '\0' ? WRONG_FORM : in_range(o, v);
}

static enum fit fit_vdev(const struct operand *o, struct value *v)
{
	(void)o;
	return v->word->length <= 4 && fit_hex(&(struct operand){.high = 0xffff}, v) == FITS ? FITS
											     : WRONG_FORM;
}

static enum fit fit_size(const struct operand *o, struct value *v)
{
	const char *end;
	unsigned shift;

	v->number = digits(v->text, 10, &end);
	if (end == v->text || *end == '\0' || end[1] != '\0' || strchr("KMGT", *end) == NULL)
		return WRONG_FORM;
	shift = *end == 'K' ? 10 : *end == 'M' ? 20 : *end == 'G' ? 30 : 40;
	v->number = v->number > UINT64_MAX >> shift ? UINT64_MAX : v->number << shift;
	if (v->number % 4096 != 0)
		return OUT_OF_RANGE;
	return in_range(o, v);
}

static enum fit fit_sectors(const struct operand *o, struct value *v)
{
	v->number = 0;
	return strcmp(v->text, "END") == 0 ? FITS : fit_number(o, v);
}

/* "n", or "n%" and "n.n%" in tenths. */
static enum fit fit_percent(const struct operand *o, struct value *v)
{
	const char *end;

	v->number = digits(v->text, 10, &end);
	if (end == v->text || v->number > 1000000)
		return end == v->text ? WRONG_FORM : OUT_OF_RANGE;
	if (*end != '\0') {
		v->number *= 10;
		if (*end == '.' && isdigit((unsigned char)end[1])) {
			v->number += (uint64_t)(end[1] - '0');
			end += 2;
		}
		if (strcmp(end, "%") != 0)
			return WRONG_FORM;
	}
	return in_range(o, v);
}

static enum fit fit_classes(const struct operand *o, struct value *v)
{
	(void)o;
	for (const char *c = v->text; *c != '\0'; c++)
		if (!isupper((unsigned char)*c) && !(*c >= '1' && *c <= '6'))
			return WRONG_FORM;
	return FITS;
}

static enum fit fit_class(const struct operand *o, struct value *v)
{
	(void)o;
	v->number = (unsigned char)v->text[0];
	return v->word->length == 1 && (isalnum((unsigned char)*v->text) || *v->text == '*') ? FITS
											     : WRONG_FORM;
}

static enum fit fit_symbol(const struct operand *o, struct value *v)
{
	(void)o;
	v->number = strcmp(v->text, "ON") == 0    ? 1
		    : strcmp(v->text, "OFF") == 0 ? 0
						  : (unsigned char)v->text[0];
	return v->number <= 1 || v->word->length == 1 ? FITS : WRONG_FORM;
}

static enum fit fit_volser(const struct operand *o, struct value *v)
{
	(void)o;
	return v->word->length <= 6 && all_of(v->text, "@#$_-") ? FITS : WRONG_FORM;
}

static const struct kind {
	enum fit (*fit)(const struct operand *o, struct value *v);
	const char *expected;
} kinds[] = {
	[OPERAND_USERID] =
		{fit_userid,
		 "1 to 8 letters, digits or @#$_-:.+, and not SYSTEM, LOGNxxxx, LOGLxxxx or LOGVxxxx"},
	[OPERAND_NAME] = {fit_name, "1 to 8 letters, digits or @#$_-:.+"},
	[OPERAND_WORD] = {fit_word, "a shorter word, and not a comma alone"},
	[OPERAND_PASSWORD] = {fit_password, "at most 32 characters, or HASH:iterations:salt and digest"},
	[OPERAND_VDEV] = {fit_vdev, "a device address of 1 to 4 hexadecimal digits"},
	[OPERAND_HEX] = {fit_hex, "hexadecimal digits"},
	[OPERAND_NUMBER] = {fit_number, "a decimal number"},
	[OPERAND_SIZE] = {fit_size, "a number with K, M, G or T, in whole pages of 4K"},
	[OPERAND_SECTORS] = {fit_sectors, "a decimal number of 512-byte blocks, or END"},
	[OPERAND_PERCENT] = {fit_percent, "a number, or a percentage such as 12.5%"},
	[OPERAND_CLASSES] = {fit_classes, "letters A to Z and digits 1 to 6"},
	[OPERAND_CLASS] = {fit_class, "one letter or digit"},
	[OPERAND_SYMBOL] = {fit_symbol, "ON, OFF or one character"},
	[OPERAND_VOLSER] = {fit_volser, "1 to 6 letters, digits or @#$_-"},
};

const char *operand_expected(const struct operand *o)
{
	return kinds[o->kind].expected != NULL ? kinds[o->kind].expected : "text";
}

/* ---- a word, judged ------------------------------------------------------------------------------------------ */

/* "64K" for 65536, so that limits read as they are written. */
static const char *limit_text(const struct operand *o, uint64_t n, char *buf, size_t size)
{
	static const struct {
		unsigned shift;
		char unit;
	} units[] = {{40, 'T'}, {30, 'G'}, {20, 'M'}, {10, 'K'}};

	for (unsigned i = 0; o->kind == OPERAND_SIZE && i < 4; i++)
		if (n >> units[i].shift > 0 && n % (1ull << units[i].shift) == 0) {
			snprintf(buf, size, "%llu%c", (unsigned long long)(n >> units[i].shift),
				 units[i].unit);
			return buf;
		}
	snprintf(buf, size, o->kind == OPERAND_HEX ? "%llX" : "%llu", (unsigned long long)n);
	return buf;
}

static void complain(const struct operand *o, const struct word *w, enum fit fit, struct messages *m)
{
	bool ranged = o->kind == OPERAND_NUMBER || o->kind == OPERAND_SIZE || o->kind == OPERAND_SECTORS ||
		      o->kind == OPERAND_HEX;
	char low[24], high[24];

	if (fit == OUT_OF_RANGE && ranged)
		message_error(m, &w->place, "%s %s is out of range: expected %s, %s to %s", o->name, w->text,
			      kinds[o->kind].expected, limit_text(o, o->low, low, sizeof(low)),
			      limit_text(o, o->high, high, sizeof(high)));
	else if (o->kind == OPERAND_PASSWORD) /* never shown */
		message_error(m, &w->place, "%s %s: expected %s", o->name,
			      fit == OUT_OF_RANGE ? "is too long" : "is no hash", kinds[o->kind].expected);
	else
		message_error(m, &w->place, "%s %s is not valid: expected %s", o->name, w->text,
			      kinds[o->kind].expected);
}

bool keyword_matches(const char *word, const char *name, unsigned shortest)
{
	size_t length = strlen(word);

	return length >= shortest && strncmp(word, name, length) == 0;
}

static const struct keyword *keyword_find(const struct operand *o, const char *word)
{
	for (const struct keyword *k = o->keywords; k->name != NULL; k++)
		if (keyword_matches(word, k->name, k->shortest))
			return k;
	return NULL;
}

static void complain_choice(const struct operand *o, const struct word *w, struct messages *m)
{
	struct guess guess = {.word = w->text};
	char list[400] = "", near[64];

	for (const struct keyword *k = o->keywords; k->name != NULL && k->code != KEYWORD_UNSUPPORTED; k++) {
		bool last = k[1].name == NULL || k[1].code == KEYWORD_UNSUPPORTED;
		size_t at = strlen(list);

		snprintf(list + at, sizeof(list) - at, "%s%s", at == 0 ? "" : last ? " or " : ", ", k->name);
		guess_offer(&guess, k->name);
	}
	message_error(m, &w->place, "%s %s is not known: expected %s%s", o->name, w->text, list,
		      guess_text(&guess, near, sizeof(near)));
}

/* ---- the operands of a statement ----------------------------------------------------------------------------- */

struct taking {
	struct statement_text *t;
	struct values *values;
	struct messages *m;
	unsigned next; /* word */
	bool good;
	bool unsupported; /* a word that VM/40 does not have: leave the statement out */
};

/* The rest of the statement, as typed. */
static void take_rest(struct taking *k, struct value *v)
{
	char *text = k->t->raw + v->word->raw;
	size_t length = strlen(text);

	while (length > 0 && text[length - 1] == ' ')
		text[--length] = '\0';
	v->text = text;
	v->number = length;
	k->next = k->t->count;
	if (length > v->operand->high && k->good) {
		message_error(k->m, &v->word->place,
			      "the text of %zu characters is too long: expected at most %llu", length,
			      (unsigned long long)v->operand->high);
		k->good = false;
	}
}

/* Read a word as an operand into v. */
static void take_word(struct taking *k, const struct operand *o, struct value *v)
{
	enum fit fit;

	v->word = &k->t->words[k->next++];
	v->text = v->word->text;
	if (o->kind == OPERAND_REST) {
		v->operand = o;
		take_rest(k, v);
		return;
	}
	if (o->kind == OPERAND_PASSWORD && secret_is_hash(v->text) && k->next < k->t->count)
		v->argument = &k->t->words[k->next++];
	fit = kinds[o->kind].fit(o, v);
	if (strcmp(v->text, ",") == 0 &&
	    o->kind != OPERAND_PASSWORD) /* the sign of continuation, and nothing else */
		fit = WRONG_FORM;
	if (fit != FITS) {
		complain(o, v->word, fit, k->m);
		k->good = false;
	}
}

/* Read a keyword and what must follow it. */
static void take_choice(struct taking *k, const struct operand *o, struct value *v)
{
	v->word = &k->t->words[k->next++];
	v->text = v->word->text;
	v->keyword = keyword_find(o, v->text);
	if (v->keyword == NULL) {
		complain_choice(o, v->word, k->m);
		k->good = false;
		return;
	}
	if (v->keyword->code == KEYWORD_UNSUPPORTED) {
		message_unsupported(k->m, &v->word->place,
				    "%s %s is known to VM/370 or z/VM, but VM/40 does not have it", o->name,
				    v->keyword->name);
		k->unsupported = true;
	}
	if (v->keyword->argument == NULL)
		return;
	if (k->next == k->t->count) {
		message_error(k->m, &k->t->end, "%s is not complete: expected %s after it", v->keyword->name,
			      v->keyword->argument->name);
		k->good = false;
		return;
	}
	{
		struct value argument = {.operand = v->keyword->argument};

		take_word(k, v->keyword->argument, &argument);
		v->argument = argument.word;
		v->number = argument.number;
		v->text = argument.text;
	}
}

/* May the next word be this operand at all? Asked only of operands that can be skipped. */
static bool belongs(const struct taking *k, const struct operand *o)
{
	const char *word = k->t->words[k->next].text;

	if (o->kind == OPERAND_CHOICE)
		return keyword_find(o, word) != NULL;
	return isdigit((unsigned char)*word);
}

/* Take one operand, as often as it may be repeated. False: there are no more words, and it had to be there. */
static bool take_operand(struct taking *k, const struct operand *o)
{
	bool taken = false;

	while (k->next < k->t->count && (!taken || o->flags & REPEAT)) {
		struct value *v = &k->values->v[k->values->count]; /* there is room: a value takes a word */

		if (o->flags & SKIP && !belongs(k, o))
			return true;
		*v = (struct value){.operand = o};
		if (o->kind == OPERAND_CHOICE)
			take_choice(k, o, v);
		else
			take_word(k, o, v);
		k->values->count++;
		taken = true;
	}
	return taken || o->flags & OPTIONAL;
}

/* No message shows a password: note where the statement's are, before anything can be wrong with it. */
static void passwords_hide(const struct statement *s, const struct statement_text *t, struct messages *m)
{
	unsigned word = 1;

	for (unsigned i = 0; i < s->operand_count && word < t->count; i++, word++) {
		if (s->operands[i].kind != OPERAND_PASSWORD ||
		    secret_word(t->words[word].text) != SECRET_HASH)
			continue;
		message_hide(m, &t->words[word].place, t->words[word].length);
		if (secret_is_hash(t->words[word].text) && word + 1 < t->count) {
			word++;
			message_hide(m, &t->words[word].place, t->words[word].length);
		}
	}
}

/*
 * A statement with a word that VM/40 does not have: of a list of words the others stay; DIRECTORY names the volume all the same; any
 * other statement is left out.
 */
static bool unsupported_usable(const struct statement *s, struct values *v, const struct messages *m)
{
	unsigned kept = 0;

	if (s->where & IN_FRONT)
		return m->lenient;
	if (!(s->operands[0].flags & REPEAT))
		return false;
	for (unsigned i = 0; i < v->count; i++)
		if (v->v[i].keyword == NULL || v->v[i].keyword->code != KEYWORD_UNSUPPORTED)
			v->v[kept++] = v->v[i];
	v->count = kept;
	return kept > 0;
}

bool operands_parse(const struct statement *s, struct statement_text *t, struct values *v, struct messages *m)
{
	struct taking k = {.t = t, .values = v, .m = m, .next = 1, .good = true};
	char syntax[400];

	v->count = 0;
	passwords_hide(s, t, m);
	for (unsigned i = 0; i < s->operand_count; i++) {
		if (take_operand(&k, &s->operands[i]))
			continue;
		message_error(m, &t->end, "%s is missing: expected %s", s->operands[i].name,
			      grammar_syntax(s, syntax, sizeof(syntax)));
		return false;
	}
	if (k.next < t->count)
		message_warning(m, &t->words[k.next].place,
				"%s is one operand too many, and is not read: expected %s",
				t->words[k.next].text, grammar_syntax(s, syntax, sizeof(syntax)));
	return k.good && (!k.unsupported || unsupported_usable(s, v, m));
}

const struct value *value_of(const struct statement *s, const struct values *v, unsigned n)
{
	for (unsigned i = 0; i < v->count; i++)
		if (v->v[i].operand == &s->operands[n])
			return &v->v[i];
	return NULL;
}
