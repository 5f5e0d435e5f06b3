/*
 * console.c - vm40 console: a person at a terminal line.
 *
 * readline edits the line being typed while output keeps coming: what arrives is printed above it. When stdin
 * is not a terminal the text goes through plainly, for scripts.
 *
 * Read before: client.c, complete.c. Read after: dialogue.c.
 * Known simplification: a request for a password is known by its text, since a line has no way to say "do
 * not show what is typed".
 */
#include "buffer.h"
#include "client.h"
#include "clock.h"
#include "complete.h"
#include "options.h"
#include "start.h"
#include "vm40.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include <readline/history.h>
#include <readline/readline.h>

#define HISTORY_LINES 1000

static int line_socket;
static bool leaving; /* the person typed Ctrl-D */
static bool secret;  /* CP asked for a password: do not show, do not remember */

static bool send_all(const char *data, size_t length)
{
	while (length) {
		ssize_t sent = send(line_socket, data, length, MSG_NOSIGNAL);

		if (sent < 0 && errno != EINTR)
			return false;
		if (sent > 0) {
			data += sent;
			length -= (size_t)sent;
		}
	}
	return true;
}

/* --- the attention key ----------------------------------------------------------------------------- */

static volatile sig_atomic_t attention; /* Ctrl-C was pressed */

static void press_attention(int signal)
{
	(void)signal;
	attention = 1;
}

/* What is being typed is given up, the virtual machine stops and CP reads. */
static void send_attention(void)
{
	attention = 0;
	rl_replace_line("", 0);
	rl_forced_update_display();
	send_all("#CP\n", 4);
}

/* --- with a terminal ----------------------------------------------------------------------------- */

static void show_nothing(void)
{
}

static void set_secret(bool on)
{
	secret = on;
	rl_redisplay_function = on ? show_nothing : rl_redisplay;
}

/* The words of a command, but for what may stand before it and between its operands. */
static unsigned words_of(const char *text, char verb[12])
{
	char *copy = must_copy(text), *rest = copy, *word;
	unsigned n = 0;

	verb[0] = '\0';
	while ((word = strsep(&rest, " "))) {
		if (!*word || strcasecmp(word, "#CP") == 0 || strcasecmp(word, "CP") == 0 ||
		    strcasecmp(word, "TO") == 0 || strcasecmp(word, "AS") == 0)
			continue;
		if (n++ == 0)
			snprintf(verb, 12, "%s", word);
	}
	free(copy);
	return n;
}

/* A command with the password on the same line is not for the history. */
static bool tells_password(const char *text)
{
	static const struct {
		const char *verb;
		size_t shortest;
		unsigned words; /* from so many on one may be the password */
	} rows[] = {{"LOGON", 1, 3}, {"LOGIN", 1, 3}, {"AUTOLOG", 4, 3}, {"LINK", 3, 6}};
	char verb[12];
	unsigned words = words_of(text, verb);
	size_t length = strlen(verb);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (words >= rows[i].words && length >= rows[i].shortest &&
		    strncasecmp(verb, rows[i].verb, length) == 0)
			return true;
	return strcasestr(text, "PASS=") != NULL;
}

static void take_line(char *text)
{
	if (!text) {
		leaving = true;
		rl_callback_handler_remove();
		return;
	}
	if (*text && !secret && !tells_password(text))
		add_history(text);
	send_all(text, strlen(text));
	send_all("\n", 1);
	free(text);
	if (secret) {
		set_secret(false);
		putchar('\n');
	}
}

/* Does CP ask for a password with this text? The answer is then typed unseen. */
static bool asks_password(const char *text)
{
	static const char *const asks[] = {"ENTER PASSWORD", "ENTER READ PASSWORD", "ENTER WRITE PASSWORD",
					   "ENTER MULT PASSWORD", "Enter password"};

	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
		if (strstr(text, asks[i]))
			return true;
	return false;
}

/* Print what came in above the line being typed. */
static void show_above(struct buffer *text)
{
	char *typed = rl_copy_text(0, rl_end), *line;
	int point = rl_point;

	rl_save_prompt();
	rl_replace_line("", 0);
	rl_redisplay_function();
	fputs("\r\033[K", stdout);
	while ((line = buffer_line(text))) {
		puts(line);
		if (asks_password(line))
			set_secret(true);
		free(line);
	}
	rl_restore_prompt();
	rl_replace_line(typed, 0);
	rl_point = point;
	rl_forced_update_display();
	fflush(stdout);
	free(typed);
}

static bool receive(struct buffer *text)
{
	char data[4096];
	ssize_t length = recv(line_socket, data, sizeof(data), 0);

	if (length < 0 && errno == EINTR)
		return true;
	if (length <= 0)
		return false;
	buffer_add(text, data, (size_t)length);
	if (memchr(data, '\n', (size_t)length))
		show_above(text);
	return true;
}

static char *history_path(void)
{
	const char *home = getenv("HOME");

	return home && *home ? must_format("%s/.vm40_history", home) : NULL;
}

static void history_load(char *path)
{
	using_history();
	stifle_history(HISTORY_LINES);
	if (path)
		read_history(path);
}

static void history_save(char *path)
{
	mode_t old = umask(0177);

	if (path)
		write_history(path);
	umask(old);
	free(path);
}

/* Returns false when the line's other end hung up. */
static bool talk_terminal(const char *name)
{
	struct pollfd fd[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = line_socket, .events = POLLIN}};
	struct buffer text = {0};
	char *path = history_path();
	bool there = true;

	rl_readline_name = "vm40";
	complete_init(name);
	history_load(path);
	rl_catch_signals = 0;
	signal(SIGINT, press_attention);
	rl_callback_handler_install("", take_line);
	while (there && !leaving) {
		int ready = poll(fd, 2, -1);

		if (attention)
			send_attention();
		if (ready < 0 && errno == EINTR)
			continue;
		if (fd[1].revents)
			there = receive(&text);
		if (there && fd[0].revents)
			rl_callback_read_char();
	}
	if (!leaving)
		rl_callback_handler_remove();
	putchar('\n');
	history_save(path);
	buffer_free(&text);
	return there;
}

/* --- without one --------------------------------------------------------------------------------- */

static bool copy_out(void)
{
	char data[4096];
	ssize_t length = recv(line_socket, data, sizeof(data), 0);

	if (length < 0 && errno == EINTR)
		return true;
	if (length <= 0)
		return false;
	fwrite(data, 1, (size_t)length, stdout);
	fflush(stdout);
	return true;
}

#define QUIET   1.0 /* after the end of stdin, leave when all is typed and nothing has come for so long */
#define LOOK_MS 100 /* how often to see whether it is so; QUIET is in the machine's seconds */

static bool still_typing(const char *name, unsigned line)
{
	char *request = must_format("typing %u", line), *answer = client_ask(name, request);
	bool typing = answer && strcmp(answer, "yes\n") == 0;

	free(request);
	free(answer);
	return typing;
}

static bool talk_plain(const char *name, unsigned line)
{
	struct machine_clock quiet;
	struct pollfd fd[2] = {{.fd = STDIN_FILENO, .events = POLLIN}, {.fd = line_socket, .events = POLLIN}};
	char data[4096];

	clock_start(&quiet, start_pid(name));
	for (;;) {
		int ready = poll(fd, 2, fd[0].fd < 0 ? LOOK_MS : -1);
		ssize_t length;

		if (ready != 0 || still_typing(name, line))
			clock_start(&quiet, quiet.pid);
		else if (clock_read(&quiet) >= QUIET)
			return true;
		if (ready < 0 && errno != EINTR)
			return false;
		if (fd[1].revents && !copy_out())
			return false;
		if (!fd[0].revents)
			continue;
		length = read(STDIN_FILENO, data, sizeof(data));
		if (length <= 0)
			fd[0].fd = -1;
		else if (!send_all(data, (size_t)length))
			return false;
	}
}

/* --- the verb ------------------------------------------------------------------------------------ */

static int attach_free(const char *name, unsigned *line)
{
	int fd = ATTACH_BUSY;

	for (*line = 1; *line < LINES; ++*line) {
		fd = client_attach(name, *line);
		if (fd != ATTACH_BUSY)
			break;
	}
	return fd;
}

static int attach(const char *name, const char *operand, unsigned *line)
{
	char *end;

	if (!operand)
		return attach_free(name, line);
	*line = (unsigned)strtoul(operand, &end, 10);
	if (*end || end == operand || *line >= LINES)
		return usage("console %s: expected a line from 0 to %d", operand, LINES - 1), -1;
	return client_attach(name, *line);
}

static int explain_attach(int result, const char *name, const char *operand)
{
	switch (result) {
	case ATTACH_DOWN:
		return fail("machine %s is not up; `vm40 up` or `make run` starts one", name);
	case ATTACH_BUSY:
		if (operand)
			return fail("line %s is in use", operand);
		return fail("all terminal lines are in use");
	case ATTACH_GONE:
		return fail("the machine does not answer on that line");
	default:
		return EXIT_USAGE; /* said already */
	}
}

static int part(const char *name, unsigned line, bool there)
{
	char *outcome = there ? NULL : start_outcome(name);

	if (there && line == 0)
		printf("%s stays up: `vm40 console --name %s 0` comes back, `vm40 down --name %s` ends it\n",
		       name, name, name);
	else if (outcome)
		printf("%s is down: %s\n", name, outcome + strcspn(outcome, " ") + 1);
	else if (!there)
		printf("the line was hung up\n");
	free(outcome);
	return EXIT_DONE;
}

int verb_console(int argc, char **argv)
{
	struct options o;
	const char *operand;
	bool there;
	unsigned line;
	int rc = options_read(verb_find("console"), argc, argv, &o);

	if (rc >= 0)
		return rc;
	if (argc - o.first > 1)
		return usage("console: more than one line");
	operand = o.first < argc ? argv[o.first] : NULL;
	line_socket = attach(o.name, operand, &line);
	if (line_socket < 0)
		return explain_attach(line_socket, o.name, operand);
	if (isatty(STDIN_FILENO)) {
		printf("Line %u of %s. Ctrl-C is the attention key, Ctrl-D leaves.\n", line, o.name);
		there = talk_terminal(o.name);
	} else {
		there = talk_plain(o.name, line);
	}
	close(line_socket);
	return isatty(STDIN_FILENO) ? part(o.name, line, there) : EXIT_DONE;
}
