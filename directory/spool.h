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
/* The file with this number, or NULL. */
const struct disk_spool_file *spool_find(const struct spool *p, unsigned id);
/* Where block number `sequence` of a file is named: its indirect block (-1: none) and the place in that. */
int spool_indirect_of(uint32_t sequence, uint32_t *place);
/* Write one sector of the table, and wait for it. */
bool spool_place_write(const struct spool *p, uint32_t place, const struct disk_spool_file *f);
/* Call each(context, record) for all records of a file; returns the number of damaged blocks, which are left out. */
unsigned spool_walk(const struct spool *p, const struct disk_spool_file *f,
		    void (*each)(void *context, const struct disk_spool_record *r), void *context);
/* Check every block of a file; the number of damaged ones. */
unsigned spool_check(const struct spool *p, const struct disk_spool_file *f);
/* "READER", "PRINTER" ... */
const char *spool_device_name(uint8_t device);

#endif
