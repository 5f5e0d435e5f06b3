/*
 * vm.h - the virtual machine and its virtual CPUs.
 *
 * Heritage: the VMBLOK, which held all of this in one control block.
 */
#ifndef CP_VM_H
#define CP_VM_H

#include <arch/vcpu.h>
#include <cp/exits.h>
#include <cp/intercept.h>
#include <cp/state.h>
#include <cp/storage.h>
#include <cp/task.h>
#include <cp/trace.h>

struct session;
struct device;
struct spool_settings;

#define VCPU_MAX 1 /* virtual CPUs a machine may have today; the interfaces take any */

/* Machine architecture of the directory's MACHINE statement. */
enum machine_mode { MACHINE_ESA, MACHINE_XA, MACHINE_XC, MACHINE_Z };

/* What another task wants of a virtual machine. Posted as bits; carried out
 * by a system task when every virtual CPU stands at the top of its loop with
 * no device operation half done, so that no machine state is on a CP stack. */
enum vm_request {
	REQUEST_STOP = 1 << 0,   /* enter the stopped state */
	REQUEST_START = 1 << 1,  /* leave it */
	REQUEST_RESET = 1 << 2,  /* system reset (SYSTEM RESET, DEFINE STORAGE) */
	REQUEST_CLEAR = 1 << 3,  /* with storage cleared */
	REQUEST_IPL = 1 << 4,    /* then IPL from vm->ipl */
	REQUEST_LOGOFF = 1 << 5, /* end the machine */
	REQUEST_RESTART = 1 << 6 /* PSW restart */
};

enum vcpu_state { VCPU_STOPPED, VCPU_OPERATING };

struct vcpu {
	struct vm *vm;
	unsigned number;
	struct task *task;
	enum vcpu_state state;
	bool at_top; /* stands at the top of its loop, doing nothing */
	bool check;  /* look at requests and interruptions before the guest runs again */
	bool ending; /* its task is to finish */
	uint64_t intercepts[INTERCEPT_KINDS]; /* since exits.c last looked */
	struct arch_vcpu arch;
	struct exits exits[ENGINES_MAX];
	struct exits *left; /* which of these is counted in */
};

/* What IPL is to load; kept so that re-IPL and DIAGNOSE X'308' can ask. */
struct ipl_settings {
	uint16_t vdev;
	char system[9]; /* a named saved system, instead of the device; "": none */
	bool clear;
	bool stop;        /* halt before the initial PSW is loaded */
	char loadparm[9]; /* blank padded, ASCII */
	char parm[65];    /* PARM text, ASCII */
};

enum set_option { /* SET ... ON|OFF bits */
		  SET_MSG = 1 << 0,
		  SET_WNG = 1 << 1,
		  SET_IMSG = 1 << 2,
		  SET_EMSG_CODE = 1 << 3,
		  SET_EMSG_TEXT = 1 << 4,
		  SET_RUN = 1 << 5, /* keep running while in CP READ */
		  SET_LINEDIT = 1 << 6,
		  SET_ACNT = 1 << 7,
		  SET_AUTOCR = 1 << 8,
		  SET_HOST_FACILITIES = 1 << 9,
		  SET_ASSIST = 1 << 10,    /* the port may take its short cuts */
		  SET_INTERPRET = 1 << 11, /* the real machine is to run the guest: SET ASSIST SIE */
		  SET_ALL = (1 << 12) - 1
};

struct vm {
	struct list all;
	char userid[USERID_MAX + 1];
	char account[USERID_MAX + 1];
	char distribution[USERID_MAX + 1];
	uint32_t classes; /* privilege classes: bit 0 is A ... */
	uint32_t options; /* enum set_option */
	uint32_t cpuid;   /* six hexadecimal digits of STIDP */
	uint64_t max_storage;
	uint64_t wanted_storage; /* DEFINE STORAGE: the size from the next reset on; 0: as it is */
	enum machine_mode mode;
	tod_t logon_time;
	tod_t command_time;                         /* CP's work for it outside its virtual CPUs' tasks */
	tod_t guest_time_before, total_time_before; /* of a restored machine, when it was another */
	uint32_t autosave;                          /* SET AUTOSAVE: seconds; 0: OFF */
	tod_t autosave_due;

	struct storage storage;
	struct vcpu *cpu[VCPU_MAX];
	unsigned cpus;

	struct list devices; /* by virtual device number, ascending */
	struct session *session;
	uint32_t requests;   /* enum vm_request, posted */
	bool busy;           /* the service task is carrying some out */
	unsigned held;       /* vm_quiesce() without vm_continue() */
	struct vm *replaces; /* RESTORE: the machine whose place it will take: its links do not count */
	struct ipl_settings ipl;
	bool stopped;     /* stopped state of the whole machine: by STOP, CP READ, or an error */
	bool loaded;      /* an IPL has been done since the last reset */
	char reason[100]; /* why it was stopped by CP */

	struct trace_settings trace;
	char secuser[USERID_MAX + 1];
	char observer[USERID_MAX + 1];
	struct arch_vm arch;
};

/* storage_page() without a call, of a page that has been asked for before. NULL: it has not, or there is none. */
static inline struct page *storage_page_known(const struct vm *vm, gabs_t a)
{
	struct page *segment = a < vm->storage.size ? vm->storage.segment[a / SEGMENT_SIZE] : NULL;

	return segment ? &segment[a % SEGMENT_SIZE / PAGE_SIZE] : NULL;
}

/* vm.c */
/* What STIDP stores on that virtual CPU: X'FF', six digits, the type. */
uint64_t vm_cpuid(const struct vm *vm, unsigned cpu);
struct vm *vm_create(const char *userid, uint64_t storage_size,
		     enum machine_mode mode); /* NULL: no storage */
void vm_destroy(struct vm *vm);
/* The same, but nobody finds it yet; and now they do. */
struct vm *vm_make(const char *userid, uint64_t storage_size, enum machine_mode mode);
void vm_publish(struct vm *vm);
/* All that a guest has changes places: storage, CPUs, devices. Both are held (quiesce.c). */
void vm_exchange(struct vm *vm, struct vm *other);
struct vm *vm_find(const char *userid); /* logged on, any case; NULL */
struct vm *vm_next(struct vm *vm);      /* NULL starts, NULL ends */
unsigned vm_count(void);

/*
 * Ask; returns at once. The issuing DIAGNOSE or command is finished first. A LOGOFF request ends with
 * session_logged_off(vm) (session.h) and then vm_destroy(): do not touch the machine after posting it.
 */
void vm_request(struct vm *vm, uint32_t requests);
/* Sleep until all posted requests have been carried out (commands from a terminal use it, a vCPU task never). */
void vm_settle(struct vm *vm);
/* Do now all that was posted but LOGOFF: for the service task and vm_quiesce(), when every virtual CPU stands at the top of its loop. Sleeps. */
void vm_carry_out(struct vm *vm);
/* The one place that ends a guest's running: a sentence, and its user goes to CP READ.
 * id is the message number to show (450 for a bad PSW). */
void vm_stop(struct vm *vm, unsigned message, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
/* VIRTCPU and TOTCPU. */
tod_t vm_guest_time(const struct vm *vm);
tod_t vm_total_time(const struct vm *vm);
/* The same as DIAGNOSE X'0C' tells them: of a restored machine also what it had used when it was saved. */
void vm_times_seen(const struct vm *vm, tod_t *guest, tod_t *total);
/* True when no vCPU may run: stopped, held, waiting for a request, or CP READ with RUN OFF. */
bool vm_stopped(const struct vm *vm);
/* What is kept of a machine and of each virtual CPU besides the port's part. */
extern const struct state_field vm_state[], vcpu_state[];
/* All state of a machine that vm_quiesce() holds was loaded: make what follows from it. 0; CP_CANNOT: it cannot be (vm->reason). */
int vm_loaded(struct vm *vm);

/*
 * quiesce.c: every virtual CPU stands at the top of its loop, all that was posted is carried out, no device has an operation half done;
 * and it stays so until vm_continue(). Reads and writes that wait for a person are state of their device. Sleeps for CP's own finite
 * work; not for a task of this machine's virtual CPUs. May be nested.
 */
void vm_quiesce(struct vm *vm);
void vm_continue(struct vm *vm);
/* The first half of vm_quiesce(), for a task that must not wait: it will stand before the next instruction. */
void vm_hold(struct vm *vm);
bool vm_quiet(const struct vm *vm); /* every virtual CPU is at the top of its loop */
void vm_kick(struct vm *vm);        /* vcpu_kick() all of them */

/* vcpu.c */
struct vcpu *vcpu_create(struct vm *vm, unsigned number);
void vcpu_destroy(struct vcpu *v);
/* Something may have become deliverable or changed: look again at the top of the loop. Wakes a waiting vCPU. */
void vcpu_kick(struct vcpu *v);
/* The virtual CPU this task is the loop of; NULL for other tasks. */
struct vcpu *vcpu_self(void);

#endif
