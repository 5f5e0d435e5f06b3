/*
 * io.h - real interruptions, from the trap engine's first-level handlers to
 * the real drivers (io/).
 */
#ifndef ARCH_IO_H
#define ARCH_IO_H

#include <stdbool.h>
#include <stdint.h>

/* Called disabled, at interruption time; must not sleep. May wake tasks. */
void io_interrupt(uint32_t subchannel_id, uint32_t parameter);
void sclp_interrupt(uint32_t parameter);
/* Brings up the SCLP console; called by arch_init() before anything prints. Polls. */
void sclp_init(void);
/* One character on the SCLP console, line by line, polled while CP cannot take interruptions yet or panics. */
void sclp_putc(char c);
/* Finds every real device and registers disks and lines. */
void io_probe(void);
/* Real storage from SCLP READ SCP INFO, bytes. */
uint64_t sclp_storage_size(void);
/* After it: have the CPUs interpretive execution, with the state description and the interception codes of today? */
bool sclp_sie(void);

#endif
