/*
 * clock.c - the time of day and the one real timer.
 *
 * Owns: the TSC as a clock, measured once against the PC's 8254, which knows
 * its own frequency; the date from the CMOS clock; and the local APIC's
 * timer, which serves CP's timer queue, time slices and the guests' timers.
 * Heritage: DMKTMR.
 * Known simplification: the CMOS clock is taken to run in UTC, in this
 * century.
 */
#include <arch/interrupt.h>
#include <arch/real.h>
#include <cp/arch.h>
#include <cp/timer.h>

#define PIT_HERTZ   1193182ull
#define PIT_COMMAND 0x43
#define PIT_2       0x42
#define PIT_2_MODE0 0xb0 /* channel 2, both bytes, count down once */
#define PIT_2_LATCH 0x80
#define SPEAKER     0x61 /* bit 0: channel 2 counts; bit 1: and is heard */
#define WINDOW      (PIT_HERTZ / 100)
#define TRIES       6

#define CMOS_INDEX    0x70
#define CMOS_DATA     0x71
#define CMOS_SECOND   0
#define CMOS_MINUTE   2
#define CMOS_HOUR     4
#define CMOS_DAY      7
#define CMOS_MONTH    8
#define CMOS_YEAR     9
#define CMOS_STATUS_B 11
#define CMOS_24_HOURS 2
#define CMOS_BINARY   4
#define CMOS_PM       0x80

/* Fixed-point factors with 32 bits of fraction. */
static uint64_t tod_per_tsc, apic_per_tod;
static tod_t base;        /* the time when */
static uint64_t base_tsc; /* the TSC stood here */

static uint64_t scale(uint64_t value, uint64_t factor)
{
	return (uint64_t)(((unsigned __int128)value * factor) >> 32);
}

/* ---- what time it is ------------------------------------------------------------- */

static uint8_t cmos_read(uint8_t index)
{
	outb(CMOS_INDEX, index);
	return inb(CMOS_DATA);
}

static unsigned cmos_number(uint8_t index)
{
	uint8_t value = cmos_read(index);

	return cmos_read(CMOS_STATUS_B) & CMOS_BINARY ? value : (value >> 4) * 10u + (value & 15);
}

static unsigned cmos_hour(void)
{
	uint8_t hour = cmos_read(CMOS_HOUR);
	unsigned number = hour & ~CMOS_PM;

	if (!(cmos_read(CMOS_STATUS_B) & CMOS_BINARY))
		number = (number >> 4) * 10 + (number & 15);
	if (!(cmos_read(CMOS_STATUS_B) & CMOS_24_HOURS))
		number = number % 12 + (hour & CMOS_PM ? 12 : 0);
	return number;
}

/* Days since 1970, of a year from 2000 on. */
static unsigned days(unsigned year, unsigned month, unsigned day)
{
	static const uint16_t before[] = {0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334};
	unsigned past = year - 2000;

	return 10957 + past * 365 + (past + 3) / 4 + before[(month + 11) % 12] +
	       (past % 4 == 0 && month > 2) + day - 1;
}

static uint64_t cmos_seconds(void)
{
	unsigned today =
		days(2000 + cmos_number(CMOS_YEAR) % 100, cmos_number(CMOS_MONTH), cmos_number(CMOS_DAY));

	return today * 86400ull + cmos_hour() * 3600 + cmos_number(CMOS_MINUTE) * 60 +
	       cmos_number(CMOS_SECOND);
}

/* The registers change under whoever reads them: what is read twice alike is right. */
static uint64_t cmos_time(void)
{
	uint64_t last, now = cmos_seconds();

	do {
		last = now;
		now = cmos_seconds();
	} while (now != last);
	return now;
}

/* ---- how fast the clocks run -------------------------------------------------------- */

struct sample {
	uint64_t tsc, width;
	uint32_t apic;
	uint16_t pit;
};

static uint16_t pit_read(void)
{
	uint8_t low;

	outb(PIT_COMMAND, PIT_2_LATCH);
	low = inb(PIT_2);
	return (uint16_t)(inb(PIT_2) << 8 | low);
}

/* All three at one moment: of several tries, the one between whose readings the least time has passed. */
static struct sample sample_take(void)
{
	struct sample best = {.width = UINT64_MAX};

	for (unsigned n = 0; n < TRIES; n++) {
		struct sample s;
		uint64_t before = tsc_read();

		s.pit = pit_read();
		s.apic = apic_timer_count();
		s.width = tsc_read() - before;
		s.tsc = before + s.width / 2;
		if (s.width < best.width)
			best = s;
	}
	return best;
}

static void calibrate(void)
{
	struct sample first, last;
	uint64_t ticks, tod;

	apic_timer_set(UINT32_MAX);
	outb(SPEAKER, (inb(SPEAKER) & ~2) | 1);
	outb(PIT_COMMAND, PIT_2_MODE0);
	outb(PIT_2, 0xff);
	outb(PIT_2, 0xff);
	first = sample_take();
	while ((uint16_t)(first.pit - pit_read()) < WINDOW)
		;
	last = sample_take();
	apic_timer_set(0);
	ticks = (uint16_t)(first.pit - last.pit);
	tod = ticks * TOD_SECOND / PIT_HERTZ;
	real_machine.tsc_hertz = (last.tsc - first.tsc) * PIT_HERTZ / ticks;
	tod_per_tsc = (tod << 32) / (last.tsc - first.tsc);
	apic_per_tod = ((uint64_t)(first.apic - last.apic) << 32) / tod;
}

void clock_init(void)
{
	calibrate();
	base = TOD_UNIX_EPOCH + cmos_time() * TOD_SECOND;
	base_tsc = tsc_read();
}

tod_t arch_clock(void)
{
	return base + scale(tsc_read() - base_tsc, tod_per_tsc);
}

tod_t real_ticks(uint64_t ticks)
{
	return scale(ticks, tod_per_tsc);
}

void arch_clock_set(tod_t t)
{
	tod_t now = arch_clock();

	if (t > now)
		base += t - now;
	arch_cpu()->arch.armed = 0;
}

/* ---- the timer ------------------------------------------------------------------------- */

/* Loaded at once only when it is earlier than what the timer stands at; else it will be in time. */
void arch_timer_set(tod_t due)
{
	struct cpu *c = arch_cpu();

	c->arch.due = due;
	if (c->arch.armed && due < c->arch.armed)
		real_timer_arm(due);
}

/* Rounded up; what is too far away for the counter comes too early, and is set again then. */
void real_timer_arm(tod_t due)
{
	struct cpu *c = arch_cpu();
	uint64_t count = 0;
	tod_t now;

	if (due == c->arch.armed)
		return;
	c->arch.armed = due;
	if (due != TOD_NEVER) {
		now = arch_clock();
		count = due > now ? scale(due - now, apic_per_tod) + 1 : 1;
		if (count > UINT32_MAX)
			count = UINT32_MAX;
	}
	apic_timer_set((uint32_t)count);
}

void clock_interrupt(void)
{
	arch_cpu()->arch.armed = 0; /* it counts once */
	apic_end();
	timer_expire(arch_clock());
}
