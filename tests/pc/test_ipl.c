/*
 * test_ipl.c - initial program loading: Linux, multiboot, ELF and boot sectors, from reader and minidisk; and files that lie.
 *
 * Before: world.c. Source of what is expected: Linux' boot protocol, the Multiboot Specification.
 */
#include "world.h"
#include <CUnit/Basic.h>
#include <cp/arch.h>
#include <stdlib.h>
#include <string.h>

#define KERNEL_SIZE 200000u

static uint8_t kernel[KERNEL_SIZE];

static void put(uint32_t at, unsigned bytes, uint64_t value)
{
	memcpy(kernel + at, &value, bytes);
}

static uint64_t stored(gabs_t at, unsigned bytes)
{
	uint64_t value = 0;

	memcpy(&value, world->storage + at, bytes);
	return value;
}

static void file(const void *bytes, size_t size)
{
	world->file[world->files++] = (struct world_file){.bytes = bytes, .size = size};
}

static int ipl(uint16_t vdev)
{
	world->vm.ipl.vdev = vdev;
	world->vm.reason[0] = '\0';
	world->starts = 0;
	return arch_vm_ipl(&world->vm);
}

/* It does not start, for this reason, and says so. */
static void refused(uint16_t vdev, const char *why)
{
	CU_ASSERT_EQUAL(ipl(vdev), CP_CANNOT);
	CU_ASSERT_EQUAL(world->starts, 0);
	if (!strstr(world->vm.reason, why))
		printf("reason: %s\n", world->vm.reason);
	CU_ASSERT_TRUE(strstr(world->vm.reason, why) != NULL);
	for (unsigned n = 0; n < world->files; n++)
		CU_ASSERT_FALSE(world->file[n].purged); /* to be mended, not lost */
}

/* ---- Linux ------------------------------------------------------------------------------ */

#define SETUP_BYTES (5 * 512u)

static void linux_make(void)
{
	for (unsigned n = 0; n < KERNEL_SIZE; n++)
		kernel[n] = (uint8_t)(n * 13 + n / 256);
	memset(kernel, 0, SETUP_BYTES);
	put(0x1f1, 1, 4);
	put(0x1f4, 4, (KERNEL_SIZE - SETUP_BYTES) / 16);
	put(0x1fe, 2, 0xaa55);
	put(0x200, 2, 0x66eb); /* jmp: the header ends at 268 */
	put(0x202, 4, 0x53726448);
	put(0x206, 2, 0x20f);
	put(0x211, 1, 0x01);
	put(0x214, 4, 0x100000);
	put(0x22c, 4, 0x7fffffff);
	put(0x230, 4, 0x200000);
	put(0x234, 1, 1);
	put(0x236, 2, 0x7f);
	put(0x238, 4, 2047);
	put(0x258, 8, 0x1000000);
	put(0x260, 4, 0x800000);
}

static void linux_good(void)
{
	static const char line[] =
		"console=ttyS0                                                                   quiet     ";
	static uint8_t initramfs[100000];

	memset(initramfs, 0xa5, sizeof(initramfs));
	world_begin();
	linux_make();
	file(kernel, KERNEL_SIZE);
	file(line, sizeof(line) - 1);
	file(initramfs, sizeof(initramfs));
	strcpy(world->vm.ipl.parm, "panic=1");
	CU_ASSERT_EQUAL(ipl(WORLD_READER), 0);
	CU_ASSERT_EQUAL(world->starts, 1);
	CU_ASSERT_EQUAL(world->start.mode, START_LONG64);
	CU_ASSERT_EQUAL(world->start.rip, 0x1000200);
	CU_ASSERT_EQUAL(world->start.rsi, 0x10000);
	CU_ASSERT_TRUE(memcmp(world->storage + 0x1000000, kernel + SETUP_BYTES,
			      (KERNEL_SIZE - SETUP_BYTES) & ~15u) == 0);
	CU_ASSERT_STRING_EQUAL((char *)world->storage + stored(0x10228, 4), "console=ttyS0 quiet panic=1");
	CU_ASSERT_EQUAL(stored(0x10218, 4), 0x1800000);
	CU_ASSERT_EQUAL(stored(0x1021c, 4), sizeof(initramfs));
	CU_ASSERT_TRUE(memcmp(world->storage + 0x1800000, initramfs, sizeof(initramfs)) == 0);
	CU_ASSERT_EQUAL(world->storage[0x10210], 0xff);
	/* The map: the last range is from 1 MiB to the end. */
	CU_ASSERT_EQUAL(world->storage[0x101e8], 4);
	CU_ASSERT_EQUAL(stored(0x102d0 + 60, 8), 0x100000);
	CU_ASSERT_EQUAL(stored(0x102d0 + 68, 8), WORLD_STORAGE - 0x100000);
	/* Identity tables: 3 GiB and 5 MiB. */
	CU_ASSERT_EQUAL(stored(world->start.page_tables, 8), 0x72003);
	CU_ASSERT_EQUAL(stored(0x72018, 8), 0x76003);
	CU_ASSERT_EQUAL(stored(0x76010, 8), 0xc0400083);
	CU_ASSERT_TRUE(world->file[0].purged && world->file[1].purged && world->file[2].purged);
	world->files = 0;
	refused(WORLD_READER + 0x100, "does not exist");
	world_end();
}

/* Only a 32-bit entry, no initramfs; and from a disk. */
static void linux_32(void)
{
	world_begin();
	linux_make();
	put(0x236, 2, 0);
	put(0x234, 1, 0);
	memcpy(world->disk + 16 * 512, kernel, KERNEL_SIZE);
	CU_ASSERT_EQUAL(ipl(WORLD_DISK), 0);
	CU_ASSERT_EQUAL(world->start.mode, START_FLAT32);
	CU_ASSERT_EQUAL(world->start.rip, 0x100000);
	CU_ASSERT_EQUAL(world->start.rsi, 0x10000);
	CU_ASSERT_EQUAL(stored(0x1021c, 4), 0);
	CU_ASSERT_TRUE(memcmp(world->storage + 0x100000, kernel + SETUP_BYTES, 100000) == 0);
	world_end();
}

static void linux_bad(void)
{
	world_begin();
	file(kernel, KERNEL_SIZE);
	linux_make();
	put(0x206, 2, 0x203);
	refused(WORLD_READER, "too old");
	linux_make();
	put(0x211, 1, 0);
	refused(WORLD_READER, "too old");
	linux_make();
	put(0x1f4, 4, 0xffffffff);
	refused(WORLD_READER, "wants storage up to");
	linux_make();
	put(0x1f4, 4, KERNEL_SIZE / 16);
	refused(WORLD_READER, "cut short");
	linux_make();
	put(0x1f4, 4, 0);
	refused(WORLD_READER, "makes no sense");
	linux_make();
	put(0x258, 8, UINT64_MAX - 4095);
	refused(WORLD_READER, "makes no sense");
	linux_make();
	put(0x258, 8, 0x20000);
	refused(WORLD_READER, "makes no sense");
	linux_make();
	put(0x260, 4, 0xffffffff);
	refused(WORLD_READER, "wants storage up to");
	/* A header that ends nowhere, a command line of one byte: odd, but good. */
	linux_make();
	put(0x201, 1, 0xff);
	put(0x238, 4, 1);
	strcpy(world->vm.ipl.parm, "panic=1");
	CU_ASSERT_EQUAL(ipl(WORLD_READER), 0);
	CU_ASSERT_EQUAL(stored(0x20000, 2), 'p');
	world_end();
}

/* An initramfs that does not fit. */
static void initramfs_bad(void)
{
	uint8_t *much = calloc(1, WORLD_STORAGE);

	world_begin();
	linux_make();
	file(kernel, KERNEL_SIZE);
	file("a", 1);
	file(much, WORLD_STORAGE);
	refused(WORLD_READER, "does not fit");
	linux_make();
	put(0x22c, 4, 0x1000);
	CU_ASSERT_EQUAL(ipl(WORLD_READER), 0); /* it may not stand anywhere: left out */
	CU_ASSERT_EQUAL(stored(0x1021c, 4), 0);
	free(much);
	world_end();
}

/* ---- multiboot ------------------------------------------------------------------------------ */

static void multiboot_make(uint32_t at, uint32_t flags)
{
	memset(kernel, 0x90, KERNEL_SIZE);
	put(510, 2, 0);
	put(at, 4, 0x1badb002);
	put(at + 4, 4, flags);
	put(at + 8, 4, 0 - 0x1badb002u - flags);
}

static void addresses(uint32_t at, uint32_t header, uint32_t load, uint32_t load_end, uint32_t bss_end,
		      uint32_t entry)
{
	put(at + 12, 4, header);
	put(at + 16, 4, load);
	put(at + 20, 4, load_end);
	put(at + 24, 4, bss_end);
	put(at + 28, 4, entry);
}

static void multiboot_good(void)
{
	static const uint32_t record[4] = {0x30344d56, 0x544f4f42, 100, 50000}; /* VM40BOOT, sector 100 */

	world_begin();
	multiboot_make(64, 0x10003);
	addresses(64, 0x200040, 0x200000, 0, 0x300000, 0x200100);
	memcpy(world->disk + 16 * 512, record, sizeof(record));
	memcpy(world->disk + (16 + 100) * 512, kernel, KERNEL_SIZE);
	memset(world->storage + 0x200000, 0xcc, 0x100000);
	CU_ASSERT_EQUAL(ipl(WORLD_DISK), 0);
	CU_ASSERT_EQUAL(world->start.mode, START_FLAT32);
	CU_ASSERT_EQUAL(world->start.rip, 0x200100);
	CU_ASSERT_EQUAL(world->start.rax, 0x2badb002);
	CU_ASSERT_EQUAL(world->start.rbx, 0x10000);
	CU_ASSERT_TRUE(memcmp(world->storage + 0x200000, kernel, 50000) == 0);
	CU_ASSERT_EQUAL(world->storage[0x200000 + 50000], 0); /* cleared up to the end of its bss */
	CU_ASSERT_EQUAL(world->storage[0x2fffff], 0);
	CU_ASSERT_EQUAL(stored(0x10004, 4), 639);
	CU_ASSERT_EQUAL(stored(0x10008, 4), (WORLD_STORAGE >> 10) - 1024);
	CU_ASSERT_STRING_EQUAL((char *)world->storage + stored(0x10000 + 64, 4), "VM/40");
	world_end();
}

static void multiboot_modules(void)
{
	uint64_t list;

	world_begin();
	multiboot_make(0, 0x10000);
	addresses(0, 0x100000, 0x100000, 0x100800, 0x100800, 0x100020);
	file(kernel, 0x800);
	file("hello world", 11);
	file("first", 5);
	file("second", 6);
	CU_ASSERT_EQUAL(ipl(WORLD_READER), 0);
	CU_ASSERT_STRING_EQUAL((char *)world->storage + stored(0x10010, 4), "hello world");
	CU_ASSERT_EQUAL(stored(0x10014, 4), 2);
	list = stored(0x10018, 4);
	CU_ASSERT_EQUAL(stored(list, 4), 0x101000);
	CU_ASSERT_EQUAL(stored(list + 4, 4), 0x101005);
	CU_ASSERT_TRUE(memcmp(world->storage + 0x102000, "second", 6) == 0);
	world_end();
}

static void multiboot_bad(void)
{
	world_begin();
	file(kernel, 0x800);
	multiboot_make(0, 0x10004);
	refused(WORLD_READER, "wants what no virtual PC has");
	multiboot_make(0, 0x10000);
	addresses(0, 0x100000, 0x100000, 0x100801, 0, 0);
	refused(WORLD_READER, "cut short");
	addresses(0, 0x100000, 0x100004, 0, 0, 0);
	refused(WORLD_READER, "make no sense");
	addresses(0, 0x100000, 0x0fffff, 0, 0, 0);
	refused(WORLD_READER, "make no sense");
	addresses(0, 0x1000, 0x1000, 0, 0, 0);
	refused(WORLD_READER, "make no sense");
	addresses(0, 0xfffff000, 0xfffff000, 0, 0, 0);
	refused(WORLD_READER, "make no sense");
	addresses(0, 0x100000, 0x100000, 0xffffffff, 0, 0);
	refused(WORLD_READER, "make no sense");
	addresses(0, 0x100000, 0x100000, 0x100800, 0xffffffff, 0);
	refused(WORLD_READER, "make no sense");
	multiboot_make(0, 0);
	refused(WORLD_READER, "no 32-bit ELF");
	world_end();
}

/* ---- ELF ------------------------------------------------------------------------------------ */

static void elf_make(void)
{
	static const uint8_t identification[] = {0x7f, 'E', 'L', 'F', 1, 1, 1};

	multiboot_make(0x1000, 0);
	memset(kernel, 0, 0x1000);
	memcpy(kernel, identification, sizeof(identification));
	put(16, 2, 2);
	put(18, 2, 3);
	put(24, 4, 0x100010); /* entry */
	put(28, 4, 52);
	put(42, 2, 32);
	put(44, 2, 2);
	/* LOAD offset, virtual, physical, in file, in storage */
	put(52, 4, 1);
	put(56, 4, 0x1000);
	put(64, 4, 0x100000);
	put(68, 4, 0x2000);
	put(72, 4, 0x3000);
	put(84, 4, 6); /* another kind */
}

static void elf(void)
{
	world_begin();
	file(kernel, 0x8000);
	elf_make();
	memset(world->storage + 0x102000, 0xcc, 0x2000);
	CU_ASSERT_EQUAL(ipl(WORLD_READER), 0);
	CU_ASSERT_EQUAL(world->start.rip, 0x100010);
	CU_ASSERT_TRUE(memcmp(world->storage + 0x100000, kernel + 0x1000, 0x2000) == 0);
	CU_ASSERT_EQUAL(world->storage[0x102000], 0);
	CU_ASSERT_EQUAL(world->storage[0x102fff], 0);
	CU_ASSERT_EQUAL(world->storage[0x103000], 0xcc);
	world->file[0].purged = false;
	put(28, 4, 8180);
	refused(WORLD_READER, "program headers");
	put(28, 4, 0xffffffff);
	refused(WORLD_READER, "program headers");
	elf_make();
	put(42, 2, 31);
	refused(WORLD_READER, "no 32-bit ELF");
	elf_make();
	put(44, 2, 0xffff);
	refused(WORLD_READER, "program headers");
	elf_make();
	put(56, 4, 0x7000);
	refused(WORLD_READER, "cut short");
	elf_make();
	put(56, 4, 0xfffff000);
	refused(WORLD_READER, "cut short");
	elf_make();
	put(68, 4, 0x3001);
	refused(WORLD_READER, "not in storage");
	elf_make();
	put(72, 4, 0xffffffff);
	refused(WORLD_READER, "not in storage");
	elf_make();
	put(64, 4, 0x1000);
	refused(WORLD_READER, "not in storage");
	world_end();
}

/* ---- others ---------------------------------------------------------------------------------- */

static void sector(void)
{
	world_begin();
	memset(kernel, 0x90, 2000);
	put(510, 2, 0xaa55);
	file(kernel, 2000);
	CU_ASSERT_EQUAL(ipl(WORLD_READER), 0);
	CU_ASSERT_EQUAL(world->start.mode, START_REAL);
	CU_ASSERT_EQUAL(world->start.rip, 0x7c00);
	CU_ASSERT_TRUE(memcmp(world->storage + 0x7c00, kernel, 2000) == 0);
	world_end();
}

static void nothing(void)
{
	static const uint32_t record[4] = {0x30344d56, 0x544f4f42, 0xffffffff, 0xffffffff};

	world_begin();
	refused(WORLD_READER, "empty");
	refused(WORLD_CONSOLE, "neither a disk nor a reader");
	refused(WORLD_DISK, "not IPLable");
	memcpy(world->disk + 16 * 512, record, sizeof(record));
	refused(WORLD_DISK, "does not fit");
	world->disk_broken = true;
	refused(WORLD_DISK, "cannot be read");
	world->disk_broken = false;
	file("x", 1);
	refused(WORLD_READER, "not IPLable");
	linux_make();
	world->file[0] = (struct world_file){.bytes = kernel, .size = KERNEL_SIZE};
	world->no_storage = true;
	refused(WORLD_READER, "no real storage");
	world_end();
}

void suite_ipl(void)
{
	CU_pSuite s = CU_add_suite("IPL", NULL, NULL);

	CU_add_test(s, "Linux by its 64-bit entry", linux_good);
	CU_add_test(s, "Linux by its 32-bit entry, from a disk", linux_32);
	CU_add_test(s, "Linux headers that lie", linux_bad);
	CU_add_test(s, "initramfs that does not fit", initramfs_bad);
	CU_add_test(s, "multiboot from a boot record", multiboot_good);
	CU_add_test(s, "multiboot modules", multiboot_modules);
	CU_add_test(s, "multiboot headers that lie", multiboot_bad);
	CU_add_test(s, "ELF", elf);
	CU_add_test(s, "boot sector", sector);
	CU_add_test(s, "nothing to load", nothing);
}
