/*
 * clock.c - the MC146818 real-time clock of a virtual PC: CP's time of day in the guest's digits.
 *
 * Owns: time and date registers, registers A to D, alarm, periodic and update interruptions (IRQ 8). Before: cmos.c. After: pic.c.
 * Source: Motorola MC146818A data sheet. The clock shows UTC until the guest sets it; it is then kept as a difference.
 * Simplification: the divider (register A, bits 4 to 6) does not stop the clock, and the periodic flag rises only while its
 * interruption is enabled.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include "pc.h"

#define A_UPDATING 0x80
#define A_RATE     0x0f
#define B_SET      0x80
#define B_PERIODIC 0x40
#define B_ALARM    0x20
#define B_UPDATED  0x10
#define B_BINARY   0x04
#define B_24_HOURS 0x02
#define C_REQUEST  0x80
#define D_BATTERY  0x80

#define ALARM_SECONDS 1
#define ALARM_MINUTES 3
#define ALARM_HOURS   5
#define ANY           0xc0 /* an alarm byte from here on matches all */
#define PM            0x80 /* of the hours, when they are twelve */

#define YEAR_MAX 2041 /* in the next one CP's own clock ends */
#define UPDATE_TIME                                                                                          \
	(2 * TOD_MILLISECOND) /* how long before a second the registers say that they may change */

/* ---- registers <-> calendar ------------------------------------------------------------- */

static uint8_t digits(const struct cmos *c, unsigned n)
{
	return (uint8_t)(c->data[CLOCK_B] & B_BINARY ? n : n / 10 << 4 | n % 10);
}

static unsigned number(const struct cmos *c, uint8_t digits)
{
	return c->data[CLOCK_B] & B_BINARY ? digits : (digits >> 4) * 10u + (digits & 15);
}

static uint8_t hour_digits(const struct cmos *c, unsigned hour)
{
	if (c->data[CLOCK_B] & B_24_HOURS)
		return digits(c, hour);
	return digits(c, (hour + 11) % 12 + 1) | (hour >= 12 ? PM : 0);
}

static unsigned hour_number(const struct cmos *c, uint8_t digits)
{
	if (c->data[CLOCK_B] & B_24_HOURS)
		return number(c, digits);
	return number(c, digits & ~PM) % 12 + (digits & PM ? 12 : 0);
}

/* The registers show this moment. */
static void show(struct cmos *c, tod_t now)
{
	struct calendar d;

	calendar_from_tod(now + (uint64_t)c->offset * TOD_SECOND, &d);
	c->data[CLOCK_SECONDS] = digits(c, d.second);
	c->data[CLOCK_MINUTES] = digits(c, d.minute);
	c->data[CLOCK_HOURS] = hour_digits(c, d.hour);
	c->data[CLOCK_WEEKDAY] = digits(c, d.weekday + 1);
	c->data[CLOCK_DAY] = digits(c, d.day);
	c->data[CLOCK_MONTH] = digits(c, d.month);
	c->data[CLOCK_YEAR] = digits(c, d.year % 100);
	c->data[CLOCK_CENTURY] = digits(c, d.year / 100);
}

static unsigned limit(unsigned n, unsigned from, unsigned to)
{
	return n < from ? from : n > to ? to : n;
}

/* The guest has written some of them: what they say is the time now. */
static void take(struct cmos *c, tod_t now)
{
	unsigned year = number(c, c->data[CLOCK_CENTURY]) * 100 + number(c, c->data[CLOCK_YEAR]);
	const struct calendar d = {
		.year = limit(year, 1970, YEAR_MAX),
		.month = limit(number(c, c->data[CLOCK_MONTH]), 1, 12),
		.day = limit(number(c, c->data[CLOCK_DAY]), 1, 31),
		.hour = limit(hour_number(c, c->data[CLOCK_HOURS]), 0, 23),
		.minute = limit(number(c, c->data[CLOCK_MINUTES]), 0, 59),
		.second = limit(number(c, c->data[CLOCK_SECONDS]), 0, 59),
	};

	c->offset = (int64_t)(calendar_to_tod(&d) / TOD_SECOND) - (int64_t)(now / TOD_SECOND);
}

/* ---- interruptions ------------------------------------------------------------------------ */

static tod_t period(const struct cmos *c)
{
	unsigned rate = c->data[CLOCK_A] & A_RATE;

	if (!rate || !(c->data[CLOCK_B] & B_PERIODIC))
		return 0;
	rate = rate < 3 ? rate + 7 : rate; /* 1 and 2 are 8 and 9 */
	return TOD_SECOND / (65536u >> rate);
}

/* Registers A and B have changed: what to look forward to. */
static void arm(struct cmos *c, tod_t now)
{
	bool seconds = c->data[CLOCK_B] & (B_ALARM | B_UPDATED) && !(c->data[CLOCK_B] & B_SET);

	c->second = seconds ? now - now % TOD_SECOND + TOD_SECOND : 0;
	c->period = period(c) ? now + period(c) : 0;
}

static void flag(struct vm *vm, uint8_t flags)
{
	struct cmos *c = &vm->arch.pc->cmos;

	c->data[CLOCK_C] |= flags;
	if (c->data[CLOCK_C] & c->data[CLOCK_B] & (B_PERIODIC | B_ALARM | B_UPDATED)) {
		c->data[CLOCK_C] |= C_REQUEST;
		pic_line(vm, IRQ_CLOCK, true);
	}
}

static bool alarm_byte(const struct cmos *c, unsigned alarm)
{
	return c->data[alarm] >= ANY || c->data[alarm] == c->data[alarm - 1];
}

static bool alarm_now(struct cmos *c, tod_t now)
{
	show(c, now);
	return alarm_byte(c, ALARM_SECONDS) && alarm_byte(c, ALARM_MINUTES) && alarm_byte(c, ALARM_HOURS);
}

void clock_advance(struct vm *vm, tod_t now)
{
	struct cmos *c = &vm->arch.pc->cmos;

	if (c->period && now >= c->period) {
		flag(vm, B_PERIODIC);
		c->period = now + period(c);
	}
	if (c->second && now >= c->second) {
		flag(vm, B_UPDATED | (alarm_now(c, c->second) ? B_ALARM : 0));
		/* Every second has its look, late or not: an alarm may stand in it. After a long sleep some are given up. */
		c->second += TOD_SECOND;
		if (c->second + 60 * TOD_SECOND < now)
			c->second = now;
	}
}

tod_t clock_due(const struct vm *vm)
{
	const struct cmos *c = &vm->arch.pc->cmos;
	tod_t due = c->second ? c->second : TOD_NEVER;

	return c->period && c->period < due ? c->period : due;
}

/* ---- what cmos.c asks ------------------------------------------------------------------------ */

/* Of the clock's: neither an alarm nor A to D. */
static bool time_register(uint8_t index)
{
	switch (index) {
	case CLOCK_SECONDS:
	case CLOCK_MINUTES:
	case CLOCK_HOURS:
	case CLOCK_WEEKDAY:
	case CLOCK_DAY:
	case CLOCK_MONTH:
	case CLOCK_YEAR:
	case CLOCK_CENTURY:
		return true;
	default:
		return false;
	}
}

bool clock_register(uint8_t index)
{
	return index <= CLOCK_D || index == CLOCK_CENTURY;
}

static uint8_t flags_read(struct vm *vm)
{
	struct cmos *c = &vm->arch.pc->cmos;
	uint8_t flags = c->data[CLOCK_C];

	c->data[CLOCK_C] = 0;
	pic_line(vm, IRQ_CLOCK, false);
	return flags;
}

uint8_t clock_read(struct vm *vm, uint8_t index)
{
	struct cmos *c = &vm->arch.pc->cmos;
	tod_t now = arch_clock();
	bool set = c->data[CLOCK_B] & B_SET;

	switch (index) {
	case CLOCK_A:
		return c->data[CLOCK_A] |
		       (!set && TOD_SECOND - now % TOD_SECOND <= UPDATE_TIME ? A_UPDATING : 0);
	case CLOCK_C:
		return flags_read(vm);
	case CLOCK_D:
		return D_BATTERY;
	}
	if (time_register(index) && !set)
		show(c, now);
	return c->data[index];
}

/* SET stops the registers, so that they can be written one after the other. */
static void control(struct vm *vm, uint8_t value, tod_t now)
{
	struct cmos *c = &vm->arch.pc->cmos;
	bool was = c->data[CLOCK_B] & B_SET;

	if (!was && (value & B_SET))
		show(c, now);
	if (was && !(value & B_SET))
		take(c, now);
	c->data[CLOCK_B] = value & B_SET ? value & (uint8_t)~B_UPDATED : value;
	arm(c, now);
	flag(vm, 0);
}

void clock_write(struct vm *vm, uint8_t index, uint8_t value)
{
	struct cmos *c = &vm->arch.pc->cmos;
	tod_t now = arch_clock();
	bool set = c->data[CLOCK_B] & B_SET;

	switch (index) {
	case CLOCK_A:
		c->data[CLOCK_A] = value & (uint8_t)~A_UPDATING;
		arm(c, now);
		return;
	case CLOCK_B:
		control(vm, value, now);
		return;
	case CLOCK_C:
	case CLOCK_D:
		return; /* only read */
	}
	if (time_register(index) && !set)
		show(c, now);
	c->data[index] = value;
	if (time_register(index) && !set)
		take(c, now);
}
