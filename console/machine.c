/*
 * machine.c - what both backends need to bring an emulator up.
 *
 * Read before: rundir.c. Read after: qemu.c, hercules.c.
 * Known simplification: the emulator is found through PATH.
 */
#include "machine.h"

#include "rundir.h"
#include "vm40.h"

#include <cp/panic.h>

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

/* The first is the one when none is named. */
static const struct backend *const backends[] = {&backend_qemu_s390x, &backend_qemu_x86_64, &backend_hercules,
						 &backend_bochs};

#define BACKENDS (sizeof(backends) / sizeof(backends[0]))

const struct backend *backend_find(const char *name)
{
	if (!name)
		return backends[0];
	for (size_t i = 0; i < BACKENDS; i++)
		if (strcmp(backends[i]->name, name) == 0)
			return backends[i];
	return NULL;
}

const char *backend_names(void)
{
	static char text[100];

	text[0] = '\0';
	for (size_t i = 0; i < BACKENDS; i++) {
		const char *before = i == 0 ? "" : i + 1 < BACKENDS ? ", " : " or ";

		snprintf(text + strlen(text), sizeof(text) - strlen(text), "%s%s", before, backends[i]->name);
	}
	return text;
}

int machine_link(struct machine *m, const char *file, const char *target)
{
	char *path = rundir_path(m->name, file);
	char *real = realpath(target, NULL);
	int rc = 0;

	if (!real) {
		rc = -1;
		fail("%s: %s", target, strerror(errno));
	} else if (symlink(real, path)) {
		rc = -1;
		fail("%s: %s", path, strerror(errno));
	}
	free(real);
	free(path);
	return rc;
}

static int copy_bytes(int from, int to)
{
	char data[65536];
	ssize_t length;

	while ((length = read(from, data, sizeof(data))) > 0)
		if (write(to, data, (size_t)length) != length)
			return -1;
	return length < 0 ? -1 : 0;
}

int machine_copy(struct machine *m, const char *file, const char *source)
{
	char *path = rundir_path(m->name, file);
	int from = open(source, O_RDONLY | O_CLOEXEC);
	int to = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	int rc = from < 0 || to < 0 ? -1 : copy_bytes(from, to);

	if (rc)
		fail("%s to %s: %s", source, path, strerror(errno));
	if (from >= 0)
		close(from);
	if (to >= 0 && close(to))
		rc = -1;
	free(path);
	return rc;
}

/* --- how CP ends ----------------------------------------------------------------------------------------- */

#define CLEAN_ADDRESS 0xfff
#define CODE_ADDRESS  0xdead0000u /* plus the code */
#define CODE_MASK     0xffffu

static const char *const reasons[] = {
	[STOP_PANIC] = "a fault of its own; its console says which",
	[STOP_NO_VOLUME] = "no disk has a usable VM/40 label",
	[STOP_DIRECTORY] = "the volume has no usable directory",
	[STOP_SPOOL] = "the spool area cannot be used",
	[STOP_STORAGE] = "there is too little storage to start",
	[STOP_PROCESSOR] = "the processor lacks what CP needs; its console says what",
};

void machine_stopped_code(struct machine *m, unsigned code)
{
	bool known = code < sizeof(reasons) / sizeof(reasons[0]) && reasons[code];

	free(m->stop_text);
	m->stop_text = must_format("CP stopped the machine with code %u: %s", code,
				   known ? reasons[code] : "unknown");
}

void machine_stopped(struct machine *m, uint64_t address)
{
	m->clean = address == CLEAN_ADDRESS;
	if ((address & ~(uint64_t)CODE_MASK) == CODE_ADDRESS) {
		machine_stopped_code(m, (unsigned)(address & CODE_MASK));
		return;
	}
	free(m->stop_text);
	if (m->clean)
		m->stop_text = must_copy("CP shut down");
	else
		m->stop_text = must_format("CP stopped the machine (disabled wait at %" PRIX64 ")", address);
}

/* In the child: become the emulator. */
static void become(char *const argv[], int input, int output)
{
	sigset_t none;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	umask(0177);
	if (input < 0)
		input = open("/dev/null", O_RDONLY);
	dup2(input, STDIN_FILENO);
	dup2(output, STDOUT_FILENO);
	dup2(output, STDERR_FILENO);
	execvp(argv[0], argv);
	dprintf(STDERR_FILENO, "%s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

int machine_spawn(struct machine *m, char *const argv[], bool want_input)
{
	int in[2] = {-1, -1}, out[2];

	if ((want_input && pipe2(in, O_CLOEXEC)) || pipe2(out, O_CLOEXEC))
		return fail("pipe: %s", strerror(errno)), -1;
	m->pid = fork();
	if (m->pid < 0)
		return fail("fork: %s", strerror(errno)), -1;
	if (m->pid == 0)
		become(argv, in[0], out[1]);
	close(out[1]);
	if (want_input)
		close(in[0]);
	m->to_emulator = in[1];
	m->from_emulator = out[0];
	return 0;
}
