/*
 * Trying instructions and judging what came of it; the judgement is printed only when it is bad.
 * Before it: trial.c. After it: the guests.
 */
#include "guest.h"

int failures;

/* What is being tried; a name that begins with blanks belongs to the last one that does not. */
static const char *group = "", *tried = "";
static uint64_t tried_at;
static bool whole; /* the registers are in the line, too */

void trying(const char *name)
{
	tried = name;
	if (*name != ' ')
		group = name;
}

static uint32_t registers_sum(const struct trial *t)
{
	uint64_t sum = 14695981039346656037ul;

	for (unsigned n = 0; n < 16; n++)
		sum = (sum ^ t->gpr[n]) * 1099511628211ul;
	return (uint32_t)(sum >> 32 ^ sum);
}

static void registers_show(const struct trial *t)
{
	if (whole)
		print(", CS %lX SS %lX flags %lX sum %08X", t->cs, t->ss, t->rflags & ~(uint64_t)FLAGS_RF,
		      registers_sum(t));
	print("\n");
}

static void run(struct trial *t, const char *name, const void *code, uint64_t cs, uint64_t ss)
{
	trying(name);
	t->rip = tried_at = (uint64_t)code;
	t->rflags |= 2;
	t->cs = cs;
	t->ss = ss;
	trial_run(t);
	if (t->vector == VECTOR_DONE)
		print("%s: done", name);
	else
		print("%s: vector %02X, error %lX, at +%lX", name, (unsigned)t->vector, t->error,
		      t->rip - tried_at);
	registers_show(t);
}

void try(struct trial *t, const char *name, const void *code)
{
	run(t, name, code, CODE_KERNEL, DATA_KERNEL);
}

void try_user(struct trial *t, const char *name, const void *code)
{
	run(t, name, code, CODE_USER, DATA_USER);
}

void same(struct trial *t, const char *name, const void *code)
{
	whole = true;
	try(t, name, code);
	whole = false;
}

void same_user(struct trial *t, const char *name, const void *code)
{
	whole = true;
	try_user(t, name, code);
	whole = false;
}

void expect(const char *what, bool good)
{
	if (good)
		return;
	failures++;
	print("BAD %s%s: %s\n", group, tried == group ? "" : tried, what);
}

void expect_done(const struct trial *t)
{
	expect("was to run to its end", t->vector == VECTOR_DONE);
}

void expect_exception(const struct trial *t, unsigned vector, uint64_t error, unsigned advance)
{
	expect("vector of the exception", t->vector == vector);
	expect("error code", t->error == error);
	expect("address of the instruction", t->rip == tried_at + advance);
}
