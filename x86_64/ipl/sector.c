/*
 * sector.c - starts a boot sector, and what follows it, in real mode at 7C00.
 *
 * Before: ipl.c. For small guests that begin as a PC does.
 * Simplification: there is no firmware behind it, so every INT that a boot sector for a real PC issues goes astray.
 */
#include "ipl.h"

#define SIGNATURE       510
#define SIGNATURE_VALUE 0xaa55
#define LOAD_AT         0x7c00u
#define LOAD_END        0x9fc00u

bool sector_is(const struct load *l)
{
	return get16(l->head + SIGNATURE) == SIGNATURE_VALUE;
}

int sector_load(struct load *l)
{
	int64_t n = image_load(&l->image, 0, l->vm, LOAD_AT, LOAD_END - LOAD_AT);
	int rc;

	if (n < 0)
		return ipl_failed(l, n);
	rc = ipl_command_line(l);
	l->start = (struct guest_start){.mode = START_REAL, .rip = LOAD_AT, .rsp = LOAD_AT};
	return rc;
}
