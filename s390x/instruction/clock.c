/*
 * clock.c - the guest's CPU timer, clock comparator and TOD clock.
 *
 * Owns: what a guest's timers are. Its TOD clock is the real one: STCKE does
 * not trap, nor STCK as a rule, so no other is possible here, and SET CLOCK
 * is answered and ignored. Its CPU timer runs only while it runs. Comes after driver.c.
 * Heritage: DMKTMR.
 */
#include <arch/instruction.h>
#include <cp/arch.h>

static int doubleword_read(struct instruction *i, uint64_t *value)
{
	return i->a2 & 7 ? PGM_SPECIFICATION : operand_read(i->v, i->a2, value, 8);
}

static int doubleword_write(struct instruction *i, uint64_t value)
{
	return i->a2 & 7 ? PGM_SPECIFICATION : operand_write(i->v, i->a2, &value, 8);
}

tod_t arch_vcpu_time(const struct vcpu *v)
{
	return v->arch.time_before + (v->arch.timer_reference - v->arch.cpu_timer);
}

/*
 * QEMU cannot keep a negative CPU timer (STPT gives nonsense), so a negative
 * one of the guest stands in the real CPU raised by TIMER_OFFSET; the
 * condition is then pending in software. A guest that reads such a timer by
 * ECTG, which does not trap, sees the raised value.
 */
#define TIMER_OFFSET (1ull << 62)

static void timer_load(struct arch_vcpu *g, uint64_t value)
{
	g->timer_offset = (int64_t)value < 0 ? TIMER_OFFSET : 0;
	g->cpu_timer = g->timer_reference = value + g->timer_offset;
}

uint64_t cpu_timer_get(const struct vcpu *v)
{
	return v->arch.cpu_timer - v->arch.timer_offset;
}

void cpu_timer_set(struct vcpu *v, uint64_t value)
{
	struct arch_vcpu *g = &v->arch;

	g->time_before = arch_vcpu_time(v);
	timer_load(g, value);
	g->pending &= ~PENDING_CPU_TIMER;
	if (g->timer_offset)
		g->pending |= PENDING_CPU_TIMER;
}

/* The real CPU timer, loaded with the guest's, has run out. */
void cpu_timer_expired(struct vcpu *v)
{
	struct arch_vcpu *g = &v->arch;

	g->time_before += g->timer_reference;
	timer_load(g, -1ull);
	g->pending |= PENDING_CPU_TIMER;
	v->check = true;
}

/* The machine itself has run the guest's timer, to this value; the guest has had so much time in all. */
void cpu_timer_ran(struct vcpu *v, uint64_t value, tod_t time)
{
	cpu_timer_set(v, value);
	v->arch.time_before = time;
}

void clock_comparator_set(struct vcpu *v, uint64_t value)
{
	v->arch.clock_comparator = value;
	v->arch.pending &= ~PENDING_COMPARATOR;
	v->arch.stale |= STALE_TIMER;
}

int sim_spt(struct instruction *i)
{
	uint64_t value;
	int rc = doubleword_read(i, &value);

	if (rc == 0)
		cpu_timer_set(i->v, value);
	recheck(i->v);
	return rc;
}

int sim_stpt(struct instruction *i)
{
	return doubleword_write(i, cpu_timer_get(i->v));
}

int sim_sckc(struct instruction *i)
{
	uint64_t value;
	int rc = doubleword_read(i, &value);

	if (rc == 0)
		clock_comparator_set(i->v, value);
	recheck(i->v);
	return rc;
}

int sim_stckc(struct instruction *i)
{
	return doubleword_write(i, i->v->arch.clock_comparator);
}

/* STCK and STCKF, where the machine's own cannot be trusted with an operand (dat/code.c). */
int sim_stck(struct instruction *i)
{
	uint64_t now = arch_clock();
	int rc = operand_write(i->v, i->a2, &now, 8);

	if (rc == 0)
		set_cc(i->v, 0);
	return rc;
}

int sim_sck(struct instruction *i)
{
	uint64_t value;
	int rc = doubleword_read(i, &value);

	if (rc == 0)
		set_cc(i->v, 0);
	return rc;
}

int sim_sckpf(struct instruction *i)
{
	if ((uint32_t)i->v->arch.gpr[0] >> 16)
		return PGM_SPECIFICATION;
	i->v->arch.tod_programmable = i->v->arch.gpr[0];
	return 0;
}
