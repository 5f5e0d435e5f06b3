/*
 * ccw.h - channel command words, and the data they name in guest storage.
 *
 * Between program.c, which executes commands, and transfer.c, which moves their data.
 */
#ifndef S390X_CCW_H
#define S390X_CCW_H

#include "channel.h"

struct ccw {
	uint32_t at; /* its own address */
	uint8_t command, flags;
	uint16_t count;
	uint32_t data;
};

/* A running channel program: what does not change while it runs, and what became of it. */
struct program {
	struct device *d;
	uint8_t key;     /* access key, 0-15 */
	uint32_t orb;    /* flags */
	uint8_t channel; /* channel status collected */
};

/* ccw.c. All return 0 or the channel status that ends the program. */
uint8_t ccw_fetch(struct program *p, uint32_t address, struct ccw *c);
/* The CCW to execute at address: follows one TRANSFER IN CHANNEL, unless none is allowed (first of a program). */
uint8_t ccw_current(struct program *p, uint32_t address, bool first, struct ccw *c);
/* c becomes the CCW that data chaining leads to. */
uint8_t ccw_chain_data(struct program *p, struct ccw *c);
uint8_t channel_read(struct program *p, uint64_t address, void *buf, uint32_t n);
uint8_t channel_write(struct program *p, uint64_t address, const void *buf, uint32_t n);

/* transfer.c */
#define TRANSFER_MAX  0x100000u /* most bytes in one operation: it must fit CP's storage */
#define TRANSFER_CCWS 4096u     /* and CCWs: data chaining may lead in a circle */

/* Bytes that the CCW and those data-chained to it name together; false: more than one operation may have. */
bool transfer_total(struct program *p, const struct ccw *c, uint32_t *total);
/* Move n bytes between the areas and buf; *moved says how many were. */
uint8_t transfer_out(struct program *p, const struct ccw *c, uint8_t *buf, uint32_t n, uint32_t *moved);
uint8_t transfer_in(struct program *p, const struct ccw *c, const uint8_t *buf, uint32_t n, uint32_t *moved);
/* c becomes the CCW in which n bytes end; *residual is what is left of its count. */
uint8_t transfer_end(struct program *p, struct ccw *c, uint32_t n, uint32_t *residual);

#endif
