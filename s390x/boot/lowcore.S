/*
 * lowcore.S - what the machine itself has of low storage.
 *
 * Owns: the PSW that starts CP and the new PSWs by which the hardware calls
 * CP. Nobody runs this; the machine reads it. Each new PSW is "disabled,
 * supervisor state, DAT off, 64-bit" and an address in engine/trap/switch.S.
 */
#include <arch/lowcore.h>

	.section .lowcore, "a"
	.org	0
	.long	0x00080000, 0x80000000 + start	/* IPL PSW: ESA/390, 31-bit */
	.org	0x1a0
	.quad	CP_PSW_MASK, on_restart
	.quad	CP_PSW_MASK, on_external
	.quad	CP_PSW_MASK, on_svc
	.quad	CP_PSW_MASK, on_program
	.quad	CP_PSW_MASK, on_machine_check
	.quad	CP_PSW_MASK, on_io
	.org	0x320
