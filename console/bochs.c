/*
 * bochs.c - CP on Bochs: a PC simulated down to its BIOS, which starts CP from the CD image.
 *
 * Slow, and exact where QEMU is lenient, so it is there for testing. Its four serial ports call the relay, which listens for each on
 * a loopback port: line 0 and lines 1..3. Its screen is a VNC server, for this Bochs knows no way without one. It has a
 * built-in debugger, which is told to go on and, when it comes back, ends the program.
 *
 * Read before: qemu.c, hercules.c. Read after: relay.c.
 * Known simplification: time stands for nothing while CP waits, so clocks in the machine run ahead.
 */
#include "machine.h"

#include "rundir.h"
#include "vm40.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define PORTS 4

static int listener[PORTS] = {-1, -1, -1, -1};

/* Listen where line n will call; returns the port, or 0. */
static uint16_t listen_for(int n)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, length) || listen(fd, 1) ||
	    getsockname(fd, (struct sockaddr *)&address, &length)) {
		fail("line %d: %s", n, strerror(errno));
		return 0;
	}
	listener[n] = fd;
	return ntohs(address.sin_port);
}

static int write_configuration(const struct machine *m, FILE *f)
{
	static const char fixed[] = "config_interface: textconfig\n"
				    "display_library: rfb, options=\"timeout=0\"\n"
				    "romimage: file=/usr/share/bochs/BIOS-bochs-latest\n"
				    "vgaromimage: file=/usr/share/vgabios/vgabios.bin\n"
				    "cpu: model=ryzen, ips=50000000, reset_on_triple_fault=0\n"
				    "clock: sync=none, time0=utc\n"
				    "boot: cdrom\n"
				    "ata0: enabled=1, ioaddr1=0x1f0, ioaddr2=0x3f0, irq=14\n"
				    "ata1: enabled=1, ioaddr1=0x170, ioaddr2=0x370, irq=15\n"
				    "log: -\n"
				    "panic: action=fatal\n"
				    "error: action=ignore\n" /* each exit of a guest is one */
				    "info: action=ignore\n"
				    "debug: action=ignore\n";

	fprintf(f, "%smegs: %u\n", fixed, m->memory);
	fprintf(f, "ata1-master: type=cdrom, path=%s, status=inserted\n", m->backend->image);
	if (m->volume)
		fprintf(f, "ata0-master: type=disk, path=volume, mode=flat\n");
	for (int n = 0; n < PORTS; n++) {
		uint16_t port = listen_for(n);

		if (!port)
			return -1;
		fprintf(f, "com%d: enabled=1, mode=socket-client, dev=127.0.0.1:%u\n", n + 1, port);
	}
	return 0;
}

static int write_files(const struct machine *m)
{
	char *path = rundir_path(m->name, "bochsrc");
	FILE *f = fopen(path, "w");
	int rc = -1;

	if (f) {
		rc = write_configuration(m, f);
		if (fclose(f))
			rc = -1;
	}
	if (rc)
		fail("%s: %s", path, strerror(errno));
	free(path);
	return rc ? rc : rundir_write(m->name, "go.rc", "c");
}

static int bochs_start(struct machine *m)
{
	char *const argv[] = {"bochs", "-q", "-f", "bochsrc", "-rc", "go.rc", NULL};

	return write_files(m) ? -1 : machine_spawn(m, argv, false);
}

/* The line has called already, or it will. */
static int bochs_connect(struct machine *m, unsigned line)
{
	(void)m;
	return line < PORTS ? accept4(listener[line], NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK) : -1;
}

static void bochs_go(struct machine *m)
{
	(void)m; /* CP starts by itself */
}

/* Bochs takes a machine that switches itself off for a reason to give up: exit code 1, as for everything else. */
static bool bochs_output(struct machine *m, const char *text)
{
	if (strstr(text, "ACPI control: soft power off"))
		m->clean = true;
	return true;
}

static void bochs_ended(struct machine *m, int status)
{
	if (m->clean)
		m->stop_text = must_copy("CP shut down");
	else if (WIFSIGNALED(status))
		m->stop_text = must_format("Bochs was ended by signal %d", WTERMSIG(status));
	else
		m->stop_text = must_format("Bochs ended by itself (exit code %d)", WEXITSTATUS(status));
}

const struct backend backend_bochs = {
	.name = "bochs",
	.image = "vm40.iso",
	.cms = "cms-lite-x86_64.bin",
	.cms_disk = "cms-disk-x86_64",
	.starting = "starting CP on Bochs",
	.marks = true,
	.start = bochs_start,
	.connect = bochs_connect,
	.go = bochs_go,
	.output = bochs_output,
	.ended = bochs_ended,
};
