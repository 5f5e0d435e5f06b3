/*
 * traits.c - what people and programs of an s390x machine are used to.
 *
 * Owns: arch_traits. Before: cp/include/cp/traits.h. After: HELP, DISPLAY, DIAGNOSE, consoles, spool files.
 * Simplification: ASCII guests do not exist.
 */
#include <cp/trace.h>
#include <cp/traits.h>

static const struct arch_help help[] = {
	{"DISPLAY",
	 "Registers: G general, X or CR control, Y or FPR floating-point, AR access; by name also FPC, VR (halves of vector "
	 "registers), PREFIX, CPUTIMER, CLKCOMP."},
	{"STORE", "The PSW is two words, or one: its address."},
	{"SYSTEM",
	 "RESTART is PSW restart: the CPU goes on by the PSW at absolute X'0' (ESA/390) or X'1A0'."},
	{"TRACE", "PRIV: instructions that CP simulates. I/O: I/O interruptions. INSTR: every instruction."},
	{0},
};

const struct arch_traits arch_traits = {
	.name = "s390x",
	.big_endian = true,
	.ebcdic = true,
	.line_end = 0x15,
	.modes = {"ESA", "XA", "XC", "Z"},
	.cpu_type = 0x2094,
	.location = "PSW",
	.disabled_wait = "disabled wait PSW",
	.diagnose = MANUAL(
		"`DIAGNOSE Rx,Ry,code` in supervisor state. Text is EBCDIC, a line end is X'15', numbers in storage are big-endian. A "
		"return code that is neither Rx's nor Ry's comes in register 15."),
	.trace_events =
		TRACE_PRIV | TRACE_SVC | TRACE_PROGRAM | TRACE_EXTERNAL | TRACE_IO | TRACE_INSTRUCTION,
	.help = help,
};
