/*
 * world.c - what devices need of CP, as an ordinary program: one virtual machine alone in the world.
 *
 * Owns: its storage, its terminal, a disk in storage, and a clock that stands. Compiled into each program with the program's own world.h,
 * which says how large all is and what else there is. After: tests/channel/world.c, tests/pc/world.c.
 * Simplification: nothing ever sleeps; a task_sleep() is a failed test.
 */
#include <world.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <cp/session.h>
#include <cp/string.h>
#include <stdarg.h>
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
	static struct task *task = (struct task *)&task;

	(void)name, (void)entry, (void)argument;
	return task;
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
	return !world->slow;
}

bool session_heard(const struct session *s)
{
	(void)s;
	return !world->unheard;
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

void extent_close(struct extent *e)
{
	(void)e;
}

const char *extent_name(const struct extent *e)
{
	(void)e;
	return "";
}

int extent_flush(const struct extent *e)
{
	(void)e;
	world->flushes++;
	return world->disk_broken ? CP_IO_ERROR : 0;
}

/* ---- the machine ---------------------------------------------------------------------------- */

static void disk_init(struct device *d, void *argument)
{
	struct minidisk *m = d->private;

	m->extent = (struct extent){.start = 16, .sectors = WORLD_DISK_SECTORS};
	m->read_only = argument != NULL;
	string_copy(m->owner, sizeof(m->owner), "MAINT");
	m->owner_vdev = d->vdev;
}

void world_make(uint16_t vdev, const char *class, bool read_only)
{
	bool disk = class[0] == '9';

	if (!device_create(&world->vm, vdev, device_class_find(class), disk ? disk_init : NULL,
			   read_only ? "" : NULL))
		panic("no device %04X", vdev);
}

void world_create(void)
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
	world->vm.cpus = 1;
	world->vcpu.vm = &world->vm;
}

void world_destroy(void)
{
	free(world->storage);
	free(world);
	world = NULL;
}

struct device *world_device(uint16_t vdev)
{
	return device_find(&world->vm, vdev);
}
