/*
 * vcpu.c - the life of a virtual CPU.
 *
 * Owns: the loop that every virtual CPU's task is. Read vcpu_loop() first;
 * it is the spine of CP. Comes after task.c; the next file in the story is
 * intercept.c. Heritage: DMKDSP, and the RUNUSER of CP-67.
 *
 * Invariant: at the top of the loop nothing of the virtual CPU's state is on
 * this stack or in a register, so that there the machine can be stopped,
 * reset, saved or moved.
 */
#include <cp/arch.h>
#include <cp/heap.h>
#include <cp/intercept.h>
#include <cp/panic.h>

int intercept_handle(struct vcpu *v, struct intercept *i);
void intercept_finish(struct vcpu *v, struct intercept *i, int rc);

/* Sleep at the top of the loop until kicked. */
static void stand_by(struct vcpu *v, tod_t due)
{
	v->at_top = true;
	task_wake(&v->vm->requests); /* the service task may be waiting for this */
	if (due == TOD_NEVER)
		task_sleep(v);
	else
		task_sleep_until(v, due);
	v->at_top = false;
}

/*
 * Whatever is not "run the guest": requests, the stopped and the wait state,
 * interruptions. Returns true when the guest is to run now. check is cleared
 * first, so that a kick while we look is not lost.
 */
static bool attend(struct vcpu *v)
{
	int delivered;

	v->check = false;
	if (vm_stopped(v->vm) || v->state == VCPU_STOPPED) {
		v->check = true;
		stand_by(v, TOD_NEVER);
		return false;
	}
	delivered = arch_vcpu_deliver(v);
	if (delivered < 0) {
		intercept_finish(v, NULL, delivered);
		return false;
	}
	if (delivered > 0) {
		v->check = true; /* there may be another */
		return !vm_stopped(v->vm) && arch_vcpu_wait(v) == WAIT_NOT;
	}
	switch (arch_vcpu_wait(v)) {
	case WAIT_NOT:
		return true;
	case WAIT_ENABLED:
		v->check = true;
		stand_by(v, arch_vcpu_due(v));
		return false;
	case WAIT_DISABLED:
		vm_stop(v->vm, 450, "CP entered; %s", arch_traits.disabled_wait);
		return false;
	}
	return false;
}

/* Also a machine that never comes to run, or never for one instruction, because one interruption follows another, must not
 * keep the others from it. */
static void yield_if_due(const struct vcpu *v)
{
	if (arch_clock() >= v->task->slice_end)
		task_yield();
}

static void vcpu_loop(void *argument)
{
	struct vcpu *v = argument;
	struct intercept i;
	int rc;

	for (;;) {
		if (v->check) {
			yield_if_due(v);
			if (v->ending)
				break;
			if (!attend(v))
				continue;
		}
		arch_vcpu_run(v, &i);
		rc = intercept_handle(v, &i);
		if (rc) /* most are done when their handler is */
			intercept_finish(v, &i, rc);
	}
	v->task = NULL;
	task_wake(v);
	task_exit();
}

__attribute__((cold)) struct vcpu *vcpu_create(struct vm *vm, unsigned number)
{
	struct vcpu *v = heap_alloc(sizeof(*v));

	if (!v)
		return NULL;
	v->vm = vm;
	v->number = number;
	v->check = true;
	if (arch_vcpu_create(v) == 0) {
		exits_begin(v, arch_vcpu_engine(v));
		arch_vcpu_reset(v, true);
		v->task = task_create(vm->userid, vcpu_loop, v);
		if (v->task) {
			v->task->vcpu = v;
			return v;
		}
		arch_vcpu_destroy(v);
	}
	heap_free(v, sizeof(*v));
	return NULL;
}

/* The loop is asked to end and waited for: no task is killed from outside. */
__attribute__((cold)) void vcpu_destroy(struct vcpu *v)
{
	assert_cp(vcpu_self() != v);
	v->ending = true;
	while (v->task) {
		vcpu_kick(v);
		task_sleep_until(v, arch_clock() + TOD_MILLISECOND);
	}
	arch_vcpu_destroy(v);
	heap_free(v, sizeof(*v));
}

void vcpu_kick(struct vcpu *v)
{
	v->check = true;
	if (v->at_top)
		task_wake(v);
}

struct vcpu *vcpu_self(void)
{
	struct task *t = task_self();

	return t ? t->vcpu : NULL;
}

const struct state_field vcpu_state[] = {
	STATE_UP_TO(struct vcpu, state, "STATE", 0x4001, VCPU_OPERATING),
	STATE_END,
#if STATE_WHOLE
	STATE_HOST(struct vcpu, arch), /* arch_vcpu_state[] */
	STATE_HOST(struct vcpu, number),
	STATE_HOST(struct vcpu, vm),
	STATE_HOST(struct vcpu, task),
	STATE_HOST(struct vcpu, at_top),
	STATE_HOST(struct vcpu, check),
	STATE_HOST(struct vcpu, ending),
	STATE_HOST(struct vcpu, intercepts), /* counted for INDICATE */
	STATE_HOST(struct vcpu, exits),
	STATE_HOST(struct vcpu, left),
	STATE_END,
#endif
};
