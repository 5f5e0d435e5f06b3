/*
 * test_state.c - the state of an x86-64 CPU and of the PC around it: described, saved, loaded; what is derived, and what cannot be.
 */
#include "world.h"
#include "../shared/described.h"
#include "../../x86_64/pc/pc.h"
#include <CUnit/Basic.h>
#include <arch/svm.h>
#include <cp/arch.h>
#include <stdlib.h>

#define ROUNDS 100

static struct vmcb *control_block(void)
{
	struct vmcb *b = aligned_alloc(4096, sizeof(*b));

	memset(b, 0, sizeof(*b));
	return b;
}

static void test_cpu(void)
{
	static struct vcpu a, b;

	a.vm = b.vm = &world->vm;
	a.arch.vmcb = control_block();
	b.arch.vmcb = control_block();
	described_round_trip("CPU", arch_vcpu_state, &a, &b);
	b.arch.vmcb->tsc_offset = a.arch.vmcb->tsc_offset; /* TSC goes on by itself */
	CU_ASSERT_EQUAL(memcmp(a.arch.vmcb, b.arch.vmcb, sizeof(struct vmcb)), 0);
	CU_ASSERT_EQUAL(memcmp(&a.arch.fpu, &b.arch.fpu, sizeof(a.arch.fpu)), 0);
	DESCRIBED_MEMBER(struct vcpu, arch, arch_vcpu_state);
	free(a.arch.vmcb);
	free(b.arch.vmcb);
}

/* The control area is the engine's but for some fields; RAX is a copy of struct arch_vcpu's. */
static void test_control_block(void)
{
	static const struct state_field host[] = {
		STATE_END,
		{STATE_ROW(struct vmcb, reserved5, "", 0)},
		{STATE_ROW(struct vmcb, reserved6, "", 0)},
		{STATE_ROW(struct vmcb, reserved7, "", 0)},
		{STATE_ROW(struct vmcb, reserved8, "", 0)},
		{STATE_ROW(struct vmcb, reserved9, "", 0)},
		{STATE_ROW(struct vmcb, reserved10, "", 0)},
		{STATE_ROW(struct vmcb, reserved11, "", 0)},
		STATE_HOST(struct vmcb, rax),
		STATE_END,
	};
	struct state_field kept[REGISTERS + SEGMENTS + 2] = {{0}}, *f = kept;

	for (unsigned n = 0; n < REGISTERS; n++)
		if (svm_registers[n].offset >= offsetof(struct vmcb, es))
			*f++ = (struct state_field){.name = "register",
						    .offset = svm_registers[n].offset,
						    .bytes = svm_registers[n].size};
	for (unsigned n = 0; n < SEGMENTS; n++)
		*f++ = (struct state_field){
			.name = "segment", .offset = svm_segments[n], .bytes = sizeof(struct segment)};
	DESCRIBED_BYTES(struct vmcb, offsetof(struct vmcb, es), 0x1000 - offsetof(struct vmcb, es),
			"save area", kept, host);
}

static void test_parts(void)
{
	static struct vm a, b;
	const struct state_part *p = arch_vm_parts;

	CU_ASSERT_EQUAL_FATAL(pc_create(&a) + pc_create(&b), 0);
	for (; p->name; p++) {
		described_round_trip(p->name, p->fields, p->object(&a), p->object(&b));
		for (const struct state_part *q = arch_vm_parts; q < p; q++)
			CU_ASSERT(q->id != p->id &&
				  (q->fields != p->fields || q->object(&a) != p->object(&a)));
	}
	CU_ASSERT_EQUAL(memcmp(a.arch.pc, b.arch.pc, sizeof(struct pc)), 0);
	pc_destroy(&a);
	pc_destroy(&b);
}

static const struct state_field *fields(const char *name)
{
	for (const struct state_part *p = arch_vm_parts; p->name; p++)
		if (strcmp(p->name, name) == 0)
			return p->fields;
	CU_FAIL_FATAL("no such part");
	return NULL;
}

static void test_whole(void)
{
	DESCRIBED_MEMBER(struct vm, arch, fields("CLOCK"));
	DESCRIBED_WHOLE(struct pc, fields("PC"));
	DESCRIBED_WHOLE(struct pic_chip, fields("PIC0"));
	DESCRIBED_WHOLE(struct pit_counter, fields("PIT0"));
	DESCRIBED_WHOLE(struct cmos, fields("CMOS"));
	DESCRIBED_WHOLE(struct uart, fields("COM1"));
}

static void test_device(void)
{
	struct arch_device a = {0}, b = {0};

	described_round_trip("disk", arch_device_state, &a, &b);
	DESCRIBED_WHOLE(struct arch_device, arch_device_state);
	CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof(a)), 0);
}

static void test_loaded(void)
{
	struct arch_vcpu *g = &world->vcpu.arch;

	world->translation_changes = world->clock_updates = 0;
	g->stale = 0;
	g->vmcb->rflags = 0;
	g->sinking = true;
	world->vm.arch.pc->com1.held = true;
	CU_ASSERT_EQUAL(arch_vm_loaded(&world->vm), 0);
	CU_ASSERT_TRUE(
		world->vm.arch.pc->com1.held); /* its console looks whether the terminal has caught up */
	CU_ASSERT_EQUAL(world->translation_changes, 1);
	CU_ASSERT_EQUAL(world->clock_updates, 0); /* its storage is as it was saved, until it runs */
	CU_ASSERT_EQUAL(g->stale, STALE_TIMER | STALE_WINDOW | STALE_CLOCK);
	CU_ASSERT(!g->sinking && g->vmcb->rflags == RFLAGS_ALWAYS);
}

static void test_impossible(void)
{
	struct pci_function *disk = &world_device(WORLD_DISK)->arch.pci;

	described_refused(&world->vm, &world->vcpu.arch.vmcb->event, EVENT_VALID | 0x100, 8);
	described_refused(&world->vm, &disk->slot, world_device(WORLD_DISK_READ_ONLY)->arch.pci.slot, 1);
	described_refused(&world->vm, &disk->slot, 32, 1);
	described_refused(&world->vm, &disk->bar, 0x12345678, 4);
	described_refused(&world->vm, &world_device(WORLD_READER)->arch.pci.slot, 9, 1);
	described_refused(&world->vm, &world->vm.arch.pc->pit.counter[0].reload, 0, 4);
}

static bool shake(void)
{
	struct device *d;

	for (const struct state_part *p = arch_vm_parts; p->name; p++)
		described_shake(p->fields, p->object(&world->vm));
	list_for_each(d, &world->vm.devices, list) {
		described_shake(d->class->state, d->private);
		if (described_random() % 4 == 0)
			described_shake(arch_device_state, &d->arch);
		if (d->class->loaded(d) < 0)
			return false;
	}
	return arch_vm_loaded(&world->vm) == 0;
}

/* Whatever was loaded and not refused, a guest may go on with: the sanitizers look on. */
static void test_hostile(void)
{
	static const uint16_t ports[] = {0x20,  0x21,  0xa0,  0xa1,  0x40,  0x42,  0x43,  0x61,  0x70, 0x71,
					 0x3f8, 0x3f9, 0x3fa, 0x3fc, 0x3fd, 0x3fe, 0x4d0, 0xcf9, 0xcfc};
	unsigned accepted = 0;

	for (unsigned round = 0; round < ROUNDS; round++) {
		world_end();
		world_begin();
		if (shake()) {
			accepted++;
			for (unsigned n = 0; n < 40; n++) {
				uint16_t port = ports[described_random() % ARRAY_SIZE(ports)];

				if (described_random() & 1)
					outb(port, (uint8_t)described_random());
				inb(port);
				world_pass(described_random() >> described_random() % 64);
				pc_due(&world->vm);
				if (pic_pending(&world->vm))
					pic_acknowledge(&world->vm);
			}
		}
	}
	CU_ASSERT(accepted > ROUNDS / 20 && accepted < ROUNDS);
}

static CU_TestInfo tests[] = {
	{"CPU: every field distinct, save, load, equal; no member forgotten", test_cpu},
	{"no register of the control block is forgotten", test_control_block},
	{"controllers and timers: the same", test_parts},
	{"no member of theirs is forgotten", test_whole},
	{"a disk on the bus: the same", test_device},
	{"what is derived is made anew", test_loaded},
	{"what cannot be is refused", test_impossible},
	{"anything that is not refused can be run on with", test_hostile},
	CU_TEST_INFO_NULL,
};

void suite_state(void)
{
	CU_SuiteInfo suites[] = {{"state", NULL, NULL, world_begin, world_end, tests}, CU_SUITE_INFO_NULL};

	CU_register_suites(suites);
}
