/*
 * state.c - the state of a virtual PC around its CPU, described once.
 *
 * Owns: arch_vm_parts[], the controllers and timers that a saved machine has; arch_device_state[], a disk's place on the bus. Comes after
 * all of this folder; instruction/state.c describes the CPU. Numbers of parts and rows never change.
 * Ports have no state beside what is here: a read or write is over when the CPU is at its next instruction.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include "pc.h"

static const struct state_field pic_state[] = {
	STATE_FIELD(struct pic_chip, lines, "LINES", 0, 1),
	STATE_FIELD(struct pic_chip, latch, "REQUESTS", 0, 2),
	STATE_FIELD(struct pic_chip, service, "INSERVICE", 0, 3),
	STATE_FIELD(struct pic_chip, mask, "MASK", 0, 4),
	STATE_FIELD(struct pic_chip, level, "LEVEL", 0, 5),
	STATE_FIELD(struct pic_chip, cascade, "CASCADE", 0, 6),
	STATE_FIELD(struct pic_chip, vector, "VECTOR", 0, 7),
	STATE_UP_TO(struct pic_chip, lowest, "LOWEST", 8, 7),
	STATE_UP_TO(struct pic_chip, await, "AWAIT", 9, 4),
	STATE_FLAG(struct pic_chip, single, "SINGLE", 10),
	STATE_FLAG(struct pic_chip, fourth, "ICW4", 11),
	STATE_FLAG(struct pic_chip, all_level, "ALLLEVEL", 12),
	STATE_FLAG(struct pic_chip, nested, "NESTED", 13),
	STATE_FLAG(struct pic_chip, automatic, "AUTOEND", 14),
	STATE_FLAG(struct pic_chip, rotate, "ROTATE", 15),
	STATE_FLAG(struct pic_chip, special_mask, "SPECIALMASK", 16),
	STATE_FLAG(struct pic_chip, read_service, "READSERVICE", 17),
	STATE_FLAG(struct pic_chip, poll, "POLL", 18),
	STATE_END,
	STATE_END,
};

/* Moments are CP's time of day, which goes on while a machine is put away: its timers are then late, once. */
static const struct state_field counter_state[] = {
	STATE_FIELD(struct pit_counter, control, "CONTROL", 0, 1),
	STATE_FIELD(struct pit_counter, low, "LOW", 0, 2),
	STATE_FLAG(struct pit_counter, second, "WRITESECOND", 3),
	STATE_FLAG(struct pit_counter, read_second, "READSECOND", 4),
	STATE_FLAG(struct pit_counter, counting, "COUNTING", 5),
	STATE_FLAG(struct pit_counter, gate, "GATE", 6),
	STATE_UP_TO(struct pit_counter, reload, "RELOAD", 7, 65536),
	STATE_FIELD(struct pit_counter, start, "START", 0, 8),
	STATE_FIELD(struct pit_counter, held, "HELD", 0, 9),
	STATE_FIELD(struct pit_counter, edge, "EDGE", 0, 10),
	STATE_FLAG(struct pit_counter, count_latched, "COUNTLATCHED", 11),
	STATE_FLAG(struct pit_counter, status_latched, "STATUSLATCHED", 12),
	STATE_FIELD(struct pit_counter, count, "COUNT", 0, 13),
	STATE_FIELD(struct pit_counter, status, "STATUS", 0, 14),
	STATE_END,
	STATE_END,
};

static const struct state_field cmos_state[] = {
	STATE_UP_TO(struct cmos, index, "INDEX", 1, 127),
	STATE_ARRAY(struct cmos, data, "DATA", 0, 2),
	STATE_FIELD(struct cmos, offset, "OFFSET", 0, 3),
	STATE_FIELD(struct cmos, second, "SECOND", 0, 4),
	STATE_FIELD(struct cmos, period, "PERIOD", 0, 5),
	STATE_END,
	STATE_END,
};

static const struct state_field uart_state[] = {
	STATE_FIELD(struct uart, enable, "ENABLE", 0, 1),
	STATE_FIELD(struct uart, control, "FIFOCONTROL", 0, 2),
	STATE_FIELD(struct uart, line, "LINE", 0, 3),
	STATE_FIELD(struct uart, modem, "MODEM", 0, 4),
	STATE_FIELD(struct uart, scratch, "SCRATCH", 0, 5),
	STATE_FIELD(struct uart, divisor, "DIVISOR", 0, 6),
	STATE_FIELD(struct uart, errors, "ERRORS", 0, 7),
	STATE_FIELD(struct uart, changes, "CHANGES", 0, 8),
	STATE_FLAG(struct uart, empty, "EMPTY", 9),
	STATE_ARRAY(struct uart, fifo, "FIFO", 0, 10),
	STATE_UP_TO(struct uart, head, "HEAD", 11, UART_FIFO - 1),
	STATE_UP_TO(struct uart, count, "COUNT", 12, UART_FIFO),
	STATE_FLAG(struct uart, held, "HELD", 13),
	STATE_END,
	STATE_END,
};

static const struct state_field pc_state[] = {
	STATE_FIELD(struct pc, reset, "RESET", 0, 1),
	STATE_FIELD(struct pc, pci_address, "PCIADDRESS", 0, 2),
	STATE_FIELD(struct pc, pit.control, "PORT61", 0, 3),
	STATE_END,
#if STATE_WHOLE
	/* Parts of their own. */
	STATE_HOST(struct pc, pic),
	STATE_HOST(struct pc, pit.counter),
	STATE_HOST(struct pc, cmos),
	STATE_HOST(struct pc, com1),
	STATE_HOST(struct pc, request), /* a request is never half done: room for one */
	/* Counted for INDICATE. */
	STATE_HOST(struct pc, unknown_port),
	STATE_HOST(struct pc, unknown_count),
	STATE_END,
#endif
};

static const struct state_field machine_state[] = {
	STATE_FIELD(struct vm, arch.clock_zero, "CLOCKZERO", 0, 1),
	STATE_END,
#if STATE_WHOLE
	STATE_HOST(struct vm, arch.pc), /* the other parts */
	/* Mapped again by the faults of whoever needs it. */
	STATE_HOST(struct vm, arch.nested),
	STATE_HOST(struct vm, arch.nested_changes),
	STATE_HOST(struct vm, arch.nowhere),
	STATE_HOST(struct vm, arch.nowhere_next),
	/* Counted for INDICATE. */
	STATE_HOST(struct vm, arch.unknown_msrs),
	STATE_HOST(struct vm, arch.last_unknown_msr),
	STATE_END,
#endif
};

#define PART_OBJECT(function, what)                                                                          \
	static void *function(struct vm *vm)                                                                 \
	{                                                                                                    \
		return what;                                                                                 \
	}
PART_OBJECT(machine, vm)
PART_OBJECT(pc, vm->arch.pc)
PART_OBJECT(master, &vm->arch.pc->pic[0])
PART_OBJECT(slave, &vm->arch.pc->pic[1])
PART_OBJECT(counter0, &vm->arch.pc->pit.counter[0])
PART_OBJECT(counter1, &vm->arch.pc->pit.counter[1])
PART_OBJECT(counter2, &vm->arch.pc->pit.counter[2])
PART_OBJECT(cmos, &vm->arch.pc->cmos)
PART_OBJECT(com1, &vm->arch.pc->com1)

const struct state_part arch_vm_parts[] = {
	{"CLOCK", 1, machine_state, machine}, {"PC", 2, pc_state, pc},
	{"PIC0", 3, pic_state, master},       {"PIC1", 4, pic_state, slave},
	{"PIT0", 5, counter_state, counter0}, {"PIT1", 6, counter_state, counter1},
	{"PIT2", 7, counter_state, counter2}, {"CMOS", 8, cmos_state, cmos},
	{"COM1", 9, uart_state, com1},        {0},
};

const struct state_field arch_device_state[] = {
	STATE_FIELD(struct arch_device, pci.slot, "SLOT", 0, 1),
	STATE_FIELD(struct arch_device, pci.line, "LINE", 0, 2),
	STATE_FIELD(struct arch_device, pci.command, "COMMAND", 0, 3),
	STATE_FIELD(struct arch_device, pci.bar, "BASE0", 0, 4),
	STATE_FIELD(struct arch_device, virtio.features, "FEATURES", 0, 5),
	STATE_FIELD(struct arch_device, virtio.queue, "QUEUE", 0, 6),
	STATE_FIELD(struct arch_device, virtio.select, "SELECT", 0, 7),
	STATE_FIELD(struct arch_device, virtio.served, "SERVED", 0, 8),
	STATE_FIELD(struct arch_device, virtio.status, "STATUS", 0, 9),
	STATE_FIELD(struct arch_device, virtio.isr, "INTERRUPT", 0, 10),
	STATE_END,
	STATE_END,
};

/* ---- loaded --------------------------------------------------------------------------------- */

static bool possible(struct vm *vm)
{
	const struct pit_counter *c = vm->arch.pc->pit.counter;
	struct device *d;

	list_for_each(d, &vm->devices, list)
		if (!pci_possible(d))
			return false;
	return pit_possible(&c[0]) && pit_possible(&c[1]) && pit_possible(&c[2]);
}

int pc_loaded(struct vm *vm)
{
	if (possible(vm))
		return 0;
	format(vm->reason, sizeof(vm->reason), "the state of its PC cannot be");
	return CP_CANNOT;
}
