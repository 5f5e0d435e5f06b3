/*
 * The object directory, changed and replaced by a guest; a guest without the class is refused.
 * Before it: directory-calls.h. After it: tests/machine/test_directory.py.
 */
#include "runtime/guest.h"

#include "directory-calls.h"

static uint8_t letter(char c)
{
	return print_code(c);
}

static int call(const char *name, unsigned function, const void *list, unsigned length, struct answer *a)
{
	static struct trial t;

	t.gpr[2] = (uint64_t)list;
	t.gpr[4] = length;
	try(&t, name, PSW_64BIT, function == 0x84 ? CODE(".long 0x83240084") : CODE(".long 0x8324003c"));
	a->code = (unsigned)t.gpr[4];
	a->cc = trial_cc(&t);
	if (t.end == END_SVC)
		return 1;
	expect_program(&t, 2, 4, 4);
	return 0;
}

int main(void)
{
	return directory_calls();
}
