/*
 * ring.c - the driver's side of a virtio queue.
 *
 * Before: world.c. After: test_disk.c, test_fuzz.c.
 */
#include "ring.h"
#include <string.h>

void ring_put16(uint32_t at, uint16_t value)
{
	memcpy(world->storage + at, &value, sizeof(value));
}

uint16_t ring_get16(uint32_t at)
{
	uint16_t value;

	memcpy(&value, world->storage + at, sizeof(value));
	return value;
}

void ring_descriptor(uint32_t at, uint64_t address, uint32_t length, uint16_t flags, uint16_t next)
{
	memcpy(world->storage + at, &address, 8);
	memcpy(world->storage + at + 8, &length, 4);
	ring_put16(at + 12, flags);
	ring_put16(at + 14, next);
}

void ring_header(uint32_t type, uint64_t sector)
{
	const uint32_t zero = 0;

	memcpy(world->storage + HEADER, &type, 4);
	memcpy(world->storage + HEADER + 4, &zero, 4);
	memcpy(world->storage + HEADER + 8, &sector, 8);
}

void ring_start(uint16_t base, uint32_t features)
{
	memset(world->storage + AVAILABLE, 0, 4 + 2 * 128);
	memset(world->storage + USED, 0, 4 + 8 * 128);
	out(base + 18, 1, 0);
	out(base + 18, 1, 3);
	out(base + 4, 4, features);
	out(base + 14, 2, 0);
	out(base + 8, 4, TABLE / PAGE_SIZE);
	out(base + 18, 1, 7);
}

uint8_t ring_go(uint16_t base, uint16_t head)
{
	uint16_t index = ring_get16(AVAILABLE + 2);

	world->storage[STATUS_BYTE] = 0xff;
	ring_put16(AVAILABLE + 4 + index % 128 * 2, head);
	ring_put16(AVAILABLE + 2, (uint16_t)(index + 1));
	out(base + 16, 2, 0);
	return world->storage[STATUS_BYTE];
}

uint8_t ring_request(uint16_t base, uint32_t type, uint64_t sector, uint32_t at, uint32_t n, bool in)
{
	uint16_t slot = 0, data = in ? 2 : 0;
	uint32_t piece = 700; /* not a sector's size, on purpose */

	ring_header(type, sector);
	ring_descriptor(TABLE, HEADER, 16, 1, 1);
	while (n && slot < 100) {
		uint32_t part = slot == 99 || n < piece ? n : piece;

		slot++;
		ring_descriptor(TABLE + 16 * slot, at, part, (uint16_t)(data | 1), (uint16_t)(slot + 1));
		at += part;
		n -= part;
		piece += 300;
	}
	slot++;
	if (n)
		ring_descriptor(TABLE + 16 * slot, at, n, (uint16_t)(data | 1), (uint16_t)(slot + 1)), slot++;
	ring_descriptor(TABLE + 16 * slot, STATUS_BYTE, 1, 2, 0);
	return ring_go(base, 0);
}

uint32_t ring_used_length(unsigned back)
{
	uint16_t index = (uint16_t)(ring_get16(USED + 2) - 1 - back);
	uint32_t length;

	memcpy(&length, world->storage + USED + 4 + index % 128 * 8 + 4, 4);
	return length;
}
