/*
 * Trying an instruction and judging what came of it; the judgement is printed only when it is bad.
 * Before it: trial.c. After it: the guests.
 * Known simplification: an interruption code that a machine is known to get wrong must be let through by its guest.
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

void try(struct trial *t, const char *name, uint64_t mask, const void *code)
{
	trying(name);
	t->mask = mask;
	t->address = tried_at = (uint64_t)code;
	trial_run(t);
	if (t->end == END_SVC && t->code == SVC_DONE)
		print("%s: done, cc %u\n", name, trial_cc(t));
	else
		print("%s: interruption %u, code %04X, length %u, at +%lX\n", name, t->end, t->code, t->ilc,
		      t->address - tried_at);
}

void expect(const char *what, int good)
{
	if (good)
		return;
	failures++;
	print("BAD %s%s: %s\n", group, tried == group ? "" : tried, what);
}

void expect_done(const struct trial *t, int cc)
{
	expect("was to run to its end", t->end == END_SVC && t->code == SVC_DONE);
	if (t->end == END_SVC && t->code == SVC_DONE && cc >= 0 && trial_cc(t) != (unsigned)cc)
		expect("condition code", 0);
}

void expect_program(const struct trial *t, unsigned code, unsigned ilc, unsigned advance)
{
	expect("was to end with a program interruption", t->end == END_PROGRAM);
	expect("program interruption code", t->code == code);
	expect("instruction length", t->ilc == ilc);
	expect("address in the old PSW", t->address == tried_at + advance);
}

void differs(const char *what)
{
	print("differs: %s%s: %s\n", group, tried == group ? "" : tried, what);
}

uint64_t control_get(int number)
{
	uint64_t controls[16];

	control_store_all(controls);
	return controls[number];
}

void control_set(int number, uint64_t value)
{
	uint64_t controls[16];

	control_store_all(controls);
	controls[number] = value;
	control_load_all(controls);
}

int absent(const struct trial *t)
{
	if (t->end != END_PROGRAM || t->code != 1)
		return 0;
	differs("operation exception");
	return 1;
}
