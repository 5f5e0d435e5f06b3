/*
 * test_directory.c - the language of the directory: every statement, every kind of error, and where it is reported.
 */
#include "arena.h"
#include "check.h"
#include "directory.h"
#include "directory_unit.h"
#include "grammar.h"
#include "parse.h"

/* ---- helpers ------------------------------------------------------------------------------------------------- */

#define FRONT "DIRECTORY 123 9336 VM40V1\n"
#define USER  FRONT "USER ALICE SECRET\n"

static char *said; /* what the last check said */

/* Check a text as the file "t"; returns direct_check()'s result. */
static int check(const char *text)
{
	static char *old;
	const char *path = unit_file("t", text, strlen(text));
	size_t size;
	FILE *f;
	int status;

	free(old);
	f = open_memstream(&said, &size);
	status = direct_check(&(struct direct){.out = f}, path);
	fclose(f);
	old = said;
	return status;
}

static unsigned count_of(const char *needle)
{
	unsigned n = 0;

	for (const char *p = said; (p = strstr(p, needle)) != NULL; p++)
		n++;
	return n;
}

/* Text, and what must be said about it: ":LINE:COLUMN: error: " with the beginning of the message. */
struct bad {
	const char *text, *place, *message;
};

static void all_bad(const struct bad *b, unsigned count)
{
	for (unsigned i = 0; i < count; i++) {
		char wanted[300];
		int status = check(b[i].text);

		snprintf(wanted, sizeof(wanted), "%s/t:%s: error: %s", unit_folder, b[i].place, b[i].message);
		if (status != 1 || strstr(said, wanted) == NULL)
			printf("\n[%s]\nwanted: %s\nsaid: %s", b[i].text, wanted, said);
		CU_ASSERT_EQUAL(status, 1);
		CU_ASSERT_PTR_NOT_NULL(strstr(said, wanted));
	}
}

#define ALL_BAD(array) all_bad(array, sizeof(array) / sizeof((array)[0]))

static void good(const char *text)
{
	int status = check(text);

	if (status != 0 || said[0] != '\0')
		printf("\n[%s]\nsaid: %s", text, said);
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_STRING_EQUAL(said, "");
}

/* Parse a text into a model, without errors. */
static struct model parsed;

static const struct user *parse(const char *text, const char *userid)
{
	struct messages m = {.out = stdout, .name = "text"};
	struct source source = {.name = "text", .text = (char *)text, .length = strlen(text)};
	const struct user *u;

	model_free(&parsed);
	parsed = (struct model){0};
	m.source = &source;
	parse_source(&parsed, &source, &m);
	messages_free(&m);
	CU_ASSERT_EQUAL(m.errors, 0);
	u = table_find(&parsed.users, userid);
	CU_ASSERT_PTR_NOT_NULL_FATAL(u);
	return user_resolve(&parsed.arena, u);
}

/* ---- what is right -------------------------------------------------------------------------------------------- */

static void classroom(void)
{
	size_t size;
	char *text = NULL;
	FILE *f = open_memstream(&text, &size);

	CU_ASSERT_EQUAL(direct_check(&(struct direct){.out = f}, "directory/classroom.direct"), 0);
	fclose(f);
	CU_ASSERT_STRING_EQUAL(text, "");
	free(text);
}

static void every_statement(void)
{
	const struct user *u = parse(FRONT "PROFILE P\n"
					   " ACCOUNT 77 BIN7\n"
					   " SPOOL 00E 1403 B\n"
					   "USER ALICE SECRET 1M 2M AB 50 ON OFF ! \"\n"
					   " INCLUDE P\n"
					   " MACHINE XC 4\n"
					   " STORAGE 32M\n"
					   " MAXSTORAGE 1G\n"
					   " CLASS CDEG\n"
					   " OPTION QUICKDSP CPUID 0a1b2c MAXCONN 12\n"
					   " OPTION LNKNOPAS ACCT TODENABLE DEVINFO\n"
					   " IPL CMS LOADPARM ABC PARM Auto  Cr \n"
					   " SHARE ABSOLUTE 12.5% 50% LIMITHARD\n"
					   " LOGONBY BOB CAROL\n"
					   " AUTOLOG BOB\n"
					   " XAUTOLOG CAROL\n"
					   " COMMAND set emsg ON\n"
					   " CONSOLE 009 3215 X BOB OBSERVER\n"
					   " SPOOL 00C 2540 READER\n"
					   " SPOOL 00D 2540 PUNCH C\n"
					   " MDISK 191 9336 131072 2048 VM40V1 MR RPASS ALL\n"
					   " LINK BOB 191 192 RR\n",
				     "ALICE");
	const struct device *d = u->devices;

	CU_ASSERT_EQUAL(parsed.vdev, 0x123);
	CU_ASSERT_STRING_EQUAL(parsed.volser, "VM40V1");
	CU_ASSERT_STRING_EQUAL(u->password.text, "SECRET");
	CU_ASSERT_FALSE(u->password.weak);
	CU_ASSERT_EQUAL(u->storage, 32u << 20);
	CU_ASSERT_EQUAL(u->maximum, 1u << 30);
	CU_ASSERT_EQUAL(u->classes, OBJECT_CLASS_BIT('C') | OBJECT_CLASS_BIT('D') | OBJECT_CLASS_BIT('E') |
					    OBJECT_CLASS_BIT('G'));
	CU_ASSERT_EQUAL(u->priority, 50);
	CU_ASSERT_EQUAL(memcmp(u->edit, "#\0!\"", 4), 0);
	CU_ASSERT_EQUAL(u->mode, OBJECT_MODE_XC);
	CU_ASSERT_EQUAL(u->cpus, 4);
	CU_ASSERT_EQUAL(u->options, 0x7f);
	CU_ASSERT_EQUAL(u->cpuid, 0x0a1b2c);
	CU_ASSERT_EQUAL(u->maxconn, 12);
	CU_ASSERT_STRING_EQUAL(u->account, "77");
	CU_ASSERT_STRING_EQUAL(u->distribution, "BIN7");
	CU_ASSERT_STRING_EQUAL(u->ipl_name, "CMS");
	CU_ASSERT_STRING_EQUAL(u->loadparm, "ABC");
	CU_ASSERT_STRING_EQUAL(u->parm, "Auto  Cr");
	CU_ASSERT_EQUAL(u->share.kind, OBJECT_SHARE_ABSOLUTE);
	CU_ASSERT_EQUAL(u->share.value, 125);
	CU_ASSERT_EQUAL(u->share.limit, OBJECT_SHARE_LIMITHARD);
	CU_ASSERT_EQUAL(u->share.limit_kind, OBJECT_SHARE_ABSOLUTE);
	CU_ASSERT_EQUAL(u->share.limit_value, 500);
	CU_ASSERT_EQUAL(u->logonby.count, 2);
	CU_ASSERT_STRING_EQUAL(u->logonby.last->text, "CAROL");
	CU_ASSERT_EQUAL(u->autolog.count, 2);
	CU_ASSERT_STRING_EQUAL(u->commands.first->text, "set emsg ON");
	CU_ASSERT_EQUAL(u->device_count, 6);
	CU_ASSERT_EQUAL(d->kind, DEVICE_CONSOLE);
	CU_ASSERT_EQUAL(d->class, 'X');
	CU_ASSERT_STRING_EQUAL(d->userid, "BOB");
	CU_ASSERT_TRUE(d->observer);
	d = d->next;
	CU_ASSERT_EQUAL(d->unit, DISK_SPOOL_READER);
	CU_ASSERT_EQUAL(d->class, '*');
	d = d->next;
	CU_ASSERT_EQUAL(d->unit, DISK_SPOOL_PUNCH);
	CU_ASSERT_EQUAL(d->class, 'C');
	d = d->next;
	CU_ASSERT_EQUAL(d->start, 131072);
	CU_ASSERT_EQUAL(d->sectors, 2048);
	CU_ASSERT_EQUAL(d->mode, LINK_MR);
	CU_ASSERT_STRING_EQUAL(d->secret[ACCESS_READ]->text, "RPASS");
	CU_ASSERT_EQUAL(d->secret[ACCESS_WRITE]->kind, SECRET_ALL);
	CU_ASSERT_PTR_NULL(d->secret[ACCESS_MULTI]);
	d = d->next;
	CU_ASSERT_STRING_EQUAL(d->userid, "BOB");
	CU_ASSERT_EQUAL(d->owner_vdev, 0x191);
	CU_ASSERT_EQUAL(d->vdev, 0x192);
	CU_ASSERT_EQUAL(d->mode, LINK_RR);
	CU_ASSERT_EQUAL(d->next->devtype, 0x1403); /* of the profile */
}

static void defaults(void)
{
	const struct user *u = parse(USER, "ALICE");

	CU_ASSERT_EQUAL(u->storage, 16u << 20);
	CU_ASSERT_EQUAL(u->maximum, 16u << 20);
	CU_ASSERT_EQUAL(u->classes, OBJECT_CLASS_BIT('G'));
	CU_ASSERT_EQUAL(u->mode, OBJECT_MODE_ESA);
	CU_ASSERT_EQUAL(u->cpus, 1);
	CU_ASSERT_EQUAL(u->priority, 64);
	CU_ASSERT_STRING_EQUAL(u->account, "ALICE");
	CU_ASSERT_STRING_EQUAL(u->distribution, "ALICE");
	CU_ASSERT_EQUAL(u->share.value, 100);
	CU_ASSERT_EQUAL(memcmp(u->edit, "#[@\"", 4), 0);
	u = parse(USER " SHARE REL 200 300 LIMITSOFT\n MDISK 191 FB-512 200000 END VM40V1\n LINK BOB 19F\n",
		  "ALICE");
	CU_ASSERT_EQUAL(u->share.limit_kind, OBJECT_SHARE_RELATIVE);
	CU_ASSERT_EQUAL(u->share.limit_value, 300);
	CU_ASSERT_EQUAL(u->devices->sectors, 0);
	CU_ASSERT_EQUAL(u->devices->mode, LINK_W);
	CU_ASSERT_EQUAL(u->devices->next->vdev, 0x19f);
	CU_ASSERT_EQUAL(u->devices->next->mode, LINK_R);
	u = parse(FRONT "USER ALICE SECRET 4M\n", "ALICE");
	CU_ASSERT_EQUAL(u->maximum, 4u << 20);
	u = parse(FRONT "USER ALICE SECRET\n MAXSTORAGE 4M\n", "ALICE");
	CU_ASSERT_EQUAL(u->storage, 4u << 20);
}

static void profile_and_user(void)
{
	const struct user *u =
		parse(FRONT "PROFILE P\n STORAGE 8M\n CLASS BG\n MACHINE Z 2\n OPTION ACCT\n COMMAND ONE\n "
			    "LOGONBY TEACHER\n"
			    " CONSOLE 009 3215\n SPOOL 00C 2540 READER B\n LINK MAINT 190 190 RR\n"
			    "USER ALICE SECRET\n INCLUDE P\n CLASS G\n OPTION QUICKDSP\n COMMAND TWO\n"
			    " CONSOLE 01F 3215\n SPOOL 00C 3505 X\n"
			    "USER BOB SECRET\n INCL P\n",
		      "ALICE");

	CU_ASSERT_EQUAL(u->storage, 8u << 20);
	CU_ASSERT_EQUAL(u->classes, OBJECT_CLASS_BIT('G'));
	CU_ASSERT_EQUAL(u->mode, OBJECT_MODE_Z);
	CU_ASSERT_EQUAL(u->options, OBJECT_OPTION_ACCT | OBJECT_OPTION_QUICKDSP);
	CU_ASSERT_STRING_EQUAL(u->commands.first->text, "ONE");
	CU_ASSERT_STRING_EQUAL(u->commands.last->text, "TWO");
	CU_ASSERT_STRING_EQUAL(u->logonby.first->text, "TEACHER");
	CU_ASSERT_EQUAL(u->device_count, 3); /* one console: the user's own */
	CU_ASSERT_EQUAL(u->devices->vdev, 0x1f);
	CU_ASSERT_EQUAL(user_find_device(u, 0x00c)->devtype, 0x3505);
	CU_ASSERT_EQUAL(user_find_device(u, 0x190)->kind, DEVICE_LINK);
	CU_ASSERT_PTR_NULL(user_find_device(u, 0x009));
	u = user_resolve(&parsed.arena, table_find(&parsed.users, "BOB"));
	CU_ASSERT_EQUAL(u->device_count, 3);
	CU_ASSERT_EQUAL(u->classes, OBJECT_CLASS_BIT('B') | OBJECT_CLASS_BIT('G'));
}

static void passwords(void)
{
	static const struct {
		const char *word;
		int kind;
	} words[] = {{"NOLOG", SECRET_NOLOG},
		     {"nopass", SECRET_NOPASS},
		     {"AUTOONLY", SECRET_AUTOONLY},
		     {"LBYONLY", SECRET_LBYONLY},
		     {"ALL", SECRET_HASH}};
	char text[100];

	for (unsigned i = 0; i < 5; i++) {
		snprintf(text, sizeof(text), FRONT "USER ALICE %s\n", words[i].word);
		CU_ASSERT_EQUAL(parse(text, "ALICE")->password.kind, words[i].kind);
	}
	CU_ASSERT_TRUE(parse(FRONT "USER alice Alice\n", "ALICE")->password.weak);
	CU_ASSERT_STRING_EQUAL(parse(FRONT "USER alice Alice\n", "ALICE")->password.text, "ALICE");
}

static void layout(void)
{
	good("* comment\n\n   *another\r\n\tdirectory 123 9336 vm40v1\r\nuser alice ,\n* in between\n\n  "
	     "secret , \n 16m\n");
	CU_ASSERT_EQUAL(
		parse("dir 123 9336 vm40v1\nuser alice secret ,\n 8m\n command a ,\n  b\n", "ALICE")->storage,
		8u << 20);
	CU_ASSERT_STRING_EQUAL(parse("dir 123 9336 vm40v1\nuser alice secret\n command a ,\n  b\n", "ALICE")
				       ->commands.first->text,
			       "a   b");
	good(FRONT "U ALICE SECRET                                                          00010000\n"
		   " A 7\n CL G\n MACH ESA\n STOR 4M\n MAXSTO 8M\n O ACCT\n SHARE REL 1\n CON 009 3215\n SP "
		   "00C 3505\n"
		   " MD 191 9336 131072 1 VM40V1\n LI ALICE 191 192\n");
	good("DIRECTORY 123 9336 VM40V1\nUSER ALICE SECRET");
}

static void columns(void)
{
	char line[200];

	/* column 71 is read, column 72 is not */
	snprintf(line, sizeof(line), FRONT "%-66sALICE SECRET\n", "USER");
	CU_ASSERT_EQUAL(check(line), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ":2:72: warning: text beyond column 71 is not read"));
	snprintf(line, sizeof(line), FRONT "USER ALICE %60s\n", "SECRET");
	good(line);
	snprintf(line, sizeof(line), FRONT "USER ALICE %61s\n", "SECRET");
	CU_ASSERT_EQUAL(check(line), 0);
	CU_ASSERT_EQUAL(count_of("warning"), 1);
}

/* ---- what is wrong -------------------------------------------------------------------------------------------- */

static void bad_structure(void)
{
	static const struct bad b[] = {
		{"USER ALICE SECRET\n", "1:1", "expected DIRECTORY as the first statement"},
		{FRONT FRONT "USER A B\n", "2:1", "DIRECTORY stands twice: the first is in line 1"},
		{USER FRONT, "3:1", "DIRECTORY must stand in front of all entries"},
		{FRONT "CLASS G\nUSER A B\n", "2:1",
		 "CLASS belongs to an entry: expected USER or PROFILE before it"},
		{USER "PROFILE P\n", "3:1", "PROFILE must stand before the first USER"},
		{FRONT "PROFILE P\nMDISK 191 9336 131072 1 VM40V1\nUSER A B\n", "3:1",
		 "MDISK is not allowed in a PROFILE"},
		{FRONT "PROFILE P\nINCLUDE P\nUSER A B\n", "3:1", "INCLUDE is not allowed in a PROFILE"},
		{USER "CONSOLE 009 3215\nCLASS G\n", "4:1",
		 "CLASS must stand before the device statements of its entry"},
		{USER "CLASS G\nCLASS G\n", "4:1", "CLASS stands twice in the entry of ALICE"},
		{USER "USER ALICE X\n", "3:6", "ALICE is defined twice: the first is in line 2"},
		{FRONT "PROFILE STUDENT\nUSER A B\nINCLUDE STUDNET\n", "4:9",
		 "there is no PROFILE STUDNET; did you mean STUDENT?"},
		{USER "  MDSIK 191 9336 131072 1 VM40V1\n", "3:3",
		 "MDSIK is not a statement: expected USER, MDISK, LINK ...; did you mean MDISK?"},
		{USER "FOO\n", "3:1", "FOO is not a statement"},
		{USER "CLASS \001G\n", "3:7", "character X'01' may not stand in a statement"},
		{USER "CLASS \303\244\n", "3:7", "character X'C3' may not stand in a statement"},
		{USER "CONSOLE 009 3215\nSPOOL 9 2540 READER\n", "4:7",
		 "device 0009 is defined twice in the entry of ALICE: the first is in line 3"},
	};

	ALL_BAD(b);
	CU_ASSERT_EQUAL(check(""), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "the file has no statements"));
	CU_ASSERT_EQUAL(check(FRONT), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "there is no user in the directory"));
	CU_ASSERT_EQUAL(direct_check(&(struct direct){.out = stderr}, "/nonexistent/file"), 2);
}

static void bad_operands(void)
{
	static const struct bad b[] = {
		{"DIRECTORY 123 3390 VM40V1\nUSER A B\n", "1:15",
		 "devtype 3390 is known to VM/370 or z/VM, but VM/40 does not have it"},
		{"DIRECTORY 123 9337 VM40V1\nUSER A B\n", "1:15",
		 "devtype 9337 is not known: expected 9336, 3370 or FB-512; did you mean 9336?"},
		{"DIRECTORY 123 9336\nUSER A B\n", "1:19",
		 "volser is missing: expected DIRectory vdev {9336|3370|FB-512} volser"},
		{"DIRECTORY XYZ 9336 VM40V1\nUSER A B\n", "1:11",
		 "vdev XYZ is not valid: expected a device address of 1 to 4 hexadecimal digits"},
		{"DIRECTORY 12345 9336 VM40V1\nUSER A B\n", "1:11", "vdev 12345 is not valid"},
		{"DIRECTORY 123 9336 VM40V1X\nUSER A B\n", "1:20",
		 "volser VM40V1X is not valid: expected 1 to 6"},
		{FRONT "USER\n", "2:5",
		 "userid is missing: expected User userid password [storage [maximum [classes"},
		{FRONT "USER A\n", "2:7", "password is missing"},
		{FRONT "USER ABCDEFGHI B\n", "2:6", "userid ABCDEFGHI is not valid: expected 1 to 8 letters"},
		{FRONT "USER A/B C\n", "2:6", "userid A/B is not valid"},
		{FRONT "USER SYSTEM C\n", "2:6",
		 "userid SYSTEM is not valid: expected 1 to 8 letters, digits or @#$_-:.+, and not SYSTEM"},
		{FRONT "USER LOGN01FE C\n", "2:6", "userid LOGN01FE is not valid"},
		{FRONT "USER A PASSWORDPASSWORDPASSWORDPASSWORDX\n", "2:8",
		 "password is too long: expected at most 32 characters"},
		{FRONT "USER A B 16\n", "2:10",
		 "storage 16 is not valid: expected a number with K, M, G or T"},
		{FRONT "USER A B 16MB\n", "2:10", "storage 16MB is not valid"},
		{FRONT "USER A B 32K\n", "2:10",
		 "storage 32K is out of range: expected a number with K, M, G or T, in whole pages of 4K, "
		 "64K to 1T"},
		{FRONT "USER A B 65K\n", "2:10", "storage 65K is out of range"},
		{FRONT "USER A B 99999999999999999999999G\n", "2:10",
		 "storage 99999999999999999999999G is out of range"},
		{FRONT "USER A B 8M 4M\n", "2:10", "A has more storage (8192K) than its maximum (4096K)"},
		{FRONT "USER A B 8M 8M A7\n", "2:16",
		 "classes A7 is not valid: expected letters A to Z and digits 1 to 6"},
		{FRONT "USER A B 8M 8M G 100\n", "2:18",
		 "priority 100 is out of range: expected a decimal number, 0 to 99"},
		{USER "ACCOUNT 7 , 8\n", "3:11",
		 "distribution , is not valid: expected a shorter word, and not a comma alone"},
		{FRONT "USER A B 8M 8M G 1 ON , ON\n", "2:23", "linedelete , is not valid"},
		{USER "COMMAND SAY , ,\n", "3:16", "the statement is to be continued, but the file ends"},
		{FRONT "USER A B 8M 8M G 1 AB\n", "2:20",
		 "lineend AB is not valid: expected ON, OFF or one character"},
		{USER "MACHINE ESX\n", "3:9", "mode ESX is not known: expected ESA, XA, XC or Z"},
		{USER "MACHINE ESA 65\n", "3:13",
		 "cpus 65 is out of range: expected a decimal number, 1 to 64"},
		{USER "MACHINE ESA X\n", "3:13", "cpus X is not valid: expected a decimal number"},
		{USER "OPTION\n", "3:7", "option is missing: expected Option {ACCT|CPUID cpuid|"},
		{USER "OPTION ACCT QUIKDSP\n", "3:13",
		 "option QUIKDSP is not known: expected ACCT, CPUID, DEVINFO, LNKNOPAS, MAXCONN, QUICKDSP or "
		 "TODENABLE; did you mean QUICKDSP?"},
		{USER "OPTION CPUID\n", "3:13", "CPUID is not complete: expected cpuid after it"},
		{USER "OPTION CPUID XYZ\n", "3:14", "cpuid XYZ is not valid: expected hexadecimal digits"},
		{USER "OPTION CPUID 1234567\n", "3:14",
		 "cpuid 1234567 is out of range: expected hexadecimal digits, 0 to FFFFFF"},
		{USER "OPTION MAXCONN 0\n", "3:16", "connections 0 is out of range"},
		{USER "IPL CMS LOADPARM ABCDEFGHI\n", "3:18",
		 "loadparm ABCDEFGHI is not valid: expected a shorter word"},
		{USER "IPL CMS PARM\n", "3:13", "PARM is not complete: expected text after it"},
		{USER "IPL CMS NOPARM\n", "3:9", "option NOPARM is not known: expected LOADPARM or PARM"},
		{USER "SHARE 100\n", "3:7", "share 100 is not known: expected ABSOLUTE or RELATIVE"},
		{USER "SHARE RELATIVE 10001\n", "3:16",
		 "value 10001 is out of range: expected a decimal number, 1 to 10000"},
		{USER "SHARE ABSOLUTE 101%\n", "3:16",
		 "percent 101% is not valid: expected a number, or a percentage such as 12.5%"},
		{USER "SHARE REL 1 101%\n", "3:13", "a share is at most 100%"},
		{USER "SHARE REL 1 LIMIT\n", "3:13",
		 "limit LIMIT is not known: expected NOLIMIT, LIMITSOFT or LIMITHARD"},
		{USER "LOGONBY A B C D E F G H I\n", "3:25",
		 "I is one too many: LOGONBY takes at most 8 userids"},
		{USER "COMMAND\n", "3:8", "command is missing: expected COMmand command"},
		{USER "CONSOLE 009 3277\n", "3:13", "devtype 3277 is not known: expected 3215, 3270 or 3210"},
		{USER "CONSOLE 009 3215 *\n", "3:18", "class * is for readers only"},
		{USER "CONSOLE 009 3215 TT\n", "3:18", "class TT is not valid: expected one letter or digit"},
		{USER "CONSOLE 009 3215 T BOB OBSERVR\n", "3:24",
		 "observer OBSERVR is not known: expected OBSERVER; did you mean OBSERVER?"},
		{USER "SPOOL 00C 2540\n", "3:15", "a 2540 is a READER or a PUNCH: expected one of them"},
		{USER "SPOOL 00C 2540 A\n", "3:17", "a 2540 is a READER or a PUNCH"},
		{USER "SPOOL 00C 2540 PRINTER\n", "3:16", "a 2540 is a READER or a PUNCH"},
		{USER "SPOOL 00E 1403 PUNCH\n", "3:16", "a 1403 is no PUNCH"},
		{USER "SPOOL 00E 1403 *\n", "3:16", "class * is for readers only"},
		{USER "SPOOL 00E 1404\n", "3:11", "devtype 1404 is not known"},
		{USER "MDISK 191 3390 1 1 VM40V1\n", "3:11",
		 "devtype 3390 is known to VM/370 or z/VM, but VM/40 does not have it"},
		{USER "IDENTITY BOB X\n", "3:1", "IDENTITY is a statement of z/VM that VM/40 does not have"},
		{USER "CLASS G\nUSER BOB HASH:1000:12 34\n", "4:10",
		 "password is no hash: expected at most 32"},
		{USER "MDISK 191 9336 X 1 VM40V1\n", "3:16",
		 "start X is not valid: expected a decimal number"},
		{USER "MDISK 191 9336 131072 0 VM40V1\n", "3:23",
		 "blocks 0 is out of range: expected a decimal number of 512-byte blocks, or END, 1 to "
		 "4294967295"},
		{USER "MDISK 191 9336 4294967295 2 VM40V1\n", "3:27",
		 "the minidisk ends beyond the last block that any volume can have"},
		{USER "MDISK 191 9336 131072 1 VM40V1 Q\n", "3:32",
		 "mode Q is not known: expected R, RR, W, WR, M, MR or MW"},
		{USER "MDISK 191 9336 131072 1 OTHER\nMDISK 192 9336 1 END OTHER\n", "4:7",
		 "END needs the size of the volume, and only that of VM40V1 is known"},
		{USER "LINK\n", "3:5", "userid is missing: expected LInk userid vdev1 [vdev2 ["},
		{USER "LINK BOB 19X\n", "3:10", "vdev1 19X is not valid"},
	};

	ALL_BAD(b);
}

/* A text that is too long, by continuation. */
static void bad_lengths(void)
{
	char text[8000] = USER "COMMAND";

	for (unsigned i = 0; i < 5; i++)
		strcat(text, " xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx ,\n");
	strcat(text, "end\n");
	CU_ASSERT_EQUAL(check(text), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "is too long: expected at most 240"));
	strcpy(text, USER "LOGONBY A ,\n");
	for (unsigned i = 0; i < 40; i++)
		strcat(text, " ,\n");
	CU_ASSERT_EQUAL(check(text), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ":35:1: error: a statement has at most 32 lines"));
}

static void overlaps(void)
{
	static const struct bad b[] = {
		{FRONT "USER ALICE X\nMDISK 191 9336 200000 1000 VM40V1\nUSER BOB X\nMDISK 192 9336 200999 1 "
		       "VM40V1\n",
		 "5:7",
		 "minidisk 0192 of BOB, blocks 200999-200999 of VM40V1, overlaps minidisk 0191 of ALICE, "
		 "blocks 200000-200999 at "},
		{FRONT "USER ALICE X\nMDISK 191 9336 200500 1000 VM40V1\nUSER BOB X\nMDISK 192 9336 200000 "
		       "501 VM40V1\n",
		 "5:7",
		 "minidisk 0192 of BOB, blocks 200000-200500 of VM40V1, overlaps minidisk 0191 of ALICE, "
		 "blocks 200500-201499 at "},
		{USER "MDISK 1 9336 200000 9000 VM40V1\nMDISK 2 9336 200100 10 VM40V1\nMDISK 3 9336 205000 "
		      "10 VM40V1\n",
		 "5:7",
		 "minidisk 0003 of ALICE, blocks 205000-205009 of VM40V1, overlaps minidisk 0001 of ALICE"},
		{USER "MDISK 1 9336 200000 END VM40V1\nMDISK 2 9336 300000 10 VM40V1\n", "4:7",
		 "minidisk 0002 of ALICE, blocks 300000-300009 of VM40V1, overlaps minidisk 0001"},
		{USER "MDISK 1 9336 10 10 OTHER\nMDISK 2 9336 19 10 OTHER\n", "4:7",
		 "minidisk 0002 of ALICE, blocks 19-28 of OTHER, overlaps"},
		{USER "MDISK 1 9336 131071 10 VM40V1\n", "3:7",
		 "minidisk 0001 of ALICE, blocks 131071-131080 of VM40V1, lies in CP's own area: expected a "
		 "start of at least 131072"},
	};

	ALL_BAD(b);
	good(USER
	     "MDISK 1 9336 200000 1000 VM40V1\nMDISK 2 9336 201000 10 VM40V1\nMDISK 3 9336 200000 10 OTHER\n"
	     "MDISK 4 9336 199990 10 VM40V1\nMDISK 5 9336 201010 END VM40V1\n");
}

static void warnings(void)
{
	static const char *const texts[][2] = {
		{USER "LINK BBO 191\nUSER BOB X\n", "a link to a disk of BBO, who is not in the directory"},
		{USER "LINK STUDNET1 191\nUSER STUDENT1 X\n", ":3:6: error: userid STUDNET1"},
		{USER "LINK MIANT 191\nUSER MAINT X\n",
		 "a link to a disk of MIANT, who is not in the directory; did you mean MAINT?"},
		{USER "LINK BOB 191\nUSER BOB X\n", "ALICE links BOB's 0191, which is no minidisk"},
		{USER "LOGONBY TEACHER\n", "LOGONBY names TEACHER, who is not in the directory"},
		{USER "AUTOLOG AUTOLOG1\n", "AUTOLOG names AUTOLOG1, who is not in the directory"},
		{USER "CONSOLE 009 3215 T BOB\n", "the secondary user is BOB, who is not in the directory"},
		{USER "IPL 190\n", "ALICE is to IPL 0190, but has no such device"},
		{USER "CLASS G * all\n",
		 ":3:9: warning: * is one operand too many, and is not read: expected CLass classes"},
		{FRONT "USER A B 8M 8M G 1 A B C D E\n",
		 ":2:28: warning: E is one operand too many, and is not read"},
		{FRONT "PROFILE P\nUSER A B\nCLASS G\nINCLUDE P\n",
		 ":5:1: warning: this INCLUDE is not reached, and is not read"},
		{USER "NICDEF 600 TYPE QDIO\n",
		 ":3:1: warning: NICDEF is kept in the database, but CP does not act on it yet"},
		{USER "SPECIAL 0B0 3270\n", ":3:1: warning: SPECIAL is kept in the database"},
		{FRONT "USER ALICE LBYONLY\n", "nobody can log on to ALICE: LBYONLY without LOGONBY"},
	};

	for (unsigned i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		bool named = strstr(texts[i][1], "error:") != NULL;

		if (named)
			continue; /* STUDNET1 has eight letters: it is a userid like any other */
		CU_ASSERT_EQUAL(check(texts[i][0]), 0);
		if (strstr(said, texts[i][1]) == NULL)
			printf("\nwanted: %s\nsaid: %s", texts[i][1], said);
		CU_ASSERT_PTR_NOT_NULL(strstr(said, texts[i][1]));
		CU_ASSERT_EQUAL(count_of("warning: "), 1);
	}
}

/* One run finds everything, shows the lines, and goes on after each. */
static void all_errors_at_once(void)
{
	char wanted[200];

	CU_ASSERT_EQUAL(check("DIRECTORY 123 9336 VM40V1\n"
			      "USER TOOLONGNAME X 1 2\n"
			      "  FOO\n"
			      "  MDISK 191 9336 1 1 VM40V1 Q\n"
			      "  MDISK 191 9336 131072\n"
			      "USER\tBOB X\n"
			      "\tCLASS ?\n"
			      "  CLASS G\n"),
			1);
	CU_ASSERT_EQUAL(count_of(" error: "), 7);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ":2:6: error:"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ":2:20: error:"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ":2:22: error:"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ":3:3: error:"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ":4:29: error:"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ":5:24: error: blocks is missing"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, ":7:8: error: classes ? is not valid"));
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "\n\tCLASS ?\n\t      ^\n"));
	snprintf(wanted, sizeof(wanted), "%s/t: 7 errors: nothing was changed\n", unit_folder);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, wanted));
}

static void many_devices(void)
{
	char *text = calloc(1, 600 * 40);

	strcpy(text, USER);
	for (unsigned i = 0; i <= OBJECT_DEVICES_MAX; i++)
		sprintf(text + strlen(text), "LINK ALICE 1 %X R\n", i + 0x100);
	CU_ASSERT_EQUAL(check(text), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "ALICE has more than 400 devices"));
	strcpy(text, USER);
	for (unsigned i = 0; i < OBJECT_DEVICES_MAX; i++)
		sprintf(text + strlen(text), "MDISK %X 9336 %u 1 VM40V1\n", i + 0x100, i + 131072);
	CU_ASSERT_EQUAL(check(text), 1);
	CU_ASSERT_PTR_NOT_NULL(strstr(said, "the entry of ALICE is too large"));
	free(text);
}

/* ---- the table ------------------------------------------------------------------------------------------------ */

static void grammar_is_sound(void)
{
	CU_ASSERT_TRUE(grammar_count <= 64); /* parser.seen has a bit for each */
	for (unsigned i = 0; i < grammar_count; i++) {
		char shortest[32];

		if (grammar[i].form != NULL)
			continue; /* found by its third operand */
		CU_ASSERT_PTR_EQUAL(grammar_find(grammar[i].name), &grammar[i]);
		snprintf(shortest, sizeof(shortest), "%.*s", (int)grammar[i].shortest, grammar[i].name);
		CU_ASSERT_PTR_EQUAL(grammar_find(shortest), &grammar[i]);
		if (grammar[i].shortest > 1) {
			shortest[grammar[i].shortest - 1] = '\0';
			CU_ASSERT_PTR_NOT_EQUAL(grammar_find(shortest), &grammar[i]);
		}
	}
}

/* The reference page has every statement as the table has it. */
static void reference_is_true(void)
{
	size_t length, size;
	char *page = unit_read("docs/reference/directory.md", &length), *printed;
	FILE *f = open_memstream(&printed, &size);

	CU_ASSERT_PTR_NOT_NULL_FATAL(page);
	grammar_print(f);
	fclose(f);
	CU_ASSERT_PTR_NOT_NULL(strstr(page, printed));
	free(page);
	free(printed);
}

static void storage_is_given_back(void)
{
	model_free(&parsed);
	parsed = (struct model){0};
	CU_ASSERT_PTR_NULL(parsed.arena.chunks);
}

static const struct unit_test tests[] = {
	{"the classroom's directory is right", classroom},
	{"every statement, and what it means", every_statement},
	{"what is not said has its default", defaults},
	{"a profile fills in what the user does not say", profile_and_user},
	{"what may stand in the password's place", passwords},
	{"comments, blank lines, continuation, abbreviations, any case", layout},
	{"columns 1 to 71 are read", columns},
	{"errors: statements in the wrong place", bad_structure},
	{"errors: operands of every kind", bad_operands},
	{"errors: too long, too many lines", bad_lengths},
	{"errors: minidisks that overlap or lie outside", overlaps},
	{"warnings: names that lead nowhere", warnings},
	{"all errors of a file in one run, with the line and a caret", all_errors_at_once},
	{"errors: too many devices", many_devices},
	{"the grammar's abbreviations are unambiguous", grammar_is_sound},
	{"the reference page is what the grammar prints", reference_is_true},
	{"nothing is left over", storage_is_given_back},
};

UNIT_MAIN("directory: the language", tests)
