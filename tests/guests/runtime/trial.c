/*
 * A trial: load registers and a PSW, run until anything interrupts, write down what the machine stored.
 * Before it: print.c. After it: the guests, one point each.
 * Known simplification: a machine check ends a guest that has not said that it expects one.
 */
#include "guest.h"

extern char storage_free[];

/* Old PSW by kind of interruption, indexed by enum trial_end. */
int checks_expected;

static const uint16_t old_psw[] = {0, 0x150, 0x140, 0x130, 0x170, 0x120, 0x160};

void trial_run(struct trial *t)
{
	for (int i = 0; i < 16; i++)
		LOW(uint64_t, 0x200 + 8 * i) = t->gpr[i];
	LOW(uint64_t, 0x290) = t->mask;
	LOW(uint64_t, 0x298) = t->address;
	guest_enter();
	for (int i = 0; i < 16; i++)
		t->gpr[i] = LOW(uint64_t, 0x200 + 8 * i);
	t->end = LOW(uint8_t, 0x288);
	t->mask = LOW(uint64_t, old_psw[t->end]);
	t->address = LOW(uint64_t, old_psw[t->end] + 8);
	if (t->end == END_PROGRAM) {
		t->code = LOW(uint16_t, 0x8e);
		t->ilc = LOW(uint8_t, 0x8d);
	} else if (t->end == END_SVC) {
		t->code = LOW(uint16_t, 0x8a);
		t->ilc = LOW(uint8_t, 0x89);
	} else {
		t->code = t->end == END_EXTERNAL ? LOW(uint16_t, 0x86) : 0;
		t->ilc = 0;
	}
	t->subcode = LOW(uint16_t, 0x84);
	t->teid = LOW(uint64_t, 0xa8);
	t->access_id = LOW(uint8_t, 0xa0);
	t->per_code = LOW(uint16_t, 0x96);
	t->per_address = LOW(uint64_t, 0x98);
	if (t->end == END_CHECK && !checks_expected)
		guest_finish(0xfff);
}

void *page_new(unsigned pages)
{
	static char *next = storage_free;
	char *page = next;

	next += 4096UL * pages;
	return memset(page, 0, 4096UL * pages);
}

/*
 * The verdict: a word at 0x2000 for whoever looks into storage, a line for whoever reads the console, and a disabled
 * wait whose address says the same once more: 0xFFF good, 0xEEE + n with n failures.
 */
void guest_finish(int failures)
{
	print("guest: %s, %d failures\n", failures ? "FAILED" : "passed", failures);
	LOW(uint64_t, 0x2000) = failures;
	LOW(uint64_t, 0x290) = 0x0002000180000000;
	LOW(uint64_t, 0x298) = failures ? 0xeee + failures : 0xfff;
	__asm__ volatile("lpswe 0x290" : : : "memory");
	__builtin_unreachable();
}
