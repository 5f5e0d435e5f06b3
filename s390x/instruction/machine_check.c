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

#define CODE          0xe8   /* where the machine-check-interruption code is stored */
#define EXTENDED_AREA 0x11b0 /* where the guest says where its vector registers go: a 1 KiB boundary */
#define EXTENDED_MASK 0x3ffull

/* The machine-check-interruption code: what has happened, and which of the stored values are right. */
#define MCIC_REPORT   0x0040000000000000ull
#define MCIC_PSW      0x00000f0000000000ull
#define MCIC_VECTOR   0x0000004000000000ull
#define MCIC_FLOATING 0x0000001000000000ull
#define MCIC_GENERAL  0x0000000800000000ull
#define MCIC_CONTROL  0x0000000400000000ull
#define MCIC_LOGOUT   0x0000000100000000ull
#define MCIC_ACCESS   0x0000000040000000ull
#define MCIC_TOD_FPC  0x0000000000300000ull
#define MCIC_TIMERS   0x0000000000030000ull
#define MCIC_VALID                                                                                           \
	(MCIC_PSW | MCIC_FLOATING | MCIC_GENERAL | MCIC_CONTROL | MCIC_LOGOUT | MCIC_ACCESS | MCIC_TIMERS)

/* Save areas. STORE STATUS stores at absolute addresses, and also what a machine check has in its old PSW and keeps: PSW, prefix. */
enum save { SAVE_REAL, SAVE_STATUS };

struct part {
	uint16_t at, size;
	enum save least;
	const void *from;
};

static int parts_store(struct vcpu *v, enum save how, const struct part *parts, size_t count)
{
	int rc = 0;

	for (size_t n = 0; n < count && rc == 0; n++) {
		const struct part *p = &parts[n];
		if (p->least > how)
			continue;
		rc = how == SAVE_REAL ? real_write(v, p->at, p->from, p->size)
				      : guest_write(v->vm, p->at, p->from, p->size);
	}
	return rc;
}

static int save_z(struct vcpu *v, enum save how)
{
	const struct arch_vcpu *g = &v->arch;
	uint64_t timer = cpu_timer_get(v), comparator = g->clock_comparator >> 8;
	const struct part parts[] = {
		{0x1200, sizeof(g->fpr), SAVE_REAL, g->fpr},
		{0x1280, sizeof(g->gpr), SAVE_REAL, g->gpr},
		{0x1300, sizeof(g->psw), SAVE_STATUS, &g->psw},
		{0x1318, 4, SAVE_STATUS, &g->prefix},
		{0x131c, 4, SAVE_REAL, &g->fpc},
		{0x1324, 4, SAVE_REAL, &g->tod_programmable},
		{0x1328, 8, SAVE_REAL, &timer},
		{0x1330, 8, SAVE_REAL, &comparator},
		{0x1340, sizeof(g->ar), SAVE_REAL, g->ar},
		{0x1380, sizeof(g->cr), SAVE_REAL, g->cr},
	};

	return parts_store(v, how, parts, ARRAY_SIZE(parts));
}

static int save_390(struct vcpu *v, enum save how)
{
	const struct arch_vcpu *g = &v->arch;
	uint64_t psw = psw_to_short(&g->psw), timer = cpu_timer_get(v);
	uint64_t floats[4] = {g->fpr[0], g->fpr[2], g->fpr[4], g->fpr[6]};
	uint32_t general[16], control[16];
	const struct part parts[] = {
		{0x0d8, 8, SAVE_REAL, &timer},
		{0x0e0, 8, SAVE_REAL, &g->clock_comparator},
		{0x100, 8, SAVE_STATUS, &psw},
		{0x108, 4, SAVE_STATUS, &g->prefix},
		{0x120, sizeof(g->ar), SAVE_REAL, g->ar},
		{0x160, sizeof(floats), SAVE_REAL, floats},
		{0x180, sizeof(general), SAVE_REAL, general},
		{0x1c0, sizeof(control), SAVE_REAL, control},
	};

	for (unsigned n = 0; n < 16; n++) {
		general[n] = g->gpr[n];
		control[n] = g->cr[n];
	}
	return parts_store(v, how, parts, ARRAY_SIZE(parts));
}

static int save(struct vcpu *v, enum save how)
{
	registers_save(v);
	return v->arch.z ? save_z(v, how) : save_390(v, how);
}

/* Where STORE STATUS stores always exists, so a positive code cannot come. */
int arch_vcpu_status(struct vcpu *v)
{
	return save(v, SAVE_STATUS) ? CP_NO_STORAGE : 0;
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
	int rc = save(v, SAVE_REAL);

	*code = MCIC_REPORT | MCIC_VALID;
	if (rc || !v->arch.z)
		return rc;
	*code |= MCIC_TOD_FPC;
	return vectors_store(v, code);
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
	rc = rc ? CP_CANNOT : interruption_swap(v, INT_MACHINE_CHECK);
	return rc < 0 ? rc : 1;
}
