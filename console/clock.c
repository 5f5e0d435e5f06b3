/*
 * clock.c - a machine's own time, as far as the host can tell it.
 *
 * /proc/PID/task/TID/schedstat holds, in nanoseconds, the time a thread ran and the time it was ready but waited
 * for a CPU. Where the host does not keep it, the limits are in the host's time.
 *
 * Read before: relay.c. Read after: play.c.
 * Known simplification: what the hypervisor under the host takes away is not seen.
 */
#include "clock.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double wall_seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static double thread_waiting(pid_t pid, const char *thread)
{
	char path[128];
	unsigned long long ran, waited = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/task/%.32s/schedstat", (int)pid, thread);
	f = fopen(path, "r");
	if (!f)
		return 0;
	if (fscanf(f, "%llu %llu", &ran, &waited) != 2)
		waited = 0;
	fclose(f);
	return (double)waited / 1e9;
}

/* The guest's CPU is one thread, the one that works most and so waits most. */
static double emulator_waiting(pid_t pid)
{
	char path[64];
	struct dirent *entry;
	double most = 0;
	DIR *dir;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)pid);
	dir = opendir(path);
	while (dir && (entry = readdir(dir))) {
		double waited = thread_waiting(pid, entry->d_name);

		if (waited > most)
			most = waited;
	}
	if (dir)
		closedir(dir);
	return most;
}

void clock_start(struct machine_clock *c, pid_t pid)
{
	*c = (struct machine_clock){.pid = pid, .wall = wall_seconds(), .waiting = emulator_waiting(pid)};
}

double clock_read(struct machine_clock *c)
{
	double wall = wall_seconds(), waiting = emulator_waiting(c->pid);
	double passed = wall - c->wall;

	if (waiting > c->waiting)
		passed -= waiting - c->waiting;
	if (passed > 0)
		c->elapsed += passed;
	c->wall = wall;
	c->waiting = waiting;
	return c->elapsed;
}
