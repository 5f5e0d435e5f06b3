/*
 * engine.h - the engine that runs guests: what the rest of the port knows of it.
 *
 * One today, SVM (engine/svm/). It is entered by arch_vcpu_run() (cp/arch.h).
 */
#ifndef ARCH_ENGINE_H
#define ARCH_ENGINE_H

#include <cp/types.h>

struct cpu;
struct vcpu;

/* What it keeps for each real CPU; part of struct arch_cpu (arch/cpu.h). */
struct engine_cpu {
	struct vcpu *loaded;      /* whose floating-point and debug registers stand in the CPU */
	uint64_t asid_generation; /* grows when all address-space identifiers are given out anew */
	uint32_t asid_next, asids;
	bool rdtscp;  /* the processor has RDTSCP, and so the MSR TSC_AUX */
	frame_t host; /* VMLOAD and VMSAVE put CP's own hidden registers here */
};

/* Make this CPU ready to run guests: NULL, or the sentence that says what it lacks. */
const char *engine_start(struct cpu *c);

/* The guest's translations are stale, for CP changed a register that they depend on. */
void engine_translations_changed(struct vcpu *v);

/* registers.c: which virtual CPU's floating-point, debug and TSC_AUX registers stand in the real one. */
void registers_load(struct vcpu *v);
/* Bring the saved copy up to date, for whoever reads or changes it. */
void registers_save(struct vcpu *v);
/* The same, and they are loaded again before it runs. */
void registers_forget(struct vcpu *v);

#endif
