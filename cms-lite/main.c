/*
 * main.c - CMS-lite from IPL to Ready, and around again.
 *
 * Owns: the loop: read a line, run it, say Ready with what it took; and SAVESYS, which makes a saved system of CMS-lite. Before it: the
 * machine layer's start. After it: command.c. Heritage: CMS's DMSINI, DMSINS, DMSINT; the SAVESYS in its IPL.
 *
 * Simplification: PROFILE EXEC runs at once, without waiting for a first line.
 */
#include "cms.h"

#define SYSTEM_DISK 0x190
#define USER_DISK   0x191

static uint64_t virtual_before, total_before;

static void ready(int rc)
{
	uint64_t virtual_now, total_now, used, total;
	struct calendar now = calendar_from(machine_times(&virtual_now, &total_now));
	char code[16] = "";

	used = (virtual_now - virtual_before) / 10000;
	total = (total_now - total_before) / 10000;
	virtual_before = virtual_now;
	total_before = total_now;
	if (rc)
		format(code, sizeof(code), "(%05d)", rc);
	say("Ready%s; T=%lu.%02lu/%lu.%02lu %02u:%02u:%02u", code, used / 100, used % 100, total / 100,
	    total % 100, now.hour, now.minute, now.second);
}

/*
 * The disks that every machine has. A saved system has the system disk's catalogue in storage, and all its users share it. A user
 * without a 191 can still work; he is told once.
 */
static void access_disks(void)
{
	message_module("ACC");
	if (!mode_renew('S'))
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

/* From a machine as an IPL leaves it: of a disk or of a saved system. Returns the return code of PROFILE EXEC. */
static int start_anew(void)
{
	struct calendar now;

	machine_start();
	now = calendar_from(machine_times(&virtual_before, &total_before));
	say("CMS-lite VM/40 " CMS_LEVEL " %u-%02u-%02u %02u:%02u:%02u GMT", now.year, now.month, now.day,
	    now.hour, now.minute, now.second);
	access_disks();
	return run_profile();
}

static bool anew; /* SAVESYS is done, or we are what it saved */

/*
 * What is saved goes on behind the command to CP, here as well as in the machine of everybody who IPLs it. All starts again, from
 * cms_main(): so everybody's stack is short. Nothing of our own disks shall be in it.
 */
int cmd_savesys(struct arguments *arguments)
{
	char line[CMS_LINE + 1];
	int rc;

	if (arguments->count != 1)
		return message(MSG_NO_FUNCTION);
	if (exec_running())
		return message(MSG_NOT_IN_EXEC, "SAVESYS");
	mode_forget_all_but('S');
	format(line, sizeof(line), "SAVESYS %s", arguments->word[0]);
	rc = cp_command(line, NULL, 0, NULL);
	if (rc == CP_NONE)
		message(MSG_NO_CP);
	if (rc)
		access_disks();
	anew = rc == 0;
	return rc;
}

static int run(char *line)
{
	int rc = command_line(line);

	if (!anew)
		return rc;
	anew = false;
	return start_anew();
}

void cms_main(void)
{
	static char line[CONSOLE_LINE + 1];

	ready(start_anew());
	for (;;) {
		if (console_read(line, sizeof(line)) == 0)
			say("CMS");
		else
			ready(run(line));
	}
}
