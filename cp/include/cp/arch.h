/*
 * arch.h - THE port interface: what a machine must offer to carry CP.
 *
 * Plain functions bound at link time: the editor jumps to the code. A port
 * (s390x/, x86_64/, the hosted one under tests/hosted/) implements these
 * and nothing else of it is called from cp/.
 */
#ifndef CP_ARCH_H
#define CP_ARCH_H

#include <cp/cpu.h>
#include <cp/device.h>
#include <cp/state.h>
#include <cp/traits.h>
#include <cp/vm.h>

/* ---- the real machine ------------------------------------------------ */

/* First C call: make putc work, find storage (frame_add), start the clock. */
void arch_init(void);
/* Find devices: calls block_register() and line_register(). May sleep. */
void arch_probe(void);
/* This real CPU. */
struct cpu *arch_cpu(void);
/* Prepare a new task's stack so that switching to it calls task->entry(argument). */
void arch_task_prepare(struct task *t);
/* Save the current context through *save_sp and continue the one in *load_sp. */
void arch_task_switch(void **save_sp, void *load_sp);
/* Now. */
tod_t arch_clock(void);
/* Set the clock forward to t, if it is behind it. */
void arch_clock_set(tod_t t);
/* CP's timer queue wants an interruption at due (TOD_NEVER: none); kept until the next call. */
void arch_timer_set(tod_t due);
/* Wait for and serve one real interruption. */
void arch_idle(void);
/* Serve interruptions that are pending, without waiting. */
void arch_poll(void);
/* Stop the real machine. 0 is a clean shutdown; anything else says which panic. */
_Noreturn void arch_stop(unsigned code);
/* A character on the earliest console there is; '\n' ends a line. */
void arch_putc(char c);
/* Name of machine, processor, emulator if known: for QUERY CPLEVEL. */
const char *arch_description(void);

/* ---- the guest CPU ---------------------------------------------------- */

int arch_vm_create(struct vm *vm);
void arch_vm_destroy(struct vm *vm);
int arch_vcpu_create(struct vcpu *v);
void arch_vcpu_destroy(struct vcpu *v);
/* Initial CPU reset to the machine's starting architecture, or (clear false) a CPU reset. */
void arch_vcpu_reset(struct vcpu *v, bool initial);
/* Can the real machine run a guest in more than one way, so that SET ASSIST SIE chooses? */
bool arch_interprets(void);
/* What runs this one now: "TRAP", "SIE", "SVM". */
const char *arch_vcpu_engine(const struct vcpu *v);
/* Of an intercept, for the trace ring: where the guest stands, and the port's word for the instruction. In few instructions. */
void arch_vcpu_trace(const struct vcpu *v, struct trace_entry *e);
/* The mnemonic that such a word means, or NULL. */
const char *arch_instruction_name(uint64_t word);
/* Enter the guest; returns with the reason filled in. */
void arch_vcpu_run(struct vcpu *v, struct intercept *i);
/* Fetch, decode and simulate the intercepted instruction. Result as the finishing rule of run/intercept.c. */
int arch_instruction(struct vcpu *v, struct intercept *i);
/* Resolve a page fault of CP's own making. Same result convention. */
int arch_page_fault(struct vcpu *v, struct intercept *i);
/* Make the guest take a program interruption (code > 0; trace_program() hears of it) or (code 0) the SVC of the intercept. 0 or < 0. */
int arch_vcpu_reflect(struct vcpu *v, const struct intercept *i, int code);
/* Deliver one pending interruption the guest is open for: 1 delivered, 0 none, < 0 CP could not. */
int arch_vcpu_deliver(struct vcpu *v);
/* Is the guest in the wait state? Disabled: nothing it is open for can ever end the wait. */
enum wait_state { WAIT_NOT, WAIT_ENABLED, WAIT_DISABLED };
enum wait_state arch_vcpu_wait(const struct vcpu *v);
/* Time this virtual CPU has spent in the guest (VIRTCPU). */
tod_t arch_vcpu_time(const struct vcpu *v);
/* The n-th thing that is counted for v: an operation that was simulated, or something that it asked for and there is not. False:
 * there are no more. */
struct arch_count {
	const char *name; /* until the next call */
	uint64_t count;
	bool missing;
};
bool arch_vcpu_count(const struct vcpu *v, unsigned n, struct arch_count *c);
/* When the guest's own timers want attention next, or TOD_NEVER. */
tod_t arch_vcpu_due(const struct vcpu *v);
/* Post an external interruption (EXTERNAL command: code; others by the port itself). */
void arch_vcpu_external(struct vcpu *v, uint16_t code);
/* STORE STATUS: its registers, timers and PSW into the places in storage that the architecture has for them. 0, or < 0. */
int arch_vcpu_status(struct vcpu *v);
/* PSW restart. 0 or < 0. */
int arch_vcpu_restart(struct vcpu *v);
/* IPL from vm->ipl, machine already reset. Sleeps. 0, or < 0 with vm->reason set. */
int arch_vm_ipl(struct vm *vm);
/* Where the guest stands, for messages and TRACE: its PSW (or what has its part) as text, at least 64 bytes. */
void arch_vcpu_psw(const struct vcpu *v, char *text, size_t size);
/* STORE PSW: its words (1 or 2) as arch_vcpu_psw() shows them; one word is the last. false: no such PSW is valid. */
bool arch_vcpu_set_psw(struct vcpu *v, const uint64_t *words, unsigned count);
/* BEGIN hexloc: continue at this address. */
void arch_vcpu_set_address(struct vcpu *v, gva_t a);

/* All state of a machine was loaded (vm_loaded()): make what follows from it. 0, or CP_CANNOT with vm->reason set. */
int arch_vm_loaded(struct vm *vm);

/* What a guest can see and another machine may lack, by name: the n-th that vm shows. false: there are no more. */
bool arch_facility(const struct vm *vm, unsigned n, char *text, size_t size);

/* ---- guest storage ---------------------------------------------------- */

/* Logical to absolute through the guest's own translation: 0, > 0 the guest's fault, < 0 CP's. */
int arch_translate(struct vcpu *v, gva_t a, enum access access, gabs_t *abs);
/* CP has stored n bytes into a watched page; or takes a page's frame away: what was derived from it is wrong. */
void arch_storage_changed(struct vm *vm, gabs_t a, size_t n);
void arch_storage_unmap(struct vm *vm, gabs_t page);
/* The page may be read and executed as before, but a store into it is to be a page fault. */
void arch_storage_protect(struct vm *vm, gabs_t page);
/* The storage key of a page, R and C as they are now (nothing where the machine has no keys). */
uint8_t arch_page_key(const struct page *p);
/* The page gets this key, R and C included. */
void arch_page_key_set(struct page *p, uint8_t key);
/* A frame becomes a guest page with this storage key (nothing where the machine has no keys). */
void arch_frame_key(frame_t frame, uint8_t key);

/* ---- calls and I/O ---------------------------------------------------- */

/* Virtual devices: the port gives it a subchannel (or ports) and takes it away. */
void arch_device_create(struct device *d);
void arch_device_destroy(struct device *d);
void arch_device_reset(struct device *d);
/* Where its machine finds the device, for QUERY VIRTUAL: "SUBCHANNEL = 0003", "PORT 03F8 IRQ 4". At most 40 characters. */
void arch_device_place(const struct device *d, char *text, size_t size);
/* device_ready() and device_attention() end here. */
void arch_device_ready(struct device *d);
void arch_device_attention(struct device *d, uint8_t status);

/* ---- tables ------------------------------------------------------------ */

extern const struct state_field arch_vcpu_state[];   /* of struct vcpu */
extern const struct state_field arch_device_state[]; /* of struct arch_device */
extern const struct state_part arch_vm_parts[];      /* what else its machines have; ends with a NULL name */
/* And arch_traits: traits.h. */

#endif
