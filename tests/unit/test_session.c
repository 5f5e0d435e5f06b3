/*
 * test_session.c - logging on and off, lines that come and go, and which way a typed line goes.
 */
#include "users.h"
#include <cp/console.h>
#include <cp/format.h>
#include <cp/session.h>
#include <cp/session_private.h>

#define SECOND TOD_SECOND

static struct hosted_line *lines[4];

static void type_at(unsigned n, const char *text)
{
	hosted_line_clear(lines[n]);
	hosted_line_type(lines[n], text);
	hosted_settle(20 * SECOND);
}

static bool shows(unsigned n, const char *text)
{
	if (hosted_line_has(lines[n], text))
		return true;
	fprintf(stderr, "\nwanted: %s\nline %u: %s\n", text, n, lines[n]->text);
	return false;
}

static void start_cp(void *argument)
{
	(void)argument;
	session_init();
}

static void test_start(void)
{
	add_everybody();
	for (unsigned n = 0; n < ARRAY_SIZE(lines); n++)
		lines[n] = hosted_line_create(n);
	line_opened(&lines[0]->line);
	UNIT_IN_TASK(start_cp, NULL);
	hosted_settle(SECOND);
	CU_ASSERT_TRUE(shows(0, "LOGON AT "));
	CU_ASSERT_TRUE(shows(0, "HCPLGA1056W 7 users have their userid as password"));
	CU_ASSERT_PTR_NOT_NULL(vm_find("OPERATOR"));
	for (unsigned n = 1; n < ARRAY_SIZE(lines); n++)
		line_opened(&lines[n]->line);
	hosted_settle(SECOND);
	CU_ASSERT_TRUE(shows(1, "VM/40 ONLINE L0001"));
	type_at(0, "query names");
	CU_ASSERT_TRUE(shows(0, "OPERATOR - L0000"));
}

/* Everybody who may not log on hears the same, after the same time. */
static void test_refused(void)
{
	static const char *const tries[] = {
		"LOGON ALICE WRONG",         "LOGON NOBODY WRONG",           "LOGON NOLOG NOLOG",
		"LOGON AUTO AUTO",           "LOGON SHARED SHARED",          "LOGON ALICE BUILDER BY BOB",
		"LOGON SHARED WRONG BY BOB", "LOGON SHARED WONDER BY ALICE", "LOGON SHARED X BY NOBODY",
	};
	tod_t took[ARRAY_SIZE(tries)];

	for (unsigned i = 0; i < ARRAY_SIZE(tries); i++) {
		tod_t began = arch_clock();

		lines[1]->line.session->failures = 0;
		lockout_clear(LOCKOUT_LOGON, "ALICE"); /* tested in test_swap.c */
		lockout_clear(LOCKOUT_LINK, "ALICE");
		hosted_line_clear(lines[1]);
		hosted_line_type(lines[1], tries[i]);
		while (!lines[1]->used && arch_clock() - began < 60 * SECOND)
			hosted_settle(SECOND / 10);
		took[i] = arch_clock() - began;
		CU_ASSERT_STRING_EQUAL(lines[1]->text,
				       "HCPLGA050E LOGON unsuccessful--incorrect userid and/or password\n");
		CU_ASSERT_TRUE(took[i] > 19 * SECOND / 10 && took[i] < 23 * SECOND / 10);
	}
	CU_ASSERT_EQUAL(vm_count(), 1);
	CU_ASSERT_EQUAL(lines[1]->line.session->failures, 1);
}

/* The delay grows; the operator hears of it. */
static void test_attempts(void)
{
	lines[1]->line.session->failures = 0;
	lockout_clear(LOCKOUT_LOGON, "ALICE"); /* tested in test_swap.c */
	lockout_clear(LOCKOUT_LINK, "ALICE");
	hosted_line_clear(lines[0]);
	for (unsigned i = 0; i < 4; i++)
		type_at(1, "LOGON ALICE GUESS");
	CU_ASSERT_TRUE(shows(0, "HCPLGA1055W 4 unsuccessful LOGON attempts at L0001, last as ALICE"));
	line_closed(&lines[1]->line); /* hanging up does not help */
	hosted_settle(SECOND);
	line_opened(&lines[1]->line);
	hosted_settle(SECOND);
	hosted_line_clear(lines[1]);
	hosted_line_type(lines[1], "LOGON ALICE GUESS");
	hosted_settle(8 * SECOND);
	CU_ASSERT_STRING_EQUAL(lines[1]->text, "");
	hosted_settle(4 * SECOND);
	CU_ASSERT_TRUE(shows(1, "HCPLGA050E"));
}

static void test_logon(void)
{
	CU_ASSERT_TRUE(lockout_active(LOCKOUT_LOGON, "ALICE")); /* five were wrong */
	lockout_clear(LOCKOUT_LOGON, "ALICE");
	type_at(1, "logon alice wonder");
	CU_ASSERT_TRUE(shows(1, "FILES:   NO RDR,   NO PRT,   NO PUN"));
	CU_ASSERT_TRUE(shows(1, "LOGON AT "));
	CU_ASSERT_PTR_NOT_NULL(vm_find("ALICE"));
	CU_ASSERT_EQUAL(lines[1]->line.session->failures, 0);
	type_at(1, "QUERY ALICE");
	CU_ASSERT_TRUE(shows(1, "ALICE    - L0001"));
	type_at(1, "LOGON BOB BUILDER");
	CU_ASSERT_TRUE(shows(1, "HCPLGA054E"));
	type_at(2, "LOGON ALICE WONDER");
	CU_ASSERT_TRUE(shows(2, "HCPLGA054E Already logged on - ALICE L0001"));
}

/* The password is asked for when it was left out; whatever it is, it is not run as a command. */
static void test_prompt(void)
{
	type_at(2, "LOGON BOB");
	CU_ASSERT_TRUE(shows(2, "ENTER PASSWORD:"));
	type_at(2, "QUERY NAMES");
	CU_ASSERT_TRUE(shows(2, "HCPLGA050E"));
	CU_ASSERT_PTR_NULL(strstr(lines[2]->text, "OPERATOR"));
	type_at(2, "LOGON NOBODY");
	CU_ASSERT_TRUE(shows(2, "ENTER PASSWORD:"));
	type_at(2, "X");
	CU_ASSERT_TRUE(shows(2, "HCPLGA050E"));
	type_at(2, "LOGON BOB");
	type_at(2, "  builder ");
	CU_ASSERT_TRUE(shows(2, "LOGON AT "));
	type_at(3, "LOGON OPEN");
	CU_ASSERT_TRUE(shows(3, "LOGON AT "));
	type_at(3, "LOGOFF");
	CU_ASSERT_TRUE(shows(3, "CONNECT= 00:00:") && shows(3, "LOGOFF AT ") &&
		       shows(3, "VM/40 ONLINE L0003"));
	CU_ASSERT_PTR_NULL(vm_find("OPEN"));
	type_at(3, "LOGON SHARED builder BY bob");
	CU_ASSERT_TRUE(shows(3, "LOGON AT "));
	type_at(3, "LOGOFF");
	CU_ASSERT_EQUAL(vm_count(), 3);
}

static void test_talk(void)
{
	hosted_line_clear(lines[2]);
	type_at(1, "MSG BOB Hello there");
	CU_ASSERT_TRUE(shows(2, "* MSG FROM ALICE   : Hello there"));
	type_at(2, "SET MSG OFF");
	type_at(1, "MSG BOB Hello");
	CU_ASSERT_TRUE(shows(1, "HCPMSG057W BOB not receiving; MSG OFF"));
	hosted_line_clear(lines[2]);
	type_at(0, "WNG ALL Down at noon");
	CU_ASSERT_TRUE(shows(2, "* WARNING FROM OPERATOR: Down at noon"));
	type_at(2, "SET MSG ON");
	type_at(1, "MSG OPERATOR a#MSG OP b");
	CU_ASSERT_TRUE(shows(0, "ALICE   : a\n") && shows(0, "ALICE   : b\n"));
	type_at(1, "MSG NOBODY x");
	CU_ASSERT_TRUE(shows(1, "HCPCMD045E NOBODY not logged on"));
}

/* A running machine gets what is typed, as it is; CP gets #CP. */
static void test_routing(void)
{
	struct vm *alice = vm_find("ALICE");
	struct console *c;

	CU_ASSERT_PTR_NOT_NULL_FATAL(alice);
	c = console_of(device_find(alice, 9));
	CU_ASSERT_PTR_NOT_NULL_FATAL(c);
	type_at(1, "IPL 191#QUERY TIME");
	CU_ASSERT_FALSE(alice->stopped);
	CU_ASSERT_EQUAL(c->count, 1); /* by then the machine ran, so the rest was for it */
	type_at(1, "ls -l # all of it");
	CU_ASSERT_EQUAL(c->count, 2);
	CU_ASSERT_STRING_EQUAL(lines[1]->text, "");
	type_at(1, "#CP QUERY TIME#CP QUERY USERS");
	CU_ASSERT_TRUE(shows(1, "TIME IS") && shows(1, "    3 USERS"));
	CU_ASSERT_FALSE(alice->stopped);
	type_at(1, "#cp");
	CU_ASSERT_TRUE(alice->stopped);
	type_at(1, "QUERY TIME");
	CU_ASSERT_TRUE(shows(1, "TIME IS"));
	type_at(1, "BEGIN");
	CU_ASSERT_FALSE(alice->stopped);
	type_at(1, "#CPX");
	CU_ASSERT_EQUAL(c->count, 3);
	type_at(0, "SEND CP ALICE QUERY TIME");
	CU_ASSERT_TRUE(shows(1, "TIME IS"));
	type_at(0, "SEND ALICE for the machine");
	CU_ASSERT_EQUAL(c->count, 4);
}

/* The machine reads one line from its console. */
static void read_line(struct vm *vm, char *text)
{
	struct device *d = device_find(vm, 9);
	uint8_t data[CONSOLE_LINE_MAX];
	struct operation o = {.command = 0x0a, .data = data, .count = sizeof(data)};

	CU_ASSERT_EQUAL(d->class->exec(d, &o), DEVICE_DONE);
	ebcdic_to_ascii((char *)data, o.done);
	memcpy(text, data, o.done);
	text[o.done] = '\0';
}

static void type_ahead(const char *text)
{
	hosted_line_type(lines[1], text);
	hosted_settle(SECOND / 100);
}

/* More lines than a console holds wait, so that a file can be pasted; a machine that does not read loses them, or CP
 * could not be called any more. */
static void test_ahead(void)
{
	struct vm *alice = vm_find("ALICE");
	struct console *c = console_of(device_find(alice, 9));
	char text[CONSOLE_LINE_MAX + 1], line[16];

	c->head = c->count = 0;
	hosted_line_clear(lines[1]);
	for (unsigned n = 0; n < CONSOLE_LINES + 3; n++) {
		format(line, sizeof(line), "line %u", n);
		type_ahead(line);
	}
	CU_ASSERT_EQUAL(c->count, CONSOLE_LINES);
	for (unsigned n = 0; n < CONSOLE_LINES + 3; n++) {
		format(line, sizeof(line), "line %u", n);
		read_line(alice, text);
		CU_ASSERT_STRING_EQUAL(text, line);
		hosted_settle(SECOND / 100);
	}
	CU_ASSERT_STRING_EQUAL(lines[1]->text, "");
	for (unsigned n = 0; n < CONSOLE_LINES + 1; n++)
		type_ahead("nobody reads");
	hosted_settle(SESSION_PATIENCE - SECOND);
	CU_ASSERT_STRING_EQUAL(lines[1]->text, "");
	hosted_settle(2 * SECOND);
	CU_ASSERT_STRING_EQUAL(lines[1]->text, "NOT ACCEPTED\n");
	type_ahead("and so this is not kept waiting");
	CU_ASSERT_STRING_EQUAL(lines[1]->text, "NOT ACCEPTED\nNOT ACCEPTED\n");
	hosted_line_clear(lines[1]);
	read_line(alice, text);
	type_ahead("it has read");
	type_ahead("this one waits");
	CU_ASSERT_STRING_EQUAL(lines[1]->text, "");
	hosted_line_type(lines[1], "#CP QUERY USERS");
	task_wake(alice);
	hosted_settle(SECOND / 100);
	CU_ASSERT_TRUE(shows(1, "NOT ACCEPTED\n    3 USERS"));
	c->head = c->count = 0;
	alice->session->unread = false;
}

/* The terminal's driver is told when the queue is full, and when it is not any more. */
static void test_room(void)
{
	struct console *c = console_of(device_find(vm_find("ALICE"), 9));
	unsigned typed = 0;

	c->count = CONSOLE_LINES;
	hosted_line_clear(lines[1]);
	type_ahead("for a full console");
	while (line_room(&lines[1]->line) && typed < 100)
		hosted_line_type(lines[1], "ahead"), typed++;
	CU_ASSERT_EQUAL(typed, SESSION_QUEUE - 1);
	hosted_line_type(lines[1], "one too many");
	CU_ASSERT_STRING_EQUAL(lines[1]->text, "NOT ACCEPTED\n");
	c->head = c->count = 0;
	lines[1]->started = 0;
	task_wake(vm_find("ALICE"));
	hosted_settle(SECOND / 100);
	CU_ASSERT_EQUAL(lines[1]->started, 1);
	CU_ASSERT_TRUE(line_room(&lines[1]->line));
	hosted_settle(SESSION_PATIENCE + SECOND);
	c->head = c->count = 0;
	vm_find("ALICE")->session->unread = false;
}

/* The machine writes a line on its console: DEVICE_DONE or DEVICE_WAIT. */
static int write_line(struct vm *vm, const char *text)
{
	struct device *d = device_find(vm, 9);
	uint8_t data[80];
	struct operation o = {.command = 0x09, .data = data, .count = (uint32_t)strlen(text)};

	memcpy(data, text, o.count);
	ascii_to_ebcdic(data, o.count);
	return d->class->exec(d, &o);
}

/* A terminal slower than the machine: the machine waits, and nothing is lost; when the terminal is gone it does not. */
static void test_slow_terminal(void)
{
	struct vm *alice = vm_find("ALICE");
	struct device *d = device_find(alice, 9);
	unsigned written = 0, ready = d->arch.ready;
	char line[80];

	hosted_line_clear(lines[1]);
	lines[1]->slow = true;
	while (written < 1000) {
		format(line, sizeof(line), "line %u of what a machine has to say", written);
		if (write_line(alice, line) == DEVICE_WAIT)
			break;
		written++;
	}
	CU_ASSERT_TRUE(written > 50 && written < 300);
	CU_ASSERT_FALSE(line_room(&lines[1]->line)); /* nor is more typed than can be answered */
	hosted_settle(SECOND);
	CU_ASSERT_EQUAL(d->arch.ready, ready);
	CU_ASSERT_TRUE(hosted_line_take(lines[1]));
	hosted_settle(SECOND);
	CU_ASSERT_EQUAL(d->arch.ready, ready + 1); /* and no oftener than it helps */
	CU_ASSERT_TRUE(line_room(&lines[1]->line));
	CU_ASSERT_EQUAL(write_line(alice, line), DEVICE_DONE);
	written++;
	while (hosted_line_take(lines[1]))
		;
	for (unsigned n = 0; n < written; n++) {
		format(line, sizeof(line), "line %u of", n);
		CU_ASSERT_TRUE(hosted_line_has(lines[1], line));
	}
	while (write_line(alice, "again") != DEVICE_WAIT)
		;
	lines[1]->slow = false;
	line_closed(&lines[1]->line);
	hosted_settle(SECOND);
	CU_ASSERT_EQUAL(d->arch.ready, ready + 2);
	CU_ASSERT_EQUAL(write_line(alice, "to nobody"), DEVICE_DONE);
	line_opened(&lines[1]->line);
	hosted_settle(SECOND);
	type_at(1, "LOGON ALICE WONDER");
	CU_ASSERT_TRUE(shows(1, "RECONNECTED AT "));
}

/* SET RUN ON: CP reads after #CP, and the machine runs. */
static void test_run(void)
{
	struct vm *alice = vm_find("ALICE");
	struct console *c = console_of(device_find(alice, 9));
	unsigned count = c->count;

	type_at(1, "#CP SET RUN ON");
	type_at(1, "#CP");
	CU_ASSERT_FALSE(alice->stopped);
	type_at(1, "QUERY TIME");
	CU_ASSERT_TRUE(shows(1, "TIME IS"));
	CU_ASSERT_EQUAL(c->count, count);
	type_at(1, "QUERY SET");
	CU_ASSERT_TRUE(shows(1, "MSG ON , WNG ON , EMSG ON  , ACNT ON , RUN ON "));
	type_at(1, "BEGIN#to the machine");
	CU_ASSERT_FALSE(alice->stopped);
	CU_ASSERT_EQUAL(c->count, count + 1);
	type_at(1, "#CP SET RUN OFF#CP");
	type_at(1, "#CP");
	CU_ASSERT_TRUE(alice->stopped);
	type_at(1, "BEGIN");
	c->head = c->count = 0;
}

static void quiesce(void *argument)
{
	vm_quiesce(argument);
}

/* A held machine hears nothing; what is typed meanwhile, to it or to CP, has its turn when it goes on. */
static void test_held(void)
{
	struct vm *alice = vm_find("ALICE");
	struct console *c = console_of(device_find(alice, 9));

	c->count = 0;
	UNIT_IN_TASK(quiesce, alice);
	type_at(1, "for the machine");
	CU_ASSERT_EQUAL(c->count, 0);
	type_at(1, "#CP QUERY TIME");
	CU_ASSERT_FALSE(hosted_line_has(lines[1], "TIME IS"));
	vm_continue(alice);
	hosted_settle(SECOND);
	CU_ASSERT_EQUAL(c->count, 1);
	CU_ASSERT_TRUE(shows(1, "TIME IS"));
	c->count = CONSOLE_LINES; /* one that waits for room already: */
	type_at(1, "one more");
	UNIT_IN_TASK(quiesce, alice);
	c->count = 0;
	hosted_settle(2 * SESSION_PATIENCE);
	CU_ASSERT_EQUAL(c->count, 0);
	vm_continue(alice);
	hosted_settle(SECOND);
	CU_ASSERT_EQUAL(c->count, 1);
	CU_ASSERT_FALSE(hosted_line_has(lines[1], "NOT ACCEPTED"));
	c->head = c->count = 0;
}

/* CP asks for a minidisk's password that was left out; a wrong one waits and is counted as LOGON's are. */
static void test_link_password(void)
{
	tod_t began;

	type_at(1, "#CP LINK BOB 191 292 WR");
	CU_ASSERT_TRUE(shows(1, "ENTER WRITE PASSWORD:"));
	type_at(1, " write ");
	CU_ASSERT_TRUE(shows(1, "DASD 0292 LINKED R/O"));
	type_at(1, "#CP DETACH 292");
	lines[1]->line.session->failures = 0;
	lockout_clear(LOCKOUT_LOGON, "ALICE"); /* tested in test_swap.c */
	lockout_clear(LOCKOUT_LINK, "ALICE");
	hosted_line_clear(lines[0]);
	for (unsigned n = 0; n < 4; n++) {
		hosted_line_clear(lines[1]);
		hosted_line_type(lines[1], "#CP LINK BOB 191 292 WR");
		hosted_settle(SECOND / 10);
		CU_ASSERT_TRUE(shows(1, "ENTER WRITE PASSWORD:"));
		hosted_line_clear(lines[1]);
		began = arch_clock();
		hosted_line_type(lines[1], n == 2 ? "" : "QUERY NAMES");
		while (!lines[1]->used && arch_clock() - began < 60 * SECOND)
			hosted_settle(SECOND / 10);
		CU_ASSERT_TRUE(arch_clock() - began > (n + 1) * 19 * SECOND / 10);
		CU_ASSERT_STRING_EQUAL(lines[1]->text,
				       "HCPLNK114E BOB 0191 not linked; mode or password incorrect\n");
	}
	CU_ASSERT_TRUE(shows(0, "HCPLGA1055W 4 unsuccessful LINK attempts at L0001, last as BOB 0191"));
	type_at(1, "#CP LINK BOB 191 292 WR PASS=WRITE");
	CU_ASSERT_TRUE(shows(1, "DASD 0292 LINKED R/O"));
	type_at(1, "#CP DETACH 292");
	lines[1]->line.session->failures = 0;
	lockout_clear(LOCKOUT_LOGON, "ALICE"); /* tested in test_swap.c */
	lockout_clear(LOCKOUT_LINK, "ALICE");
}

static void test_watchers(void)
{
	type_at(0, "SET OBSERVER ALICE *");
	hosted_line_clear(lines[0]);
	type_at(1, "#CP QUERY TIME");
	CU_ASSERT_TRUE(shows(0, "ALICE   : TIME IS"));
	type_at(0, "SET OBSERVER ALICE OFF");
	hosted_line_clear(lines[0]);
	type_at(1, "#CP QUERY TIME");
	CU_ASSERT_STRING_EQUAL(lines[0]->text, "");
}

/* A line that drops leaves the user disconnected; the next one at that line is nobody. */
static void test_drop(void)
{
	struct vm *alice = vm_find("ALICE");

	line_closed(&lines[1]->line);
	hosted_settle(SECOND);
	CU_ASSERT_PTR_EQUAL(vm_find("ALICE"), alice);
	CU_ASSERT_PTR_NULL(alice->session->line);
	CU_ASSERT_TRUE(shows(0, "ALICE DISCONNECTED"));
	line_opened(&lines[1]->line);
	hosted_settle(SECOND);
	type_at(1, "QUERY ALICE");
	CU_ASSERT_TRUE(shows(1, "ALICE    - DSC"));
	type_at(1, "IPL 191");
	CU_ASSERT_TRUE(shows(1, "log on first"));
	type_at(1, "LOGON ALICE WRONG");
	CU_ASSERT_TRUE(shows(1, "HCPLGA050E"));
	type_at(1, "LOGON ALICE WONDER");
	CU_ASSERT_TRUE(shows(1, "RECONNECTED AT "));
	CU_ASSERT_FALSE(alice->stopped);
	CU_ASSERT_PTR_EQUAL(lines[1]->line.session, alice->session);
	/* running when the fifteen minutes are over: it stays */
	line_closed(&lines[1]->line);
	hosted_settle(16 * 60 * SECOND);
	CU_ASSERT_PTR_EQUAL(vm_find("ALICE"), alice);
	line_opened(&lines[1]->line);
	type_at(1, "LOGON ALICE WONDER");
	type_at(1, "#CP STOP");
	/* stopped: it goes, but not before */
	line_closed(&lines[1]->line);
	hosted_settle(14 * 60 * SECOND);
	CU_ASSERT_PTR_EQUAL(vm_find("ALICE"), alice);
	hosted_settle(2 * 60 * SECOND);
	CU_ASSERT_PTR_NULL(vm_find("ALICE"));
	CU_ASSERT_TRUE(shows(0, "ALICE DID NOT RETURN"));
	line_opened(&lines[1]->line);
	hosted_settle(SECOND);
}

static void test_disconnect(void)
{
	type_at(1, "LOGON ALICE WONDER");
	type_at(1, "DISCONN");
	CU_ASSERT_TRUE(shows(1, "DISCONNECT AT ") && shows(1, "VM/40 ONLINE L0001"));
	hosted_settle(60 * 60 * SECOND);
	CU_ASSERT_PTR_NOT_NULL(vm_find("ALICE"));
	type_at(3, "LOGON ALICE WONDER");
	CU_ASSERT_TRUE(shows(3, "RECONNECTED AT ") && shows(3, "CP READ; BEGIN"));
	type_at(1, "LOGON ALICE WONDER HERE");
	CU_ASSERT_TRUE(shows(1, "RECONNECTED AT "));
	CU_ASSERT_TRUE(shows(3, "ANOTHER TERMINAL") && shows(3, "VM/40 ONLINE L0003"));
}

/* Somebody sees a line, or it is kept: at the terminal, over the shoulder, in the listing. Else it need not be made. */
static void test_heard(void)
{
	struct vm *alice = vm_find("ALICE");
	struct session *s = alice->session;
	struct console *c = console_of(device_find(alice, 9));

	CU_ASSERT_TRUE(session_heard(s));
	type_at(1, "DISCONN");
	CU_ASSERT_FALSE(session_heard(s));
	CU_ASSERT_EQUAL(write_line(alice, "to nobody"), DEVICE_DONE);
	CU_ASSERT_EQUAL(c->used, 0);
	type_at(0, "SEND CP ALICE SET SECUSER OPERATOR");
	CU_ASSERT_TRUE(session_heard(s));
	hosted_line_clear(lines[0]);
	CU_ASSERT_EQUAL(write_line(alice, "to somebody"), DEVICE_DONE);
	CU_ASSERT_TRUE(shows(0, "ALICE   : to somebody\n"));
	type_at(0, "SEND CP ALICE SET SECUSER AUTO"); /* who is not here */
	CU_ASSERT_FALSE(session_heard(s));
	type_at(0, "SET OBSERVER ALICE *");
	CU_ASSERT_TRUE(session_heard(s));
	type_at(0, "SET OBSERVER ALICE OFF");
	CU_ASSERT_FALSE(session_heard(s));
	c->spool.started = true;
	CU_ASSERT_TRUE(session_heard(s));
	c->spool.started = false;
	type_at(0, "SEND CP ALICE SET SECUSER OFF");
	type_at(1, "LOGON ALICE WONDER");
	CU_ASSERT_TRUE(shows(1, "RECONNECTED AT "));
}

static void test_force(void)
{
	hosted_line_clear(lines[1]);
	type_at(0, "FORCE ALICE");
	CU_ASSERT_TRUE(shows(1, "FORCED BY OPERATOR") && shows(1, "LOGOFF AT "));
	CU_ASSERT_PTR_NULL(vm_find("ALICE"));
	type_at(1, "LOGON ALICE WONDER");
	CU_ASSERT_TRUE(shows(1, "LOGON AT "));
	/* while its session sleeps in a command */
	hosted_line_type(lines[1], "SLEEP 10 MIN");
	hosted_settle(SECOND);
	type_at(0, "FORCE ALICE");
	CU_ASSERT_PTR_NULL(vm_find("ALICE"));
	CU_ASSERT_TRUE(shows(1, "VM/40 ONLINE L0001"));
	type_at(0, "XAUTOLOG AUTO");
	CU_ASSERT_PTR_NOT_NULL(vm_find("AUTO"));
	type_at(0, "XAUTOLOG AUTO");
	CU_ASSERT_TRUE(shows(0, "HCPXAL059E"));
	type_at(0, "AUTOLOG ALICE WONDER");
	CU_ASSERT_PTR_NOT_NULL(vm_find("ALICE"));
	type_at(0, "FORCE AUTO#FORCE ALICE");
	CU_ASSERT_PTR_NULL(vm_find("AUTO"));
	CU_ASSERT_PTR_NULL(vm_find("ALICE"));
}

static void test_directory_error(void)
{
	directory_broken = true;
	type_at(1, "LOGON ALICE WONDER");
	CU_ASSERT_TRUE(shows(1, "HCPCMD1053S"));
	directory_broken = false;
}

/* Many sessions of random lines: nobody gets lost, nothing is left behind. */
static void test_storm(void)
{
	static const char *const texts[] = {
		"LOGON ALICE WONDER",
		"LOGON BOB BUILDER",
		"LOGON ALICE",
		"WONDER",
		"LOGOFF",
		"DISC",
		"#CP",
		"BEGIN",
		"IPL 191",
		"QUERY NAMES",
		"#CP LOGOFF",
		"hello",
		"FORCE ALICE",
		"SLEEP 1 SEC",
		"LOGON BOB BUILDER HERE",
		"SYSTEM CLEAR",
		"MSG BOB x",
		"LOGON OPEN",
		"STOP#BEGIN#STOP",
		"D 0-100",
		"DEFINE STORAGE 8M",
		"LINK ALICE 191 291 RR",
	};
	unsigned rounds = hosted_long() ? 20000 : 3000;
	uint64_t seed = 1967;

	for (unsigned i = 0; i < rounds; i++) {
		unsigned n = 1 + hosted_random(&seed) % 3;

		if (hosted_random(&seed) % 12 == 0) {
			line_closed(&lines[n]->line);
			hosted_settle(hosted_random(&seed) % 3 * 500 * SECOND);
			line_opened(&lines[n]->line);
		}
		if (hosted_random(&seed) % 20 == 0)
			hosted_line_type(lines[0], "FORCE ALICE#FORCE BOB#FORCE OPEN");
		hosted_line_type(lines[n], texts[hosted_random(&seed) % ARRAY_SIZE(texts)]);
		if (hosted_random(&seed) % 2)
			hosted_settle(hosted_random(&seed) % 5000 * TOD_MILLISECOND);
	}
	hosted_settle(100 * SECOND);
	for (unsigned n = 1; n < ARRAY_SIZE(lines); n++) {
		line_closed(&lines[n]->line);
		hosted_settle(SECOND);
		line_opened(&lines[n]->line);
	}
	for (struct vm *vm = vm_next(NULL); vm; vm = vm_next(vm))
		if (strcmp(vm->userid, "OPERATOR") != 0)
			vm_request(vm, REQUEST_LOGOFF);
	hosted_settle(100 * SECOND);
	CU_ASSERT_EQUAL(vm_count(), 1);
	unsigned count = 0;
	for (struct session *s = session_next(NULL); s; s = session_next(s))
		count++;
	CU_ASSERT_EQUAL(count, ARRAY_SIZE(lines));
	type_at(0, "QUERY NAMES");
	CU_ASSERT_TRUE(shows(0, "OPERATOR - L0000"));
}

static void shutdown(void *argument)
{
	(void)argument;
	command_run("SHUTDOWN", vm_find("OPERATOR"), NULL, NULL, CLASS_ALL, &reply_nowhere);
}

static void test_shutdown(void)
{
	CU_ASSERT_EQUAL(hosted_child(shutdown, NULL), 0);
}

static const struct unit_test tests[] = {
	{"start: the operator is logged on, weak passwords are told", test_start},
	{"logon: whoever may not hears the same after the same time", test_refused},
	{"logon: failures in a row wait longer, and the operator hears", test_attempts},
	{"logon: userid and password on one line", test_logon},
	{"logon: the question for the password, NOPASS, BY", test_prompt},
	{"messages: MSG, WNG, SET MSG OFF, line-end symbol", test_talk},
	{"input: VM READ, CP READ, #CP, SEND", test_routing},
	{"input: typed ahead waits, for a while", test_ahead},
	{"input: the driver knows when there is room", test_room},
	{"output: a machine waits for a slow terminal", test_slow_terminal},
	{"input: SET RUN ON", test_run},
	{"input: a held machine hears nothing yet", test_held},
	{"link: the question for the password, a wrong one", test_link_password},
	{"observer: sees what the user sees", test_watchers},
	{"lines: a drop disconnects; return in time, or not", test_drop},
	{"disconnect: and come back, from another terminal too", test_disconnect},
	{"lines that nobody hears", test_heard},
	{"force and autolog", test_force},
	{"directory: an unreadable one is told", test_directory_error},
	{"storm: random lines, drops and forces", test_storm},
	{"shutdown: stops with code 0", test_shutdown},
};

UNIT_MAIN("session", tests)
