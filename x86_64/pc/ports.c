/*
 * ports.c - a PC in a table of ports.
 *
 * Owns: who answers which port, and what is said of ports that nobody has. Before: the engine, which leaves the guest for IN and OUT.
 * After: each device of this folder.
 * Simplification: what is 8 bits wide gets wider accesses in bytes, as the ISA bus does it; only PCI's ports take them whole.
 */
#include <arch/vcpu.h>
#include <cp/device.h>
#include "pc.h"

/* One byte at a time, or (wide) as the guest has it. OUT: 0 or < 0. A run is what one byte after the other comes to. */
struct port_range {
	uint16_t first, last;
	uint8_t (*in)(struct vm *vm, uint16_t port);
	int (*out)(struct vm *vm, uint16_t port, uint8_t value);
	uint32_t (*in_wide)(struct vm *vm, uint16_t port, unsigned size);
	int (*out_wide)(struct vm *vm, uint16_t port, unsigned size, uint32_t value);
	bool (*out_run)(struct vm *vm, uint16_t port, const uint8_t *bytes, unsigned n);
};

static uint8_t delay_in(struct vm *vm, uint16_t port);
static int delay_out(struct vm *vm, uint16_t port, uint8_t value);

/* What is used most comes first. */
static const struct port_range ranges[] = {
	{0x3f8, 0x3ff, uart_in, uart_out, NULL, NULL, uart_out_run},
	{0x20, 0x21, pic_in, pic_out, NULL, NULL, NULL},
	{0xa0, 0xa1, pic_in, pic_out, NULL, NULL, NULL},
	{0x40, 0x43, pit_in, pit_out, NULL, NULL, NULL},
	{0xcfc, 0xcff, NULL, NULL, pci_data_in, pci_data_out, NULL},
	{0xcf9, 0xcf9, reset_in, reset_out, NULL, NULL, NULL},
	{0xcf8, 0xcfb, NULL, NULL, pci_address_in, pci_address_out, NULL},
	{0x61, 0x61, pit_speaker_in, pit_speaker_out, NULL, NULL, NULL},
	{0x70, 0x71, cmos_in, cmos_out, NULL, NULL, NULL},
	{0x80, 0x80, delay_in, delay_out, NULL, NULL, NULL},
	{0x60, 0x60, keyboard_in, keyboard_out, NULL, NULL, NULL},
	{0x64, 0x64, keyboard_in, keyboard_out, NULL, NULL, NULL},
	{0x92, 0x92, fast_in, fast_out, NULL, NULL, NULL},
	{0x4d0, 0x4d1, pic_level_in, pic_level_out, NULL, NULL, NULL},
	{0x604, 0x605, NULL, NULL, power_in, power_out, NULL},
};

/* Port 80 shows a firmware's progress on a real PC; systems write there to lose a microsecond. */
static uint8_t delay_in(struct vm *vm, uint16_t port)
{
	(void)vm, (void)port;
	return 0xff;
}

static int delay_out(struct vm *vm, uint16_t port, uint8_t value)
{
	(void)vm, (void)port, (void)value;
	return 0;
}

/* An access of more than a byte may begin before a range; CF9 lies inside another's, and is a byte. */
static const struct port_range *find(uint16_t port, unsigned size)
{
	for (size_t i = 0; i < ARRAY_SIZE(ranges); i++)
		if (port >= ranges[i].first && port <= ranges[i].last && (size == 1 || port != 0xcf9))
			return &ranges[i];
	return NULL;
}

/* ---- ports that nobody has ------------------------------------------------------------- */

/* The last element is for all others, once the rest is taken. */
static void unknown_count(struct vm *vm, uint16_t port)
{
	struct pc *pc = vm->arch.pc;
	unsigned n = 0;

	while (n < UNKNOWN_PORTS - 1 && pc->unknown_count[n] && pc->unknown_port[n] != port)
		n++;
	pc->unknown_port[n] = port;
	pc->unknown_count[n]++;
}

bool pc_unknown_port(const struct vm *vm, unsigned n, uint16_t *port, uint64_t *count)
{
	const struct pc *pc = vm->arch.pc;

	if (n >= UNKNOWN_PORTS || !pc->unknown_count[n])
		return false;
	*port = pc->unknown_port[n];
	*count = pc->unknown_count[n];
	return true;
}

/* ---- IN and OUT --------------------------------------------------------------------------- */

static uint32_t in_whole(struct vm *vm, const struct port_range *r, uint16_t port, unsigned size)
{
	struct device *d;
	uint16_t offset;

	if (r)
		return r->in_wide(vm, port, size);
	d = pci_device_at(vm, port, &offset);
	if (d)
		return virtio_port_in(d, offset, size);
	unknown_count(vm, port);
	return UINT32_MAX;
}

static int out_whole(struct vm *vm, const struct port_range *r, uint16_t port, unsigned size, uint32_t value)
{
	struct device *d;
	uint16_t offset;

	if (r)
		return r->out_wide(vm, port, size, value);
	d = pci_device_at(vm, port, &offset);
	if (d)
		return virtio_port_out(d, offset, size, value);
	unknown_count(vm, port);
	return 0;
}

static uint32_t truncate(uint32_t value, unsigned size)
{
	return size == 4 ? value : value & ((1u << 8 * size) - 1);
}

int pc_port_in(struct vcpu *v, uint16_t port, unsigned size, uint32_t *value)
{
	const struct port_range *r = find(port, size);
	struct vm *vm = v->vm;

	*value = 0;
	if (!r || !r->in)
		*value = truncate(in_whole(vm, r, port, size), size);
	else
		for (unsigned n = 0; n < size; n++) {
			const struct port_range *b = n ? find((uint16_t)(port + n), 1) : r;

			*value |= (uint32_t)(b && b->in ? b->in(vm, (uint16_t)(port + n)) : 0xff) << 8 * n;
		}
	return 0;
}

int pc_port_out(struct vcpu *v, uint16_t port, unsigned size, uint32_t value)
{
	const struct port_range *r = find(port, size);
	struct vm *vm = v->vm;
	int rc = 0;

	value = truncate(value, size);
	if (!r || !r->out)
		return out_whole(vm, r, port, size, value);
	for (unsigned n = 0; n < size && rc == 0; n++) {
		const struct port_range *b = n ? find((uint16_t)(port + n), 1) : r;

		if (b && b->out)
			rc = b->out(vm, (uint16_t)(port + n), (uint8_t)(value >> 8 * n));
	}
	return rc;
}

bool pc_port_out_run(struct vcpu *v, uint16_t port, const uint8_t *bytes, unsigned n)
{
	const struct port_range *r = find(port, 1);

	return r && r->out_run && r->out_run(v->vm, port, bytes, n);
}
