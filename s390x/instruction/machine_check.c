/*
 * machine_check.c - the machine-check interruption, for the one cause that a virtual machine has: a channel report is pending.
 *
 * Owns: the machine-check-interruption code, and storing the CPU's registers into their save areas, as STORE STATUS does, too.
 * Comes after interrupt.c, channel/report.c. Heritage: DMKMCH, which simulated none for its guests.
 * Source: Principles of Operation, chapter 11; chapter 3, "Assigned Storage Locations"; chapter 4, "Store Status".
 * Simplification: CP's own machine checks are its end, so no damage is ever told to a guest.
 */
#include <arch/guest.h>
#include <arch/instruction.h>
#include <arch/trap.h>
#include <cp/arch.h>

#define CODE 0xe8	       /* where the machine-check-interruption code is stored */
#define EXTENDED_AREA 0x11b0   /* where the guest says where its vector registers are to be stored; 1 KiB boundary */
#define EXTENDED_MASK 0x3ffull

/* The machine-check-interruption code: what has happened, and which of the stored values are right. */
#define MCIC_REPORT 0x0040000000000000ull
#define MCIC_PSW 0x00000f0000000000ull
#define MCIC_VECTOR 0x0000004000000000ull
#define MCIC_FLOATING 0x0000001000000000ull
#define MCIC_GENERAL 0x0000000800000000ull
#define MCIC_CONTROL 0x0000000400000000ull
#define MCIC_LOGOUT 0x0000000100000000ull
#define MCIC_ACCESS 0x0000000040000000ull
#define MCIC_TOD_FPC 0x0000000000300000ull
#define MCIC_TIMERS 0x0000000000030000ull
#define MCIC_VALID                                                                                           \
	(MCIC_PSW | MCIC_FLOATING | MCIC_GENERAL | MCIC_CONTROL | MCIC_LOGOUT | MCIC_ACCESS | MCIC_TIMERS)

/* Save areas, from the beginning of one contiguous block on; ESA/390 has them in its first 512 bytes. */
static int store_z(struct vcpu *v, gabs_t base, int (*put)(struct vcpu *v, gabs_t at, const void *from, size_t n))
{
	const struct arch_vcpu *g = &v->arch;
	const struct {
		uint16_t at, size;
		const void *from;
	} parts[] = {
		{ 0x000, sizeof(g->fpr), g->fpr }, { 0x080, sizeof(g->gpr), g->gpr },
		{ 0x100, sizeof(g->psw), &g->psw }, { 0x118, 4, &g->prefix },
		{ 0x11c, 4, &g->fpc },		    { 0x124, 4, &g->tod_programmable },
		{ 0x128, 8, &(uint64_t){ cpu_timer_get(v) } },
		{ 0x130, 8, &(uint64_t){ g->clock_comparator >> 8 } },
		{ 0x140, sizeof(g->ar), g->ar },    { 0x180, sizeof(g->cr), g->cr },
	};
	int rc = 0;

	for (unsigned n = 0; n < ARRAY_SIZE(parts) && rc == 0; n++)
		rc = put(v, base + parts[n].at, parts[n].from, parts[n].size);
	return rc;
}

static int store_390(struct vcpu *v, int (*put)(struct vcpu *v, gabs_t at, const void *from, size_t n))
{
	const struct arch_vcpu *g = &v->arch;
	uint64_t psw = psw_to_short(&g->psw), timer = cpu_timer_get(v);
	uint64_t floats[4] = { g->fpr[0], g->fpr[2], g->fpr[4], g->fpr[6] };
	uint32_t general[16], control[16];
	const struct {
		uint16_t at, size;
		const void *from;
	} parts[] = {
		{ 0xd8, 8, &timer },  { 0xe0, 8, &g->clock_comparator }, { 0x100, 8, &psw },
		{ 0x108, 4, &g->prefix }, { 0x120, sizeof(g->ar), g->ar }, { 0x160, sizeof(floats), floats },
		{ 0x180, sizeof(general), general }, { 0x1c0, sizeof(control), control },
	};
	int rc = 0;

	for (unsigned n = 0; n < 16; n++) {
		general[n] = g->gpr[n];
		control[n] = g->cr[n];
	}
	for (unsigned n = 0; n < ARRAY_SIZE(parts) && rc == 0; n++)
		rc = put(v, parts[n].at, parts[n].from, parts[n].size);
	return rc;
}

#define STATUS_Z 0x1200

static int status_put(struct vcpu *v, gabs_t at, const void *from, size_t n)
{
	return guest_write(v->vm, at, from, n);
}

int status_store(struct vcpu *v)
{
	registers_save(v);
	return v->arch.z ? store_z(v, STATUS_Z, status_put) : store_390(v, status_put);
}

/* Where the guest has named a place for them, and has them at all. */
static int vectors_store(struct vcpu *v, uint64_t *code)
{
	uint64_t area;
	int rc = real_read(v, EXTENDED_AREA, &area, sizeof(area));

	area &= ~EXTENDED_MASK;
	if (rc || !area || !real_machine.vector || !(v->vm->options & SET_HOST_FACILITIES))
		return rc;
	*code |= MCIC_VECTOR;
	return guest_write(v->vm, area, v->arch.vr, sizeof(v->arch.vr));
}

static int registers_store(struct vcpu *v, uint64_t *code)
{
	int rc;

	registers_save(v);
	*code = MCIC_REPORT | MCIC_VALID;
	if (!v->arch.z)
		return store_390(v, real_write);
	*code |= MCIC_TOD_FPC;
	rc = store_z(v, STATUS_Z, real_write);
	return rc ? rc : vectors_store(v, code);
}

int machine_check_deliver(struct vcpu *v)
{
	uint64_t code;
	int rc;

	if (!v->vm->arch.reports.interruption || !(v->arch.psw.mask & PSW_MACHINE_CHECK) ||
	    !(v->arch.cr[14] & CR14_CHANNEL_REPORT))
		return 0;
	v->vm->arch.reports.interruption = false;
	if (v->vm->trace.events & TRACE_IO)
		trace_user(v, TRACE_IO, "MCH CHANNEL REPORT");
	rc = registers_store(v, &code);
	if (rc == 0)
		rc = real_write(v, CODE, &code, sizeof(code));
	return rc ? CP_CANNOT : interruption_swap(v, INT_MACHINE_CHECK);
}
