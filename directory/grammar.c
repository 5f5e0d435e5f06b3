/*
 * grammar.c - the language of the directory, as a table.
 *
 * Owns: the statements and their operands. Before it: the vocabulary of cp/volume/format.h. After it: operand.c and
 * statement.c, which read by it; docs/reference/directory.md, which is printed from it.
 * Source: z/VM's directory control statements and VM/370's, as far as VM/40 has the same things.
 * Simplification: a statement that z/VM has and VM/40 has not is known by name only.
 */
#include <string.h>
#include "cp/volume/format.h"
#include "grammar.h"
#include "parse.h"

/* ---- words to choose from ------------------------------------------------------------------------------------ */

static const struct keyword disk_types[] = {{"9336", 4, 0x9336, NULL},
					    {"3370", 4, 0x3370, NULL},
					    {"FB-512", 6, 0x9336, NULL},
					    {NULL, 0, 0, NULL}};

static const struct keyword console_types[] = {
	{"3215", 4, 0x3215, NULL}, {"3270", 4, 0x3270, NULL}, {NULL, 0, 0, NULL}};

static const struct keyword unit_types[] = {{"2540", 4, 0x2540, NULL}, {"3505", 4, 0x3505, NULL},
					    {"3525", 4, 0x3525, NULL}, {"1403", 4, 0x1403, NULL},
					    {"3203", 4, 0x3203, NULL}, {"3211", 4, 0x3211, NULL},
					    {NULL, 0, 0, NULL}};

static const struct keyword unit_kinds[] = {
	{"READER", 4, DISK_SPOOL_READER, NULL}, {"RDR", 3, DISK_SPOOL_READER, NULL},
	{"PUNCH", 3, DISK_SPOOL_PUNCH, NULL},   {"PRINTER", 5, DISK_SPOOL_PRINTER, NULL},
	{"PRT", 3, DISK_SPOOL_PRINTER, NULL},   {NULL, 0, 0, NULL}};

static const struct keyword link_modes[] = {
	{"R", 1, LINK_R, NULL}, {"RR", 2, LINK_RR, NULL}, {"W", 1, LINK_W, NULL},   {"WR", 2, LINK_WR, NULL},
	{"M", 1, LINK_M, NULL}, {"MR", 2, LINK_MR, NULL}, {"MW", 2, LINK_MW, NULL}, {NULL, 0, 0, NULL}};

static const struct keyword machine_modes[] = {{"ESA", 3, OBJECT_MODE_ESA, NULL},
					       {"XA", 2, OBJECT_MODE_XA, NULL},
					       {"XC", 2, OBJECT_MODE_XC, NULL},
					       {"Z", 1, OBJECT_MODE_Z, NULL},
					       {NULL, 0, 0, NULL}};

static const struct keyword observer[] = {{"OBSERVER", 3, 1, NULL}, {NULL, 0, 0, NULL}};

static const struct operand cpuid = {"cpuid", OPERAND_HEX, 0, 0, 0xffffff, NULL};
static const struct operand connections = {"connections", OPERAND_NUMBER, 0, 1, 65535, NULL};
static const struct keyword options[] = {{"ACCT", 4, OBJECT_OPTION_ACCT, NULL},
					 {"CPUID", 5, OBJECT_OPTION_CPUID, &cpuid},
					 {"DEVINFO", 7, OBJECT_OPTION_DEVINFO, NULL},
					 {"LNKNOPAS", 8, OBJECT_OPTION_LNKNOPAS, NULL},
					 {"MAXCONN", 7, OBJECT_OPTION_MAXCONN, &connections},
					 {"QUICKDSP", 8, OBJECT_OPTION_QUICKDSP, NULL},
					 {"TODENABLE", 9, OBJECT_OPTION_TODENABLE, NULL},
					 {NULL, 0, 0, NULL}};

enum { IPL_LOADPARM = 1, IPL_PARM = 2 };
static const struct operand loadparm = {"loadparm", OPERAND_WORD, 0, 1, 8, NULL};
static const struct operand parm = {"text", OPERAND_REST, 0, 1, OBJECT_PARM_MAX, NULL};
static const struct keyword ipl_options[] = {
	{"LOADPARM", 5, IPL_LOADPARM, &loadparm}, {"PARM", 4, IPL_PARM, &parm}, {NULL, 0, 0, NULL}};

static const struct operand relative = {"value", OPERAND_NUMBER, 0, 1, 10000, NULL};
static const struct operand absolute = {"percent", OPERAND_PERCENT, 0, 1, 1000, NULL};
static const struct keyword share_kinds[] = {{"ABSOLUTE", 3, OBJECT_SHARE_ABSOLUTE, &absolute},
					     {"RELATIVE", 3, OBJECT_SHARE_RELATIVE, &relative},
					     {NULL, 0, 0, NULL}};
static const struct keyword share_limits[] = {{"NOLIMIT", 3, OBJECT_SHARE_NOLIMIT, NULL},
					      {"LIMITSOFT", 6, OBJECT_SHARE_LIMITSOFT, NULL},
					      {"LIMITHARD", 6, OBJECT_SHARE_LIMITHARD, NULL},
					      {NULL, 0, 0, NULL}};

/* ---- operands of each statement ------------------------------------------------------------------------------ */

#define STORAGE_RANGE (64ull << 10), OBJECT_STORAGE_MAX

static const struct operand directory_operands[] = {{"vdev", OPERAND_VDEV, 0, 0, 0, NULL},
						    {"devtype", OPERAND_CHOICE, 0, 0, 0, disk_types},
						    {"volser", OPERAND_VOLSER, 0, 0, 0, NULL}};
static const struct operand user_operands[] = {{"userid", OPERAND_USERID, 0, 0, 0, NULL},
					       {"password", OPERAND_PASSWORD, 0, 0, 0, NULL},
					       {"storage", OPERAND_SIZE, OPTIONAL, STORAGE_RANGE, NULL},
					       {"maximum", OPERAND_SIZE, OPTIONAL, STORAGE_RANGE, NULL},
					       {"classes", OPERAND_CLASSES, OPTIONAL, 0, 0, NULL},
					       {"priority", OPERAND_NUMBER, OPTIONAL, 0, 99, NULL},
					       {"lineend", OPERAND_SYMBOL, OPTIONAL, 0, 0, NULL},
					       {"linedelete", OPERAND_SYMBOL, OPTIONAL, 0, 0, NULL},
					       {"chardelete", OPERAND_SYMBOL, OPTIONAL, 0, 0, NULL},
					       {"escape", OPERAND_SYMBOL, OPTIONAL, 0, 0, NULL}};
static const struct operand name_operands[] = {{"profile", OPERAND_NAME, 0, 0, 0, NULL}};
static const struct operand account_operands[] = {{"account", OPERAND_WORD, 0, 1, 8, NULL},
						  {"distribution", OPERAND_WORD, OPTIONAL, 1, 8, NULL}};
static const struct operand machine_operands[] = {
	{"mode", OPERAND_CHOICE, 0, 0, 0, machine_modes},
	{"cpus", OPERAND_NUMBER, OPTIONAL, 1, OBJECT_CPUS_MAX, NULL}};
static const struct operand storage_operands[] = {{"size", OPERAND_SIZE, 0, STORAGE_RANGE, NULL}};
static const struct operand class_operands[] = {{"classes", OPERAND_CLASSES, 0, 0, 0, NULL}};
static const struct operand option_operands[] = {{"option", OPERAND_CHOICE, REPEAT, 0, 0, options}};
static const struct operand ipl_operands[] = {
	{"system", OPERAND_NAME, 0, 0, 0, NULL},
	{"option", OPERAND_CHOICE, OPTIONAL | REPEAT, 0, 0, ipl_options}};
static const struct operand share_operands[] = {
	{"share", OPERAND_CHOICE, 0, 0, 0, share_kinds},
	{"maximum", OPERAND_CHOICE, OPTIONAL | SKIP, 0, 0, share_kinds},
	{"most", OPERAND_PERCENT, OPTIONAL | SKIP, 1, 10000, NULL},
	{"limit", OPERAND_CHOICE, OPTIONAL, 0, 0, share_limits}};
static const struct operand userids_operands[] = {{"userid", OPERAND_USERID, REPEAT, 0, 0, NULL}};
static const struct operand command_operands[] = {{"command", OPERAND_REST, 0, 1, OBJECT_COMMAND_MAX, NULL}};
static const struct operand console_operands[] = {{"vdev", OPERAND_VDEV, 0, 0, 0, NULL},
						  {"devtype", OPERAND_CHOICE, 0, 0, 0, console_types},
						  {"class", OPERAND_CLASS, OPTIONAL, 0, 0, NULL},
						  {"secuser", OPERAND_USERID, OPTIONAL, 0, 0, NULL},
						  {"observer", OPERAND_CHOICE, OPTIONAL, 0, 0, observer}};
static const struct operand spool_operands[] = {{"vdev", OPERAND_VDEV, 0, 0, 0, NULL},
						{"devtype", OPERAND_CHOICE, 0, 0, 0, unit_types},
						{"unit", OPERAND_CHOICE, OPTIONAL | SKIP, 0, 0, unit_kinds},
						{"class", OPERAND_CLASS, OPTIONAL, 0, 0, NULL}};
static const struct operand mdisk_operands[] = {{"vdev", OPERAND_VDEV, 0, 0, 0, NULL},
						{"devtype", OPERAND_CHOICE, 0, 0, 0, disk_types},
						{"start", OPERAND_NUMBER, 0, 0, UINT32_MAX, NULL},
						{"blocks", OPERAND_SECTORS, 0, 1, UINT32_MAX, NULL},
						{"volser", OPERAND_VOLSER, 0, 0, 0, NULL},
						{"mode", OPERAND_CHOICE, OPTIONAL, 0, 0, link_modes},
						{"readpw", OPERAND_PASSWORD, OPTIONAL, 0, 0, NULL},
						{"writepw", OPERAND_PASSWORD, OPTIONAL, 0, 0, NULL},
						{"multipw", OPERAND_PASSWORD, OPTIONAL, 0, 0, NULL}};
static const struct operand link_operands[] = {{"userid", OPERAND_USERID, 0, 0, 0, NULL},
					       {"vdev1", OPERAND_VDEV, 0, 0, 0, NULL},
					       {"vdev2", OPERAND_VDEV, OPTIONAL, 0, 0, NULL},
					       {"mode", OPERAND_CHOICE, OPTIONAL, 0, 0, link_modes}};

/* ---- the statements ------------------------------------------------------------------------------------------ */

#define OPERANDS(array) array, sizeof(array) / sizeof((array)[0])
#define ENTRY           (IN_PROFILE | IN_USER)
#define NOT_YET(name, shortest)                                                                              \
	{                                                                                                    \
		name, shortest, IN_FRONT | ENTRY, NULL, 0, NULL, NULL                                        \
	}

const struct statement grammar[] = {
	{"DIRECTORY", 3, IN_FRONT, OPERANDS(directory_operands), statement_directory,
	 "The first statement: the volume, by its label, that will carry the object directory. vdev is its "
	 "address when a virtual "
	 "machine runs CP; a real CP finds the volume by its label."},
	{"PROFILE", 4, OPENS, OPERANDS(name_operands), statement_profile,
	 "Begins what several users have in common. Profiles stand before the first USER."},
	{"USER", 1, OPENS, OPERANDS(user_operands), statement_user,
	 "Begins a user's entry. In place of the password: NOLOG (nobody logs on), NOPASS (no password is "
	 "asked), AUTOONLY (started "
	 "by AUTOLOG or XAUTOLOG only), LBYONLY (LOGON BY only). The editing symbols are a character, ON "
	 "(the usual one) or OFF."},
	{"INCLUDE", 4, IN_USER | ONCE, OPERANDS(name_operands), statement_include,
	 "Directly after USER: takes in a profile. What the entry says itself goes before what the profile "
	 "says."},
	{"ACCOUNT", 1, ENTRY | GENERAL | ONCE, OPERANDS(account_operands), statement_account,
	 "Account number, and distribution code for printed output. Default: the userid for both."},
	{"MACHINE", 4, ENTRY | GENERAL | ONCE, OPERANDS(machine_operands), statement_machine,
	 "The architecture that the virtual machine begins in, and how many processors it may have. Default: "
	 "ESA 1."},
	{"STORAGE", 4, ENTRY | GENERAL | ONCE, OPERANDS(storage_operands), statement_storage,
	 "Storage at LOGON, with K, M, G or T. It goes before the size on USER. Default: 16M."},
	{"MAXSTORAGE", 6, ENTRY | GENERAL | ONCE, OPERANDS(storage_operands), statement_maxstorage,
	 "What DEFINE STORAGE may reach. Default: the storage at LOGON."},
	{"CLASS", 2, ENTRY | GENERAL | ONCE, OPERANDS(class_operands), statement_class,
	 "Privilege classes, A to Z and 1 to 6. They go before the classes on USER. Default: G."},
	{"OPTION", 1, ENTRY | GENERAL, OPERANDS(option_operands), statement_option,
	 "Privileges and habits of the machine. May be repeated; a profile's options are added."},
	{"IPL", 1, ENTRY | GENERAL | ONCE, OPERANDS(ipl_operands), statement_ipl,
	 "What is started at LOGON: a device address, or the name of a saved system. PARM takes the rest of "
	 "the statement."},
	{"SHARE", 5, ENTRY | GENERAL | ONCE, OPERANDS(share_operands), statement_share,
	 "The part of the real processors: of what is left (RELATIVE, default 100) or of the whole "
	 "(ABSOLUTE). A second value limits "
	 "it: softly (LIMITSOFT: others come first) or always (LIMITHARD)."},
	{"LOGONBY", 7, ENTRY | GENERAL, OPERANDS(userids_operands), statement_logonby,
	 "Who may log on to this userid with their own password: at most eight."},
	{"AUTOLOG", 7, ENTRY | GENERAL, OPERANDS(userids_operands), statement_autolog,
	 "Who may start this userid by XAUTOLOG."},
	{"XAUTOLOG", 8, ENTRY | GENERAL, OPERANDS(userids_operands), statement_autolog,
	 "The same as AUTOLOG."},
	{"COMMAND", 3, ENTRY | GENERAL, OPERANDS(command_operands), statement_command,
	 "A CP command that is executed at LOGON, before IPL. May be repeated; a profile's commands come "
	 "first."},
	{"CONSOLE", 3, ENTRY | ONCE, OPERANDS(console_operands), statement_console,
	 "The virtual console. Its spool class (default T), and a secondary user who gets its output while "
	 "nobody is at the "
	 "terminal; an OBSERVER gets it always."},
	{"SPOOL", 2, ENTRY, OPERANDS(spool_operands), statement_spool,
	 "A virtual card reader, punch or printer. A 2540 must say which. Class: default A; of a reader *, "
	 "which takes all."},
	{"MDISK", 2, IN_USER, OPERANDS(mdisk_operands), statement_mdisk,
	 "A minidisk: blocks of 512 bytes of a volume, from `start`; END is the end of the volume. The mode "
	 "is what the owner gets "
	 "(default W). Passwords admit other users to read, to write and to write together; ALL admits "
	 "everybody."},
	{"LINK", 2, ENTRY, OPERANDS(link_operands), statement_link,
	 "Another user's minidisk vdev1, linked at LOGON as vdev2 (default: the same address), without a "
	 "password. Default mode: R."},
	NOT_YET("ACIGROUP", 3),
	NOT_YET("ADJUNCT", 3),
	NOT_YET("APPCPASS", 4),
	NOT_YET("BUILD", 5),
	NOT_YET("CPU", 3),
	NOT_YET("CRYPTO", 3),
	NOT_YET("D8ONECMD", 3),
	NOT_YET("DASDOPT", 5),
	NOT_YET("DATEFORMAT", 4),
	NOT_YET("DEDICATE", 3),
	NOT_YET("GLOBALDEFS", 7),
	NOT_YET("GLOBALOPTS", 7),
	NOT_YET("IDENTITY", 5),
	NOT_YET("IOPRIORITY", 4),
	NOT_YET("IUCV", 4),
	NOT_YET("LOADDEV", 7),
	NOT_YET("MINIOPT", 5),
	NOT_YET("NAMESAVE", 4),
	NOT_YET("NICDEF", 6),
	NOT_YET("NOPDATA", 3),
	NOT_YET("POOL", 4),
	NOT_YET("POSIXGLIST", 6),
	NOT_YET("POSIXINFO", 6),
	NOT_YET("POSIXOPT", 6),
	NOT_YET("SCREEN", 3),
	NOT_YET("SPECIAL", 3),
	NOT_YET("SPOOLFILE", 6),
	NOT_YET("STDEVOPT", 3),
	NOT_YET("SUBCONFIG", 4),
	NOT_YET("SUPERVISOR", 5),
	NOT_YET("SYSAFFIN", 5),
	NOT_YET("VMRELOCATE", 5),
	NOT_YET("XCONFIG", 5),
	NOT_YET("XSTORE", 4),
};

const unsigned grammar_count = sizeof(grammar) / sizeof(grammar[0]);

const struct statement *grammar_find(const char *word)
{
	for (unsigned i = 0; i < grammar_count; i++)
		if (keyword_matches(word, grammar[i].name, grammar[i].shortest))
			return &grammar[i];
	return NULL;
}

/* ---- syntax as text ------------------------------------------------------------------------------------------ */

struct text {
	char *buf;
	size_t size, at;
};

static void text_add(struct text *t, const char *s)
{
	size_t n = strlen(s), room = t->size - 1 - t->at;

	if (n > room)
		n = room;
	memcpy(t->buf + t->at, s, n);
	t->at += n;
	t->buf[t->at] = '\0';
}

/* The part that must be there in capitals, the rest in small letters: DIRectory. */
static void text_add_keyword(struct text *t, const char *name, unsigned shortest)
{
	for (unsigned i = 0; name[i] != '\0'; i++) {
		bool small = i >= shortest && name[i] >= 'A' && name[i] <= 'Z';

		text_add(t, (char[]){(char)(small ? name[i] - 'A' + 'a' : name[i]), '\0'});
	}
}

static void text_add_choice(struct text *t, const struct operand *o)
{
	bool several = o->keywords[1].name != NULL && !(o->flags & OPTIONAL);

	text_add(t, several ? "{" : "");
	for (const struct keyword *k = o->keywords; k->name != NULL; k++) {
		text_add(t, k == o->keywords ? "" : "|");
		text_add_keyword(t, k->name, k->shortest);
		if (k->argument != NULL) {
			text_add(t, " ");
			text_add(t, k->argument->name);
		}
	}
	text_add(t, several ? "}" : "");
}

const char *grammar_syntax(const struct statement *s, char *buf, size_t size)
{
	struct text t = {buf, size, 0};
	unsigned open = 0;

	buf[0] = '\0';
	text_add_keyword(&t, s->name, s->shortest);
	for (unsigned i = 0; i < s->operand_count; i++) {
		const struct operand *o = &s->operands[i];

		text_add(&t, o->flags & OPTIONAL ? " [" : " ");
		if (o->kind == OPERAND_CHOICE)
			text_add_choice(&t, o);
		else
			text_add(&t, o->name);
		text_add(&t, o->flags & REPEAT ? " ..." : "");
		if (o->flags & SKIP)
			text_add(&t, "]");
		else if (o->flags & OPTIONAL)
			open++;
	}
	while (open-- > 0)
		text_add(&t, "]");
	return buf;
}

void grammar_print(FILE *f)
{
	char syntax[400];

	for (unsigned i = 0; i < grammar_count; i++) {
		const struct statement *s = &grammar[i];

		if (s->apply == NULL)
			continue;
		fprintf(f, "### %s\n\n    %s\n\n%s\n\n", s->name, grammar_syntax(s, syntax, sizeof(syntax)),
			s->help);
	}
}
