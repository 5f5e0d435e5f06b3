/*
 * The guest's own page tables: rights, marks, sizes, changes that count at once, and storage that is not there.
 * Before it: nmi.c. After it: step.c.
 */
#include "runtime/guest.h"

#define AT       0x40000000ul /* 1 GiB: what is mapped there is ours to change */
#define P        1ul
#define W        2ul
#define U        4ul
#define ACCESSED 0x20ul
#define DIRTY    0x40ul
#define NX       (1ul << 63)

static struct trial t;
static uint64_t *table; /* of the 2 MiB at AT, in pages */

static void flush(void)
{
	uint64_t cr3;

	__asm__ volatile("mov %%cr3, %0\n mov %0, %%cr3" : "=&r"(cr3) : : "memory");
}

static void map(unsigned n, void *page, uint64_t rights)
{
	table[n] = (uint64_t)page | rights;
	flush();
}

#define LOAD  "mov (%%rax), %%rbx"
#define STORE "mov %%rbx, (%%rax)"

static void run(const char *name, const void *code, bool user, uint64_t address)
{
	t = (struct trial){.gpr = {[RAX] = address, [RBX] = 0x77}};
	if (user)
		try_user(&t, name, code);
	else
		try(&t, name, code);
}

static void rights(void)
{
	char *page = page_new(1);

	map(0, page, P | U);
	run("a store into a read-only page, by the kernel", CODE(STORE), false, AT);
	expect_exception(&t, VECTOR_PAGE, 3, 0);
	map(0, page, P | W);
	run("a load of the kernel's, by a user program", CODE(LOAD), true, AT);
	expect_exception(&t, VECTOR_PAGE, 5, 0);
	map(0, page, P | W | U | NX);
	run("execution where it is forbidden", CODE("jmp *%%rax"), false, AT);
	expect("a page fault of a fetch", t.vector == VECTOR_PAGE && t.error == 0x11 && t.rip == AT);
	map(0, page, P | W | U);
	run("a store", CODE(STORE), true, AT);
	expect_done(&t);
	expect("it is there", *page == 0x77);
	expect("the page is marked accessed and dirty",
	       (table[0] & (ACCESSED | DIRTY)) == (ACCESSED | DIRTY));
}

/* CP's stores for the guest obey the same tables. */
static void by_cp(void)
{
	char *page = page_new(1);

	map(1, page, P | W | U);
	t = (struct trial){.gpr = {[RDX] = 0x6f0, [RDI] = AT + 0x1000, [RCX] = 4}};
	try(&t, "REP INSB through the tables", CODE("rep insb"));
	expect_done(&t);
	expect("it is there", page[0] == (char)0xff && page[3] == (char)0xff && page[4] == 0);
	expect("the page is marked dirty", table[1] & DIRTY);
	map(1, page, P);
	t = (struct trial){.gpr = {[RDX] = 0x6f0, [RDI] = AT + 0x1000, [RCX] = 4}};
	try(&t, "  into a read-only page", CODE("rep insb"));
	expect_exception(&t, VECTOR_PAGE, 3, 0);
	t = (struct trial){.gpr = {[RDX] = 0x6f0, [RDI] = AT + 0x1000, [RCX] = 4}, .rflags = FLAGS_IOPL};
	try_user(&t, "  by a user program", CODE("rep insb"));
	expect_exception(&t, VECTOR_PAGE, 7, 0);
}

static void changes(void)
{
	uint64_t *a = page_new(1), *b = page_new(1);

	*a = 1;
	*b = 2;
	map(2, a, P | W | U);
	run("before a change", CODE(LOAD), false, AT + 0x2000);
	expect("the first page", t.gpr[RBX] == 1);
	table[2] = (uint64_t)b | P | W | U;
	t = (struct trial){.gpr = {[RAX] = AT + 0x2000}};
	try(&t, "after INVLPG", CODE("invlpg (%%rax)\n mov (%%rax), %%rbx"));
	expect("the second page", t.gpr[RBX] == 2);
}

static uint64_t storage_size(void)
{
	uint64_t x[2] = {0}, y[2] = {0};

	diagnose(0x60, x, y);
	return x[0];
}

/* Beyond storage: loads give ones, stores are lost. Bare, other things may be there. */
static void nowhere(void)
{
	uint64_t size = storage_size();

	map(3, (void *)size, P | W | U);
	run("a load beyond storage", CODE(LOAD), false, AT + 0x3000);
	expect_done(&t);
	expect("ones", t.gpr[RBX] == UINT64_MAX);
	run("a store beyond storage",
	    CODE(STORE " \n mov (%%rax), %%rcx\n add %%rcx, (%%rax)\n mov (%%rax), %%rdx"), false,
	    AT + 0x3000);
	expect_done(&t);
	expect("it is lost", t.gpr[RCX] == UINT64_MAX && t.gpr[RDX] == UINT64_MAX);
	expect("no flag of CP's is left", !(t.rflags & FLAGS_TF));
	t = (struct trial){.gpr = {[RAX] = AT + 0x3000}};
	try(&t, "execution beyond storage", CODE("jmp *%%rax"));
	expect("ones are no instruction", t.vector == VECTOR_UNDEFINED && t.rip == AT + 0x3000);
	for (uint64_t n = 0; n < 64; n++) {
		map(4, (void *)(size + (n << 21)), P | W | U);
		*(volatile uint64_t *)(AT + 0x4000) = n;
		if (*(volatile uint64_t *)(AT + 0x4000) != UINT64_MAX)
			expect("all of it", false);
	}
}

int main(void)
{
	table = page_new(1);
	for (unsigned n = 0; n < 512; n++)
		table[n] = 0;
	directories[512] = (uint64_t)table | P | W | U;
	flush();
	rights();
	by_cp();
	changes();
	if (under_cp)
		nowhere();
	return failures;
}
