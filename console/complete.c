/*
 * complete.c - completion of CP commands and user ids in the console.
 *
 * The first word of a line is a command (after #CP, the second is), any other word a user id. The commands
 * are the file `commands.txt` beside this program, made from CP's own command table; user ids were noted in the
 * run directory when the machine came up.
 *
 * Read before: rundir.c. Read after: console.c.
 * Known simplification: operands such as those of QUERY are not completed.
 */
#include "complete.h"

#include "prepare.h"
#include "rundir.h"
#include "vm40.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <readline/readline.h>

static char **commands, **users;

/* The lines of a file, ended by NULL; no file is no lines. */
static char **read_words(char *path)
{
	char **words = must_alloc(sizeof(*words));
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t room = 0, count = 0;

	while (f && getline(&line, &room, f) >= 0) {
		line[strcspn(line, " \t\n")] = '\0';
		if (!line[0] || line[0] == '#')
			continue;
		words = must_resize(words, (count + 2) * sizeof(*words));
		words[count++] = must_copy(line);
	}
	words[count] = NULL;
	free(line);
	if (f)
		fclose(f);
	free(path);
	return words;
}

static char *next_match(char **words, const char *text, int again)
{
	static size_t at;

	if (!again)
		at = 0;
	while (words[at]) {
		const char *word = words[at++];

		if (strncasecmp(word, text, strlen(text)) == 0)
			return strdup(word); /* readline frees it */
	}
	return NULL;
}

static char *next_command(const char *text, int again)
{
	return next_match(commands, text, again);
}

static char *next_user(const char *text, int again)
{
	return next_match(users, text, again);
}

static char **complete(const char *text, int start, int end)
{
	int first = (int)strspn(rl_line_buffer, " ");

	(void)end;
	rl_attempted_completion_over = 1; /* never file names */
	if (strncasecmp(rl_line_buffer + first, "#CP ", 4) == 0)
		first += 4 + (int)strspn(rl_line_buffer + first + 4, " ");
	return rl_completion_matches(text, start <= first ? next_command : next_user);
}

void complete_init(const char *name)
{
	commands = read_words(prepare_beside("commands.txt"));
	users = read_words(rundir_path(name, "users"));
	rl_completion_append_character = ' ';
	rl_variable_bind("completion-ignore-case", "on");
	rl_basic_word_break_characters = " \t";
	rl_attempted_completion_function = complete;
}
