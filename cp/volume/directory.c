/*
 * directory.c - CP's side of the object directory.
 *
 * Owns: which of the two slots counts, and look-ups in it. Before: mount.c; object.c, which checks every byte. After: LOGON,
 * LINK, AUTOLOG.
 * Heritage: DMKUDR, and DMKCPI's look for the active directory.
 * Simplification: the choice is made at IPL; a directory written later counts from the next IPL on.
 *
 * A slot that is neither empty nor good stops the start, even when the other one is good: nobody could say whether
 * the damaged one was the newer, and an older directory brings back users and passwords that were taken away.
 */
#include <cp/heap.h>
#include <cp/object.h>
#include <cp/panic.h>
#include <cp/storage.h>
#include <cp/string.h>
#include <cp/task.h>
#include <cp/volume.h>

static struct object_directory directory;
static bool directory_open;

/* A slot as a source of bytes: context is its volume_run, in the system volume's area table. */
static int slot_read(void *context, uint64_t offset, void *buf, size_t length)
{
	const struct volume_run *slot = context;
	struct block_device *disk = volume_find(NULL)->disk;
	uint64_t sector = (uint64_t)slot->first * VOLUME_SECTORS_PER_BLOCK;
	uint8_t *one, *to = buf;
	int result = 0;

	task_yield(); /* between two pieces of a checksum others may run */
	one = heap_alloc(SECTOR_SIZE);
	if (!one)
		return CP_NO_STORAGE;
	while (length > 0 && result == 0) {
		uint32_t skip = offset % SECTOR_SIZE;
		size_t n = SECTOR_SIZE - skip;

		if (skip == 0 && length >= SECTOR_SIZE) { /* whole sectors go straight to their place */
			n = length - length % SECTOR_SIZE;
			result = block_read(disk, sector + offset / SECTOR_SIZE, n / SECTOR_SIZE, to);
		} else {
			n = n < length ? n : length;
			result = block_read(disk, sector + offset / SECTOR_SIZE, 1, one);
			memcpy(to, one + skip, n);
		}
		to += n;
		offset += n;
		length -= n;
	}
	heap_free(one, SECTOR_SIZE);
	return result;
}

/* Was the header wiped by a writer? Then the slot is empty; anything else without a magic is damage. */
static bool slot_wiped(const struct object_source *s)
{
	struct object_header h;

	if (s->size < sizeof(h))
		return true;
	if (s->read(s->context, 0, &h, sizeof(h)) < 0)
		return false;
	for (size_t i = 0; i < sizeof(h); i++) {
		if (((const uint8_t *)&h)[i])
			return false;
	}
	return true;
}

/* The checksum over everything, once, at IPL: a look-up then meets damage only if the disk fails later. */
static int slot_verify(const struct object_directory *d)
{
	void *buf = heap_alloc(PAGE_SIZE);
	int status;

	if (!buf)
		return OBJECT_READ_ERROR;
	status = object_verify(d, buf, PAGE_SIZE);
	heap_free(buf, PAGE_SIZE);
	return status;
}

static int slot_open(struct object_directory *d, struct volume *v, unsigned which)
{
	struct volume_run *run = &v->area[VOLUME_AREA_OBJECT_A + which];
	struct object_source source = {
		.read = slot_read, .context = run, .size = (uint64_t)run->count * VOLUME_BLOCK};
	int status;

	if (run->count == 0)
		return OBJECT_EMPTY;
	status = object_open(d, &source);
	if (status == OBJECT_EMPTY && !slot_wiped(&source))
		status = OBJECT_DAMAGED;
	if (status == OBJECT_OK)
		status = slot_verify(d);
	if (status != OBJECT_OK && status != OBJECT_EMPTY)
		log_line("VOLUME %s DIRECTORY SLOT %c AT BLOCK %u: %s", v->label, 'A' + which, run->first,
			 object_status_text(status));
	return status;
}

int directory_init(void)
{
	struct volume *v = volume_find(NULL);
	struct object_directory slot[2];
	int status[2];
	unsigned newest;

	directory_open = false;
	if (!v)
		return CP_CANNOT;
	for (unsigned i = 0; i < 2; i++)
		status[i] = slot_open(&slot[i], v, i);
	if (status[0] == OBJECT_EMPTY && status[1] == OBJECT_EMPTY) {
		log_line("VOLUME %s HAS NO OBJECT DIRECTORY: WRITE ONE WITH  vm40 direct", v->label);
		return CP_CANNOT;
	}
	for (unsigned i = 0; i < 2; i++) {
		if (status[i] != OBJECT_OK && status[i] != OBJECT_EMPTY)
			return CP_CANNOT;
	}
	newest =
		status[0] != OBJECT_OK || (status[1] == OBJECT_OK && slot[1].generation > slot[0].generation);
	directory = slot[newest];
	directory_open = true;
	return 0;
}

static int complain(const char *userid, int status)
{
	log_line("DIRECTORY ENTRY OF %.8s: %s", userid, object_status_text(status));
	return status == OBJECT_READ_ERROR ? CP_IO_ERROR : CP_CANNOT;
}

int directory_lookup(const char *userid, void **entry, size_t *length)
{
	struct object_user user;
	void *copy;
	int status;

	if (!directory_open)
		return CP_CANNOT;
	status = object_find(&directory, userid, &user);
	if (status == OBJECT_MISSING)
		return 1;
	if (status != OBJECT_OK)
		return complain(userid, status);
	copy = heap_alloc(user.length);
	if (!copy)
		return CP_NO_STORAGE;
	status = object_read(&directory, &user, copy);
	if (status != OBJECT_OK) {
		heap_free(copy, user.length);
		return complain(userid, status);
	}
	*entry = copy;
	*length = user.length;
	return 0;
}

void directory_release(void *entry, size_t length)
{
	heap_free(entry, length);
}

int directory_userid(uint32_t n, char userid[9])
{
	struct object_user user;
	int status = directory_open ? object_at(&directory, n, &user) : OBJECT_MISSING;

	if (status == OBJECT_MISSING)
		return 1;
	if (status != OBJECT_OK)
		return complain("NUMBER", status);
	for (size_t i = 0; i < 8; i++)
		userid[i] = user.userid[i] == ' ' ? '\0' : user.userid[i];
	userid[8] = '\0';
	return 0;
}

uint64_t directory_generation(void)
{
	return directory_open ? directory.generation : 0;
}

uint32_t directory_weak(void)
{
	return directory_open ? directory.weak : 0;
}
