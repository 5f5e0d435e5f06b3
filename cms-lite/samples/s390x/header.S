/*
 * header.S - the header that makes an image a MODULE, and the start of every program.
 *
 * Owns: the 32 bytes of ../module.h's struct module_header. Before it: CMS-lite's LOAD. After it: program() in C.
 *
 * CMS-lite starts the program with its arguments in register 2, a stack in 15 and a return address in 14, which is just
 * what a C function expects: the entry point can be the C function itself.
 *
 * Simplification: the values come from the linker, see program.ld.
 */
#include "../../module.h"

	.section .header, "a"
	.ascii	MODULE_MAGIC
	.long	MODULE_S390X
	.long	MODULE_ORIGIN
	.long	image_length
	.long	clear_length
	.long	program
	.long	0
	.section .note.GNU-stack, "", @progbits
