/*
 * crc32.h - the checksum of everything that CP keeps on a volume.
 *
 * CRC-32 as in ISO 3309, Ethernet, zip and zlib (polynomial 04C11DB7 reflected), so that any tool can check CP's work.
 */
#ifndef CP_CRC32_H
#define CP_CRC32_H

#include <stddef.h>
#include <stdint.h>

/*
 * The CRC of `length` bytes at `data`. `crc` is 0 to begin, or the result for the bytes before these:
 * crc32_update(crc32_update(0, a, n), b, m) is the CRC of a followed by b.
 */
uint32_t crc32_update(uint32_t crc, const void *data, size_t length);

#endif
