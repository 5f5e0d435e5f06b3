/*
 * lowcore.h - the real CPU's prefix area, as CP uses it.
 *
 * The architecture owns 0-1FF and 1200-1FFF; CP's own words stand at
 * 280-31F, because the guest's low-address protection (0-1FF, 1000-11FF)
 * stays on in CR0 while CP runs. They are few: while it is on, QEMU keeps
 * no store into the first two pages in its TLB, and looks each up anew.
 */
#ifndef ARCH_LOWCORE_H
#define ARCH_LOWCORE_H

#define LC_EXT_PARAMETER 0x80
#define LC_EXT_CODE      0x84 /* CPU address, code */
#define LC_SVC_ILC       0x88 /* ILC, code */
#define LC_PGM_ILC       0x8c
#define LC_TEID          0xa8
#define LC_IO_ID         0xb8 /* subsystem identification, parameter */
#define LC_EXT_OLD       0x130
#define LC_SVC_OLD       0x140
#define LC_PGM_OLD       0x150
#define LC_MCK_OLD       0x160
#define LC_IO_OLD        0x170
#define LC_RESTART_OLD   0x120
#define LC_SVC_NEW       0x1c0

#define LC_PSW   0x280 /* PSW to load */
#define LC_MASK  0x290 /* a system mask, on the way into and out of SIE */
#define LC_FAULT 0x2a0 /* all registers at a fault of CP's own */

/* Offsets in struct arch_vcpu, asserted in engine/trap/run.c. */
#define GUEST_GPR       0
#define GUEST_REAL_PSW  144
#define GUEST_OLD       160
#define GUEST_EXIT_CODE 176
#define GUEST_PARAMETER 192
#define GUEST_TIMER     200

#define EXIT_SIE           0 /* no interruption: SIE is through */
#define EXIT_PROGRAM       1
#define EXIT_SVC           2
#define EXIT_EXTERNAL      3
#define EXIT_IO            4
#define EXIT_MACHINE_CHECK 5
#define EXIT_RESTART       6

#define CP_PSW_MASK 0x0000000180000000 /* disabled, DAT off, 64-bit */

#endif
