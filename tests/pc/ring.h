/*
 * ring.h - the driver's side of a virtio queue, for tests.
 */
#ifndef TESTS_PC_RING_H
#define TESTS_PC_RING_H

#include "world.h"

/* Base addresses, as the firmware assigned them: the read-only disk was made first. */
#define RO 0xc040
#define RW 0xc080

/* Where things are in storage. */
#define TABLE       0x10000u
#define AVAILABLE   (TABLE + 128 * 16)
#define USED        (TABLE + 4096)
#define HEADER      0x18000u
#define STATUS_BYTE 0x18100u
#define INDIRECT    0x19000u

void ring_put16(uint32_t at, uint16_t value);
uint16_t ring_get16(uint32_t at);
void ring_descriptor(uint32_t at, uint64_t address, uint32_t length, uint16_t flags, uint16_t next);
void ring_header(uint32_t type, uint64_t sector);
/* Reset the device at base, take these features, give it the queue at TABLE, emptied. */
void ring_start(uint16_t base, uint32_t features);
/* Make descriptor `head` available and notify; the status byte then, 0xff if it was not written. */
uint8_t ring_go(uint16_t base, uint16_t head);
/* One request of header, data (n bytes at `at`, in pieces; read by the device unless in) and status. */
uint8_t ring_request(uint16_t base, uint32_t type, uint64_t sector, uint32_t at, uint32_t n, bool in);
/* Bytes written, as the used ring says of the request that many before the last. */
uint32_t ring_used_length(unsigned back);

#endif
