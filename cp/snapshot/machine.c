/*
 * machine.c - what CP itself keeps of a machine, as it stands in an image.
 *
 * Owns: the tables for the machine as a whole, for what all devices have, and for its user's terminal. Before: vm.h, session.h, device.h, whose
 * structures hold pointers and things of the moment; what is saved of them is copied into structures of their own. After: save.c, restore.c.
 * Heritage: the VMBLOK, of which CP-67 would have had to save a good half.
 */
#include <cp/console.h>
#include <cp/minidisk.h>
#include <cp/string.h>
#include "snapshot.h"

#define VM(member, name, id)       STATE_FIELD(struct saved_vm, member, name, 0, id)
#define DEVICE(member, name, id)   STATE_FIELD(struct saved_device, member, name, 0, id)
#define TERMINAL(member, name, id) STATE_FIELD(struct saved_terminal, member, name, 0, id)

const struct state_field saved_vm_fields[] = {
	VM(storage, "STORAGE", 1),
	VM(mode, "MODE", 2),
	VM(cpus, "CPUS", 3),
	VM(options, "OPTIONS", 4),
	VM(stopped, "STOPPED", 5),
	VM(loaded, "LOADED", 6),
	VM(operating, "OPERATING", 7),
	VM(ipl_vdev, "IPLDEV", 8),
	VM(ipl_clear, "IPLCLEAR", 9),
	VM(ipl_stop, "IPLSTOP", 10),
	STATE_STRING(struct saved_vm, loadparm, "LOADPARM", 11),
	STATE_STRING(struct saved_vm, parm, "PARM", 12),
	STATE_STRING(struct saved_vm, account, "ACCOUNT", 13),
	STATE_STRING(struct saved_vm, secuser, "SECUSER", 14),
	STATE_STRING(struct saved_vm, observer, "OBSERVER", 15),
	{0},
};

const struct state_field saved_device_fields[] = {
	STATE_STRING(struct saved_device, type, "TYPE", 1),
	STATE_ARRAY(struct saved_device, sense, "SENSE", 0, 2),
	STATE_STRING(struct saved_device, owner, "OWNER", 3),
	DEVICE(owner_vdev, "OWNERDEV", 4),
	DEVICE(mode, "LINKMODE", 5),
	DEVICE(read_only, "READONLY", 6),
	DEVICE(sectors, "SECTORS", 7),
	DEVICE(spool_serial, "SPOOLSERIAL", 8),
	DEVICE(open, "OPEN", 9),
	DEVICE(file_class, "FILECLASS", 10),
	{0},
};

const struct state_field saved_terminal_fields[] = {
	TERMINAL(cp_read, "CPREAD", 1),
	TERMINAL(line_end, "LINEND", 2),
	TERMINAL(line_delete, "LINEDEL", 3),
	TERMINAL(character_delete, "CHARDEL", 4),
	TERMINAL(escape, "ESCAPE", 5),
	TERMINAL(tab, "TAB", 6),
	TERMINAL(line_size, "LINESIZE", 7),
	TERMINAL(attention, "ATTN", 8),
	TERMINAL(apl, "APL", 9),
	TERMINAL(text, "TEXT", 10),
	TERMINAL(hold, "HOLD", 11),
	TERMINAL(mode_cp, "MODECP", 12),
	{0},
};

/* ---- the machine ------------------------------------------------------------------------------------------------ */

void saved_vm_take(struct saved_vm *s, const struct vm *vm)
{
	*s = (struct saved_vm){
		.storage = vm->storage.size,
		.options = vm->options,
		.mode = (uint8_t)vm->mode,
		.cpus = (uint8_t)vm->cpus,
		.stopped = vm->stopped,
		.loaded = vm->loaded,
		.operating = vm->cpu[0]->state == VCPU_OPERATING,
		.ipl_vdev = vm->ipl.vdev,
		.ipl_clear = vm->ipl.clear,
		.ipl_stop = vm->ipl.stop,
	};
	string_copy(s->loadparm, sizeof(s->loadparm), vm->ipl.loadparm);
	string_copy(s->parm, sizeof(s->parm), vm->ipl.parm);
	string_copy(s->account, sizeof(s->account), vm->account);
	string_copy(s->secuser, sizeof(s->secuser), vm->secuser);
	string_copy(s->observer, sizeof(s->observer), vm->observer);
}

/* Its size is checked against the directory, by who knows it. */
bool saved_vm_possible(const struct saved_vm *s)
{
	return s->storage && s->storage % SEGMENT_SIZE == 0 && s->mode <= MACHINE_Z && s->cpus >= 1 &&
	       s->cpus <= VCPU_MAX;
}

void saved_vm_give(const struct saved_vm *s, struct vm *vm)
{
	vm->options = s->options;
	vm->stopped = s->stopped;
	vm->loaded = s->loaded;
	vm->cpu[0]->state = s->operating ? VCPU_OPERATING : VCPU_STOPPED;
	vm->ipl = (struct ipl_settings){.vdev = s->ipl_vdev, .clear = s->ipl_clear, .stop = s->ipl_stop};
	string_copy(vm->ipl.loadparm, sizeof(vm->ipl.loadparm), s->loadparm);
	string_copy(vm->ipl.parm, sizeof(vm->ipl.parm), s->parm);
	string_copy(vm->secuser, sizeof(vm->secuser), s->secuser);
	string_copy(vm->observer, sizeof(vm->observer), s->observer);
}

/* ---- a device --------------------------------------------------------------------------------------------------- */

static void disk_take(struct saved_device *s, const struct minidisk *m)
{
	string_copy(s->owner, sizeof(s->owner), m->owner);
	s->owner_vdev = m->owner_vdev;
	s->mode = m->mode;
	s->read_only = m->read_only;
	s->sectors = m->extent.sectors;
}

void saved_device_take(struct saved_device *s, struct device *d)
{
	const struct unit_record *u = unit_record_of(d);
	const struct console *c = console_of(d);
	const struct spool_file *f = u ? u->file : c ? c->listing : NULL;

	memset(s, 0, sizeof(*s));
	string_copy(s->type, sizeof(s->type), device_class_name(d->class));
	memcpy(s->sense, d->sense, sizeof(s->sense));
	if (minidisk_of(d))
		disk_take(s, minidisk_of(d));
	if (f) {
		s->open = true;
		s->file_class = f->class;
	}
	f = u && u->position.id ? spool_find(u->position.id) : NULL;
	s->spool_serial = f ? f->serial : 0;
}

/* ---- the terminal ----------------------------------------------------------------------------------------------- */

void saved_terminal_take(struct saved_terminal *s, const struct session *session)
{
	const struct terminal_settings *t = &session->terminal;

	*s = (struct saved_terminal){
		.cp_read = session->cp_read,
		.line_end = (uint8_t)t->line_end,
		.line_delete = (uint8_t)t->line_delete,
		.character_delete = (uint8_t)t->character_delete,
		.escape = (uint8_t)t->escape,
		.tab = (uint8_t)t->tab,
		.line_size = t->line_size,
		.attention = t->attention,
		.apl = t->apl,
		.text = t->text,
		.hold = t->hold,
		.mode_cp = t->mode_cp,
	};
}

void saved_terminal_give(const struct saved_terminal *s, struct session *session)
{
	session->cp_read = s->cp_read;
	session->terminal = (struct terminal_settings){
		.line_end = (char)s->line_end,
		.line_delete = (char)s->line_delete,
		.character_delete = (char)s->character_delete,
		.escape = (char)s->escape,
		.tab = (char)s->tab,
		.line_size = s->line_size,
		.attention = s->attention,
		.apl = s->apl,
		.text = s->text,
		.hold = s->hold,
		.mode_cp = s->mode_cp,
	};
}
