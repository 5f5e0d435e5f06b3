/*
 * machine.c - the rest of the hosted real machine: its console, and how it stops.
 */
#include <hosted.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CONSOLE_SIZE 65536
#define STOPPED      100 /* exit status of a child that CP stopped: this plus the code */

static char console[CONSOLE_SIZE];
static size_t used;
static bool quiet;

void arch_init(void)
{
	hosted_start();
}

void arch_probe(void)
{
}

const char *arch_description(void)
{
	return "HOSTED";
}

void arch_putc(char c)
{
	if (used < sizeof(console) - 1)
		console[used++] = c;
	console[used] = '\0';
	if (getenv("HOSTED_VERBOSE"))
		fputc(c, stderr);
}

const char *hosted_console(void)
{
	return console;
}

void hosted_console_clear(void)
{
	used = 0;
	console[0] = '\0';
}

bool hosted_console_has(const char *text)
{
	return strstr(console, text) != NULL;
}

void arch_stop(unsigned code)
{
	if (!quiet) {
		fprintf(stderr, "%s\nhosted: CP stopped with code %u\n", console, code);
		abort();
	}
	_exit(STOPPED + (int)code);
}

int hosted_child(void (*function)(void *argument), void *argument)
{
	int status;
	pid_t child;

	hosted_start();
	fflush(NULL);
	child = fork();
	if (child == 0) {
		quiet = true;
		hosted_run(function, argument);
		_exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status) ||
	    WEXITSTATUS(status) < STOPPED)
		return -1;
	return WEXITSTATUS(status) - STOPPED;
}

/* xorshift64*: the same numbers every time. */
uint32_t hosted_random(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return (uint32_t)((*seed * 2685821657736338717ull) >> 32);
}

bool hosted_long(void)
{
	const char *value = getenv("VM40_LONG");

	return value && *value && strcmp(value, "0") != 0;
}
