/*
 * qemu.c - CP on a machine of QEMU: s390-ccw-virtio, or a PC.
 *
 * What a machine is made of stands in a struct qemu; all else is the same for each. Every line is a Unix socket
 * in the run directory. On s390x line 0 is the SCLP line-mode console and lines 1..16 are ports of one
 * virtio-serial device; CP's orderly end is a disabled wait at X'FFF', which QEMU turns into exit code 0, and any
 * other disabled wait gives 1 by -action panic=exit-failure, its PSW printed by -d guest_errors. On the PC line 0 is the first serial
 * port and 1..16 are those of four PCI cards; CP ends by isa-debug-exit, whose values it takes so that they are not QEMU's own
 * exit codes. (Code 0 would be a PC that has reset itself.)
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

struct qemu {
	const char *program, *machine;
	const char *disk, *line0; /* devices */
	void (*add_lines)(struct arguments *a);
	const char *const *more; /* arguments, up to NULL */
	int clean;               /* exit code of CP's orderly end */
	bool codes;              /* that plus twice its code when it stops */
};

/* Commas would end a QEMU option; the run directory's path may hold one, so it is the current directory. */
static void add_socket(struct arguments *a, int n)
{
	/* QEMU waits at line 0 for the relay, so that not one line of CP's is lost. */
	add_pair(a, "-chardev",
		 must_format("socket,id=line%d,path=q%d.sock,server=on,wait=%s", n, n, n ? "off" : "on"));
}

static void add_ports(struct arguments *a)
{
	add_pair(a, "-device", must_format("virtio-serial-ccw,id=lines,devno=fe.0.0300,max_ports=%d", LINES));
	for (int n = 1; n < LINES; n++) {
		add_socket(a, n);
		add_pair(a, "-device",
			 must_format("virtserialport,bus=lines.0,nr=%d,chardev=line%d,name=line%d", n, n, n));
	}
}

static void add_cards(struct arguments *a)
{
	for (int n = 1; n < LINES; n++) {
		add_socket(a, n);
		if (n % 4 == 0)
			add_pair(a, "-device",
				 must_format("pci-serial-4x,chardev1=line%d,chardev2=line%d,chardev3=line%d,"
					     "chardev4=line%d",
					     n - 3, n - 2, n - 1, n));
	}
}

static void add_machine(struct arguments *a, const struct machine *m)
{
	const struct qemu *q = m->backend->qemu;

	add(a, must_copy(q->program));
	add_pair(a, "-M", must_copy(q->machine));
	add_pair(a, "-accel", must_copy("tcg"));
	add_pair(a, "-m", must_format("%u", m->memory));
	add(a, must_copy("-nodefaults"));
	add(a, must_copy("-no-user-config"));
	add_pair(a, "-display", must_copy("none"));
	add_pair(a, "-kernel", must_copy(m->backend->image));
	add_pair(a, "-qmp", must_copy("unix:qmp.sock,server=on,wait=off"));
	for (const char *const *more = q->more; *more; more++)
		add(a, must_copy(*more));
	if (m->icount)
		add_pair(a, "-icount", must_copy(m->icount));
}

static void add_devices(struct arguments *a, const struct machine *m)
{
	const struct qemu *q = m->backend->qemu;

	if (m->volume) {
		add_pair(a, "-drive", must_copy("file=volume,format=raw,if=none,id=volume,file.locking=on"));
		add_pair(a, "-device", must_copy(q->disk));
	}
	q->add_lines(a);
	add_socket(a, 0);
	add_pair(a, "-device", must_copy(q->line0));
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
	const struct qemu *q = m->backend->qemu;
	int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	m->clean = code == q->clean;
	if (m->stop_text && !m->clean)
		return;
	free(m->stop_text);
	m->stop_text = NULL;
	if (m->clean)
		m->stop_text = must_copy("CP shut down");
	else if (q->codes && code > q->clean && (code - q->clean) % 2 == 0)
		machine_stopped_code(m, (unsigned)(code - q->clean) / 2);
	else if (WIFSIGNALED(status))
		m->stop_text = must_format("QEMU was ended by signal %d", WTERMSIG(status));
	else
		m->stop_text = must_format("QEMU ended by itself (exit code %d)", code);
}

static const struct qemu s390x = {
	.program = "qemu-system-s390x",
	.machine = "s390-ccw-virtio",
	.disk = "virtio-blk-ccw,drive=volume,devno=fe.0.0200",
	.line0 = "sclplmconsole,chardev=line0,echo=off",
	.add_lines = add_ports,
	.more = (const char *const[]){"-action", "panic=exit-failure", "-d", "guest_errors", NULL},
	.clean = 0,
};

static const struct qemu x86_64 = {
	.program = "qemu-system-x86_64",
	.machine = "pc",
	.disk = "virtio-blk-pci,drive=volume",
	.line0 = "isa-serial,chardev=line0,index=0",
	.add_lines = add_cards,
	.more = (const char *const[]){"-cpu", "max", "-no-reboot", "-device",
				      "isa-debug-exit,iobase=0xf4,iosize=4", NULL},
	.clean = 33,
	.codes = true,
};

const struct backend backend_qemu_s390x = {
	.name = "qemu-s390x",
	.image = "cp.bin",
	.cms = "cms-lite.bin",
	.cms_disk = "cms-disk",
	.starting = "starting CP on QEMU",
	.newline_first = true,
	.qemu = &s390x,
	.start = qemu_start,
	.connect = qemu_connect,
	.go = qemu_go,
	.output = qemu_output,
	.ended = qemu_ended,
};

const struct backend backend_qemu_x86_64 = {
	.name = "qemu-x86_64",
	.image = "cp-x86_64.elf",
	.cms = "cms-lite-x86_64.bin",
	.cms_disk = "cms-disk-x86_64",
	.starting = "starting CP on QEMU's PC",
	.marks = true,
	.qemu = &x86_64,
	.start = qemu_start,
	.connect = qemu_connect,
	.go = qemu_go,
	.output = qemu_output,
	.ended = qemu_ended,
};
