/*
 * gate.h - how a program calls CMS-lite: SVC.
 *
 * Owns: CALL(). Before it: ../module.h, which says what the registers mean. After it: calls.h.
 *
 * Simplification: two parameters, as no call has more.
 */
#ifndef CMS_GATE_H
#define CMS_GATE_H

#define CALL(number, a, b)                                                                                   \
	({                                                                                                   \
		register int64_t _a asm("2") = (int64_t)(a);                                                 \
		register int64_t _b asm("3") = (int64_t)(b);                                                 \
		asm volatile("svc %2" : "+d"(_a) : "d"(_b), "n"(number) : "memory", "cc");                   \
		_a;                                                                                          \
	})

#endif
