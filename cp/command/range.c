/*
 * range.c - reading ranges of addresses and registers.
 *
 * Owns: the grammar of hexloc operands. Before: string.c's number parsers. After: display.c, store.c. Heritage: DMKCDB.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/string.h>

#include "range.h"

#define NUMBER_MAX 17

struct parts {
	char first[NUMBER_MAX], second[NUMBER_MAX];
	char between; /* '-', '.', or 0 */
};

static bool parts_cut(const char *text, struct parts *p)
{
	size_t n = 0, rest;

	while (text[n] && text[n] != '-' && text[n] != ':' && text[n] != '.')
		n++;
	rest = text[n] ? strlen(text + n + 1) : 0;
	if (n >= sizeof(p->first) || rest >= sizeof(p->second))
		return false;
	memset(p, 0, sizeof(*p));
	memcpy(p->first, text, n);
	p->between = text[n] == ':' ? '-' : text[n];
	if (p->between)
		memcpy(p->second, text + n + 1, rest);
	return true;
}

/* Fill r from the parts; END is limit - 1. */
static bool range_fill(const struct parts *p, bool (*number)(const char *, uint64_t *), uint64_t limit,
		       struct range *r)
{
	uint64_t count;

	r->single = !p->between;
	if (!number(p->first, &r->first))
		return false;
	r->last = r->first;
	if (p->between == '-') {
		r->last = limit - 1;
		return strcmp(p->second, "END") == 0 || number(p->second, &r->last);
	}
	if (p->between == '.') {
		if (!number(p->second, &count) || count == 0)
			return false;
		r->last = count - 1 > UINT64_MAX - r->first ? UINT64_MAX : r->first + count - 1;
	}
	return true;
}

int range_storage(struct command *c, const char *text, uint64_t limit, struct range *r)
{
	struct parts p;

	*r = (struct range){.single = true};
	if (text[0] == '\0')
		return 0;
	if (!parts_cut(text, &p) || !range_fill(&p, string_hex, limit, r))
		return reply_message(c, MSG_HEXLOC, text);
	if (r->last < r->first)
		return reply_message(c, MSG_RANGE, text);
	if (r->first >= limit)
		return reply_message(c, MSG_HEXLOC_EXCEEDS, p.first);
	if (r->last >= limit)
		r->last = limit - 1;
	return 0;
}

static bool register_number(const char *text, uint64_t *value)
{
	if (string_decimal(text, value))
		return true;
	return strlen(text) == 1 && string_hex(text, value);
}

int range_registers(struct command *c, const char *text, unsigned count, struct range *r)
{
	struct parts p;

	*r = (struct range){.first = 0, .last = count - 1};
	if (text[0] == '\0')
		return 0;
	if (!parts_cut(text, &p) || !range_fill(&p, register_number, count, r) || r->first >= count)
		return reply_message(c, MSG_REGISTER, text);
	if (r->last < r->first)
		return reply_message(c, MSG_RANGE, text);
	if (r->last >= count)
		r->last = count - 1;
	return 0;
}

bool range_location(const char *token)
{
	return command_abbreviates(token, "PSW", 1) || strcmp(token, arch_traits.location) == 0;
}

/* The row whose name the token begins with: the longest, or "CSBASE" would be CS number BASE. */
static const struct state_field *field_by_name(const char *token, const char **numbers)
{
	const struct state_field *found = NULL;
	size_t longest = 0;

	for (const struct state_field *f = arch_vcpu_state; f->name; f++) {
		size_t n = strlen(f->name);

		if (n > longest && strncmp(token, f->name, n) == 0) {
			found = f;
			longest = n;
		}
	}
	*numbers = token + longest;
	return found;
}

static bool hexadecimal(char c)
{
	return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F');
}

/* What can be read as an address is one: no letter from A to F is a register's, nor a name of such letters alone. */
const struct state_field *range_register(const char *token, const char **numbers)
{
	const struct state_field *f;
	uint64_t address;

	if (string_hex(token, &address))
		return NULL;
	f = field_by_name(token, numbers);
	if (f)
		return f;
	if (hexadecimal(token[0]) || (token[1] && token[1] != 'R' && !hexadecimal(token[1])))
		return NULL;
	*numbers = token + (token[1] == 'R' ? 2 : 1);
	return state_find(arch_vcpu_state, token[0]);
}
