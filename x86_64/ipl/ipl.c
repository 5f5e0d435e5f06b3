/*
 * ipl.c - initial program loading of a virtual PC.
 *
 * Owns: where a kernel comes from (the reader's files, one after the other, or a minidisk), what it is, and the command line. Before:
 * machine/vm.c, which resets. After: the loaders, linux.c, multiboot.c, sector.c; instruction/, which starts the CPU.
 * Heritage: DMKVMI. There is no firmware and no boot loader in a guest: CP is both.
 * Simplification: LOADPARM is only kept.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/minidisk.h>
#include <cp/string.h>
#include <cp/unitrecord.h>
#include "ipl.h"

static const struct {
	bool (*is)(const struct load *l);
	int (*load)(struct load *l);
} kinds[] = {
	{linux_is, linux_load},
	{multiboot_is, multiboot_load},
	{sector_is, sector_load},
};

int ipl_cannot(struct load *l, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	format_v(l->vm->reason, sizeof(l->vm->reason), fmt, ap);
	va_end(ap);
	return CP_CANNOT;
}

int ipl_failed(struct load *l, int64_t rc)
{
	if (rc == CP_NO_STORAGE)
		return ipl_cannot(l, "CP has no real storage left");
	if (rc == CP_IO_ERROR)
		return ipl_cannot(l, "device %04X: its file cannot be read", l->device->vdev);
	return ipl_cannot(l, "device %04X: its file does not fit into storage", l->device->vdev);
}

/* ---- the reader's files ---------------------------------------------------------------- */

static bool is_reader(struct device *d)
{
	struct unit_record *u = unit_record_of(d);

	return u && u->queue == SPOOL_READER;
}

/* The file behind the one taken last; NULL: none. */
static struct spool_file *next_file(struct load *l)
{
	struct unit_record *u = unit_record_of(l->device);
	struct spool_file *last, *f;

	if (!is_reader(l->device) || l->files == FILES_MAX)
		return NULL;
	last = l->files ? spool_find(l->file[l->files - 1]) : NULL;
	if (l->files && !last)
		return NULL; /* purged meanwhile */
	f = spool_next(l->vm->userid, SPOOL_READER, u->spool.class, false, last);
	if (f)
		l->file[l->files++] = f->id;
	return f;
}

static void files_end(struct load *l)
{
	for (unsigned n = 0; n < l->files; n++)
		if (spool_find(l->file[n]))
			reader_file_end(l->device, l->file[n]);
}

int64_t ipl_next_file(struct load *l, gabs_t to, gabs_t limit)
{
	struct spool_file *f = to < limit ? next_file(l) : NULL;
	struct image i;
	int64_t n;

	if (!f)
		return 0;
	n = image_spool(&i, f);
	if (n == 0)
		n = image_load(&i, 0, l->vm, to, limit - to);
	if (n >= 0 && (uint64_t)n == limit - to)
		n = CP_CANNOT; /* there may be more of it */
	image_close(&i);
	return n;
}

/* ---- the command line: the reader's second file, and PARM ------------------------------------ */

/* Cards are filled up with blanks; each is a piece of the line. */
static size_t append(char *line, size_t used, const char *text, size_t n)
{
	while (n && (text[n - 1] == ' ' || text[n - 1] == '\0'))
		n--;
	if (!n)
		return used;
	if (used && used < COMMAND_LINE_MAX - 1)
		line[used++] = ' ';
	for (size_t k = 0; k < n && used < COMMAND_LINE_MAX - 1; k++)
		line[used++] = (uint8_t)text[k] < ' ' ? ' ' : text[k];
	line[used] = '\0';
	return used;
}

static int64_t read_line(struct load *l, struct spool_file *f, size_t *used)
{
	uint8_t *card = heap_alloc(SPOOL_RECORD_MAX), control;
	struct spool_position p;
	int n = card ? 0 : CP_NO_STORAGE;

	spool_open(f, &p);
	while (n >= 0) {
		n = spool_read(&p, &control, card, SPOOL_RECORD_MAX);
		if (n > 0)
			*used = append(l->command, *used, (const char *)card, (size_t)n);
	}
	if (card)
		n = n == -1 ? 0 : CP_IO_ERROR;
	heap_free(card, SPOOL_RECORD_MAX);
	return n;
}

int ipl_command_line(struct load *l)
{
	struct spool_file *f = next_file(l);
	size_t used = 0;
	int64_t rc = f ? read_line(l, f, &used) : 0;

	append(l->command, used, l->vm->ipl.parm, strlen(l->vm->ipl.parm));
	return rc ? ipl_failed(l, rc) : 0;
}

/* ---- the load ------------------------------------------------------------------------------------ */

static int load(struct load *l)
{
	int64_t rc = image_read(&l->image, 0, l->head, HEAD_SIZE);

	if (rc < 0)
		return ipl_failed(l, rc);
	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		if (kinds[k].is(l))
			return kinds[k].load(l);
	return ipl_cannot(
		l, "device %04X is not IPLable: neither a Linux nor a multiboot kernel, nor a boot sector",
		l->device->vdev);
}

static int from_disk(struct load *l, struct minidisk *m)
{
	int rc = image_disk(&l->image, m);

	return rc ? ipl_failed(l, rc) : load(l);
}

static int from_reader(struct load *l)
{
	struct spool_file *f = next_file(l);
	int rc;

	if (!f)
		return ipl_cannot(l, "device %04X is empty or not ready", l->device->vdev);
	rc = image_spool(&l->image, f);
	return rc ? ipl_failed(l, rc) : load(l);
}

static int run(struct load *l)
{
	struct minidisk *m = minidisk_of(l->device);

	l->head = heap_alloc(HEAD_SIZE);
	l->command = heap_alloc(COMMAND_LINE_MAX);
	if (!l->head || !l->command)
		return ipl_failed(l, CP_NO_STORAGE);
	if (m)
		return from_disk(l, m);
	if (is_reader(l->device))
		return from_reader(l);
	return ipl_cannot(l, "device %04X is neither a disk nor a reader", l->device->vdev);
}

int arch_vm_ipl(struct vm *vm)
{
	struct load l = {.vm = vm, .device = device_find(vm, vm->ipl.vdev)};
	int rc;

	if (!l.device)
		return ipl_cannot(&l, "device %04X does not exist", vm->ipl.vdev);
	device_hold(l.device);
	rc = run(&l);
	if (rc == 0)
		files_end(&l);
	device_release(l.device);
	image_close(&l.image);
	heap_free(l.head, HEAD_SIZE);
	heap_free(l.command, COMMAND_LINE_MAX);
	if (rc == 0)
		guest_start(vm->cpu[0], &l.start);
	return rc;
}
