/*
 * lz4.h - pages made small: the block format of LZ4.
 *
 * A standard format, so that any tool can read CP's images and CP's own work can be checked against another's. There is no
 * frame around a block: how long it is before and after is the caller's to know.
 */
#ifndef CP_LZ4_H
#define CP_LZ4_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LZ4_INPUT_MAX 65535u /* bytes of one block, for positions are 16 bits */
#define LZ4_TABLE     1024u  /* positions that the search keeps */

/*
 * n bytes at `from` into at most `room` at `to`: how many it became, 0 if they would not go in (n itself as room, less one, asks for
 * what is worth keeping). table needs no preparation and holds nothing afterwards.
 */
size_t lz4_compress(const void *from, size_t n, void *to, size_t room, uint16_t table[LZ4_TABLE]);
/* Exactly `size` bytes out of n, or false. Any bytes are safe. */
bool lz4_expand(const void *from, size_t n, void *to, size_t size);

#endif
