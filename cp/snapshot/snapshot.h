/*
 * snapshot.h - what the files of snapshot/ share: fields, what CP itself keeps of a machine, saving and restoring.
 */
#ifndef CP_SNAPSHOT_SNAPSHOT_H
#define CP_SNAPSHOT_SNAPSHOT_H

#include <cp/command.h>
#include <cp/image.h>
#include <cp/state.h>
#include <cp/vm.h>

/* ---- fields.c: tables of fields, as a record and back ------------------------------------------------------------ */

/* A description and what it describes. Several make one record; the last has no table. */
struct fields {
	const struct state_field *table;
	void *object; /* loading: NULL, and values are only looked at */
};

void fields_save(struct image_writer *w, uint16_t type, uint32_t instance, const struct fields *fields);

/* Why a record cannot be used: a field's name and what is wrong with it. */
struct fields_trouble {
	char name[IMAGE_NAME_MAX + 1];
	const char *what; /* NULL: nothing */
};
/* false: trouble is filled in, and the objects are half loaded. */
bool fields_load(const uint8_t *bytes, size_t n, const struct fields *fields, struct fields_trouble *trouble);

/* ---- machine.c: what must be known before a machine, or a device, can be made ---------------------------------- */

#define NAME_SIZE 9 /* of names, with the zero */

struct saved_vm {
	uint64_t storage;
	uint8_t mode, cpus;
};

struct saved_device {
	char type[NAME_SIZE]; /* as the directory says it */
	/* a minidisk: whose it is, how it was linked */
	char owner[NAME_SIZE];
	uint16_t owner_vdev;
	uint8_t mode; /* enum link_mode */
	bool read_only;
	bool temporary; /* it lasted until LOGOFF: nobody can link it */
	uint64_t sectors;
};

extern const struct state_field saved_vm_state[], saved_device_state[];

void saved_vm_take(struct saved_vm *s, const struct vm *vm);
bool saved_vm_possible(const struct saved_vm *s);
void saved_device_take(struct saved_device *s, struct device *d);

/* ---- output.c: spool files that are open for writing --------------------------------------------------------------------- */

/* Where d's file is; NULL: it is no device that has any. */
struct spool_file **output_file(struct device *d);
/* What is in it, as records of OUTPUT. 0 or < 0. Sleeps. */
int output_save(struct image_writer *w, struct device *d);
/* Lines of such a record, at the end of d's file, which is made if need be. NULL, or what is wrong. Sleeps. */
const char *output_load(struct device *d, const uint8_t *bytes, size_t n);
/* A machine that is not to be is no more: its open files are nobody's. */
void machine_discard(struct vm *vm);
#define FACILITY_MAX 64 /* of a name, with the zero */
#define LOST_SIZE    60
void vdev_list_add(char *list, size_t size, uint16_t vdev);
bool facility_there(const struct vm *vm, const char *wanted);

/* ---- save.c ---------------------------------------------------------------------------------------------------------- */

#define DISK_SHARED_MAX 48

/* A machine as it was at one moment. */
struct capture {
	struct list lines; /* OUTPUT, as so many records */
	uint32_t line_records;
	bool with_disks;              /* the machine's own, too */
	struct list disks;            /* of those, copies under way: disks.c */
	char shared[DISK_SHARED_MAX]; /* a disk that others write, and who: why it cannot be saved */
	bool system;        /* CPU and storage alone: a named system, which is IPLed into any machine */
	struct list chunks; /* all but its pages */
	struct storage pages;
	struct storage *base; /* the saved system's, whose pages are not in the image; NULL: all are */
	struct image_writer w;
};

/* Of a machine that stands still, which may then go on. 0 or < 0; machine_forget() follows in any case. */
int machine_capture(struct vm *vm, struct capture *c);
/* The whole image by put. 0, or the first < 0. Its length is c->w.length then. */
int machine_write(struct capture *c, int (*put)(void *context, const void *bytes, size_t n), void *context);
void machine_forget(struct capture *c);

/* ---- disks.c: what is on a machine's own disks ------------------------------------------------------------------------ */

/* Those that it may write begin to be copied: without a sleep. 0 or < 0; CP_CANNOT: c->shared says why. */
int disks_take(struct vm *vm, struct capture *c);
/* Their blocks as they were. 0 or < 0. */
int disks_save(struct capture *c, struct image_packing *packing);
void disks_forget(struct capture *c);
/* One of the machine's own that it may write; else NULL. */
struct minidisk *disk_own(struct device *d);
/* Has anybody else but `ours` it (writers: to write)? Then the text is "ALICE 0191 is linked by BOB". */
bool disk_shared(const struct vm *ours, const struct minidisk *m, bool writers, char *text);

/* ---- restore.c --------------------------------------------------------------------------------------------------------- */

struct restore {
	struct image_reader in;
	const char *userid; /* whose machine it is to be */
	const char *name;   /* of the image, for messages */
	struct vm *old;     /* the machine whose place it takes, or NULL */
	uint64_t serial;    /* of the image, in its area */
	bool anyway;        /* facilities may be missing */
	struct reply *reply;
	/* while it goes on */
	bool disks;           /* it holds the contents of disks */
	uint64_t blocks_left; /* of the one whose blocks are being read */
	struct vm *vm;        /* the machine that becomes */
	struct saved_vm head;
	struct session terminal; /* of which only terminal_state[] counts */
	bool has_terminal;
	uint8_t *record;      /* IMAGE_FIELDS_MAX */
	uint8_t *page;        /* one to expand into, and one packed */
	uint64_t generation;  /* of the directory in which all was looked up */
	unsigned cpus;        /* seen */
	char lost[LOST_SIZE]; /* temporary disks that are no more: " 0300 0301" */
	int rc;               /* number of the message that was written */
};

/* A machine out of an image: unlisted, without a session, standing still; NULL after a message (r->rc). Sleeps. */
struct vm *machine_restore(struct restore *r);
/* Temporary disks: those of the machine whose place it takes become its own; others are no more, and are detached (r->lost). Does not sleep. */
void temporaries_settle(struct restore *r);
/*
 * Are its rights and links still what they were when they were looked up, some time ago? No sleep lies between the answer true and
 * the last look at who has which disk. false after a message (r->rc): the machine is discarded.
 */
bool restore_stands(struct restore *r);

/* ---- rewrite.c --------------------------------------------------------------------------------------------------------- */

/* A RESTORE of the user's disks that goes on, or was broken off and is not this one: the number of the message that says so. 0: there is none. */
int restore_unfinished(struct restore *r);
/* r->vm is whole, r->in reads from the area: what is on its disks becomes what the image says, also after a loss of power. 0, or the number of a
 * message: nothing was changed, or nobody has the disks until it is repeated. */
int disks_restore(struct restore *r);
/* The blocks alone. r->in begins at its first byte. 0 or < 0. */
int disks_rewrite(struct restore *r);

#endif
