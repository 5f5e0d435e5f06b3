/*
 * autosave.c - SET AUTOSAVE: machines that CP saves again and again, so that a crash of CP costs minutes.
 *
 * Owns: the task that does it. Before: service.c. After: command/saved.c, and RESTORE, which brings the setting back with the machine.
 * Heritage: the checkpoint intervals of batch systems; DMKCKS, which did it for spool files.
 * Simplification: one after the other. Whose turn comes while another is being written waits for it.
 */
#include <cp/arch.h>
#include <cp/save.h>
#include <cp/session_private.h>
#include <cp/string.h>

#define LOOK_AGAIN TOD_SECOND

static struct task *saver;

/* One that is being built or about to go has no turn. */
static struct vm *next_due(void)
{
	struct vm *found = NULL;

	for (struct vm *vm = vm_next(NULL); vm; vm = vm_next(vm))
		if (vm->autosave && vm->session && !(vm->requests & REQUEST_LOGOFF) &&
		    (!found || vm->autosave_due < found->autosave_due))
			found = vm;
	return found;
}

static void save_one(struct vm *vm)
{
	struct save_order o = {.kind = SAVED_AUTOSAVE, .quiet = true, .name = AUTOSAVE_NAME};

	string_copy(o.userid, sizeof(o.userid), vm->userid);
	vm->autosave_due = arch_clock() + vm->autosave * TOD_SECOND;
	if (save_now(&o, &reply_operator) != 0)
		operator_write("AUTOSAVE OF %s FAILED", o.userid);
}

static void autosave_loop(void *argument)
{
	(void)argument;
	for (;;) {
		struct vm *vm = next_due();

		if (!vm)
			task_sleep(&saver);
		else if (sessions_held)
			task_sleep_until(&saver, arch_clock() + LOOK_AGAIN);
		else if (arch_clock() < vm->autosave_due)
			task_sleep_until(&saver, vm->autosave_due);
		else
			save_one(vm);
	}
}

bool autosave_set(struct vm *vm, uint32_t seconds)
{
	if (seconds && !saver)
		saver = task_create("autosave", autosave_loop, NULL);
	vm->autosave = saver ? seconds : 0;
	vm->autosave_due = arch_clock() + seconds * TOD_SECOND;
	task_wake(&saver);
	return saver || !seconds;
}
