/*
 * fs_private.h - what the files of the file system share and nobody else needs.
 *
 * Owns: nothing of its own; fs.c has the catalogue, fs_data.c the contents of files, fs_boot.c the IPL record.
 */
#ifndef CMS_FS_PRIVATE_H
#define CMS_FS_PRIVATE_H

#include "cmsfs.h"

#if __STDC_HOSTED__
#include <string.h>
#else
#include "lib.h"
#endif

#define ENTRIES_PER_BLOCK (CMSFS_BLOCK / sizeof(struct cmsfs_entry))

uint32_t cmsfs_sum(const void *data, size_t size);
int cmsfs_block_io(struct cmsfs_store *store, bool write, uint32_t block, uint32_t count, void *buffer);

/* The free run that starts at block `wanted`, if that is free; else the longest. Length 0: the disk is full. */
uint32_t cmsfs_free_run(const struct cmsfs *fs, uint32_t wanted, uint32_t *length);

/* Write fs->files as the next generation. On an error the disk holds the old one; the caller restores fs->files. */
int cmsfs_commit(struct cmsfs *fs);

#endif
