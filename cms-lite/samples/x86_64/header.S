/*
 * header.S - the header that makes an image a MODULE.
 *
 * Owns: the 32 bytes of ../../module.h's struct module_header. Before it: CMS-lite's LOAD. After it: program() in C.
 *
 * CMS-lite starts the program with its arguments in RDI and a return address on the stack, which is just what a C function
 * expects: the entry point can be the C function itself.
 *
 * Simplification: the values come from the linker, which also turns them round: the header is big-endian. See program.ld.
 */
#include "../../module.h"

	.section .header, "a"
	.ascii	MODULE_MAGIC
	.byte	0, 0, MODULE_X86_64 >> 8, MODULE_X86_64 & 0xff
	.byte	0, MODULE_ORIGIN >> 16, MODULE_ORIGIN >> 8 & 0xff, MODULE_ORIGIN & 0xff
	.long	image_length_turned
	.long	clear_length_turned
	.long	entry_turned
	.long	0
	.section .note.GNU-stack, "", @progbits
