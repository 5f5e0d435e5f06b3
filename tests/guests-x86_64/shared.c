/*
 * Storage that is shared with others, copy on write: the guest has itself saved as system SHARED, and then stores into a page by each way
 * there is. Whoever IPLs SHARED begins behind the saving, with the pages as they were, and does the same.
 * Before it: step.c. After it: nothing. Under CP only, by a user with class E.
 * Known simplification: one store a page.
 */
#include "runtime/guest.h"

#define STORED 512u /* bytes of a page that a way may change */
#define BEHIND 8u   /* the first of them */
#define MARK   0x60 /* accessed and dirty, in an entry of page tables */
#define RIGHTS 7ul  /* present, writable, user */
#define AT     0x40000000ul

static struct trial t;
static char *text; /* a command for CP, and what may be moved from */

struct way {
	const char *name;
	const void *code; /* stores behind the address in RDI */
	uint8_t *page;
};

#define WAYS_MAX 20
static struct way ways[WAYS_MAX];
static unsigned count;

static uint8_t pattern(unsigned n, unsigned at)
{
	return (uint8_t)(n * 31 + at * 7 + 1);
}

static void way(const char *name, const void *code)
{
	struct way *w = &ways[count];

	*w = (struct way){.name = name, .code = code, .page = page_new(1)};
	for (unsigned at = 0; at < 4096; at++)
		w->page[at] = pattern(count, at);
	count++;
}

static void ways_name(void)
{
	way("mov", CODE("mov %%rax, 8(%%rdi)"));
	way("movb", CODE("movb $0xee, 8(%%rdi)"));
	way("rep movsb", CODE("add $8, %%rdi\n mov $100, %%ecx\n rep movsb"));
	way("rep stosq", CODE("add $8, %%rdi\n mov $10, %%ecx\n rep stosq"));
	way("xchg", CODE("xchg %%rax, 8(%%rdi)"));
	way("lock add", CODE("lock addq $5, 8(%%rdi)"));
	way("cmpxchg", CODE("mov 8(%%rdi), %%rax\n mov $-3, %%rbx\n lock cmpxchg %%rbx, 8(%%rdi)"));
	way("push", CODE("lea 256(%%rdi), %%rsp\n push $0x77"));
	way("movups", CODE("movups %%xmm0, 8(%%rdi)"));
	way("sgdt", CODE("sgdt 8(%%rdi)"));
	way("rep insb", CODE("add $8, %%rdi\n mov $4, %%ecx\n mov $0x3ff, %%edx\n rep insb"));
	way("diag 0c", CODE("mov $0x0c, %%eax\n add $8, %%rdi\n vmmcall"));
	way("diag 00", CODE("mov $0, %%eax\n add $8, %%rdi\n mov $40, %%edx\n vmmcall"));
	way("diag 08 with an answer",
	    CODE("mov $0x08, %%eax\n lea 8(%%rdi), %%r8\n mov %%rsi, %%rdi\n mov %%r8, %%rsi\n mov $0x4000000a, %%edx\n"
		 " mov $100, %%ecx\n vmmcall"));
}

static unsigned changed(const struct way *w, unsigned from, unsigned to)
{
	unsigned n = 0;

	for (unsigned at = from; at < to; at++)
		n += w->page[at] != pattern((unsigned)(w - ways), at);
	return n;
}

static void judge(const struct way *w)
{
	trying(w->name);
	expect("is stored", changed(w, BEHIND, STORED) != 0);
	expect("nothing else is changed", changed(w, 0, BEHIND) == 0 && changed(w, STORED, 4096) == 0);
}

static void store(const struct way *w)
{
	t = (struct trial){.gpr = {[RDI] = (uint64_t)w->page, [RSI] = (uint64_t)text, [RAX] = 0x5555}};
	try(&t, w->name, w->code);
	expect_done(&t);
}

static void save(void)
{
	static const char command[] = "SAVESYS SHARED";

	t = (struct trial){.gpr = {[RAX] = 0x08, [RDI] = (uint64_t)command, [RDX] = sizeof(command) - 1}};
	try(&t, "SAVESYS", CODE("vmmcall"));
	expect("CP took it", t.vector == VECTOR_DONE && t.gpr[RDX] == 0);
}

/* The processor itself stores into tables: it marks the entries that it uses. */
static void tables(uint64_t *table, const uint8_t *page)
{
	trying("page tables");
	expect("are as they were saved", table[0] == ((uint64_t)page | RIGHTS));
	t = (struct trial){.gpr = {[RAX] = AT}};
	try(&t, "a store through shared tables", CODE("movq $9, (%%rax)"));
	expect_done(&t);
	expect("the entry is marked", (table[0] & MARK) == MARK);
	expect("the store is there", *(const volatile uint64_t *)page == 9);
}

int main(void)
{
	uint64_t *table = page_new(1);
	uint8_t *page = page_new(1);

	text = page_new(1);
	memcpy(text, "QUERY TIME", 10);
	directories[AT >> 21] = (uint64_t)table | RIGHTS;
	table[0] = (uint64_t)page | RIGHTS;
	ways_name();
	save();
	for (unsigned n = 0; n < count; n++) {
		trying(ways[n].name);
		expect("is as it was saved", changed(&ways[n], 0, 4096) == 0);
	}
	for (unsigned n = 0; n < count; n++)
		store(&ways[n]);
	for (unsigned n = 0; n < count; n++)
		judge(&ways[n]);
	tables(table, page);
	return failures;
}
