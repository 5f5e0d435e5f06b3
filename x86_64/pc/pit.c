/*
 * pit.c - the 8254 interval timer, and port 61, which drives its third counter and the speaker.
 *
 * Owns: three counters at 1.193182 MHz; counter 0 is IRQ 0. Before: the clock. After: pic.c. Source: Intel 8254 data sheet (231164).
 * A counter is not counted: what it shows follows from when it was started and what time it is.
 * Simplification: a new count in mode 2 or 3 starts a new period at once, not at the end of the running one; counter 0 and 1 have no
 * gate, so their modes 1 and 5 never start; the speaker is silent.
 */
#include <cp/arch.h>
#include "pc.h"

#define HERTZ        1193182u
#define PORT_CONTROL 0x43
#define SPEAKER      2 /* the counter behind port 61 */

/* Control word: bits 6-7 counter, 4-5 access, 1-3 mode, 0 BCD. */
#define CONTROL_BACK   3 /* counter 3 is the read-back command */
#define CONTROL_ACCESS 0x30
#define ACCESS_LATCH   0x00
#define ACCESS_LOW     0x10
#define ACCESS_HIGH    0x20
#define ACCESS_BOTH    0x30
#define CONTROL_BCD    0x01
#define BACK_NO_COUNT  0x20
#define BACK_NO_STATUS 0x10
#define STATUS_OUTPUT  0x80
#define STATUS_NULL    0x40

/* Port 61. */
#define PORT61_GATE    0x01
#define PORT61_WRITTEN 0x0f
#define PORT61_REFRESH 0x10
#define PORT61_OUTPUT  0x20
#define REFRESH_TICKS  18

/* A guest may ask for a million interruptions a second; it gets as many as a machine may bear. */
#define EDGE_MINIMUM 100 /* ticks between two */

enum { MODE_TERMINAL, MODE_ONE_SHOT, MODE_RATE, MODE_SQUARE, MODE_STROBE, MODE_TRIGGERED };

static uint64_t ticks_of(tod_t t)
{
	return t / TOD_SECOND * HERTZ + t % TOD_SECOND * HERTZ / TOD_SECOND;
}

/* Not before the tick. */
static tod_t time_of(uint64_t ticks)
{
	return ticks / HERTZ * TOD_SECOND + (ticks % HERTZ * TOD_SECOND + HERTZ - 1) / HERTZ;
}

static unsigned mode_of(const struct pit_counter *c)
{
	unsigned mode = c->control >> 1 & 7;

	return mode > MODE_TRIGGERED ? mode & 3 : mode; /* 6 and 7 are 2 and 3 */
}

static bool periodic(const struct pit_counter *c)
{
	return mode_of(c) == MODE_RATE || mode_of(c) == MODE_SQUARE;
}

/* A rise of the gate starts these (anew); in the others the gate lets them count. */
static bool triggered(const struct pit_counter *c)
{
	return mode_of(c) != MODE_TERMINAL && mode_of(c) != MODE_STROBE;
}

static uint64_t elapsed(const struct pit_counter *c, tod_t now)
{
	if (!c->counting)
		return 0;
	if (!c->gate && mode_of(c) != MODE_ONE_SHOT && mode_of(c) != MODE_TRIGGERED)
		return c->held;
	return ticks_of(now - c->start);
}

static bool output(const struct pit_counter *c, tod_t now)
{
	uint64_t t = elapsed(c, now);

	if (!c->counting)
		return mode_of(c) != MODE_TERMINAL;
	switch (mode_of(c)) {
	case MODE_TERMINAL:
	case MODE_ONE_SHOT:
		return t >= c->reload;
	case MODE_RATE:
		return !c->gate || t % c->reload != c->reload - 1;
	case MODE_SQUARE:
		return !c->gate || t % c->reload < (c->reload + 1) / 2;
	default:
		return t != c->reload;
	}
}

/* A count of nothing would be divided by. */
bool pit_possible(const struct pit_counter *c)
{
	return c->reload || !c->counting;
}

/* ---- binary and decimal ------------------------------------------------------------ */

static uint16_t to_bcd(uint32_t n)
{
	return (uint16_t)(n % 10 | n / 10 % 10 << 4 | n / 100 % 10 << 8 | n / 1000 % 10 << 12);
}

static uint32_t from_bcd(uint16_t n)
{
	return (n >> 12) * 1000u + (n >> 8 & 15) * 100u + (n >> 4 & 15) * 10u + (n & 15);
}

/* The counting element as the guest reads it: down to zero, and on from the top. */
static uint16_t count_now(const struct pit_counter *c, tod_t now)
{
	bool bcd = c->control & CONTROL_BCD;
	uint32_t modulus = bcd ? 10000 : 65536;
	uint64_t t = elapsed(c, now);
	uint32_t count;

	if (!c->reload)
		return 0;
	if (mode_of(c) == MODE_SQUARE)
		count = c->reload - (uint32_t)(2 * t % c->reload);
	else if (mode_of(c) == MODE_RATE)
		count = c->reload - (uint32_t)(t % c->reload);
	else
		count = c->reload + modulus - (uint32_t)(t % modulus);
	return bcd ? to_bcd(count % modulus) : (uint16_t)count;
}

/* ---- starting ------------------------------------------------------------------------ */

/* Count down from the top; counter 0 looks forward to its next rise. */
static void start(struct vm *vm, struct pit_counter *c)
{
	c->start = arch_clock();
	c->held = 0;
	c->edge = 0;
	if (c != &vm->arch.pc->pit.counter[0] || (triggered(c) && !periodic(c)))
		return;
	c->edge = mode_of(c) == MODE_STROBE ? c->reload + 1 : c->reload;
	if (mode_of(c) == MODE_TERMINAL)
		pic_line(vm, IRQ_TIMER, false);
}

static void load(struct vm *vm, struct pit_counter *c, uint16_t value)
{
	bool bcd = c->control & CONTROL_BCD;
	uint32_t count = bcd ? from_bcd(value) : value;
	bool waits = triggered(c) && !periodic(c); /* for its gate to rise */

	c->reload = count ? count : bcd ? 10000 : 65536;
	if (waits && !c->counting)
		return;
	c->counting = true;
	if (!waits)
		start(vm, c);
}

static void gate(struct vm *vm, struct pit_counter *c, bool open)
{
	tod_t now = arch_clock();

	if (open == c->gate)
		return;
	if (!open)
		c->held = elapsed(c, now);
	c->gate = open;
	if (!open || !c->reload)
		return;
	if (triggered(c)) {
		c->counting = true;
		start(vm, c);
	} else {
		c->start = now - time_of(c->held);
	}
}

/* ---- ports 40 to 43 --------------------------------------------------------------------- */

static void latch_count(struct pit_counter *c)
{
	if (c->count_latched)
		return;
	c->count = count_now(c, arch_clock());
	c->count_latched = true;
}

static void latch_status(struct pit_counter *c)
{
	if (c->status_latched)
		return;
	c->status = (c->control & 0x3f) | (output(c, arch_clock()) ? STATUS_OUTPUT : 0) |
		    (c->counting ? 0 : STATUS_NULL);
	c->status_latched = true;
}

static void read_back(struct pit *pit, uint8_t value)
{
	for (unsigned n = 0; n < 3; n++) {
		if (!(value & 2u << n))
			continue;
		if (!(value & BACK_NO_COUNT))
			latch_count(&pit->counter[n]);
		if (!(value & BACK_NO_STATUS))
			latch_status(&pit->counter[n]);
	}
}

static void control(struct vm *vm, uint8_t value)
{
	struct pit *pit = &vm->arch.pc->pit;
	struct pit_counter *c = &pit->counter[value >> 6];

	if (value >> 6 == CONTROL_BACK) {
		read_back(pit, value);
	} else if ((value & CONTROL_ACCESS) == ACCESS_LATCH) {
		latch_count(c);
	} else {
		*c = (struct pit_counter){.control = value & 0x3f, .gate = c->gate};
		if (c == &pit->counter[0] && mode_of(c) == MODE_TERMINAL)
			pic_line(vm, IRQ_TIMER, false);
	}
}

static void count_byte(struct vm *vm, struct pit_counter *c, uint8_t value)
{
	switch (c->control & CONTROL_ACCESS) {
	case ACCESS_LOW:
		load(vm, c, value);
		break;
	case ACCESS_HIGH:
		load(vm, c, (uint16_t)(value << 8));
		break;
	case ACCESS_BOTH:
		if (c->second)
			load(vm, c, (uint16_t)(value << 8 | c->low));
		c->low = value;
		c->second = !c->second;
		break;
	default: /* no control word was ever written */
		break;
	}
}

int pit_out(struct vm *vm, uint16_t port, uint8_t value)
{
	if (port == PORT_CONTROL)
		control(vm, value);
	else
		count_byte(vm, &vm->arch.pc->pit.counter[port & 3], value);
	pc_due_changed(vm);
	return 0;
}

uint8_t pit_in(struct vm *vm, uint16_t port)
{
	struct pit_counter *c = &vm->arch.pc->pit.counter[port & 3];
	bool both = (c->control & CONTROL_ACCESS) == ACCESS_BOTH;
	bool high = both ? c->read_second : (c->control & CONTROL_ACCESS) == ACCESS_HIGH;
	uint16_t count;

	if (port == PORT_CONTROL)
		return 0xff; /* only written */
	if (c->status_latched) {
		c->status_latched = false;
		return c->status;
	}
	count = c->count_latched ? c->count : count_now(c, arch_clock());
	if (both)
		c->read_second = !c->read_second;
	if (!both || high)
		c->count_latched = false;
	return (uint8_t)(high ? count >> 8 : count);
}

/* ---- port 61 ------------------------------------------------------------------------------ */

uint8_t pit_speaker_in(struct vm *vm, uint16_t port)
{
	struct pit *pit = &vm->arch.pc->pit;
	tod_t now = arch_clock();
	uint8_t value = pit->control;

	(void)port;
	if (ticks_of(now) / REFRESH_TICKS & 1)
		value |= PORT61_REFRESH;
	if (output(&pit->counter[SPEAKER], now))
		value |= PORT61_OUTPUT;
	return value;
}

int pit_speaker_out(struct vm *vm, uint16_t port, uint8_t value)
{
	struct pit *pit = &vm->arch.pc->pit;

	(void)port;
	pit->control = value & PORT61_WRITTEN;
	gate(vm, &pit->counter[SPEAKER], value & PORT61_GATE);
	return 0;
}

/* ---- time ---------------------------------------------------------------------------------- */

/* However many rises there were since, the 8259 sees one. */
void pit_advance(struct vm *vm, tod_t now)
{
	struct pit_counter *c = &vm->arch.pc->pit.counter[0];
	uint64_t t = elapsed(c, now);

	if (!c->edge || t < c->edge)
		return;
	if (!periodic(c))
		c->edge = 0;
	else if (c->reload < EDGE_MINIMUM)
		c->edge = t + EDGE_MINIMUM;
	else
		c->edge = (t / c->reload + 1) * c->reload;
	pic_line(vm, IRQ_TIMER, false);
	pic_line(vm, IRQ_TIMER, true);
}

/* While IRQ 0 is masked nobody is woken for it: the rise is made up for when it is not. */
tod_t pit_due(const struct vm *vm)
{
	const struct pit_counter *c = &vm->arch.pc->pit.counter[0];

	return c->edge && !pic_masked(vm, IRQ_TIMER) ? c->start + time_of(c->edge) : TOD_NEVER;
}

/* As a firmware leaves it: 18.2 interruptions a second, which the 8259 masks. */
void pit_reset(struct vm *vm)
{
	struct pit *pit = &vm->arch.pc->pit;

	*pit = (struct pit){.counter = {{.control = 0x36, .gate = true},
					{.control = 0x34, .gate = true},
					{.control = 0x36}}};
	load(vm, &pit->counter[0], 0);
	load(vm, &pit->counter[1], REFRESH_TICKS);
}
