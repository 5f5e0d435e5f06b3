/*
 * command.c - the command table, the parser, and what a line that is no command can still be.
 *
 * Owns: the table, from which HELP is made too. Before it: main.c reads lines. After it: cmd_*.c.
 * Heritage: CMS's DMSINT (commands), DMSINA (abbreviations).
 *
 * Simplification: words are cut at blanks and parentheses, with no quoting.
 */
#include "cms.h"

/* In operands, <> is optional: not every terminal's EBCDIC has brackets. */
const struct command commands[] = {
	{"ACCESS", 2, "ACC", cmd_access, "vdev mode",
	 "Make the disk at device number vdev known as a file mode letter."},
	{"COPYFILE", 4, "CPY", cmd_copyfile, "fn ft fm <fn ft fm> <(REPLACE/APPEND>",
	 "Copy a file; = stands for the same as in the first name."},
	{"CP", 2, "CPF", cmd_cp, "<command>", "Give a command to CP. #CP is the same."},
	{"ERASE", 3, "ERS", cmd_erase, "fn ft <fm>",
	 "Erase files; * stands for any text, % for a character."},
	{"EXEC", 2, "EXC", cmd_exec, "fn <arguments>", "Run the commands in file fn EXEC."},
	{"FORMAT", 6, "FOR", cmd_format, "vdev mode",
	 "Erase a disk and make it a CMS-lite disk. It asks first."},
	{"HELP", 1, "HLP", cmd_help, "<command>", "List the commands, or explain one."},
	{"HX", 2, "HLX", cmd_hx, "", "Halt the program that runs. Type it while the program does."},
	{"INPUT", 2, "INP", cmd_input, "fn ft <fm> <(REPLACE/APPEND>",
	 "Type a file in; an empty line ends it."},
	{"LISTFILE", 1, "LST", cmd_listfile, "<fn <ft <fm>>> <(FORMAT/ALLOC/DATE/LABEL>",
	 "List files; * stands for any text, % for a character."},
	{"LOAD", 3, "LIO", cmd_load, "fn", "Load the program fn MODULE into storage."},
	{"PRINT", 2, "PRT", cmd_print, "fn ft <fm>", "Print a file on printer 00E."},
	{"PUNCH", 2, "PUN", cmd_punch, "fn ft <fm> <(NOHEADER>", "Punch a file as cards on punch 00D."},
	{"QUERY", 1, "QRY", cmd_query, "{DISK <mode/*>/TIME/CMSLEVEL/USERID/STORAGE/SEARCH}",
	 "Show things of CMS-lite; what it does not know is asked of CP."},
	{"READCARD", 8, "RDC", cmd_readcard, "{fn ft / *} <fm> <(BINARY>",
	 "Read the file in card reader 00C onto a disk."},
	{"RELEASE", 3, "ARE", cmd_release, "mode", "Forget a disk; it stays attached."},
	{"RENAME", 1, "RNM", cmd_rename, "fn ft fm fn ft fm",
	 "Give a file another name; = stands for the same."},
	{"SAVESYS", 7, "SYS", cmd_savesys, "name",
	 "Have CP save CMS-lite as it is, as a system that IPL name starts. It starts again here, too."},
	{"SLEEP", 2, "SLP", cmd_sleep, "n <SEC/MIN>", "Wait."},
	{"START", 3, "LIO", cmd_start, "<arguments>", "Run the program that LOAD brought."},
	{"STATE", 2, "STT", cmd_state, "fn ft <fm>", "Return code 0 if the file exists, 28 if not."},
	{"TYPE", 1, "TYP", cmd_type, "fn ft <fm <first <last>>> <(HEX>", "Show a file on the console."},
};

const uint32_t command_count = sizeof(commands) / sizeof(commands[0]);

const struct command *command_find(const char *word)
{
	size_t length = strlen(word);

	for (uint32_t i = 0; i < command_count; i++)
		if (length >= commands[i].shortest && length <= strlen(commands[i].name) &&
		    memcmp(word, commands[i].name, length) == 0)
			return &commands[i];
	return NULL;
}

bool arguments_cut(struct arguments *arguments, const char *text, char *buffer)
{
	bool in_options = false;
	char *to = buffer;

	*arguments = (struct arguments){.text = text};
	while (*text) {
		if (*text == ' ' || *text == '\t' || *text == ')') {
			text++;
			continue;
		}
		if (*text == '(' && !in_options) {
			in_options = true;
			text++;
			continue;
		}
		if (arguments->count == WORDS_MAX || arguments->options == WORDS_MAX)
			return false;
		if (in_options)
			arguments->option[arguments->options++] = to;
		else
			arguments->word[arguments->count++] = to;
		while (*text && *text != ' ' && *text != '\t' && *text != '(' && *text != ')')
			*to++ = text_upper(*text++);
		if (*text == '(' && in_options)
			text++;
		*to++ = '\0';
	}
	return true;
}

bool option_given(const struct arguments *arguments, const char *name)
{
	for (int i = 0; i < arguments->options; i++)
		if (strcmp(arguments->option[i], name) == 0)
			return true;
	return false;
}

int options_check(const struct arguments *arguments, const char *const names[])
{
	for (int i = 0; i < arguments->options; i++) {
		const char *const *name = names;

		while (*name && strcmp(*name, arguments->option[i]) != 0)
			name++;
		if (!*name)
			return message(MSG_BAD_OPTION, arguments->option[i]);
	}
	return 0;
}

/* An answer of CP, line by line, as it came. */
static void show_response(const char *text, size_t lost)
{
	while (*text) {
		size_t length = 0;

		while (text[length] && text[length] != '\n')
			length++;
		console_write(text, length);
		text += length + (text[length] == '\n');
	}
	if (lost)
		say("(%u more bytes of CP's answer did not fit)", (unsigned int)lost);
}

/* Give a line to CP; what CP does not know is only reported as CP_UNKNOWN when the caller wants to say so himself. */
static int give_to_cp(const char *line, bool quiet_unknown)
{
	static char response[4096];
	size_t lost = 0;
	int rc = cp_command(line, response, sizeof(response), &lost);

	if (rc == CP_NONE || (quiet_unknown && rc == CP_UNKNOWN))
		return rc;
	show_response(response, lost);
	return rc;
}

int cmd_cp(struct arguments *arguments)
{
	char line[CMS_LINE + 1];
	int rc;

	text_copy(line, sizeof(line), arguments->text);
	text_upper_all(line);
	if (!*line) /* into CP itself: the user sees CP READ, and BEGIN comes back */
		rc = cp_command("", NULL, 0, NULL);
	else
		rc = give_to_cp(arguments->text, false);
	return rc == CP_NONE ? message(MSG_NO_CP) : rc;
}

/* Not a command of ours: an EXEC, a MODULE, a command of CP, or nothing. */
static int run_other(const char *line, const char *word, const char *rest)
{
	struct fileid id = {.type = "EXEC", .mode = '*'};
	struct cmsfs_entry *entry;
	struct mode *mode;
	int rc;

	if (strlen(word) <= CMSFS_NAME) {
		text_copy(id.name, sizeof(id.name), word);
		entry = fileid_find(&id, &mode);
		if (entry)
			return exec_run(mode, entry, rest);
		text_copy(id.type, sizeof(id.type), "MODULE");
		entry = fileid_find(&id, &mode);
		if (entry) {
			message_module("LIO");
			rc = program_load(mode, entry);
			return rc ? rc : program_start(rest);
		}
	}
	rc = give_to_cp(line, true);
	if (rc != CP_NONE && rc != CP_UNKNOWN)
		return rc;
	say("Unknown CP/CMS command");
	return RC_UNKNOWN;
}

int command_line(const char *line)
{
	struct arguments arguments;
	char buffer[2 * CMS_LINE + 2], word[CMS_LINE + 1];
	const struct command *command;
	size_t length = 0;

	message_module("CMS");
	while (*line == ' ')
		line++;
	if (*line == '\0' || *line == '*')
		return 0;
	if (strlen(line) > CMS_LINE)
		return message(MSG_TOO_LONG, CMS_LINE);
	for (; line[length] && line[length] != ' ' && line[length] != '('; length++)
		word[length] = text_upper(line[length]);
	word[length] = '\0';
	if (!arguments_cut(&arguments, line + length + (line[length] == ' '), buffer))
		return message(MSG_TOO_LONG, CMS_LINE);
	while (*arguments.text == ' ')
		arguments.text++;
	command = strcmp(word, "#CP") == 0 ? command_find("CP") : command_find(word);
	if (!command)
		return run_other(line, word, arguments.text);
	message_module(command->module);
	return command->run(&arguments);
}

int cmd_help(struct arguments *arguments)
{
	const struct command *command;
	struct fileid id = {.type = "HELPCMS", .mode = '*'};
	struct mode *mode;
	char text[CMS_LINE + 1];

	if (arguments->count == 0) {
		say("Commands of CMS-lite (the capitals of a name may stand for it):");
		for (uint32_t i = 0; i < command_count; i++) {
			text_copy(text, sizeof(text), commands[i].name);
			for (size_t n = commands[i].shortest; text[n]; n++)
				text[n] = (char)(text[n] - 'A' + 'a');
			say("  %-8s %s", text, commands[i].operands);
		}
		say("HELP name explains one. Other words are an EXEC, a MODULE, or a command of CP.");
		return 0;
	}
	command = command_find(arguments->word[0]);
	text_copy(id.name, sizeof(id.name), command ? command->name : arguments->word[0]);
	if (command)
		say("%s %s", command->name, command->operands), say("  %s", command->help);
	if (fileid_find(&id, &mode)) {
		format(text, sizeof(text), "TYPE %s HELPCMS *", id.name);
		return command_line(text);
	}
	return command ? 0 : message(MSG_UNKNOWN_COMMAND, arguments->word[0]);
}

int cmd_hx(struct arguments *arguments)
{
	(void)arguments;
	return 0; /* no program runs, or this line would not have come here */
}
