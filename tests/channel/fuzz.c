/*
 * fuzz.c - random channel programs and DIAGNOSE parameters, under AddressSanitizer.
 *
 * usage: channel-fuzz SEED COUNT
 * Owns: nothing but dice. What must hold after each throw: no sanitizer report, no device left busy, the count of pending
 * interruptions right, storage outside the machine untouched (the sanitizer sees that).
 * Simplification: operands are near-misses of valid ones, for pure noise is refused by the first check.
 */
#include "world.h"
#include "../../s390x/channel/channel.h"
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

/* Mostly in storage, often at its edges. */
static uint32_t address(void)
{
	static const uint32_t edges[] = {0,          0xff8,     0x1000, WORLD_STORAGE - 8, WORLD_STORAGE,
					 0x7ffffff8, 0xfffffff8};

	switch (of(8)) {
	case 0:
		return PICK(edges) + of(16);
	case 1:
		return dice();
	default:
		return 0x1000 + of(0x8000) * (of(3) ? 8 : 1);
	}
}

static uint32_t count(void)
{
	static const uint16_t some[] = {0, 1, 7, 8, 16, 24, 80, 512, 1024, 4096, 65535};

	return of(4) ? PICK(some) : of(65536);
}

static uint8_t command(void)
{
	static const uint8_t known[] = {0x01, 0x02, 0x03, 0x04, 0x08, 0x09, 0x0a, 0x0b, 0x23, 0x41, 0x42,
					0x43, 0x63, 0x64, 0x89, 0x8b, 0xc2, 0xe4, 0x08, 0x42, 0x41};

	return of(5) ? PICK(known) : (uint8_t)dice();
}

static uint8_t flags(void)
{
	return (uint8_t)(of(3) ? (of(2) ? CCW_CHAIN_COMMAND : CCW_CHAIN_DATA) |
					 (of(2) ? CCW_SUPPRESS_LENGTH : 0)
			       : dice());
}

/* Parameters of DEFINE EXTENT and LOCATE that may be good. */
static void disk_parameters(uint32_t at)
{
	put32(at, of(4) ? 0 : dice());
	put32(at + 4, of(160));
	put32(at + 8, of(4));
	put32(at + 12, of(160));
	put32(at + 16, (of(2) ? 0x06000000u : 0x01000000u) | of(20));
	put32(at + 20, of(140));
}

static void make_program(uint32_t at, bool one)
{
	uint32_t n = 1 + of(12);
	bool disk = of(2);

	disk_parameters(0x3000);
	for (uint32_t i = 0; i < n; i++) {
		uint8_t c = command();
		uint32_t data = address();
		uint32_t length = count();

		if (disk && i < 2) {
			c = i == 0 ? 0x63 : 0x43;
			data = i == 0 ? 0x3000 : 0x3010;
			length = i == 0 ? 16 : 8;
		}
		(one ? ccw1 : ccw0)(at + 8 * i, c, one ? data : data & 0xffffff,
				    disk && i < 2 ? CCW_CHAIN_COMMAND : flags(), (uint16_t)length);
	}
	if (!of(3))
		(one ? ccw1 : ccw0)(at + 8 * n, 0x08, at + 8 * of(n), 0, 0);
}

static void check(const char *what)
{
	uint64_t pending = 0;
	struct device *d;

	list_for_each(d, &world->vm.devices, list) {
		if (d->active) {
			fprintf(stderr, "%s: device %04X is left busy\n", what, d->vdev);
			abort();
		}
		pending += d->arch.interruption;
	}
	if (pending != world->vm.arch.io_pending) {
		fprintf(stderr, "%s: %lu interruptions, counted %lu\n", what, pending,
			world->vm.arch.io_pending);
		abort();
	}
}

static struct device *any_device(void)
{
	struct device *d;
	unsigned n = of(6);

	list_for_each(d, &world->vm.devices, list)
		if (n-- == 0)
			return d;
	return world_device(WORLD_DISK);
}

static void throw_program(void)
{
	static int (*const others[])(struct instruction *) = {sim_tsch,  sim_hsch, sim_csch,  sim_rsch,
							      sim_xsch,  sim_tpi,  sim_stsch, sim_msch,
							      sim_stcrw, sim_schm, sim_sal,   sim_rchp};
	static const char *const cards[] = {"ONE", "TWO", "THREE"};
	struct device *d = any_device();
	bool one = of(4);
	uint32_t at = 0x1000 + 8 * of(8);
	uint32_t orb = (one ? ORB_FORMAT1 : 0) | (of(8) ? dice() & 0xf8330000u : dice());

	if (!of(8))
		world_deck(cards, of(4));
	if (!of(8))
		console_input(&world->vm, "some text", of(10));
	if (!of(50))
		unit_record_close(d, UNIT_CLOSE, NULL, NULL);
	make_program(at, one);
	world_enable(d);
	if (of(30))
		world_start(d, one ? orb | ORB_FORMAT1 : orb & ~ORB_FORMAT1, at);
	check("program");
	run_io(PICK(others), of(10) ? 0x10000 + of(7) : dice(), of(4) ? IRB : address());
	world_test(d);
	check("status");
}

static void throw_call(void)
{
	static const uint16_t codes[] = {0,    8,    0xc,   0x10,  0x24,  0x5c,  0x60,
					 0xa4, 0xa4, 0x210, 0x250, 0x250, 0x260, 0x308};
	static const uint16_t devices[] = {WORLD_DISK, WORLD_DISK_READ_ONLY, WORLD_CONSOLE, 0};
	uint32_t list = 0x3000 + 8 * of(4);

	for (int n = 0; n < 16; n++)
		world->vcpu.arch.gpr[n] = of(3) ? address() : of(600);
	/* The beginnings of lists of X'A4' and X'250'. */
	memset(world->storage + list, 0, 96);
	put32(list, (uint32_t)PICK(devices) << 16 | of(4) | of(2) << 12);
	put32(list + 4, 512u << of(4));
	put32(list + 8, address());
	put32(list + 12, of(600));
	if (of(2)) {
		put32(list + 24, 512u << of(5));
		put32(list + 28, of(300));
		put64(list + 48, address());
	}
	world->vcpu.arch.gpr[2] = of(4) ? list : address();
	world->vcpu.arch.gpr[4] = of(4) ? of(8) : dice();
	if (!of(4))
		world->vcpu.arch.psw.mask &= ~PSW_EA;
	run_diagnose(of(4) ? 2 : of(16), of(4) ? 4 : of(16), of(10) ? PICK(codes) : (uint16_t)dice());
	world->vcpu.arch.psw.mask = PSW_EA | PSW_BA;
	world->vcpu.arch.cr[6] = 0xff000000;
	world->vm.requests = 0;
	check("DIAGNOSE");
}

static void throw_service(void)
{
	static const uint32_t commands[] = {0x00010001, 0x00020001, 0x00120001,
					    0x00760005, 0x00770005, 0x00780005};
	struct instruction i = {.v = &world->vcpu, .r1 = 2, .r2 = 3};
	uint32_t at = address() & ~7u;

	if (at < WORLD_STORAGE - 64)
		for (uint32_t n = 0; n < 64; n += 4)
			put32(at + n, of(2) ? dice() & 0x00ff00ff : of(64) << 16 | of(64));
	world->vcpu.arch.gpr[2] = of(10) ? PICK(commands) : dice();
	world->vcpu.arch.gpr[3] = at;
	sim_servc(&i);
	world->vcpu.arch.pending = 0;
	i.r1 = 1;
	i.a2 = 0;
	world->vcpu.arch.gpr[1] = 0x4000;
	for (uint32_t n = 0; n < 64; n += 4)
		put32(0x4000 + n, dice() & (of(2) ? 0xffffffff : 0x00100f0f));
	sim_chsc(&i);
}

int main(int argc, char **argv)
{
	unsigned long throws = argc > 2 ? strtoul(argv[2], NULL, 0) : 10000;

	state = (argc > 1 ? strtoul(argv[1], NULL, 0) : 1) * 0x9e3779b97f4a7c15ull + 1;
	world_begin();
	for (unsigned long n = 0; n < throws; n++) {
		if (n % 200 == 199) {
			world_end();
			world_begin();
			for (unsigned p = 0; p < ARRAY_SIZE(world->pages); p++)
				world->pages[p].key = (uint8_t)(of(4) ? 0 : dice() & 0xf8);
		}
		world->disk_broken = !of(20);
		switch (of(4)) {
		case 0:
			throw_call();
			break;
		case 1:
			throw_service();
			break;
		default:
			throw_program();
		}
	}
	world_end();
	printf("%lu throws\n", throws);
	return 0;
}
