/*
 * The object directory, changed and replaced by a guest; a guest without the class is refused.
 * Before it: ../guests/directory-calls.h. After it: tests/machine/test_directory.py.
 */
#include "runtime/guest.h"

#include "../guests/directory-calls.h"

static uint8_t letter(char c)
{
	return (uint8_t)c;
}

static int call(const char *name, unsigned function, const void *list, unsigned length, struct answer *a)
{
	static struct trial t;

	t = (struct trial){.gpr = {[RAX] = function, [RDI] = (uint64_t)list, [RDX] = length}};
	try(&t, name, CODE("vmmcall"));
	a->code = (unsigned)t.gpr[RDX];
	a->cc = (unsigned)t.gpr[RAX];
	if (t.vector == VECTOR_DONE)
		return 1;
	expect_exception(&t, VECTOR_PROTECTION, 0, 0);
	return 0;
}

int main(void)
{
	return directory_calls();
}
