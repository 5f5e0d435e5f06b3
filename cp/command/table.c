/*
 * table.c - the one table of CP commands.
 *
 * Owns: name, shortest abbreviation, privilege classes, operand counts, handler, syntax and help of each command. HELP,
 * COMMANDS, docs/reference/commands.md and the terminal program's completion come from here. Before: parse.c, which
 * searches from the top: where two names begin alike, the more usual one stands first. After: the handlers.
 * Heritage: DMKCFC's COMNBEG1 table.
 */
#include "commands.h"
#include "query.h"

#define A    CLASS('A')
#define B    CLASS('B')
#define C    CLASS('C')
#define D    CLASS('D')
#define E    CLASS('E')
#define G    CLASS('G')
#define ANY  CLASS_ANY
#define USER CLASS_USER
#define MANY OPERANDS_ANY

/* clang-format off */
const struct command_entry command_table[] = {
	{"ATTN", 4, G, 0, 0, cmd_attention, "ATTN",
	 "Presses the attention key of the virtual console. REQUEST is the same.", NULL},
	{"AUTOLOG", 4, A | B | G, 2, 2, cmd_autolog, "AUTOLOG userid password",
	 "Logs a user on without a terminal, and IPLs what his directory entry says.", NULL},
	{"BEGIN", 1, G, 0, 1, cmd_begin, "BEGIN [hexloc]",
	 "Lets a stopped virtual machine go on, at hexloc if it is given.", NULL},
	{"CHANGE", 2, D | G, 2, MANY, cmd_change, "CHANGE [userid] {RDR|PRT|PUN|ALL} {spoolid ...|CLASS c|ALL} {CLASS c|HOLD|NOHOLD|KEEP|NOKEEP|COPY n|NAME fn ft} ...",
	 "Changes spool files. A userid other than one's own: class D.", NULL},
	{"CLOSE", 1, G, 1, MANY, cmd_close, "CLOSE {RDR|PRT|PUN|CONSOLE|vdev} [PURGE|HOLD] [NAME fn [ft]]",
	 "Ends the file that a virtual unit-record device reads or writes. A written one goes where SPOOL said.", NULL},
	{"COMMANDS", 3, ANY, 0, 1, cmd_commands, "COMMANDS [QUERY|SET|TERMINAL]",
	 "Lists the commands that you may use.", NULL},
	{"DEFINE", 3, G, 2, MANY, cmd_define, "DEFINE {STORAGE nM | {READER|PRINTER|PUNCH|CONSOLE} [AS] vdev | {TFB-512|VFB-512} [AS] vdev [BLK] n}",
	 "STORAGE gives the virtual machine another size, up to its directory maximum; all it held is lost and it must be IPLed. "
	 "READER to CONSOLE add a virtual device. TFB-512 adds a temporary disk of n blocks of 512 bytes, in free blocks of the spool area; VFB-512 "
	 "one in CP's storage. Either begins as zeros, and is gone with DETACH or LOGOFF.", NULL},
	{"DETACH", 3, G, 1, MANY, cmd_detach, "DETACH vdev ...",
	 "Removes virtual devices from one's machine until the next LOGON.", NULL},
	{"DIRECTORY", 4, A | B | C, 0, 2, cmd_directory, "DIRECTORY [SWAP [identity]|HOLD|RELEASE|userid]",
	 "Shows which directory is in use. SWAP takes the newer one that was written to the volume (the one of that identity), and tells whose "
	 "machines it changes at their next LOGON. HOLD keeps others from replacing it for ten minutes, until SWAP or RELEASE. With a userid: "
	 "how long his entry is.", NULL},
	{"DISPLAY", 1, G, 1, MANY, cmd_display, "DISPLAY {[L|T|K|V]hexloc[{-|:}hexloc|-END|.count] | register[{-|:}register] | PSW} ...",
	 "Shows storage in hexadecimal (L, the default), with text (T), its keys (K), by virtual address (V); registers, by a letter or a "
	 "name and a number, all of a kind without one: G general, X control, Y floating-point; and where the CPU stands, the PSW.", NULL},
	{"DISCONNECT", 4, USER, 0, 1, cmd_disconnect, "DISCONN [HOLD]",
	 "Leaves the virtual machine running and frees the terminal. LOGON comes back to it.", NULL},
	{"EXTERNAL", 3, G, 0, 1, cmd_external, "EXTERNAL [code]",
	 "Presents an external interruption to the virtual machine; 40, the interrupt key, unless told otherwise.", NULL},
	{"FORCE", 5, A, 1, 1, cmd_force, "FORCE userid",
	 "Logs another user off.", NULL},
	{"HELP", 1, ANY, 0, 2, cmd_help, "HELP [command [operand]]",
	 "Tells what a command does.", NULL},
	{"INDICATE", 3, E | G, 0, 2, cmd_indicate, "INDICATE [LOAD|USER [userid]]",
	 "How busy CP is, or what a user has used, why each engine that ran his machine was left, and what was simulated for him, by instruction. "
	 "After SET CPTRACE COST also CP's time for each kind of intercept: how many were measured, their mean, and the kind's share of all. "
	 "Another user's: class E.", NULL},
	{"IPL", 1, G, 1, MANY, cmd_ipl, "IPL {vdev|name} [CLEAR|NOCLEAR] [STOP] [LOADPARM x] [PARM text]",
	 "Loads an operating system into the virtual machine from a virtual device, or by the name of a saved system, and starts it. CMS is what "
	 "disk 190 holds, if there is no such system. CLEAR clears storage first, as a saved system always does; STOP "
	 "halts before the first instruction; PARM text is given to the system.", NULL},
	{"LINK", 3, G, 3, MANY, cmd_link, "LINK [TO] userid vdev1 [AS] vdev2 [R|RR|W|WR|M|MR|MW] [[PASS=]password]",
	 "Makes another user's minidisk (or another of one's own) a disk of one's machine. R, W and M are refused where RR, WR and MR give read-only, "
	 "and MW is always read/write.", NULL},
	{"LOGOFF", 3, USER, 0, 1, cmd_logoff, "LOGOFF [HOLD]",
	 "Ends the session and the virtual machine.", NULL},
	{"LOGOUT", 5, USER, 0, 1, cmd_logoff, "LOGOUT [HOLD]",
	 "The same as LOGOFF.", NULL},
	{"LOGON", 1, ANY, 1, MANY, cmd_logon, "LOGON userid [password] [BY userid] [HERE] [NOIPL]",
	 "Begins a session, or comes back to one that was disconnected. Without a password CP asks for it. BY: with the password of "
	 "another user whom the directory permits. HERE: even if the user is logged on at another terminal.", NULL},
	{"LOGIN", 4, ANY, 1, MANY, cmd_logon, "LOGIN userid [password]",
	 "The same as LOGON.", NULL},
	{"MESSAGE", 1, ANY, 1, MANY, cmd_message, "MESSAGE {userid|*|OPERATOR|ALL} text",
	 "Writes a line on another user's terminal. ALL: class A or B.", NULL},
	{"MSG", 3, ANY, 1, MANY, cmd_message, "MSG {userid|*|OPERATOR|ALL} text",
	 "The same as MESSAGE.", NULL},
	{"PURGE", 3, A | D | E | G, 1, MANY, cmd_purge, "PURGE {[userid] {RDR|PRT|PUN|ALL} {spoolid ...|CLASS c|ALL} | SAVED name [userid] | NSS name}",
	 "Destroys spool files, or a saved machine, or a named saved system. Files of another user: class D; his machine: class A or E; a "
	 "system: class E.", NULL},
	{"QUERY", 1, ANY, 1, MANY, query_userid, "QUERY {operand|userid}",
	 "Asks CP. A name that is no operand is taken as a userid: where is he?", query_table},
	{"READY", 5, G, 1, 1, cmd_ready, "READY vdev",
	 "Presents a device end from a virtual device, as its ready key would.", NULL},
	{"REQUEST", 3, G, 0, 0, cmd_attention, "REQUEST",
	 "The same as ATTN.", NULL},
	{"RESTORE", 4, A | E | G, 1, 3, cmd_restore, "RESTORE name [userid] [ANYWAY]",
	 "Makes one's virtual machine again what SAVE made an image of: CPU, storage, devices, and disks if it was saved WITH DISKS. What it was "
	 "before is lost, or, if the image cannot be used, as it was. A RESTORE of disks that is broken off is done again by the next IPL or by RESTORE; "
	 "until then nobody gets at them. Another user's, who must not be logged on: class A or E; he is then disconnected. ANYWAY: even if "
	 "this machine lacks what the guest could see.", NULL},
	{"SAVE", 4, A | E | G, 1, 4, cmd_save, "SAVE [userid] name [WITH DISKS]",
	 "Saves the virtual machine under a name: CPU, storage, devices, all that it is. It goes on: the answer says for how long it stood, "
	 "and how long writing took while it ran. The image that had the name before is replaced when the new one is whole. WITH DISKS: and "
	 "what is on his own minidisks that are linked read/write, as it was at that moment; RESTORE then brings back both. Another user's "
	 "machine: class A or E.", NULL},
	{"SAVESYS", 7, E, 1, 1, cmd_savesys, "SAVESYS name",
	 "Saves storage and CPU of the virtual machine as a named system, which IPL name starts in anybody's machine. All who do share its "
	 "storage, but for what each of them changes. One of that name is replaced; who has it keeps it until he IPLs again.", NULL},
	{"SEND", 4, C | G, 2, MANY, cmd_send, "SEND [CP] userid text",
	 "Types a line at another user's virtual machine (CP: as a CP command). For his secondary user, or with class C.", NULL},
	{"SET", 3, USER, 1, MANY, cmd_set, "SET operand ...",
	 "Changes how CP treats one's machine and terminal.", set_table},
	{"SHUTDOWN", 8, A, 0, 1, cmd_shutdown, "SHUTDOWN [SAVE]",
	 "Logs everybody off, writes what is to be kept to the volumes and stops CP. SAVE: saves all machines instead, and the next IPL brings "
	 "them back, disconnected; if one cannot be saved, CP goes on.", NULL},
	{"SLEEP", 2, G, 0, 2, cmd_sleep, "SLEEP [n [SEC|MIN|HRS]]",
	 "Does nothing for a while, or until a line is typed. The virtual machine goes on.", NULL},
	{"SPOOL", 2, G, 2, MANY, cmd_spool, "SPOOL {RDR|PRT|PUN|CONSOLE|vdev} [CLASS c] [COPY n] [CONT|NOCONT] [HOLD|NOHOLD] [KEEP|NOKEEP] [{TO|FOR} {userid|*}] [OFF] [START|STOP] [TERM|NOTERM] [CLOSE|PURGE]",
	 "Says what a virtual unit-record device does with its files: their class, their number of copies, whose they become.", NULL},
	{"STOP", 4, G, 0, 0, cmd_stop, "STOP",
	 "Stops the virtual machine. BEGIN lets it go on.", NULL},
	{"STORE", 2, G, 1, MANY, cmd_store, "STORE {STATUS | [L]hexloc word ... | Shexloc hexdata | register word ... | PSW [word] word}",
	 "Changes the virtual machine's storage (words, or with S any bytes), registers named as in DISPLAY, or the PSW; or stores its registers, "
	 "timers and PSW in its storage.", NULL},
	{"SYSTEM", 3, G, 1, 1, cmd_system, "SYSTEM {CLEAR|RESET|RESTART}",
	 "Presses the keys of the virtual machine's panel: reset with clearing of storage, reset, restart.", NULL},
	{"TERMINAL", 4, USER, 2, MANY, cmd_terminal, "TERMINAL operand ...",
	 "Changes how CP treats the terminal.", terminal_table},
	{"TRACE", 2, G, 1, MANY, cmd_trace, "TRACE {PRIV|SVC|PROG|EXT|I/O|INSTR|ALL|END} ... [OFF] [RUN|NORUN]",
	 "Shows each such event of the virtual machine on the terminal, with its engine and, of PROG, why that was left. With NORUN, the default, the machine stops after each; BEGIN "
	 "goes on.", NULL},
	{"TRANSFER", 4, D | G, 3, MANY, cmd_transfer, "TRANSFER [userid] {RDR|PRT|PUN} {spoolid ...|CLASS c|ALL} TO {userid|*}",
	 "Gives spool files to another user's reader. Files of another user: class D.", NULL},
	{"WARNING", 1, A | B, 1, MANY, cmd_warning, "WARNING {userid|*|OPERATOR|ALL} text",
	 "As MESSAGE, for what must not be missed.", NULL},
	{"WNG", 3, A | B, 1, MANY, cmd_warning, "WNG {userid|*|OPERATOR|ALL} text",
	 "The same as WARNING.", NULL},
	{"XAUTOLOG", 5, A | B | G, 1, 1, cmd_xautolog, "XAUTOLOG userid",
	 "As AUTOLOG, without a password: for class A or B, or whom the directory entry of the user permits.", NULL},
	{0},
};

const struct command_entry query_table[] = {
	{"AUTOSAVE", 5, A | E | G, 0, 1, query_autosave, "QUERY AUTOSAVE [userid]",
	 "How often CP saves one's machine. Another user's: class A or E.", NULL},
	{"CONSOLE", 3, G, 0, 0, query_console, "QUERY CONSOLE",
	 "The virtual console and where the machine finds it.", NULL},
	{"CPTRACE", 3, A | C, 0, 1, query_cptrace, "QUERY CPTRACE [n]",
	 "Whether CP keeps its trace ring, and which entries it has; with n, some of them, the oldest first, from number n on.", NULL},
	{"CPLEVEL", 3, ANY, 0, 0, query_cplevel, "QUERY CPLEVEL",
	 "Which CP this is, on what machine, since when.", NULL},
	{"CPUID", 5, G, 0, 0, query_cpuid, "QUERY CPUID",
	 "The number of one's virtual processor, 16 hexadecimal digits: FF for a virtual machine, six digits of OPTION CPUID, the type.", NULL},
	{"DASD", 3, G, 0, 0, query_dasd, "QUERY DASD",
	 "One's minidisks.", NULL},
	{"FILES", 4, G, 0, 0, query_files, "QUERY FILES",
	 "How many spool files one has.", NULL},
	{"LINES", 5, A | B, 0, 0, query_lines, "QUERY LINES",
	 "The terminal lines and who sits there.", NULL},
	{"LINKS", 3, G, 1, 1, query_links, "QUERY LINKS vdev",
	 "Who has the minidisk that one has as vdev.", NULL},
	{"LOGMSG", 3, ANY, 0, 0, query_logmsg, "QUERY LOGMSG",
	 "What the operator tells everybody who logs on.", NULL},
	{"NAMES", 1, ANY, 0, 0, query_names, "QUERY NAMES",
	 "Who is logged on, and where; DSC is disconnected.", NULL},
	{"PF", 2, G, 0, 0, query_pf, "QUERY PF",
	 "The program function keys. Line terminals have none: all are undefined.", NULL},
	{"NSS", 3, E, 0, 1, query_nss, "QUERY NSS [name]",
	 "The named saved systems: how many machines have each, and how much storage they share. Class A is in use, R is not, P was purged or "
	 "replaced and goes with its last user.", NULL},
	{"PRINTER", 1, D | G, 0, MANY, query_printer, "QUERY PRINTER [spoolid|CLASS c|ALL|userid]",
	 "The spool files in one's printer queue.", NULL},
	{"PRT", 3, D | G, 0, MANY, query_printer, "QUERY PRT ...", "The same as QUERY PRINTER.", NULL},
	{"PRIVCLASS", 4, G, 0, 0, query_privclass, "QUERY PRIVCLASS",
	 "One's privilege classes.", NULL},
	{"PUNCH", 2, D | G, 0, MANY, query_punch, "QUERY PUNCH [spoolid|CLASS c|ALL|userid]",
	 "The spool files in one's punch queue.", NULL},
	{"READER", 1, D | G, 0, MANY, query_reader, "QUERY READER [spoolid|CLASS c|ALL|userid]",
	 "The spool files in one's reader.", NULL},
	{"RDR", 2, D | G, 0, MANY, query_reader, "QUERY RDR ...", "The same as QUERY READER.", NULL},
	{"SAVED", 3, A | E | G, 0, 1, query_saved, "QUERY SAVED [userid|ALL]",
	 "The saved machines, and the room for more. Another user's, or all: class A or E.", NULL},
	{"SECUSER", 3, G, 0, 1, query_secuser, "QUERY SECUSER [userid]",
	 "The secondary user and the observer.", NULL},
	{"SET", 3, G, 0, 0, query_set, "QUERY SET",
	 "What SET has set.", NULL},
	{"SHARE", 2, A | E | G, 0, 1, query_share, "QUERY SHARE [userid]",
	 "The share of the processor. Another user's: class A or E.", NULL},
	{"STORAGE", 3, B | E, 0, 0, query_storage, "QUERY STORAGE",
	 "Real storage, and how much of it is free.", NULL},
	{"STORAGE", 3, G, 0, 0, query_virtual_storage, "QUERY STORAGE",
	 "The size of one's virtual machine.", NULL},
	{"TERMINAL", 4, G, 0, 0, query_terminal, "QUERY TERMINAL",
	 "What TERMINAL has set.", NULL},
	{"TIME", 1, ANY, 0, 0, query_time, "QUERY TIME",
	 "The time of day, and what one's session has used.", NULL},
	{"TRACE", 2, G, 0, 0, query_trace, "QUERY TRACE",
	 "What TRACE follows.", NULL},
	{"USERS", 1, ANY, 0, 0, query_users, "QUERY USERS",
	 "How many users are logged on.", NULL},
	{"VIRTUAL", 1, G, 0, 1, query_virtual, "QUERY VIRTUAL [ALL|vdev|CONSOLE|DASD|READER|PRINTER|PUNCH|STORAGE|CPUS]",
	 "One's virtual machine and its devices.", NULL},
	{0},
};
/* clang-format on */
