/*
 * exec.c - EXEC files: lists of commands.
 *
 * Owns: the readers of the EXECs that are running, one inside the other. Before it: command.c. Heritage: CMS EXEC, DMSEXT.
 *
 * Each line is a command, after &0 (the EXEC's name), &1 to &9 (the arguments) and &RETCODE (of the last command) are
 * replaced. Lines that begin with * are comments. &TYPE text writes a line, &EXIT [n] ends the EXEC with that return
 * code, &ERROR EXIT makes the first command that fails end it.
 *
 * Simplification: no variables, loops or conditions.
 */
#include "cms.h"

#define DEPTH_MAX 4

static struct cmsfs_reader readers[DEPTH_MAX];
static int depth;

struct exec {
	struct arguments arguments;
	char buffer[2 * CMS_LINE + 2];
	char name[CMSFS_NAME + 1];
	int retcode;
	bool exit_on_error;
};

/* What a word that begins with & stands for, NULL when it stands for itself; *length is how much of it was used. */
static const char *value_of(const struct exec *exec, const char *word, size_t *length, char number[12])
{
	int argument;

	*length = 8;
	if (memcmp(word, "&RETCODE", 8) == 0) {
		format(number, 12, "%d", exec->retcode);
		return number;
	}
	*length = 2;
	if (word[1] < '0' || word[1] > '9')
		return NULL;
	argument = word[1] - '0';
	if (argument == 0)
		return exec->name;
	return argument <= exec->arguments.count ? exec->arguments.word[argument - 1] : "";
}

static void substitute(const struct exec *exec, const char *from, char *to, size_t size)
{
	char number[12];
	size_t length, n = 0;

	while (*from && n + 1 < size) {
		const char *value = *from == '&' ? value_of(exec, from, &length, number) : NULL;

		if (!value) {
			to[n++] = *from++;
			continue;
		}
		while (*value && n + 1 < size)
			to[n++] = *value++;
		from += length;
	}
	to[n] = '\0';
}

static bool begins(const char *line, const char *word)
{
	size_t length = strlen(word), n = 0;

	while (n < length && text_upper(line[n]) == word[n])
		n++;
	return n == length && (line[n] == ' ' || line[n] == '\0');
}

/* The return code that &EXIT names. */
static int exit_code(const char *text)
{
	bool negative = *text == '-';
	uint32_t value = 0;

	if (!text_decimal(text + negative, &value) || value > INT32_MAX)
		value = 0;
	return negative ? -(int)value : (int)value;
}

static int run_lines(struct exec *exec, struct cmsfs_reader *reader)
{
	char line[CMS_LINE + 1], text[CMS_LINE + 1];
	int length;

	while ((length = line_read(reader, text, sizeof(text))) >= 0) {
		substitute(exec, text, line, sizeof(line));
		if (line[0] == '*' || line[0] == '\0')
			continue;
		if (begins(line, "&EXIT"))
			return line[5] ? exit_code(line + 6) : 0;
		if (begins(line, "&TYPE")) {
			say("%s", line[5] ? line + 6 : "");
			continue;
		}
		if (begins(line, "&ERROR")) {
			exec->exit_on_error = begins(line, "&ERROR EXIT");
			continue;
		}
		exec->retcode = command_line(line);
		if (exec->retcode && exec->exit_on_error)
			return exec->retcode;
	}
	return length == LINE_END ? 0 : 100;
}

bool exec_running(void)
{
	return depth > 0;
}

int exec_run(const struct mode *mode, const struct cmsfs_entry *entry, const char *arguments)
{
	struct exec exec = {.retcode = 0};
	char text[CMS_LINE + 1];
	size_t n = 0;
	int rc;

	message_module("EXC");
	text_copy(text, sizeof(text), arguments);
	if (depth == DEPTH_MAX)
		return message(MSG_NESTED, DEPTH_MAX);
	if (!arguments_cut(&exec.arguments, text, exec.buffer))
		return message(MSG_TOO_LONG, CMS_LINE);
	for (; n < CMSFS_NAME && entry->name[n] != ' '; n++)
		exec.name[n] = entry->name[n];
	cmsfs_open(&readers[depth], (struct cmsfs *)(uintptr_t)&mode->fs, entry);
	depth++;
	rc = run_lines(&exec, &readers[depth - 1]);
	depth--;
	return rc;
}

int cmd_exec(struct arguments *arguments)
{
	struct cmsfs_entry *entry;
	struct fileid id = {.mode = 0};
	struct mode *mode;
	const char *rest = arguments->text;
	int rc, count = arguments->count;

	arguments->count = count > 1 ? 1 : count;
	rc = fileid_take(&id, arguments, 0, "EXEC", '*', false);
	if (rc == 0)
		rc = fileid_need(&id, &mode, &entry);
	if (rc)
		return rc;
	while (*rest && *rest != ' ')
		rest++;
	return exec_run(mode, entry, rest);
}
