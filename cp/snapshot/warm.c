/*
 * warm.c - SHUTDOWN SAVE and warm start: CP ends, and no machine does.
 *
 * Owns: how all machines come to stand at one moment, and how they come back. Before: service.c, run/quiesce.c, session/session.c. After:
 * command/system.c, and main.c at IPL. Heritage: DMKCKP and DMKWRM (VM/370's checkpoint and warm start), which kept spool files, accounts and
 * who was logged on; their users began again with IPL.
 *
 * All machines stand before the first is saved and stand until CP is no more: what one of them would do meanwhile, to a disk above all, its
 * image would not know. A spool file that is open for writing is in the image, and is not closed: CP ends as if the power went.
 * Simplification: what a user typed and CP has not yet taken is lost; a SLEEP is over.
 */
#include <cp/arch.h>
#include <cp/save.h>
#include <cp/session_private.h>
#include <cp/string.h>

#define EMSG_BOTH  (SET_EMSG_CODE | SET_EMSG_TEXT)
#define OPERATOR   "OPERATOR"
#define IDLE_TIME  (60 * TOD_SECOND) /* how long commands that have begun may take */
#define LOOK_AGAIN (10 * TOD_MILLISECOND)

/* ---- standing still ---------------------------------------------------------------------------------------------- */

static bool everybody_idle(const struct session *but)
{
	for (struct session *s = session_next(NULL); s; s = session_next(s))
		if (s->busy && s != but)
			return false;
	for (struct vm *vm = vm_next(NULL); vm; vm = vm_next(vm))
		if (!vm->session || vm->requests)
			return false;
	return true;
}

static bool wait_idle(const struct session *but, tod_t limit)
{
	while (!everybody_idle(but)) {
		if (arch_clock() > limit)
			return false;
		task_sleep_until(&sessions_held, arch_clock() + LOOK_AGAIN);
	}
	return true;
}

/* Of the first so many machines: later ones stand at the list's end, and one that is held does not go. */
static void each(unsigned count, void (*act)(struct vm *vm))
{
	for (struct vm *vm = vm_next(NULL); count > 0; count--) {
		struct vm *next = vm_next(vm);

		act(vm);
		vm = next;
	}
}

static void stand(struct vm *vm)
{
	vm_quiesce(vm);
	vm_continue(vm); /* of the two holds one is left */
}

/*
 * How many stand: all. 0: somebody does not come to an end. A guest's last instruction may bring one machine more while the others are
 * stopping, or ask for its own IPL: again.
 */
static unsigned hold_all(const struct session *asker)
{
	tod_t limit = arch_clock() + IDLE_TIME;
	unsigned count;

	while (wait_idle(asker, limit)) {
		count = vm_count();
		each(count, vm_hold);
		each(count, stand);
		if (vm_count() == count && everybody_idle(asker))
			return count;
		each(count, vm_continue);
	}
	return 0;
}

/* ---- SHUTDOWN SAVE ----------------------------------------------------------------------------------------------- */

static struct save_order order_for(const char *userid, bool restore)
{
	struct save_order o = {.restore = restore, .kind = SAVED_AUTOSAVE, .name = SHUTDOWN_NAME};

	string_copy(o.userid, sizeof(o.userid), userid);
	return o;
}

/* What had the name before: machines that could not be brought back. It is lost only when CP ends. */
static struct list kept = LIST_INIT(kept);

static bool keep(const char *userid)
{
	const struct saved_image *i = saved_find(SAVED_AUTOSAVE, userid, SHUTDOWN_NAME);
	struct saved_image *old = i ? saved_keep(i) : NULL;

	if (old)
		list_append(&kept, &old->all);
	return old || !i;
}

static struct saved_image *kept_find(const char *userid)
{
	struct saved_image *i;

	list_for_each(i, &kept, all)
		if (strcmp(i->owner, userid) == 0)
			return i;
	return NULL;
}

static void keep_no_longer(void)
{
	while (!list_empty(&kept))
		saved_keep_no_longer(list_first(&kept, struct saved_image, all));
}

/* Never mind: they run on, and the images would be of a past that is not to come back. */
static void unsave(struct vm *vm)
{
	struct saved_image *i = saved_find(SAVED_AUTOSAVE, vm->userid, SHUTDOWN_NAME),
			   *old = kept_find(vm->userid);
	int rc = old ? saved_put_back(old) : i ? saved_purge(i) : 0;

	if (rc < 0)
		reply_to(&reply_operator, EMSG_BOTH, saved_message(rc), SHUTDOWN_NAME, saved_volume());
}

/* Who has asked to be logged off while he was stopping goes as he wished. */
static int save_all(unsigned count, struct reply *reply)
{
	struct vm *vm = NULL;

	for (unsigned n = 0; n < count; n++) {
		struct save_order o;

		vm = vm_next(vm);
		if (vm->requests & REQUEST_LOGOFF)
			continue;
		o = order_for(vm->userid, false);
		if (keep(vm->userid) && save_now(&o, reply) == 0)
			continue;
		each(n, unsave);
		return reply_to(reply, EMSG_BOTH, MSG_SHUTDOWN_REFUSED, "there is no saving the machine of ",
				vm->userid);
	}
	return 0;
}

static void tell_user(struct vm *vm)
{
	vm_write(vm, "CP ENDS; YOUR MACHINE IS SAVED AND COMES BACK WITH CP");
}

int machines_save(struct session *asker, struct reply *reply)
{
	unsigned count;
	int rc;

	if (sessions_held)
		return reply_to(reply, EMSG_BOTH, MSG_SHUTDOWN_REFUSED, "it is about to be", "");
	sessions_hold(true);
	count = hold_all(asker);
	rc = count ? save_all(count, reply)
		   : reply_to(reply, EMSG_BOTH, MSG_SHUTDOWN_REFUSED, "a command has not ended", "");
	keep_no_longer();
	if (rc == 0) {
		each(count, tell_user);
		return 0;
	}
	each(count, vm_continue);
	sessions_hold(false);
	return rc;
}

/* ---- warm start -------------------------------------------------------------------------------------------------- */

/* A RESTORE that the end of CP broke off in the middle of a disk. */
static bool half_restored(const struct saved_image *i)
{
	return i->flags & SAVED_RESTORING;
}

static bool shut_down(const struct saved_image *i)
{
	return i->kind == SAVED_AUTOSAVE && strcmp(i->name, SHUTDOWN_NAME) == 0;
}

static bool users(const struct saved_image *i)
{
	return shut_down(i) && strcmp(i->owner, OPERATOR) != 0;
}

/* The next image in the order in which they were saved. */
static struct saved_image *next_image(uint64_t after, bool (*wanted)(const struct saved_image *i))
{
	struct saved_image *found = NULL;

	for (struct saved_image *i = saved_next(NULL); i; i = saved_next(i))
		if (i->serial > after && wanted(i) && (!found || i->serial < found->serial))
			found = i;
	return found;
}

static void bring_back(bool (*wanted)(const struct saved_image *i))
{
	struct saved_image *i;
	uint64_t serial = 0;

	while ((i = next_image(serial, wanted)) != NULL) {
		struct save_order o = order_for(i->owner, true);

		o.kind = i->kind;
		string_copy(o.name, sizeof(o.name), i->name);
		serial = i->serial;
		if (save_now(&o, &reply_operator) != 0)
			reply_to(&reply_operator, EMSG_BOTH, MSG_WARM_STAYS, o.userid, o.name);
	}
}

/* The operator's own last: until then his terminal hears of the others. */
void machines_warm_start(void)
{
	bring_back(half_restored);
	bring_back(users);
	bring_back(shut_down);
}
