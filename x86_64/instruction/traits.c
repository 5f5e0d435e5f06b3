/*
 * traits.c - what people and programs of a PC are used to.
 *
 * Owns: arch_traits. Before: cp/include/cp/traits.h. After: HELP, DISPLAY, DIAGNOSE, consoles, spool files.
 * Simplification: the words of the mainframe stay where a PC has no other for the same thing.
 */
#include <cp/trace.h>
#include <cp/traits.h>

static const struct arch_help help[] = {
	{"DISPLAY",
	 "Registers: G or GPR 0 to 15 are RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15; X or CR control, Y or XMM halves "
	 "of SSE registers; others by name: RFLAGS, SEG (ES, CS, SS, DS, FS, GS, LDTR, TR) with SEGBASE, SEGLIMIT and SEGATTR "
	 "(these also of GDTR and IDTR), EFER, DR, STAR, LSTAR ... PSW is RIP, with the flags. Storage has no keys: K shows zeros."},
	{"STORE",
	 "Words go into storage digit by digit, as DISPLAY shows them. PSW word, or RIP word, sets RIP."},
	{"SYSTEM", "RESTART does nothing: a PC has no such key."},
	{"EXTERNAL", "A non-maskable interruption, whatever the code."},
	{"TRACE",
	 "PRIV: what the processor leaves to CP, as CPUID, MSRs and control registers. I/O: ports. EXT: interruptions. PROG: "
	 "exceptions that CP gives. INSTR: every instruction. There is no SVC."},
	{0},
};

const struct arch_traits arch_traits = {
	.name = "x86-64",
	.line_end = '\n',
	.modes = {"PC", "PC", "PC", "PC"},
	.location = "RIP",
	.disabled_wait = "HLT with interruptions off; RIP",
	.diagnose = MANUAL(
		"`VMMCALL` (or `VMCALL`) at privilege level 0, with the code in EAX. Rx is RDI and Rx+1 RSI, Ry is RDX and Ry+1 RCX; "
		"the condition code comes back in EAX, a return code that is neither Rx's nor Ry's in RDX. Text is ASCII, a line end is "
		"X'0A', numbers in storage are little-endian. Each exception is #GP(0)."),
	.trace_events = TRACE_PRIV | TRACE_PROGRAM | TRACE_EXTERNAL | TRACE_IO | TRACE_INSTRUCTION,
	.help = help,
};
