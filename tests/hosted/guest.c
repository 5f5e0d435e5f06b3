/*
 * guest.c - the toy CPU and machine: arch.h's guest side, by counting calls and answering what the test says.
 */
#include <hosted.h>
#include <cp/diagnose.h>
#include <cp/format.h>
#include <stdio.h>

void (*hosted_guest)(struct vcpu *v, struct intercept *i);
frame_t hosted_key_frame;
uint8_t hosted_key;
int hosted_instruction_result, hosted_page_result, hosted_ipl_result;

int arch_vm_create(struct vm *vm)
{
	vm->arch = (struct arch_vm){0};
	return 0;
}

void arch_vm_destroy(struct vm *vm)
{
	(void)vm;
}

int arch_vcpu_create(struct vcpu *v)
{
	(void)v;
	return 0;
}

void arch_vcpu_destroy(struct vcpu *v)
{
	(void)v;
}

void arch_vcpu_reset(struct vcpu *v, bool initial)
{
	(void)initial;
	v->arch = (struct arch_vcpu){.entered = v->arch.entered};
}

void arch_vcpu_run(struct vcpu *v, struct intercept *i)
{
	v->arch.entered++;
	arch_poll();
	*i = (struct intercept){.kind = INTERCEPT_NONE};
	if (hosted_guest) {
		hosted_guest(v, i);
	} else {
		v->arch.wait = true;
		i->kind = INTERCEPT_WAIT;
	}
}

int arch_instruction(struct vcpu *v, struct intercept *i)
{
	(void)i;
	if (hosted_instruction_result == 0)
		v->arch.psw.address += 2;
	return hosted_instruction_result;
}

int arch_page_fault(struct vcpu *v, struct intercept *i)
{
	(void)v, (void)i;
	return hosted_page_result;
}

int arch_vcpu_reflect(struct vcpu *v, const struct intercept *i, int code)
{
	if (code)
		trace_program(v, i, code);
	v->arch.reflected = code ? code : -1;
	return 0;
}

int arch_vcpu_deliver(struct vcpu *v)
{
	bool timer = v->arch.timer && arch_clock() >= v->arch.timer;

	if (v->arch.disabled || (!v->arch.external && !timer))
		return 0;
	if (timer)
		v->arch.timer = 0;
	else
		v->arch.external = 0;
	v->arch.wait = false;
	v->arch.delivered++;
	return 1;
}

enum wait_state arch_vcpu_wait(const struct vcpu *v)
{
	return !v->arch.wait ? WAIT_NOT : v->arch.disabled ? WAIT_DISABLED : WAIT_ENABLED;
}

bool arch_vcpu_count(const struct vcpu *v, unsigned n, struct arch_count *c)
{
	const struct arch_count counts[] = {{"RESTART", v->arch.restarted, false},
					    {"ENTER", v->arch.entered, false},
					    {"DELIVER", v->arch.delivered, false},
					    {"REFLECTED", v->arch.reflected > 0, true}};

	if (n < ARRAY_SIZE(counts))
		*c = counts[n];
	return n < ARRAY_SIZE(counts);
}

bool hosted_interprets;

bool arch_interprets(void)
{
	return hosted_interprets;
}

const char *arch_vcpu_engine(const struct vcpu *v)
{
	return hosted_interprets && v->vm->options & SET_INTERPRET ? "SIE" : "HOSTED";
}

tod_t arch_vcpu_time(const struct vcpu *v)
{
	return v->arch.entered * TOD_MILLISECOND;
}

tod_t arch_vcpu_due(const struct vcpu *v)
{
	return v->arch.timer ? v->arch.timer : TOD_NEVER;
}

void arch_vcpu_external(struct vcpu *v, uint16_t code)
{
	v->arch.external = code;
	vcpu_kick(v);
}

int arch_vcpu_status(struct vcpu *v)
{
	(void)v;
	return 0;
}

int arch_vcpu_restart(struct vcpu *v)
{
	v->arch.restarted++;
	v->arch.wait = false;
	return 0;
}

int arch_vm_ipl(struct vm *vm)
{
	if (hosted_ipl_result < 0)
		format(vm->reason, sizeof(vm->reason), "hosted: IPL failed");
	return hosted_ipl_result;
}

void arch_vcpu_psw(const struct vcpu *v, char *text, size_t size)
{
	format(text, size, "%016lX %016lX", (unsigned long)v->arch.psw.mask,
	       (unsigned long)v->arch.psw.address);
}

bool arch_vcpu_set_psw(struct vcpu *v, const uint64_t *words, unsigned count)
{
	if (count == 2)
		v->arch.psw.mask = words[0];
	v->arch.psw.address = words[count - 1];
	return true;
}

void arch_vcpu_trace(const struct vcpu *v, struct trace_entry *e)
{
	e->at = v->arch.psw.address;
	e->word = v->arch.entered;
}

const char *arch_instruction_name(uint64_t word)
{
	return word ? "TOY" : NULL;
}

void arch_vcpu_set_address(struct vcpu *v, gva_t a)
{
	v->arch.psw.address = a;
}

/* ---- storage: logical is absolute ---------------------------------------------------------------------------------- */

int arch_translate(struct vcpu *v, gva_t a, enum access access, gabs_t *abs)
{
	(void)access;
	if (a >= v->vm->storage.size)
		return 5;
	*abs = a;
	return 0;
}

void arch_storage_changed(struct vm *vm, gabs_t a, size_t n)
{
	vm->arch.changed++;
	vm->arch.last_changed = a & PAGE_MASK;
	(void)n;
}

void arch_storage_unmap(struct vm *vm, gabs_t page)
{
	(void)page;
	vm->arch.unmapped++;
}

void arch_storage_protect(struct vm *vm, gabs_t page)
{
	(void)page;
	vm->arch.protected ++;
}

/* As on a machine with keys: until its key is set, a page that has a frame counts as referenced and changed. */
#define PAGE_KEYED 0x08
#define RC         0x06

uint8_t arch_page_key(const struct page *p)
{
	return p->key | (p->frame_number && !(p->flags & PAGE_KEYED) ? RC : 0);
}

void arch_frame_key(frame_t frame, uint8_t key)
{
	hosted_key_frame = frame;
	hosted_key = key;
}

/* ---- devices and calls --------------------------------------------------------------------------------------------- */

void arch_device_create(struct device *d)
{
	d->arch = (struct arch_device){.number = d->vdev, .created = 1};
}

void arch_device_place(const struct device *d, char *text, size_t size)
{
	format(text, size, "SUBCHANNEL = %04X", d->arch.number);
}

void arch_device_destroy(struct device *d)
{
	(void)d;
}

void arch_device_reset(struct device *d)
{
	d->arch.resets++;
}

void arch_device_ready(struct device *d)
{
	d->arch.ready++;
}

void arch_device_attention(struct device *d, uint8_t status)
{
	d->arch.attentions++;
	d->arch.status = status;
}

uint64_t diagnose_register(const struct diagnose *d, unsigned n)
{
	return d->wide ? d->v->arch.gpr[n & 15] : (uint32_t)d->v->arch.gpr[n & 15];
}

void diagnose_set_register(struct diagnose *d, unsigned n, uint64_t value)
{
	d->v->arch.gpr[n & 15] = d->wide ? value : (uint32_t)value;
}

void diagnose_set_condition(struct diagnose *d, unsigned cc)
{
	d->v->arch.cc = (uint8_t)cc;
}

gabs_t diagnose_absolute(const struct diagnose *d, uint64_t real)
{
	(void)d;
	return real;
}

bool diagnose_block_end(const struct diagnose *d, uint8_t status, uint64_t parameter, bool wide)
{
	(void)d, (void)status, (void)parameter, (void)wide;
	return false;
}

int diagnose_reset(const struct diagnose *d)
{
	(void)d;
	return 0;
}

static const struct arch_help help[] = {{0}};

/* The toy is big-endian and speaks EBCDIC, so that translations are seen. */
const struct arch_traits arch_traits = {
	.name = "hosted",
	.big_endian = true,
	.ebcdic = true,
	.line_end = 0x15,
	.modes = {"ESA", "XA", "XC", "Z"},
	.cpu_type = 0x2094,
	.location = "PSW",
	.disabled_wait = "disabled wait PSW",
	.trace_events = UINT32_MAX,
	.help = help,
};

const struct state_field arch_vcpu_state[] = {
	STATE_ARRAY(struct vcpu, arch.gpr, "GPR", 'G', 1),
	STATE_ARRAY(struct vcpu, arch.cr, "CR", 'X', 2),
	STATE_ARRAY(struct vcpu, arch.fpr, "FPR", 'Y', 3),
	{STATE_ROW(struct vcpu, arch.psw, "PSW", 4), .letter = 'P', .size = 8, .count = 2},
	STATE_ARRAY(struct vcpu, arch.ar, "AR", 'A', 6),
	STATE_FIELD(struct vcpu, arch.prefix, "PREFIX", 0, 7),
	STATE_FIELD(struct vcpu, arch.cc, "CC", 0, 8),
	STATE_FLAG(struct vcpu, arch.wait, "WAIT", 9),
	STATE_FLAG(struct vcpu, arch.disabled, "DISABLED", 10),
	STATE_FIELD(struct vcpu, arch.external, "EXTERNAL", 0, 11),
	STATE_FIELD(struct vcpu, arch.timer, "TIMER", 0, 12),
	STATE_END,
	STATE_HOST(struct vcpu, arch.entered),
	STATE_HOST(struct vcpu, arch.delivered),
	STATE_HOST(struct vcpu, arch.restarted),
	STATE_HOST(struct vcpu, arch.reflected),
	STATE_END,
};

const struct state_field arch_device_state[] = {
	STATE_FIELD(struct arch_device, number, "NUMBER", 0, 1),
	STATE_FIELD(struct arch_device, status, "STATUS", 0, 2),
	STATE_END,
	STATE_HOST(struct arch_device, created),
	STATE_HOST(struct arch_device, resets),
	STATE_HOST(struct arch_device, ready),
	STATE_HOST(struct arch_device, attentions),
	STATE_END,
};

static const struct state_field machine_state[] = {
	STATE_FIELD(struct vm, arch.last_changed, "CHANGED", 0, 1),
	STATE_END,
	STATE_HOST(struct vm, arch.changed),
	STATE_HOST(struct vm, arch.unmapped),
	STATE_HOST(struct vm, arch.protected),
	STATE_HOST(struct vm, arch.loaded),
	STATE_END,
};

static void *machine(struct vm *vm)
{
	return vm;
}

const struct state_part arch_vm_parts[] = {{"MACHINE", 1, machine_state, machine}, {0}};

int arch_vm_loaded(struct vm *vm)
{
	vm->arch.loaded++;
	return 0;
}

void arch_page_key_set(struct page *p, uint8_t key)
{
	p->key = key;
	p->flags |= PAGE_KEYED;
}

const char *hosted_facilities[] = {"BINARY", "DECIMAL", NULL, NULL};

bool arch_facility(const struct vm *vm, unsigned n, char *text, size_t size)
{
	(void)vm;
	if (n >= ARRAY_SIZE(hosted_facilities) || !hosted_facilities[n])
		return false;
	format(text, size, "%s", hosted_facilities[n]);
	return true;
}
