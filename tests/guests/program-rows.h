/*
 * The instructions that random programs are made of: how each is coded, and what its operands may be.
 * Owned by programs.c. A row that the bare QEMU 7.2 is known to do otherwise (differences.md) is marked OTHERWISE; such a row
 * is left out where bare QEMU is one of those compared.
 */
#ifndef PROGRAM_ROWS_H
#define PROGRAM_ROWS_H

#include <stdint.h>

/* How the operands of an instruction are drawn. R: results, registers 0-5; B: a base register and a displacement. */
enum shape {
	RR,      /* R, R */
	RR_PAIR, /* an even R, R */
	RR_LONG, /* the pairs 6 and 8: addresses and lengths */
	RRE,     /* R, R, four bytes */
	RRE_A,   /* access registers or floating-point registers: any */
	RRE_P,   /* R, register 14: a real address */
	RX,      /* R, B */
	RX_PAIR, /* an even R, B */
	RX_F,    /* any floating-point register, B */
	RXY,     /* R, B, six bytes */
	RI,      /* R, immediate */
	SI,      /* B, immediate */
	SI_MASK, /* B, immediate of system-mask bits */
	SS,      /* length, B, B */
	SS_TWO,  /* two lengths, B, B */
	RS,      /* a run of registers within R, B */
	RS_ANY,  /* any run of registers, B */
	RS_PAIR, /* two even R, B */
	RS_SHIFT,
	RS_CC, /* R, mask, B */
	RSY,
	RSY_ANY,
	S,          /* B */
	S_NUMBER,   /* a number as the operand address */
	S_NONE,     /* no operand */
	SKIP,       /* a branch over the next instruction */
	EXECUTE,    /* EX of one that follows here */
	SUPERVISOR, /* SVC */
	CONTROL,    /* LCTL of one control register */
	CONTROL_G,  /* LCTLG */
	MASK,       /* SSM of a prepared byte */
	NEXT_PSW,   /* LPSWE of a PSW whose address is the next instruction's */
	NEXT_OLD,   /* LPSW of the same, in the short format */
	COMPARATOR,
	ENTRY, /* IPTE of a page of the data */
};

#define OTHERWISE 1

struct row {
	const char *name;
	uint16_t code; /* its first byte and the second half of a six-byte code, or its first two */
	uint8_t shape, flags;
};

static const struct row rows[] = {
	/* in the problem state */
	{"LR", 0x18, RR, 0},
	{"AR", 0x1a, RR, 0},
	{"SR", 0x1b, RR, 0},
	{"ALR", 0x1e, RR, 0},
	{"SLR", 0x1f, RR, 0},
	{"NR", 0x14, RR, 0},
	{"CLR", 0x15, RR, 0},
	{"OR", 0x16, RR, 0},
	{"XR", 0x17, RR, 0},
	{"CR", 0x19, RR, 0},
	{"LPR", 0x10, RR, 0},
	{"LNR", 0x11, RR, 0},
	{"LTR", 0x12, RR, 0},
	{"LCR", 0x13, RR, 0},
	{"MR", 0x1c, RR_PAIR, 0},
	{"DR", 0x1d, RR_PAIR, 0},
	{"SPM", 0x04, RR, 0},
	{"IPM", 0xb222, RRE, 0},
	{"MVCL", 0x0e, RR_LONG, 0},
	{"CLCL", 0x0f, RR_LONG, 0},
	{"LGR", 0xb904, RRE, 0},
	{"AGR", 0xb908, RRE, 0},
	{"SGR", 0xb909, RRE, 0},
	{"LCGR", 0xb903, RRE, 0},
	{"LTGR", 0xb902, RRE, 0},
	{"CLGR", 0xb921, RRE, 0},
	{"MSR", 0xb252, RRE, 0},
	{"EAR", 0xb24f, RRE, 0},
	{"SAR", 0xb24e, RRE_A, 0},
	{"CPYA", 0xb24d, RRE_A, 0},
	{"LA", 0x41, RX, 0},
	{"L", 0x58, RX, 0},
	{"ST", 0x50, RX, 0},
	{"LH", 0x48, RX, 0},
	{"STH", 0x40, RX, 0},
	{"IC", 0x43, RX, 0},
	{"STC", 0x42, RX, 0},
	{"A", 0x5a, RX, 0},
	{"S", 0x5b, RX, 0},
	{"C", 0x59, RX, 0},
	{"CL", 0x55, RX, 0},
	{"N", 0x54, RX, 0},
	{"O", 0x56, RX, 0},
	{"X", 0x57, RX, 0},
	{"M", 0x5c, RX_PAIR, 0},
	{"D", 0x5d, RX_PAIR, 0},
	{"CVB", 0x4f, RX, 0},
	{"CVD", 0x4e, RX, 0},
	{"LD", 0x68, RX_F, 0},
	{"STD", 0x60, RX_F, 0},
	{"LE", 0x78, RX_F, 0},
	{"STE", 0x70, RX_F, 0},
	{"LG", 0xe304, RXY, 0},
	{"STG", 0xe324, RXY, 0},
	{"AG", 0xe308, RXY, 0},
	{"CLG", 0xe321, RXY, 0},
	{"LRV", 0xe31e, RXY, 0},
	{"STRVG", 0xe32f, RXY, 0},
	{"AHI", 0xa70a, RI, 0},
	{"LHI", 0xa708, RI, 0},
	{"CGHI", 0xa70f, RI, 0},
	{"TMLL", 0xa701, RI, 0},
	{"IIHL", 0xa501, RI, 0},
	{"MVI", 0x92, SI, 0},
	{"TM", 0x91, SI, 0},
	{"OI", 0x96, SI, 0},
	{"XI", 0x97, SI, 0},
	{"CLI", 0x95, SI, 0},
	{"MVC", 0xd2, SS, 0},
	{"XC", 0xd7, SS, 0},
	{"NC", 0xd4, SS, 0},
	{"CLC", 0xd5, SS, 0},
	{"TR", 0xdc, SS, OTHERWISE}, /* QEMU: its condition code becomes an older one */
	{"PACK", 0xf2, SS_TWO, 0},
	{"UNPK", 0xf3, SS_TWO, 0},
	{"AP", 0xfa, SS_TWO, 0},
	{"ZAP", 0xf8, SS_TWO, 0},
	{"LM", 0x98, RS, 0},
	{"STM", 0x90, RS_ANY, 0},
	{"LAM", 0x9a, RS_ANY, 0},
	{"STAM", 0x9b, RS_ANY, 0},
	{"CS", 0xba, RS, 0},
	{"CDS", 0xbb, RS_PAIR, 0},
	{"ICM", 0xbf, RS_CC, 0},
	{"STCM", 0xbe, RS_CC, 0},
	{"SLL", 0x89, RS_SHIFT, 0},
	{"SRA", 0x8a, RS_SHIFT, 0},
	{"SLA", 0x8b, RS_SHIFT, 0},
	{"LMG", 0xeb04, RSY, 0},
	{"STMG", 0xeb24, RSY_ANY, 0},
	{"TS", 0x93, S, 0},
	{"BRC", 0xa704, SKIP, 0},
	{"EX", 0x44, EXECUTE, 0},
	{"SVC", 0x0a, SUPERVISOR, 0},
	{"MC", 0xaf, SI, 0},
	/* semi-privileged */
	{"EPSW", 0xb98d, RRE, OTHERWISE}, /* QEMU shows an older condition code */
	{"IPK", 0xb20b, S_NONE, OTHERWISE},
	{"SPKA", 0xb20a, S_NUMBER, OTHERWISE},
	{"IAC", 0xb224, RRE, OTHERWISE},
	{"EPAR", 0xb226, RRE, OTHERWISE},
	{"ESAR", 0xb227, RRE, OTHERWISE},
	/* privileged */
	{"SSM", 0x80, MASK, OTHERWISE}, /* QEMU does not suppress it */
	{"STNSM", 0xac, SI_MASK, 0},
	{"STOSM", 0xad, SI_MASK, 0},
	{"LPSWE", 0xb2b2, NEXT_PSW, 0},
	{"LPSW", 0x82, NEXT_OLD, OTHERWISE},
	{"LCTL", 0xb7, CONTROL, 0},
	{"LCTLG", 0xeb2f, CONTROL_G, 0},
	{"STCTL", 0xb6, RS_ANY, 0},
	{"STCTG", 0xeb25, RSY_ANY, 0},
	{"STAP", 0xb212, S, 0},
	{"STPX", 0xb211, S, 0},
	{"SCKC", 0xb206, COMPARATOR, 0},
	{"STCKC", 0xb207, S, 0},
	{"PTLB", 0xb20d, S_NONE, 0},
	{"IPTE", 0xb221, ENTRY, OTHERWISE}, /* QEMU: in force some instructions later */
	{"SSKE", 0xb22b, RRE_P, 0},
	{"LURA", 0xb24b, RRE_P, 0},
	{"STURA", 0xb246, RRE_P, 0},
	{"LURAG", 0xb905, RRE_P, 0},
	{"STURG", 0xb925, RRE_P, 0},
	{"LRA", 0xb1, RX, OTHERWISE},
	{"LRAG", 0xe303, RXY, OTHERWISE},
};

#define ROWS (sizeof(rows) / sizeof(*rows))

#endif
