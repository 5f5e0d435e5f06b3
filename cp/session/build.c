/*
 * build.c - a virtual machine from its directory entry.
 *
 * Owns: what each kind of directory record becomes: storage, classes, devices, links, share, IPL. Before: object.c, which
 * has checked every field; vm.c and device.h, which make the parts. After: LOGON and AUTOLOG.
 * Heritage: DMKLOG, which built the VMBLOK and its VDEVBLOKs from the UDIRECT blocks.
 * Simplification: one virtual CPU; a device that cannot be made is told and left out, the machine is made all the same.
 */
#include <cp/console.h>
#include <cp/link.h>
#include <cp/object.h>
#include <cp/session_private.h>
#include <cp/string.h>
#include <cp/unitrecord.h>

#define DEFAULT_WEIGHT 100

/* Names on disk are padded with blanks. */
static void name_copy(char dst[9], const uint8_t src[8])
{
	unsigned n = 0;

	while (n < 8 && src[n] != ' ' && src[n] != '\0') {
		dst[n] = (char)src[n];
		n++;
	}
	dst[n] = '\0';
}

static int tell(struct reply *reply, enum message_id id, uint16_t vdev, const char *why)
{
	char number[8];

	format(number, sizeof(number), "%04X", vdev);
	return reply_to(reply, SET_EMSG_CODE | SET_EMSG_TEXT, id, number, why);
}

/* ---- devices -------------------------------------------------------------- */

static void unit_init(struct device *d, void *argument)
{
	const char *class = argument;
	struct unit_record *u = unit_record_of(d);
	struct console *c = console_of(d);

	if (u)
		spool_settings_default(&u->spool, *class);
	else if (c)
		spool_settings_default(&c->spool, *class);
}

int build_unit(struct vm *vm, uint16_t vdev, const char *device_name, char class, struct reply *reply)
{
	const struct device_class *k = device_class_find(device_name);

	if (!k)
		return tell(reply, MSG_LOGON_DEVICE, vdev, "CP has no such device type");
	if (device_find(vm, vdev))
		return tell(reply, MSG_LOGON_DEVICE, vdev, "its number is in use");
	if (!device_create(vm, vdev, k, unit_init, &class))
		return tell(reply, MSG_LOGON_DEVICE, vdev, "CP has not enough real storage");
	return 0;
}

/* The 2540 is a reader and a punch in one: its punch half has a name of its own. */
static void spool_record(struct vm *vm, const struct object_spool *r, struct reply *reply)
{
	char name[8];

	if (r->kind == DISK_SPOOL_PUNCH)
		string_copy(name, sizeof(name), "2540P");
	else
		format(name, sizeof(name), "%04x", be16_get(r->devtype));
	if (!device_class_find(name))
		string_copy(name, sizeof(name), r->kind == DISK_SPOOL_READER ? "2540" : "1403");
	build_unit(vm, be16_get(r->vdev), name, (char)r->class, reply);
}

static void console_record(struct vm *vm, const struct object_console *r, struct reply *reply)
{
	char secuser[9];

	name_copy(secuser, r->secuser);
	string_copy(r->observer ? vm->observer : vm->secuser, sizeof(vm->secuser), secuser);
	build_unit(vm, be16_get(r->vdev), "3215", r->class ? (char)r->class : 'T', reply);
}

static void mdisk_record(struct vm *vm, const struct object_mdisk *r, struct reply *reply)
{
	link_make(vm, vm->userid, r, be16_get(r->vdev), r->mode, reply);
}

static void link_record(struct vm *vm, const struct object_link *r, struct reply *reply)
{
	char owner[9];

	name_copy(owner, r->userid);
	link_find_and_make(vm, owner, be16_get(r->owner_vdev), be16_get(r->vdev), r->mode, reply);
}

static void temporary_record(struct vm *vm, const struct object_temporary *r, struct reply *reply)
{
	link_make_temporary(vm, r->kind, be32_get(r->sectors), be16_get(r->vdev), r->mode, reply);
}

/* ---- settings -------------------------------------------------------------- */

static void share_record(struct vm *vm, const struct object_share *r)
{
	if (r->kind == OBJECT_SHARE_RELATIVE)
		share_relative(vm, be32_get(r->value));
	else
		share_absolute(vm, be32_get(r->value));
}

static void ipl_record(struct vm *vm, const struct object_ipl *r)
{
	size_t parm = be16_get(r->record.length) - offsetof(struct object_ipl, parm);
	char name[9];

	name_copy(name, r->name);
	vm->ipl = (struct ipl_settings){.vdev = be16_get(r->vdev), .clear = true};
	if (name[0] && !ipl_by_name(&vm->ipl, name)) /* he will be told that there is none */
		string_copy(vm->ipl.system, sizeof(vm->ipl.system), name);
	memcpy(vm->ipl.loadparm, r->loadparm, 8);
	if (parm > sizeof(vm->ipl.parm) - 1)
		parm = sizeof(vm->ipl.parm) - 1;
	memcpy(vm->ipl.parm, r->parm, parm);
}

static void record_apply(struct vm *vm, const struct object_record *r, struct reply *reply)
{
	switch (be16_get(r->type)) {
	case OBJECT_SHARE:
		share_record(vm, (const struct object_share *)r);
		break;
	case OBJECT_CONSOLE:
		console_record(vm, (const struct object_console *)r, reply);
		break;
	case OBJECT_SPOOL:
		spool_record(vm, (const struct object_spool *)r, reply);
		break;
	case OBJECT_MDISK:
		mdisk_record(vm, (const struct object_mdisk *)r, reply);
		break;
	case OBJECT_LINK:
		link_record(vm, (const struct object_link *)r, reply);
		break;
	case OBJECT_TEMPORARY:
		temporary_record(vm, (const struct object_temporary *)r, reply);
		break;
	}
}

/* ---- the machine ------------------------------------------------------------- */

static const struct object_record *record_find(const void *entry, size_t length, uint16_t type)
{
	const struct object_record *r;
	struct object_cursor c;

	object_records_checked(&c, entry, length);
	while ((r = object_next(&c)) != NULL)
		if (be16_get(r->type) == type)
			return r;
	return NULL;
}

static const struct object_machine *machine_record(const void *entry, size_t length)
{
	return (const struct object_machine *)record_find(entry, length, OBJECT_MACHINE);
}

bool machine_rights(const void *entry, size_t length, struct machine_rights *rights)
{
	const struct object_machine *m = machine_record(entry, length);
	const struct object_account *a =
		(const struct object_account *)record_find(entry, length, OBJECT_ACCOUNT);

	if (!m)
		return false;
	*rights = (struct machine_rights){
		.classes = be32_get(m->classes) & CLASS_ALL,
		.storage = (be64_get(m->storage) + SEGMENT_SIZE - 1) & ~(uint64_t)(SEGMENT_SIZE - 1),
		.max_storage = be64_get(m->maximum),
	};
	if (rights->max_storage < rights->storage)
		rights->max_storage = rights->storage;
	if (a) {
		name_copy(rights->account, a->account);
		name_copy(rights->distribution, a->distribution);
	}
	return true;
}

void rights_give(struct vm *vm, const struct machine_rights *rights)
{
	vm->classes = rights->classes;
	vm->max_storage = rights->max_storage;
	string_copy(vm->account, sizeof(vm->account), rights->account);
	string_copy(vm->distribution, sizeof(vm->distribution), rights->distribution);
}

static const enum machine_mode modes[] = {
	[OBJECT_MODE_ESA] = MACHINE_ESA,
	[OBJECT_MODE_XA] = MACHINE_XA,
	[OBJECT_MODE_XC] = MACHINE_XC,
	[OBJECT_MODE_Z] = MACHINE_Z,
};

static struct vm *machine_make(const char *userid, const struct object_machine *m,
			       const struct machine_rights *rights)
{
	enum machine_mode mode = m->mode < ARRAY_SIZE(modes) ? modes[m->mode] : MACHINE_ESA;
	struct vm *vm = vm_create(userid, rights->storage, mode);

	if (!vm)
		return NULL;
	vm->options |= SET_EMSG_CODE | SET_EMSG_TEXT;
	rights_give(vm, rights);
	if (be32_get(m->options) & OBJECT_OPTION_CPUID)
		vm->cpuid = be32_get(m->cpuid) & 0xffffff;
	return vm;
}

struct vm *machine_build(const char *userid, const void *entry, size_t length, struct reply *reply)
{
	const struct object_machine *m = machine_record(entry, length);
	const struct object_record *r;
	struct machine_rights rights;
	struct object_cursor c;
	struct vm *vm;

	if (!machine_rights(entry, length, &rights)) {
		reply_to(reply, SET_EMSG_CODE | SET_EMSG_TEXT, MSG_LOGON_ENTRY, userid);
		return NULL;
	}
	vm = machine_make(userid, m, &rights);
	if (!vm) {
		reply_to(reply, SET_EMSG_CODE | SET_EMSG_TEXT, MSG_LOGON_NO_STORAGE, userid);
		return NULL;
	}
	object_records_checked(&c, entry, length);
	while ((r = object_next(&c)) != NULL)
		record_apply(vm, r, reply);
	return vm;
}

/* ---- and its start ------------------------------------------------------------ */

static void command_record(struct vm *vm, const struct object_command *r, struct reply *reply)
{
	size_t n = be16_get(r->record.length) - offsetof(struct object_command, text);
	char text[COMMAND_MAX + 1];

	if (n > COMMAND_MAX)
		n = COMMAND_MAX;
	memcpy(text, r->text, n);
	text[n] = '\0';
	command_run(text, vm, NULL, NULL, CLASS_ALL, reply);
}

void machine_start(struct vm *vm, const void *entry, size_t length, bool noipl, struct reply *reply)
{
	const struct object_record *r;
	struct object_cursor c;
	bool ipl = false;

	object_records_checked(&c, entry, length);
	while ((r = object_next(&c)) != NULL) {
		if (be16_get(r->type) == OBJECT_COMMAND)
			command_record(vm, (const struct object_command *)r, reply);
		if (be16_get(r->type) == OBJECT_IPL && !noipl) {
			ipl_record(vm, (const struct object_ipl *)r);
			ipl = true;
		}
	}
	if (ipl)
		vm_request(vm, REQUEST_CLEAR | REQUEST_IPL);
}
