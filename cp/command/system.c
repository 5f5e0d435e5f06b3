/*
 * system.c - SHUTDOWN and SLEEP.
 *
 * Owns: the orderly end of CP. Before: vm.c, volume/clock.c. After: nothing. Heritage: DMKCPS, DMKCPI's shutdown.
 * Simplification: machines are ended as if their power went off: whoever wants his system to come down by itself says so
 * to it first (MESSAGE, WARNING).
 */
#include <cp/arch.h>
#include <cp/save.h>
#include <cp/session_private.h>
#include <cp/string.h>
#include <cp/unitrecord.h>
#include <cp/volume.h>

#include "commands.h"

#define USERS_TIME (30 * TOD_SECOND) /* how long machines may take to end */
#define LINES_TIME (2 * TOD_SECOND)  /* and terminals, to take their last lines */
#define LOOK_AGAIN (10 * TOD_MILLISECOND)

static void wait_a_little(void)
{
	static char nobody;

	task_sleep_until(&nobody, arch_clock() + LOOK_AGAIN);
}

static void log_everybody_off(struct vm *but)
{
	tod_t limit = arch_clock() + USERS_TIME;

	for (struct vm *vm = vm_next(NULL); vm; vm = vm_next(vm))
		if (vm != but)
			vm_request(vm, REQUEST_LOGOFF);
	while (vm_count() > 1 && arch_clock() < limit)
		wait_a_little();
}

static bool lines_empty(void)
{
	for (struct line *l = line_next(NULL); l; l = line_next(l))
		if (l->open && l->head != l->tail)
			return false;
	return true;
}

static void let_lines_drain(void)
{
	tod_t limit = arch_clock() + LINES_TIME;

	while (!lines_empty() && arch_clock() < limit)
		wait_a_little();
	wait_a_little(); /* taken by the driver is not yet printed */
}

static void volumes_close(void)
{
	struct volume *system = volume_find(NULL);

	if (system && volume_clock_down(system, arch_clock()) < 0)
		operator_write("THE CLOCK COULD NOT BE WRITTEN TO VOLUME %s", system->label);
	for (struct volume *v = volume_next(NULL); v; v = volume_next(v))
		if (volume_flush(v) < 0)
			operator_write("VOLUME %s HAS AN I/O ERROR", v->label);
}

static void begin_end(void)
{
	char when[40];

	when_text(arch_clock(), when, sizeof(when));
	operator_write("SYSTEM SHUTDOWN STARTED %s", when);
}

static _Noreturn void end(void)
{
	volumes_close();
	operator_write("SYSTEM SHUTDOWN COMPLETE FOR VM/40");
	let_lines_drain();
	arch_stop(0);
}

/* Comes back if a machine cannot be saved. */
static int end_saved(struct session *asker, struct reply *reply)
{
	int rc;

	begin_end();
	rc = machines_save(asker, reply);
	if (rc == 0)
		end();
	return rc;
}

static void end_later(void *argument)
{
	(void)argument;
	end_saved(NULL, &reply_operator);
	task_exit();
}

/* A program's own machine must stand before it can be saved, so another task does it then. */
static int shutdown_save(struct command *c)
{
	if (!vcpu_self())
		return end_saved(c->session, c->reply);
	return task_create("shutdown", end_later, NULL) ? 0 : reply_message(c, MSG_NO_STORAGE, c->token[0]);
}

/* SHUTDOWN [SAVE] */
int cmd_shutdown(struct command *c)
{
	if (operand_is(c, 1, "SAVE", 4))
		return shutdown_save(c);
	if (c->count > 1)
		return reply_message(c, MSG_INVALID_OPTION, c->token[1]);
	begin_end();
	vm_request(c->vm, REQUEST_STOP);
	log_everybody_off(c->vm);
	unit_record_close_all(c->vm);
	end();
}

/* ---- SLEEP ----------------------------------------------------------------------------- */

static const struct unit {
	const char *name;
	unsigned seconds;
} units[] = {{"SECONDS", 1}, {"MINUTES", 60}, {"HRS", 3600}, {"HOURS", 3600}};

#define SPAN_MAX (24u * 3600)

int operand_span(struct command *c, unsigned n, uint64_t *seconds)
{
	unsigned factor = 0;

	if (!string_decimal(c->token[n], seconds) || *seconds > SPAN_MAX)
		return reply_message(c, MSG_INVALID_OPERAND, c->token[n]);
	for (size_t i = 0; i < ARRAY_SIZE(units); i++)
		if (operand_is(c, n + 1, units[i].name, 3))
			factor = units[i].seconds;
	if (c->count > n + 1 && !factor)
		return reply_message(c, MSG_INVALID_OPERAND, c->token[n + 1]);
	*seconds *= c->count > n + 1 ? factor : 60; /* VM's unit is the minute */
	return 0;
}

/* Until the time is over, a line is typed, or the user is logged off. */
int cmd_sleep(struct command *c)
{
	struct session *s = c->session;
	tod_t due = TOD_NEVER;
	uint64_t seconds;
	int rc;

	if (!s)
		return reply_message(c, MSG_TERMINAL_ONLY, "SLEEP");
	if (c->count > 1) {
		rc = operand_span(c, 1, &seconds);
		if (rc)
			return rc;
		due = arch_clock() + seconds * TOD_SECOND;
	}
	while (arch_clock() < due && s->input_head == s->input_tail && !sessions_held &&
	       !(c->vm->requests & REQUEST_LOGOFF)) {
		if (due == TOD_NEVER)
			task_sleep(s);
		else
			task_sleep_until(s, due);
	}
	return 0;
}
