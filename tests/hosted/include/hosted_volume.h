/*
 * hosted_volume.h - volumes for tests: formatted, with a directory, small.
 *
 * It writes by the letter of cp/volume/format.h and knows nothing of how CP reads, so that a mistake in one shows against the other.
 */
#ifndef HOSTED_VOLUME_H
#define HOSTED_VOLUME_H

#include <hosted.h>
#include <cp/volume.h>

/* Where the areas of a test volume lie, in blocks. */
#define TEST_BLOCKS             1280u
#define TEST_CLOCK              2u
#define TEST_OBJECT_A           8u
#define TEST_OBJECT_B           40u
#define TEST_OBJECT_BLOCKS      32u
#define TEST_SPOOL_FILES        80u
#define TEST_SPOOL_FILES_BLOCKS 40u
#define TEST_SPOOL_DATA         128u
#define TEST_SPOOL_DATA_BLOCKS  380u
#define TEST_MINIDISK           512u
#define TEST_MINIDISK_BLOCKS    512u
#define TEST_SAVED              1024u
#define TEST_SAVED_BLOCKS       256u

/* A label with these areas, all else zeros. */
void hosted_volume_format(struct hosted_disk *d, const char *volser);
/* Change the label by hand, then give it its checksum again. */
struct volume_label *hosted_volume_label(struct hosted_disk *d);
void hosted_volume_label_seal(struct hosted_disk *d);

struct hosted_user {
	const char *userid;
	const char *password; /* NULL: NOPASS */
	uint64_t storage;     /* 0: 16 MiB */
	const char *classes;  /* NULL: "G" */
	bool devices;         /* console 009, reader 00C, punch 00D, printer 00E, minidisk 191 */
	uint32_t disk;        /* first sector of 191 */
	uint32_t sectors;     /* that it has; 0: 64 */
};

/* Write an object directory into a slot (0 or 1). Users must be in ascending order. */
void hosted_directory_write(struct hosted_disk *d, unsigned slot, uint64_t generation,
			    const struct hosted_user *users, unsigned count);
/* Forget volumes, directory, spool and saved machines, as a new IPL would find them. */
void hosted_volumes_forget(void);

#endif
