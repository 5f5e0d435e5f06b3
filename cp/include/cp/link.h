/*
 * link.h - who may have a minidisk, and in which mode.
 *
 * Several machines may hold one minidisk. Which of the seven modes is granted, cut to read-only or refused depends on
 * who has it already; the rule is a table in command/link.c. Heritage: DMKLNK.
 */
#ifndef CP_LINK_H
#define CP_LINK_H

#include <cp/command.h>
#include <cp/object.h>
#include <cp/volume.h>

/* What the owner's entry says about one of his minidisks; 0, or the number of the message written to the reply. */
int link_lookup(const char *owner, uint16_t vdev, struct object_mdisk *m, struct reply *reply);
/* Make vdev of vm a link in a mode (enum link_mode) to this minidisk of owner. 0, or a message number. */
int link_make(struct vm *vm, const char *owner, const struct object_mdisk *m, uint16_t vdev, uint8_t mode,
	      struct reply *reply);
int link_find_and_make(struct vm *vm, const char *owner, uint16_t owner_vdev, uint16_t vdev, uint8_t mode,
		       struct reply *reply);

/* Of a machine that is not listed yet (RESTORE): is the link still what the directory says (sleeps), and would it be granted now as it was
 * (does not)? */
struct minidisk;
bool link_unchanged(const struct minidisk *disk, struct reply *reply);
bool link_granted(const struct vm *vm, const struct minidisk *disk);

/* A disk of one's own that lasts until it is detached (enum object_temporary_kind). 0, or a message number. */
int link_make_temporary(struct vm *vm, uint8_t kind, uint32_t sectors, uint16_t vdev, uint8_t mode,
			struct reply *reply);

enum link_grant { LINK_REFUSED, LINK_READ_ONLY, LINK_READ_WRITE };
/* The rule itself. */
enum link_grant link_decide(uint8_t mode, unsigned readers, unsigned writers);
/* Has a machine but this one (and the one that it replaces) this extent or a part of it? writers: to write. `who`: one of them, or how many. */
bool link_elsewhere(const struct vm *ours, const struct extent *e, bool writers, char *who, size_t size);
/* Do two extents share a sector? */
bool link_same(const struct extent *a, const struct extent *b);
/* "MR" ... to enum link_mode; 0 if it is none. And back. */
uint8_t link_mode_find(const char *name);
const char *link_mode_name(uint8_t mode);

/* A virtual unit-record device or console by class name ("2540P"); 0 or a message number. session/build.c. */
int build_unit(struct vm *vm, uint16_t vdev, const char *device_name, char class, struct reply *reply);

/* Shares of the processor. command/share.c. */
void share_relative(struct vm *vm, uint32_t relative);       /* 1 to 10000, 100 is everybody's */
void share_absolute(struct vm *vm, uint32_t tenths_percent); /* 1 to 1000 */
uint32_t share_get(const struct vm *vm);

#define CMS_VDEV 0x190 /* what IPL CMS means where there is no saved system CMS */

#endif
