/*
 * query_system.c - QUERY: CP itself, and the real machine.
 *
 * Owns: CPLEVEL, STORAGE, LINES, CPUID, PF. Before: heap.h, line.h, block.h. After: indicate.c.
 * Heritage: DMKCQQ.
 */
#include <cp/arch.h>
#include <cp/heap.h>
#include <cp/session_private.h>
#include <cp/string.h>

#include "query.h"

static tod_t ipl_time;

void query_started(void)
{
	ipl_time = arch_clock();
}

int query_cplevel(struct command *c)
{
	char when[40];

	reply_line(c, "VM/40 VERSION 1 RELEASE 0, %s", arch_description());
	when_text(ipl_time, when, sizeof(when));
	reply_line(c, "IPL AT %s", when);
	return 0;
}

/* Real storage, for those who look after it. */
int query_storage(struct command *c)
{
	uint64_t total = frames_total() * PAGE_SIZE, left = frames_free() * PAGE_SIZE;

	reply_line(c, "STORAGE = %uM CONFIGURED = %uM FREE = %uM", (unsigned)((total + (1 << 20) - 1) >> 20),
		   (unsigned)(total >> 20), (unsigned)(left >> 20));
	return 0;
}

/* As STIDP would store it on a mainframe: a virtual machine, its number, its type. */
int query_cpuid(struct command *c)
{
	reply_line(c, "CPUID = %016lX", (unsigned long)vm_cpuid(c->vm, 0));
	return 0;
}

#define PF_KEYS 24

/* A line terminal has no such keys; programs ask all the same. */
int query_pf(struct command *c)
{
	for (unsigned n = 1; n <= PF_KEYS; n++)
		reply_line(c, "PF%02u UNDEFINED", n);
	return 0;
}

int query_lines(struct command *c)
{
	for (struct line *l = line_next(NULL); l; l = line_next(l)) {
		struct session *s = l->session;

		reply_line(c, "L%04u %04X %-10s %s", l->number, l->address, l->driver->name,
			   s && s->vm ? s->vm->userid
			   : l->open  ? "ENABLED"
				      : "FREE");
	}
	return 0;
}
