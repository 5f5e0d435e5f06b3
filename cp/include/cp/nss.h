/*
 * nss.h - named saved systems in CP's storage: once for all machines that were loaded from them.
 *
 * Where they are kept, and by whom they were saved, is saved.h's (SAVED_SYSTEM). Owned by snapshot/nss.c.
 */
#ifndef CP_NSS_H
#define CP_NSS_H

#include <cp/types.h>

struct storage;
struct vm;

/* IPL vm->ipl.system into a machine that was reset and cleared. Sleeps. 0, or CP_CANNOT with vm->reason set. */
int nss_ipl(struct vm *vm);
/* Those that are gone from the volume go from storage when their last user has gone. */
void nss_reap(void);

/* Which one it is: its name, and what its own image is. */
struct nss_identity {
	char name[9];
	uint32_t crc;
	uint64_t bytes;
};
/*
 * For an image of a machine that shares pages with a system. The base of its storage, if it is a system that an IPL would find, is held
 * until nss_let_go(); else NULL, which that ignores. It may sleep.
 */
struct storage *nss_hold(struct storage *base, struct nss_identity *id);
void nss_let_go(struct storage *base);
/* vm, whose storage is clear, gets the pages of just that system. NULL, or what is wrong. Sleeps. */
const char *nss_attach(struct vm *vm, const struct nss_identity *id);

/* One that is in storage. */
struct nss_loaded {
	char name[9];
	uint64_t serial; /* of its image */
	uint64_t pages;
	unsigned users;
};
/* The n-th; false: there are no more. */
bool nss_loaded(unsigned n, struct nss_loaded *l);

#endif
