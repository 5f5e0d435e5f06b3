/*
 * verbs.c - the table of verbs: what help, the parser and play's `!` lines go by.
 *
 * Read before: main.c. Read after: options.c.
 */
#include "vm40.h"

#include <string.h>

const struct verb verb_table[] = {
	{"up", "", "start a machine and wait for CP's prompt", "nmdvsricq",
	 "Formats the volume when it is not there (from directory/classroom.direct unless --directory\n"
	 "says otherwise), compiles the directory given, puts CMS on MAINT's 190 and the reader files\n"
	 "into readers, starts the emulator in the background and waits until CP takes commands.",
	 verb_up},
	{"down", "", "have CP shut down and end the machine", "nf",
	 "Types SHUTDOWN on the operator's line and waits for the emulator to end.", verb_down},
	{"status", "", "list the machines that are up", "nj",
	 "Without --name it lists all; with it, exit code 1 says that this one is not up.", verb_status},
	{"reset", "[USER]", "make users' machines and disks what they were", "nIa",
	 "Gives USER, or with --all everybody who has it, the machine back that was saved under a name, as\n"
	 "CP's RESTORE does: with its disks, if it was saved WITH DISKS. Who is logged on is logged off\n"
	 "first; he finds his machine at his next LOGON. The operator is left out. Exit code 0: all of\n"
	 "them are reset; 1: somebody is not, and what CP said of it is shown.",
	 verb_reset},
	{"console", "[LINE]", "sit down at a terminal line", "n",
	 "LINE 0 is the operator's console; without LINE the first free line from 1 to 16 is taken.\n"
	 "Ctrl-C is the attention key: the virtual machine stops and CP reads; BEGIN lets it go on.\n"
	 "Ctrl-D leaves; a terminal line is then hung up, and CP keeps its user's machine for a while.\n"
	 "Completion (Tab) knows CP's commands and the user ids of the directory.",
	 verb_console},
	{"play", "FILE", "play a dialogue and compare", "nmdvsricqb",
	 "FILE has a line for each step: `> TEXT` types, `< REGEX` waits for output that matches,\n"
	 "`@ N` goes to terminal line N, `@ N off` hangs it up, `! VERB ...` runs a verb of this\n"
	 "command, `limit SECONDS` sets how long `<` waits, in the machine's time, `# ...` is a\n"
	 "comment. With --machine it starts a machine of its own on a fresh volume and ends it.",
	 verb_play},
	{"direct", "VERB ...", "look after the user directory", "n",
	 "check, build, show, query, diff, export, log, undo, add, change, remove, rename, password, link, "
	 "disk, region, map,\n"
	 "roster, complete: `vm40 direct --help` explains each.",
	 verb_direct},
	{"volume", "ACTION FILE ...", "look after a volume", "djLCSV",
	 "  volume format FILE --directory DIRECT  make a volume (--slots, --cp, --saved, --size)\n"
	 "  volume list FILE                       what is on it\n"
	 "  volume reader FILE USER CARDS...       put files into a user's reader\n"
	 "  volume printer FILE SPOOLID [OUT]      copy out a printed file, as text\n"
	 "The volume must not belong to a machine that is up.",
	 verb_volume},
	{"image", "ACTION ...", "look after saved machines and into them", "jy",
	 "  image list VOLUME                  which there are; all is read and checked\n"
	 "  image export VOLUME NAME FILE      copy one out; NAME is NAME or OWNER/NAME\n"
	 "  image import VOLUME FILE [NAME]    copy one in, in the place of the one of its name;\n"
	 "                                     --system: a named system\n"
	 "  image clear VOLUME                 forget all, also where the catalogue is damaged\n"
	 "  image check FILE                   is it whole, every record of it possible\n"
	 "  image show FILE                    every field of its records, and the pages\n"
	 "  image diff FILE FILE               what differs; exit code 0: nothing but clocks\n"
	 "An image that comes in belongs to whose machine it was, and is called after its file,\n"
	 "unless NAME says otherwise. The volume must not belong to a machine that is up.",
	 verb_image},
	{"trace", "", "take a trace, for a trace viewer", "notu",
	 "Switches CP's trace ring on for a while, and writes the dispatches and intercepts that it then has,\n"
	 "the last 1024, to NAME.trace.json unless -o says otherwise: Chrome's trace-event format, with a\n"
	 "track for each real and virtual CPU, for https://ui.perfetto.dev or chrome://tracing.\n"
	 "Ctrl-C ends the while early.",
	 verb_trace},
	{"get", "USER FILE [TO]", "copy a file of a user's 191 disk to the host", "nv",
	 "FILE is NAME.TYPE, TO a host file (default: the same name; - is stdout). The volume is\n"
	 "NAME.volume unless --volume says otherwise, and must not belong to a machine that is up.",
	 verb_get},
	{"put", "USER FILE [AS]", "copy a host file to a user's 191 disk", "nv",
	 "FILE is a host file, AS its name there as NAME.TYPE (default: the host file's). Text becomes\n"
	 "lines, anything else records of 80 bytes. The volume is as for get.",
	 verb_put},
	{0},
};

const struct verb *verb_find(const char *name)
{
	for (const struct verb *verb = verb_table; verb->name; verb++)
		if (strcmp(verb->name, name) == 0)
			return verb;
	return NULL;
}
