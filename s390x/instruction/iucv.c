/*
 * iucv.c - the IUCV instruction (B2F0): messages between virtual machines.
 *
 * Owns: the answers of a CP that knows IUCV but has nobody to connect to. Before: driver.c. After: nothing yet.
 * Heritage: DMKIUA. Source of the codes: z/VM CP Programming Services; Linux, net/iucv/iucv.c.
 * Simplification: buffers and masks are accepted and forgotten, for no message ever comes; every CONNECT is refused. A guest that
 * knows it runs under VM takes IUCV for granted: Linux's console driver crashes when QUERY does not work.
 */
#include <arch/instruction.h>

enum function {
	QUERY = 0,
	RETRIEVE_BUFFER = 2,
	SEND = 4,
	CONNECT = 11,
	DECLARE_BUFFER = 12,
	SEVER = 15,
	SET_MASK = 16,
	SET_CONTROL_MASK = 17,
};

#define INTERRUPT_BUFFER 40 /* bytes */
#define PATHS_MAX        1
#define RETURN_CODE      3 /* offset of IPRCODE in the parameter list */
#define NO_SUCH_PATH     1
#define NOT_LOGGED_ON    11

/* Condition code 1: the reason is in the parameter list at GR1. */
static int refuse(struct instruction *i, uint8_t reason)
{
	int rc = real_write(i->v, address_wrap(i->v, i->v->arch.gpr[1]) + RETURN_CODE, &reason, 1);

	if (rc == 0)
		set_cc(i->v, 1);
	return rc;
}

int sim_iucv(struct instruction *i)
{
	uint32_t function = gpr_low(i->v, 0);

	switch (function) {
	case QUERY:
		gpr_set_low(i->v, 0, INTERRUPT_BUFFER);
		i->v->arch.gpr[1] = PATHS_MAX;
		set_cc(i->v, 0);
		return 0;
	case RETRIEVE_BUFFER:
	case DECLARE_BUFFER:
	case SET_MASK:
	case SET_CONTROL_MASK:
		set_cc(i->v, 0);
		return 0;
	case CONNECT:
		return refuse(i, NOT_LOGGED_ON);
	default:
		if (function >= SEND && function <= SEVER)
			return refuse(i, NO_SUCH_PATH);
		set_cc(i->v, 3);
		return 0;
	}
}
