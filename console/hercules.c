/*
 * hercules.c - CP on Hercules, as a z/Architecture processor with 3215 lines and a 9336 FBA disk.
 *
 * Hercules reads a configuration from the run directory and takes commands on its standard input
 * (EXTERNALGUI mode), so that IPL waits until line 0 is connected. It never says by its exit code how
 * CP ended: its log names the PSW of the disabled wait, and X'FFF' is CP's orderly end.
 *
 * Read before: qemu.c, telnet.c. Read after: relay.c.
 * Known simplification: one CPU.
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

/* A loopback port that is free now; Hercules binds it a moment later. */
static uint16_t free_port(void)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	uint16_t port = 0;

	if (fd < 0)
		return 0;
	if (!bind(fd, (struct sockaddr *)&address, length) &&
	    !getsockname(fd, (struct sockaddr *)&address, &length))
		port = ntohs(address.sin_port);
	close(fd);
	return port;
}

static void write_configuration(const struct machine *m, FILE *f)
{
	fprintf(f, "CPUSERIAL 000611\nCPUMODEL 2094\nARCHMODE ESAME\n");
	fprintf(f, "MAINSIZE %u\nXPNDSIZE 0\nNUMCPU 1\nMAXCPU 2\n", m->memory);
	/* Of its own accord Hercules takes a PC of 1981 for the host: there a vertical bar is another one. */
	fprintf(f, "OSTAILOR QUIET\nPANRATE SLOW\nLOADPARM VM40\nCODEPAGE 819/037\n");
	fprintf(f, "CNSLPORT 127.0.0.1:%u\n", m->port);
	fprintf(f, "%04X 3215\n", OPERATOR_DEVICE);
	for (int n = 1; n < LINES; n++)
		fprintf(f, "%04X 3215\n", 0x000F + n);
	if (m->volume)
		fprintf(f, "0200 9336 volume\n");
}

static int write_files(const struct machine *m)
{
	char *path = rundir_path(m->name, "hercules.cnf");
	FILE *f = fopen(path, "w");
	int rc = -1;

	if (f) {
		write_configuration(m, f);
		rc = fclose(f) ? -1 : 0;
	}
	if (rc)
		fail("%s: %s", path, strerror(errno));
	free(path);
	if (!rc)
		rc = rundir_write(m->name, "cp.ins", "cp.bin 0x00000000");
	if (!rc)
		rc = rundir_write(m->name, "hercules.rc", "# empty: vm40 gives the commands");
	return rc;
}

static int hercules_start(struct machine *m)
{
	char *const argv[] = {"hercules", "-d", "-f", "hercules.cnf", "EXTERNALGUI", NULL};

	m->port = free_port();
	if (!m->port)
		return fail("no free port on the loopback address: %s", strerror(errno)), -1;
	setenv("HERCULES_RC", "hercules.rc", 1);
	return write_files(m) ? -1 : machine_spawn(m, argv, true);
}

static int hercules_connect(struct machine *m, unsigned line)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons(m->port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	(void)line; /* asked for by terminal type, see telnet.c */
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&address, sizeof(address))) {
		close(fd);
		return -1;
	}
	fcntl(fd, F_SETFL, O_NONBLOCK);
	return fd;
}

static void command(struct machine *m, const char *text)
{
	if (m->to_emulator >= 0 && write(m->to_emulator, text, strlen(text)) < 0)
		close(m->to_emulator), m->to_emulator = -1;
}

static void hercules_go(struct machine *m)
{
	command(m, "ipl cp.ins\n");
}

/* What the panel reports twice a second, for a graphical front end. */
static bool is_status(const char *text)
{
	static const char *const marks[] = {
		"STATUS=", "SYS=", "DEVA=", "DEVC=", "DEVD=", "DEVX=", "MIPS=", "SIOS="};

	for (size_t i = 0; i < sizeof(marks) / sizeof(marks[0]); i++)
		if (strncmp(text, marks[i], strlen(marks[i])) == 0)
			return true;
	return false;
}

/* Of the report the instructions that the CPU has executed are kept, in the file "instcount": they measure CP. */
static void instructions_keep(struct machine *m, const char *text)
{
	const char *count = strstr(text, "instcount=");

	if (count)
		rundir_write(m->name, "instcount", count + strlen("instcount="));
}

/* "PSW=" and two words of mask and an address, or an ESA/390 PSW of two words. */
static bool read_psw(const char *text, uint64_t *address)
{
	unsigned long long word[3];
	int words = sscanf(text, "PSW=%llx %llx %llx", &word[0], &word[1], &word[2]);

	if (words < 2)
		return false;
	*address = words == 3 ? word[2] : word[1] & 0x7fffffff;
	return true;
}

/*
 * "HHCCP011I CPU0000: Disabled wait state" and, on the next line, "PSW=0002... address".
 */
static bool hercules_output(struct machine *m, const char *text)
{
	const char *psw = strstr(text, "PSW=");
	uint64_t address;

	if (is_status(text)) {
		instructions_keep(m, text);
		return false;
	}
	if (strstr(text, "HHCPN053E")) { /* the CPU thread has not come to its stop yet: again */
		usleep(10000);
		hercules_go(m);
		return false;
	}
	if (strstr(text, "HHCCP011I") && !m->stop_text)
		m->stop_text = must_copy("CP stopped the machine");
	if (m->stop_text && psw && read_psw(psw, &address)) {
		machine_stopped(m, address);
		command(m, "exit\n");
	}
	return true;
}

static void hercules_ended(struct machine *m, int status)
{
	if (WIFSIGNALED(status) && !m->stop_text)
		m->stop_text = must_format("Hercules was ended by signal %d", WTERMSIG(status));
	else if (!m->stop_text)
		m->stop_text = must_copy("Hercules ended by itself");
}

const struct backend backend_hercules = {
	.name = "hercules",
	.image = "cp.bin",
	.cms = "cms-lite.bin",
	.cms_disk = "cms-disk",
	.starting = "starting CP on Hercules",
	.telnet = true,
	.newline_first = false,
	.start = hercules_start,
	.connect = hercules_connect,
	.go = hercules_go,
	.output = hercules_output,
	.ended = hercules_ended,
};
