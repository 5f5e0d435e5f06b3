/*
 * complete.c - completion of CP commands and user ids in the console.
 *
 * The first word of a line is a command (after #CP, the second is), the word after QUERY, SET or TERMINAL one of their
 * operands or a user id, any other word a user id. The commands are the file `commands.txt` beside this program, made
 * from CP's own tables, a command a line, or a command and an operand; user ids were noted in the run directory when
 * the machine came up.
 *
 * Read before: rundir.c. Read after: console.c.
 * Known simplification: operands of operands are not completed.
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
		line[strcspn(line, "\n")] = '\0';
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

/* "QUERY TIME" is an operand of this command, which may be shortened, or of none. Returns the operand. */
static const char *operand_of(const char *line, const char *command, size_t length)
{
	const char *blank = strchr(line, ' ');

	if (!blank)
		return length ? NULL : line;
	return length && length <= (size_t)(blank - line) && strncasecmp(line, command, length) == 0
		       ? blank + 1
		       : NULL;
}

void complete_candidates(const char *before, const char *text, void (*found)(void *context, const char *word),
			 void *context)
{
	size_t length;

	before += strspn(before, " ");
	if (strncasecmp(before, "#CP ", 4) == 0)
		before += 4 + strspn(before + 4, " ");
	length = strcspn(before, " ");
	if (before[length + strspn(before + length, " ")] == '\0')
		for (char **line = commands; *line; line++) {
			const char *word = operand_of(*line, before, length);

			if (word && strncasecmp(word, text, strlen(text)) == 0)
				found(context, word);
		}
	for (char **user = users; length && *user; user++)
		if (strncasecmp(*user, text, strlen(text)) == 0)
			found(context, *user);
}

struct found {
	char *word[256];
	size_t count, next;
};

static void keep(void *context, const char *word)
{
	struct found *f = context;

	if (f->count < sizeof(f->word) / sizeof(f->word[0]))
		f->word[f->count++] = must_copy(word); /* readline frees it */
}

static struct found found;

static char *next_found(const char *text, int again)
{
	(void)text;
	(void)again;
	return found.next < found.count ? found.word[found.next++] : NULL;
}

static char **complete(const char *text, int start, int end)
{
	char *before = must_format("%.*s", start, rl_line_buffer);

	(void)end;
	rl_attempted_completion_over = 1; /* never file names */
	found.count = found.next = 0;
	complete_candidates(before, text, keep, &found);
	free(before);
	return rl_completion_matches(text, next_found);
}

void complete_read(char *commands_path, char *users_path)
{
	commands = read_words(commands_path);
	users = read_words(users_path);
}

void complete_init(const char *name)
{
	complete_read(prepare_beside("commands.txt"), rundir_path(name, "users"));
	rl_completion_append_character = ' ';
	rl_variable_bind("completion-ignore-case", "on");
	rl_basic_word_break_characters = " \t";
	rl_attempted_completion_function = complete;
}
