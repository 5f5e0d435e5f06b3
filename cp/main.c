/*
 * main.c - the story starts here.
 *
 * Owns: the order in which CP comes up. Comes after the port's first
 * instructions (s390x/boot/start.S). Heritage: DMKCPI.
 */
#include <cp/arch.h>
#include <cp/panic.h>
#include <cp/save.h>
#include <cp/session.h>
#include <cp/spool.h>
#include <cp/volume.h>

_Noreturn void cp_main(void);

#define LAST_WORDS (TOD_SECOND / 2) /* for the operator's line to be sent what it has queued */

/* Not CP's fault, but there is nothing to start from. Whoever found it has said what and where. */
static _Noreturn void give_up(enum stop_code code)
{
	log_line("VM/40 CANNOT START: CODE %u", code);
	task_sleep_until(&code, arch_clock() + LAST_WORDS);
	arch_stop(code);
}

/* The rest needs to wait for disks, so it is a task. */
static void bring_up(void *argument)
{
	(void)argument;
	arch_probe();
	if (volume_mount_all() <= 0)
		give_up(STOP_NO_VOLUME);
	arch_clock_set(volume_clock_read(volume_find(NULL)));
	if (directory_init() < 0)
		give_up(STOP_DIRECTORY);
	if (spool_init() < 0)
		give_up(STOP_SPOOL);
	saved_init();
	machines_warm_start();
	session_init();
	task_exit();
}

_Noreturn void cp_main(void)
{
	arch_init();
	log_line("VM/40 CP 1.0 on %s", arch_description());
	if (!task_create("bring-up", bring_up, NULL))
		panic("no storage for the first task");
	scheduler_run();
}
