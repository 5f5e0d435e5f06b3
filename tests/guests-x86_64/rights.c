/*
 * Rights of pages: every combination of the bits in the last two levels of tables, write protection on and off, for each kind of
 * access by a kernel and by a user program. Judged by the manual's rule, and compared with the bare machine.
 * Before it: paging.c. After it: transfer.c. Source: AMD64 Architecture Programmer's Manual volume 2, 5.6.
 */
#include "runtime/guest.h"

#define AT 0x40000000ul /* 1 GiB: what is mapped there is ours to change */
#define P  1ul
#define W  2ul
#define U  4ul
#define NX (1ul << 63)

#define FAULT_PRESENT 1u
#define FAULT_WRITE   2u
#define FAULT_USER    4u
#define FAULT_FETCH   16u
#define NO_FAULT      0xffu

enum access { LOAD, STORE, FETCH };

static struct trial t;
static uint64_t *table, *page;

static uint64_t bits(unsigned n)
{
	return (n & 1 ? P : 0) | (n & 2 ? W : 0) | (n & 4 ? U : 0) | (n & 8 ? NX : 0);
}

static void write_protection(bool on)
{
	uint64_t cr0;

	__asm__ volatile("mov %%cr0, %0" : "=r"(cr0));
	cr0 = on ? cr0 | 0x10000 : cr0 & ~0x10000ul;
	__asm__ volatile("mov %0, %%cr0" : : "r"(cr0));
}

/* The manual's rule. */
static unsigned ruled(uint64_t directory, uint64_t entry, bool protected, enum access a, bool user)
{
	uint64_t both = directory & entry;
	unsigned fault =
		(user ? FAULT_USER : 0) | (a == STORE ? FAULT_WRITE : 0) | (a == FETCH ? FAULT_FETCH : 0);

	if (!(both & P))
		return fault;
	if ((user && !(both & U)) || (a == STORE && !(both & W) && (user || protected)) ||
	    (a == FETCH && (directory | entry) & NX))
		return fault | FAULT_PRESENT;
	return NO_FAULT;
}

static unsigned met(enum access a, bool user)
{
	static const void *codes[3];

	codes[LOAD] = CODE("mov (%%rax), %%rbx");
	codes[STORE] = CODE("mov %%rbx, (%%rax)");
	codes[FETCH] = CODE("jmp *%%rax");
	t = (struct trial){.gpr = {[RAX] = AT, [RBX] = 0x80cd}}; /* INT 80 */
	t.rip = (uint64_t)codes[a];
	t.rflags = 2;
	t.cs = user ? CODE_USER : CODE_KERNEL;
	t.ss = user ? DATA_USER : DATA_KERNEL;
	trial_run(&t);
	if (t.vector == VECTOR_DONE)
		return NO_FAULT;
	expect("a page fault or none", t.vector == VECTOR_PAGE && t.cr2 == AT);
	return (unsigned)t.error;
}

static void combination(unsigned directory, unsigned entry, bool protected)
{
	uint64_t *place = &directories[512], a = bits(directory), b = bits(entry);
	uint8_t seen[6];

	write_protection(protected);
	for (unsigned n = 0; n < 6; n++) {
		*place = (uint64_t)table | a;
		table[0] = (uint64_t)page | b;
		*page = 0x80cd;
		__asm__ volatile("invlpg (%0)" : : "r"(AT) : "memory");
		seen[n] = met(n % 3, n >= 3);
		expect("the manual's rule", seen[n] == ruled(a, b, protected, n % 3, n >= 3));
		if (seen[n] == NO_FAULT)
			expect("marks of access and change",
			       (table[0] & 0x60) == (n % 3 == STORE ? 0x60 : 0x20));
		else
			expect("no mark of change", !(table[0] & 0x40));
	}
	write_protection(true);
	print("directory %X, page %X, WP %u: done, %02X %02X %02X, %02X %02X %02X\n", directory, entry,
	      protected, seen[0], seen[1], seen[2], seen[3], seen[4], seen[5]);
}

int main(void)
{
	table = page_new(1);
	page = page_new(1);
	trying("rights");
	for (unsigned directory = 1; directory < 16; directory += 2)
		for (unsigned entry = 0; entry < 16; entry++)
			for (unsigned protected = 0; protected < 2; protected ++)
				combination(directory, entry, protected);
	for (unsigned protected = 0; protected < 2; protected ++)
		combination(14, 15, protected);
	return failures;
}
