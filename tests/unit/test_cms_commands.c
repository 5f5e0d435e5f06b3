/*
 * test_cms_commands.c - the commands of CMS-lite on a machine that is made of arrays.
 *
 * The portable part of CMS-lite is included here as it stands, and this file is its machine layer: a console whose lines
 * come from a script and go into a text, two disks in storage, a card reader, punch and printer, and a CP that knows one
 * command. AddressSanitizer watches.
 *
 * Before it: all of cms-lite/ but the machine layers.
 */
#include <CUnit/Basic.h>
#include <CUnit/CUnit.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cms-lite/main.c"
#include "cms-lite/command.c"
#include "cms-lite/terminal.c"
#include "cms-lite/fileid.c"
#include "cms-lite/modes.c"
#include "cms-lite/cmd_disk.c"
#include "cms-lite/cmd_file.c"
#include "cms-lite/cmd_copy.c"
#include "cms-lite/cmd_query.c"
#include "cms-lite/exec.c"
#include "cms-lite/program.c"
#include "cms-lite/lib.c"

/* ---- the machine ------------------------------------------------------------------------------------------------- */

#define SECTORS 200u

static uint8_t storage[PROGRAM_END], catalogues[CATALOGUES_SIZE] __attribute__((aligned(8)));
static uint8_t media[2][SECTORS * CMSFS_SECTOR]; /* 190, 191 */
static char output[200000];
static size_t output_size;
static const char *const *script; /* NULL at its end */
static jmp_buf script_end;
static bool with_cp;
static const char *deck[8]; /* cards in the reader, as text */
static unsigned int deck_next;
static char punched[20][CARD + 1];
static unsigned int punched_count;
static enum program_end program_ends;

void machine_start(void)
{
}

bool machine_is_virtual(void)
{
	return with_cp;
}

const char *machine_userid(void)
{
	return with_cp ? "STUDENT1" : "";
}

uint64_t machine_storage(void)
{
	return sizeof(storage);
}

uint64_t machine_clock(void)
{
	return 1795437770; /* 2026-11-23 12:42:50 */
}

void machine_time_used(uint64_t *virtual_time, uint64_t *total_time)
{
	static uint64_t used;

	used += 1234567;
	*virtual_time = used;
	*total_time = 2 * used;
}

uint64_t machine_times(uint64_t *virtual_time, uint64_t *total_time)
{
	machine_time_used(virtual_time, total_time);
	return machine_clock();
}

void machine_sleep(uint32_t seconds)
{
	(void)seconds;
}

void machine_stop(uint32_t code)
{
	(void)code;
	abort();
}

void console_write(const char *text, size_t length)
{
	if (output_size + length + 2 > sizeof(output))
		output_size = 0;
	memcpy(output + output_size, text, length);
	output_size += length;
	output[output_size++] = '\n';
	output[output_size] = '\0';
}

size_t console_read(char *line, size_t size)
{
	if (!*script)
		longjmp(script_end, 1);
	text_copy(line, size, *script++);
	return strlen(line);
}

/* What comes behind a SAVESYS may be long after it: another's system disk may be below. */
static int saved(const char *name)
{
	struct disk disk;
	char empty[CATALOGUES_SIZE / MODES_MAX] = {0};

	if (strcmp(name, "REFUSED") == 0)
		return 1071;
	CU_ASSERT_EQUAL(memcmp(catalogues + sizeof(empty), empty, sizeof(empty)), 0);
	if (strcmp(name, "LATER") == 0 && disk_open(&disk, 0x190))
		cmsfs_make(&disk.store, "NEWSYS", 0, 2);
	return 0;
}

int cp_command(const char *command, char *response, size_t size, size_t *lost)
{
	if (!with_cp)
		return CP_NONE;
	if (strncmp(command, "SAVESYS ", 8) == 0)
		return saved(command + 8);
	if (!response)
		return 0;
	*lost = 0;
	if (text_same_nocase(command, "QUERY FISH"))
		return (int)(0 * format(response, size, "ONE\nTWO\n"));
	format(response, size, "HCPCMD001E Unknown CP command\n");
	return CP_UNKNOWN;
}

static int media_transfer(struct cmsfs_store *store, bool write, uint32_t sector, uint32_t count,
			  void *buffer)
{
	const struct disk *disk = (struct disk *)store;
	uint8_t *at = media[disk->device & 1] + (size_t)sector * CMSFS_SECTOR;

	if (sector > SECTORS || count > SECTORS - sector)
		return -1;
	memcpy(write ? at : buffer, write ? buffer : at, (size_t)count * CMSFS_SECTOR);
	return 0;
}

static int media_read(struct cmsfs_store *store, uint32_t sector, uint32_t count, void *buffer)
{
	return media_transfer(store, false, sector, count, buffer);
}

static int media_write(struct cmsfs_store *store, uint32_t sector, uint32_t count, const void *buffer)
{
	return media_transfer(store, true, sector, count, (void *)(uintptr_t)buffer);
}

bool disk_open(struct disk *disk, uint16_t device)
{
	*disk = (struct disk){.store = {media_read, media_write, SECTORS, false}, .device = device};
	return device == 0x190 || device == 0x191;
}

enum card_result card_read(uint16_t device, uint8_t card[CARD])
{
	memset(card, ' ', CARD);
	if (device != 0x00c || deck_next == 8 || !deck[deck_next])
		return deck_next ? CARD_END : CARD_EMPTY;
	memcpy(card, deck[deck_next], strlen(deck[deck_next]));
	deck_next++;
	return CARD_DONE;
}

enum card_result card_punch(uint16_t device, const uint8_t card[CARD])
{
	if (device != 0x00d || punched_count == 20)
		return CARD_ERROR;
	memcpy(punched[punched_count++], card, CARD);
	return CARD_DONE;
}

enum card_result printer_write(uint16_t device, const char *text, size_t length, bool skip)
{
	(void)skip;
	CU_ASSERT_EQUAL(device, 0x00e);
	console_write(text, length);
	return CARD_DONE;
}

/* The cards of this machine are ASCII already. */
void text_from_machine(void *data, size_t size)
{
	(void)data;
	(void)size;
}

void text_to_machine(void *data, size_t size)
{
	(void)data;
	(void)size;
}

uint8_t *machine_catalogues(void)
{
	return catalogues;
}

uint32_t machine_module(void)
{
	return MODULE_X86_64;
}

const char *machine_exception_name(uint32_t code)
{
	return code == 2 ? "Privileged operation" : "Program";
}

uint8_t *machine_storage_at(uint32_t address)
{
	return storage + address;
}

/* A "program" writes its arguments, tries calls with bad addresses, and ends as the test wants it. */
void machine_run(uint32_t entry, const char *arguments, struct program_result *result)
{
	CU_ASSERT_EQUAL(entry, PROGRAM_ORIGIN);
	strcpy((char *)storage + PROGRAM_ORIGIN + 64, arguments);
	CU_ASSERT_EQUAL(program_call(CALL_WRITE, PROGRAM_ORIGIN + 64, strlen(arguments), 0), 0);
	CU_ASSERT_EQUAL(program_call(CALL_WRITE, 0, 10, 0), -1);
	CU_ASSERT_EQUAL(program_call(CALL_WRITE, PROGRAM_END - 4, 5, 0), -1);
	CU_ASSERT_EQUAL(program_call(CALL_WRITE, UINT64_MAX - 3, 8, 0), -1);
	CU_ASSERT_EQUAL(program_call(CALL_READ, PROGRAM_ORIGIN, UINT64_MAX, 0), -1);
	CU_ASSERT_EQUAL(program_call(CALL_COMMAND, PROGRAM_ORIGIN, CMS_LINE + 1, 0), -1);
	CU_ASSERT_EQUAL(program_call(9999, 0, 0, 0), -1);
	program_typed("typed ahead");
	CU_ASSERT_EQUAL(program_call(CALL_READ, PROGRAM_ORIGIN + 128, 6, 0), 5);
	CU_ASSERT_STRING_EQUAL((char *)storage + PROGRAM_ORIGIN + 128, "typed");
	*result = (struct program_result){program_ends, 7, 2, 0x20010};
}

void machine_halt_program(void)
{
	abort();
}

/* ---- helpers ----------------------------------------------------------------------------------------------------- */

#define LINES(...) ((const char *const[]){__VA_ARGS__, NULL})

/* IPL, type the lines, and stop where CMS-lite would wait for the next one. */
static void play(const char *const lines[])
{
	output_size = 0;
	output[0] = '\0';
	depth = 0;
	running = false;
	memset(modes, 0, sizeof(modes));
	script = lines;
	if (setjmp(script_end) == 0)
		cms_main();
}

static bool shown(const char *text)
{
	if (strstr(output, text))
		return true;
	printf("\nnot shown: %s\nin:\n%s\n", text, output);
	return false;
}

#define SHOWN(text) CU_ASSERT(shown(text))

/* A formatted 191 and an empty 190. */
static void prepare(void)
{
	struct disk disk;

	with_cp = false;
	for (uint16_t device = 0x190; device <= 0x191; device++) {
		memset(media[device & 1], 0, sizeof(media[0]));
		disk_open(&disk, device);
		CU_ASSERT_EQUAL_FATAL(cmsfs_make(&disk.store, device & 1 ? "USER" : "SYSTEM", 0, 1),
				      CMSFS_OK);
	}
}

/* Put a file onto the A-disk. */
static void put_file(const char *name, const char *type, const void *data, uint32_t size,
		     uint32_t record_length)
{
	static struct cmsfs_entry files[CMSFS_FILES_MAX];
	char n[CMSFS_NAME], t[CMSFS_NAME];
	struct cmsfs_writer to;
	struct cmsfs fs;
	struct disk disk;

	disk_open(&disk, 0x191);
	cmsfs_fold_name(name, n);
	cmsfs_fold_name(type, t);
	CU_ASSERT_EQUAL_FATAL(cmsfs_mount(&fs, &disk.store, files, CMSFS_FILES_MAX), CMSFS_OK);
	CU_ASSERT_EQUAL(cmsfs_create(&to, &fs, n, t, record_length ? 'F' : 'V', record_length), CMSFS_OK);
	CU_ASSERT_EQUAL(cmsfs_append(&to, data, size), CMSFS_OK);
	CU_ASSERT_EQUAL(cmsfs_finish(&to, 1), CMSFS_OK);
}

/* ---- tests ------------------------------------------------------------------------------------------------------- */

static void start(void)
{
	prepare();
	play(LINES("", "  "));
	SHOWN("CMS-lite VM/40 1.0 2026-11-23 12:42:50 GMT\nReady; T=1.23/2.46 12:42:50\nCMS\n");
	memset(media[1], 0, sizeof(media[1]));
	play(LINES("LISTFILE"));
	SHOWN("DMSACC114S A(191) is not formatted; use the FORMAT command\n");
	SHOWN("DMSLST069E Filemode A not accessed\nReady(00036);");
}

static void format_disk(void)
{
	prepare();
	memset(media[1], 0x5a, sizeof(media[1]));
	play(LINES("FORMAT 191 A", "0", "format 191 a", "1", "bad label", "FORMAT 191 A", "yes", "mine",
		   "QUERY DISK A", "FORMAT", "FORMAT 192 A", "FORMAT 191 AB", "FORMAT XYZ A",
		   "FORMAT 190 S"));
	SHOWN("DMSFOR603R FORMAT will erase all files on disk A(191). Do you wish to continue?\n");
	SHOWN("Ready(00008);");
	SHOWN("DMSFOR070E Invalid parameter bad label\n");
	SHOWN("DMSFOR732I 100 blocks formatted on A(191)\n");
	SHOWN("MINE     191  A   R/W      0   1024        0-00%       93       93\n");
	SHOWN("DMSFOR113S Device A(192) not attached, or not a disk\n");
}

static void files(void)
{
	prepare();
	play(LINES("INPUT one text", "First line", "second", "", "TYPE ONE TEXT",
		   "COPYFILE ONE TEXT A TWO = =", "COPY ONE TEXT A TWO = = (APPEND", "TYPE TWO TEXT A 2 3",
		   "COPY ONE TEXT A ONE TEXT A", "COPY ONE TEXT A TWO TEXT A", "RENAME TWO TEXT A ONE TEXT A",
		   "R TWO TEXT A THREE = A", "LISTFILE * T%XT (FORMAT", "ERASE O* *", "LISTFILE",
		   "STATE ONE TEXT", "STATE THREE TEXT", "TYPE THREE TEXT A 1 1 (HEX"));
	SHOWN("First line\nsecond\nReady;");
	SHOWN("second\nFirst line\nReady;");
	SHOWN("DMSCPY019E Identical fileids specified\n");
	SHOWN("DMSCPY024E File TWO TEXT A already exists; specify REPLACE\nReady(00028);");
	SHOWN("DMSRNM024E File ONE TEXT A already exists; specify REPLACE\n");
	SHOWN("ONE      TEXT     A1 V         10\nTHREE    TEXT     A1 V         10\n");
	SHOWN("Ready; T=1.23/2.46 12:42:50\nTHREE    TEXT     A1\nReady;");
	SHOWN("DMSSTT002E File ONE TEXT * not found\nReady(00028);");
	SHOWN("46697273 74206C69 6E65\n");
}

static void refusals(void)
{
	prepare();
	play(LINES("TYPE", "TYPE NINECHARS1 X", "TYPE A B 9", "TYPE A B A 0", "TYPE A B A 1 2 3",
		   "TYPE A B (NO", "ERASE * * *", "ERASE A B S", "RENAME A B C", "COPY A B Q C D A",
		   "INPUT A B S", "ACCESS 999999 A", "ACCESS", "RELEASE Q", "RELEASE AA", "SLEEP -1",
		   "SLEEP 1 WEEK", "QUERY", "QUERY FISH", "HELP NOTHING", "START", "LOAD X", "EXEC X",
		   "CP Q T", "fish", "NINECHARS1"));
	SHOWN("DMSTYP054E Incomplete fileid specified\nReady(00024);");
	SHOWN("DMSTYP062E Invalid character in fileid NINECHARS1, or more than 8 of them\nReady(00020);");
	SHOWN("DMSTYP048E Invalid filemode 9\n");
	SHOWN("DMSTYP070E Invalid parameter 0\n");
	SHOWN("DMSTYP070E Invalid parameter 3\n");
	SHOWN("DMSTYP003E Invalid option: NO\n");
	SHOWN("DMSERS048E Invalid filemode *\n");
	SHOWN("DMSERS037E Filemode S(190) is accessed as read/only\nReady(00036);");
	SHOWN("DMSCPY069E Filemode Q not accessed\n");
	SHOWN("DMSQRY070E Invalid parameter FISH\n");
	SHOWN("DMSHLP001E There is no command NOTHING; HELP lists what there is\n");
	SHOWN("DMSLIO021E No program is loaded; use the LOAD command\n");
	SHOWN("DMSCPF045E There is no CP here: this is not a virtual machine\n");
	SHOWN("Unknown CP/CMS command\nReady(-0003);");
}

static void with_cp_below(void)
{
	prepare();
	with_cp = true;
	play(LINES("QUERY FISH", "#CP QUERY FISH", "CP NONSENSE", "nonsense", "QUERY USERID"));
	SHOWN("ONE\nTWO\nReady; T=1.23/2.46 12:42:50\nONE\nTWO\nReady;");
	SHOWN("HCPCMD001E Unknown CP command\nReady(00001);");
	SHOWN("Unknown CP/CMS command\nReady(-0003);");
	SHOWN("STUDENT1\n");
}

#define BANNER "CMS-lite VM/40 1.0 2026-11-23 12:42:50 GMT\n"

/* All starts again behind the command; the catalogue of S is read again only if it is another, those of others are not there. */
static void saved_system(void)
{
	prepare();
	play(LINES("SAVESYS CMS"));
	SHOWN("DMSSYS045E There is no CP here: this is not a virtual machine\nReady(-0001);");
	with_cp = true;
	put_file("KEPT", "TEXT", "x\n", 2, 0);
	put_file("INEXEC", "EXEC", "SAVESYS CMS\n", 12, 0);
	play(LINES("SAVESYS CMS", "LISTFILE KEPT *", "QUERY DISK S"));
	SHOWN(BANNER "Ready; T=1.23/2.46 12:42:50\n" BANNER
		     "Ready; T=1.23/2.46 12:42:50\nKEPT     TEXT     A1\n");
	SHOWN("SYSTEM");
	play(LINES("SAVESYS LATER", "QUERY DISK S", "SAVESYS", "INEXEC"));
	SHOWN("NEWSYS");
	SHOWN("DMSSYS047E No operands specified; HELP shows them\nReady(00024);");
	SHOWN("DMSSYS106E SAVESYS cannot be used in an EXEC\nReady;");
	play(LINES("SAVESYS REFUSED", "LISTFILE KEPT *"));
	SHOWN("Ready(01071);");
	SHOWN("KEPT     TEXT     A1\n");
}

static void execs(void)
{
	static const char profile[] =
		"* comment\n&TYPE Hello from &0, &1&2.\nSTATE NO FILE\n&TYPE code &RETCODE\nsub X Y\n"
		"&TYPE sub said &RETCODE\n&ERROR EXIT\nstate no file\n&TYPE never\n";
	static const char sub[] = "&TYPE sub got &1 and &2 &3 && &x\n&EXIT -12\n&TYPE never\n";

	prepare();
	put_file("PROFILE", "EXEC", profile, sizeof(profile) - 1, 0);
	put_file("SUB", "EXEC", sub, sizeof(sub) - 1, 0);
	put_file("LOOP", "EXEC", "EXEC LOOP\n", 10, 0);
	play(LINES("LOOP", "EXEC SUB a"));
	SHOWN("Hello from PROFILE, .\n");
	SHOWN("code 28\nsub got X and Y  && &x\nsub said -12\n");
	SHOWN("DMSSTT002E File NO FILE * not found\nReady(00028);");
	CU_ASSERT_PTR_NULL(strstr(output, "never"));
	SHOWN("DMSEXC105E EXECs are nested more than 4 deep\n");
	SHOWN("sub got A and   && &x\nReady(-0012);");
}

static void cards(void)
{
	prepare();
	deck[0] = ":READ  SENT     DATA     B1 2026";
	deck[1] = "card one";
	deck[2] = " card two  ";
	deck_next = 0;
	play(LINES("READCARD PROFILE", "INPUT HERE DATA", "x", "", "READCARD HERE DATA"));
	SHOWN("DMSRDC024E File HERE DATA A already exists; specify REPLACE\n");
	CU_ASSERT_EQUAL(deck_next, 0); /* refused before a card was touched */
	play(LINES("READCARD *", "TYPE SENT DATA", "READCARD OTHER DATA", "PUNCH SENT DATA",
		   "PRINT SENT DATA"));
	SHOWN("card one\n card two\nReady;");
	CU_ASSERT_EQUAL(punched_count, 3);
	CU_ASSERT_EQUAL(memcmp(punched[0], ":READ  SENT     DATA     A1  ", 29), 0);
	CU_ASSERT_EQUAL(memcmp(punched[2], " card two  ", 11), 0);
	deck_next = 1;
	play(LINES("READCARD *", "READCARD * (BINARY"));
	SHOWN("DMSRDC205E The deck has no :READ card");
	SHOWN("DMSRDC003E Invalid option: BINARY\n");
	memset(deck, 0, sizeof(deck));
	deck_next = 0;
	play(LINES("READCARD X Y"));
	SHOWN("DMSRDC124S Reader empty or not ready\nReady(00008);");
}

static void programs(void)
{
	struct module_header header = {.magic = MODULE_MAGIC,
				       .machine = cmsfs_be32(MODULE_X86_64),
				       .origin = cmsfs_be32(PROGRAM_ORIGIN),
				       .length = cmsfs_be32(64),
				       .clear = cmsfs_be32(8),
				       .entry = cmsfs_be32(PROGRAM_ORIGIN)};
	uint8_t image[32 + 64] = {0};

	prepare();
	memcpy(image, &header, 32);
	image[32] = 0x77;
	put_file("GOOD", "MODULE", image, sizeof(image), 32);
	put_file("SHORT", "MODULE", image, 64, 32);
	put_file("TINY", "MODULE", image, 8, 8);
	header.machine = cmsfs_be32(MODULE_S390X);
	memcpy(image, &header, 32);
	put_file("OTHER", "MODULE", image, sizeof(image), 32);
	header.machine = cmsfs_be32(MODULE_X86_64);
	header.origin = cmsfs_be32(0x2000);
	memcpy(image, &header, 32);
	put_file("LOW", "MODULE", image, sizeof(image), 32);
	header.origin = cmsfs_be32(PROGRAM_ORIGIN);
	header.clear = cmsfs_be32(UINT32_MAX);
	memcpy(image, &header, 32);
	put_file("HUGE", "MODULE", image, sizeof(image), 32);
	header.clear = cmsfs_be32(0);
	header.entry = cmsfs_be32(PROGRAM_ORIGIN + 64);
	memcpy(image, &header, 32);
	put_file("ENTRY", "MODULE", image, sizeof(image), 32);
	program_ends = PROGRAM_EXIT;
	play(LINES("GOOD some words", "LOAD GOOD", "START again", "SHORT", "TINY", "OTHER", "LOW", "HUGE",
		   "ENTRY"));
	CU_ASSERT_EQUAL(storage[PROGRAM_ORIGIN], 0x77);
	SHOWN("some words\nReady(00007);");
	SHOWN("DMSLIO740I Execution begins...\nagain\nReady(00007);");
	SHOWN("DMSLIO109S SHORT MODULE A cannot be loaded: it is cut off\nReady(00104);");
	SHOWN("DMSLIO109S TINY MODULE A cannot be loaded: it is not a MODULE\n");
	SHOWN("DMSLIO109S OTHER MODULE A cannot be loaded: it is for another machine\n");
	SHOWN("DMSLIO109S LOW MODULE A cannot be loaded: it does not fit into the program area\n");
	SHOWN("DMSLIO109S HUGE MODULE A cannot be loaded: it does not fit into the program area\n");
	SHOWN("DMSLIO109S ENTRY MODULE A cannot be loaded: its entry point lies outside it\n");
	program_ends = PROGRAM_CHECK;
	play(LINES("GOOD"));
	SHOWN("DMSITP141T Privileged operation exception occurred at 00020010 in program "
	      "GOOD\nReady(00141);");
}

static void help(void)
{
	char line[64];

	prepare();
	play(LINES("HELP"));
	for (uint32_t i = 0; i < command_count; i++) {
		CU_ASSERT(strlen(commands[i].name) >= commands[i].shortest);
		/* No abbreviation may mean an earlier row. */
		text_copy(line, commands[i].shortest + 1, commands[i].name);
		CU_ASSERT_PTR_EQUAL(command_find(line), &commands[i]);
		snprintf(line, sizeof(line), "HELP %s", commands[i].name);
		play(LINES(line));
		SHOWN(commands[i].help);
	}
}

static void texts_and_numbers(void)
{
	char text[40];
	struct calendar c = calendar_from(951782400); /* 2000-02-29 */
	uint32_t value;

	CU_ASSERT_EQUAL(format(text, sizeof(text), "%5d|%-4s|%04X|%lu|%c%%|%.2s", -42, "ab", 0x2fu, 1ul << 40,
			       'x', "xyz"),
			35);
	CU_ASSERT_STRING_EQUAL(text, "  -42|ab  |002F|1099511627776|x%|xy");
	CU_ASSERT_EQUAL(format(text, 4, "%s", "longer"), 3);
	CU_ASSERT_STRING_EQUAL(text, "lon");
	CU_ASSERT(c.year == 2000 && c.month == 2 && c.day == 29 && c.hour == 0);
	CU_ASSERT(text_decimal("4294967295", &value) && value == UINT32_MAX);
	CU_ASSERT_FALSE(text_decimal("4294967296", &value));
	CU_ASSERT_FALSE(text_decimal("", &value));
	CU_ASSERT(text_hex("fF", &value) && value == 255);
	CU_ASSERT_FALSE(text_hex("1G", &value));
}

/* Lines of all kinds: words that mean something in any order, and plain noise. It must come back to Ready each time. */
static void noise(void)
{
	static const char *const words[] = {
		"191", "190", "A",    "S",      "B",  "*",  "=",        "FN",     "FT",           "FN",
		"FT",  "A",   "EXEC", "MODULE", "(",  ")",  "REPLACE",  "APPEND", "LABEL",        "HEX",
		"1",   "0",   "DISK", "F*",     "%%", "&1", "&RETCODE", "TWO",    "LONGLONGLONG",
	};
	static char lines[400][CONSOLE_LINE + 1];
	const char *pointers[401];

	srandom(41);
	for (int round = 0; round < 300; round++) {
		prepare();
		put_file("FN", "FT", "one\ntwo\n", 8, 0);
		put_file("TWO", "EXEC", "LISTFILE * * *\nTYPE &1 &2\nRENAME &1 &2 &3 &4 &5 &6\n", 51, 0);
		with_cp = round % 2;
		deck_next = 0;
		deck[0] = ":READ";
		punched_count = 0;
		for (int i = 0; i < 400; i++) {
			size_t n = 0;

			if (i % 3 == 2) { /* else an INPUT would take all that follows */
				lines[i][0] = '\0';
			} else if (i % 8 == 7) {
				while (n < (size_t)random() % CONSOLE_LINE)
					lines[i][n++] = (char)(1 + random() % 255);
				lines[i][n] = '\0';
			} else {
				n = format(lines[i], sizeof(lines[i]), "%s",
					   commands[(size_t)random() % command_count].name);
				for (long w = random() % 8; w && n < 100; w--)
					n += format(
						lines[i] + n, sizeof(lines[i]) - n, "%s%s", w == 5 ? "" : " ",
						words[(size_t)random() % (sizeof(words) / sizeof(words[0]))]);
			}
			pointers[i] = lines[i];
		}
		pointers[400] = NULL;
		play(pointers);
		SHOWN("Ready");
	}
}

int main(void)
{
	CU_TestInfo tests[] = {
		{"start", start},
		{"FORMAT", format_disk},
		{"files", files},
		{"refusals", refusals},
		{"with CP below", with_cp_below},
		{"a saved system", saved_system},
		{"EXECs", execs},
		{"cards", cards},
		{"programs", programs},
		{"HELP and abbreviations", help},
		{"texts and numbers", texts_and_numbers},
		{"noise", noise},
		CU_TEST_INFO_NULL,
	};
	CU_SuiteInfo suites[] = {{"CMS-lite commands", NULL, NULL, NULL, NULL, tests}, CU_SUITE_INFO_NULL};
	unsigned int failed;

	if (CU_initialize_registry() != CUE_SUCCESS || CU_register_suites(suites) != CUE_SUCCESS)
		return 1;
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	CU_cleanup_registry();
	return failed != 0;
}
