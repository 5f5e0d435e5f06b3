/*
 * qemu.c - CP on QEMU's s390-ccw-virtio machine.
 *
 * Line 0 is the SCLP line-mode console, lines 1..16 are ports of one virtio-serial device, each a
 * Unix socket in the run directory. CP's orderly end is a disabled wait at X'FFF', which QEMU turns into exit code
 * 0; any other disabled wait gives 1 by -action panic=exit-failure, and its PSW is printed by -d guest_errors.
 *
 * Read before: machine.c. Read after: hercules.c.
 * Known simplification: one CPU.
 */
#include "machine.h"

#include "rundir.h"
#include "vm40.h"

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

struct arguments {
	char *list[160];
	unsigned count;
};

/* Takes over `text`. */
static void add(struct arguments *a, char *text)
{
	a->list[a->count++] = text;
	a->list[a->count] = NULL;
}

static void add_pair(struct arguments *a, const char *option, char *value)
{
	add(a, must_copy(option));
	add(a, value);
}

/* Commas would end a QEMU option; the run directory's path may hold one, so it is the current directory. */
static void add_lines(struct arguments *a)
{
	add_pair(a, "-device", must_format("virtio-serial-ccw,id=lines,devno=fe.0.0300,max_ports=%d", LINES));
	for (int n = 1; n < LINES; n++) {
		add_pair(a, "-chardev",
			 must_format("socket,id=line%d,path=q%d.sock,server=on,wait=off", n, n));
		add_pair(a, "-device",
			 must_format("virtserialport,bus=lines.0,nr=%d,chardev=line%d,name=line%d", n, n, n));
	}
}

static void add_machine(struct arguments *a, const struct machine *m)
{
	add(a, must_copy("qemu-system-s390x"));
	add_pair(a, "-M", must_copy("s390-ccw-virtio"));
	add_pair(a, "-accel", must_copy("tcg"));
	add_pair(a, "-m", must_format("%u", m->memory));
	add(a, must_copy("-nodefaults"));
	add(a, must_copy("-no-user-config"));
	add_pair(a, "-display", must_copy("none"));
	add_pair(a, "-action", must_copy("panic=exit-failure"));
	add_pair(a, "-d", must_copy("guest_errors")); /* it prints the PSW of a disabled wait: qemu_output() */
	add_pair(a, "-kernel", must_copy("cp.bin"));
	add_pair(a, "-qmp", must_copy("unix:qmp.sock,server=on,wait=off"));
	if (m->icount)
		add_pair(a, "-icount", must_copy(m->icount));
}

static void add_devices(struct arguments *a, const struct machine *m)
{
	if (m->volume) {
		add_pair(a, "-drive", must_copy("file=volume,format=raw,if=none,id=volume,file.locking=on"));
		add_pair(a, "-device", must_copy("virtio-blk-ccw,drive=volume,devno=fe.0.0200"));
	}
	add_lines(a);
	/* QEMU waits here for the relay, so that not one line of CP's is lost. */
	add_pair(a, "-chardev", must_copy("socket,id=line0,path=q0.sock,server=on,wait=on"));
	add_pair(a, "-device", must_copy("sclplmconsole,chardev=line0,echo=off"));
}

static int qemu_start(struct machine *m)
{
	struct arguments a = {.count = 0};
	int rc;

	if (m->extra_count > 32)
		return fail("too many arguments for QEMU"), -1;
	add_machine(&a, m);
	add_devices(&a, m);
	for (unsigned i = 0; i < m->extra_count; i++)
		add(&a, must_copy(m->extra[i]));
	rc = machine_spawn(m, a.list, false);
	for (unsigned i = 0; i < a.count; i++)
		free(a.list[i]);
	return rc;
}

static int qemu_connect(struct machine *m, unsigned line)
{
	char *file = must_format("q%u.sock", line);
	int fd = rundir_dial(m->name, file);

	if (fd >= 0)
		fcntl(fd, F_SETFL, O_NONBLOCK);
	free(file);
	return fd;
}

static void qemu_go(struct machine *m)
{
	(void)m; /* CP starts by itself once line 0 is connected */
}

/* "Guest crashed on cpu 0: disabled-wait" and, on the next line, "PSW: 0xMASK 0xADDRESS". */
static bool qemu_output(struct machine *m, const char *text)
{
	uint64_t mask, address;

	if (sscanf(text, "PSW: %" SCNx64 " %" SCNx64, &mask, &address) == 2)
		machine_stopped(m, address);
	return true;
}

static void qemu_ended(struct machine *m, int status)
{
	m->clean = WIFEXITED(status) && WEXITSTATUS(status) == 0;
	if (m->stop_text && !m->clean)
		return;
	free(m->stop_text);
	if (m->clean)
		m->stop_text = must_copy("CP shut down");
	else if (WIFSIGNALED(status))
		m->stop_text = must_format("QEMU was ended by signal %d", WTERMSIG(status));
	else
		m->stop_text = must_format("QEMU ended by itself (exit code %d)", WEXITSTATUS(status));
}

const struct backend backend_qemu = {
	.name = "qemu-s390x",
	.starting = "starting CP on QEMU",
	.telnet = false,
	.newline_first = true,
	.start = qemu_start,
	.connect = qemu_connect,
	.go = qemu_go,
	.output = qemu_output,
	.ended = qemu_ended,
};
