/*
 * progress.c - one line on stderr about something that takes more than a second.
 *
 * Read before: vm40.h. Read after: up.c.
 * Known simplification: seconds only, nothing is estimated.
 */
#include "progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

static const char *current;
static time_t began;
static long shown;

void progress_begin(const char *what)
{
	current = what;
	began = time(NULL);
	shown = 0;
}

void progress_tick(void)
{
	long seconds = current ? (long)(time(NULL) - began) : 0;

	if (seconds <= shown)
		return;
	if (isatty(STDERR_FILENO))
		fprintf(stderr, "\rvm40: %s ... %ld s", current, seconds);
	else if (shown == 0)
		fprintf(stderr, "vm40: %s ...\n", current);
	shown = seconds;
}

void progress_end(void)
{
	if (shown && isatty(STDERR_FILENO))
		fputc('\n', stderr);
	current = NULL;
}
