/*
 * channel.c - channel programs: find a subchannel, start, wait for the end, collect status and sense.
 *
 * Owns: the IRB. Before it: machine_wait. After it: console.c, disk.c, card.c. Heritage: CMS's DMSIOW (wait for I/O).
 *
 * Simplification: one channel program at a time; what arrives from other devices meanwhile is looked at for the
 * console's attention and then forgotten.
 */
#include "port.h"

#define SUBCHANNEL_FIRST 0x00010000u
#define SUBCHANNEL_LAST  0x0001ffffu

#define PMCW_ENABLED 0x0080 /* in schib.flags */
#define PMCW_VALID   0x0001

#define ORB_FORMAT1_ALL_PATHS 0x0080ff00u

#define SUBCHANNEL_INCORRECT_LENGTH 0x40
#define SUBCHANNEL_PCI              0x80

/* Subchannel-information block, as STSCH and MSCH have it: the path-management control word, then status. */
struct schib {
	uint32_t parameter;
	uint16_t flags;
	uint16_t device;
	uint32_t words[11];
};

struct orb {
	uint32_t parameter;
	uint32_t control;
	uint32_t program;
	uint32_t reserved[5];
};

struct irb {
	uint32_t control;
	uint32_t ccw;
	uint8_t unit;
	uint8_t subchannel;
	uint16_t residual;
	uint32_t words[21];
};

static struct schib information;

static int store_subchannel(uint32_t subchannel)
{
	register uint32_t number asm("1") = subchannel;
	int cc;

	asm volatile("stsch %1\n\tipm %0\n\tsrl %0,28"
		     : "=d"(cc), "=Q"(information)
		     : "d"(number)
		     : "cc", "memory");
	return cc;
}

static int modify_subchannel(uint32_t subchannel)
{
	register uint32_t number asm("1") = subchannel;
	int cc;

	asm volatile("msch %1\n\tipm %0\n\tsrl %0,28"
		     : "=d"(cc)
		     : "Q"(information), "d"(number)
		     : "cc", "memory");
	return cc;
}

static int start_subchannel(uint32_t subchannel, const struct orb *orb)
{
	register uint32_t number asm("1") = subchannel;
	int cc;

	asm volatile("ssch %1\n\tipm %0\n\tsrl %0,28" : "=d"(cc) : "Q"(*orb), "d"(number) : "cc", "memory");
	return cc;
}

static int test_subchannel(uint32_t subchannel, struct irb *irb)
{
	register uint32_t number asm("1") = subchannel;
	int cc;

	asm volatile("tsch %1\n\tipm %0\n\tsrl %0,28" : "=d"(cc), "=Q"(*irb) : "d"(number) : "cc", "memory");
	return cc;
}

static bool enable(uint32_t subchannel)
{
	information.flags |= PMCW_ENABLED;
	return modify_subchannel(subchannel) == 0;
}

uint32_t channel_find(uint16_t device)
{
	for (uint32_t s = SUBCHANNEL_FIRST; s < SUBCHANNEL_LAST && store_subchannel(s) == 0; s++)
		if ((information.flags & PMCW_VALID) && information.device == device)
			return enable(s) ? s : 0;
	return 0;
}

uint32_t channel_search(bool (*test)(uint32_t subchannel))
{
	for (uint32_t s = SUBCHANNEL_FIRST; s < SUBCHANNEL_LAST && store_subchannel(s) == 0; s++)
		if ((information.flags & PMCW_VALID) && enable(s) && test(s))
			return s;
	return 0;
}

void channel_unsolicited(uint32_t subchannel)
{
	struct irb irb;

	if (test_subchannel(subchannel, &irb) == 0 && (irb.unit & UNIT_ATTENTION) &&
	    subchannel == console_subchannel())
		console_attention();
}

/* Add the status that one interruption brings; true when the device has ended too. */
static bool collect(uint32_t subchannel, struct channel_end *end)
{
	struct irb irb;

	if (test_subchannel(subchannel, &irb) != 0)
		return false;
	if ((irb.unit & UNIT_ATTENTION) && subchannel == console_subchannel())
		console_attention();
	end->unit |= irb.unit & (uint8_t)~UNIT_ATTENTION;
	end->subchannel |= irb.subchannel & (uint8_t)~SUBCHANNEL_PCI;
	if (irb.unit & UNIT_CHANNEL_END)
		end->residual = irb.residual;
	return (end->unit & (UNIT_DEVICE_END | UNIT_CHECK)) ||
	       (end->subchannel & (uint8_t)~SUBCHANNEL_INCORRECT_LENGTH);
}

static struct channel_end run_once(uint32_t subchannel, const struct ccw *program)
{
	const struct orb orb = {.control = ORB_FORMAT1_ALL_PATHS, .program = address_of(program)};
	struct channel_end end = {.operational = false};
	int cc;

	/* cc 1: status is pending, an attention for instance. Taking it makes room. */
	while ((cc = start_subchannel(subchannel, &orb)) == 1)
		channel_unsolicited(subchannel);
	if (cc != 0)
		return end;
	end.operational = true;
	for (;;) {
		uint32_t from;

		machine_wait(false);
		from = low32(LOW_IO_SUBCHANNEL);
		if (from != subchannel)
			channel_unsolicited(from);
		else if (collect(subchannel, &end))
			return end;
	}
}

struct channel_end channel_run(uint32_t subchannel, const struct ccw *program)
{
	static uint8_t sense[32];
	const struct ccw read_sense = {CCW_SENSE, CCW_SLI, sizeof(sense), address_of(sense)};
	struct channel_end end = run_once(subchannel, program);

	if (!(end.unit & UNIT_CHECK))
		return end;
	sense[0] = 0;
	run_once(subchannel, &read_sense);
	end.sense = sense[0];
	return end;
}

bool channel_good(const struct channel_end *end)
{
	return end->operational && !(end->unit & (UNIT_CHECK | UNIT_EXCEPTION)) &&
	       !(end->subchannel & (uint8_t)~SUBCHANNEL_INCORRECT_LENGTH);
}
