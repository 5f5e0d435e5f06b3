/*
 * test_state.c - the state of an s390x CPU and of its channel subsystem: described, saved, loaded; what is derived, and what cannot be.
 */
#include "world.h"
#include "../shared/described.h"
#include "../../s390x/channel/channel.h"
#include <CUnit/Basic.h>
#include <arch/sclp.h>
#include <arch/shadow.h>
#include <cp/arch.h>

#define ROUNDS 2000

/* A second CPU to load into. */
static void test_cpu(void)
{
	static struct vcpu a, b;

	a.vm = b.vm = &world->vm;
	described_round_trip("CPU", arch_vcpu_state, &a, &b);
	DESCRIBED_MEMBER(struct vcpu, arch, arch_vcpu_state);
	CU_ASSERT_PTR_EQUAL(b.arch.architecture, &guest_z);
	CU_ASSERT_EQUAL(b.arch.pending, a.arch.pending);
}

static void test_subchannel(void)
{
	struct arch_device a = {0}, b = {0};

	described_round_trip("subchannel", arch_device_state, &a, &b);
	DESCRIBED_WHOLE(struct arch_device, arch_device_state);
	CU_ASSERT_EQUAL(memcmp(&a, &b, sizeof(a)), 0);
}

static void test_parts(void)
{
	static struct vm a, b;

	for (const struct state_part *p = arch_vm_parts; p->name; p++) {
		void *from = p->object(&a), *to = p->object(&b);

		CU_ASSERT_PTR_NOT_NULL_FATAL(from);
		described_round_trip(p->name, p->fields, from, to);
		for (const struct state_part *q = arch_vm_parts; q < p; q++)
			CU_ASSERT_NOT_EQUAL(q->id, p->id);
	}
	DESCRIBED_MEMBER(struct vm, arch, arch_vm_parts[0].fields);
	DESCRIBED_WHOLE(struct virtual_sclp, arch_vm_parts[1].fields);
	CU_ASSERT_EQUAL(memcmp(a.arch.sclp, b.arch.sclp, sizeof(*a.arch.sclp)), 0);
	virtual_sclp_destroy(&a);
	virtual_sclp_destroy(&b);
}

static void test_loaded(void)
{
	struct device *d = world_device(WORLD_DISK);
	struct arch_vcpu *g = &world->vcpu.arch;

	g->architecture = &guest_z;
	d->arch.interruption = true;
	world->vm.arch.io_pending = 17;
	g->stale = 0;
	g->stepping = true;
	CU_ASSERT_EQUAL(arch_vm_loaded(&world->vm), 0);
	CU_ASSERT_EQUAL(world->vm.arch.io_pending, 1);
	CU_ASSERT_EQUAL(world->shadow_resets, 1);
	CU_ASSERT_EQUAL(g->stale, STALE_SPACES | STALE_REGISTERS | STALE_TIMER);
	CU_ASSERT_FALSE(g->stepping);
	subchannel_interruption(d, false);
	CU_ASSERT_EQUAL(world->vm.arch.io_pending, 0);
}

static void test_impossible(void)
{
	struct device *d = world_device(WORLD_DISK), *other = world_device(WORLD_READER);
	struct arch_vcpu *g = &world->vcpu.arch;

	g->architecture = &guest_z;
	described_refused(&world->vm, &d->arch.number, other->arch.number, 2);
	described_refused(&world->vm, &d->arch.number, world->vm.arch.next_subchannel, 2);
	described_refused(&world->vm, &d->arch.pmcw[1], PMCW_VALID | WORLD_READER, 4);
	described_refused(&world->vm, &d->arch.orb[1], ORB_TRANSPORT, 4);
	described_refused(&world->vm, &g->prefix, WORLD_STORAGE, 4);
	described_refused(&world->vm, &g->prefix, 0x1000, 4);
	described_refused(&world->vm, &g->pending, PENDING_BLOCK_END, 4);
}

static bool shake(void)
{
	struct device *d;

	world->vcpu.arch.architecture = &guest_z;
	for (const struct state_part *p = arch_vm_parts; p->name; p++)
		described_shake(p->fields, p->object(&world->vm));
	described_shake(arch_vcpu_state, &world->vcpu);
	list_for_each(d, &world->vm.devices, list) {
		described_shake(d->class->state, d->private);
		described_shake(device_state, d);
		if (described_random() % 8 == 0)
			described_shake(arch_device_state, &d->arch);
		if (d->class->loaded(d) < 0)
			return false;
	}
	return arch_vm_loaded(&world->vm) == 0;
}

/* A channel program of random commands, somewhere. */
static void scribble(void)
{
	for (uint32_t at = 0x1000; at < 0x1200; at += 8)
		ccw0(at, (uint8_t)described_random(), 0x2000 + described_random() % 0x1000,
		     described_random() & 0xfc, described_random() % 600);
}

static void go_on(struct device *d)
{
	uint32_t crw;

	device_ready(d);
	world_test(d);
	world_enable(d);
	world_start(d, 0, 0x1000 + described_random() % 64 * 8);
	world_test(d);
	device_attention(d, STATUS_ATTENTION);
	if (report_first(&world->vm, &crw))
		report_taken(&world->vm);
}

/* Whatever was loaded and not refused, a guest may go on with: the sanitizers look on. */
static void test_hostile(void)
{
	unsigned accepted = 0;
	struct device *d;

	for (unsigned round = 0; round < ROUNDS; round++) {
		world_end();
		world_begin();
		scribble();
		if (!shake())
			continue;
		accepted++;
		list_for_each(d, &world->vm.devices, list)
			go_on(d);
		list_for_each(d, &world->vm.devices, list)
			subchannel_interruption(d, false);
		CU_ASSERT_EQUAL(world->vm.arch.io_pending, 0);
	}
	CU_ASSERT(accepted > ROUNDS / 50 && accepted < ROUNDS);
}

static CU_TestInfo tests[] = {
	{"CPU: every field distinct, save, load, equal; no member forgotten", test_cpu},
	{"subchannel: the same", test_subchannel},
	{"channel reports, SCLP: the same", test_parts},
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
