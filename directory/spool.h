/*
 * spool.h - the spool area from the host's side.
 */
#ifndef DIRECTORY_SPOOL_H
#define DIRECTORY_SPOOL_H

#include "store.h"

/* The table of spool files in storage. */
struct spool {
	const struct store *store;
	uint32_t places; /* sectors of the table */
	struct disk_spool_file *files;
	uint8_t *state;         /* of each place: enum place_state */
	uint8_t *used;          /* of each block of the data area: 1 */
	uint32_t first, blocks; /* of the data area */
	unsigned damaged;
};

enum place_state { PLACE_FREE, PLACE_FILE, PLACE_DAMAGED };

/* Read the table and find out which blocks are in use. False with a message if it cannot be read; damage is reported and counted. */
bool spool_load(struct spool *p, const struct store *s);
void spool_unload(struct spool *p);
/* Check every block of a file; the number of damaged ones. */
unsigned spool_check(const struct spool *p, const struct disk_spool_file *f);
/* "READER", "PRINTER" ... */
const char *spool_device_name(uint8_t device);

#endif
