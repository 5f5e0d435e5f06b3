/*
 * controls.c - what interpretive execution is to leave to CP.
 *
 * Owns: the table of interception controls. Much is always intercepted, the table notwithstanding: I/O, SIGP, DIAGNOSE, SERVC,
 * STIDP, STAP, SPX, STPX, STSI, SCK; and addressing, specification, protection and special-operation exceptions. Comes before
 * run.c, whose state description is filled in here. Source: Interpretive Execution, SA22-7095, "Interception Controls".
 *
 * An instruction goes from interpretation to interception by a row with ALWAYS here, and its meaning is then the one that
 * instruction/table.c has.
 */
#include <arch/instruction.h>
#include <arch/sie.h>
#include <cp/arch.h>

#define IC(n) (0x48 - 0x40 + (n)) /* bytes of sie_block.controls */
#define EC(n) (0x4c - 0x40 + (n))
#define SVC   0
#define LCTL  4

enum when {
	ALWAYS = 1,
	TRACE_OF_PRIV = 2, /* the user follows what CP simulates: all that can be is brought to it */
	TRACE_OF_SVC = 4,
	TRACE_OF_PROGRAM = 8,
	KEPT_BY_CONTROL = 16, /* an interruption waits for a control register to open its subclass */
	KEPT_BY_PSW = 32,     /* a machine check waits for the PSW */
};

static const struct control {
	uint8_t byte, bits;
	enum when when;
	const char *what;
} controls[] = {
	{IC(0), 0x80, ALWAYS, "(operation exceptions: CP may know the instruction, as IUCV)"},
	{IC(0), 0x10, ALWAYS, "STFL STFLE"},     /* which facilities there are CP says */
	{IC(2), 0x70, ALWAYS, "ISKE SSKE RRBE"}, /* keys are in CP's page descriptors, too */
	{EC(0), 0x80, ALWAYS, "(external-interruption assist: the guest takes its own timers')"},
	{IC(0), 0x01, TRACE_OF_PRIV, "IPTE IDTE CSP CSPG"},
	{IC(1), 0x77, TRACE_OF_PRIV, "LPSW LPSWE PTLB PALB SSM STCTL STCTG STNSM STOSM"},
	{IC(2), 0x02, TRACE_OF_PRIV, "TPROT"},
	{IC(3), 0x60, TRACE_OF_PRIV, "SPT STPT SCKC STCKC"},
	{LCTL, 0xff, TRACE_OF_PRIV, "LCTL LCTLG, registers 0-7"},
	{LCTL + 1, 0xff, TRACE_OF_PRIV, "8-15"},
	{SVC, 0x80, TRACE_OF_SVC, "SVC"},
	{IC(0), 0x20, TRACE_OF_PROGRAM, "(all program interruptions)"},
	{LCTL, 0x82, KEPT_BY_CONTROL, "LCTL LCTLG, registers 0 and 6"},
	{LCTL + 1, 0x02, KEPT_BY_CONTROL, "14"},
	{IC(1), 0x40, KEPT_BY_PSW, "LPSW LPSWE"},
};

/* What waits for the guest is a request if only its PSW keeps it, which SIE looks at by itself. */
static unsigned waiting(const struct vcpu *v, struct sie_block *b)
{
	const uint64_t *cr = v->arch.cr;
	unsigned kept = 0;

	b->requests = 0;
	if (v->arch.pending) {
		uint32_t open = external_open(v), posted = v->arch.pending & ~(uint32_t)PENDING_TIMERS;

		b->requests |= posted & open ? SIE_REQUEST_EXTERNAL : 0;
		kept |= posted & ~open ? KEPT_BY_CONTROL : 0;
	}
	if (v->vm->arch.io_pending) {
		bool open = channel_interruption(v->vm, cr[6], false, NULL);

		b->requests |= open ? SIE_REQUEST_IO : 0;
		kept |= open ? 0 : KEPT_BY_CONTROL;
	}
	if (v->vm->arch.reports.interruption)
		kept |= cr[14] & CR14_CHANNEL_REPORT ? KEPT_BY_PSW : KEPT_BY_CONTROL;
	return kept;
}

static unsigned traced(const struct vcpu *v)
{
	uint32_t e = v->vm->trace.events;

	return (e & TRACE_PRIV ? TRACE_OF_PRIV : 0) | (e & TRACE_SVC ? TRACE_OF_SVC : 0) |
	       (e & TRACE_PROGRAM ? TRACE_OF_PROGRAM : 0);
}

/* Most entries are like the one before. */
void sie_controls(const struct vcpu *v, struct sie *s)
{
	struct sie_block *b = &s->block;
	unsigned now = ALWAYS | waiting(v, b) | traced(v);

	if (s->controls_for == now)
		return;
	s->controls_for = now;
	memset(b->controls, 0, sizeof(b->controls));
	for (size_t n = 0; n < ARRAY_SIZE(controls); n++)
		if (now & controls[n].when)
			b->controls[controls[n].byte] |= controls[n].bits;
}
