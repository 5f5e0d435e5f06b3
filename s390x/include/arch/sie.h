/*
 * sie.h - the state description, and the sie engine's own interface.
 *
 * The state description is what START INTERPRETIVE EXECUTION is given: a guest CPU without its general registers 0-13, which
 * it finds in the real ones. 512 bytes on a boundary of 512, by real address. Layout: Interpretive Execution, IBM SA22-7095,
 * in the form that z/Architecture has; its names are the architecture's.
 */
#ifndef ARCH_SIE_H
#define ARCH_SIE_H

#include <arch/psw.h>
#include <stdbool.h>
#include <stdint.h>

#define SIE_PARAMETERS 0xc0 /* stands for X'80' of the prefix area when an interruption is intercepted */

struct sie_block {
	uint8_t requests; /* 000 intervention requests */
	uint8_t resv001;
	uint8_t mode_z;  /* 002 */
	uint8_t mode;    /* 003 */
	uint32_t prefix; /* 004 */
	uint64_t resv008[4];
	uint64_t cpu_timer;        /* 028 */
	uint64_t clock_comparator; /* 030 */
	uint64_t epoch;            /* 038 guest TOD less host TOD */
	uint8_t controls[16];      /* 040 interception and execution controls: engine/sie/controls.c */
	uint8_t code;              /* 050 why interpretation ended */
	uint8_t status;            /* 051 */
	uint16_t last_cpu;         /* 052 */
	uint16_t resv054;
	uint8_t text[6]; /* 056 the intercepted instruction */
	uint8_t resv05c[18];
	uint16_t tod_programmable; /* 06E */
	uint8_t resv070[16];
	uint64_t origin, end; /* 080 guest storage in the host's primary space, whole MiB */
	union {
		struct psw psw; /* 090 */
		uint64_t short_psw;
	};
	uint64_t gpr14, gpr15; /* 0A0 */
	uint64_t resv0b0[2];
	uint8_t parameters[64]; /* 0C0 */
	uint64_t cr[16];        /* 100 */
	uint64_t resv180[16];
};

#define SIE_REQUEST_EXTERNAL 0x01
#define SIE_REQUEST_IO       0x02
#define SIE_MODE_Z           0x08
#define SIE_MODE_XA          0x20
#define SIE_STATUS_PER_FETCH 0x02 /* its fetch is a PER event */
#define SIE_STATUS_EXECUTE   0x01 /* the text is what an EXECUTE made of its target */

/* Interception codes. */
#define SIE_INSTRUCTION      4
#define SIE_PROGRAM          8
#define SIE_EXTERNAL_REQUEST 16
#define SIE_IO_REQUEST       24
#define SIE_WAIT             28
#define SIE_VALIDITY         32
#define SIE_OPERATION        44

/* The processor's part and CP's own, of one virtual CPU. */
struct sie {
	struct sie_block block;
	unsigned controls_for; /* what block.controls were made for: controls.c */
};

struct vcpu;
struct arch_vcpu;

/* engine/trap/switch.S: interpret until something ends it. The class of what did, as of trap_enter(); EXIT_SIE: SIE is through. */
unsigned sie_enter(struct arch_vcpu *guest, struct sie_block *block);
extern char sie_stub[];
/* probe.c: try it, with this in the place of a guest. */
bool sie_probe(struct arch_vcpu *pseudo);
/* controls.c: what of the guest's is to be intercepted and interpreted, as its user's TRACE and what waits for it ask. */
void sie_controls(const struct vcpu *v, struct sie *s);

#endif
