/*
 * psw.h - program-status words, and the constants of the architecture that
 * everybody in this port needs.
 *
 * CP keeps every PSW, its own and each guest's, in the 16-byte
 * z/Architecture form; ESA/390's 8-byte form exists only in guest storage
 * (instruction/arch390.c converts). Source: z/Architecture Principles of
 * Operation (PoP), chapter 4.
 */
#ifndef ARCH_PSW_H
#define ARCH_PSW_H

/* Mask word, bit numbers as in the PoP in the comments. */
#define PSW_PER             0x4000000000000000 /* 1 */
#define PSW_DAT             0x0400000000000000 /* 5 */
#define PSW_IO              0x0200000000000000 /* 6 */
#define PSW_EXTERNAL        0x0100000000000000 /* 7 */
#define PSW_KEY             0x00f0000000000000 /* 8-11 */
#define PSW_ESA390          0x0008000000000000 /* 12: one in an ESA/390 PSW, zero in z */
#define PSW_MACHINE_CHECK   0x0004000000000000 /* 13 */
#define PSW_WAIT            0x0002000000000000 /* 14 */
#define PSW_PROBLEM         0x0001000000000000 /* 15 */
#define PSW_SPACE           0x0000c00000000000 /* 16-17 */
#define PSW_PRIMARY         0x0000000000000000
#define PSW_ACCESS_REGISTER 0x0000400000000000
#define PSW_SECONDARY       0x0000800000000000
#define PSW_HOME            0x0000c00000000000
#define PSW_CC              0x0000300000000000    /* 18-19 */
#define PSW_PROGRAM_MASK    0x00000f0000000000    /* 20-23 */
#define PSW_EA              0x0000000100000000    /* 31: with BA, 64-bit addressing */
#define PSW_BA              0x0000000080000000    /* 32 */
#define PSW_RESERVED        0xb808007e7fffffffull /* must be zero in a valid z PSW: 0, 2-4, 12, 24-30, 33-63 */

#define PSW_KEY_SHIFT 52
#define PSW_CC_SHIFT  44

/* Program-interruption codes. */
#define PGM_OPERATION         0x01
#define PGM_PRIVILEGED        0x02
#define PGM_EXECUTE           0x03
#define PGM_PROTECTION        0x04
#define PGM_ADDRESSING        0x05
#define PGM_SPECIFICATION     0x06
#define PGM_DATA              0x07
#define PGM_SEGMENT           0x10
#define PGM_PAGE              0x11
#define PGM_TRANSLATION       0x12
#define PGM_SPECIAL_OPERATION 0x13
#define PGM_OPERAND           0x15
#define PGM_TRACE_TABLE       0x16
#define PGM_SPACE_SWITCH      0x1c
#define PGM_ASCE_TYPE         0x38
#define PGM_REGION_FIRST      0x39
#define PGM_REGION_SECOND     0x3a
#define PGM_REGION_THIRD      0x3b
#define PGM_MONITOR           0x40
#define PGM_PER               0x80

/* External-interruption codes. */
#define EXT_INTERRUPT_KEY     0x0040
#define EXT_MALFUNCTION_ALERT 0x1200
#define EXT_EMERGENCY         0x1201
#define EXT_CALL              0x1202
#define EXT_CLOCK_COMPARATOR  0x1004
#define EXT_CPU_TIMER         0x1005
#define EXT_SERVICE_SIGNAL    0x2401
#define EXT_BLOCK_END         0x2603

/* Control register 0 (64-bit numbering, value as in a 64-bit register). */
#define CR0_MALFUNCTION      0x8000
#define CR0_EMERGENCY        0x4000
#define CR0_EXTERNAL_CALL    0x2000
#define CR0_CLOCK_COMPARATOR 0x0800
#define CR0_CPU_TIMER        0x0400
#define CR0_SERVICE_SIGNAL   0x0200
#define CR0_INTERRUPT_KEY    0x0040
#define CR0_LOW_PROTECT      0x10000000 /* 35 */
#define CR0_EXTRACTION       0x08000000 /* 36: extraction authority */
#define CR0_SECONDARY_SPACE  0x04000000 /* 37: secondary-space control */
#define CR0_FETCH_OVERRIDE   0x02000000 /* 38 */
#define CR0_STORAGE_OVERRIDE 0x01000000 /* 39 */
#define CR0_EDAT             0x00800000 /* 40 */
#define CR0_IEP              0x00100000 /* 43: instruction-execution protection */
#define CR0_AFP              0x00040000 /* 45 */
#define CR0_VECTOR           0x00020000 /* 46 */

/* Control register 14. */
#define CR14_CHANNEL_REPORT 0x10000000 /* 35 */

/* Storage key as ISKE/SSKE have it. */
#define KEY_ACCESS    0xf0
#define KEY_FETCH     0x08
#define KEY_REFERENCE 0x04
#define KEY_CHANGE    0x02

#ifndef __ASSEMBLER__
#include <stdint.h>

struct psw {
	uint64_t mask, address;
};
#endif

#endif
