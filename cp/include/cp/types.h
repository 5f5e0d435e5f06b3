/*
 * types.h - the few words everything else is written in.
 *
 * Owns: address kinds and time. Typedefs are used for these alone; every
 * other thing is a struct with its name spelled out.
 *
 * Three kinds of address meet in a hypervisor and must never be mixed:
 * guest virtual (what a guest program uses), guest absolute (a byte of the
 * virtual machine's storage, after the guest's own translation and
 * prefixing), and frame (real storage, CP's own). "Physical" is not a word
 * of this code: it would mean two of the three.
 */
#ifndef CP_TYPES_H
#define CP_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t gva_t;   /* guest virtual (logical) address */
typedef uint64_t gabs_t;  /* guest absolute address: an offset into the machine's storage */
typedef uint64_t frame_t; /* real address of a 4 KiB frame; 0 means none */

/*
 * Time is counted in units of 1/4096 microsecond since 1900-01-01 00:00 UTC,
 * which is the unit and the epoch of the System/370 TOD clock. Other ports
 * convert.
 */
typedef uint64_t tod_t;

#define TOD_MICROSECOND 4096ull
#define TOD_MILLISECOND (1000 * TOD_MICROSECOND)
#define TOD_SECOND      (1000 * TOD_MILLISECOND)
#define TOD_UNIX_EPOCH  (2208988800ull * TOD_SECOND) /* 1970 as a TOD value */
#define TOD_NEVER       UINT64_MAX

#define PAGE_SIZE 4096u
#define PAGE_MASK (~(uint64_t)(PAGE_SIZE - 1))

#define ARRAY_SIZE(a)                   (sizeof(a) / sizeof((a)[0]))
#define container_of(ptr, type, member) ((type *)((char *)(ptr)-offsetof(type, member)))

#define USERID_MAX 8 /* characters of a userid, device class, volume label ... */

#endif
