/*
 * test_fuzz.c - random port I/O, random rings and random files to load, under AddressSanitizer.
 *
 * Owns: nothing but dice. What must hold after each throw: no sanitizer report, no device left busy, every byte of storage that the
 * guest did not offer untouched (the sanitizer sees what is outside of it), and the read-only disk as it was. A sample by default; a
 * long campaign with VM40_LONG=1. VM40_SEED=HEX throws as the run that said so did.
 */
#include "ring.h"
#include <CUnit/Basic.h>
#include <cp/arch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t state;

static uint32_t dice(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (uint32_t)(state >> 16);
}

static uint32_t of(uint32_t n)
{
	return dice() % n;
}

#define PICK(table) table[of(ARRAY_SIZE(table))]

static unsigned long throws(unsigned long sample, unsigned long whole)
{
	const char *seed = getenv("VM40_SEED");
	unsigned long number = getenv("VM40_LONG") ? whole : sample;
	unsigned long long first = seed ? strtoull(seed, NULL, 16) : 0x703;

	printf("%lu throws, seed %llX ", number, first);
	fflush(stdout);
	state = first * 0x9e3779b97f4a7c15ull + 1;
	return number;
}

static void check(void)
{
	struct device *d;

	list_for_each(d, &world->vm.devices, list)
		if (d->active) {
			CU_FAIL("a device is left busy");
		}
	world->vm.requests = 0;
	world->vm.stopped = false;
}

/* ---- ports -------------------------------------------------------------------------------- */

static uint16_t port(void)
{
	static const uint16_t known[] = {0x20,  0x21,  0xa0,  0xa1,  0x40,  0x41,  0x42,  0x43,  0x60,  0x61,
					 0x64,  0x70,  0x71,  0x92,  0x4d0, 0x4d1, 0x604, 0xcf8, 0xcf9, 0xcfc,
					 0xcfe, 0x3f8, 0x3f9, 0x3fa, 0x3fb, 0x3fc, 0x3fd, 0x3fe};

	switch (of(8)) {
	case 0:
		return (uint16_t)dice();
	case 1:
		return (uint16_t)(RO + of(128));
	default:
		return PICK(known);
	}
}

static void throw_port(void)
{
	static const unsigned sizes[] = {1, 1, 1, 2, 4};
	unsigned size = PICK(sizes);

	if (of(2))
		in(port(), size);
	else
		out(port(), size, of(3) ? dice() : of(256));
	if (!of(16))
		world_pass(dice() >> of(24));
	if (!of(64))
		console_input(&world->vm, "typed line", of(11));
	if (!of(64))
		console_attention(&world->vm);
	if (pic_pending(&world->vm))
		pic_acknowledge(&world->vm);
	if (!of(500))
		pc_reset(&world->vm);
	check();
}

static void ports(void)
{
	world_begin();
	for (unsigned long n = throws(200000, 20000000); n; n--)
		throw_port();
	world_end();
}

/* ---- rings -------------------------------------------------------------------------------- */

static uint64_t address(void)
{
	static const uint64_t edges[] = {0,          0xff8,          WORLD_STORAGE - 8, WORLD_STORAGE,
					 UINT32_MAX, UINT64_MAX - 7, 1ull << 63};

	return of(6) ? 0x20000 + of(0x8000) : PICK(edges);
}

static void throw_descriptor(uint32_t at)
{
	static const uint32_t lengths[] = {0, 1, 15, 16, 17, 48, 512, 1024, 65536, 1u << 20, UINT32_MAX};
	static const uint16_t flags[] = {0, 1, 1, 1, 2, 3, 3, 4, 5};

	ring_descriptor(at,
			of(4)   ? address()
			: of(2) ? HEADER
				: INDIRECT,
			PICK(lengths), of(20) ? PICK(flags) : (uint16_t)dice(),
			(uint16_t)(of(10) ? of(12) : dice()));
}

/* Mostly one that can be, with something wrong in it. */
static void throw_chain(uint32_t table)
{
	uint32_t n = 1 + of(10);

	ring_descriptor(table, HEADER, 16, 1, 1);
	for (uint32_t i = 1; i < n; i++)
		ring_descriptor(table + 16 * i, 0x20000 + of(0x8000), 512u << of(8), of(2) ? 3 : 1,
				(uint16_t)(i + 1));
	ring_descriptor(table + 16 * n, STATUS_BYTE, 1, 2, 0);
	if (of(2))
		throw_descriptor(table + 16 * of(n + 1));
}

static void throw_ring(void)
{
	static const uint32_t types[] = {0, 0, 0, 1, 1, 4, 8, 2};
	uint16_t base = of(4) ? RW : RO;

	if (!of(3))
		ring_start(base, of(2) ? 1u << 28 : dice());
	ring_header(of(10) ? PICK(types) : dice(), of(10) ? of(WORLD_SECTORS) : (uint64_t)dice() << 32);
	throw_chain(TABLE);
	throw_chain(INDIRECT);
	if (!of(4))
		ring_descriptor(TABLE, INDIRECT, 16 * of(14), 4, 0);
	world->disk_broken = !of(20);
	ring_go(base, (uint16_t)(of(8) ? 0 : dice()));
	if (!of(30))
		ring_put16(AVAILABLE + 2, (uint16_t)dice());
	if (!of(30))
		out(base + 8, 4, of(2) ? dice() : dice() % (2 * WORLD_STORAGE / PAGE_SIZE));
	out(base + 16, 2, 0);
	world->terminal_used = 0;
	check();
}

static void rings(void)
{
	static uint8_t before[sizeof(world->disk)];

	for (unsigned long n = throws(20000, 2000000); n; n--) {
		if (n % 5000 == 0 || !world) {
			if (world)
				world_end();
			world_begin();
		}
		throw_ring();
	}
	/* The read-only disk is the same extent as the other one: ask it alone. */
	memcpy(before, world->disk, sizeof(before));
	for (unsigned n = 0; n < 2000; n++) {
		ring_start(RO, 0);
		ring_request(RO, 1, of(WORLD_SECTORS), 0x20000, 512 * of(4), false);
	}
	CU_ASSERT_TRUE(memcmp(before, world->disk, sizeof(before)) == 0);
	world_end();
}

/* ---- files to load --------------------------------------------------------------------------- */

static uint8_t image[0x4000];

static void put(uint32_t at, unsigned bytes, uint64_t value)
{
	memcpy(image + at, &value, bytes);
}

static void headers(void)
{
	memset(image, 0, sizeof(image));
	if (of(2)) {
		put(0x1f1, 1, of(8));
		put(0x1f4, 4, of(0x500));
		put(0x1fe, 2, 0xaa55);
		put(0x202, 4, 0x53726448);
		put(0x206, 2, 0x20c);
		put(0x211, 1, 1);
		put(0x234, 1, of(2));
		put(0x236, 2, of(2));
		put(0x258, 8, 0x1000000);
	} else {
		put(0x1000, 4, 0x1badb002);
		put(0x1004, 4, of(2) << 16);
		put(0x1008, 4, 0 - 0x1badb002u - (image[0x1006] << 16));
		put(0x100c, 4, 0x101000);
		put(0x1010, 4, 0x100000);
		memcpy(image, "\177ELF\1\1\1", 7);
		put(18, 2, 3);
		put(28, 4, 52);
		put(42, 2, 32);
		put(44, 2, of(6));
		for (unsigned n = 0; n < 6; n++) {
			put(52 + 32 * n, 4, of(2));
			put(56 + 32 * n, 4, of(0x4000));
			put(64 + 32 * n, 4, 0x100000 + of(0x100000));
			put(68 + 32 * n, 4, of(0x2000));
			put(72 + 32 * n, 4, of(0x3000));
		}
	}
	for (unsigned n = of(4); n; n--)
		put(of(2) ? of(0x280) : 0x1000 + of(0x20), of(4) + 1, of(2) ? dice() : UINT64_MAX);
}

static void files(void)
{
	world_begin();
	for (unsigned long n = throws(3000, 300000); n; n--) {
		headers();
		world->files = 3;
		world->file[0] = (struct world_file){.bytes = image, .size = 1 + of(sizeof(image))};
		world->file[1] = (struct world_file){.bytes = image, .size = 1 + of(200)};
		world->file[2] = (struct world_file){.bytes = image, .size = 1 + of(sizeof(image))};
		world->vm.ipl.vdev = WORLD_READER;
		if (!of(3)) {
			memcpy(world->disk + 16 * 512, image, sizeof(image));
			world->vm.ipl.vdev = WORLD_DISK;
		}
		world->starts = 0;
		CU_ASSERT_EQUAL(arch_vm_ipl(&world->vm) == 0, world->starts == 1);
		check();
	}
	world_end();
}

void suite_fuzz(void)
{
	CU_pSuite s = CU_add_suite("dice", NULL, NULL);

	CU_add_test(s, "ports", ports);
	CU_add_test(s, "rings", rings);
	CU_add_test(s, "files to load", files);
}
