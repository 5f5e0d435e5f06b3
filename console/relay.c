/*
 * relay.c - the process that stays behind: it holds a machine's emulator and its lines.
 *
 * One poll loop over the emulator's output, the lines' two ends and the control socket. Because the relay always
 * listens on line 0, nothing that CP says to its operator is lost while no console is there.
 *
 * Read before: line.c. Read after: client.c, up.c.
 * Known simplification: when the relay is killed its emulator dies with it.
 */
#include "relay.h"

#include "line.h"
#include "rundir.h"
#include "vm40.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#define REQUESTS  8    /* control connections whose request has not come whole yet */
#define TICK_MS   20   /* how often to retry a connection or look at a pause */
#define LINGER_MS 3000 /* how long a machine that ended waits for clients to take their text */

struct request {
	int fd;
	struct buffer text;
};

struct relay {
	struct machine *m;
	struct line lines[LINES];
	struct request requests[REQUESTS];
	struct buffer emulator; /* output of the emulator, not yet a whole line */
	int control;
	int log;
	bool started; /* line 0 is connected and CP may go */
	bool ended;   /* the emulator is gone */
	long ended_at;
};

static void reply(int fd, const char *text)
{
	if (send(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) < 0)
		return; /* the asker left: nobody to tell */
}

/* Calls are made one after the other: Hercules mixes up those that come together. */
static bool call(struct relay *r, struct line *l)
{
	for (size_t i = 0; i < LINES; i++)
		if (line_calling(&r->lines[i])) {
			l->again = l->upstream < 0;
			return true;
		}
	return line_open(l, r->m);
}

/* --- the control socket --------------------------------------------------------------------------- */

/* Why a client cannot have this line, or NULL when it can. */
static const char *refusal(struct relay *r, unsigned long number)
{
	if (number >= LINES || r->ended)
		return "gone\n";
	if (r->lines[number].client >= 0 || r->lines[number].leaving)
		return "busy\n";
	return number && !call(r, &r->lines[number]) ? "gone\n" : NULL;
}

static void request_attach(struct relay *r, int fd, const char *operand)
{
	char *end;
	unsigned long number = strtoul(operand, &end, 10);
	const char *why = *end || end == operand ? "gone\n" : refusal(r, number);

	reply(fd, why ? why : "ok\n");
	if (why)
		close(fd);
	else
		line_attach(&r->lines[number], fd);
}

static void request_status(struct relay *r, int fd)
{
	char *text = must_format("emulator %d\nlines", (int)r->m->pid);

	for (unsigned i = 0; i < LINES; i++) {
		if (r->lines[i].client >= 0) {
			char *longer = must_format("%s %u", text, i);

			free(text);
			text = longer;
		}
	}
	reply(fd, text);
	reply(fd, "\n");
	free(text);
	close(fd);
}

/* Is there anything of what was typed at a line that has not gone out? */
static void request_typing(struct relay *r, int fd, const char *operand)
{
	unsigned long number = strtoul(operand, NULL, 10);

	reply(fd, number < LINES && line_typing(&r->lines[number]) ? "yes\n" : "no\n");
	close(fd);
}

static void request_run(struct relay *r, int fd, const char *line)
{
	if (strncmp(line, "attach ", 7) == 0) {
		request_attach(r, fd, line + 7);
		return;
	}
	if (strcmp(line, "status") == 0) {
		request_status(r, fd);
		return;
	}
	if (strncmp(line, "typing ", 7) == 0) {
		request_typing(r, fd, line + 7);
		return;
	}
	if (strncmp(line, "type ", 5) == 0)
		line_type(&r->lines[0], line + 5);
	else if (strcmp(line, "kill") == 0 && !r->ended)
		kill(r->m->pid, SIGKILL);
	reply(fd, "ok\n");
	close(fd);
}

static void request_accept(struct relay *r)
{
	int fd = accept4(r->control, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);

	for (size_t i = 0; fd >= 0 && i < REQUESTS; i++) {
		if (r->requests[i].fd < 0) {
			r->requests[i].fd = fd;
			return;
		}
	}
	if (fd >= 0)
		close(fd);
}

static void request_read(struct relay *r, struct request *q)
{
	char c;
	ssize_t length;
	int fd = q->fd;
	char *line;

	/* a byte at a time: what follows the request belongs to the line */
	while ((length = recv(fd, &c, 1, MSG_DONTWAIT)) == 1) {
		buffer_add(&q->text, &c, 1);
		if (c == '\n' || q->text.length > 1024)
			break;
	}
	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	q->fd = -1;
	line = buffer_line(&q->text);
	buffer_free(&q->text);
	if (line)
		request_run(r, fd, line);
	else
		close(fd);
	free(line);
}

/* --- the emulator ------------------------------------------------------------------------------ */

static void emulator_ended(struct relay *r)
{
	int status = 0;
	char *outcome;

	waitpid(r->m->pid, &status, 0);
	r->m->backend->ended(r->m, status);
	outcome = must_format("%s %s", r->m->clean ? "clean" : "failed", r->m->stop_text);
	rundir_write(r->m->name, "outcome", outcome);
	free(outcome);
	r->ended = true;
	r->ended_at = now_ms();
	close(r->m->from_emulator);
	r->m->from_emulator = -1;
}

static void emulator_read(struct relay *r)
{
	char data[4096];
	ssize_t length = read(r->m->from_emulator, data, sizeof(data));
	char *line;

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0) {
		emulator_ended(r);
		return;
	}
	buffer_add(&r->emulator, data, (size_t)length);
	while ((line = buffer_line(&r->emulator))) {
		if (r->m->backend->output(r->m, line))
			dprintf(r->log, "%s\n", line);
		free(line);
	}
}

/* Line 0 first; CP starts when somebody listens there. */
static void bring_up(struct relay *r)
{
	struct line *l = &r->lines[0];

	if (r->started || r->ended || !line_open(l, r->m) || line_calling(l))
		return;
	r->started = true;
	r->m->backend->go(r->m);
}

/* --- the loop ---------------------------------------------------------------------------------- */

struct watch {
	struct pollfd fd[2 * LINES + REQUESTS + 2];
	nfds_t count;
};

static void watch(struct watch *w, int fd, short events)
{
	w->fd[w->count++] = (struct pollfd){.fd = fd, .events = events};
}

static void watch_all(struct relay *r, struct watch *w)
{
	w->count = 0;
	watch(w, r->control, POLLIN);
	watch(w, r->m->from_emulator, POLLIN);
	for (size_t i = 0; i < LINES; i++) {
		watch(w, r->lines[i].upstream, line_upstream_events(&r->lines[i]));
		watch(w, r->lines[i].client, line_client_events(&r->lines[i]));
	}
	for (size_t i = 0; i < REQUESTS; i++)
		watch(w, r->requests[i].fd, POLLIN);
}

/* What becomes of a client whose line has closed: a call that was not taken is made again, else it is told by a hang-up. */
static void line_closed(struct relay *r, struct line *l)
{
	l->leaving = false;
	if (l->client < 0 || l->shown.length || (l->number == 0 && !r->ended))
		return;
	if (l->again && !r->ended)
		call(r, l);
	else
		line_detach(l);
	l->leaving = false;
}

static void serve_line(struct relay *r, struct line *l, short up, short client)
{
	if (up & (POLLIN | POLLHUP | POLLERR))
		line_from_upstream(l);
	if (client & (POLLIN | POLLHUP | POLLERR))
		line_from_client(l);
	line_flush(l);
	if (l->upstream < 0)
		line_closed(r, l);
}

static void serve(struct relay *r, const struct watch *w)
{
	const struct pollfd *fd = w->fd + 2;

	for (size_t i = 0; i < LINES; i++, fd += 2)
		serve_line(r, &r->lines[i], fd[0].revents, fd[1].revents);
	for (size_t i = 0; i < REQUESTS; i++, fd++)
		if (fd->revents)
			request_read(r, &r->requests[i]);
	if (w->fd[0].revents)
		request_accept(r);
	if (w->fd[1].revents)
		emulator_read(r);
}

static bool finished(const struct relay *r)
{
	if (!r->ended)
		return false;
	for (size_t i = 0; i < LINES; i++)
		if (r->lines[i].client >= 0)
			return now_ms() - r->ended_at > LINGER_MS;
	return r->lines[0].upstream < 0;
}

static void loop(struct relay *r)
{
	struct watch w;

	while (!finished(r)) {
		bring_up(r);
		watch_all(r, &w);
		if (poll(w.fd, w.count, TICK_MS) < 0 && errno != EINTR)
			return;
		serve(r, &w);
	}
}

/* --- becoming the relay -------------------------------------------------------------------------- */

static int listen_control(void)
{
	struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "control"};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, REQUESTS))
		return fail("control socket: %s", strerror(errno)), -1;
	return fd;
}

static int prepare(struct relay *r)
{
	struct machine *m = r->m;

	for (unsigned i = 0; i < LINES; i++)
		line_init(&r->lines[i], i, m->backend);
	for (size_t i = 0; i < REQUESTS; i++)
		r->requests[i].fd = -1;
	r->lines[0].transcript = fopen("console0.log", "we");
	r->log = open("emulator.log", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (!r->lines[0].transcript || r->log < 0)
		return fail("run directory: %s", strerror(errno)), -1;
	/* a copy: Hercules loads nothing through links, and a build must not change a machine that is up */
	if (machine_copy(m, m->backend->image, m->image) ||
	    (m->volume && machine_link(m, "volume", m->volume)))
		return -1;
	r->control = listen_control();
	return r->control < 0 ? -1 : m->backend->start(m);
}

static void write_state(struct machine *m)
{
	char *pid = must_format("%d", (int)getpid());
	char *emulator = must_format("%d", (int)m->pid);

	rundir_write(m->name, "machine", m->backend->name);
	rundir_write(m->name, "volume.path", m->volume ? m->volume : "");
	rundir_write(m->name, "emulator.pid", emulator);
	rundir_write(m->name, "relay.pid", pid);
	free(pid);
	free(emulator);
}

static int run_relay(struct machine *m)
{
	static struct relay r;
	char *directory = rundir_path(m->name, NULL);
	int log = open("/dev/null", O_RDWR);

	setsid();
	if (m->owned)
		prctl(PR_SET_PDEATHSIG, SIGKILL); /* and the emulator's is ours */
	signal(SIGPIPE, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	umask(0177);
	r.m = m;
	if (chdir(directory) || prepare(&r)) {
		rundir_write(m->name, "outcome", "failed the emulator could not be started");
		return EXIT_FAILED;
	}
	write_state(m);
	dup2(log, STDIN_FILENO);
	dup2(log, STDOUT_FILENO);
	dup2(r.log, STDERR_FILENO);
	loop(&r);
	unlink("control");
	return EXIT_DONE;
}

pid_t relay_start(struct machine *m)
{
	pid_t pid = fork();

	if (pid < 0)
		return fail("fork: %s", strerror(errno)), -1;
	if (pid == 0)
		_exit(run_relay(m));
	return pid;
}
