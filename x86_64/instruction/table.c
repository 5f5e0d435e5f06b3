/*
 * table.c - everything CP simulates, one a row.
 *
 * Owns: which handler belongs to which exit, and which TRACE tells of it. Comes after driver.c.
 * Most of what a kernel does the processor does by itself, in the guest's own registers: that is the difference to the table of
 * s390x/instruction/table.c, whose engine has no such help.
 */
#include <arch/instruction.h>

#define STAYS INSTRUCTION_STAYS

const struct instruction_entry instruction_table[EXITS] = {
	[EXIT_CPUID] = {"CPUID", 0, TRACE_PRIV, sim_cpuid, describe_cpuid},
	[EXIT_RDMSR] = {"RDMSR", 0, TRACE_PRIV, sim_rdmsr, describe_rdmsr},
	[EXIT_WRMSR] = {"WRMSR", 0, TRACE_PRIV, sim_wrmsr, describe_wrmsr},
	[EXIT_PORT] = {"I/O", STAYS, TRACE_IO, sim_port, describe_port},
	[EXIT_HLT] = {"HLT", 0, TRACE_PRIV, sim_hlt, NULL},
	[EXIT_DIAGNOSE] = {"DIAG", 0, TRACE_PRIV, sim_diagnose, describe_diagnose},
	[EXIT_CR_WRITE] = {"MOV", 0, TRACE_PRIV, sim_cr_write, describe_cr_write},
	[EXIT_CR8_WRITE] = {"MOV", 0, TRACE_PRIV, sim_cr8_write, describe_cr_write},
	[EXIT_LTR] = {"LTR", STAYS, TRACE_PRIV, sim_ltr, NULL},
	[EXIT_CACHE] = {"WBINVD", 0, TRACE_PRIV, sim_nothing, NULL},
	[EXIT_UNDEFINED] = {"UNDEF", STAYS, TRACE_PRIV, sim_undefined, NULL},
	[EXIT_REFUSED] = {"REFUSE", STAYS, TRACE_PRIV, sim_refused, NULL},
};
