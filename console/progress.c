/*
 * progress.c - one line on stderr about something that takes more than a second.
 *
 * A timer signal once a second writes it, so that nothing else needs to remember to: a long compilation of a directory shows as
 * well as a wait.
 *
 * Read before: vm40.h. Read after: start.c.
 * Known simplification: seconds only, nothing is estimated.
 */
#include "progress.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/time.h>
#include <unistd.h>

static char line[80]; /* "\rvm40: WHAT ... " */
static volatile sig_atomic_t seconds;

/* In the signal handler: write() only. */
static void put(const char *text, size_t length)
{
	if (write(STDERR_FILENO, text, length) < 0)
		seconds = 1; /* nobody reads: go on without */
}

static void show(int signal)
{
	char digits[8];
	int at = sizeof(digits);

	(void)signal;
	seconds++;
	if (!isatty(STDERR_FILENO)) {
		if (seconds == 1) {
			put(line + 1, strlen(line) - 2);
			put("\n", 1);
		}
		return;
	}
	for (int n = seconds; n; n /= 10)
		digits[--at] = (char)('0' + n % 10);
	put(line, strlen(line));
	put(digits + at, sizeof(digits) - (size_t)at);
	put(" s", 2);
}

static void timer(long interval)
{
	struct itimerval value = {{interval, 0}, {interval, 0}};

	setitimer(ITIMER_REAL, &value, NULL);
}

void progress_begin(const char *what)
{
	struct sigaction action = {.sa_handler = show, .sa_flags = SA_RESTART};

	snprintf(line, sizeof(line), "\rvm40: %.60s ... ", what);
	seconds = 0;
	sigaction(SIGALRM, &action, NULL);
	timer(1);
}

void progress_end(void)
{
	timer(0);
	if (seconds && isatty(STDERR_FILENO))
		fputc('\n', stderr);
}
