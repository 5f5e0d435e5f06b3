/*
 * main.c - CMS-lite from IPL to Ready, and around again.
 *
 * Owns: the loop: read a line, run it, say Ready with what it took. Before it: the machine layer's start. After it:
 * command.c. Heritage: CMS's DMSINI, DMSINS, DMSINT.
 *
 * Simplification: PROFILE EXEC runs at once, without waiting for a first line.
 */
#include "cms.h"

#define SYSTEM_DISK 0x190
#define USER_DISK   0x191

static uint64_t virtual_before, total_before;

static void ready(int rc)
{
	struct calendar now = calendar_from(machine_clock());
	uint64_t virtual_now, total_now, used, total;
	char code[16] = "";

	machine_time_used(&virtual_now, &total_now);
	used = (virtual_now - virtual_before) / 10000;
	total = (total_now - total_before) / 10000;
	virtual_before = virtual_now;
	total_before = total_now;
	if (rc)
		format(code, sizeof(code), "(%05d)", rc);
	say("Ready%s; T=%lu.%02lu/%lu.%02lu %02u:%02u:%02u", code, used / 100, used % 100, total / 100,
	    total % 100, now.hour, now.minute, now.second);
}

/* The disks that every machine has. A user without a 191 can still work; he is told once. */
static void access_disks(void)
{
	message_module("ACC");
	mode_access(SYSTEM_DISK, 'S', true);
	if (mode_access(USER_DISK, 'A', true) == 100)
		message(MSG_DISK_MISSING, 'A', USER_DISK);
}

static int run_profile(void)
{
	const struct fileid id = {.name = "PROFILE", .type = "EXEC", .mode = 'A'};
	struct mode *mode;
	const struct cmsfs_entry *entry = fileid_find(&id, &mode);

	return entry ? exec_run(mode, entry, "") : 0;
}

void cms_main(void)
{
	static char line[CONSOLE_LINE + 1];
	struct calendar now;

	machine_start();
	machine_time_used(&virtual_before, &total_before);
	now = calendar_from(machine_clock());
	say("CMS-lite VM/40 " CMS_LEVEL " %u-%02u-%02u %02u:%02u:%02u GMT", now.year, now.month, now.day,
	    now.hour, now.minute, now.second);
	access_disks();
	ready(run_profile());
	for (;;) {
		if (console_read(line, sizeof(line)) == 0)
			say("CMS");
		else
			ready(command_line(line));
	}
}
