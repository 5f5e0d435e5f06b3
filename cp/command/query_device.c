/*
 * query_device.c - QUERY: the virtual devices of one's machine.
 *
 * Owns: VIRTUAL and its narrower forms, CONSOLE, LINKS. Before: device.h, whose classes describe themselves. After:
 * query_system.c. Heritage: DMKCQR, DMKCQG.
 *
 * Linux reads CONSOLE's answer by place: the device number is the hexadecimal number from the sixth character on.
 */
#include <cp/arch.h>
#include <cp/link.h>
#include <cp/minidisk.h>
#include <cp/session_private.h>
#include <cp/string.h>

#include "query.h"

static void show_device(struct command *c, struct device *d)
{
	char line[REPLY_LINE_MAX / 2] = "", place[41];

	arch_device_place(d, place, sizeof(place));
	if (d->class->query)
		d->class->query(d, line, sizeof(line));
	if (strcmp(d->class->query_name, "DASD") == 0) {
		reply_line(c, "DASD %04X %s %s", d->vdev, line, place);
		return;
	}
	reply_line(c, "%-4s %04X %s", d->class->query_name, d->vdev, line);
	reply_line(c, "     %04X %-5s %s", d->vdev, d->class->name, place);
}

/* All devices of a kind ("CONS"), or all. Returns how many. */
static unsigned show_kind(struct command *c, const char *kind)
{
	struct device *d;
	unsigned n = 0;

	list_for_each(d, &c->vm->devices, list) {
		if (kind && strcmp(d->class->query_name, kind) != 0)
			continue;
		show_device(c, d);
		n++;
	}
	return n;
}

int query_console(struct command *c)
{
	return show_kind(c, "CONS") ? 0 : reply_message(c, MSG_NO_DEVICE, "CONSOLE");
}

int query_dasd(struct command *c)
{
	return show_kind(c, "DASD") ? 0 : reply_message(c, MSG_NO_DEVICE, "DASD");
}

int query_virtual_storage(struct command *c)
{
	char is[16];

	size_text(c->vm->storage.size, is, sizeof(is));
	reply_line(c, "STORAGE = %s", is);
	return 0;
}

static void show_processors(struct command *c)
{
	for (unsigned n = 0; n < c->vm->cpus; n++)
		reply_line(c, "CPU %02u %s%s", n, n == 0 ? "(BASE)" : "",
			   c->vm->cpu[n]->state == VCPU_STOPPED || c->vm->stopped ? " STOPPED" : "");
}

/* What the machine has looked for in vain. */
static void show_missing(struct command *c)
{
	char line[REPLY_LINE_MAX] = "";
	struct arch_count a;
	size_t used = 0;

	for (unsigned n = 0; arch_vcpu_count(c->vm->cpu[0], n, &a); n++) {
		if (!a.missing || !a.count)
			continue;
		if (used > 60) {
			reply_line(c, "%s", line);
			used = 0;
		}
		used += format(line + used, sizeof(line) - used, "%s%s %lu", used ? ", " : "", a.name,
			       (unsigned long)a.count);
	}
	if (used)
		reply_line(c, "%s", line);
}

static const struct kind {
	const char *name;
	uint8_t shortest;
	const char *query_name;
} kinds[] = {
	{"CONSOLE", 3, "CONS"}, {"DASD", 3, "DASD"}, {"READER", 1, "RDR"}, {"RDR", 2, "RDR"},
	{"PRINTER", 1, "PRT"},  {"PRT", 3, "PRT"},   {"PUNCH", 2, "PUN"},
};

static int query_virtual_one(struct command *c)
{
	struct device *d;
	int rc;

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (operand_is(c, 2, kinds[i].name, kinds[i].shortest))
			return show_kind(c, kinds[i].query_name)
				       ? 0
				       : reply_message(c, MSG_NO_DEVICE, kinds[i].name);
	rc = operand_device(c, 2, &d);
	if (rc == 0)
		show_device(c, d);
	return rc;
}

int query_virtual(struct command *c)
{
	if (operand_is(c, 2, "STORAGE", 3))
		return query_virtual_storage(c);
	if (operand_is(c, 2, "CPUS", 3)) {
		show_processors(c);
		return 0;
	}
	if (c->count > 2 && !operand_is(c, 2, "ALL", 3))
		return query_virtual_one(c);
	query_virtual_storage(c);
	show_processors(c);
	show_missing(c);
	show_kind(c, NULL);
	return 0;
}

int query_links(struct command *c)
{
	char line[REPLY_LINE_MAX] = "";
	struct minidisk *own, *m;
	struct device *d;
	size_t used = 0;
	int rc = operand_device(c, 2, &d);

	if (rc)
		return rc;
	own = minidisk_of(d);
	if (!own)
		return reply_message(c, MSG_INVALID_DEVICE_TYPE, c->token[2]);
	for (struct vm *vm = vm_next(NULL); vm; vm = vm_next(vm)) {
		list_for_each(d, &vm->devices, list) {
			m = minidisk_of(d);
			if (!m || !link_same(&m->extent, &own->extent))
				continue;
			if (used > 60) {
				reply_line(c, "%s", line);
				used = 0;
			}
			used += format(line + used, sizeof(line) - used, "%s%-8s %04X %s", used ? ", " : "",
				       vm->userid, d->vdev, m->read_only ? "R/O" : "R/W");
		}
	}
	reply_line(c, "%s", line);
	return 0;
}
