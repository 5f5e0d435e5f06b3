/*
 * play.c - vm40 play: play a dialogue on a machine and compare.
 *
 * All lines the dialogue has used stay open and are read all the time; `<` looks at the lines of text of the
 * current terminal line that no `<` has passed yet. What was typed and what came is kept as a transcript, which
 * is shown when an expectation fails.
 *
 * Read before: dialogue.c, start.c, clock.c. Read after: docs/tutorial/00-first-session.md.
 * Known simplification: an expectation looks at one line of text at a time.
 */
#include "buffer.h"
#include "client.h"
#include "clock.h"
#include "dialogue.h"
#include "options.h"
#include "prepare.h"
#include "rundir.h"
#include "start.h"
#include "vm40.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define DEFAULT_LIMIT 30 /* seconds */
#define POLL_MS       50
#define BUSY_POLLS    400 /* a line closes when the system has read what was typed on it */

struct play {
	const char *file, *name;
	struct dialogue steps;
	int sockets[LINES];        /* -1: not in use */
	struct buffer text[LINES]; /* text no expectation has passed yet */
	struct buffer line[LINES]; /* the line of text on its way into the transcript */
	struct buffer transcript;
	bool verbose;
	unsigned current; /* terminal line */
	unsigned limit;   /* seconds */
	pid_t emulator;
};

static volatile sig_atomic_t interrupted; /* Ctrl-C or a request to end: clear up first */

static void interrupt(int signal)
{
	(void)signal;
	interrupted = 1;
}

static int mismatch(const struct play *p, const struct step *s, const char *why)
{
	if (!p->verbose)
		fwrite(p->transcript.data, 1, p->transcript.length, stdout);
	fflush(stdout);
	fprintf(stderr, "%s:%u: line %u: %s: %s\n", p->file, s->source, p->current, why, s->text);
	return EXIT_FAILED;
}

static void note(struct play *p, unsigned line, const char *mark, const char *text)
{
	char *entry = must_format("[%u]%s%s\n", line, mark, text);

	buffer_text(&p->transcript, entry);
	if (p->verbose) {
		fputs(entry, stdout);
		fflush(stdout);
	}
	free(entry);
}

/* --- lines --------------------------------------------------------------------------------------- */

static void hang_up(struct play *p, unsigned line)
{
	if (p->sockets[line] >= 0)
		close(p->sockets[line]);
	p->sockets[line] = -1;
}

/* Take a line; one that was just hung up may still be closing. */
static bool take_line(struct play *p, unsigned line)
{
	for (int i = 0; p->sockets[line] < 0 && i < BUSY_POLLS; i++) {
		p->sockets[line] = client_attach(p->name, line);
		if (p->sockets[line] == ATTACH_BUSY)
			usleep(POLL_MS * 1000);
	}
	p->current = line;
	return p->sockets[line] >= 0;
}

static void receive(struct play *p, unsigned line)
{
	char data[4096], *text;
	ssize_t length = recv(p->sockets[line], data, sizeof(data), MSG_DONTWAIT);

	if (length < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (length <= 0) {
		hang_up(p, line);
		return;
	}
	buffer_add(&p->text[line], data, (size_t)length);
	buffer_add(&p->line[line], data, (size_t)length);
	while ((text = buffer_line(&p->line[line]))) {
		note(p, line, " ", text);
		free(text);
	}
}

/* false: nothing has come. */
static bool receive_all(struct play *p, int timeout)
{
	struct pollfd fd[LINES];

	for (unsigned i = 0; i < LINES; i++)
		fd[i] = (struct pollfd){.fd = p->sockets[i], .events = POLLIN};
	if (poll(fd, LINES, timeout) <= 0)
		return false;
	for (unsigned i = 0; i < LINES; i++)
		if (fd[i].fd >= 0 && fd[i].revents)
			receive(p, i);
	return true;
}

/* --- steps --------------------------------------------------------------------------------------- */

static int step_type(struct play *p, const struct step *s)
{
	char *line = must_format("%s\n", s->text);
	size_t length = strlen(line);
	bool sent;

	receive_all(p, 0);
	note(p, p->current, "> ", s->text);
	sent = p->sockets[p->current] >= 0 &&
	       send(p->sockets[p->current], line, length, MSG_NOSIGNAL) == (ssize_t)length;
	free(line);
	return sent ? EXIT_DONE : mismatch(p, s, "the line is hung up, cannot type");
}

/* Pass over whole lines of text until one matches; text without its end is looked at, too, when no more comes. */
static bool match(struct buffer *text, const regex_t *regex, bool quiet)
{
	char *line;
	bool found = false;

	while (!found && (line = buffer_line(text))) {
		found = regexec(regex, line, 0, NULL, 0) == 0;
		free(line);
	}
	if (found || !quiet || !text->length)
		return found;
	buffer_add(text, "", 1);
	found = regexec(regex, text->data, 0, NULL, 0) == 0;
	text->length = found ? 0 : text->length - 1;
	return found;
}

/* A prompt that an expectation has matched has no end of line yet: it goes into the transcript as it is. */
static void note_rest(struct play *p, unsigned line)
{
	struct buffer *rest = &p->line[line];

	if (p->text[line].length || !rest->length)
		return;
	buffer_add(rest, "", 1);
	note(p, line, " ", rest->data);
	buffer_drop(rest, rest->length);
}

static int step_expect(struct play *p, const struct step *s)
{
	struct machine_clock clock;
	bool quiet = false;

	clock_start(&clock, p->emulator);
	for (;;) {
		bool open = p->sockets[p->current] >= 0;

		receive_all(p, 0);
		if (match(&p->text[p->current], &s->regex, quiet || !open)) {
			note_rest(p, p->current);
			return EXIT_DONE;
		}
		if (!open)
			return mismatch(p, s, "the line was hung up before this came");
		if (interrupted)
			return mismatch(p, s, "interrupted while waiting for this");
		if (clock_read(&clock) > p->limit)
			return mismatch(p, s, "this did not come within the limit");
		quiet = !receive_all(p, POLL_MS);
	}
}

#define WORDS_MAX 32

static int split(char *text, char **words)
{
	int count = 0;

	for (char *word = strtok(text, " "); word && count < WORDS_MAX; word = strtok(NULL, " "))
		words[count++] = word;
	return count;
}

/* A verb of this command, told about this machine with --name. */
static int step_verb(struct play *p, const struct step *s)
{
	char *text = must_copy(s->text);
	char *words[WORDS_MAX + 3];
	int count = split(text, words), rc;
	const struct verb *verb = count ? verb_find(words[0]) : NULL;

	note(p, p->current, "! ", s->text);
	if (!verb || verb->run == verb_play || verb->run == verb_console) {
		rc = mismatch(p, s, "not a verb for a dialogue");
	} else {
		if (strchr(verb->options, 'n')) {
			words[count++] = (char *)"--name";
			words[count++] = (char *)p->name;
		}
		words[count] = NULL;
		rc = verb->run(count, words);
		if (rc)
			rc = mismatch(p, s, "this verb failed");
	}
	free(text);
	return rc;
}

static int step_run(struct play *p, const struct step *s)
{
	switch (s->kind) {
	case STEP_TYPE:
		return step_type(p, s);
	case STEP_EXPECT:
		return step_expect(p, s);
	case STEP_LINE:
		return take_line(p, s->number) ? EXIT_DONE : mismatch(p, s, "the line cannot be had");
	case STEP_HANGUP:
		receive_all(p, 0);
		hang_up(p, s->number);
		return EXIT_DONE;
	case STEP_VERB:
		return step_verb(p, s);
	case STEP_LIMIT:
		p->limit = s->number;
		return EXIT_DONE;
	}
	return EXIT_FAILED;
}

static int run_steps(struct play *p)
{
	int rc = EXIT_DONE;

	for (size_t i = 0; i < p->steps.count && !rc; i++) {
		const struct step *s = &p->steps.steps[i];

		/* the operator's line is taken when first needed, so that a dialogue can leave it alone */
		if ((s->kind == STEP_TYPE || s->kind == STEP_EXPECT) && p->current == 0 &&
		    p->sockets[0] == -1 && !take_line(p, 0))
			rc = mismatch(p, s, "line 0 cannot be had");
		else
			rc = step_run(p, s);
	}
	return rc;
}

static int play_steps(struct play *p)
{
	char *pid = rundir_read(p->name, "emulator.pid");
	int rc;

	p->emulator = pid ? (pid_t)strtol(pid, NULL, 10) : 0;
	p->limit = DEFAULT_LIMIT;
	free(pid);
	for (unsigned i = 0; i < LINES; i++)
		p->sockets[i] = -1;
	rc = run_steps(p);
	for (unsigned i = 0; i < LINES; i++) {
		hang_up(p, i);
		buffer_free(&p->text[i]);
		buffer_free(&p->line[i]);
	}
	buffer_free(&p->transcript);
	return rc;
}

/* --- the machine --------------------------------------------------------------------------------- */

/* End a machine of our own. CP must not have stopped by itself other than by SHUTDOWN. */
static int end_own(const char *name)
{
	char *outcome = start_outcome(name);
	int rc = EXIT_DONE;

	free(client_ask(name, "kill"));
	while (client_up(name))
		usleep(POLL_MS * 1000);
	if (outcome && strncmp(outcome, "clean ", 6))
		rc = fail("%s", outcome + strcspn(outcome, " ") + 1);
	free(outcome);
	rundir_remove(name);
	return rc;
}

static int play_own(struct play *p, struct options *o)
{
	char *name = must_format("play-%d", (int)getpid());
	char *volume = o->volume ? must_copy(o->volume) : must_format("/tmp/vm40-%s.volume", name);
	int rc;

	if (!o->name_given)
		o->name = name;
	o->owned = true;
	p->name = o->name;
	rc = start_machine(o, volume);
	if (!rc) {
		rc = play_steps(p);
		if (end_own(p->name))
			rc = EXIT_FAILED;
	} else {
		rundir_remove(p->name);
	}
	if (!o->volume) {
		char *database = prepare_database(volume);

		unlink(volume);
		unlink(database);
		free(database);
	}
	free(volume);
	free(name);
	return rc;
}

static int play_running(struct play *p, const struct options *o)
{
	p->name = o->name;
	if (!client_up(p->name))
		return fail("machine %s is not up; --machine starts one for this dialogue", p->name);
	return play_steps(p);
}

int verb_play(int argc, char **argv)
{
	struct play p = {0};
	struct options o;
	FILE *f;
	int rc = options_read(verb_find("play"), argc, argv, &o);

	if (rc >= 0)
		return rc;
	if (argc - o.first != 1)
		return usage("play: expected one file");
	p.file = argv[o.first];
	signal(SIGINT, interrupt);
	signal(SIGTERM, interrupt);
	p.verbose = o.verbose;
	f = fopen(p.file, "r");
	if (!f)
		return fail("%s: %s", p.file, strerror(errno));
	rc = dialogue_read(&p.steps, f, p.file, stderr) ? EXIT_USAGE : EXIT_DONE;
	fclose(f);
	if (!rc)
		rc = o.machine ? play_own(&p, &o) : play_running(&p, &o);
	dialogue_free(&p.steps);
	return rc;
}
