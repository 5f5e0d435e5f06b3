/*
 * state.c - the state of a virtual x86-64 CPU, described once.
 *
 * Owns: arch_vcpu_state[], by which DISPLAY and STORE find registers; what is made anew when a saved machine was loaded. Comes after
 * vcpu.c; pc/state.c describes what is around the CPU. Numbers of rows never change; 22 was the TSC's distance from the real one.
 * Segments are numbered by their encoding: 0 ES, 1 CS, 2 SS, 3 DS, 4 FS, 5 GS, 6 LDTR, 7 TR, 8 GDTR, 9 IDTR.
 */
#include <arch/instruction.h>
#include <arch/pc.h>
#include <arch/svm.h>
#include <cp/arch.h>
#include <cp/format.h>

/* ---- general registers --------------------------------------------------------------- */

static uint64_t gpr_get(const void *object, unsigned index)
{
	return general_get(object, index);
}

static void gpr_set(void *object, unsigned index, uint64_t value)
{
	general_set(object, index, value);
}

/* ---- control and system registers -------------------------------------------------- */

static const int8_t control_registers[] = {REGISTER_CR0, -1, REGISTER_CR2, REGISTER_CR3, REGISTER_CR4,
					   -1,           -1, -1,           REGISTER_CR8};

static uint64_t cr_get(const void *object, unsigned index)
{
	return control_registers[index] < 0 ? 0 : register_get(object, control_registers[index]);
}

static void cr_set(void *object, unsigned index, uint64_t value)
{
	if (control_registers[index] < 0)
		return;
	register_set(object, control_registers[index], index == 0 ? value | CR0_NE : value);
	engine_translations_changed(object);
}

/* DR0-3 may stand in the real CPU. */
static uint64_t dr_get(const void *object, unsigned index)
{
	const struct vcpu *v = object;

	if (index >= 4)
		return index < 6 ? 0 : register_get(v, index == 6 ? REGISTER_DR6 : REGISTER_DR7);
	registers_save((struct vcpu *)(uintptr_t)v);
	return v->arch.debug[index];
}

static void dr_set(void *object, unsigned index, uint64_t value)
{
	struct vcpu *v = object;

	registers_forget(v);
	if (index < 4)
		v->arch.debug[index] = value;
	else if (index >= 6)
		register_set(v, index == 6 ? REGISTER_DR6 : REGISTER_DR7, value);
}

/* EFER.SVME is the engine's. */
static uint64_t efer_get(const void *object, unsigned index)
{
	(void)index;
	return register_get(object, REGISTER_EFER) & ~EFER_SVME;
}

static void efer_set(void *object, unsigned index, uint64_t value)
{
	(void)index;
	register_set(object, REGISTER_EFER, value | EFER_SVME);
	engine_translations_changed(object);
}

/* One pair of functions for each register that has a row to itself. */
#define REGISTER_ROW(name)                                                                                   \
	static uint64_t name##_get(const void *object, unsigned index)                                       \
	{                                                                                                    \
		(void)index;                                                                                 \
		return register_get(object, REGISTER_##name);                                                \
	}                                                                                                    \
	static void name##_set(void *object, unsigned index, uint64_t value)                                 \
	{                                                                                                    \
		(void)index;                                                                                 \
		register_set(object, REGISTER_##name, value);                                                \
	}
REGISTER_ROW(RIP)
REGISTER_ROW(RFLAGS)
REGISTER_ROW(SHADOW)
REGISTER_ROW(EVENT)
REGISTER_ROW(CPL)
REGISTER_ROW(PAT)
REGISTER_ROW(STAR)
REGISTER_ROW(LSTAR)
REGISTER_ROW(CSTAR)
REGISTER_ROW(SFMASK)
REGISTER_ROW(KERNEL_GS_BASE)
REGISTER_ROW(SYSENTER_CS)
REGISTER_ROW(SYSENTER_ESP)
REGISTER_ROW(SYSENTER_EIP)

/* ---- segments -------------------------------------------------------------------------- */

#define SEGMENT_PART(member)                                                                                 \
	static uint64_t member##_get(const void *object, unsigned index)                                     \
	{                                                                                                    \
		return segment_get(object, index).member;                                                    \
	}                                                                                                    \
	static void member##_set(void *object, unsigned index, uint64_t value)                               \
	{                                                                                                    \
		struct segment s = segment_get(object, index);                                               \
		s.member = value;                                                                            \
		segment_set(object, index, &s);                                                              \
	}
SEGMENT_PART(selector)
SEGMENT_PART(base)
SEGMENT_PART(limit)
SEGMENT_PART(attributes)

/* ---- floating point: may stand in the real CPU --------------------------------------------- */

#define FPU_PART(name, member)                                                                               \
	static uint64_t name##_get(const void *object, unsigned index)                                       \
	{                                                                                                    \
		(void)index;                                                                                 \
		registers_save((struct vcpu *)(uintptr_t)object);                                            \
		return ((const struct vcpu *)object)->arch.fpu.member;                                       \
	}                                                                                                    \
	static void name##_set(void *object, unsigned index, uint64_t value)                                 \
	{                                                                                                    \
		(void)index;                                                                                 \
		registers_forget(object);                                                                    \
		((struct vcpu *)object)->arch.fpu.member = value;                                            \
	}
FPU_PART(fcw, control)
FPU_PART(fsw, status)
FPU_PART(ftw, tags)
FPU_PART(mxcsr, mxcsr)
FPU_PART(fop, opcode)
FPU_PART(fip, instruction)
FPU_PART(fdp, operand)
FPU_PART(st, st[index / 2][index % 2])
FPU_PART(xmm, xmm[index / 2][index % 2])

/* ---- time -------------------------------------------------------------------------------------- */

/* The guest's own time-stamp counter: the real one is another when the guest is loaded again. */
static uint64_t time_get(const void *object, unsigned index)
{
	(void)index;
	return tsc_get(object);
}

static void time_set(void *object, unsigned index, uint64_t value)
{
	(void)index;
	tsc_set(object, value);
}

static uint64_t aux_get(const void *object, unsigned index)
{
	(void)index;
	return ((const struct vcpu *)object)->arch.tsc_aux;
}

static void aux_set(void *object, unsigned index, uint64_t value)
{
	(void)index;
	registers_forget(object);
	((struct vcpu *)object)->arch.tsc_aux = (uint32_t)value;
}

/* ---- the table --------------------------------------------------------------------------------- */

/* A register that the processor keeps: register.h says where. */
#define DESCRIBED(nm, ltr, ident, sz, n, function)                                                           \
	{                                                                                                    \
		.name = nm, .letter = ltr, .id = ident, .size = sz, .count = n, .get = function##_get,       \
		.set = function##_set                                                                        \
	}
#define IN_CPU(member, nm, ltr, ident, sz, n, function)                                                      \
	STATE_HOOKED(struct vcpu, arch.member, nm, ltr, ident, sz, n, function##_get, function##_set)

const struct state_field arch_vcpu_state[] = {
	IN_CPU(gpr, "GPR", 'G', 1, 8, GPRS, gpr),
	DESCRIBED("RIP", 'P', 2, 8, 1, RIP),
	DESCRIBED("RFLAGS", 0, 3, 8, 1, RFLAGS),
	DESCRIBED("CR", 'X', 4, 8, ARRAY_SIZE(control_registers), cr),
	IN_CPU(fpu.xmm, "XMM", 'Y', 5, 8, 32, xmm),
	DESCRIBED("SEG", 'A', 6, 2, SEGMENTS, selector),
	DESCRIBED("SEGBASE", 0, 7, 8, SEGMENTS, base),
	DESCRIBED("SEGLIMIT", 0, 8, 4, SEGMENTS, limit),
	DESCRIBED("SEGATTR", 0, 9, 2, SEGMENTS, attributes),
	DESCRIBED("EFER", 0, 10, 8, 1, efer),
	IN_CPU(debug, "DR", 0, 11, 8, 8, dr),
	DESCRIBED("CPL", 0, 12, 1, 1, CPL),
	DESCRIBED("PAT", 0, 13, 8, 1, PAT),
	DESCRIBED("STAR", 0, 14, 8, 1, STAR),
	DESCRIBED("LSTAR", 0, 15, 8, 1, LSTAR),
	DESCRIBED("CSTAR", 0, 16, 8, 1, CSTAR),
	DESCRIBED("SFMASK", 0, 17, 8, 1, SFMASK),
	DESCRIBED("KERNELGS", 0, 18, 8, 1, KERNEL_GS_BASE),
	DESCRIBED("SYSENTERCS", 0, 19, 8, 1, SYSENTER_CS),
	DESCRIBED("SYSENTERESP", 0, 20, 8, 1, SYSENTER_ESP),
	DESCRIBED("SYSENTEREIP", 0, 21, 8, 1, SYSENTER_EIP),
	IN_CPU(fpu.control, "FCW", 0, 23, 2, 1, fcw),
	IN_CPU(fpu.status, "FSW", 0, 24, 2, 1, fsw),
	IN_CPU(fpu.tags, "FTW", 0, 25, 1, 1, ftw),
	IN_CPU(fpu.mxcsr, "MXCSR", 0, 26, 4, 1, mxcsr),
	IN_CPU(fpu.st, "ST", 0, 27, 8, 16, st),
	DESCRIBED("EVENT", 0, 28, 8, 1, EVENT),
	STATE_FLAG(struct vcpu, arch.halted, "HALTED", 29),
	{.name = "SHADOW", .id = 30, .size = 1, .count = 1, .most = 1, .get = SHADOW_get, .set = SHADOW_set},
	STATE_FLAG(struct vcpu, arch.nmi, "NMI", 31),
	STATE_FLAG(struct vcpu, arch.nmi_blocked, "NMIBLOCKED", 32),
	IN_CPU(tsc_aux, "TSCAUX", 0, 33, 4, 1, aux),
	{.name = "TSC",
	 .id = 34,
	 .size = 8,
	 .count = 1,
	 .flags = STATE_CLOCK,
	 .get = time_get,
	 .set = time_set},
	IN_CPU(fpu.opcode, "FOP", 0, 35, 2, 1, fop),
	IN_CPU(fpu.instruction, "FIP", 0, 36, 8, 1, fip),
	IN_CPU(fpu.operand, "FDP", 0, 37, 8, 1, fdp),
	STATE_FIELD(struct vcpu, arch.clock_at, "CLOCKAT", 0, 38),
	STATE_END,
#if STATE_WHOLE
	STATE_HOST(
		struct vcpu,
		arch.vmcb), /* its registers are above, the rest is the engine's; EXITINTINFO is EVENT again */
	STATE_HOST(struct vcpu, arch.fpu.reserved),
	STATE_HOST(struct vcpu, arch.fpu.mxcsr_mask),
	STATE_HOST(struct vcpu, arch.fpu.unused),
	/* How the last run ended, and what goes with the exception or the DIAGNOSE that is dealt with at once. */
	STATE_HOST(struct vcpu, arch.exit_info),
	STATE_HOST(struct vcpu, arch.exit),
	STATE_HOST(struct vcpu, arch.length),
	STATE_HOST(struct vcpu, arch.exception_error),
	STATE_HOST(struct vcpu, arch.exception_address),
	STATE_HOST(struct vcpu, arch.condition),
	/* Of one entry into the guest. */
	STATE_HOST(struct vcpu, arch.stepping),
	STATE_HOST(struct vcpu, arch.returning),    /* its IRET is met once more */
	STATE_HOST(struct vcpu, arch.task_loading), /* LTR, too */
	STATE_HOST(struct vcpu, arch.trap_own),
	STATE_HOST(struct vcpu, arch.step),
	STATE_HOST(struct vcpu, arch.sfmask_own),
	STATE_HOST(struct vcpu, arch.sinking), /* its store faults once more */
	/* Made from the rest. */
	STATE_HOST(struct vcpu, arch.stale),
	STATE_HOST(struct vcpu, arch.window),
	STATE_HOST(struct vcpu, arch.shadowed),
	STATE_HOST(struct vcpu, arch.entered),
	STATE_HOST(struct vcpu, arch.following), /* TRACE */
	STATE_HOST(struct vcpu, arch.asid_generation),
	STATE_HOST(struct vcpu, arch.nested_seen),
	STATE_HOST(struct vcpu, arch.asid),
	/* Counted: VIRTCPU, INDICATE. */
	STATE_HOST(struct vcpu, arch.ticks),
	STATE_HOST(struct vcpu, arch.ticks_lately),
	STATE_HOST(struct vcpu, arch.simulated),
	STATE_END,
#endif
};

/* An event is one that can be injected: a processor may refuse, or do anything with, another. */
static bool event_possible(uint64_t event)
{
	uint64_t kind = event & EVENT_KIND;

	return !(event & EVENT_VALID) || kind == EVENT_INTERRUPTION || kind == EVENT_NMI ||
	       kind == EVENT_EXCEPTION || kind == EVENT_SOFTWARE;
}

int arch_vm_loaded(struct vm *vm)
{
	for (unsigned n = 0; n < vm->cpus; n++) {
		struct vcpu *v = vm->cpu[n];

		if (!event_possible(register_get(v, REGISTER_EVENT))) {
			format(vm->reason, sizeof(vm->reason), "the state of its CPU cannot be");
			return CP_CANNOT;
		}
		register_set(v, REGISTER_RFLAGS, register_get(v, REGISTER_RFLAGS) | RFLAGS_ALWAYS);
		v->arch.sinking = v->arch.stepping = v->arch.returning = v->arch.task_loading = false;
		v->arch.stale |= STALE_TIMER | STALE_WINDOW | STALE_CLOCK;
		engine_translations_changed(v);
	}
	return pc_loaded(vm);
}
