/*
 * main.c - the story starts here.
 *
 * Owns: the order in which CP comes up. Comes after the port's first
 * instructions (s390x/boot/start.S). Heritage: DMKCPI.
 */
#include <cp/arch.h>
#include <cp/panic.h>
#include <cp/session.h>
#include <cp/spool.h>
#include <cp/volume.h>

_Noreturn void cp_main(void);

/* The rest needs to wait for disks, so it is a task. */
static void bring_up(void *argument)
{
	(void)argument;
	arch_probe();
	if (volume_mount_all() <= 0)
		panic("no CP volume: nothing to start from");
	arch_clock_set(volume_clock_read(volume_find(NULL)));
	if (directory_init() < 0)
		panic("no usable object directory on the CP volume");
	if (spool_init() < 0)
		panic("the spool area cannot be used");
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
