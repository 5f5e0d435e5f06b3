/*
 * test_command.c - the command language: abbreviations, classes, operands, answers, and any bytes at all.
 */
#include "users.h"
#include <cp/format.h>
#include <cp/link.h>
#include <cp/minidisk.h>
#include <cp/string.h>

#define ALL_CLASSES (CLASS('A') | CLASS('B') | CLASS('C') | CLASS('D') | CLASS('E') | CLASS('G'))

static char answer[16384];
static struct reply_buffer collected;
static struct session *alice_session, *bob_session;
static struct vm *alice, *bob;

static int run_as(struct vm *vm, uint32_t classes, const char *text)
{
	int rc;

	reply_buffer_init(&collected, answer, sizeof(answer) - 1, NULL);
	rc = command_run(text, vm, NULL, NULL, classes, &collected.reply);
	answer[collected.used] = '\0';
	return rc;
}

static int run(const char *text)
{
	return run_as(alice, ALL_CLASSES, text);
}

static bool says(const char *text)
{
	if (strstr(answer, text))
		return true;
	fprintf(stderr, "\nwanted: %s\nanswer: %s\n", text, answer);
	return false;
}

static void log_everybody_on(void *argument)
{
	(void)argument;
	add_everybody();
	CU_ASSERT_EQUAL(session_autolog("ALICE", &reply_nowhere), 0);
	CU_ASSERT_EQUAL(session_autolog("BOB", &reply_nowhere), 0);
	alice = vm_find("ALICE");
	bob = vm_find("BOB");
	CU_ASSERT_PTR_NOT_NULL_FATAL(alice);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bob);
	alice_session = alice->session;
	bob_session = bob->session;
}

/* ---- the catalogue and the table as data ------------------------------------------------------------------ */

static void test_catalogue(void)
{
	for (unsigned i = 0; i < MSG_COUNT; i++) {
		const struct message *m = &message_table[i];

		CU_ASSERT_TRUE(m->number > 0);
		CU_ASSERT_PTR_NOT_NULL(strchr("AEIWRST", m->severity));
		CU_ASSERT_EQUAL(strlen(m->module), 3);
		for (const char *p = m->text; (p = strchr(p, '%')) != NULL; p++)
			CU_ASSERT_TRUE(p[1] == 's' || p[1] == 'u');
	}
}

static void check_table(const struct command_entry *table, const struct command_entry *outer)
{
	for (const struct command_entry *e = table; e->name; e++) {
		size_t n = strlen(e->name);
		char shortest[24];
		const struct command_entry *f = table;

		CU_ASSERT_TRUE(e->shortest >= 1 && e->shortest <= n);
		CU_ASSERT_PTR_NOT_NULL(e->run);
		CU_ASSERT_TRUE(e->least <= e->most);
		CU_ASSERT_TRUE(strlen(e->help) > 10);
		CU_ASSERT_TRUE(strlen(e->syntax) >= 3);
		/* its shortest form and its full name both lead to it */
		string_copy(shortest, e->shortest + 1u, e->name);
		while (!command_abbreviates(shortest, f->name, f->shortest))
			f++;
		if (strcmp(f->name, e->name) != 0)
			fprintf(stderr, "%s leads to %s\n", shortest, f->name);
		CU_ASSERT_STRING_EQUAL(f->name, e->name);
		for (f = table; !command_abbreviates(e->name, f->name, f->shortest); f++)
			;
		CU_ASSERT_STRING_EQUAL(f->name, e->name);
		(void)outer;
		if (e->operands)
			check_table(e->operands, e);
	}
}

static void test_table(void)
{
	check_table(command_table, NULL);
}

static void test_emsg(void)
{
	char text[80];

	CU_ASSERT_EQUAL(
		message_format(text, sizeof(text), SET_EMSG_CODE | SET_EMSG_TEXT, MSG_UNKNOWN_COMMAND, "XYZ"),
		1);
	CU_ASSERT_STRING_EQUAL(text, "HCPCMD001E Unknown CP command: XYZ");
	message_format(text, sizeof(text), SET_EMSG_CODE, MSG_UNKNOWN_COMMAND, "XYZ");
	CU_ASSERT_STRING_EQUAL(text, "HCPCMD001E");
	message_format(text, sizeof(text), SET_EMSG_TEXT, MSG_UNKNOWN_COMMAND, "XYZ");
	CU_ASSERT_STRING_EQUAL(text, "Unknown CP command: XYZ");
	message_format(text, sizeof(text), 0, MSG_UNKNOWN_COMMAND, "XYZ");
	CU_ASSERT_STRING_EQUAL(text, "");
	message_format(text, 8, SET_EMSG_CODE | SET_EMSG_TEXT, MSG_UNKNOWN_COMMAND, "XYZ");
	CU_ASSERT_STRING_EQUAL(text, "HCPCMD0");
}

/* ---- the parser ---------------------------------------------------------------------------------------------- */

static void body_parse(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(run(""), 0);
	CU_ASSERT_EQUAL(run("     "), 0);
	CU_ASSERT_EQUAL(run("* a remark"), 0);
	CU_ASSERT_STRING_EQUAL(answer, "");
	CU_ASSERT_EQUAL(run("XYZZY"), 1);
	CU_ASSERT_TRUE(says("HCPCMD001E Unknown CP command: XYZZY\n"));
	CU_ASSERT_EQUAL(run("  q   t  "), 0);
	CU_ASSERT_TRUE(says("TIME IS "));
	CU_ASSERT_TRUE(says("CONNECT= 00:"));
	CU_ASSERT_EQUAL(run("cp #cp CP query users"), 0);
	CU_ASSERT_TRUE(says("    2 USERS,"));
	CU_ASSERT_EQUAL(run("QUERY"), 26);
	CU_ASSERT_EQUAL(run("QUERY TIME NOW"), 3);
	CU_ASSERT_TRUE(says("HCPCMD003E Invalid option - NOW"));
	CU_ASSERT_EQUAL(run("MSG"), 26);
	CU_ASSERT_EQUAL(run("QUERY \x01\x80\xff TIME"), 0);
	CU_ASSERT_EQUAL(run("CP"), 1);
}

static void test_parse(void)
{
	UNIT_IN_TASK(body_parse, NULL);
}

static void body_classes(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(run_as(alice, CLASS('G'), "FORCE BOB"), 28);
	CU_ASSERT_TRUE(says("HCPCMD028E FORCE needs privilege class A; yours is G"));
	CU_ASSERT_PTR_EQUAL(vm_find("BOB"), bob);
	CU_ASSERT_EQUAL(run_as(alice, CLASS('G'), "WNG BOB HELLO"), 28);
	CU_ASSERT_TRUE(says("A or B"));
	CU_ASSERT_EQUAL(run_as(alice, CLASS('G'), "MSG ALL HELLO"), 28);
	/* one name, two formats */
	CU_ASSERT_EQUAL(run_as(alice, CLASS('G'), "QUERY STORAGE"), 0);
	CU_ASSERT_STRING_EQUAL(answer, "STORAGE = 16M\n");
	CU_ASSERT_EQUAL(run_as(alice, CLASS('B') | CLASS('G'), "QUERY STORAGE"), 0);
	CU_ASSERT_TRUE(says("FREE"));
	/* before LOGON */
	CU_ASSERT_EQUAL(run_as(NULL, 0, "IPL 190"), 45);
	CU_ASSERT_TRUE(says("log on first"));
	CU_ASSERT_EQUAL(run_as(NULL, 0, "SET MSG OFF"), 45);
	CU_ASSERT_EQUAL(run_as(NULL, ALL_CLASSES, "SHUTDOWN"), 45);
	CU_ASSERT_EQUAL(run_as(NULL, 0, "QUERY NAMES"), 0);
	CU_ASSERT_TRUE(says("ALICE    - DSC"));
	CU_ASSERT_EQUAL(run_as(NULL, 0, "HELP"), 0);
	CU_ASSERT_TRUE(says("LOGON"));
	CU_ASSERT_PTR_NULL(strstr(answer, "SHUTDOWN"));
}

static void test_classes(void)
{
	UNIT_IN_TASK(body_classes, NULL);
}

/* ---- QUERY, as programs read it -------------------------------------------------------------------------------- */

static void body_query(void *argument)
{
	char *p;

	(void)argument;
	CU_ASSERT_EQUAL(run("QUERY VIRTUAL"), 0);
	CU_ASSERT_FALSE(says("REFLECTED"));
	alice->cpu[0]->arch.reflected = 5;
	CU_ASSERT_EQUAL(run("QUERY VIRTUAL"), 0);
	CU_ASSERT_TRUE(says("REFLECTED 1\n"));
	alice->cpu[0]->arch.reflected = 0;
	CU_ASSERT_EQUAL(run("QUERY CONSOLE"), 0);
	CU_ASSERT_EQUAL(strncmp(answer, "CONS 0009 ON ", 13), 0);
	p = strstr(answer, "SUBCHANNEL =");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(strtoul(p + 13, NULL, 16), device_find(alice, 9)->arch.number);
	CU_ASSERT_EQUAL(strtoul(answer + 5, NULL, 16), 9);
	CU_ASSERT_EQUAL(run("QUERY TERM"), 0);
	p = strstr(answer, "CONMODE");
	CU_ASSERT_PTR_NOT_NULL_FATAL(p);
	CU_ASSERT_EQUAL(strncmp(p + 8, "3215", 4), 0);
	CU_ASSERT_EQUAL(run("TERM CONMODE 3215"), 0);
	CU_ASSERT_STRING_EQUAL(answer, "");
	CU_ASSERT_EQUAL(run("TERM CONMODE 3270"), 3);
	CU_ASSERT_EQUAL(run("TERM AUTOCR OFF"), 0);
	CU_ASSERT_FALSE(alice->options & SET_AUTOCR);
	CU_ASSERT_EQUAL(run("QUERY VIRTUAL"), 0);
	CU_ASSERT_TRUE(says("STORAGE = 16M"));
	CU_ASSERT_TRUE(says("DASD 0191 9336 VM40VL"));
	CU_ASSERT_TRUE(says("RDR  000C"));
	CU_ASSERT_EQUAL(run("QUERY V 191"), 0);
	CU_ASSERT_TRUE(says("DASD 0191"));
	CU_ASSERT_EQUAL(run("QUERY V 777"), 40);
	CU_ASSERT_EQUAL(run("QUERY V WXYZ"), 22);
	CU_ASSERT_EQUAL(run("QUERY BOB"), 0);
	CU_ASSERT_STRING_EQUAL(answer, "BOB      - DSC\n");
	CU_ASSERT_EQUAL(run("QUERY NOBODY"), 45);
	CU_ASSERT_EQUAL(run("QUERY SET"), 0);
	CU_ASSERT_TRUE(says("MSG ON , WNG ON , EMSG ON  "));
	CU_ASSERT_EQUAL(run("QUERY CPLEVEL"), 0);
	CU_ASSERT_EQUAL(run("QUERY PRIVCLASS"), 0);
	CU_ASSERT_EQUAL(run("QUERY SHARE"), 0);
	alice->cpu[0]->arch.entered = 3;
	alice->cpu[0]->arch.delivered = alice->cpu[0]->arch.restarted = 4;
	CU_ASSERT_EQUAL(run("INDICATE USER"), 0);
	CU_ASSERT_TRUE(
		says(" RESTART=4 DELIVER=4 ENTER=3\n")); /* the greatest first, equal ones in their order */
	CU_ASSERT_EQUAL(run("INDICATE LOAD"), 0);
	CU_ASSERT_EQUAL(run("HELP QUERY TIME"), 0);
	CU_ASSERT_TRUE(says("QUERY TIME"));
	CU_ASSERT_EQUAL(run("COMMANDS"), 0);
}

static void test_query(void)
{
	UNIT_IN_TASK(body_query, NULL);
}

static void body_set(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(run("SET EMSG CODE"), 0);
	CU_ASSERT_EQUAL(run("XYZZY"), 1);
	CU_ASSERT_STRING_EQUAL(answer, "HCPCMD001E\n");
	CU_ASSERT_EQUAL(run("SET EMSG OFF"), 0);
	CU_ASSERT_EQUAL(run("XYZZY"), 1);
	CU_ASSERT_STRING_EQUAL(answer, "");
	CU_ASSERT_EQUAL(run("SET EMSG ON"), 0);
	CU_ASSERT_EQUAL(run("SET MSG OFF"), 0);
	CU_ASSERT_EQUAL(run("SET MSG MAYBE"), 26);
	CU_ASSERT_EQUAL(run("SET"), 26);
	CU_ASSERT_EQUAL(run("SET NONSENSE ON"), 3);
	CU_ASSERT_EQUAL(run("SET ASSIST SIE ON"), 1068); /* a processor without it */
	CU_ASSERT_EQUAL(run("SET ASSIST SIE OFF"), 0);
	CU_ASSERT_EQUAL(run("SET ASSIST SIE"), 26);
	CU_ASSERT_EQUAL(run("SET ASSIST SIE PERHAPS"), 26);
	hosted_interprets = true;
	CU_ASSERT_EQUAL(run("SET ASSIST SIE ON"), 0);
	CU_ASSERT_EQUAL(run("QUERY SET"), 0);
	CU_ASSERT_TRUE(says("ASSIST ON , ASSIST SIE ON "));
	CU_ASSERT_EQUAL(run("INDICATE USER"), 0);
	CU_ASSERT_TRUE(says(
		"CPU 00: ENGINE=HOSTED INTERRUPTED=0 SIMULATED=0 PROGRAM=0 SVC=0 PAGE=0 REQUEST=0 WAIT=0 "
		"ERROR=0\n"));
	alice->cpu[0]->intercepts[INTERCEPT_PAGE] = 3;
	exits_begin(alice->cpu[0], "SIE"); /* as a port does when it changes the engine */
	alice->cpu[0]->intercepts[INTERCEPT_INSTRUCTION] = 5;
	CU_ASSERT_EQUAL(run("INDICATE USER"), 0);
	CU_ASSERT_TRUE(says("CPU 00: ENGINE=SIE INTERRUPTED=0 SIMULATED=5 PROGRAM=0 SVC=0 PAGE=0"));
	CU_ASSERT_TRUE(says("CPU 00: BEFORE=HOSTED INTERRUPTED=0 SIMULATED=0 PROGRAM=0 SVC=0 PAGE=3"));
	CU_ASSERT_FALSE(says("MEAN"));
	alice->cpu[0]->left->measured[INTERCEPT_INSTRUCTION] = 4;
	alice->cpu[0]->left->time[INTERCEPT_INSTRUCTION] = 3 * TOD_MICROSECOND + TOD_MICROSECOND / 2;
	alice->cpu[0]->left->measured[INTERCEPT_PAGE] = 1;
	alice->cpu[0]->left->time[INTERCEPT_PAGE] = TOD_MICROSECOND / 2;
	CU_ASSERT_EQUAL(run("INDICATE USER"), 0);
	CU_ASSERT_TRUE(says(" SIE-SIMULATED   MEASURED=4 MEAN=0.875 USEC SHARE=87%\n"));
	CU_ASSERT_TRUE(says(" SIE-PAGE        MEASURED=1 MEAN=0.500 USEC SHARE=12%\n"));
	CU_ASSERT_EQUAL(run("SET ASSIST OFF"), 0);
	CU_ASSERT_EQUAL(run("SET ASSIST SIE OFF"), 0);
	CU_ASSERT_EQUAL(run("QUERY SET"), 0);
	CU_ASSERT_TRUE(says("ASSIST OFF, ASSIST SIE OFF"));
	CU_ASSERT_EQUAL(run("SET ASSIST ON"), 0);
	hosted_interprets = false;
	CU_ASSERT_EQUAL(run("SET MSG ON"), 0);
	CU_ASSERT_EQUAL(run("SET SHARE ALICE RELATIVE 500"), 0);
	CU_ASSERT_EQUAL(share_get(alice), 500);
	CU_ASSERT_EQUAL(run("SET SHARE ALICE RELATIVE 0"), 26);
	CU_ASSERT_EQUAL(run("SET SHARE ALICE ABSOLUTE 50%"), 0);
	CU_ASSERT_EQUAL(share_get(alice), 100);
	CU_ASSERT_EQUAL(run_as(alice, CLASS('G'), "SET OBSERVER BOB ALICE"), 28);
	CU_ASSERT_EQUAL(run_as(alice, CLASS('G'), "SET SECUSER BOB"), 0);
	CU_ASSERT_STRING_EQUAL(alice->secuser, "BOB");
	CU_ASSERT_EQUAL(run("SET SECUSER OFF"), 0);
	CU_ASSERT_EQUAL(run_as(alice, CLASS('G'), "SEND CP BOB QUERY TIME"), 1062);
	CU_ASSERT_EQUAL(run("TERM LINEND $"), 0);
	CU_ASSERT_EQUAL(alice_session->terminal.line_end, '$');
	CU_ASSERT_EQUAL(run("TERM LINEND ON"), 0);
	CU_ASSERT_EQUAL(alice_session->terminal.line_end, '#');
}

static void test_set(void)
{
	UNIT_IN_TASK(body_set, NULL);
}

/* ---- DISPLAY and STORE ----------------------------------------------------------------------------------------- */

static void body_display(void *argument)
{
	uint8_t bytes[4];

	(void)argument;
	CU_ASSERT_EQUAL(run("STORE 1000 00010203 4 C1C2C3C4"), 0);
	CU_ASSERT_TRUE(says("STORE COMPLETE"));
	CU_ASSERT_EQUAL(run("DISPLAY 1000.C"), 0);
	CU_ASSERT_TRUE(says("R00001000  00010203 00000004 C1C2C3C4"));
	CU_ASSERT_EQUAL(run("D T1000"), 0);
	CU_ASSERT_TRUE(says("*........ABCD....*"));
	CU_ASSERT_EQUAL(run("D 1000-1013"), 0);
	CU_ASSERT_TRUE(says("R00001010  00000000\n"));
	CU_ASSERT_EQUAL(run("STORE S2001 A1B2C3"), 0);
	CU_ASSERT_EQUAL(guest_read(alice, 0x2001, bytes, 3), 0);
	CU_ASSERT_EQUAL(memcmp(bytes, "\xa1\xb2\xc3", 3), 0);
	CU_ASSERT_EQUAL(run("STORE S2001 A1B"), 5);
	CU_ASSERT_EQUAL(run("STORE 2000 XYZ"), 5);
	CU_ASSERT_EQUAL(run("STORE FFFFFFFFFFFFFFFF 0"), 160);
	CU_ASSERT_EQUAL(run("STORE 1000-1004 0"), 4);
	CU_ASSERT_EQUAL(run("D 1000000"), 160);
	CU_ASSERT_EQUAL(run("D 20-10"), 9);
	CU_ASSERT_EQUAL(run("D QQQ"), 4);
	CU_ASSERT_EQUAL(run("D 0-END"), 0);
	CU_ASSERT_TRUE(says("CONTINUE WITH  DISPLAY L00000800"));
	CU_ASSERT_EQUAL(run("D 0-FFFFFFFFFFFFFFFF"), 0);
	CU_ASSERT_EQUAL(run("D FFFFFF.FFFFFFFFFFFFFFFF"), 0);
	CU_ASSERT_EQUAL(run("D VFFFFFFFFFFFFFF00-FFFFFFFFFFFFFFFF"), 1061);
	CU_ASSERT_EQUAL(run("D K"), 0);
	CU_ASSERT_TRUE(says("00003000 TO 00FFEFFF  KEY = 00"));
	CU_ASSERT_EQUAL(run("STORE G3 123456789ABCDEF0 42"), 0);
	CU_ASSERT_EQUAL(alice->cpu[0]->arch.gpr[3], 0x123456789abcdef0);
	CU_ASSERT_EQUAL(alice->cpu[0]->arch.gpr[4], 0x42);
	CU_ASSERT_EQUAL(run("D G3-4"), 0);
	CU_ASSERT_TRUE(says("GPR  3 = 123456789ABCDEF0 0000000000000042\n"));
	CU_ASSERT_EQUAL(run("D G"), 0);
	CU_ASSERT_TRUE(says("GPR 12 ="));
	CU_ASSERT_EQUAL(run("D G16"), 10);
	CU_ASSERT_EQUAL(run("STORE GF 1 2"), 10);
	CU_ASSERT_EQUAL(run("STORE PSW 0000000180000000 4711"), 0);
	CU_ASSERT_EQUAL(alice->cpu[0]->arch.psw.mask, 0x180000000);
	CU_ASSERT_EQUAL(alice->cpu[0]->arch.psw.address, 0x4711);
	CU_ASSERT_EQUAL(run("D PSW"), 0);
	CU_ASSERT_TRUE(says("PSW = "));
	CU_ASSERT_EQUAL(run("STORE P 4720"), 0);
	CU_ASSERT_EQUAL(alice->cpu[0]->arch.psw.mask, 0x180000000);
	CU_ASSERT_EQUAL(alice->cpu[0]->arch.psw.address, 0x4720);
	CU_ASSERT_EQUAL(run("D X0 Y"), 0);
	CU_ASSERT_EQUAL(run("STORE CR9 77"), 0); /* by the row's name */
	CU_ASSERT_EQUAL(run("D CR9"), 0);
	CU_ASSERT_TRUE(says("CR   9 = 0000000000000077\n"));
	CU_ASSERT_EQUAL(run("D PREFIX"), 0);
	CU_ASSERT_TRUE(says("PREFIX = 00000000\n"));
	CU_ASSERT_EQUAL(run("D CC"), 0); /* a name, but first of all an address */
	CU_ASSERT_TRUE(says("R000000CC  00000000"));
	CU_ASSERT_EQUAL(run("D CRX"), 10);
	CU_ASSERT_EQUAL(run("D PREFIX1"), 10);
}

static void test_display(void)
{
	UNIT_IN_TASK(body_display, NULL);
}

/* ---- links -------------------------------------------------------------------------------------------------------- */

static void test_link_rule(void)
{
	static const struct {
		uint8_t mode;
		enum link_grant nobody, readers, writer;
	} rows[] = {
		{LINK_R, LINK_READ_ONLY, LINK_READ_ONLY, LINK_REFUSED},
		{LINK_RR, LINK_READ_ONLY, LINK_READ_ONLY, LINK_READ_ONLY},
		{LINK_W, LINK_READ_WRITE, LINK_REFUSED, LINK_REFUSED},
		{LINK_WR, LINK_READ_WRITE, LINK_READ_ONLY, LINK_READ_ONLY},
		{LINK_M, LINK_READ_WRITE, LINK_READ_WRITE, LINK_REFUSED},
		{LINK_MR, LINK_READ_WRITE, LINK_READ_WRITE, LINK_READ_ONLY},
		{LINK_MW, LINK_READ_WRITE, LINK_READ_WRITE, LINK_READ_WRITE},
	};

	for (unsigned i = 0; i < ARRAY_SIZE(rows); i++) {
		CU_ASSERT_EQUAL(link_decide(rows[i].mode, 0, 0), rows[i].nobody);
		CU_ASSERT_EQUAL(link_decide(rows[i].mode, 3, 0), rows[i].readers);
		CU_ASSERT_EQUAL(link_decide(rows[i].mode, 0, 1), rows[i].writer);
		CU_ASSERT_EQUAL(link_decide(rows[i].mode, 2, 1), rows[i].writer);
		CU_ASSERT_EQUAL(link_mode_find(link_mode_name(rows[i].mode)), rows[i].mode);
	}
	CU_ASSERT_EQUAL(link_decide(0, 0, 0), LINK_REFUSED);
	CU_ASSERT_EQUAL(link_decide(200, 0, 0), LINK_REFUSED);
	CU_ASSERT_EQUAL(link_mode_find("X"), 0);
}

static void body_link(void *argument)
{
	(void)argument;
	/* BOB has his 191 read/write */
	CU_ASSERT_EQUAL(run("LINK BOB 191 291"), 104);
	CU_ASSERT_TRUE(says("HCPLNK104E BOB 0191 not linked; R/W by BOB"));
	CU_ASSERT_EQUAL(run("LINK TO BOB 191 AS 291 RR"), 0);
	CU_ASSERT_TRUE(says("DASD 0291 LINKED R/O"));
	CU_ASSERT_TRUE(minidisk_of(device_find(alice, 0x291))->read_only);
	CU_ASSERT_EQUAL(run("LINK BOB 191 291 RR"), 110);
	CU_ASSERT_EQUAL(run("QUERY LINKS 291"), 0);
	CU_ASSERT_TRUE(says("ALICE    0291 R/O") && says("BOB      0191 R/W"));
	CU_ASSERT_EQUAL(run("LINK BOB 191 292 WR WRONG"), 114);
	CU_ASSERT_EQUAL(run("LINK BOB 191 292 WR"), 114);
	CU_ASSERT_EQUAL(run("LINK BOB 191 292 WR PASS= write"), 0);
	CU_ASSERT_TRUE(says("HCPLNK101W DASD 0292 forced R/O; R/W by BOB"));
	CU_ASSERT_EQUAL(run("LINK BOB 191 293 MW"), 113);
	CU_ASSERT_EQUAL(run("LINK BOB 555 293 RR"), 107);
	CU_ASSERT_EQUAL(run("LINK NOBODY 191 293 RR"), 107);
	CU_ASSERT_EQUAL(run("LINK BOB 191 293 Q"), 109);
	CU_ASSERT_EQUAL(run("LINK BOB 191 X RR"), 22);
	CU_ASSERT_EQUAL(run("DETACH 291 292"), 0);
	CU_ASSERT_TRUE(says("DASD 0291 DETACHED") && says("DASD 0292 DETACHED"));
	CU_ASSERT_PTR_NULL(device_find(alice, 0x291));
	CU_ASSERT_EQUAL(run("DETACH 291"), 40);
	/* one's own disk twice needs no password, but the rule holds */
	CU_ASSERT_EQUAL(run("LINK * 191 192 MR"), 0);
	CU_ASSERT_TRUE(says("forced R/O; R/W by ALICE"));
	CU_ASSERT_EQUAL(run("DETACH 192"), 0);
	CU_ASSERT_EQUAL(run("DEFINE PRINTER 01E"), 0);
	CU_ASSERT_TRUE(says("PRT 001E DEFINED"));
	CU_ASSERT_EQUAL(run("DEFINE PUNCH 01E"), 92);
	CU_ASSERT_EQUAL(run("DEFINE TURTLE 01F"), 6);
	CU_ASSERT_EQUAL(run("DEFINE TFB-512 AS 198 BLK 4096"), 0);
	CU_ASSERT_TRUE(says("DASD 0198 DEFINED"));
	CU_ASSERT_EQUAL(run("DEFINE VFB-512 199 512"), 0);
	CU_ASSERT_EQUAL(run("QUERY VIRTUAL 198"), 0);
	CU_ASSERT_TRUE(says("DASD 0198 9336 (TEMP) R/W       4096 BLK"));
	CU_ASSERT_EQUAL(run("DEFINE TFB-512 198 8"), 92);
	CU_ASSERT_EQUAL(run("DEFINE TFB-512 19A 1000000"), 91);
	CU_ASSERT_TRUE(says("HCPDEF091E DASD 019A not defined; temp space not available"));
	CU_ASSERT_EQUAL(run("DEFINE TFB-512 19A"), 26);
	CU_ASSERT_EQUAL(run("DEFINE TFB-512 19A 0"), 26);
	CU_ASSERT_EQUAL(run("DETACH 198 199"), 0);
	CU_ASSERT_EQUAL(run("DETACH 01E"), 0);
}

static void test_link(void)
{
	UNIT_IN_TASK(body_link, NULL);
}

/* ---- the machine --------------------------------------------------------------------------------------------------- */

static void body_machine(void *argument)
{
	(void)argument;
	CU_ASSERT_EQUAL(run("BEGIN"), 452);
	CU_ASSERT_EQUAL(run("IPL 777"), 40);
	CU_ASSERT_EQUAL(run("IPL 009"), 1060);
	CU_ASSERT_EQUAL(run("IPL TOOLONGNAME"), 44);
	CU_ASSERT_EQUAL(run("IPL CMS"), 40); /* ALICE has no 190 */
	CU_ASSERT_EQUAL(run("IPL 191 NONSENSE"), 3);
	CU_ASSERT_EQUAL(run("IPL 191 LOADPARM TOOLONGPARM"), 1059);
	CU_ASSERT_EQUAL(run("IPL 191 CLEAR LOADPARM AB PARM root=/dev/dasda1 ro"), 0);
	CU_ASSERT_EQUAL(alice->ipl.vdev, 0x191);
	CU_ASSERT_TRUE(alice->ipl.clear);
	CU_ASSERT_STRING_EQUAL(alice->ipl.parm, "root=/dev/dasda1 ro");
	CU_ASSERT_STRING_EQUAL(alice->ipl.loadparm, "AB      ");
	vm_settle(alice);
	CU_ASSERT_TRUE(alice->loaded);
	CU_ASSERT_FALSE(alice->stopped);
	CU_ASSERT_EQUAL(run("STOP"), 0);
	vm_settle(alice);
	CU_ASSERT_TRUE(alice->stopped);
	CU_ASSERT_EQUAL(run("EXTERNAL 1004"), 0);
	CU_ASSERT_EQUAL(run("EXTERNAL 12345"), 2);
	CU_ASSERT_EQUAL(run("TRACE SVC PROG RUN"), 0);
	CU_ASSERT_TRUE(says("TRACE STARTED"));
	CU_ASSERT_EQUAL(alice->trace.events, TRACE_SVC | TRACE_PROGRAM);
	CU_ASSERT_TRUE(alice->trace.run);
	CU_ASSERT_EQUAL(run("QUERY TRACE"), 0);
	CU_ASSERT_TRUE(says("SVC PROGRAM RUN"));
	CU_ASSERT_EQUAL(run("TRACE SVC OFF"), 0);
	CU_ASSERT_EQUAL(alice->trace.events, TRACE_PROGRAM);
	CU_ASSERT_EQUAL(run("TRACE END"), 0);
	CU_ASSERT_TRUE(says("TRACE ENDED"));
	CU_ASSERT_EQUAL(run("TRACE RUN NORUN"), 13);
	CU_ASSERT_EQUAL(run("SET CPTRACE PERHAPS"), 26);
	CU_ASSERT_EQUAL(run("QUERY CPTRACE X"), 2);
	CU_ASSERT_EQUAL(run("QUERY CPTRACE"), 0);
	CU_ASSERT_TRUE(says("CPTRACE OFF ENTRIES 0 TO 0 NEXT 0\n"));
	CU_ASSERT_EQUAL(run("SET CPTRACE COST"), 0);
	CU_ASSERT_EQUAL(run("QUERY CPTRACE"), 0);
	CU_ASSERT_TRUE(says("CPTRACE COST ENTRIES "));
	CU_ASSERT_EQUAL(run("SET CPTRACE ON"), 0);
	CU_ASSERT_EQUAL(run("SYSTEM RESTART"), 0);
	task_sleep_until(&alice, arch_clock() + TOD_MILLISECOND); /* it runs */
	CU_ASSERT_EQUAL(run("QUERY CPTRACE 0"), 0);
	CU_ASSERT_TRUE(says("CPTRACE 0 "));
	CU_ASSERT_TRUE(says(" DISPATCH - 0000 - 0 0\n"));
	CU_ASSERT_TRUE(says(" WAIT SIE 0000 - "));
	CU_ASSERT_TRUE(says("CPTRACE ON ENTRIES 0 TO "));
	CU_ASSERT_EQUAL(run("SET CPTRACE OFF"), 0);
	CU_ASSERT_EQUAL(run("QUERY CPTRACE 4294967296"), 0);
	CU_ASSERT_FALSE(says("DISPATCH"));
	CU_ASSERT_TRUE(says("CPTRACE OFF ENTRIES 0 TO "));
	CU_ASSERT_EQUAL(run("DEFINE STORAGE 65M"), 94);
	CU_ASSERT_TRUE(says("maximum of 64M"));
	CU_ASSERT_EQUAL(run("DEFINE STORAGE 32"), 25);
	CU_ASSERT_EQUAL(run("DEFINE STORAGE 99999999999G"), 25);
	CU_ASSERT_EQUAL(run("DEFINE STORAGE 32M"), 0);
	vm_settle(alice);
	CU_ASSERT_EQUAL(alice->storage.size, 32u << 20);
	CU_ASSERT_FALSE(alice->loaded);
	CU_ASSERT_EQUAL(run("DEFINE STORAGE 16M"), 0);
	CU_ASSERT_EQUAL(run("SYSTEM CLEAR"), 0);
	CU_ASSERT_TRUE(says("STORAGE CLEARED - SYSTEM RESET"));
	vm_settle(alice);
	CU_ASSERT_EQUAL(alice->storage.size, 16u << 20);
}

static void test_machine(void)
{
	UNIT_IN_TASK(body_machine, NULL);
}

/* ---- any bytes, any length -------------------------------------------------------------------------------------------- */

static const char *const words[] = {
	"QUERY",
	"SET",
	"DISPLAY",
	"STORE",
	"TRACE",
	"LINK",
	"SPOOL",
	"CLOSE",
	"PURGE",
	"CHANGE",
	"TRANSFER",
	"IPL",
	"DEFINE",
	"DETACH",
	"TERMINAL",
	"MSG",
	"WNG",
	"SEND",
	"SMSG",
	"HELP",
	"COMMANDS",
	"INDICATE",
	"CPTRACE",
	"SYSTEM",
	"EXTERNAL",
	"READY",
	"ATTN",
	"BEGIN",
	"STOP",
	"XAUTOLOG",
	"LOGON",
	"DISC",
	"ALICE",
	"BOB",
	"191",
	"00C",
	"00D",
	"00E",
	"009",
	"RDR",
	"PRT",
	"PUN",
	"CONSOLE",
	"ALL",
	"CLASS",
	"A",
	"*",
	"TO",
	"AS",
	"PASS=",
	"0-END",
	"G",
	"X0-F",
	"K",
	"T0.FFFFFFFFFFFFFFFF",
	"VFFFFFFFF",
	"PSW",
	"-",
	".",
	":",
	"0.",
	"-END",
	"ON",
	"OFF",
	"EMSG",
	"CODE",
	"STORAGE",
	"16M",
	"PARM",
	"LOADPARM",
	"CLEAR",
	"NAME",
	"HOLD",
	"NOHOLD",
	"COPY",
	"99",
	"VIRTUAL",
	"LINKS",
	"SHARE",
	"RELATIVE",
	"1",
	"FFFFFFFFFFFFFFFFF",
	"S0",
	"G15",
	"BY",
	"HERE",
	"EVERYTHINGLONGERTHANEIGHT",
};

static void body_fuzz(void *argument)
{
	unsigned rounds = hosted_long() ? 200000 : 20000;
	uint64_t seed = 40;

	(void)argument;
	for (unsigned round = 0; round < rounds; round++) {
		char line[600];
		size_t used = 0, limit = 20 + hosted_random(&seed) % 300;

		line[0] = '\0';
		while (used < limit) {
			if (hosted_random(&seed) % 6 == 0) {
				line[used++] = (char)(1 + hosted_random(&seed) % 255);
				line[used] = '\0';
			} else {
				used += (size_t)format(line + used, sizeof(line) - used, "%s ",
						       words[hosted_random(&seed) % ARRAY_SIZE(words)]);
			}
		}
		if (strstr(line, "SLEEP"))
			continue;
		run_as(round % 7 ? alice : NULL, round % 3 ? ALL_CLASSES : CLASS('G'), line);
		CU_ASSERT_PTR_EQUAL_FATAL(vm_find("ALICE"), alice);
	}
	vm_settle(alice);
}

static void test_fuzz(void)
{
	UNIT_IN_TASK(body_fuzz, NULL);
}

static void body_tokens(void *argument)
{
	char line[COMMAND_MAX * 3];

	(void)argument;
	for (size_t n = 0; n < sizeof(line); n++) {
		memset(line, 0, sizeof(line));
		for (size_t i = 0; i < n; i++)
			line[i] = i % 2 ? ' ' : '0';
		memcpy(line, "D ", n < 2 ? n : 2);
		run(line);
	}
	CU_ASSERT_TRUE(says("longer than 240 characters"));
	memset(line, 'A', sizeof(line) - 1);
	line[sizeof(line) - 1] = '\0';
	CU_ASSERT_EQUAL(run(line), 10);
	line[COMMAND_MAX] = '\0';
	CU_ASSERT_EQUAL(run(line), 1);
	memcpy(line, "LOGON BY BY BY ", 15);
	run_as(NULL, 0, line);
}

static void test_tokens(void)
{
	UNIT_IN_TASK(body_tokens, NULL);
}

static void test_logon(void)
{
	UNIT_IN_TASK(log_everybody_on, NULL);
}

static const struct unit_test tests[] = {
	{"catalogue: every row has number, severity, module; texts use %s and %u only", test_catalogue},
	{"table: rows are whole, and shortest forms lead to them", test_table},
	{"messages: SET EMSG chooses code and text", test_emsg},
	{"users log on without a terminal", test_logon},
	{"parse: blanks, abbreviations, remarks, counts", test_parse},
	{"classes: refused with the class that is missing", test_classes},
	{"query: the shapes that Linux and people read", test_query},
	{"set: options, shares, secondary users", test_set},
	{"display and store: registers, storage, ranges, limits", test_display},
	{"link: the table of modes", test_link_rule},
	{"link: passwords, conflicts, detach, define", test_link},
	{"machine: ipl, stop, trace, define storage", test_machine},
	{"tokens: every length up to three times the longest", test_tokens},
	{"fuzz: words and bytes in any order", test_fuzz},
};

UNIT_MAIN("command", tests)
