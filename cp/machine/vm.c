/*
 * vm.c - virtual machines: made, found, asked, ended.
 *
 * Owns: the list of logged-on machines and the service task that carries
 * out what is asked of them. Comes after vcpu.c; used by sessions and
 * commands. Heritage: the VMBLOK; DMKCFM, DMKLOG, DMKUSO.
 *
 * Whoever wants a machine stopped, reset, loaded or ended posts a request.
 * The service task waits until every virtual CPU of it stands at the top of
 * its loop and then does it. So no machine state is ever on a CP stack, and
 * a guest that asks for its own IPL has finished asking.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/nss.h>
#include <cp/panic.h>
#include <cp/save.h>
#include <cp/session.h>
#include <cp/string.h>

static struct list machines = LIST_INIT(machines);
static unsigned machine_count;
static struct task *service;

static void vm_serve(void *argument);

#define CPUID_VIRTUAL 0xffull
#define CPUID_USUAL   0x000611u

uint64_t vm_cpuid(const struct vm *vm, unsigned cpu)
{
	uint64_t number = (vm->cpuid + ((uint64_t)(cpu & 0xf) << 20)) & 0xffffff;

	return CPUID_VIRTUAL << 56 | number << 32 | (uint64_t)arch_traits.cpu_type << 16 | 0x8000;
}

struct vm *vm_make(const char *userid, uint64_t storage_size, enum machine_mode mode)
{
	struct vm *vm = heap_alloc(sizeof(*vm));

	if (!vm)
		return NULL;
	string_copy(vm->userid, sizeof(vm->userid), userid);
	vm->mode = mode;
	vm->stopped = true;
	vm->options = SET_MSG | SET_WNG | SET_IMSG | SET_EMSG_TEXT | SET_ACNT | SET_LINEDIT | SET_ASSIST |
		      (arch_interprets() ? SET_INTERPRET : 0);
	vm->cpuid = CPUID_USUAL;
	vm->logon_time = arch_clock();
	list_init(&vm->devices);
	list_init(&vm->all);
	if (storage_create(vm, storage_size) == 0 && arch_vm_create(vm) == 0) {
		vm->cpu[0] = vcpu_create(vm, 0);
		if (vm->cpu[0]) {
			vm->cpus = 1;
			return vm;
		}
		arch_vm_destroy(vm);
	}
	storage_destroy(vm);
	heap_free(vm, sizeof(*vm));
	return NULL;
}

void vm_publish(struct vm *vm)
{
	if (!service)
		service = task_create("service", vm_serve, NULL);
	list_append(&machines, &vm->all);
	machine_count++;
}

struct vm *vm_create(const char *userid, uint64_t storage_size, enum machine_mode mode)
{
	struct vm *vm = vm_make(userid, storage_size, mode);

	if (vm)
		vm_publish(vm);
	return vm;
}

/* Its virtual CPUs' tasks end first: they are the ones that use the rest. */
void vm_destroy(struct vm *vm)
{
	if (!list_empty(&vm->all))
		machine_count--;
	list_remove(&vm->all);
	vm->stopped = true;
	while (vm->cpus > 0)
		vcpu_destroy(vm->cpu[--vm->cpus]);
	while (!list_empty(&vm->devices))
		device_destroy(list_first(&vm->devices, struct device, list));
	storage_clear(vm);
	arch_vm_destroy(vm);
	storage_destroy(vm);
	heap_free(vm, sizeof(*vm));
}

struct vm *vm_find(const char *userid)
{
	struct vm *vm;

	list_for_each(vm, &machines, all) {
		if (string_compare_nocase(vm->userid, userid) == 0)
			return vm;
	}
	return NULL;
}

struct vm *vm_next(struct vm *vm)
{
	struct list *l = vm ? vm->all.next : machines.next;

	return l == &machines ? NULL : container_of(l, struct vm, all);
}

unsigned vm_count(void)
{
	return machine_count;
}

bool vm_stopped(const struct vm *vm)
{
	return vm->stopped || vm->held || vm->requests || vm->busy;
}

void vm_request(struct vm *vm, uint32_t requests)
{
	vm->requests |= requests;
	vm_kick(vm);
	task_wake(&machines);
	task_wake(vm);
}

void vm_settle(struct vm *vm)
{
	assert_cp(!vcpu_self());
	/* A LOGOFF waits for the command that waits here: leave, and touch the machine no more. */
	while ((vm->held || vm->requests || vm->busy) && !(vm->requests & REQUEST_LOGOFF))
		task_sleep(vm);
}

void vm_stop(struct vm *vm, unsigned message, const char *fmt, ...)
{
	char text[120], psw[64];
	va_list ap;

	va_start(ap, fmt);
	format_v(text, sizeof(text), fmt, ap);
	va_end(ap);
	arch_vcpu_psw(vm->cpu[0], psw, sizeof(psw));
	vm->stopped = true;
	vm_kick(vm);
	if (message)
		vm_write(vm, "HCPGIR%03uW %s %s", message, text, psw);
	else
		vm_write(vm, "HCPGIR%03uW CP entered; %s %s %s", 453u, text, arch_traits.location, psw);
	vm->reason[0] = 0;
	task_wake(vm);
}

tod_t vm_guest_time(const struct vm *vm)
{
	tod_t t = 0;

	for (unsigned n = 0; n < vm->cpus; n++)
		t += arch_vcpu_time(vm->cpu[n]);
	return t;
}

tod_t vm_total_time(const struct vm *vm)
{
	tod_t t = vm->command_time;

	for (unsigned n = 0; n < vm->cpus; n++)
		t += vm->cpu[n]->task ? vm->cpu[n]->task->run_time : 0;
	return t;
}

/*
 * What its guest is told of both. A restored machine goes on from what it had been told, for who measures by it must not see time go
 * back; its user's account begins anew.
 */
static uint64_t guest_seen(const void *object, unsigned index)
{
	const struct vm *vm = object;

	(void)index;
	return vm->guest_time_before + vm_guest_time(vm);
}

static void guest_seen_set(void *object, unsigned index, uint64_t value)
{
	struct vm *vm = object;

	vm->guest_time_before += value - guest_seen(vm, index);
}

static uint64_t total_seen(const void *object, unsigned index)
{
	const struct vm *vm = object;

	(void)index;
	return vm->total_time_before + vm_total_time(vm);
}

static void total_seen_set(void *object, unsigned index, uint64_t value)
{
	struct vm *vm = object;

	vm->total_time_before += value - total_seen(vm, index);
}

void vm_times_seen(const struct vm *vm, tod_t *guest, tod_t *total)
{
	*guest = guest_seen(vm, 0);
	*total = total_seen(vm, 0);
}

/* ---- the service task -------------------------------------------------- */

/* DEFINE STORAGE. */
static void resize(struct vm *vm)
{
	if (storage_resize(vm, vm->wanted_storage) < 0)
		vm_write(vm, "CP HAS NOT ENOUGH REAL STORAGE; STORAGE IS AS IT WAS");
	vm->wanted_storage = 0;
}

static void reset(struct vm *vm, bool clear)
{
	vm->stopped = true;
	vm->loaded = false;
	for (unsigned n = 0; n < vm->cpus; n++)
		arch_vcpu_reset(vm->cpu[n], true);
	devices_reset(vm);
	if (clear)
		storage_clear(vm);
	if (vm->wanted_storage)
		resize(vm);
}

static void load(struct vm *vm)
{
	int rc = vm->ipl.system[0] ? nss_ipl(vm) : arch_vm_ipl(vm);

	if (rc < 0) {
		vm_write(vm, "HCPIPL407E IPL failed: %s", vm->reason[0] ? vm->reason : "I/O error");
		vm->reason[0] = 0;
		return;
	}
	vm->loaded = true;
	vm->cpu[0]->state = VCPU_OPERATING;
	vm->stopped = vm->ipl.stop;
}

/* A machine may have no restart, or CP no storage for it. */
static void restart(struct vm *vm)
{
	if (arch_vcpu_restart(vm->cpu[0]) < 0) {
		vm_write(vm, "%s", vm->reason[0] ? vm->reason : "CP cannot restart this machine");
		vm->reason[0] = 0;
		return;
	}
	vm->stopped = false;
	vm->cpu[0]->state = VCPU_OPERATING;
}

/* One request a line, in the order in which they may be combined. */
static void carry_out(struct vm *vm, uint32_t r)
{
	if (r & REQUEST_STOP)
		vm->stopped = true;
	if (r & (REQUEST_RESET | REQUEST_CLEAR | REQUEST_IPL))
		reset(vm, r & REQUEST_CLEAR);
	if (r & REQUEST_IPL)
		load(vm);
	if (r & REQUEST_RESTART)
		restart(vm);
	if (r & REQUEST_START) {
		vm->stopped = false;
		vm->cpu[0]->state = VCPU_OPERATING;
	}
}

void vm_carry_out(struct vm *vm)
{
	uint32_t r = vm->requests & ~REQUEST_LOGOFF;

	vm->busy = true;
	vm->requests &= ~r;
	carry_out(vm, r);
	vm->busy = false;
	vm_kick(vm);
	task_wake(vm);
}

/* What is asked may change while this waits: whoever holds the machine carries out what came before him (quiesce.c). */
static void serve_one(struct vm *vm)
{
	while (vm->held || !vm_quiet(vm)) {
		if (!vm_quiet(vm))
			vm_kick(vm);
		task_sleep_until(&vm->requests, arch_clock() + 10 * TOD_MILLISECOND);
	}
	if (vm->requests & REQUEST_LOGOFF) {
		session_logged_off(vm);
		vm_destroy(vm);
		return;
	}
	vm_carry_out(vm);
}

static struct vm *vm_asked(void)
{
	struct vm *vm;

	list_for_each(vm, &machines, all) {
		if (vm->requests && !vm->held)
			return vm;
	}
	return NULL;
}

static void vm_serve(void *argument)
{
	(void)argument;
	for (;;) {
		struct vm *vm = vm_asked();
		if (vm)
			serve_one(vm);
		else
			task_sleep(&machines);
	}
}

/* ---- what is kept ------------------------------------------------------- */

const struct state_field vm_state[] = {
	STATE_UP_TO(struct vm, options, "OPTIONS", 32, SET_ALL),
	STATE_FIELD(struct vm, ipl.vdev, "IPLDEVICE", 0, 33),
	STATE_STRING(struct vm, ipl.system, "IPLSYSTEM", 44),
	STATE_FLAG(struct vm, ipl.clear, "IPLCLEAR", 34),
	STATE_FLAG(struct vm, ipl.stop, "IPLSTOP", 35),
	STATE_STRING(struct vm, ipl.loadparm, "LOADPARM", 36),
	STATE_STRING(struct vm, ipl.parm, "IPLPARM", 37),
	STATE_FLAG(struct vm, stopped, "STOPPED", 38),
	STATE_FLAG(struct vm, loaded, "LOADED", 39),
	STATE_FIELD(struct vm, trace.events, "TRACE", 0, 40),
	STATE_FLAG(struct vm, trace.run, "TRACERUN", 41),
	STATE_STRING(struct vm, secuser, "SECUSER", 42),
	STATE_STRING(struct vm, observer, "OBSERVER", 43),
	STATE_UP_TO(struct vm, cpuid, "CPUID", 45, 0xffffff),
	STATE_UP_TO(struct vm, autosave, "AUTOSAVE", 46, AUTOSAVE_MAX),
	STATE_TIME(struct vm, guest_time_before, "VIRTCPU", 47, guest_seen, guest_seen_set),
	STATE_TIME(struct vm, total_time_before, "TOTCPU", 48, total_seen, total_seen_set),
	STATE_END,
#if STATE_WHOLE
	/* Whose it is, how large and of what kind: it is made so. The directory says what he may do today. */
	STATE_HOST(struct vm, userid),
	STATE_HOST(struct vm, account),
	STATE_HOST(struct vm, distribution),
	STATE_HOST(struct vm, classes),
	STATE_HOST(struct vm, max_storage),
	STATE_HOST(struct vm, mode),
	STATE_HOST(struct vm, cpus),
	STATE_HOST(struct vm, storage),
	/* Parts with descriptions of their own. */
	STATE_HOST(struct vm, cpu),
	STATE_HOST(struct vm, devices),
	STATE_HOST(struct vm, arch),
	STATE_HOST(struct vm, session),
	STATE_HOST(struct vm, all),
	STATE_HOST(struct vm, logon_time),
	STATE_HOST(struct vm, command_time),
	STATE_HOST(struct vm, autosave_due),
	/* What was asked before a machine is held is carried out then; what is asked later comes after it. */
	STATE_HOST(struct vm, wanted_storage),
	STATE_HOST(struct vm, requests),
	STATE_HOST(struct vm, busy),
	STATE_HOST(struct vm, held),
	STATE_HOST(struct vm, replaces),
	STATE_HOST(struct vm, reason),
	STATE_END,
#endif
};

int vm_loaded(struct vm *vm)
{
	struct device *d;

	list_for_each(d, &vm->devices, list)
		if (d->class->loaded && d->class->loaded(d) < 0) {
			format(vm->reason, sizeof(vm->reason), "the state of device %04X cannot be", d->vdev);
			return CP_CANNOT;
		}
	for (unsigned n = 0; n < vm->cpus; n++)
		vm->cpu[n]->check = true;
	return arch_vm_loaded(vm);
}
