/*
 * display.c - DISPLAY: a look into one's own machine.
 *
 * Owns: the layout of registers and storage on a terminal. Before: the port's state description, storage/guest.c. After:
 * store.c, its opposite. Heritage: DMKCDB, DMKCDM.
 * Simplification: storage is absolute storage, or with V what the virtual CPU's own translation makes of the address;
 * a guest with a prefix sees its low storage by V0.
 *
 * One DISPLAY shows at most LINES_MAX lines and says where to go on, for a terminal's queue holds no more.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/string.h>

#include "commands.h"
#include "range.h"

#define LINES_MAX  128u
#define LINE_BYTES 16u

struct show {
	struct command *c;
	char kind; /* L, T, K or V */
	unsigned lines;
};

/* ---- registers --------------------------------------------------------------------- */

static void registers_line(struct command *c, const struct state_field *f, unsigned from, unsigned to)
{
	char line[REPLY_LINE_MAX];
	size_t used = f->count == 1 ? format(line, sizeof(line), "%-3s =", f->name)
				    : format(line, sizeof(line), "%-3s %2u =", f->name, from);

	for (unsigned n = from; n <= to; n++) {
		uint64_t value = state_get(f, c->vm->cpu[0], n);

		if (f->size == 8)
			used += format(line + used, sizeof(line) - used, " %016llX",
				       (unsigned long long)value);
		else
			used += format(line + used, sizeof(line) - used, " %08X", (unsigned)value);
	}
	reply_line(c, "%s", line);
}

static int show_registers(struct command *c, const struct state_field *f, const char *numbers)
{
	unsigned across = 4;
	struct range r;
	int rc = range_registers(c, numbers, f->count, &r);

	if (rc)
		return rc;
	for (unsigned n = r.first; n <= r.last; n += across)
		registers_line(c, f, n, n + across - 1 < r.last ? n + across - 1 : r.last);
	return 0;
}

static int show_location(struct command *c)
{
	char text[80];

	arch_vcpu_psw(c->vm->cpu[0], text, sizeof(text));
	reply_line(c, "%s = %s", arch_traits.location, text);
	return 0;
}

/* ---- storage ------------------------------------------------------------------------- */

static void address_text(uint64_t a, char *dst, size_t size)
{
	if (a >> 32)
		format(dst, size, "%016llX", (unsigned long long)a);
	else
		format(dst, size, "%08X", (unsigned)a);
}

static void text_column(char *dst, const uint8_t *bytes, unsigned n)
{
	char text[LINE_BYTES + 1] = {0};

	memcpy(text, bytes, n);
	text_from_guest(text, n);
	for (unsigned i = 0; i < n; i++)
		if (text[i] < ' ' || text[i] > '~')
			text[i] = '.';
	format(dst, LINE_BYTES + 4, " *%-16s*", text);
}

static int storage_read(struct show *s, uint64_t a, void *buf, unsigned n)
{
	if (s->kind == 'V')
		return vcpu_read(s->c->vm->cpu[0], a, buf, n);
	return guest_read(s->c->vm, a, buf, n);
}

static int storage_line(struct show *s, uint64_t a, unsigned n)
{
	char address[20], words[48], column[LINE_BYTES + 4] = "";
	uint8_t bytes[LINE_BYTES] = {0};
	size_t used = 0;

	address_text(a, address, sizeof(address));
	if (storage_read(s, a, bytes, n) != 0)
		return reply_message(s->c, s->kind == 'V' ? MSG_NOT_MAPPED : MSG_HEXLOC_EXCEEDS, address);
	for (unsigned i = 0; i < n; i++)
		used += format(words + used, sizeof(words) - used, "%s%02X", i && i % 4 == 0 ? " " : "",
			       bytes[i]);
	if (s->kind == 'T')
		text_column(column, bytes, n);
	if (s->kind == 'T')
		reply_line(s->c, "R%s  %-35s%s", address, words, column);
	else
		reply_line(s->c, "%c%s  %s", s->kind == 'V' ? 'V' : 'R', address, words);
	return 0;
}

static void tell_rest(struct show *s, uint64_t a)
{
	char address[20];

	address_text(a, address, sizeof(address));
	reply_line(s->c, "DISPLAY ENDED; CONTINUE WITH  DISPLAY %c%s", s->kind, address);
}

static int show_storage(struct show *s, struct range *r)
{
	uint64_t a = r->first & ~(uint64_t)3, end = r->last | 3;
	int rc = 0;

	for (; a <= end && rc == 0; a += LINE_BYTES) {
		uint64_t left = end - a + 1;

		if (s->lines++ == LINES_MAX) {
			tell_rest(s, a);
			break;
		}
		rc = storage_line(s, a, left < LINE_BYTES ? (unsigned)left : LINE_BYTES);
		if (a > UINT64_MAX - LINE_BYTES)
			break;
		if (!s->c->vcpu)
			task_yield();
	}
	return rc;
}

/* ---- keys ------------------------------------------------------------------------------ */

/* Without making a page descriptor for what was never touched: such a page has key 0. */
static uint8_t key_at(const struct vm *vm, gabs_t a)
{
	const struct page *segment = vm->storage.segment[a / SEGMENT_SIZE];

	return segment ? segment[a % SEGMENT_SIZE / PAGE_SIZE].key : 0;
}

static int show_keys(struct show *s, struct range *r)
{
	uint64_t a = r->first & PAGE_MASK, from = a;

	while (a <= r->last && s->lines < LINES_MAX) {
		uint8_t key = key_at(s->c->vm, a);

		a += PAGE_SIZE;
		if (a <= r->last && key_at(s->c->vm, a) == key)
			continue;
		reply_line(s->c, "%08llX TO %08llX  KEY = %02X", (unsigned long long)from,
			   (unsigned long long)a - 1, key);
		s->lines++;
		from = a;
	}
	if (a <= r->last)
		tell_rest(s, a);
	return 0;
}

/* ---- the command --------------------------------------------------------------------------- */

static int show_place(struct show *s, const char *token)
{
	uint64_t limit = s->kind == 'V' ? UINT64_MAX : s->c->vm->storage.size;
	struct range r;
	int rc = range_storage(s->c, token, limit, &r);

	if (rc)
		return rc;
	if (s->kind == 'K') {
		if (token[0] == '\0')
			r.last = limit - 1;
		return show_keys(s, &r);
	}
	if (r.single && r.last < limit - LINE_BYTES && s->kind == 'T')
		r.last = r.first + LINE_BYTES - 1;
	return show_storage(s, &r);
}

static int show_one(struct show *s, const char *token)
{
	const struct state_field *f;
	const char *numbers;

	if (range_location(token))
		return show_location(s->c);
	f = range_register(token, &numbers);
	if (f)
		return show_registers(s->c, f, numbers);
	s->kind = 'L';
	if (token[0] == 'L' || token[0] == 'T' || token[0] == 'K' || token[0] == 'V')
		s->kind = *token++;
	return show_place(s, token);
}

int cmd_display(struct command *c)
{
	struct show s = {.c = c};
	int rc = 0;

	for (unsigned n = 1; n < c->count && rc == 0; n++)
		rc = show_one(&s, c->token[n]);
	return rc;
}
