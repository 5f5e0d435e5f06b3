/*
 * program.c - LOAD and START: programs from disk, and what their calls mean.
 *
 * Owns: the program area and what is in it. Before it: machine_run. After it: nothing. Heritage: CMS's DMSMOD, DMSLIO,
 * DMSITS.
 *
 * Simplification: one program in storage; a program's command may not start another.
 */
#include "module.h"
#include "cms.h"

#define STACK_ROOM 0x2000u /* kept free at the end of the program area */

static uint32_t entry_point; /* 0: nothing is loaded */
static char loaded_name[CMSFS_NAME + 1];
static bool running;
static char typed[CONSOLE_LINE + 1]; /* a line that came before the program asked */
static bool typed_waiting;

/* What is wrong with a header, NULL when nothing is. */
static const char *header_fault(const struct module_header *header, uint64_t bytes)
{
	uint32_t origin = cmsfs_get32(header->origin), length = cmsfs_get32(header->length);
	uint32_t clear = cmsfs_get32(header->clear), entry = cmsfs_get32(header->entry);
	const uint32_t end = PROGRAM_END - STACK_ROOM;

	if (memcmp(header->magic, MODULE_MAGIC, sizeof(header->magic)) != 0)
		return "it is not a MODULE";
	if (cmsfs_get32(header->machine) != machine_module())
		return "it is for another machine";
	if (length > bytes - sizeof(*header))
		return "it is cut off";
	if (origin < PROGRAM_ORIGIN || origin > end || length > end - origin || clear > end - origin - length)
		return "it does not fit into the program area";
	if (entry < origin || entry - origin >= length)
		return "its entry point lies outside it";
	return NULL;
}

int program_load(struct mode *mode, const struct cmsfs_entry *entry)
{
	static struct cmsfs_reader reader;
	struct module_header header;
	char text[FILEID_TEXT];
	const char *fault = "it is not a MODULE";
	uint32_t origin, length;
	int got;

	if (running)
		return message(MSG_BAD_MODULE, entry_text(mode, entry, text), "a program is running");
	cmsfs_open(&reader, &mode->fs, entry);
	got = cmsfs_read(&reader, &header, sizeof(header));
	if (got < 0)
		return mode_error(mode, got);
	if (got == sizeof(header))
		fault = header_fault(&header, cmsfs_get64(entry->bytes));
	if (fault)
		return message(MSG_BAD_MODULE, entry_text(mode, entry, text), fault);
	origin = cmsfs_get32(header.origin);
	length = cmsfs_get32(header.length);
	entry_point = 0;
	got = cmsfs_read(&reader, machine_storage_at(origin), length);
	if (got < 0)
		return mode_error(mode, got);
	memset(machine_storage_at(origin + length), 0, cmsfs_get32(header.clear));
	memset(loaded_name, 0, sizeof(loaded_name));
	for (uint32_t n = 0; n < CMSFS_NAME && entry->name[n] != ' '; n++)
		loaded_name[n] = entry->name[n];
	entry_point = cmsfs_get32(header.entry);
	return 0;
}

int program_start(const char *arguments)
{
	struct program_result result = {.end = PROGRAM_EXIT};

	if (running || !entry_point)
		return message(MSG_NOT_LOADED);
	typed_waiting = false;
	running = true;
	machine_run(entry_point, arguments, &result);
	running = false;
	message_module("ITP");
	if (result.end == PROGRAM_CHECK)
		return message(MSG_PROGRAM_CHECK, machine_exception_name(result.code), result.address,
			       loaded_name);
	if (result.end == PROGRAM_HALTED) {
		say("HALTED");
		return 0;
	}
	return result.rc;
}

int cmd_load(struct arguments *arguments)
{
	struct cmsfs_entry *entry;
	struct fileid id = {.mode = 0};
	struct mode *mode;
	int rc;

	if (arguments->count > 1)
		return message(MSG_BAD_PARAMETER, arguments->word[1]);
	rc = fileid_take(&id, arguments, 0, "MODULE", '*', false);
	if (rc == 0)
		rc = fileid_need(&id, &mode, &entry);
	return rc ? rc : program_load(mode, entry);
}

int cmd_start(struct arguments *arguments)
{
	if (entry_point)
		message(MSG_EXECUTION);
	return program_start(arguments->text);
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

static bool in_program(uint64_t address, uint64_t length)
{
	return address >= PROGRAM_ORIGIN && address <= PROGRAM_END && length <= PROGRAM_END - address;
}

static int64_t call_read(char *to, uint64_t size)
{
	size_t length;

	if (size == 0)
		return -1;
	if (!typed_waiting) {
		length = console_read(to, size);
		if (text_same_nocase(to, "HX"))
			machine_halt_program();
		return (int64_t)length;
	}
	typed_waiting = false;
	text_copy(to, size, typed);
	length = strlen(to);
	return (int64_t)length;
}

static int64_t call_command(const char *text, uint64_t length)
{
	char line[CMS_LINE + 1];

	if (length > CMS_LINE)
		return -1;
	memcpy(line, text, length);
	line[length] = '\0';
	return command_line(line);
}

int64_t program_call(uint32_t number, uint64_t a, uint64_t b, uint64_t c)
{
	uint64_t virtual_time, total_time;
	char *text;

	(void)c;
	if (number >= CALL_WRITE && number <= CALL_COMMAND && !in_program(a, b))
		return -1;
	text = (char *)machine_storage_at((uint32_t)a);
	switch (number) {
	case CALL_WRITE:
		console_write(text, b);
		return 0;
	case CALL_READ:
		return call_read(text, b);
	case CALL_COMMAND:
		return call_command(text, b);
	case CALL_CLOCK:
		return (int64_t)machine_clock();
	case CALL_TIME:
		machine_time_used(&virtual_time, &total_time);
		return (int64_t)virtual_time;
	default:
		return -1;
	}
}

void program_typed(const char *line)
{
	text_copy(typed, sizeof(typed), line);
	typed_waiting = true;
}
