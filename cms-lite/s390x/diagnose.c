/*
 * diagnose.c - DIAGNOSE: what CMS-lite asks of CP. The parameter lists are in ../diagnose.h.
 *
 * Owns: the buffers of the calls. Before it: CP. After it: cp_command, disks, Ready's times.
 *
 * Simplification: a block list of 32 entries, as no caller moves more than 16 KiB at a time.
 */
#include "../diagnose.h"
#include "port.h"

#define COMMAND_MAX 240u
#define BLOCKS_MAX  32u

static char userid[9];

void diagnose_start(void)
{
	static struct diagnose_identity identity __attribute__((aligned(8)));
	register void *place asm("2") = &identity;
	register uint64_t length asm("4") = sizeof(identity);

	asm volatile("diag 2,4,0" : "+d"(length) : "d"(place) : "cc", "memory");
	if (length >= sizeof(identity))
		return; /* nothing was stored */
	memcpy(userid, identity.userid, 8);
	text_from_ebcdic(userid, 8);
	for (int i = 8; i > 0 && (userid[i - 1] == ' ' || userid[i - 1] == '\0'); i--)
		userid[i - 1] = '\0';
}

const char *machine_userid(void)
{
	return userid;
}

bool diagnose_times(uint64_t *virtual_time, uint64_t *total_time)
{
	static struct diagnose_timer timer __attribute__((aligned(8)));
	register void *place asm("2") = &timer;

	asm volatile("diag 2,4,0x0c" : : "d"(place) : "cc", "memory");
	*virtual_time = timer.virtual_time;
	*total_time = timer.total_time;
	return true;
}

bool diagnose_device(uint16_t device, uint32_t *information)
{
	register uint64_t number asm("2") = device;
	register uint64_t virtual asm("4") = 0;
	register uint64_t real asm("5") = 0;
	int cc;

	asm volatile("diag 2,4,0x24\n\tipm %0\n\tsrl %0,28"
		     : "=d"(cc), "+d"(number), "+d"(virtual), "+d"(real)
		     :
		     : "cc", "memory");
	*information = (uint32_t) virtual;
	return cc == 0;
}

uint64_t diagnose_storage(void)
{
	register uint64_t size asm("2") = 0;

	asm volatile("diag 2,4,0x60" : "+d"(size) : : "cc");
	return size;
}

/* The command in EBCDIC; its length. */
static size_t make_command(char text[COMMAND_MAX], const char *command)
{
	size_t length = strlen(command);

	if (length > COMMAND_MAX)
		length = COMMAND_MAX;
	memcpy(text, command, length);
	text_to_ebcdic(text, length);
	return length;
}

/* X'08' itself; nothing may stand between the registers' values and the instruction that would use them for a call. */
static int issue_command(const char *text, char *answer, uint64_t *length, uint64_t *room)
{
	register const char *r2 asm("2") = text;
	register char *r3 asm("3") = answer;
	register uint64_t r4 asm("4") = *length;
	register uint64_t r5 asm("5") = *room;
	int cc;

	asm volatile("diag 2,4,8\n\tipm %0\n\tsrl %0,28"
		     : "=d"(cc), "+d"(r4), "+d"(r5)
		     : "d"(r2), "d"(r3)
		     : "cc", "memory");
	*length = r4;
	*room = r5;
	return cc;
}

int cp_command(const char *command, char *response, size_t size, size_t *lost)
{
	static char text[COMMAND_MAX];
	uint64_t word, room = response ? size - 1 : 0;
	size_t stored;
	int cc;

	if (!machine_is_virtual())
		return CP_NONE;
	word = make_command(text, command) | (response ? DIAGNOSE_COMMAND_RESPONSE : 0);
	cc = issue_command(text, response, &word, &room);
	if (!response)
		return (int)(uint32_t)word;
	stored = cc == 1 || room > size - 1 ? size - 1 : (size_t)room;
	*lost = cc == 1 ? (size_t)room : 0;
	text_from_ebcdic(response, stored);
	response[stored] = '\0';
	return (int)(uint32_t)word;
}

/* The return code comes in register 15, which is the stack pointer: it is put aside around the instruction. */
static int block_io(const struct block_io *list)
{
	register const struct block_io *place asm("2") = list;
	int cc;

	asm volatile("lgr 1,15\n\tdiag 2,4,0xa4\n\tipm %0\n\tsrl %0,28\n\tlgr 15,1"
		     : "=&d"(cc)
		     : "d"(place)
		     : "1", "cc", "memory");
	return cc;
}

int diagnose_block_io(uint16_t device, bool write, uint32_t sector, uint32_t count, void *buffer)
{
	static struct block_io_entry entries[BLOCKS_MAX] __attribute__((aligned(8)));
	static struct block_io list;

	while (count) {
		uint32_t part = count < BLOCKS_MAX ? count : BLOCKS_MAX;

		for (uint32_t i = 0; i < part; i++)
			entries[i] =
				(struct block_io_entry){sector + i, address_of(buffer) + i * CMSFS_SECTOR};
		list = (struct block_io){.device = device,
					 .type = write ? BLOCK_IO_WRITE : BLOCK_IO_READ,
					 .block_size = CMSFS_SECTOR,
					 .list = address_of(entries),
					 .count = part};
		if (block_io(&list) != 0)
			return -1;
		sector += part;
		count -= part;
		buffer = (char *)buffer + part * CMSFS_SECTOR;
	}
	return 0;
}
