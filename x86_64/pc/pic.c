/*
 * pic.c - the two 8259A interruption controllers.
 *
 * Owns: request lines, priorities, masks, and the vector that the CPU is given. Before: the devices, which raise lines. After: the
 * engine, which delivers. Source: Intel 8259A data sheet (231468); 82371 (PIIX) for the edge/level registers at 4D0.
 * Simplification: the slave's output reaches line 2 of the master as a level, whatever mode the master is in; vectors are those of
 * 8086 mode, which every PC uses.
 */
#include <cp/vm.h>
#include "pc.h"

#define MASTER    0
#define SLAVE     1
#define SLAVE_BIT (1u << IRQ_SLAVE)
#define SPURIOUS  7 /* the line whose vector says that there was nothing */

#define PORT_SLAVE       0xa0
#define PORT_MASK        1 /* odd port: mask register, and ICW2 to ICW4 */
#define PORT_SLAVE_LEVEL 0x4d1

/* ICW1 and OCW3 on the even port are told from OCW2 by these bits. */
#define ICW1             0x10
#define ICW1_FOURTH      0x01
#define ICW1_SINGLE      0x02
#define ICW1_LEVEL       0x08
#define ICW4_AUTOMATIC   0x02
#define ICW4_NESTED      0x10
#define OCW3             0x08
#define OCW3_READ        0x02
#define OCW3_SERVICE     0x01
#define OCW3_POLL        0x04
#define OCW3_SPECIAL     0x40
#define OCW3_SET_SPECIAL 0x20

/* OCW2, bits 5 to 7. */
enum {
	OCW2_ROTATE_CLEAR,
	OCW2_END,
	OCW2_NOTHING,
	OCW2_END_LINE,
	OCW2_ROTATE_SET,
	OCW2_ROTATE_END,
	OCW2_PRIORITY,
	OCW2_ROTATE_LINE
};

/* Timer, keyboard and cascade are edges for ever; so are the clock and the coprocessor. */
static const uint8_t level_allowed[2] = {0xf8, 0xde};

/* Lines that want service, masked ones too. */
static uint8_t requests(const struct pic_chip *c)
{
	uint8_t level = (c->all_level ? 0xff : c->level) | c->cascade;

	return (uint8_t)((c->latch & ~level) | (c->lines & level));
}

/* In the order of priorities: the first request that nothing in service holds up; -1: none. */
static int highest(const struct pic_chip *c)
{
	uint8_t wanted = requests(c) & ~c->mask;
	uint8_t holding = c->special_mask ? c->service & ~c->mask : c->service;

	for (unsigned n = 1; wanted && n <= 8; n++) {
		unsigned line = (c->lowest + n) & 7;
		uint8_t bit = (uint8_t)(1u << line);

		if ((holding & bit) && !(c->nested && line == IRQ_SLAVE))
			return -1;
		if (wanted & bit)
			return (int)line;
	}
	return -1;
}

/* After any change: the slave's output, and the CPU. */
static void changed(struct vm *vm)
{
	struct pic_chip *pic = vm->arch.pc->pic;

	if (highest(&pic[SLAVE]) >= 0)
		pic[MASTER].lines |= SLAVE_BIT;
	else
		pic[MASTER].lines &= (uint8_t)~SLAVE_BIT;
	if (vm->cpus && pic_pending(vm))
		vcpu_kick(vm->cpu[0]);
}

bool pic_pending(const struct vm *vm)
{
	return highest(&vm->arch.pc->pic[MASTER]) >= 0;
}

bool pic_masked(const struct vm *vm, unsigned irq)
{
	return vm->arch.pc->pic[irq >> 3].mask & 1u << (irq & 7);
}

void pic_line(struct vm *vm, unsigned irq, bool level)
{
	struct pic_chip *c = &vm->arch.pc->pic[irq >> 3];
	uint8_t bit = (uint8_t)(1u << (irq & 7));

	if (level == !!(c->lines & bit))
		return;
	c->lines ^= bit;
	if (level)
		c->latch |= bit;
	else
		c->latch &= (uint8_t)~bit; /* a request that is withdrawn in time never was */
	changed(vm);
}

/* ---- acknowledge and end -------------------------------------------------------- */

/* The line that is now in service. Nothing there (any more) is line 7, and nothing in service. */
static unsigned acknowledge(struct pic_chip *c)
{
	int line = highest(c);
	uint8_t bit;

	if (line < 0)
		return SPURIOUS;
	bit = (uint8_t)(1u << line);
	c->latch &= (uint8_t)~bit;
	if (!c->automatic)
		c->service |= bit;
	else if (c->rotate)
		c->lowest = (uint8_t)line;
	return (unsigned)line;
}

uint8_t pic_acknowledge(struct vm *vm)
{
	struct pic_chip *pic = vm->arch.pc->pic;
	int first = highest(&pic[MASTER]);
	unsigned line = acknowledge(&pic[MASTER]);
	uint8_t vector = (uint8_t)(pic[MASTER].vector + line);

	if (first == IRQ_SLAVE)
		vector = (uint8_t)(pic[SLAVE].vector + acknowledge(&pic[SLAVE]));
	changed(vm);
	return vector;
}

/* End of interruption: of the line with the highest priority in service. */
static int end(struct pic_chip *c)
{
	uint8_t ending = c->special_mask ? c->service & ~c->mask : c->service;

	for (unsigned n = 1; n <= 8; n++) {
		unsigned line = (c->lowest + n) & 7;

		if (ending & 1u << line) {
			c->service &= (uint8_t) ~(1u << line);
			return (int)line;
		}
	}
	return -1;
}

/* ---- command words ---------------------------------------------------------------- */

static void initialize(struct pic_chip *c, uint8_t value)
{
	*c = (struct pic_chip){
		.lines = c->lines,
		.level = c->level,
		.cascade = c->cascade,
		.vector = c->vector,
		.lowest = 7,
		.await = 2,
		.single = value & ICW1_SINGLE,
		.fourth = value & ICW1_FOURTH,
		.all_level = value & ICW1_LEVEL,
	};
}

static void initialize_more(struct pic_chip *c, uint8_t value)
{
	switch (c->await) {
	case 2:
		c->vector = value & 0xf8;
		c->await = !c->single ? 3 : c->fourth ? 4 : 0;
		break;
	case 3: /* who is cascaded where is soldered */
		c->await = c->fourth ? 4 : 0;
		break;
	default:
		c->automatic = value & ICW4_AUTOMATIC;
		c->nested = value & ICW4_NESTED;
		c->await = 0;
	}
}

static void operate(struct pic_chip *c, uint8_t value)
{
	uint8_t line = value & 7;
	int ended;

	switch (value >> 5) {
	case OCW2_ROTATE_CLEAR:
	case OCW2_ROTATE_SET:
		c->rotate = value >> 5 == OCW2_ROTATE_SET;
		break;
	case OCW2_END:
	case OCW2_ROTATE_END:
		ended = end(c);
		if (ended >= 0 && value >> 5 == OCW2_ROTATE_END)
			c->lowest = (uint8_t)ended;
		break;
	case OCW2_END_LINE:
	case OCW2_ROTATE_LINE:
		c->service &= (uint8_t) ~(1u << line);
		if (value >> 5 == OCW2_ROTATE_LINE)
			c->lowest = line;
		break;
	case OCW2_PRIORITY:
		c->lowest = line;
		break;
	}
}

static void choose(struct pic_chip *c, uint8_t value)
{
	c->poll = value & OCW3_POLL;
	if (value & OCW3_READ)
		c->read_service = value & OCW3_SERVICE;
	if (value & OCW3_SPECIAL)
		c->special_mask = value & OCW3_SET_SPECIAL;
}

/* ---- ports ------------------------------------------------------------------------ */

static struct pic_chip *chip(struct vm *vm, uint16_t port)
{
	return &vm->arch.pc->pic[port >= PORT_SLAVE ? SLAVE : MASTER];
}

int pic_out(struct vm *vm, uint16_t port, uint8_t value)
{
	struct pic_chip *c = chip(vm, port);

	if (port & PORT_MASK) {
		if (c->await)
			initialize_more(c, value);
		else
			c->mask = value;
		pc_due_changed(vm);
	} else if (value & ICW1) {
		initialize(c, value);
		pc_due_changed(vm);
	} else if (value & OCW3) {
		choose(c, value);
	} else {
		operate(c, value);
	}
	changed(vm);
	return 0;
}

/* A poll takes the interruption as the CPU would have done, and says which. */
static uint8_t poll(struct vm *vm, struct pic_chip *c)
{
	bool any = highest(c) >= 0;
	unsigned line = acknowledge(c);

	c->poll = false;
	changed(vm);
	return any ? (uint8_t)(0x80 | line) : 0;
}

uint8_t pic_in(struct vm *vm, uint16_t port)
{
	struct pic_chip *c = chip(vm, port);

	if (c->poll)
		return poll(vm, c);
	if (port & PORT_MASK)
		return c->mask;
	return c->read_service ? c->service : requests(c);
}

uint8_t pic_level_in(struct vm *vm, uint16_t port)
{
	return vm->arch.pc->pic[port == PORT_SLAVE_LEVEL].level;
}

int pic_level_out(struct vm *vm, uint16_t port, uint8_t value)
{
	unsigned n = port == PORT_SLAVE_LEVEL;

	vm->arch.pc->pic[n].level = value & level_allowed[n];
	changed(vm);
	return 0;
}

/* As a firmware leaves it: all masked, vectors 08 and 70, PCI's lines by level. */
void pic_reset(struct vm *vm)
{
	struct pic_chip *pic = vm->arch.pc->pic;

	for (unsigned n = 0; n < 2; n++)
		pic[n] = (struct pic_chip){
			.lines = pic[n].lines,
			.level = (uint8_t)(PCI_IRQS >> 8 * n) & level_allowed[n],
			.cascade = n == MASTER ? SLAVE_BIT : 0,
			.vector = n == MASTER ? 0x08 : 0x70,
			.lowest = 7,
			.mask = 0xff,
		};
	changed(vm);
}
