/*
 * service.c - SAVE and RESTORE as a service: the machine stands still, and its bytes go to the area of saved machines or come from there.
 *
 * Owns: when a machine is held and let go on, and the moment in which a restored machine takes its place. Before: save.c, restore.c, run/quiesce.c,
 * machine/exchange.c, saved/. After: command/saved.c.
 *
 * A machine that is restored over itself is made beside itself first; only then do the two change bodies. So whatever goes
 * wrong, the old one goes on.
 */
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/minidisk.h>
#include <cp/save.h>
#include <cp/session_private.h>
#include <cp/string.h>
#include "snapshot.h"

#define EMSG_BOTH (SET_EMSG_CODE | SET_EMSG_TEXT)

static void tell(struct reply *reply, const char *fmt, ...)
{
	char line[REPLY_LINE_MAX];
	va_list ap;

	va_start(ap, fmt);
	format_v(line, sizeof(line), fmt, ap);
	va_end(ap);
	reply->put(reply, line, strlen(line));
}

/* "STUDENT1 " before the name of what CP saved by itself: all of those have one name. */
static void tell_done(struct reply *reply, const struct save_order *o, const char *what, const char *more)
{
	bool own = o->kind == SAVED_AUTOSAVE;

	tell(reply, "%s%s%s %s%s", own ? o->userid : "", own ? " " : "", o->name, what, more);
}

static int refuse(struct reply *reply, int result, const char *name)
{
	return reply_to(reply, EMSG_BOTH, saved_message(result), name, saved_volume());
}

/* ---- SAVE ------------------------------------------------------------------------------------------------------------ */

static int area_put(void *context, const void *bytes, size_t n)
{
	return saved_append(context, bytes, n);
}

/* How a SAVE went: for how long the machine stood, and then ran while its image was written. */
struct saving {
	bool disks;
	char shared[DISK_SHARED_MAX]; /* struct capture's */
	char temporaries[LOST_SIZE];  /* what it does not hold */
	uint64_t bytes;
	tod_t began, ran, done;
};

static void saving_tell(const struct saving *s, const struct save_order *o, struct reply *reply)
{
	unsigned stood = (unsigned)((s->ran - s->began) / TOD_MICROSECOND),
		 wrote = (unsigned)((s->done - s->ran) / TOD_MICROSECOND);
	char how[80];

	format(how, sizeof(how), "%uK, STOOD %u.%03u MS, WRITTEN IN %u.%03u MS",
	       (unsigned)((s->bytes + 1023) / 1024), stood / 1000, stood % 1000, wrote / 1000, wrote % 1000);
	tell_done(reply, o, s->disks ? "SAVED WITH DISKS, " : "SAVED, ", how);
}

/* The machine stands only while it is taken, and runs on while that is written. */
static int save_to(struct vm *vm, struct saved_writer *place, bool system, struct saving *s)
{
	struct capture c = {.system = system, .with_disks = s->disks};
	int rc = machine_capture(vm, &c);

	vm_continue(vm);
	s->ran = arch_clock();
	s->disks = !list_empty(&c.disks); /* it may have none */
	if (s->disks)
		saved_with_disks(place);
	if (rc == 0)
		rc = machine_write(&c, area_put, place);
	machine_forget(&c);
	string_copy(s->shared, sizeof(s->shared), c.shared);
	s->bytes = c.w.length;
	if (rc == 0)
		rc = saved_commit(place);
	else
		saved_abandon(place);
	s->done = arch_clock();
	return rc;
}

static void temporaries_name(struct vm *vm, char *text, size_t size)
{
	struct device *d;

	list_for_each(d, &vm->devices, list) {
		const struct minidisk *m = minidisk_of(d);

		if (m && m->extent.temporary)
			vdev_list_add(text, size, d->vdev);
	}
}

static int save(const struct save_order *o, struct reply *reply)
{
	struct vm *vm = vm_find(o->userid);
	struct saving s = {.disks = o->disks, .began = o->held ? o->held : arch_clock()};
	const struct saved_image *restoring = saved_restoring(o->userid);
	struct saved_writer *place;
	int rc;

	if (!vm || (vm->requests & REQUEST_LOGOFF && !o->held))
		return reply_to(reply, EMSG_BOTH, MSG_NOT_LOGGED_ON, o->userid);
	if (restoring) /* its disks are half of another machine's */
		return refuse(reply, SAVED_BUSY, restoring->name);
	vm_quiesce(vm);
	if (o->kind != SAVED_SYSTEM)
		temporaries_name(vm, s.temporaries, sizeof(s.temporaries));
	if (o->held)
		vm_continue(vm);
	rc = saved_create(&place, o->kind, o->userid, o->name, 0);
	if (rc == 0)
		rc = save_to(vm, place, o->kind == SAVED_SYSTEM, &s);
	else
		vm_continue(vm);
	if (s.shared[0])
		return reply_to(reply, EMSG_BOTH, MSG_SAVED_SHARED, o->name, s.shared);
	if (rc < 0)
		return refuse(reply, rc, o->name);
	if (!o->quiet)
		saving_tell(&s, o, reply);
	if (!o->quiet && s.temporaries[0])
		reply_to(reply, EMSG_BOTH, MSG_SAVED_TEMPORARY, o->name, s.temporaries);
	return 0;
}

/* ---- RESTORE ----------------------------------------------------------------------------------------------------------- */

static int area_get(void *context, void *buf, size_t n)
{
	return saved_read(context, buf, n);
}

static void terminal_give(const struct restore *r, struct session *s)
{
	if (r->has_terminal && s)
		for (const struct state_field *f = terminal_state; f->name; f++)
			state_set(f, s, 0, state_get(f, &r->terminal, 0));
}

/* What a SHUTDOWN saved is for one time: it goes before the machine that it has become runs on. */
static void use_up(const struct restore *r)
{
	struct saved_image *i = saved_find_serial(r->serial);
	int rc = i && i->kind == SAVED_AUTOSAVE && strcmp(i->name, SHUTDOWN_NAME) == 0 ? saved_purge(i) : 0;

	if (rc < 0)
		refuse(r->reply, rc, r->name);
}

/* In the place of the machine that there is. */
static void take_over(struct restore *r, struct vm *old)
{
	temporaries_settle(r);
	vm_exchange(old, r->vm);
	terminal_give(r, old->session);
	if (!old->autosave)
		autosave_set(old, r->vm->autosave);
	use_up(r);
	vm_continue(r->vm);
	machine_discard(r->vm);
}

/* As a machine of its own, disconnected. */
static int come_up(struct restore *r)
{
	struct session *s;

	if (vm_find(r->userid)) {
		machine_discard(r->vm);
		return reply_to(r->reply, EMSG_BOTH, MSG_IMAGE_LOGGED_ON, r->name, r->userid);
	}
	temporaries_settle(r);
	s = session_adopt(r->vm);
	if (!s) {
		machine_discard(r->vm);
		return reply_to(r->reply, EMSG_BOTH, MSG_IMAGE_NO_STORAGE, r->name, "");
	}
	terminal_give(r, s);
	autosave_set(r->vm, r->vm->autosave);
	use_up(r);
	vm_continue(r->vm);
	return 0;
}

static int machine_place(struct restore *r)
{
	if (!r->old)
		return come_up(r);
	take_over(r, r->old);
	return 0;
}

/* old: it is held. */
static int restore_from(struct restore *r, struct vm *old)
{
	int rc;

	r->old = old;
	if (!machine_restore(r) || !restore_stands(r))
		return r->rc;
	rc = r->disks ? disks_restore(r) : 0;
	if (rc == 0)
		return machine_place(r);
	machine_discard(r->vm);
	return rc;
}

static int restore_open(const struct save_order *o, struct restore *r, struct vm *old)
{
	struct saved_image *i = saved_find(o->kind, o->userid, o->name);
	struct saved_reader *reader;
	char when[40];
	int rc;

	if (!i)
		return refuse(r->reply, SAVED_GONE, o->name);
	when_text(i->created, when, sizeof(when));
	r->serial = i->serial;
	rc = restore_unfinished(r);
	if (rc)
		return rc;
	rc = saved_open(&reader, i);
	if (rc < 0)
		return refuse(r->reply, rc, o->name);
	r->in.get = area_get;
	r->in.context = reader;
	rc = restore_from(r, old);
	saved_close(reader);
	if (rc == 0)
		tell_done(r->reply, o, r->disks ? "RESTORED WITH DISKS, SAVED AT " : "RESTORED, SAVED AT ",
			  when);
	if (rc == 0 && r->lost[0])
		reply_to(r->reply, EMSG_BOTH, MSG_IMAGE_TEMPORARY, o->name, r->lost);
	return rc;
}

static int restore(const struct save_order *o, struct reply *reply)
{
	struct restore *r = heap_alloc(sizeof(*r));
	struct vm *old = vm_find(o->userid);
	int rc;

	if (!r)
		return refuse(reply, CP_NO_STORAGE, o->name);
	r->userid = o->userid;
	r->name = o->name;
	r->anyway = o->anyway;
	r->reply = reply;
	if (old && old->requests & REQUEST_LOGOFF) {
		rc = reply_to(reply, EMSG_BOTH, MSG_LOGOFF_PENDING, o->userid);
	} else {
		if (old)
			vm_quiesce(old);
		rc = restore_open(o, r, old);
		if (old)
			vm_continue(old);
	}
	heap_free(r, sizeof(*r));
	return rc;
}

int save_now(const struct save_order *o, struct reply *reply)
{
	return o->restore ? restore(o, reply) : save(o, reply);
}

/* ---- later ------------------------------------------------------------------------------------------------------------- */

struct errand {
	struct save_order order;
	struct reply reply;
};

static void errand_put(struct reply *r, const char *line, size_t length)
{
	struct errand *e = container_of(r, struct errand, reply);
	struct vm *vm = vm_find(e->order.asker);

	if (vm)
		vm_write(vm, "%.*s", (int)length, line);
}

static void errand_run(void *argument)
{
	struct errand *e = argument;

	save_now(&e->order, &e->reply);
	heap_free(e, sizeof(*e));
	task_exit();
}

/* What a machine asks of itself is done before its next instruction. */
static void hold(struct save_order *o)
{
	struct vcpu *v = vcpu_self();

	if (!v || o->restore || strcmp(v->vm->userid, o->userid) != 0)
		return;
	o->held = arch_clock();
	vm_hold(v->vm);
}

static void let_go(const struct save_order *o)
{
	if (o->held)
		vm_continue(vcpu_self()->vm);
}

bool save_later(const struct save_order *o)
{
	struct errand *e = heap_alloc(sizeof(*e));

	if (!e)
		return false;
	e->order = *o;
	hold(&e->order);
	e->reply.put = errand_put;
	if (task_create("save", errand_run, e))
		return true;
	let_go(&e->order);
	heap_free(e, sizeof(*e));
	return false;
}
