/*
 * cmd_query.c - QUERY and SLEEP.
 *
 * Owns: the table of what can be asked. Before it: modes.c, machine.h. Heritage: CMS's DMSQRY.
 *
 * Simplification: what QUERY does not know it asks of CP, without looking whether CP could know.
 */
#include "cms.h"

static void show_disk(const struct mode *mode)
{
	uint32_t total = cmsfs_blocks_total(&mode->fs), used = cmsfs_blocks_used(&mode->fs);

	say("%.8s %03X  %c   %s %6u %6u %8u-%02u%% %8u %8u", mode->fs.super.label, mode->disk.device,
	    mode->letter, mode->disk.store.read_only ? "R/O" : "R/W", mode->fs.count, CMSFS_BLOCK, used,
	    (unsigned int)((uint64_t)used * 100 / total), total - used, total);
}

static int query_disk(struct arguments *arguments)
{
	char letter = arguments->count > 1 ? arguments->word[1][0] : '*';

	if (arguments->count > 1 && arguments->word[1][1])
		return message(MSG_BAD_MODE, arguments->word[1]);
	if (letter != '*' && !mode_find(letter))
		return message(MSG_NOT_ACCESSED, letter);
	say("LABEL    VDEV M  STAT  FILES BLKSZ    BLKS USED     LEFT    TOTAL");
	for (struct mode *mode = mode_next(NULL); mode; mode = mode_next(mode))
		if (letter == '*' || letter == mode->letter)
			show_disk(mode);
	return 0;
}

static int query_search(struct arguments *arguments)
{
	(void)arguments;
	for (struct mode *mode = mode_next(NULL); mode; mode = mode_next(mode))
		say("%.8s %03X  %c   %s", mode->fs.super.label, mode->disk.device, mode->letter,
		    mode->disk.store.read_only ? "R/O" : "R/W");
	return 0;
}

/* Of a virtual machine: CP's answer, which has connect and processor times too. */
static int query_time(struct arguments *arguments)
{
	struct calendar now = calendar_from(machine_clock());
	uint64_t virtual_time, total_time;

	if (machine_is_virtual())
		return cmd_cp(arguments);
	machine_time_used(&virtual_time, &total_time);
	say("TIME IS %02u:%02u:%02u GMT %02u/%02u/%02u", now.hour, now.minute, now.second, now.month, now.day,
	    now.year % 100);
	say("CPU USED %lu.%02lu SECONDS", virtual_time / 1000000, virtual_time / 10000 % 100);
	return 0;
}

static int query_level(struct arguments *arguments)
{
	(void)arguments;
	say("CMS-lite Level " CMS_LEVEL " for VM/40");
	return 0;
}

static int query_userid(struct arguments *arguments)
{
	(void)arguments;
	if (!machine_is_virtual())
		return message(MSG_NO_CP);
	say("%s", machine_userid());
	return 0;
}

static int query_storage(struct arguments *arguments)
{
	(void)arguments;
	say("STORAGE = %luK", machine_storage() / 1024);
	return 0;
}

int cmd_query(struct arguments *arguments)
{
	static const struct {
		const char *name;
		uint32_t shortest;
		int (*show)(struct arguments *arguments);
	} things[] = {
		{"CMSLEVEL", 4, query_level},  {"DISK", 4, query_disk}, {"SEARCH", 3, query_search},
		{"STORAGE", 4, query_storage}, {"TIME", 1, query_time}, {"USERID", 6, query_userid},
	};
	char line[CMS_LINE + 1];

	if (arguments->count == 0)
		return message(MSG_NO_FUNCTION);
	/* CP wants the whole command. */
	format(line, sizeof(line), "QUERY %s", arguments->text);
	arguments->text = line;
	for (size_t i = 0; i < sizeof(things) / sizeof(things[0]); i++) {
		size_t length = strlen(arguments->word[0]);

		if (length >= things[i].shortest && length <= strlen(things[i].name) &&
		    memcmp(arguments->word[0], things[i].name, length) == 0)
			return things[i].show(arguments);
	}
	if (!machine_is_virtual())
		return message(MSG_BAD_PARAMETER, arguments->word[0]);
	return cmd_cp(arguments);
}

int cmd_sleep(struct arguments *arguments)
{
	uint32_t number;

	if (arguments->count == 0)
		return message(MSG_NO_FUNCTION);
	if (!text_decimal(arguments->word[0], &number) || number > 86400)
		return message(MSG_BAD_PARAMETER, arguments->word[0]);
	if (arguments->count > 1 && strcmp(arguments->word[1], "MIN") == 0)
		number *= 60;
	else if (arguments->count > 1 && strcmp(arguments->word[1], "SEC") != 0)
		return message(MSG_BAD_PARAMETER, arguments->word[1]);
	machine_sleep(number);
	return 0;
}
