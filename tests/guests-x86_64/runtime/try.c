/*
 * Trying instructions and judging what came of it; the judgement is printed only when it is bad.
 * Before it: trial.c. After it: the guests.
 */
#include "guest.h"

int failures;

/* What is being tried; a name that begins with blanks belongs to the last one that does not. */
static const char *group = "", *tried = "";
static uint64_t tried_at;

void trying(const char *name)
{
	tried = name;
	if (*name != ' ')
		group = name;
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
		print("%s: done\n", name);
	else
		print("%s: vector %02X, error %lX, at +%lX\n", name, (unsigned)t->vector, t->error,
		      t->rip - tried_at);
}

void try(struct trial *t, const char *name, const void *code)
{
	run(t, name, code, CODE_KERNEL, DATA_KERNEL);
}

void try_user(struct trial *t, const char *name, const void *code)
{
	run(t, name, code, CODE_USER, DATA_USER);
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
