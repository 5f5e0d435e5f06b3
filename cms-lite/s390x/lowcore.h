/*
 * lowcore.h - the fixed storage locations that the machine layer uses, for C and for the assembler.
 *
 * Owns: names of addresses in page 0 of a z/Architecture machine (Principles of Operation, chapter 3), and the words
 * above X'200' that CMS-lite keeps there because an interruption handler can reach them without a base register.
 *
 * Simplification: the prefix register stays 0, so real and absolute are the same.
 */
#ifndef CMS_S390X_LOWCORE_H
#define CMS_S390X_LOWCORE_H

#define LOW_EXTERNAL_CODE  0x86
#define LOW_SVC_CODE       0x8a
#define LOW_PROGRAM_CODE   0x8e
#define LOW_IPL_SUBCHANNEL 0xb8
#define LOW_IO_SUBCHANNEL  0xb8
#define LOW_EXTERNAL_OLD   0x130
#define LOW_SVC_OLD        0x140
#define LOW_PROGRAM_OLD    0x150
#define LOW_IO_OLD         0x170
#define LOW_PROGRAM_NEW    0x1d0
#define LOW_NEW_PSWS       0x1a0

/* Ours. */
#define LOW_SAVED_REGISTERS 0x200 /* 16 doublewords */
#define LOW_WAIT_STACK      0x280
#define LOW_RECOVERY        0x288 /* where a program interruption of the nucleus goes on; 0 = it is fatal */
#define LOW_PSW             0x290

/* Interruption classes as passed to C. */
#define CLASS_EXTERNAL 1
#define CLASS_SVC      2
#define CLASS_PROGRAM  3
#define CLASS_IO       4

/* PSW masks. */
#define PSW_64BIT       0x0000000180000000
#define PSW_WAIT_IO     0x0202000180000000
#define PSW_WAIT_IO_EXT 0x0302000180000000
#define PSW_PROGRAM     0x0301000180000000 /* problem state, open for I/O and external interruptions */
#define PSW_STOP        0x0002000180000000

/* Addresses in the PSW of a disabled wait: why it stopped. Even, as instruction addresses are. */
#define STOP_NO_CONSOLE 0xc08
#define STOP_NUCLEUS    0xe00

#ifndef __ASSEMBLER__
#include <stdint.h>

static inline uint16_t low16(uintptr_t address)
{
	return *(volatile uint16_t *)address;
}

static inline uint32_t low32(uintptr_t address)
{
	return *(volatile uint32_t *)address;
}
#endif

#endif
