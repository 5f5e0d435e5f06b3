/*
 * A wild guest, fourth kind: the rings of its disk. Chains of descriptors that are good but for one thing: numbers out of range,
 * loops, tables and buffers outside of storage or over its end, lengths of all sizes, requests that no disk knows.
 * Before it: fuzz-call.c. After it: neighbour.c.
 * Known simplification: one disk, in PCI slot 1; what is written to it is lost to nobody but this guest.
 */
#include "random.h"

#define REPORT       100 /* operations from one line to the next */
#define PCI_ADDRESS  0xcf8
#define PCI_DATA     0xcfc
#define SLOT_1       0x80000800u
#define ID           0
#define COMMAND      4
#define BAR_0        0x10
#define VIRTIO_BLOCK 0x10011af4u

#define FEATURES 4
#define QUEUE    8
#define NOTIFY   16
#define STATUS   18
#define INDIRECT (1u << 28)

#define TABLE       WILD_BEGIN /* the queue: descriptors, available ring, used ring */
#define AVAILABLE   (TABLE + 2048)
#define SECOND      (WILD_BEGIN + 0x4000) /* a table for indirect descriptors */
#define HEADER      (WILD_BEGIN + 0x5000)
#define STATUS_BYTE (WILD_BEGIN + 0x5100)
#define DATA        (WILD_BEGIN + 0x100000)

#define NEXT       1
#define WRITE      2
#define TABLE_FLAG 4

struct descriptor {
	uint64_t address;
	uint32_t length;
	uint16_t flags, next;
};

static unsigned long done, answered, stopped;
static uint16_t base;

static void out32(uint16_t port, uint32_t value)
{
	__asm__ volatile("outl %0, %1" : : "a"(value), "Nd"(port));
}

static uint32_t in32(uint16_t port)
{
	uint32_t value;

	__asm__ volatile("inl %1, %0" : "=a"(value) : "Nd"(port));
	return value;
}

static uint32_t pci_read(uint32_t offset)
{
	out32(PCI_ADDRESS, SLOT_1 | offset);
	return in32(PCI_DATA);
}

static uint64_t address(void)
{
	static const uint64_t edges[] = {0,          0xff8,          0x5fffff8, 0x6000000,
					 UINT32_MAX, UINT64_MAX - 7, 1ul << 63};

	return random_below(8) ? DATA + random_below(0x800000)
			       : edges[random_below(sizeof(edges) / sizeof(*edges))];
}

static void descriptor_spoil(struct descriptor *d)
{
	static const uint32_t lengths[] = {0,   1,    15,    16,       17,       48,
					   512, 1024, 65536, 1u << 20, 4u << 20, UINT32_MAX};
	static const uint16_t flags[] = {0, NEXT, WRITE, NEXT | WRITE, TABLE_FLAG, TABLE_FLAG | NEXT};

	switch (random_below(5)) {
	case 0:
		d->address = random_below(4) ? address() : SECOND;
		break;
	case 1:
		d->length = lengths[random_below(sizeof(lengths) / sizeof(*lengths))];
		break;
	case 2:
		d->flags = random_below(8) ? flags[random_below(6)] : (uint16_t)random_next();
		break;
	case 3: /* out of range, or a loop */
		d->next = random_below(2) ? (uint16_t)random_below(12) : (uint16_t)random_next();
		break;
	default:
		d->address = d->address - 4096 + random_below(8192);
	}
}

/* A good one, and one time in two something wrong in it. */
static void chain_write(struct descriptor *table)
{
	unsigned n = 1 + random_below(10);

	table[0] = (struct descriptor){HEADER, 16, NEXT, 1};
	for (unsigned i = 1; i < n; i++)
		table[i] = (struct descriptor){address(), 512u << random_below(8),
					       random_below(2) ? NEXT | WRITE : NEXT, (uint16_t)(i + 1)};
	table[n] = (struct descriptor){STATUS_BYTE, 1, WRITE, 0};
	if (random_below(2))
		descriptor_spoil(&table[random_below(n + 1)]);
}

static void header_write(void)
{
	static const uint32_t types[] = {0, 0, 0, 1, 1, 4, 8, 2};
	uint32_t *header = (uint32_t *)HEADER;

	header[0] = random_below(10) ? types[random_below(8)] : (uint32_t)random_next();
	*(uint64_t *)(HEADER + 8) = random_below(10) ? random_below(70000) : random_next();
}

static void device_start(void)
{
	memset((void *)AVAILABLE, 0, 4 + 2 * 128);
	out8(base + STATUS, 0);
	out8(base + STATUS, 3);
	out32(base + FEATURES, random_below(2) ? INDIRECT : (uint32_t)random_next());
	out32(base + QUEUE, random_below(40) ? TABLE >> 12 : (uint32_t)(random_next() >> random_below(32)));
	out8(base + STATUS, 7);
}

static void request_give(void)
{
	uint16_t *ring = (uint16_t *)AVAILABLE;
	uint16_t index = ring[1];

	ring[2 + index % 128] = random_below(8) ? 0 : (uint16_t)random_next();
	ring[1] = random_below(30) ? (uint16_t)(index + 1) : (uint16_t)random_next();
	*(volatile uint8_t *)STATUS_BYTE = 0xff;
	out16(base + NOTIFY, random_below(30) ? 0 : (uint16_t)random_next());
	answered += *(volatile uint8_t *)STATUS_BYTE != 0xff;
}

static void operate(void)
{
	header_write();
	chain_write((struct descriptor *)TABLE);
	chain_write((struct descriptor *)SECOND);
	if (random_below(4) == 0)
		*(struct descriptor *)TABLE =
			(struct descriptor){SECOND, 16 * random_below(14), TABLE_FLAG, 0};
	request_give();
	if (in8(base + STATUS) & 0x40) {
		stopped++;
		device_start();
	}
	done++;
}

int main(void)
{
	unsigned long count = WANTED_COUNT ? WANTED_COUNT : 5000, next = REPORT;

	if (WANTED_SEED)
		random_state = WANTED_SEED;
	if (pci_read(ID) != VIRTIO_BLOCK) {
		print("fuzz-ring: no disk\n");
		return 1;
	}
	pci_read(COMMAND);
	out32(PCI_DATA, 1); /* its ports answer */
	base = pci_read(BAR_0) & 0xfffc;
	device_start();
	while (done < count) {
		operate();
		if (random_below(100) == 0)
			device_start();
		if (done >= next) {
			print("fuzz-ring: %lu operations\n", done);
			next += REPORT;
		}
	}
	print("fuzz-ring: %lu operations, %lu answered, %lu stopped the disk\n", done, answered, stopped);
	return !answered || !stopped;
}
