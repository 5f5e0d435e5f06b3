/*
 * identify.c - DIAGNOSE X'00' and X'0C': who and when.
 *
 * Owns: the extended identification and the pseudo timer. Before: table.c. After: command.c.
 * Heritage: DMKHVC (HVCDXID, HVCTIMR).
 * Simplification: one level of CP is named, the one that answers.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include "handlers.h"

#define IDENTITY_SIZE 40
#define TIMER_SIZE    32

int diag_identify(struct diagnose *d)
{
	uint64_t address = diagnose_register(d, d->x);
	int32_t length = (int32_t)diagnose_register(d, d->y);
	uint8_t identity[IDENTITY_SIZE] = {0};
	int rc;

	if (address % 8 || length < 1)
		return DIAG_SPECIFICATION;
	field_put_text(identity, 8, "VM/40");
	identity[10] = 1;    /* version 0.0.1 */
	identity[11] = 0xff; /* as STIDP: a virtual machine */
	field_put(identity + 14, 2, d->v->number);
	field_put_text(identity + 16, 8, d->v->vm->userid);
	identity[24] = 0x80; /* one level */
	if (length > IDENTITY_SIZE)
		length = IDENTITY_SIZE;
	rc = diagnose_write(d, address, identity, (size_t)length);
	if (rc == 0)
		diagnose_set_register(d, d->y, diagnose_register(d, d->y) - (uint64_t)length);
	return rc;
}

int diag_timer(struct diagnose *d)
{
	uint64_t address = diagnose_register(d, d->x);
	uint8_t block[TIMER_SIZE];
	struct calendar now;
	tod_t guest, total;
	char text[8 + 9]; /* date and time, 8 characters each */

	if (address % 8)
		return DIAG_SPECIFICATION;
	calendar_from_tod(arch_clock(), &now);
	calendar_date(&now, text);
	calendar_time(&now, text + 8);
	field_put_text(block, 16, text);
	vm_times_seen(d->v->vm, &guest, &total);
	field_put(block + 16, 8, guest / TOD_MICROSECOND);
	field_put(block + 24, 8, total / TOD_MICROSECOND);
	return diagnose_write(d, address, block, sizeof(block));
}
