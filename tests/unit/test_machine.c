/*
 * test_machine.c - virtual machines and their CPUs' loop: requests, waits, the finishing rule.
 */
#include "unit.h"
#include <cp/console.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/string.h>
#include <stdio.h>

static struct vm *vm;
static struct vcpu *v;

static struct vm *machine(void)
{
	hosted_start();
	hosted_guest = NULL;
	hosted_instruction_result = hosted_page_result = hosted_ipl_result = 0;
	vm = vm_create("TESTER", 1u << 20, MACHINE_ESA);
	CU_ASSERT_PTR_NOT_NULL(vm);
	v = vm->cpu[0];
	hosted_settle(TOD_SECOND);
	return vm;
}

static void log_off(void)
{
	vm_request(vm, REQUEST_LOGOFF);
	hosted_settle(TOD_SECOND);
	CU_ASSERT_PTR_NULL(vm_find("TESTER"));
	vm = NULL;
}

static void ask(uint32_t requests)
{
	vm_request(vm, requests);
	hosted_settle(TOD_SECOND);
	CU_ASSERT_EQUAL(vm->requests, 0);
}

/* ---- requests ------------------------------------------------------------------------------------------------------- */

static void found_and_gone(void)
{
	size_t before;

	machine();
	CU_ASSERT_PTR_EQUAL(vm_find("tester"), vm);
	CU_ASSERT_PTR_EQUAL(vm_next(NULL), vm);
	CU_ASSERT_PTR_NULL(vm_next(vm));
	CU_ASSERT_EQUAL(vm_count(), 1);
	CU_ASSERT(vm_stopped(vm) && v->at_top);
	CU_ASSERT_EQUAL(v->arch.entered, 0);
	log_off();
	CU_ASSERT_EQUAL(vm_count(), 0);
	before = hosted_heap_used();
	machine();
	log_off();
	CU_ASSERT_EQUAL(hosted_heap_used(), before);
}

static void ipl_and_stop(void)
{
	machine();
	ask(REQUEST_CLEAR | REQUEST_IPL);
	CU_ASSERT(vm->loaded && !vm_stopped(vm));
	CU_ASSERT(v->arch.entered > 0);
	ask(REQUEST_STOP);
	CU_ASSERT(vm_stopped(vm));
	v->arch.wait = false;
	ask(0);
	CU_ASSERT_FALSE(v->arch.wait); /* it did not run */
	ask(REQUEST_START);
	CU_ASSERT(v->arch.wait && !vm_stopped(vm));
	vm->ipl.stop = true;
	ask(REQUEST_IPL);
	CU_ASSERT(vm->loaded && vm_stopped(vm));
	vm->ipl.stop = false;
	ask(REQUEST_RESTART);
	CU_ASSERT(v->arch.restarted == 1 && !vm_stopped(vm));
	ask(REQUEST_RESET);
	CU_ASSERT(!vm->loaded && vm_stopped(vm));
	log_off();
}

static void ipl_that_fails(void)
{
	machine();
	hosted_ipl_result = CP_IO_ERROR;
	ask(REQUEST_IPL);
	CU_ASSERT(!vm->loaded && vm_stopped(vm));
	hosted_ipl_result = 0;
	ask(REQUEST_IPL);
	CU_ASSERT(vm->loaded);
	log_off();
}

static void clear_and_resize(void)
{
	uint64_t value = 5;

	machine();
	guest_write(vm, 0x1000, &value, 8);
	ask(REQUEST_RESET);
	guest_read(vm, 0x1000, &value, 8);
	CU_ASSERT_EQUAL(value, 5);
	ask(REQUEST_CLEAR);
	guest_read(vm, 0x1000, &value, 8);
	CU_ASSERT_EQUAL(value, 0);
	vm->wanted_storage = 3u << 20;
	ask(REQUEST_CLEAR);
	CU_ASSERT_EQUAL(vm->storage.size, 3u << 20);
	log_off();
}

/* A guest that asks for its own IPL (DIAGNOSE X'308') has finished asking before it is carried out. */
static unsigned asked;

static void ask_for_ipl(struct vcpu *self, struct intercept *i)
{
	if (!asked++) {
		vm_request(self->vm, REQUEST_IPL);
		self->arch.gpr[2] = 1; /* "the instruction completes" */
		i->kind = INTERCEPT_INSTRUCTION;
		return;
	}
	self->arch.wait = true;
	i->kind = INTERCEPT_WAIT;
}

static void guest_asks_for_itself(void)
{
	machine();
	asked = 0;
	hosted_guest = ask_for_ipl;
	ask(REQUEST_IPL);
	CU_ASSERT(asked >= 2 && vm->loaded);
	CU_ASSERT_EQUAL(v->arch.gpr[2], 0); /* and the IPL has reset it */
	log_off();
}

/* ---- waiting -------------------------------------------------------------------------------------------------------- */

static void enabled_wait(void)
{
	unsigned entered;

	machine();
	ask(REQUEST_IPL);
	entered = v->arch.entered;
	hosted_settle(3600 * TOD_SECOND);
	CU_ASSERT_EQUAL(v->arch.entered, entered); /* a waiting guest costs nothing */
	arch_vcpu_external(v, 0x40);
	hosted_settle(TOD_SECOND);
	CU_ASSERT(v->arch.delivered == 1 && v->arch.entered == entered + 1);
	v->arch.timer = arch_clock() + 10 * TOD_SECOND;
	vcpu_kick(v);
	hosted_settle(9 * TOD_SECOND);
	CU_ASSERT_EQUAL(v->arch.delivered, 1);
	hosted_settle(2 * TOD_SECOND);
	CU_ASSERT_EQUAL(v->arch.delivered, 2);
	log_off();
}

static void wait_disabled(struct vcpu *self, struct intercept *i)
{
	self->arch.wait = self->arch.disabled = true;
	i->kind = INTERCEPT_WAIT;
}

static void disabled_wait(void)
{
	unsigned entered;

	machine();
	hosted_guest = wait_disabled;
	ask(REQUEST_IPL);
	CU_ASSERT(vm_stopped(vm));
	entered = v->arch.entered;
	arch_vcpu_external(v, 0x40);
	hosted_settle(TOD_SECOND);
	CU_ASSERT_EQUAL(v->arch.entered, entered);
	log_off();
}

/* ---- the finishing rule --------------------------------------------------------------------------------------------- */

static struct intercept next;

/* One intercept of the kind the test wants, then the wait state. */
static void one_intercept(struct vcpu *self, struct intercept *i)
{
	*i = next;
	if (next.kind == INTERCEPT_WAIT)
		self->arch.wait = true;
	next.kind = INTERCEPT_WAIT;
}

static void intercepted(enum intercept_kind kind, uint16_t code)
{
	machine();
	hosted_guest = one_intercept;
	next = (struct intercept){.kind = kind, .code = code};
}

static void finishing_rule(void)
{
	intercepted(INTERCEPT_INSTRUCTION, 2);
	ask(REQUEST_IPL);
	CU_ASSERT(v->arch.psw.address == 2 && v->arch.reflected == 0 && !vm_stopped(vm));
	CU_ASSERT_EQUAL(v->intercepts[INTERCEPT_INSTRUCTION], 1);
	log_off();

	intercepted(INTERCEPT_INSTRUCTION, 2);
	hosted_instruction_result = 6;
	ask(REQUEST_IPL);
	CU_ASSERT(v->arch.psw.address == 0 && v->arch.reflected == 6 && !vm_stopped(vm));
	log_off();

	intercepted(INTERCEPT_INSTRUCTION, 2);
	hosted_instruction_result = CP_NO_STORAGE;
	ask(REQUEST_IPL);
	CU_ASSERT(v->arch.reflected == 0 && vm_stopped(vm));
	log_off();

	intercepted(INTERCEPT_PROGRAM, 0x11);
	ask(REQUEST_IPL);
	CU_ASSERT_EQUAL(v->arch.reflected, 0x11);
	log_off();

	intercepted(INTERCEPT_SVC, 0x0c);
	ask(REQUEST_IPL);
	CU_ASSERT_EQUAL(v->arch.reflected, -1);
	log_off();

	intercepted(INTERCEPT_PAGE, 0);
	hosted_page_result = 4;
	ask(REQUEST_IPL);
	CU_ASSERT_EQUAL(v->arch.reflected, 4);
	log_off();

	intercepted(INTERCEPT_ERROR, 0);
	ask(REQUEST_IPL);
	CU_ASSERT(vm_stopped(vm));
	log_off();
}

/* ---- neighbours ------------------------------------------------------------------------------------------------------- */

static void spin(struct vcpu *self, struct intercept *i)
{
	(void)self, (void)i; /* INTERCEPT_NONE: a timer interruption, over and over */
}

static bool neighbour_ran;

static void neighbour(void *argument)
{
	(void)argument;
	for (int i = 0; i < 3; i++)
		task_yield();
	neighbour_ran = true;
}

/* A guest that never stops leaves others their share, and still obeys. */
static void endless_guest(void)
{
	machine();
	hosted_guest = spin;
	vm_request(vm, REQUEST_IPL);
	neighbour_ran = false;
	UNIT_IN_TASK(neighbour, NULL);
	CU_ASSERT(neighbour_ran);
	vm_request(vm, REQUEST_STOP);
	hosted_settle(TOD_SECOND);
	CU_ASSERT(vm_stopped(vm) && v->at_top);
	log_off();
}

/* ---- held ---------------------------------------------------------------------------------------------------------------- */

static unsigned entered;

/* What others may do meanwhile, they do; the machine does not move. */
static void hold(void *argument)
{
	(void)argument;
	vm_request(vm, REQUEST_IPL);
	vm_settle(vm);
	task_yield();
	vm_quiesce(vm);
	CU_ASSERT(vm->loaded && v->at_top && vm_quiet(vm) && vm_stopped(vm) && !vm->stopped);
	entered = v->arch.entered;
	CU_ASSERT(entered > 0);
	arch_vcpu_external(v, 0x40);
	task_sleep_until(&entered, arch_clock() + TOD_SECOND);
	CU_ASSERT(v->arch.entered == entered && v->arch.delivered == 0 && v->arch.external == 0x40);
	vm_quiesce(vm);
	vm_continue(vm);
	task_sleep_until(&entered, arch_clock() + TOD_SECOND);
	CU_ASSERT_EQUAL(v->arch.entered, entered);
	vm_continue(vm);
	task_sleep_until(&entered, arch_clock() + TOD_SECOND);
	CU_ASSERT(v->arch.entered > entered && v->arch.delivered == 1 && !vm_stopped(vm));
}

static void held_machine(void)
{
	machine();
	hosted_guest = spin;
	UNIT_IN_TASK(hold, NULL);
	log_off();
}

/* A request waits for whoever holds the machine, and so does who waits for the request; other machines' do not. */
static void hold_and_ask(void *argument)
{
	struct vm *other = vm_create("OTHER", 1u << 20, MACHINE_ESA);

	(void)argument;
	vm_quiesce(vm);
	vm_request(vm, REQUEST_IPL);
	vm_request(other, REQUEST_IPL);
	task_sleep_until(&entered, arch_clock() + TOD_SECOND);
	CU_ASSERT(!vm->loaded && vm->requests == REQUEST_IPL && other->loaded);
	vm_request(other, REQUEST_LOGOFF);
	vm_continue(vm);
	vm_settle(vm);
	CU_ASSERT(vm->loaded && !vm->requests);
}

/* What was asked before comes first, for nobody would ask it again of the machine that is saved now; and once only. */
static void ask_and_hold(void *argument)
{
	(void)argument;
	vm_request(vm, REQUEST_IPL);
	vm_quiesce(vm);
	CU_ASSERT(vm->loaded && !vm->requests && !vm->busy && v->at_top);
	vm->loaded = false; /* a second IPL would set it */
	vm_continue(vm);
	task_sleep_until(&entered, arch_clock() + TOD_SECOND);
	CU_ASSERT(!vm->loaded && v->arch.entered > 0);
	/* who holds it already has it as he wants it */
	vm_quiesce(vm);
	vm_request(vm, REQUEST_IPL);
	vm_quiesce(vm);
	CU_ASSERT(!vm->loaded && vm->requests == REQUEST_IPL);
	vm_continue(vm);
	vm_continue(vm);
	vm_settle(vm);
	CU_ASSERT(vm->loaded && !vm->requests);
	/* a LOGOFF waits for whoever holds the machine */
	vm_request(vm, REQUEST_LOGOFF | REQUEST_STOP);
	vm_quiesce(vm);
	CU_ASSERT(vm->stopped && vm->requests == REQUEST_LOGOFF && vm_find("TESTER") == vm);
	vm_continue(vm);
}

static void asked_machine(void)
{
	machine();
	hosted_guest = spin;
	UNIT_IN_TASK(ask_and_hold, NULL);
	hosted_settle(TOD_SECOND);
	CU_ASSERT_PTR_NULL(vm_find("TESTER"));
	vm = NULL;
}

static void settle(void *argument)
{
	vm_settle(vm);
	*(bool *)argument = true;
}

static void hold_while_one_settles(void *argument)
{
	bool settled = false;

	(void)argument;
	vm_quiesce(vm);
	task_create("settler", settle, &settled);
	task_sleep_until(&entered, arch_clock() + TOD_SECOND);
	CU_ASSERT_FALSE(settled);
	vm_continue(vm);
	task_sleep_until(&entered, arch_clock() + TOD_SECOND);
	CU_ASSERT_TRUE(settled);
}

static void requests_wait(void)
{
	machine();
	UNIT_IN_TASK(hold_and_ask, NULL);
	UNIT_IN_TASK(hold_while_one_settles, NULL);
	log_off();
}

static bool transferred;

/* A transfer that takes a second. */
static void transfer(void *argument)
{
	struct device *d = argument;

	device_hold(d);
	task_sleep_until(&transferred, arch_clock() + TOD_SECOND);
	transferred = true;
	device_release(d);
}

static void hold_during_transfer(void *argument)
{
	struct device *d = device_create(vm, 0x009, device_class_find("3215"), NULL, NULL);
	struct operation read = {.command = 0x0a, .first = true};

	(void)argument;
	transferred = false;
	task_create("transfer", transfer, d);
	task_yield();
	CU_ASSERT_EQUAL(d->active, 1);
	vm_quiesce(vm);
	CU_ASSERT(transferred && d->active == 0);
	vm_continue(vm);
	/* A read that waits for a person is no reason to wait. */
	CU_ASSERT_EQUAL(device_exec(d, &read), DEVICE_WAIT);
	vm_quiesce(vm);
	CU_ASSERT(console_reading(vm));
	vm_continue(vm);
}

static void transfers_are_drained(void)
{
	machine();
	UNIT_IN_TASK(hold_during_transfer, NULL);
	log_off();
}

static void quiesce_itself(struct vcpu *self, struct intercept *i)
{
	(void)i;
	vm_quiesce(self->vm);
}

static void from_inside(void *argument)
{
	(void)argument;
	hosted_guest = quiesce_itself;
	vm_request(vm, REQUEST_IPL);
	hosted_settle(TOD_SECOND);
}

/* A CPU that waited for its own standstill would wait for ever. */
static void not_from_inside(void)
{
	machine();
	CU_ASSERT_EQUAL(hosted_child(from_inside, NULL), STOP_PANIC);
	log_off();
}

static void load_hooks(void *argument)
{
	struct device *d = device_create(vm, 0x009, device_class_find("3215"), NULL, NULL);
	struct console *c = d->private;

	(void)argument;
	vm_quiesce(vm);
	v->check = false;
	CU_ASSERT_EQUAL(vm_loaded(vm), 0);
	CU_ASSERT(vm->arch.loaded == 1 && v->check);
	/* The prompt that was not shown yet is shown, but not while the machine is held. */
	memcpy(c->output, "NAME?", c->used = 5);
	CU_ASSERT_EQUAL(vm_loaded(vm), 0);
	task_sleep_until(&entered, arch_clock() + TOD_SECOND);
	CU_ASSERT_EQUAL(c->used, 5);
	vm_continue(vm);
	task_sleep_until(&entered, arch_clock() + TOD_SECOND);
	CU_ASSERT_EQUAL(c->used, 0);
	c->taken = 1;
	CU_ASSERT_EQUAL(vm_loaded(vm), CP_CANNOT);
	CU_ASSERT_PTR_NOT_NULL(strstr(vm->reason, "0009"));
	c->taken = 0;
	c->spool.class = '\n';
	CU_ASSERT_EQUAL(vm_loaded(vm), CP_CANNOT);
	c->spool.class = 'T';
	CU_ASSERT_EQUAL(vm_loaded(vm), 0);
}

static void loaded_machine(void)
{
	machine();
	UNIT_IN_TASK(load_hooks, NULL);
	log_off();
}

/* ---- no storage --------------------------------------------------------------------------------------------------------- */

static void no_storage(void)
{
	unsigned refused = 0;
	size_t before;

	machine();
	log_off();
	before = hosted_heap_used();
	for (int64_t n = 0; n < 30; n++) {
		hosted_heap_fail_after(n);
		vm = vm_create("TESTER", 1u << 20, MACHINE_ESA);
		hosted_heap_fail_after(-1);
		if (vm) {
			hosted_settle(TOD_SECOND);
			log_off();
		} else {
			refused++;
		}
		CU_ASSERT_EQUAL(hosted_heap_used(), before);
	}
	CU_ASSERT(refused > 2 && refused < 30);
}

static const struct unit_test tests[] = {
	{"a machine is found, and leaves nothing behind", found_and_gone},
	{"IPL, stop, start, restart, reset", ipl_and_stop},
	{"an IPL that fails leaves the machine stopped", ipl_that_fails},
	{"storage is cleared and resized when asked", clear_and_resize},
	{"a guest may ask for its own IPL", guest_asks_for_itself},
	{"enabled wait: an interruption or a timer ends it", enabled_wait},
	{"disabled wait stops the machine", disabled_wait},
	{"the finishing rule, for every kind of intercept", finishing_rule},
	{"a guest that never stops leaves others their share", endless_guest},
	{"held: no CPU moves until it is let go", held_machine},
	{"held: what was asked before comes first", asked_machine},
	{"held: requests wait, other machines' do not", requests_wait},
	{"held: finite transfers are over, a waiting read stays", transfers_are_drained},
	{"held: not by its own CPU", not_from_inside},
	{"loaded: what follows is made again, what cannot be is refused", loaded_machine},
	{"no real storage: no machine, nothing lost", no_storage},
};

UNIT_MAIN("machine", tests)
