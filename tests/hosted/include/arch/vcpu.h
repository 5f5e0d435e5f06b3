/*
 * vcpu.h - the toy CPU of the hosted port: registers, a PSW, and interruptions that are counted.
 *
 * It has no instructions. What "runs" is hosted_guest() (hosted.h), a function of the test.
 */
#ifndef ARCH_VCPU_H
#define ARCH_VCPU_H

#include <cp/types.h>

struct psw {
	uint64_t mask, address;
};

struct arch_vcpu {
	uint64_t gpr[16], cr[16], fpr[16];
	struct psw psw;
	uint32_t ar[16];
	uint16_t prefix;
	uint8_t cc;
	bool wait, disabled;
	uint16_t external; /* a pending external interruption, 0: none */
	unsigned entered, delivered, restarted;
	int reflected; /* the last program-interruption code; -1 an SVC */
	tod_t timer;   /* the guest's own, 0: none */
};

struct arch_vm {
	unsigned changed, unmapped,
		protected; /* calls of arch_storage_changed(), ..._unmap(), ..._protect() */
	uint64_t last_changed;
	unsigned loaded; /* calls of arch_vm_loaded() */
};

#endif
