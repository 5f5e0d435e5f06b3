/*
 * disk.c - a disk in storage, which fails when told to and remembers the order of writes.
 */
#include <hosted.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fails(struct hosted_disk *d, int64_t bad, uint64_t sector, uint32_t count)
{
	if (d->sleepy)
		task_yield();
	for (unsigned n = d->drowsy ? hosted_random(&d->dream) % d->drowsy : 0; n; n--)
		task_yield();
	return d->all_fail || (bad >= 0 && (uint64_t)bad >= sector && (uint64_t)bad < sector + count);
}

static int disk_read(struct block_device *b, uint64_t sector, uint32_t count, void *buf)
{
	struct hosted_disk *d = b->private;

	d->reads++;
	if (fails(d, d->read_error, sector, count))
		return -1;
	memcpy(buf, d->data + sector * SECTOR_SIZE, (size_t)count * SECTOR_SIZE);
	return 0;
}

static void log_put(struct hosted_disk *d, enum hosted_write_kind kind, uint64_t sector, const void *data)
{
	struct hosted_write *w;

	if (!d->logging)
		return;
	if (d->logged == d->log_size) {
		d->log_size = d->log_size ? d->log_size * 2 : 256;
		d->log = realloc(d->log, d->log_size * sizeof(*d->log));
	}
	w = &d->log[d->logged++];
	w->kind = kind;
	w->sector = sector;
	if (data)
		memcpy(w->data, data, SECTOR_SIZE);
}

/* Is this the write or flush that is to fail? */
static bool change_fails(struct hosted_disk *d)
{
	if (d->changes_left < 0)
		return false;
	if (d->changes_left > 0) {
		d->changes_left--;
		return false;
	}
	if (!d->failing_on)
		d->changes_left = -1;
	return true;
}

static void sectors_put(struct hosted_disk *d, uint64_t sector, uint32_t count, const uint8_t *from)
{
	for (uint32_t i = 0; i < count; i++) {
		memcpy(d->data + (sector + i) * SECTOR_SIZE, from + i * SECTOR_SIZE, SECTOR_SIZE);
		log_put(d, HOSTED_WRITE, sector + i, from + i * SECTOR_SIZE);
	}
}

static int disk_write(struct block_device *b, uint64_t sector, uint32_t count, const void *buf)
{
	struct hosted_disk *d = b->private;

	d->writes++;
	if (fails(d, d->write_error, sector, count))
		return -1;
	if (change_fails(d)) {
		if (d->failure != HOSTED_NOTHING)
			sectors_put(d, sector, d->failure == HOSTED_ALL ? count : count / 2, buf);
		return -1;
	}
	sectors_put(d, sector, count, buf);
	return 0;
}

static int disk_flush(struct block_device *b)
{
	struct hosted_disk *d = b->private;

	d->flushes++;
	if (d->all_fail || change_fails(d))
		return -1;
	log_put(d, HOSTED_FLUSH, 0, NULL);
	return 0;
}

static const struct block_driver driver = {
	.name = "hosted", .read = disk_read, .write = disk_write, .flush = disk_flush};

static struct hosted_disk *make(uint8_t *data, size_t mapped, uint64_t sectors, uint16_t address)
{
	struct hosted_disk *d = calloc(1, sizeof(*d));

	hosted_start();
	d->data = data;
	d->mapped = mapped;
	d->read_error = d->write_error = d->changes_left = -1;
	d->device = (struct block_device){
		.driver = &driver, .private = d, .address = address, .sectors = sectors, .max_sectors = 64};
	block_register(&d->device);
	return d;
}

struct hosted_disk *hosted_disk_create(uint64_t sectors, uint16_t address)
{
	return make(calloc(sectors, SECTOR_SIZE), 0, sectors, address);
}

struct hosted_disk *hosted_disk_open(const char *path, uint16_t address)
{
	int fd = open(path, O_RDWR);
	void *data = MAP_FAILED;
	struct stat st;

	if (fd < 0)
		return NULL;
	if (fstat(fd, &st) == 0)
		data = mmap(NULL, (size_t)st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (data == MAP_FAILED)
		return NULL;
	return make(data, (size_t)st.st_size, (uint64_t)st.st_size / SECTOR_SIZE, address);
}

void hosted_disk_destroy(struct hosted_disk *d)
{
	list_remove(&d->device.all);
	free(d->log);
	if (d->mapped)
		munmap(d->data, d->mapped);
	else
		free(d->data);
	free(d);
}

void hosted_disk_log(struct hosted_disk *d, bool on)
{
	d->logging = on;
	d->logged = 0;
}

void hosted_disk_replay(const struct hosted_disk *d, uint8_t *to, size_t cut, bool whole, uint64_t *seed)
{
	size_t safe = 0;

	for (size_t i = 0; i < cut; i++)
		if (d->log[i].kind == HOSTED_FLUSH)
			safe = i;
	for (size_t i = 0; i < cut; i++)
		if (d->log[i].kind == HOSTED_WRITE && (i < safe || whole || hosted_random(seed) & 1))
			memcpy(to + d->log[i].sector * SECTOR_SIZE, d->log[i].data, SECTOR_SIZE);
}
