/*
 * grammar.c - the language of the directory, as a table.
 *
 * Owns: the statements and their operands. Before it: the vocabulary of cp/volume/format.h. After it: operand.c and
 * statement.c, which read by it; syntax.c, which shows it.
 * Source: z/VM's directory control statements and VM/370's, as far as VM/40 has the same things.
 * Simplification: a statement that z/VM has and VM/40 has not is known by name only.
 */
#include <string.h>
#include "cp/volume/format.h"
#include "grammar.h"
#include "parse.h"

/* ---- words to choose from ------------------------------------------------------------------------------------ */

/* A word of VM/370 or z/VM that VM/40 knows by name only: an error, or with --lenient a warning. */
#define UNSUPPORTED(name)                                                                                    \
	{                                                                                                    \
		name, sizeof(name) - 1, KEYWORD_UNSUPPORTED, NULL                                            \
	}

static const struct keyword disk_types[] = {
	{"9336", 4, 0x9336, NULL}, {"3370", 4, 0x3370, NULL}, {"FB-512", 6, 0x9336, NULL},
	UNSUPPORTED("2305"),       UNSUPPORTED("2314"),       UNSUPPORTED("2319"),
	UNSUPPORTED("3330"),       UNSUPPORTED("3340"),       UNSUPPORTED("3350"),
	UNSUPPORTED("3375"),       UNSUPPORTED("3380"),       UNSUPPORTED("3390"),
	{NULL, 0, 0, NULL}};

static const struct keyword console_types[] = {
	{"3215", 4, 0x3215, NULL}, {"3270", 4, 0x3270, NULL}, {"3210", 4, 0x3215, NULL}, {NULL, 0, 0, NULL}};

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
					 UNSUPPORTED("AFFINITY"),
					 UNSUPPORTED("APPLMON"),
					 UNSUPPORTED("BMX"),
					 UNSUPPORTED("CFUSER"),
					 UNSUPPORTED("CHPIDV"),
					 UNSUPPORTED("COMSRV"),
					 UNSUPPORTED("CONCEAL"),
					 UNSUPPORTED("DEDICATE"),
					 UNSUPPORTED("DEVMAINT"),
					 UNSUPPORTED("DIAG200"),
					 UNSUPPORTED("DIAG88"),
					 UNSUPPORTED("DIAG98"),
					 UNSUPPORTED("D84NOPAS"),
					 UNSUPPORTED("ECMODE"),
					 UNSUPPORTED("IGNMAXU"),
					 UNSUPPORTED("ISAM"),
					 UNSUPPORTED("LANG"),
					 UNSUPPORTED("LKFAC"),
					 UNSUPPORTED("LNKEXCLU"),
					 UNSUPPORTED("LNKSTABL"),
					 UNSUPPORTED("MIH"),
					 UNSUPPORTED("NETACCOUNTING"),
					 UNSUPPORTED("NOMDCFS"),
					 UNSUPPORTED("REALTIMER"),
					 UNSUPPORTED("RMCHINFO"),
					 UNSUPPORTED("SETORIG"),
					 UNSUPPORTED("STFIRST"),
					 UNSUPPORTED("STGEXEMPT"),
					 UNSUPPORTED("STGLIMIT"),
					 UNSUPPORTED("SVCACCL"),
					 UNSUPPORTED("SVCOFF"),
					 UNSUPPORTED("SVMSTAT"),
					 UNSUPPORTED("VCUNOSHR"),
					 UNSUPPORTED("VIRT=REAL"),
					 {NULL, 0, 0, NULL}};

/* MDISK without a place on a volume. */
static const struct keyword vdisk_words[] = {{"V-DISK", 6, DEVICE_VDISK, NULL}, {NULL, 0, 0, NULL}};
static const struct keyword tdisk_words[] = {{"T-DISK", 6, DEVICE_TDISK, NULL}, {NULL, 0, 0, NULL}};

static const struct operand maxspool = {"files", OPERAND_NUMBER, 0, 1, 9999, NULL};
static const struct keyword spoolfile_words[] = {{"MAXSPOOL", 8, 1, &maxspool}, {NULL, 0, 0, NULL}};
static const struct keyword cpu_words[] = {{"BASE", 4, 1, NULL},       {"CPUID", 5, 2, &cpuid},
					   {"CRYPTO", 6, 3, NULL},     {"DEDICATE", 3, 4, NULL},
					   {"NODEDICATE", 5, 5, NULL}, {NULL, 0, 0, NULL}};
static const struct keyword volid_words[] = {{"VOLID", 5, 1, NULL}, {NULL, 0, 0, NULL}};
static const struct keyword read_only[] = {{"R/O", 3, 1, NULL}, {NULL, 0, 0, NULL}};

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
static const struct operand vdisk_operands[] = {{"vdev", OPERAND_VDEV, 0, 0, 0, NULL},
						{"devtype", OPERAND_CHOICE, 0, 0, 0, disk_types},
						{"V-DISK", OPERAND_CHOICE, 0, 0, 0, vdisk_words},
						{"blocks", OPERAND_NUMBER, 0, 1, OBJECT_TEMPORARY_MAX, NULL},
						{"mode", OPERAND_CHOICE, OPTIONAL, 0, 0, link_modes}};
static const struct operand tdisk_operands[] = {{"vdev", OPERAND_VDEV, 0, 0, 0, NULL},
						{"devtype", OPERAND_CHOICE, 0, 0, 0, disk_types},
						{"T-DISK", OPERAND_CHOICE, 0, 0, 0, tdisk_words},
						{"blocks", OPERAND_NUMBER, 0, 1, OBJECT_TEMPORARY_MAX, NULL},
						{"mode", OPERAND_CHOICE, OPTIONAL, 0, 0, link_modes}};
static const struct operand cpu_operands[] = {{"address", OPERAND_HEX, 0, 0, 0x3f, NULL},
					      {"option", OPERAND_CHOICE, OPTIONAL | REPEAT, 0, 0, cpu_words}};
static const struct operand dedicate_operands[] = {
	{"vdev", OPERAND_VDEV, 0, 0, 0, NULL},
	{"volid", OPERAND_CHOICE, OPTIONAL | SKIP, 0, 0, volid_words},
	{"rdev", OPERAND_VOLSER, 0, 0, 0, NULL},
	{"read-only", OPERAND_CHOICE, OPTIONAL, 0, 0, read_only}};
static const struct operand special_operands[] = {{"vdev", OPERAND_VDEV, 0, 0, 0, NULL},
						  {"devtype", OPERAND_WORD, 0, 1, 8, NULL},
						  {"operand", OPERAND_WORD, OPTIONAL | REPEAT, 1, 16, NULL}};
static const struct operand nicdef_operands[] = {{"vdev", OPERAND_VDEV, 0, 0, 0, NULL},
						 {"operand", OPERAND_WORD, OPTIONAL | REPEAT, 1, 32, NULL}};
static const struct operand iucv_operands[] = {{"userid", OPERAND_WORD, 0, 1, 8, NULL},
					       {"operand", OPERAND_WORD, OPTIONAL | REPEAT, 1, 16, NULL}};
static const struct operand namesave_operands[] = {{"name", OPERAND_NAME, REPEAT, 0, 0, NULL}};
static const struct operand spoolfile_operands[] = {{"limit", OPERAND_CHOICE, 0, 0, 0, spoolfile_words}};
static const struct operand link_operands[] = {{"userid", OPERAND_USERID, 0, 0, 0, NULL},
					       {"vdev1", OPERAND_VDEV, 0, 0, 0, NULL},
					       {"vdev2", OPERAND_VDEV, OPTIONAL, 0, 0, NULL},
					       {"mode", OPERAND_CHOICE, OPTIONAL, 0, 0, link_modes}};

/* ---- the statements ------------------------------------------------------------------------------------------ */

#define OPERANDS(array) array, sizeof(array) / sizeof((array)[0])
#define ENTRY           (IN_PROFILE | IN_USER)
#define NOT_YET(name, shortest)                                                                              \
	{                                                                                                    \
		name, shortest, IN_FRONT | ENTRY, NULL, 0, NULL, NULL, NULL                                  \
	}

const struct statement grammar[] = {
	{"DIRECTORY", 3, IN_FRONT, OPERANDS(directory_operands), statement_directory,
	 "The first statement: the volume, by its label, that will carry the object directory. vdev is its "
	 "address when a virtual "
	 "machine runs CP; a real CP finds the volume by its label.",
	 NULL},
	{"PROFILE", 4, OPENS, OPERANDS(name_operands), statement_profile,
	 "Begins what several users have in common. Profiles stand before the first USER.", NULL},
	{"USER", 1, OPENS, OPERANDS(user_operands), statement_user,
	 "Begins a user's entry. In place of the password: NOLOG (nobody logs on), NOPASS (no password is "
	 "asked), AUTOONLY (started "
	 "by AUTOLOG or XAUTOLOG only), LBYONLY (LOGON BY only). The editing symbols are a character, ON "
	 "(the usual one) or OFF.",
	 NULL},
	{"INCLUDE", 4, IN_USER | ONCE, OPERANDS(name_operands), statement_include,
	 "Directly after USER: takes in a profile. What the entry says itself goes before what the profile "
	 "says.",
	 NULL},
	{"ACCOUNT", 1, ENTRY | GENERAL | ONCE, OPERANDS(account_operands), statement_account,
	 "Account number, and distribution code for printed output. Default: the userid for both.", NULL},
	{"MACHINE", 4, ENTRY | GENERAL | ONCE, OPERANDS(machine_operands), statement_machine,
	 "The architecture that the virtual machine begins in, and how many processors it may have. Default: "
	 "ESA 1.",
	 NULL},
	{"STORAGE", 4, ENTRY | GENERAL | ONCE, OPERANDS(storage_operands), statement_storage,
	 "Storage at LOGON, with K, M, G or T. It goes before the size on USER. Default: 16M.", NULL},
	{"MAXSTORAGE", 6, ENTRY | GENERAL | ONCE, OPERANDS(storage_operands), statement_maxstorage,
	 "What DEFINE STORAGE may reach. Default: the storage at LOGON.", NULL},
	{"CLASS", 2, ENTRY | GENERAL | ONCE, OPERANDS(class_operands), statement_class,
	 "Privilege classes, A to Z and 1 to 6. They go before the classes on USER. Default: G.", NULL},
	{"OPTION", 1, ENTRY | GENERAL, OPERANDS(option_operands), statement_option,
	 "Privileges and habits of the machine. May be repeated; a profile's options are added. CP acts on CPUID (six digits of STIDP) and LNKNOPAS; "
	 "QUICKDSP is everybody's lot, since nobody waits in an eligible list; the others are kept.",
	 NULL},
	{"IPL", 1, ENTRY | GENERAL | ONCE, OPERANDS(ipl_operands), statement_ipl,
	 "What is started at LOGON: a device address, or the name of a saved system. PARM takes the rest of "
	 "the statement.",
	 NULL},
	{"SHARE", 5, ENTRY | GENERAL | ONCE, OPERANDS(share_operands), statement_share,
	 "The part of the real processors: of what is left (RELATIVE, default 100) or of the whole "
	 "(ABSOLUTE). A second value limits "
	 "it: softly (LIMITSOFT: others come first) or always (LIMITHARD). The limit is kept, but CP does not act on it yet.",
	 NULL},
	{"LOGONBY", 7, ENTRY | GENERAL, OPERANDS(userids_operands), statement_logonby,
	 "Who may log on to this userid with their own password: at most eight.", NULL},
	{"AUTOLOG", 7, ENTRY | GENERAL, OPERANDS(userids_operands), statement_autolog,
	 "Who may start this userid by XAUTOLOG.", NULL},
	{"XAUTOLOG", 8, ENTRY | GENERAL, OPERANDS(userids_operands), statement_autolog,
	 "The same as AUTOLOG.", NULL},
	{"COMMAND", 3, ENTRY | GENERAL, OPERANDS(command_operands), statement_command,
	 "A CP command that is executed at LOGON, before IPL. May be repeated; a profile's commands come "
	 "first.",
	 NULL},
	{"CONSOLE", 3, ENTRY | ONCE, OPERANDS(console_operands), statement_console,
	 "The virtual console. Its spool class (default T), and a secondary user who gets its output while "
	 "nobody is at the "
	 "terminal; an OBSERVER gets it always.",
	 NULL},
	{"SPOOL", 2, ENTRY, OPERANDS(spool_operands), statement_spool,
	 "A virtual card reader, punch or printer. A 2540 must say which. Class: default A; of a reader *, "
	 "which takes all.",
	 NULL},
	{"MDISK", 2, IN_USER, OPERANDS(mdisk_operands), statement_mdisk,
	 "A minidisk: blocks of 512 bytes of a volume, from `start`; END is the end of the volume. The mode "
	 "is what the owner gets "
	 "(default W). Passwords admit other users to read, to write and to write together; ALL admits "
	 "everybody.",
	 NULL},
	{"LINK", 2, ENTRY, OPERANDS(link_operands), statement_link,
	 "Another user's minidisk vdev1, linked at LOGON as vdev2 (default: the same address), without a "
	 "password. Default mode: R.",
	 NULL},
	{"MDISK", 2, ENTRY, OPERANDS(vdisk_operands), statement_temporary,
	 "A disk of so many blocks of 512 bytes in CP's storage: zeros at every LOGON, gone at LOGOFF. May stand in a profile. V-disks have at most a "
	 "quarter of the real storage, all together.",
	 vdisk_words},
	{"MDISK", 2, ENTRY, OPERANDS(tdisk_operands), statement_temporary,
	 "The same in free blocks of the spool area, of which spool files keep half.", tdisk_words},
	{"CPU", 3, ENTRY | GENERAL | KEPT, OPERANDS(cpu_operands), statement_kept, "A virtual processor.",
	 NULL},
	{"IUCV", 4, ENTRY | GENERAL | KEPT, OPERANDS(iucv_operands), statement_kept,
	 "With whom the machine may communicate: a userid, ALLOW, ANY, or a system service.", NULL},
	{"NAMESAVE", 4, ENTRY | GENERAL | KEPT, OPERANDS(namesave_operands), statement_kept,
	 "Restricted saved systems and segments that the machine may use.", NULL},
	{"SPOOLFILE", 6, ENTRY | GENERAL | ONCE | KEPT, OPERANDS(spoolfile_operands), statement_kept,
	 "How many spool files the user may have.", NULL},
	{"DEDICATE", 3, ENTRY | KEPT, OPERANDS(dedicate_operands), statement_kept_device,
	 "A real device, or the one with a volume of this label, for the machine alone.", NULL},
	{"SPECIAL", 3, ENTRY | KEPT, OPERANDS(special_operands), statement_kept_device,
	 "A device without a real one: 3270, CTCA, TIMER ...", NULL},
	{"NICDEF", 6, ENTRY | KEPT, OPERANDS(nicdef_operands), statement_kept_device,
	 "A virtual network adapter: TYPE QDIO, DEVICES n, LAN owner name ...", NULL},
	NOT_YET("ACIGROUP", 3),
	NOT_YET("ADJUNCT", 3),
	NOT_YET("APPCPASS", 4),
	NOT_YET("BUILD", 5),
	NOT_YET("CRYPTO", 3),
	NOT_YET("D8ONECMD", 3),
	NOT_YET("DASDOPT", 5),
	NOT_YET("DATEFORMAT", 4),
	NOT_YET("GLOBALDEFS", 7),
	NOT_YET("GLOBALOPTS", 7),
	NOT_YET("IDENTITY", 5),
	NOT_YET("IOPRIORITY", 4),
	NOT_YET("LOADDEV", 7),
	NOT_YET("MINIOPT", 5),
	NOT_YET("NOPDATA", 3),
	NOT_YET("POOL", 4),
	NOT_YET("POSIXGLIST", 6),
	NOT_YET("POSIXINFO", 6),
	NOT_YET("POSIXOPT", 6),
	NOT_YET("SCREEN", 3),
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
		if (grammar[i].name[0] == word[0] &&
		    keyword_matches(word, grammar[i].name, grammar[i].shortest))
			return &grammar[i];
	return NULL;
}

const struct statement *grammar_find_form(const struct statement_text *t)
{
	const struct statement *s = grammar_find(t->words[0].text);

	for (unsigned i = 0; s != NULL && t->count > 3 && i < grammar_count; i++)
		if (grammar[i].form != NULL && strcmp(grammar[i].name, s->name) == 0 &&
		    strcmp(grammar[i].form->name, t->words[3].text) == 0)
			return &grammar[i];
	return s;
}
