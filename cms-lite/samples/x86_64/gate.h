/*
 * gate.h - how a program calls CMS-lite: INT X'30'.
 *
 * Owns: CALL(). Before it: ../module.h, which says what the registers mean. After it: calls.h.
 *
 * Simplification: two parameters, as no call has more.
 */
#ifndef CMS_GATE_H
#define CMS_GATE_H

#define CALL(number, a, b)                                                                                   \
	({                                                                                                   \
		int64_t _number = (number);                                                                  \
		asm volatile("int $0x30" : "+a"(_number) : "D"((int64_t)(a)), "S"((int64_t)(b)) : "memory"); \
		_number;                                                                                     \
	})

#endif
