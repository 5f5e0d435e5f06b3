/*
 * world.c - what the virtual PC needs of CP, as an ordinary program.
 *
 * Owns: one virtual machine with 64 MiB of storage, a console, a reader and two disks; reader files and a disk in storage; a clock that
 * stands until it is told to go on. After: the suites and fuzz.c.
 * Simplification: nothing ever sleeps; a task_sleep() is a failed test.
 */
#include "world.h"
#include <arch/instruction.h>
#include <arch/nested.h>
#include <arch/svm.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/session.h>
#include <cp/spool.h>
#include <cp/string.h>
#include <stdio.h>
#include <stdlib.h>

struct world *world;

/* ---- storage ------------------------------------------------------------------------ */

static int reach(gabs_t a, size_t n)
{
	if (n && (a >= WORLD_STORAGE || n > WORLD_STORAGE - a))
		return 5;
	return world->no_storage ? CP_NO_STORAGE : 0;
}

int guest_read(struct vm *vm, gabs_t a, void *buf, size_t n)
{
	int rc = reach(a, n);

	(void)vm;
	if (rc == 0)
		memcpy(buf, world->storage + a, n);
	return rc;
}

int guest_write(struct vm *vm, gabs_t a, const void *buf, size_t n)
{
	int rc = reach(a, n);

	(void)vm;
	if (rc == 0)
		memcpy(world->storage + a, buf, n);
	return rc;
}

void nested_expect(struct vm *vm, gabs_t a)
{
	(void)vm, (void)a;
}

void storage_release(struct vm *vm, gabs_t a)
{
	(void)vm;
	memset(world->storage + (a & PAGE_MASK), 0, PAGE_SIZE);
}

void *heap_alloc(size_t size)
{
	return world && world->no_storage ? NULL : calloc(1, size);
}

void heap_free(void *p, size_t size)
{
	(void)size;
	free(p);
}

/* ---- tasks, machines, terminal --------------------------------------------------------- */

void panic(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	abort();
}

void task_sleep(const void *channel)
{
	(void)channel;
	panic("a task went to sleep");
}

bool task_sleep_until(const void *channel, tod_t due)
{
	(void)due;
	task_sleep(channel);
	return false;
}

void task_wake(const void *channel)
{
	(void)channel;
}

void task_yield(void)
{
}

struct task *task_create(const char *name, void (*entry)(void *argument), void *argument)
{
	(void)name, (void)entry, (void)argument;
	return NULL;
}

tod_t arch_clock(void)
{
	return world->now;
}

struct vm *vm_find(const char *userid)
{
	return string_compare_nocase(userid, world->vm.userid) == 0 ? &world->vm : NULL;
}

struct vm *vm_next(struct vm *vm)
{
	return vm ? NULL : &world->vm;
}

void vm_request(struct vm *vm, uint32_t requests)
{
	vm->requests |= requests;
}

void vcpu_kick(struct vcpu *v)
{
	(void)v;
	world->kicks++;
}

bool session_ready(const struct session *s)
{
	(void)s;
	return true;
}

void session_write_text(struct session *s, const char *text, size_t length)
{
	(void)s;
	if (length + 1 > sizeof(world->terminal) - world->terminal_used)
		world->terminal_used = 0;
	memcpy(world->terminal + world->terminal_used, text, length);
	world->terminal_used += length;
	world->terminal[world->terminal_used++] = '\n';
}

static void say(const char *fmt, va_list ap)
{
	char text[200];
	int n = vsnprintf(text, sizeof(text), fmt, ap);

	session_write_text(NULL, text, n < (int)sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void vm_write(struct vm *vm, const char *fmt, ...)
{
	va_list ap;

	(void)vm;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void vm_stop(struct vm *vm, unsigned message, const char *fmt, ...)
{
	va_list ap;

	(void)message;
	vm->stopped = true;
	va_start(ap, fmt);
	say(fmt, ap);
	va_end(ap);
}

void guest_start(struct vcpu *v, const struct guest_start *s)
{
	(void)v;
	world->start = *s;
	world->starts++;
}

/* ---- the CPU: nothing stands in the real one ---------------------------------------------------- */

void registers_save(struct vcpu *v)
{
	(void)v;
}

void registers_forget(struct vcpu *v)
{
	(void)v;
}

void engine_translations_changed(struct vcpu *v)
{
	(void)v;
	world->translation_changes++;
}

int pvclock_update(struct vcpu *v)
{
	(void)v;
	world->clock_updates++;
	return 0;
}

uint64_t tsc_get(const struct vcpu *v)
{
	return world->now + register_get(v, REGISTER_TSC_OFFSET);
}

int tsc_set(struct vcpu *v, uint64_t value)
{
	register_set(v, REGISTER_TSC_OFFSET, value - world->now);
	return 0;
}

/* ---- spool: the reader's files, in records of 80 bytes --------------------------------------- */

static struct spool_file spooled[4];

static struct spool_file *file_of(unsigned n)
{
	struct spool_file *f = &spooled[n];

	*f = (struct spool_file){
		.id = (uint16_t)(n + 1), .class = 'A', .queue = SPOOL_READER, .hold = f->hold};
	string_copy(f->owner, sizeof(f->owner), world->vm.userid);
	return f;
}

struct spool_file *spool_next(const char *owner, enum spool_queue queue, char class, bool held,
			      struct spool_file *after)
{
	(void)owner, (void)queue, (void)class, (void)held;
	for (unsigned n = after ? after->id : 0; n < world->files; n++)
		if (!world->file[n].purged && !spooled[n].hold)
			return file_of(n);
	return NULL;
}

struct spool_file *spool_find(uint16_t id)
{
	return id && id <= world->files && !world->file[id - 1].purged ? file_of(id - 1u) : NULL;
}

void spool_open(struct spool_file *f, struct spool_position *p)
{
	*p = (struct spool_position){.id = f->id};
}

int spool_read(struct spool_position *p, uint8_t *control, void *record, size_t size)
{
	struct world_file *f = &world->file[p->id - 1];
	size_t n = f->size - p->offset;

	if (!n || f->purged)
		return f->purged ? -2 : -1;
	n = n < 80 ? n : 80;
	memcpy(record, f->bytes + p->offset, n < size ? n : size);
	p->offset += (uint32_t)n;
	p->record++;
	*control = 0x41;
	return (int)n;
}

int spool_read_bytes(struct spool_position *p, void *buf, size_t size)
{
	int n = 0, done = 0;
	uint8_t control;

	while (n >= 0 && size - (size_t)done >= SPOOL_RECORD_MAX) {
		n = spool_read(p, &control, (char *)buf + done, SPOOL_RECORD_MAX);
		done += n > 0 ? n : 0;
	}
	return n < -1 ? n : done;
}

int spool_purge(struct spool_file *f)
{
	world->file[f->id - 1].purged = true;
	return 0;
}

int spool_change(struct spool_file *f)
{
	(void)f;
	return 0;
}

struct spool_file *spool_create(const char *owner, enum spool_queue device, char class)
{
	(void)owner, (void)device, (void)class;
	return NULL;
}

int spool_append(struct spool_file *f, uint8_t control, const void *record, size_t length)
{
	(void)f, (void)control, (void)record, (void)length;
	return -1;
}

int spool_close(struct spool_file *f, const char *owner, enum spool_queue queue)
{
	(void)f, (void)owner, (void)queue;
	return -1;
}

/* ---- disk --------------------------------------------------------------------------------------- */

static uint8_t *sectors(const struct extent *e, uint64_t sector, uint32_t count)
{
	if (world->disk_broken || sector + count > e->sectors)
		return NULL;
	return world->disk + (e->start + sector) * SECTOR_SIZE;
}

int extent_read(const struct extent *e, uint64_t sector, uint32_t count, void *buf)
{
	const uint8_t *from = sectors(e, sector, count);

	if (!from)
		return CP_IO_ERROR;
	memcpy(buf, from, (size_t)count * SECTOR_SIZE);
	return 0;
}

int extent_write(const struct extent *e, uint64_t sector, uint32_t count, const void *buf)
{
	uint8_t *to = sectors(e, sector, count);

	if (!to)
		return CP_IO_ERROR;
	memcpy(to, buf, (size_t)count * SECTOR_SIZE);
	return 0;
}

int extent_flush(const struct extent *e)
{
	(void)e;
	world->flushes++;
	return world->disk_broken ? CP_IO_ERROR : 0;
}

/* ---- the machine --------------------------------------------------------------------------------- */

static void disk_init(struct device *d, void *argument)
{
	struct minidisk *m = d->private;

	m->extent = (struct extent){.start = 16, .sectors = WORLD_SECTORS - 16};
	m->read_only = argument != NULL;
	string_copy(m->owner, sizeof(m->owner), "MAINT");
	m->owner_vdev = d->vdev;
}

static void make(uint16_t vdev, const char *class, bool read_only)
{
	bool disk = class[0] == '9';

	if (!device_create(&world->vm, vdev, device_class_find(class), disk ? disk_init : NULL,
			   read_only ? "" : NULL))
		panic("no device %04X", vdev);
}

void world_begin(void)
{
	static struct session *terminal = (struct session *)&terminal;

	world = calloc(1, sizeof(*world));
	world->storage = calloc(1, WORLD_STORAGE);
	world->now = TOD_UNIX_EPOCH + 1795000000ull * TOD_SECOND;
	world->vm.storage.size = WORLD_STORAGE;
	string_copy(world->vm.userid, sizeof(world->vm.userid), "WORLD");
	list_init(&world->vm.devices);
	world->vm.session = terminal;
	world->vm.cpu[0] = &world->vcpu;
	world->vcpu.vm = &world->vm;
	memset(spooled, 0, sizeof(spooled));
	if (pc_create(&world->vm) < 0)
		panic("no PC");
	pc_reset(&world->vm);
	world->vm.cpus = 1;
	make(WORLD_CONSOLE, "3215", false);
	make(WORLD_READER, "2540", false);
	make(WORLD_DISK_READ_ONLY, "9336", true);
	make(WORLD_DISK, "9336", false);
}

void world_end(void)
{
	world->no_storage = false;
	world->vm.session = NULL;
	devices_destroy(&world->vm);
	pc_destroy(&world->vm);
	free(world->storage);
	free(world);
	world = NULL;
}

struct device *world_device(uint16_t vdev)
{
	return device_find(&world->vm, vdev);
}

void world_pass(tod_t time)
{
	world->now += time;
	pc_advance(&world->vm, world->now);
}

uint32_t in(uint16_t port, unsigned size)
{
	uint32_t value = 0xdeadbeef;

	pc_port_in(&world->vcpu, port, size, &value);
	return value;
}

void out(uint16_t port, unsigned size, uint32_t value)
{
	pc_port_out(&world->vcpu, port, size, value);
}
