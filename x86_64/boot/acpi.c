/*
 * acpi.c - switching the machine off.
 *
 * Owns: the way from ACPI's root pointer to the one register that does it.
 * Used by arch_stop().
 * Known simplification: the value for "off" is found by looking for the
 * package \_S5 in the bytes of the DSDT, not by interpreting it.
 * Source: ACPI specification 6.4, sections 5.2.5 to 5.2.9, 7.4.2 and 20.2.
 */
#include <arch/boot.h>
#include <arch/real.h>
#include <cp/string.h>

#define BIOS_FROM    0xe0000
#define BIOS_TO      0x100000
#define SLEEP_ENABLE (1u << 13)
#define NAME_OP      0x08
#define PACKAGE_OP   0x12
#define BYTE_PREFIX  0x0a
#define SLEEP_BYTES  9 /* from the name on, up to the type */

struct rsdp {
	char signature[8]; /* "RSD PTR " */
	uint8_t checksum;
	char oem[6];
	uint8_t revision;
	uint32_t rsdt;
} __attribute__((packed));

struct table {
	char signature[4];
	uint32_t length;
	char rest[28];
};

struct fadt {
	struct table header;
	uint32_t facs, dsdt;
	char unused[20];
	uint32_t pm1a_control;
};

static uint16_t control; /* port of PM1a; 0: unknown */
static uint16_t sleep_type;

static const struct rsdp *rsdp_search(void)
{
	for (uintptr_t a = BIOS_FROM; a < BIOS_TO; a += 16) {
		if (!memcmp((const void *)a, "RSD PTR ", 8))
			return (const struct rsdp *)a;
	}
	return NULL;
}

static const struct table *table_find(const struct rsdp *r, const char *signature)
{
	const struct table *rsdt = (const struct table *)(uintptr_t)r->rsdt;
	const uint32_t *entry = (const uint32_t *)(const void *)(rsdt + 1);

	for (uint32_t n = 0; n < (rsdt->length - sizeof(*rsdt)) / sizeof(*entry); n++) {
		const struct table *t = (const struct table *)(uintptr_t)entry[n];

		if (!memcmp(t->signature, signature, 4))
			return t;
	}
	return NULL;
}

/* Name (_S5_, Package (n) { type of PM1a, ...}): the package's length takes one byte, as it is short. */
static int sleep_type_find(const struct table *dsdt)
{
	const uint8_t *p = (const uint8_t *)dsdt, *end = p + dsdt->length - SLEEP_BYTES + 1;

	for (p += sizeof(*dsdt); p < end; p++) {
		if (memcmp(p, "_S5_", 4) || p[4] != PACKAGE_OP || (p[-1] != NAME_OP && p[-1] != '\\'))
			continue;
		p += 7; /* name, operation, length, count */
		return *p == BYTE_PREFIX ? p[1] : *p;
	}
	return -1;
}

void acpi_init(const void *rsdp)
{
	const struct rsdp *r = rsdp ? rsdp : rsdp_search();
	const struct fadt *f = r ? (const struct fadt *)table_find(r, "FACP") : NULL;
	int type = f && f->dsdt ? sleep_type_find((const struct table *)(uintptr_t)f->dsdt) : -1;

	if (type < 0)
		return;
	sleep_type = (uint16_t)(type << 10);
	control = (uint16_t)f->pm1a_control;
}

/* Returns when that is not known, or takes a moment. */
void acpi_power_off(void)
{
	if (control)
		outw(control, SLEEP_ENABLE | sleep_type);
}
