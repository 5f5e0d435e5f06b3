/*
 * diagnose.c - DIAGNOSE: what CMS-lite asks of CP. The parameter lists are in diagnose.h.
 *
 * Owns: the buffers of the calls. Before it: machine_diagnose, the call itself. After it: cp_command, disks, cards, Ready's times.
 *
 * Simplification: a block list of 32 entries, as no caller moves more than 16 KiB at a time.
 */
#include "diagnose.h"
#include "lib.h"

#define COMMAND_MAX 240u
#define BLOCKS_MAX  32u

#define COMMAND_CHARACTERISTICS 0x64 /* of an FBA disk; big-endian, not on words */
#define CHARACTERISTICS_SIZE    32u
#define AT_SECTOR_SIZE          4u
#define AT_SECTORS              14u

static char userid[9];

static uint64_t address_of(const volatile void *data)
{
	return (uintptr_t)data;
}

void diagnose_start(void)
{
	static struct diagnose_identity identity __attribute__((aligned(8)));
	struct diagnose_registers r = {.x = address_of(&identity), .y = sizeof(identity)};

	machine_diagnose(DIAGNOSE_IDENTIFY, &r);
	if (r.y >= sizeof(identity))
		return; /* nothing was stored */
	memcpy(userid, identity.userid, 8);
	text_from_machine(userid, 8);
	for (int i = 8; i > 0 && (userid[i - 1] == ' ' || userid[i - 1] == '\0'); i--)
		userid[i - 1] = '\0';
}

const char *machine_userid(void)
{
	return userid;
}

void diagnose_times(char date[16], uint64_t *virtual_time, uint64_t *total_time)
{
	static struct diagnose_timer timer __attribute__((aligned(8)));
	struct diagnose_registers r = {.x = address_of(&timer)};

	machine_diagnose(DIAGNOSE_TIMER, &r);
	*virtual_time = timer.virtual_time;
	*total_time = timer.total_time;
	if (!date)
		return;
	memcpy(date, timer.date, sizeof(timer.date));
	memcpy(date + sizeof(timer.date), timer.time, sizeof(timer.time));
	text_from_machine(date, 16);
}

bool diagnose_device(uint16_t device, uint32_t *information)
{
	struct diagnose_registers r = {.x = device};
	int cc = machine_diagnose(DIAGNOSE_DEVICE_TYPE, &r);

	*information = (uint32_t)r.y;
	return cc == 0;
}

bool diagnose_disk(uint16_t device, uint32_t *sectors, bool *read_only)
{
	static uint8_t found[CHARACTERISTICS_SIZE];
	static struct operation list;
	struct diagnose_registers r = {.x = address_of(&list)};
	uint32_t information = 0;

	list = (struct operation){.device = device,
				  .command = COMMAND_CHARACTERISTICS,
				  .buffer = (uint32_t)address_of(found),
				  .count = sizeof(found)};
	if (!diagnose_device(device, &information) || machine_diagnose(DIAGNOSE_OPERATION, &r) != 0)
		return false;
	if (found[AT_SECTOR_SIZE] << 8 != CMSFS_SECTOR || found[AT_SECTOR_SIZE + 1])
		return false;
	*sectors = 0;
	for (unsigned n = 0; n < 4; n++)
		*sectors = *sectors << 8 | found[AT_SECTORS + n];
	*read_only = (information & DEVICE_FLAG_READ_ONLY) != 0;
	return true;
}

uint64_t diagnose_storage(void)
{
	struct diagnose_registers r = {.x = 0};

	machine_diagnose(DIAGNOSE_STORAGE_SIZE, &r);
	return r.x;
}

/* The command in the machine's code; its length. */
static size_t make_command(char text[COMMAND_MAX], const char *command)
{
	size_t length = strlen(command);

	if (length > COMMAND_MAX)
		length = COMMAND_MAX;
	memcpy(text, command, length);
	text_to_machine(text, length);
	return length;
}

int cp_command(const char *command, char *response, size_t size, size_t *lost)
{
	static char text[COMMAND_MAX];
	struct diagnose_registers r = {.x = address_of(text), .x1 = address_of(response)};
	size_t stored;
	int cc;

	if (!machine_is_virtual())
		return CP_NONE;
	r.y = make_command(text, command) | (response ? DIAGNOSE_COMMAND_RESPONSE : 0);
	r.y1 = response ? size - 1 : 0;
	cc = machine_diagnose(DIAGNOSE_COMMAND, &r);
	if (!response)
		return (int)(uint32_t)r.y;
	stored = cc == 1 || r.y1 > size - 1 ? size - 1 : (size_t)r.y1;
	*lost = cc == 1 ? (size_t)r.y1 : 0;
	text_from_machine(response, stored);
	response[stored] = '\0';
	return (int)(uint32_t)r.y;
}

int diagnose_block_io(uint16_t device, bool write, uint32_t sector, uint32_t count, void *buffer)
{
	static struct block_io_entry entries[BLOCKS_MAX] __attribute__((aligned(8)));
	static struct block_io list;

	while (count) {
		uint32_t part = count < BLOCKS_MAX ? count : BLOCKS_MAX;
		struct diagnose_registers r = {.x = address_of(&list)};

		for (uint32_t i = 0; i < part; i++)
			entries[i] = (struct block_io_entry){sector + i,
							     (uint32_t)address_of(buffer) + i * CMSFS_SECTOR};
		list = (struct block_io){.device = device,
					 .type = write ? BLOCK_IO_WRITE : BLOCK_IO_READ,
					 .block_size = CMSFS_SECTOR,
					 .list = (uint32_t)address_of(entries),
					 .count = part};
		if (machine_diagnose(DIAGNOSE_BLOCK_IO, &r) != 0)
			return -1;
		sector += part;
		count -= part;
		buffer = (char *)buffer + part * CMSFS_SECTOR;
	}
	return 0;
}
