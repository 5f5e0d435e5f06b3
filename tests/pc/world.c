/*
 * world.c - what the virtual PC needs of CP, besides what every device does (tests/shared/world.c).
 *
 * Owns: one virtual machine with 64 MiB of storage, a console, a reader and two disks; the reader's files. After: the suites.
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

void nested_expect(struct vm *vm, gabs_t a)
{
	(void)vm, (void)a;
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

/* ---- the CPU ------------------------------------------------------------------------------------ */

/* Nothing of it stands in the real one. */
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

/* ---- the machine --------------------------------------------------------------------------------- */

void world_begin(void)
{
	world_create();
	world->vcpu.arch.vmcb = aligned_alloc(sizeof(struct vmcb), sizeof(struct vmcb));
	memset(world->vcpu.arch.vmcb, 0, sizeof(struct vmcb));
	memset(spooled, 0, sizeof(spooled));
	world->vm.cpus = 0;
	if (pc_create(&world->vm) < 0)
		panic("no PC");
	pc_reset(&world->vm);
	world->vm.cpus = 1;
	world_make(WORLD_CONSOLE, "3215", false);
	world_make(WORLD_READER, "2540", false);
	world_make(WORLD_DISK_READ_ONLY, "9336", true);
	world_make(WORLD_DISK, "9336", false);
}

void world_end(void)
{
	world->no_storage = false;
	world->vm.session = NULL;
	devices_destroy(&world->vm);
	pc_destroy(&world->vm);
	free(world->vcpu.arch.vmcb);
	world_destroy();
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
