/*
 * state.c - the state of a virtual s390x CPU and machine, described once.
 *
 * Owns: arch_vcpu_state[], by which DISPLAY and STORE find registers; arch_vm_parts[], what a machine has beside CPUs and devices; and
 * what is made anew when a saved machine was loaded. Comes after vcpu.c. Numbers of rows never change.
 * Left to the engine, and dead at the top of the loop: how the last run of the guest ended (old, exit_*, teid, text), and what goes with
 * the program interruption that is reflected at once (data_code, monitor_*).
 */
#include <arch/guest.h>
#include <arch/instruction.h>
#include <arch/sclp.h>
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/device.h>
#include <cp/format.h>

static uint64_t psw_get(const void *object, unsigned index)
{
	const struct vcpu *v = object;

	return index ? v->arch.psw.address : v->arch.psw.mask;
}

static void psw_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	if (index)
		v->arch.psw.address = value;
	else
		v->arch.psw.mask = value;
	v->arch.stale |= STALE_SPACES | STALE_REGISTERS;
}

static uint64_t cr_get(const void *object, unsigned index)
{
	return ((const struct vcpu *)object)->arch.cr[index];
}

static void cr_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	v->arch.cr[index] = value;
	v->arch.stale |= STALE_SPACES | STALE_REGISTERS;
}

/* Floating-point and the like may stand in the real CPU: fetch them first. */
static uint64_t fpr_get(const void *object, unsigned index)
{
	const struct vcpu *v = object;

	registers_save((struct vcpu *)(uintptr_t)v);
	return v->arch.fpr[index];
}

static void fpr_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	registers_forget(v);
	v->arch.fpr[index] = value;
}

static uint64_t ar_get(const void *object, unsigned index)
{
	const struct vcpu *v = object;

	registers_save((struct vcpu *)(uintptr_t)v);
	return v->arch.ar[index];
}

static void ar_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	registers_forget(v);
	v->arch.ar[index] = value;
}

static uint64_t fpc_get(const void *object, unsigned index)
{
	const struct vcpu *v = object;

	(void)index;
	registers_save((struct vcpu *)(uintptr_t)v);
	return v->arch.fpc;
}

static void fpc_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	(void)index;
	registers_forget(v);
	v->arch.fpc = value;
}

static uint64_t vr_get(const void *object, unsigned index)
{
	const struct vcpu *v = object;

	registers_save((struct vcpu *)(uintptr_t)v);
	return v->arch.vr[index / 2][index % 2];
}

static void vr_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	registers_forget(v);
	v->arch.vr[index / 2][index % 2] = value;
}

static uint64_t z_get(const void *object, unsigned index)
{
	(void)index;
	return ((const struct vcpu *)object)->arch.z;
}

static void z_set(void *object, unsigned index, uint64_t value)
{
	(void)index;
	architecture_set(object, value != 0);
}

static uint64_t timer_get(const void *object, unsigned index)
{
	(void)index;
	return cpu_timer_get(object);
}

static void timer_set_value(void *object, unsigned index, uint64_t value)
{
	(void)index;
	cpu_timer_set(object, value);
}

const struct state_field arch_vcpu_state[] = {
	/* first: the PSW's and the prefix's meaning depends on it */
	{STATE_ROW(struct vcpu, arch.z, "ARCH", 1), .size = 1, .count = 1, .most = 1, .get = z_get,
	 .set = z_set},
	STATE_HOOKED(struct vcpu, arch.psw, "PSW", 'P', 2, 8, 2, psw_get, psw_set),
	STATE_ARRAY(struct vcpu, arch.gpr, "GPR", 'G', 3),
	STATE_HOOKED(struct vcpu, arch.cr, "CR", 'X', 4, 8, 16, cr_get, cr_set),
	STATE_HOOKED(struct vcpu, arch.fpr, "FPR", 'Y', 5, 8, 16, fpr_get, fpr_set),
	STATE_HOOKED(struct vcpu, arch.ar, "AR", 'A', 6, 4, 16, ar_get, ar_set),
	STATE_HOOKED(struct vcpu, arch.fpc, "FPC", 0, 7, 4, 1, fpc_get, fpc_set),
	STATE_HOOKED(struct vcpu, arch.vr, "VR", 0, 8, 8, 64, vr_get, vr_set),
	STATE_FIELD(struct vcpu, arch.prefix, "PREFIX", 0, 9),
	STATE_HOOKED(struct vcpu, arch.cpu_timer, "CPUTIMER", 0, 10, 8, 1, timer_get, timer_set_value),
	STATE_FIELD(struct vcpu, arch.clock_comparator, "CLKCOMP", 0, 11),
	STATE_FIELD(struct vcpu, arch.tod_programmable, "TODPROG", 0, 12),
	STATE_FIELD(struct vcpu, arch.address, "CPUADDR", 0, 13),
	STATE_UP_TO(struct vcpu, arch.pending, "PENDING", 14, PENDING_ALL),
	STATE_FIELD(struct vcpu, arch.external_code, "EXTCODE", 0, 15),
	STATE_FIELD(struct vcpu, arch.emergency_from, "EMERGENCY", 0, 16),
	STATE_FIELD(struct vcpu, arch.call_from, "EXTCALL", 0, 17),
	STATE_FIELD(struct vcpu, arch.service_parameter, "SERVICE", 0, 18),
	STATE_ARRAY(struct vcpu, arch.block_ends.parameter, "BLOCKPARM", 0, 19),
	STATE_ARRAY(struct vcpu, arch.block_ends.code, "BLOCKCODE", 0, 20),
	STATE_UP_TO(struct vcpu, arch.block_ends.count, "BLOCKENDS", 21, BLOCK_ENDS_MAX),
	STATE_FLAG(struct vcpu, arch.per_event, "PER", 22),
	STATE_FIELD(struct vcpu, arch.per_code, "PERCODE", 0, 23),
	STATE_FIELD(struct vcpu, arch.per_address, "PERADDR", 0, 24),
	STATE_END,
#if STATE_WHOLE
	/* How the last run ended. */
	STATE_HOST(struct vcpu, arch.old),
	STATE_HOST(struct vcpu, arch.exit_length),
	STATE_HOST(struct vcpu, arch.exit_code),
	STATE_HOST(struct vcpu, arch.spare),
	STATE_HOST(struct vcpu, arch.teid),
	STATE_HOST(struct vcpu, arch.exit_parameter),
	STATE_HOST(struct vcpu, arch.instruction_address),
	STATE_HOST(struct vcpu, arch.text),
	STATE_HOST(struct vcpu, arch.data_code),
	STATE_HOST(struct vcpu, arch.monitor_class),
	STATE_HOST(struct vcpu, arch.monitor_code),
	/* Made from the rest. */
	STATE_HOST(struct vcpu, arch.architecture), /* ARCH */
	STATE_HOST(struct vcpu, arch.real_psw),
	STATE_HOST(struct vcpu, arch.real_always),
	STATE_HOST(struct vcpu, arch.space),
	STATE_HOST(struct vcpu, arch.code_space),
	STATE_HOST(struct vcpu, arch.dropped_page), /* a store into its own page begins again */
	STATE_HOST(struct vcpu, arch.dropped_at),
	STATE_HOST(struct vcpu, arch.stepping),
	STATE_HOST(struct vcpu, arch.by_per),
	STATE_HOST(struct vcpu, arch.stale),
	STATE_HOST(struct vcpu, arch.timer_offset), /* CPUTIMER */
	/* Settings: SET ASSIST, TRACE. */
	STATE_HOST(struct vcpu, arch.engine), /* chosen at the top of the loop */
	STATE_HOST(struct vcpu, arch.run),
	STATE_HOST(struct vcpu, arch.sie), /* filled in when it is entered */
	STATE_HOST(struct vcpu, arch.assist),
	STATE_HOST(struct vcpu, arch.following),
	/* Counted: VIRTCPU, INDICATE. */
	STATE_HOST(struct vcpu, arch.timer_reference),
	STATE_HOST(struct vcpu, arch.time_before),
	STATE_HOST(struct vcpu, arch.simulated),
	STATE_END,
#endif
};

/* ---- the machine ------------------------------------------------------------ */

static void *machine(struct vm *vm)
{
	return vm;
}

static void *sclp(struct vm *vm)
{
	return virtual_sclp_of(vm);
}

static const struct state_field channel_state[] = {
	STATE_ARRAY(struct vm, arch.reports.subchannel, "REPORT", 0, 1),
	STATE_UP_TO(struct vm, arch.reports.count, "REPORTS", 2, REPORTS_MAX),
	STATE_FLAG(struct vm, arch.reports.lost, "LOST", 3),
	STATE_FLAG(struct vm, arch.reports.interruption, "INTERRUPTION", 4),
	STATE_FIELD(struct vm, arch.next_subchannel, "SUBCHANNELS", 0, 5),
	STATE_FIELD(struct vm, arch.sclp_masks_send, "SENDMASK", 0, 6),
	STATE_FIELD(struct vm, arch.sclp_masks_receive, "RECEIVEMASK", 0, 7),
	STATE_END,
#if STATE_WHOLE
	STATE_HOST(struct vm, arch.shadow),
	STATE_HOST(struct vm, arch.io_pending), /* the devices': PENDING */
	STATE_HOST(struct vm, arch.sclp),       /* the next part */
	STATE_END,
#endif
};

static const struct state_field sclp_state[] = {
	STATE_FLAG(struct virtual_sclp, quiesce, "QUIESCE", 1),
	STATE_UP_TO(struct virtual_sclp, length, "LENGTH", 2, VIRTUAL_SCLP_TEXT),
	STATE_ARRAY(struct virtual_sclp, text, "TEXT", 0, 3),
	STATE_END,
	STATE_END,
};

const struct state_part arch_vm_parts[] = {
	{"CHANNEL", 1, channel_state, machine},
	{"SCLP", 2, sclp_state, sclp},
	{0},
};

/* ---- loaded ----------------------------------------------------------------- */

static int impossible(struct vm *vm, const char *what)
{
	format(vm->reason, sizeof(vm->reason), "the state of its %s cannot be", what);
	return CP_CANNOT;
}

/* No instruction leaves the prefix outside of storage. */
static bool cpu_possible(const struct vcpu *v)
{
	const struct guest_architecture *a = v->arch.architecture;
	uint32_t prefix = v->arch.prefix;

	if (v->arch.pending & PENDING_BLOCK_END && !v->arch.block_ends.count)
		return false;
	return !(prefix & ~a->prefix_mask) && prefix + (uint64_t)a->prefix_size <= v->vm->storage.size;
}

int arch_vm_loaded(struct vm *vm)
{
	if (!subchannels_loaded(vm))
		return impossible(vm, "subchannels");
	shadow_reset(vm);
	for (unsigned n = 0; n < vm->cpus; n++) {
		struct vcpu *v = vm->cpu[n];

		if (!cpu_possible(v))
			return impossible(vm, "CPU");
		v->arch.stepping = v->arch.by_per = false;
		v->arch.dropped_page = v->arch.dropped_at = ~0ull;
		v->arch.stale = STALE_SPACES | STALE_REGISTERS | STALE_TIMER;
	}
	return 0;
}
