/*
 * indicate.c - INDICATE: how busy CP is, and what a machine has cost it.
 *
 * Owns: INDICATE LOAD and INDICATE USER. Before: query_system.c; exits.c and the port, which count. After: system.c.
 * Heritage: DMKTHI.
 * Simplification: the counts run from LOGON, and nothing sets them back.
 */
#include <cp/arch.h>
#include <cp/heap.h>
#include <cp/session_private.h>
#include <cp/string.h>

#include "commands.h"

#define ACROSS 6

/* Why an engine was left: the one that runs it now, or one that has. */
static void exits_line(struct command *c, const struct vcpu *v, const struct exits *x)
{
	char line[REPLY_LINE_MAX];
	size_t used = format(line, sizeof(line), "CPU %02u: %s=%s", v->number,
			     x == v->left ? "ENGINE" : "BEFORE", x->engine);

	for (unsigned kind = 0; kind < INTERCEPT_KINDS; kind++)
		used += format(line + used, sizeof(line) - used, " %s=%llu", intercept_names[kind],
			       (unsigned long long)x->count[kind]);
	reply_line(c, "%s", line);
}

/* What CP's answers cost, of those that were measured: the mean with three decimals, and which part of all of it. */
static void costs_lines(struct command *c, const struct exits *x)
{
	tod_t all = 0;

	for (unsigned kind = 0; kind < INTERCEPT_KINDS; kind++)
		all += x->time[kind];
	for (unsigned kind = 0; kind < INTERCEPT_KINDS && all; kind++) {
		uint64_t n = x->measured[kind], mean = n ? x->time[kind] * 1000 / TOD_MICROSECOND / n : 0;

		if (n)
			reply_line(c, " %s-%-11s MEASURED=%llu MEAN=%llu.%03u USEC SHARE=%u%%", x->engine,
				   intercept_names[kind], (unsigned long long)n,
				   (unsigned long long)(mean / 1000), (unsigned)(mean % 1000),
				   (unsigned)(x->time[kind] * 100 / all));
	}
}

static void exits_lines(struct command *c, struct vcpu *v)
{
	const struct exits *x;

	for (unsigned n = 0; (x = exits_get(v, n)); n++) {
		exits_line(c, v, x);
		costs_lines(c, x);
	}
}

/* The n-th count that comes next after `below` when the greatest stands first; -1: there is no other. */
static int next_greatest(const struct vcpu *v, uint64_t below, int after)
{
	struct arch_count a;
	uint64_t best = 0;
	int found = -1;

	for (int n = 0; arch_vcpu_count(v, n, &a); n++) {
		bool later = a.count < below || (a.count == below && n > after);

		if (later && a.count > best)
			best = a.count, found = n;
	}
	return found;
}

/* What was simulated for it, by name, the most frequent first. */
static void counts_lines(struct command *c, const struct vcpu *v)
{
	char line[REPLY_LINE_MAX];
	struct arch_count a;
	size_t used = 0;
	unsigned across = 0;

	for (int n = next_greatest(v, UINT64_MAX, -1); n >= 0; n = next_greatest(v, a.count, n)) {
		arch_vcpu_count(v, n, &a);
		used += format(line + used, sizeof(line) - used, " %s=%llu", a.name,
			       (unsigned long long)a.count);
		if (++across < ACROSS)
			continue;
		reply_line(c, "%s", line);
		used = across = 0;
	}
	if (across)
		reply_line(c, "%s", line);
}

static void indicate_user(struct command *c, const struct vm *vm)
{
	char account[80];

	when_account(vm, account, sizeof(account));
	reply_line(c, "USERID=%-8s MACH=%s STOR=%uM RESIDENT=%u PAGES", vm->userid,
		   vm->mode == MACHINE_Z ? "Z" : "ESA", (unsigned)(vm->storage.size >> 20),
		   (unsigned)vm->storage.resident);
	reply_line(c, "%s", account);
	for (unsigned n = 0; n < vm->cpus; n++) {
		exits_lines(c, vm->cpu[n]);
		counts_lines(c, vm->cpu[n]);
	}
}

static int indicate_load(struct command *c)
{
	unsigned running = 0;

	for (struct vm *vm = vm_next(NULL); vm; vm = vm_next(vm))
		running += !vm->stopped;
	reply_line(c, "USERS-%03u RUNNING-%03u STORAGE-%03u%%", vm_count(), running,
		   (unsigned)(100 - frames_free() * 100 / (frames_total() ? frames_total() : 1)));
	return 0;
}

int cmd_indicate(struct command *c)
{
	struct vm *vm = c->vm;
	int rc;

	if (c->count == 1 || operand_is(c, 1, "LOAD", 2))
		return indicate_load(c);
	if (!operand_is(c, 1, "USER", 1))
		return reply_message(c, MSG_INVALID_OPTION, c->token[1]);
	rc = c->count > 2 ? operand_vm(c, 2, &vm) : 0;
	if (rc == 0 && vm != c->vm && !(c->classes & CLASS('E')))
		rc = reply_message(c, MSG_PRIVILEGE, "INDICATE USER", "E for another user", "not");
	if (rc == 0)
		indicate_user(c, vm);
	return rc;
}
