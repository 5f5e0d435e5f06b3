/*
 * boot.h - inside boot/: what the boot loader told.
 */
#ifndef ARCH_BOOT_H
#define ARCH_BOOT_H

#include <cp/types.h>

#define BOOT_RANGES 32

struct boot_range {
	uint64_t from, to;
};

/* What both boot protocols tell, taken over before storage is given away. */
struct boot {
	const char *protocol;
	struct boot_range storage[BOOT_RANGES]; /* usable */
	unsigned ranges;
	const void *rsdp; /* ACPI's root pointer, or NULL: not told */
};

/* loader.c: false: neither protocol, or no map. */
bool boot_read(struct boot *b);
/* storage.c: what CP gets. false: too little. */
bool storage_init(const struct boot *b);

/* acpi.c: how this machine is switched off. rsdp NULL: look for it. */
void acpi_init(const void *rsdp);
void acpi_power_off(void);

/* serial.c: the earliest console. */
void serial_init(void);
/* screen.c: what it says can be read there, too. */
void screen_init(void);
void screen_put(char c);

#endif
