/*
 * instruction.c - the I/O instructions.
 *
 * Owns: operands, checks and condition codes of START SUBCHANNEL and its kin. Before: subchannel.c, program.c. After: the instruction
 * table, whose rows call these.
 * Source: Principles of Operation, chapter 14. Heritage: DMKIOS and DMKVIO, for SIO and TIO.
 * Simplification: channel measurement and address limits are accepted and do nothing.
 */
#include <cp/heap.h>
#include <cp/string.h>
#include <arch/instruction.h>
#include "channel.h"

#define SCHIB_WORDS         13
#define IRB_WORDS           16
#define LOW_IO_INTERRUPTION 184 /* real address where TPI with address 0 stores */

/* ---- operands in guest storage: words, big-endian ------------------------- */

static uint32_t word_get(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static void words_to_bytes(uint8_t *p, const uint32_t *words, unsigned n)
{
	for (; n > 0; n--, p += 4, words++) {
		p[0] = (uint8_t)(*words >> 24);
		p[1] = (uint8_t)(*words >> 16);
		p[2] = (uint8_t)(*words >> 8);
		p[3] = (uint8_t)*words;
	}
}

static int words_read(struct instruction *i, uint32_t *words, unsigned n)
{
	uint8_t bytes[4 * SCHIB_WORDS];
	int rc = vcpu_read(i->v, i->a2, bytes, 4 * n);

	for (unsigned k = 0; k < n; k++)
		words[k] = word_get(bytes + 4 * k);
	return rc;
}

static int words_write(struct instruction *i, const uint32_t *words, unsigned n)
{
	uint8_t bytes[4 * IRB_WORDS];

	words_to_bytes(bytes, words, n);
	return vcpu_write(i->v, i->a2, bytes, 4 * n);
}

/* The subchannel GR1 names. > 0: GR1 has bits that must be zero (one channel-subsystem image, one set of subchannels). */
static int named(struct instruction *i, struct device **d)
{
	uint32_t id = gpr_low(i->v, 1);

	if ((id & 0xffff0000u) != 0x00010000u)
		return PGM_OPERAND;
	*d = subchannel_find(i->v->vm, id);
	return 0;
}

static int done(struct instruction *i, unsigned cc)
{
	set_cc(i->v, cc);
	return 0;
}

/* The common beginning of HSCH, CSCH, RSCH, XSCH: true: go on; else finished with *rc. */
static bool begin(struct instruction *i, struct device **d, int *rc)
{
	*rc = named(i, d);
	if (*rc)
		return false;
	if (!subchannel_operational(*d)) {
		*rc = done(i, 3);
		return false;
	}
	/* Another task may be running its program; that ends soon, and nothing is changed before. */
	device_settle(*d);
	return true;
}

/* ---- looking and setting --------------------------------------------------- */

int sim_stsch(struct instruction *i)
{
	uint32_t schib[SCHIB_WORDS], number = gpr_low(i->v, 1) & 0xffff;
	struct device *d;
	int rc;

	if (i->a2 % 4)
		return PGM_SPECIFICATION;
	rc = named(i, &d);
	if (rc)
		return rc;
	if (!d && number >= i->v->vm->arch.next_subchannel)
		return done(i, 3);
	subchannel_schib(d, schib);
	rc = words_write(i, schib, SCHIB_WORDS);
	return rc ? rc : done(i, 0);
}

static void modify(struct device *d, const uint32_t schib[SCHIB_WORDS])
{
	uint32_t *pmcw = d->arch.pmcw;

	pmcw[0] = schib[0];
	pmcw[1] = (pmcw[1] & ~PMCW_MODIFIABLE) | (schib[1] & PMCW_MODIFIABLE);
	pmcw[2] = (pmcw[2] & 0x00ffffff) | (schib[2] & 0xff000000u);
	pmcw[3] = (pmcw[3] & 0x000000ff) | (schib[3] & 0xffffff00u);
	pmcw[6] = (pmcw[6] & ~PMCW6_MODIFIABLE) | (schib[6] & PMCW6_MODIFIABLE);
	subchannel_present(d);
}

int sim_msch(struct instruction *i)
{
	uint32_t schib[SCHIB_WORDS];
	struct device *d;
	int rc;

	if (i->a2 % 4)
		return PGM_SPECIFICATION;
	rc = words_read(i, schib, 7);
	if (rc)
		return rc;
	rc = named(i, &d);
	if (rc)
		return rc;
	if ((schib[1] & PMCW_RESERVED) || (schib[1] & PMCW_LIMIT) == PMCW_LIMIT ||
	    (schib[6] & PMCW6_RESERVED))
		return PGM_OPERAND;
	if (!d)
		return done(i, 3);
	if (d->arch.scsw[0] & SCSW_PENDING)
		return done(i, 1);
	if (d->arch.scsw[0] & SCSW_FUNCTION)
		return done(i, 2);
	modify(d, schib);
	return done(i, 0);
}

int sim_tsch(struct instruction *i)
{
	uint32_t irb[IRB_WORDS];
	struct device *d;
	bool pending;
	int rc;

	if (i->a2 % 4)
		return PGM_SPECIFICATION;
	rc = named(i, &d);
	if (rc)
		return rc;
	if (!subchannel_operational(d))
		return done(i, 3);
	pending = d->arch.scsw[0] & SCSW_PENDING;
	subchannel_irb(d, irb);
	rc = words_write(i, irb, IRB_WORDS);
	if (rc)
		return rc;
	if (pending)
		subchannel_clear_status(d);
	return done(i, pending ? 0 : 1);
}

/* ---- functions --------------------------------------------------------------- */

static void start(struct device *d, const uint32_t orb[3])
{
	struct arch_device *s = &d->arch;

	s->orb[0] = orb[0];
	s->orb[1] = orb[1];
	s->pmcw[0] = orb[0];
	s->pmcw[2] = (s->pmcw[2] & 0xffff00ffu) | PATH << 8; /* last path used */
	s->ccw = orb[2];
	s->steps = 0;
	s->first = true;
	s->scsw[0] = (orb[1] & SCSW_FROM_ORB) | SCSW_START | SCSW_SUBCHANNEL_ACTIVE | SCSW_DEVICE_ACTIVE;
	s->scsw[1] = orb[2];
	s->scsw[2] = 0;
	program_run(d);
}

int sim_ssch(struct instruction *i)
{
	struct device *d;
	uint32_t orb[3];
	int rc;

	if (i->a2 % 4)
		return PGM_SPECIFICATION;
	rc = words_read(i, orb, 3);
	if (rc)
		return rc;
	rc = named(i, &d);
	if (rc)
		return rc;
	if ((orb[1] & ORB_RESERVED) || (orb[2] & 0x80000000u))
		return PGM_OPERAND;
	if (!subchannel_operational(d))
		return done(i, 3);
	if (d->arch.scsw[0] & SCSW_PENDING)
		return done(i, 1);
	if (d->arch.scsw[0] & SCSW_FUNCTION)
		return done(i, 2);
	if (!((orb[1] & ORB_PATHS) >> 8 & PATH))
		return done(i, 3);
	/* From here on the instruction is done; the guest does not run while its program does. */
	done(i, 0);
	start(d, orb);
	return 0;
}

/* Give up the operation the device waits with, or is suspended before. */
static void stop_program(struct device *d)
{
	if (d->arch.waiting && d->class->halt)
		d->class->halt(d);
	d->arch.waiting = false;
}

int sim_hsch(struct instruction *i)
{
	struct arch_device *s;
	struct device *d;
	bool started;
	int rc;

	if (!begin(i, &d, &rc))
		return rc;
	s = &d->arch;
	if ((s->scsw[0] & SCSW_PENDING) && (s->scsw[0] & SCSW_STATUS) != (SCSW_INTERMEDIATE | SCSW_PENDING))
		return done(i, 1);
	if (s->scsw[0] & (SCSW_HALT | SCSW_CLEAR))
		return done(i, 2);
	started = s->scsw[0] & SCSW_START;
	stop_program(d);
	s->scsw[0] = (s->scsw[0] & ~(SCSW_ACTIVITY | SCSW_INTERMEDIATE)) | SCSW_HALT;
	if (started) {
		s->scsw[1] = s->ccw + 8;
		subchannel_status(d, SCSW_PRIMARY | SCSW_SECONDARY, STATUS_ENDED, 0);
	} else {
		subchannel_status(d, 0, 0, 0);
	}
	return done(i, 0);
}

int sim_csch(struct instruction *i)
{
	struct arch_device *s;
	struct device *d;
	int rc;

	if (!begin(i, &d, &rc))
		return rc;
	s = &d->arch;
	stop_program(d);
	s->scsw[0] = SCSW_CLEAR;
	s->scsw[1] = s->scsw[2] = 0;
	s->sense_valid = false;
	memset(d->sense, 0, sizeof(d->sense));
	subchannel_status(d, 0, 0, 0);
	return done(i, 0);
}

int sim_rsch(struct instruction *i)
{
	struct arch_device *s;
	struct device *d;
	int rc;

	if (!begin(i, &d, &rc))
		return rc;
	s = &d->arch;
	if ((s->scsw[0] & SCSW_PENDING) && !(s->scsw[0] & SCSW_INTERMEDIATE))
		return done(i, 1);
	if ((s->scsw[0] & SCSW_FUNCTION) != SCSW_START || !(s->orb[1] & ORB_SUSPEND) ||
	    (s->scsw[0] & SCSW_RESUME_PENDING))
		return done(i, 2);
	done(i, 0);
	s->scsw[0] |= SCSW_RESUME_PENDING;
	if (s->scsw[0] & SCSW_SUSPENDED) {
		s->scsw[0] = (s->scsw[0] & ~SCSW_SUSPENDED) | SCSW_SUBCHANNEL_ACTIVE | SCSW_DEVICE_ACTIVE;
		program_run(d);
	}
	return 0;
}

/* A start takes effect at once, so there never is one to cancel. */
int sim_xsch(struct instruction *i)
{
	struct device *d;
	int rc;

	if (!begin(i, &d, &rc))
		return rc;
	return done(i, d->arch.scsw[0] & SCSW_PENDING ? 1 : 2);
}

/* ---- interruptions and reports ------------------------------------------------ */

int sim_tpi(struct instruction *i)
{
	struct device *d;
	uint32_t id[3];
	uint8_t bytes[12];
	int rc;

	if (i->a2 % 4)
		return PGM_SPECIFICATION;
	d = interruption_next(i->v->vm, i->v->arch.cr[6]);
	if (!d)
		return done(i, 0);
	interruption_identify(d, id);
	words_to_bytes(bytes, id, 3);
	/* Two words at the operand; address 0 means the low storage of an I/O interruption, and three words. */
	if (i->a2)
		rc = vcpu_write(i->v, i->a2, bytes, 8);
	else
		rc = real_write(i->v, LOW_IO_INTERRUPTION, bytes, 12);
	if (rc)
		return rc;
	subchannel_interruption(d, false);
	return done(i, 1);
}

int sim_stcrw(struct instruction *i)
{
	struct vm *vm = i->v->vm;
	uint32_t crw;
	bool found;
	int rc;

	if (i->a2 % 4)
		return PGM_SPECIFICATION;
	found = report_first(vm, &crw);
	rc = words_write(i, &crw, 1);
	if (rc)
		return rc;
	if (found)
		report_taken(vm);
	return done(i, found ? 0 : 1);
}

/* ---- the rest ------------------------------------------------------------------ */

int sim_chsc(struct instruction *i)
{
	gva_t address = i->v->arch.gpr[i->r1];
	uint8_t *block;
	int rc;

	if (!(i->v->arch.psw.mask & PSW_EA))
		address &= 0x7fffffff;
	if (address % PAGE_SIZE)
		return PGM_SPECIFICATION;
	block = heap_alloc(CHSC_SIZE);
	if (!block)
		return CP_NO_STORAGE;
	rc = vcpu_read(i->v, address, block, CHSC_SIZE);
	if (rc == 0 && !chsc_valid(block)) {
		rc = PGM_OPERAND;
	} else if (rc == 0) {
		chsc_command(i->v->vm, block);
		rc = vcpu_write(i->v, address, block, CHSC_SIZE);
	}
	heap_free(block, CHSC_SIZE);
	return rc ? rc : done(i, 0);
}

/* GR1 controls measurement; its reserved bits must be zero, GR2 is the origin of the measurement blocks. */
int sim_schm(struct instruction *i)
{
	if (gpr_low(i->v, 1) & 0x0ffffffcu)
		return PGM_OPERAND;
	if ((gpr_low(i->v, 1) & 2) && (i->v->arch.gpr[2] & 31))
		return PGM_OPERAND;
	return 0;
}

int sim_sal(struct instruction *i)
{
	return gpr_low(i->v, 1) & 0x8000ffffu ? PGM_OPERAND : 0;
}

/* The one channel path has nothing to be reset of. */
int sim_rchp(struct instruction *i)
{
	if (gpr_low(i->v, 1) & 0xff00ff00u)
		return PGM_OPERAND;
	return done(i, gpr_low(i->v, 1) == 0 ? 0 : 3);
}

int sim_stcps(struct instruction *i)
{
	static const uint32_t none[8];

	if (i->a2 % 32)
		return PGM_SPECIFICATION;
	return words_write(i, none, 8);
}
