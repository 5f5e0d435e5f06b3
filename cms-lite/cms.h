/*
 * cms.h - what the portable files of CMS-lite share: terminal, messages, commands, accessed disks, file names.
 *
 * Owns: the declarations; each group names the file that has the code. Before it: machine.h, cmsfs.h, lib.h.
 *
 * Simplification: one user, one command at a time, no storage to allocate: every buffer has its place at link time.
 */
#ifndef CMS_H
#define CMS_H

#include "lib.h"
#include "machine.h"

#define CMS_LEVEL "1.0"

#define CMS_LINE  255u
#define WORDS_MAX 40

/* ---- terminal.c -------------------------------------------------------------------------------------------------- */

/* Write one line. */
void say(const char *text, ...) __attribute__((format(printf, 1, 2)));

enum message {
	MSG_NOT_FOUND,    /* file */
	MSG_BAD_OPTION,   /* option */
	MSG_EXISTS,       /* file */
	MSG_NO_READ_DISK, /* mode */
	MSG_READ_ONLY,    /* mode, device */
	MSG_BAD_MODE,     /* word */
	MSG_INCOMPLETE,
	MSG_BAD_NAME, /* word */
	MSG_NO_FUNCTION,
	MSG_BAD_PARAMETER, /* word */
	MSG_NOT_ACCESSED,  /* mode */
	MSG_DISK_ERROR,    /* mode, device, why */
	MSG_DISK_FULL,     /* mode, device */
	MSG_DISK_MISSING,  /* mode, device */
	MSG_NOT_FORMATTED, /* mode, device */
	MSG_DAMAGED,       /* mode, device */
	MSG_TOO_SMALL,     /* mode, device, minimum */
	MSG_NOT_ATTACHED,  /* device */
	MSG_DEVICE_ERROR,  /* device */
	MSG_READER_EMPTY,
	MSG_NO_HEADER,
	MSG_DECK_HELD,
	MSG_RECORD_LENGTH, /* length */
	MSG_TOO_LONG,      /* length */
	MSG_BAD_MODULE,    /* file, why */
	MSG_NOT_LOADED,
	MSG_PROGRAM_CHECK, /* exception, address, name */
	MSG_EXECUTION,
	MSG_NESTED, /* depth */
	MSG_NO_CP,
	MSG_NOT_IN_EXEC,     /* command */
	MSG_TOO_MANY_DISKS,  /* count */
	MSG_UNKNOWN_COMMAND, /* word */
	MSG_FORMAT_ASK,      /* mode, device */
	MSG_FORMAT_LABEL,
	MSG_FORMAT_DOING, /* mode */
	MSG_FORMAT_DONE,  /* blocks, mode, device */
	MSG_SAME_FILE,
	MSG_COUNT,
};

/* Write message DMSmmmnnnS, mmm being the module of the running command, and return its return code. */
int message(enum message number, ...);
void message_module(const char *module);

/* ---- command.c --------------------------------------------------------------------------------------------------- */

struct arguments {
	int count;             /* words before the options, without the command's name */
	char *word[WORDS_MAX]; /* upper case */
	int options;
	char *option[WORDS_MAX];
	const char *text; /* all after the name, as typed */
};

struct command {
	const char *name;
	uint32_t shortest;  /* letters of the shortest abbreviation */
	const char *module; /* three letters for messages */
	int (*run)(struct arguments *arguments);
	const char *operands;
	const char *help;
};

extern const struct command commands[];
extern const uint32_t command_count;

/* The row for a word, NULL when there is none. */
const struct command *command_find(const char *word);

/* Run a line: a command, an EXEC, a MODULE, or a command of CP. Returns the return code. */
#define RC_UNKNOWN (-3)
int command_line(const char *line);

/* Cut text into words; buffer, of CMS_LINE + 1 bytes, holds them. false: too many. */
bool arguments_cut(struct arguments *arguments, const char *text, char *buffer);

/* Is this one of the options? Every option given must be in names (NULL at the end), or a message is written. */
bool option_given(const struct arguments *arguments, const char *name);
int options_check(const struct arguments *arguments, const char *const names[]);

/* ---- modes.c ----------------------------------------------------------------------------------------------------- */

#define MODES_MAX 8

struct mode {
	char letter; /* 0: free */
	struct disk disk;
	struct cmsfs fs;
};

/* The accessed disk of a letter, NULL when there is none. */
struct mode *mode_find(char letter);

/* In the order of the search: A to Z. NULL after the last; start with NULL. */
struct mode *mode_next(const struct mode *previous);

/* Access a disk; a disk of that letter, and another letter of that disk, are released first. Returns a return code, after a message unless quiet. */
int mode_access(uint16_t device, char letter, bool quiet);
void mode_release(struct mode *mode);

/* Their catalogues go, too: what is saved of this storage others will see. */
void mode_forget_all_but(char letter);

/* After an IPL: the disk of a letter again, if there is such a mode and its catalogue in storage is what the disk still has. */
bool mode_renew(char letter);

/* Say what a file system call answered; returns the return code. */
int mode_error(const struct mode *mode, int error);

/* ---- fileid.c ---------------------------------------------------------------------------------------------------- */

/* fn ft fm; name and type may be patterns: * for any text, % for a character. mode 0 or '*': any disk. */
struct fileid {
	char name[CMSFS_NAME + 1];
	char type[CMSFS_NAME + 1];
	char mode;
};

/* Take words [first, first+2] of the arguments; what is missing comes from fallback. Returns 0 or a return code. */
int fileid_take(struct fileid *id, const struct arguments *arguments, int first, const char *type, char mode,
		bool patterns);

/* The first file that it names, in the order of the search; NULL: none. *mode says where. */
struct cmsfs_entry *fileid_find(const struct fileid *id, struct mode **mode);

/* Like fileid_find, with the message and a return code. */
int fileid_need(const struct fileid *id, struct mode **mode, struct cmsfs_entry **entry);

bool fileid_matches(const struct fileid *id, const struct cmsfs_entry *entry);

/* "FN FT FM" without padding, for messages. size 22 is enough. */
#define FILEID_TEXT 24
const char *fileid_text(const struct fileid *id, char text[FILEID_TEXT]);
const char *entry_text(const struct mode *mode, const struct cmsfs_entry *entry, char text[FILEID_TEXT]);

/* The disk that a file is to be written on. NULL after a message; *rc is set. */
struct mode *mode_for_writing(char letter, int *rc);

/*
 * One line of a file, without its newline (V), or a whole record (F); longer ones are cut. Returns the length, LINE_END
 * at the end of the file, or an enum cmsfs_error.
 */
#define LINE_END (-100)
int line_read(struct cmsfs_reader *reader, char *line, size_t size);

/* ---- others ------------------------------------------------------------------------------------------------------ */

/* exec.c: run an EXEC file. */
int exec_run(const struct mode *mode, const struct cmsfs_entry *entry, const char *arguments);
bool exec_running(void);

/* program.c: bring a MODULE into storage; run what is there. */
int program_load(struct mode *mode, const struct cmsfs_entry *entry);
int program_start(const char *arguments);

/* The commands. */
int cmd_access(struct arguments *arguments);
int cmd_copyfile(struct arguments *arguments);
int cmd_cp(struct arguments *arguments);
int cmd_erase(struct arguments *arguments);
int cmd_exec(struct arguments *arguments);
int cmd_format(struct arguments *arguments);
int cmd_help(struct arguments *arguments);
int cmd_hx(struct arguments *arguments);
int cmd_input(struct arguments *arguments);
int cmd_listfile(struct arguments *arguments);
int cmd_load(struct arguments *arguments);
int cmd_print(struct arguments *arguments);
int cmd_punch(struct arguments *arguments);
int cmd_query(struct arguments *arguments);
int cmd_readcard(struct arguments *arguments);
int cmd_release(struct arguments *arguments);
int cmd_rename(struct arguments *arguments);
int cmd_savesys(struct arguments *arguments);
int cmd_sleep(struct arguments *arguments);
int cmd_start(struct arguments *arguments);
int cmd_state(struct arguments *arguments);
int cmd_type(struct arguments *arguments);

void cms_main(void);

#endif
