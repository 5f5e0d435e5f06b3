/*
 * pvclock.c - a clock that a guest reads in its own storage: the interface of Linux' KVM clock.
 *
 * Owns: two MSRs by which a guest says where it wants the time, and what stands there. A guest that knows it need not measure its
 * time-stamp counter against the 8254, which takes thousands of port accesses. Comes after msr.c, cpuid.c, which offer it.
 * Source: Linux, Documentation/virt/kvm/x86/msr.rst.
 * Simplification: the real TSC never changes its pace, so what is written once stays true; until RESTORE, after which it is written
 * again before the guest runs, and not before: a machine that is not started is, saved again, what it was.
 */
#include <arch/instruction.h>
#include <arch/real.h>
#include <cp/arch.h>

#define ENABLE 1ull
#define STABLE 1
#define SECOND 1000000000ull /* nanoseconds */

struct pvclock_wall {
	uint32_t version, seconds, nanoseconds;
};

/* Nanoseconds = system_time + ((TSC - timestamp) << shift) * factor >> 32. */
struct pvclock_time {
	uint32_t version, reserved;
	uint64_t timestamp, system_time;
	uint32_t factor;
	int8_t shift;
	uint8_t flags, reserved2[2];
};

/* The clock counts from the machine's LOGON on. */
static uint64_t system_time(const struct vcpu *v, tod_t now)
{
	tod_t since = now - v->vm->arch.clock_zero;

	return since / TOD_SECOND * SECOND + since % TOD_SECOND * 1000 / TOD_MICROSECOND;
}

static void scale(struct pvclock_time *t)
{
	uint64_t hertz = real_machine.tsc_hertz;

	while (hertz > 2 * SECOND) {
		hertz >>= 1;
		t->shift--;
	}
	while (hertz <= SECOND) {
		hertz <<= 1;
		t->shift++;
	}
	t->factor = (uint32_t)((SECOND << 32) / hertz);
}

/* An address outside of storage is the guest's business: nothing is written there. */
int pvclock_update(struct vcpu *v)
{
	struct pvclock_time t = {.version = 2, .flags = STABLE};
	int rc = 0;

	if (v->arch.clock_at & ENABLE) {
		t.timestamp = tsc_read() + register_get(v, REGISTER_TSC_OFFSET);
		t.system_time = system_time(v, arch_clock());
		scale(&t);
		rc = guest_write(v->vm, v->arch.clock_at & ~ENABLE, &t, sizeof(t));
	}
	if (rc < 0)
		return rc;
	v->arch.stale &= (uint8_t)~STALE_CLOCK;
	return 0;
}

uint64_t pvclock_get(const struct vcpu *v)
{
	return v->arch.clock_at;
}

int pvclock_set(struct vcpu *v, uint64_t value)
{
	v->arch.clock_at = value;
	return pvclock_update(v);
}

/* What time it was when the clock stood at zero. */
int pvclock_wall_set(struct vcpu *v, uint64_t value)
{
	tod_t at = v->vm->arch.clock_zero - TOD_UNIX_EPOCH;
	const struct pvclock_wall w = {
		.version = 2,
		.seconds = (uint32_t)(at / TOD_SECOND),
		.nanoseconds = (uint32_t)(at % TOD_SECOND * 1000 / TOD_MICROSECOND),
	};
	int rc = guest_write(v->vm, value, &w, sizeof(w));

	return rc < 0 ? rc : 0;
}
