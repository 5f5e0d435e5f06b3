/*
 * query_system.c - QUERY: CP itself, and the real machine.
 *
 * Owns: CPLEVEL, STORAGE, LINES, and INDICATE. Before: heap.h, line.h, block.h. After: system.c.
 * Heritage: DMKCQQ, DMKTHI (INDICATE).
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

static void indicate_user(struct command *c, struct vm *vm)
{
	char account[80];

	when_account(vm, account, sizeof(account));
	reply_line(c, "USERID=%-8s MACH=%s STOR=%uM RESIDENT=%u PAGES", vm->userid,
		   vm->mode == MACHINE_Z ? "Z" : "ESA", (unsigned)(vm->storage.size >> 20),
		   (unsigned)vm->storage.resident);
	reply_line(c, "%s", account);
	for (unsigned n = 0; n < vm->cpus; n++)
		reply_line(c, "CPU %02u: SIMULATED=%llu PROGRAM=%llu SVC=%llu PAGE=%llu", n,
			   (unsigned long long)vm->cpu[n]->intercepts[INTERCEPT_INSTRUCTION],
			   (unsigned long long)vm->cpu[n]->intercepts[INTERCEPT_PROGRAM],
			   (unsigned long long)vm->cpu[n]->intercepts[INTERCEPT_SVC],
			   (unsigned long long)vm->cpu[n]->intercepts[INTERCEPT_PAGE]);
}

int cmd_indicate(struct command *c)
{
	struct vm *vm = c->vm;
	unsigned running = 0;
	int rc;

	if (operand_is(c, 1, "USER", 1)) {
		rc = c->count > 2 ? operand_vm(c, 2, &vm) : 0;
		if (rc == 0 && vm != c->vm && !(c->classes & CLASS('E')))
			rc = reply_message(c, MSG_PRIVILEGE, "INDICATE USER", "E for another user", "not");
		if (rc == 0)
			indicate_user(c, vm);
		return rc;
	}
	if (c->count > 1 && !operand_is(c, 1, "LOAD", 2))
		return reply_message(c, MSG_INVALID_OPTION, c->token[1]);
	for (vm = vm_next(NULL); vm; vm = vm_next(vm))
		running += !vm->stopped;
	reply_line(c, "USERS-%03u RUNNING-%03u STORAGE-%03u%%", vm_count(), running,
		   (unsigned)(100 - frames_free() * 100 / (frames_total() ? frames_total() : 1)));
	return 0;
}
