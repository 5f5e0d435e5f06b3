/*
 * Instructions whose right depends on authorizations in control registers 0, 3 and 4: in the problem state with all of them
 * zero, and in the supervisor state where they are free.
 * Before it: privileged.c. After it: control.c.
 * Known simplification: no linkage stack, no PC, no access registers.
 */
#include "runtime/guest.h"

struct row {
	const char *name;
	uint32_t code;
	uint16_t expected;
};

/* With DAT off and extraction authority, key mask and secondary-space control zero. */
static const struct row refused[] = {
	{"iac", 0xb2240020, 0x13},      {"ipk", 0xb20b0000, 2},        {"epar", 0xb2260020, 0x13},
	{"esar", 0xb2270020, 0x13},     {"ivsk", 0xb2230023, 0x13},    {"spka 30", 0xb20a0030, 2},
	{"sac 0", 0xb2190000, 0x13},    {"sac 300", 0xb2190300, 0x13}, {"sacf 0", 0xb2790000, 0x13},
	{"sacf 100", 0xb2790100, 0x13},
};

static void refused_try(const struct row *row)
{
	static uint32_t code[2];
	struct trial t = {.gpr = {0}};

	code[0] = row->code;
	code[1] = 0x0aff0000;
	try(&t, row->name, PSW_64BIT | PSW_PROBLEM, code);
	if (t.end == END_PROGRAM && t.code == row->expected)
		expect_program(&t, row->expected, 4, 4);
	else
		differs(t.end == END_SVC ? "is executed" : "another interruption code");
}

static struct trial t;

static void keys(void)
{
	t.gpr[2] = 0xffffffffffffffff;
	try(&t, "ipk, key 5", PSW_64BIT | 0x0050000000000000UL, CODE("ipk"));
	if (!absent(&t)) {
		expect_done(&t, 0);
		expect("key in bits 56-59, 60-63 zero", t.gpr[2] == 0xffffffffffffff50);
	}
	try(&t, "spka, to key 7", PSW_64BIT, CODE("spka 0x70"));
	expect_done(&t, 0);
	expect("key in the PSW", (t.mask >> 52 & 15) == 7);
	t.gpr[1] = 0xf5;
	try(&t, "spka, from a register", PSW_64BIT, CODE("spka 0(1)"));
	expect("key in the PSW", (t.mask >> 52 & 15) == 15);
	control_set(3, 0x01000000); /* key mask: key 7 only */
	try(&t, "spka 70, problem state, key allowed", PSW_64BIT | PSW_PROBLEM, CODE("spka 0x70"));
	if (t.end == END_SVC)
		expect("key in the PSW", (t.mask >> 52 & 15) == 7);
	else
		differs("privileged operation");
	try(&t, "spka 60, problem state, key not allowed", PSW_64BIT | PSW_PROBLEM, CODE("spka 0x60"));
	expect_program(&t, 2, 4, 4);
	control_set(3, 0);
}

static void extraction(void)
{
	uint64_t was4 = control_get(4);

	control_set(4, 0x00051234);
	t.gpr[2] = 0xeeeeeeeeeeeeeeee;
	try(&t, "epar, supervisor, DAT off", PSW_64BIT, CODE("epar 2"));
	if (!absent(&t)) {
		if (t.end == END_PROGRAM)
			expect_program(&t, 0x13, 4, 4);
		else
			expect("primary ASN", (uint32_t)t.gpr[2] == 0x1234);
	}
	control_set(4, was4);
	t.gpr[2] = 0xeeeeeeeeeeeeeeee;
	try(&t, "iac, DAT off", PSW_64BIT, CODE("iac 2"));
	if (!absent(&t))
		expect_program(&t, 0x13, 4, 4);
}

int main(void)
{
	for (unsigned i = 0; i < sizeof(refused) / sizeof(*refused); i++)
		refused_try(&refused[i]);
	keys();
	extraction();
	return failures;
}
