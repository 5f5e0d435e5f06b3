/*
 * guest.h - how a guest is started, for those who load one (ipl/).
 */
#ifndef ARCH_GUEST_H
#define ARCH_GUEST_H

#include <cp/vm.h>

struct guest_start {
	enum {
		START_REAL,   /* real mode at 0:rip */
		START_FLAT32, /* protected mode, flat segments, no paging (multiboot) */
		START_LONG64 /* long mode, flat segments, page_tables in CR3 (Linux's 64-bit boot protocol) */
	} mode;
	uint64_t rip, rax, rbx, rsi, rsp;
	gabs_t page_tables;
	gabs_t gdt; /* a descriptor table that has these segments; limit 0: none */
	uint16_t gdt_limit;
};

/* The CPU, reset before, is to begin there. CS is 0x10 and the data segments 0x18 where there are segments; interruptions
 * are off. */
void guest_start(struct vcpu *v, const struct guest_start *s);

#endif
