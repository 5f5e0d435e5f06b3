/*
 * unitrecord.h - virtual reader, punch and printer, and their settings.
 *
 * Owned by device/reader.c and device/output.c. The spool commands change
 * the settings here; the channel's operations use them.
 */
#ifndef CP_UNITRECORD_H
#define CP_UNITRECORD_H

#include <cp/device.h>
#include <cp/spool.h>

#define CARD_SIZE 80

/* What SPOOL sets for one device. */
struct spool_settings {
	char class; /* a reader's may be '*' */
	uint8_t copies;
	bool hold;       /* files made (or, on a reader, read) are held */
	bool keep;       /* reader: files stay, in hold, after they are read */
	bool continuous; /* CONT: reader runs file into file; punch and printer ignore CLOSE */
	bool started;    /* console: START */
	bool terminal;   /* console: TERM (default); false NOTERM */
	bool to_reader;  /* TO: files go to the reader of `to`; else (FOR) they stay in its queue */
	char to[9];      /* empty: the own user */
};

/* Private structure of reader, punch and printer. */
struct unit_record {
	struct spool_settings spool;
	enum spool_queue queue;         /* SPOOL_READER, _PUNCH or _PRINTER */
	struct spool_file *file;        /* punch, printer: the open file */
	struct spool_position position; /* reader: the file being read (id 0: none) and where */
	bool empty;                     /* reader: a read found no file; device end when one arrives */
};

/* NULL if d is neither reader nor punch nor printer. */
struct unit_record *unit_record_of(struct device *d);

enum unit_close { UNIT_CLOSE, UNIT_CLOSE_PURGE, UNIT_CLOSE_HOLD };

/* Close what the device has open (a console's listing too). Output: the file goes to its destination, named fn ft
 * unless NULL, or is purged. Reader: the file being read is put back, kept (HOLD) or purged. Its spool id, 0 if
 * nothing was open, or < 0. May sleep. */
int unit_record_close(struct device *d, enum unit_close how, const char *name, const char *type);
/* Close everything a machine has open (LOGOFF, system reset leaves them open). */
void unit_record_close_all(struct vm *vm);
/* A file of the reader's queue was read whole by another way (IPL of a machine that has no channel program for it): it goes, unless
 * something says that it stays. May sleep. */
void reader_file_end(struct device *d, uint16_t id);
/* A file has come into userid's reader queue: present device end to a reader that ran empty. */
void unit_record_arrived(const char *userid);
/* Punch or printer: settings as SPOOL's defaults (class A, one copy). */
void spool_settings_default(struct spool_settings *s, char class);
/* From a saved machine: could SPOOL have set this? */
bool spool_settings_valid(const struct spool_settings *s);
/* Close an output file by the settings: destination, copies, hold, names. 0 or < 0; *f is NULL afterwards. */
int spool_settings_close(struct vm *vm, const struct spool_settings *s, enum spool_queue queue,
			 struct spool_file **f, const char *name, const char *type);

#endif
