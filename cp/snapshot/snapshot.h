/*
 * snapshot.h - what the files of snapshot/ share: fields, what CP itself keeps of a machine, saving and restoring.
 */
#ifndef CP_SNAPSHOT_SNAPSHOT_H
#define CP_SNAPSHOT_SNAPSHOT_H

#include <cp/command.h>
#include <cp/image.h>
#include <cp/state.h>
#include <cp/vm.h>

/* ---- fields.c: a table of fields, as a record and back ----------------------------------------------------------- */

void fields_save(struct image_writer *w, uint16_t type, uint32_t instance, const struct state_field *table,
		 const void *object);

/* Why a record cannot be used: a field's name and what is wrong with it. */
struct fields_trouble {
	char name[IMAGE_NAME_MAX + 1];
	const char *what; /* NULL: nothing */
};
/* false: trouble is filled in, and the object half loaded. */
bool fields_load(const uint8_t *bytes, size_t n, const struct state_field *table, void *object,
		 struct fields_trouble *trouble);

/* ---- machine.c: what CP itself keeps, as it stands in an image ------------------------------------------------------ */

#define STRING_MAX 9 /* of names, with the zero */

struct saved_vm {
	uint64_t storage;
	uint32_t options;
	uint8_t mode, cpus;
	bool stopped, loaded, operating;
	uint16_t ipl_vdev;
	bool ipl_clear, ipl_stop;
	char loadparm[9], parm[65];
	char account[STRING_MAX], secuser[STRING_MAX], observer[STRING_MAX];
};

struct saved_device {
	char type[STRING_MAX]; /* as the directory says it */
	uint8_t sense[SENSE_MAX];
	/* a minidisk */
	char owner[STRING_MAX];
	uint16_t owner_vdev;
	uint8_t mode; /* enum link_mode */
	bool read_only;
	uint64_t sectors;
	/* a reader: the file in it */
	uint64_t spool_serial;
	/* an output device: the file that is open */
	bool open;
	char file_class;
};

struct saved_terminal {
	bool cp_read;
	uint8_t line_end, line_delete, character_delete, escape, tab, line_size;
	bool attention, apl, text, hold, mode_cp;
};

extern const struct state_field saved_vm_fields[], saved_device_fields[], saved_terminal_fields[];

void saved_vm_take(struct saved_vm *s, const struct vm *vm);
/* Into a machine that has just been made with the storage and mode of s. */
void saved_vm_give(const struct saved_vm *s, struct vm *vm);
bool saved_vm_possible(const struct saved_vm *s);
void saved_device_take(struct saved_device *s, struct device *d);
void saved_terminal_take(struct saved_terminal *s, const struct session *session);
void saved_terminal_give(const struct saved_terminal *s, struct session *session);

/* ---- save.c ---------------------------------------------------------------------------------------------------------- */

/* All but its pages, of a machine that stands still; into storage, without a sleep. NULL: no storage for it. */
struct memory;
/* The whole image by put. 0, or the first < 0. The machine stands still until it returns. */
int machine_save(struct vm *vm, struct image_writer *w);

/* ---- restore.c --------------------------------------------------------------------------------------------------------- */

struct restore {
	struct image_reader in;
	const char *userid; /* whose machine it is to be */
	const char *name;   /* of the image, for messages */
	struct vm *old;     /* the machine whose place it takes, or NULL */
	bool anyway;        /* facilities may be missing */
	struct reply *reply;
	/* while it goes on */
	struct vm *vm; /* the machine that becomes */
	struct saved_vm head;
	struct saved_terminal terminal;
	bool has_terminal;
	uint8_t *record; /* IMAGE_FIELDS_MAX */
	uint8_t *page;   /* one to expand into, and one packed */
	unsigned cpus;   /* seen */
	int rc;          /* number of the message that was written */
};

/* A machine out of an image: unlisted, without a session, standing still; NULL after a message (r->rc). Sleeps. */
struct vm *machine_restore(struct restore *r);

#endif
