/*
 * servc.c - SERVICE CALL (B220): the virtual service processor.
 *
 * Owns: what a machine learns of itself (storage, CPUs, load parameter), and events: messages to the operator, commands from the
 * operator, the signal to shut down. Before: driver.c. After: Linux, and a CP that runs in a virtual machine.
 * The commands are not in the Principles of Operation; their blocks are known from how Linux and CP's own driver (io/sclp.c) use them.
 * Simplification: a command is carried out at once, and only the interruption that ends it comes later.
 */
#include <arch/instruction.h>
#include <arch/sclp.h>
#include <cp/console.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/string.h>

/* The block of every command: length (2), function (1), control (3), response (2), data. */
#define SCCB_MAX       4096u
#define SCCB_HEADER    8
#define EVENTS_PENDING 1 /* in the interruption's parameter, beside the block's address */

enum command {
	READ_CPU_INFO = 0x00010001,
	READ_INFO = 0x00020001,
	READ_INFO_FORCED = 0x00120001,
	WRITE_EVENT_DATA = 0x00760005,
	READ_EVENT_DATA = 0x00770005,
	WRITE_EVENT_MASK = 0x00780005,
};

enum response {
	RESPONSE_READ = 0x0010,
	RESPONSE_DONE = 0x0020,
	RESPONSE_BAD_COMMAND = 0x01f0,
	RESPONSE_TOO_SHORT = 0x0300,
	RESPONSE_NO_EVENT = 0x60f0,
	RESPONSE_BAD_EVENT = 0x73f0,
	RESPONSE_BAD_MASK = 0x74f0,
};

/* Event types, and the mask bit of type n. */
#define EVENT_COMMAND    0x01
#define EVENT_MESSAGE    0x02
#define EVENT_QUIESCE    0x1d
#define EVENT_MASK(type) (0x80000000u >> ((type)-1))
#define EVENT_HEADER     6 /* length (2), type, flags, reserved (2) */
#define EVENT_ACCEPTED   0x80

static uint16_t half_get(const uint8_t *p)
{
	return (uint16_t)(p[0] << 8 | p[1]);
}

static void half_put(uint8_t *p, uint32_t value)
{
	p[0] = (uint8_t)(value >> 8);
	p[1] = (uint8_t)value;
}

static uint32_t word_get(const uint8_t *p)
{
	return (uint32_t)half_get(p) << 16 | half_get(p + 2);
}

static void word_put(uint8_t *p, uint32_t value)
{
	half_put(p, value >> 16);
	half_put(p + 2, value);
}

/* ---- information ------------------------------------------------------------ */

#define CPU_ENTRY         16
#define INFO_CPUS         128 /* where the CPU entries begin */
#define INFO_SIZE         (INFO_CPUS + VCPU_MAX * CPU_ENTRY)
#define INFO_HAS_CPU_INFO 0x08

static void cpu_entries(struct vm *vm, uint8_t *p)
{
	memset(p, 0, vm->cpus * CPU_ENTRY);
	for (unsigned n = 0; n < vm->cpus; n++)
		p[n * CPU_ENTRY] = (uint8_t)vm->cpu[n]->arch.address;
}

static enum response read_info(struct vm *vm, uint8_t *sccb, uint32_t length)
{
	uint64_t increments = vm->storage.size / SEGMENT_SIZE;

	if (length < INFO_SIZE)
		return RESPONSE_TOO_SHORT;
	memset(sccb + SCCB_HEADER, 0, length - SCCB_HEADER);
	/* Storage in increments of 1 MiB; the wide fields serve when their number does not fit. */
	half_put(sccb + 8, increments > 0xffff ? 0 : (uint32_t)increments);
	sccb[10] = 1;
	word_put(sccb + 100, 1);
	word_put(sccb + 104, (uint32_t)(increments >> 32));
	word_put(sccb + 108, (uint32_t)increments);
	half_put(sccb + 16, vm->cpus);
	half_put(sccb + 18, INFO_CPUS);
	memset(sccb + 24, ' ', 8);
	memcpy(sccb + 24, vm->ipl.loadparm, strlen(vm->ipl.loadparm));
	ascii_to_ebcdic(sccb + 24, 8);
	sccb[48] = INFO_HAS_CPU_INFO;
	cpu_entries(vm, sccb + INFO_CPUS);
	return RESPONSE_READ;
}

static enum response read_cpu_info(struct vm *vm, uint8_t *sccb, uint32_t length)
{
	if (length < 16 + vm->cpus * CPU_ENTRY)
		return RESPONSE_TOO_SHORT;
	half_put(sccb + 8, vm->cpus);
	half_put(sccb + 10, 16);
	half_put(sccb + 12, 0);
	half_put(sccb + 14, 16 + vm->cpus * CPU_ENTRY);
	cpu_entries(vm, sccb + 16);
	return RESPONSE_READ;
}

/* ---- events ------------------------------------------------------------------- */

/* Four masks of equal length follow: what the guest takes and sends, then what the service processor takes and sends. */
static enum response write_mask(struct vm *vm, uint8_t *sccb, uint32_t length)
{
	uint32_t size = length >= 12 ? half_get(sccb + 10) : 0;
	uint8_t *mask = sccb + 12;

	if (size < 4 || 12 + 4 * size > length)
		return RESPONSE_BAD_MASK;
	vm->arch.sclp_masks_receive = word_get(mask);
	vm->arch.sclp_masks_send = word_get(mask + size);
	memset(mask + 2 * size, 0, 2 * size);
	word_put(mask + 2 * size, EVENT_MASK(EVENT_MESSAGE));
	word_put(mask + 3 * size, EVENT_MASK(EVENT_COMMAND) | EVENT_MASK(EVENT_QUIESCE));
	return RESPONSE_DONE;
}

#define MDB_HEADER     12 /* length, type 1, tag, revision */
#define OBJECT_HEADER  4  /* length, type */
#define OBJECT_MESSAGE 4
#define MESSAGE_TEXT   10 /* object header, line type (2), alarm, reserved */

/* A message data block: objects after the header, of which the message-text objects are lines. */
static void show_message(struct vm *vm, const uint8_t *event, uint32_t length)
{
	uint32_t at = EVENT_HEADER + MDB_HEADER;

	while (at + OBJECT_HEADER <= length) {
		uint32_t size = half_get(event + at);

		if (size < OBJECT_HEADER || size > length - at)
			return;
		if (half_get(event + at + 2) == OBJECT_MESSAGE && size >= MESSAGE_TEXT)
			console_write(vm, event + at + MESSAGE_TEXT, size - MESSAGE_TEXT);
		at += size;
	}
}

static enum response write_event(struct vm *vm, uint8_t *sccb, uint32_t length)
{
	uint32_t at = SCCB_HEADER;

	while (at + EVENT_HEADER <= length) {
		uint32_t size = half_get(sccb + at);

		if (size < EVENT_HEADER || size > length - at)
			return RESPONSE_BAD_EVENT;
		if (sccb[at + 2] != EVENT_MESSAGE)
			return RESPONSE_BAD_EVENT;
		show_message(vm, sccb + at, size);
		sccb[at + 3] |= EVENT_ACCEPTED;
		at += size;
	}
	return RESPONSE_DONE;
}

struct virtual_sclp *virtual_sclp_of(struct vm *vm)
{
	if (!vm->arch.sclp)
		vm->arch.sclp = heap_alloc(sizeof(struct virtual_sclp));
	return vm->arch.sclp;
}

/* Vectors inside vectors, each with its length and its name; the innermost holds the text. */
static uint32_t put_command(const struct virtual_sclp *s, uint8_t *event)
{
	static const uint16_t outer[] = {0x1310, 0x1212, 0x1320};
	uint32_t inner = s->length + 2u, size = inner + 2 + ARRAY_SIZE(outer) * 4;
	uint8_t *p = event + EVENT_HEADER;

	half_put(event, EVENT_HEADER + size);
	event[2] = EVENT_COMMAND;
	for (size_t i = 0; i < ARRAY_SIZE(outer); i++, p += 4) {
		half_put(p, size - 4 * (uint32_t)i);
		half_put(p + 2, outer[i]);
	}
	p[0] = (uint8_t)(inner + 2);
	p[1] = 0x31;
	p[2] = (uint8_t)inner;
	p[3] = 0x30;
	memcpy(p + 4, s->text, s->length);
	return EVENT_HEADER + size;
}

static uint32_t put_quiesce(uint8_t *event)
{
	half_put(event, 10);
	event[2] = EVENT_QUIESCE;
	return 10;
}

static enum response read_event(struct vm *vm, uint8_t *sccb, uint32_t length)
{
	struct virtual_sclp *s = vm->arch.sclp;
	uint32_t size;

	if (!s || (!s->quiesce && !s->length))
		return RESPONSE_NO_EVENT;
	if (length < SCCB_HEADER + EVENT_HEADER + 16 + VIRTUAL_SCLP_TEXT)
		return RESPONSE_TOO_SHORT;
	memset(sccb + SCCB_HEADER, 0, length - SCCB_HEADER);
	if (s->quiesce) {
		size = put_quiesce(sccb + SCCB_HEADER);
		s->quiesce = false;
	} else {
		size = put_command(s, sccb + SCCB_HEADER);
		s->length = 0;
	}
	half_put(sccb, SCCB_HEADER + size);
	return RESPONSE_DONE;
}

/* ---- the instruction ------------------------------------------------------------ */

static bool event_pending(struct vm *vm)
{
	struct virtual_sclp *s = vm->arch.sclp;

	return s && (s->quiesce || s->length);
}

/* The signal floats: any CPU may take it; the first is asked. */
static void signal(struct vm *vm, uint32_t parameter)
{
	struct vcpu *v = vm->cpu[0];

	if (!(v->arch.pending & PENDING_SERVICE))
		v->arch.service_parameter = 0;
	v->arch.service_parameter |= parameter | (event_pending(vm) ? EVENTS_PENDING : 0);
	v->arch.pending |= PENDING_SERVICE;
	v->check = true;
	vcpu_kick(v);
}

static enum response carry_out(struct vm *vm, uint32_t command, uint8_t *sccb, uint32_t length)
{
	switch (command) {
	case READ_INFO:
	case READ_INFO_FORCED:
		return read_info(vm, sccb, length);
	case READ_CPU_INFO:
		return read_cpu_info(vm, sccb, length);
	case WRITE_EVENT_MASK:
		return write_mask(vm, sccb, length);
	case WRITE_EVENT_DATA:
		return write_event(vm, sccb, length);
	case READ_EVENT_DATA:
		return read_event(vm, sccb, length);
	default:
		return RESPONSE_BAD_COMMAND;
	}
}

static int call(struct vcpu *v, uint32_t command, uint32_t address, uint8_t *sccb)
{
	uint32_t length;
	int rc = guest_read(v->vm, address, sccb, SCCB_HEADER);

	if (rc)
		return rc;
	length = half_get(sccb);
	if (length < SCCB_HEADER || length > SCCB_MAX - address % SCCB_MAX)
		return PGM_SPECIFICATION;
	rc = guest_read(v->vm, address, sccb, length);
	if (rc)
		return rc;
	half_put(sccb + 6, carry_out(v->vm, command, sccb, length));
	return guest_write(v->vm, address, sccb, length);
}

int sim_servc(struct instruction *i)
{
	uint32_t command = gpr_low(i->v, i->r1), address = gpr_low(i->v, i->r2);
	struct vcpu *first = i->v->vm->cpu[0];
	uint8_t *sccb;
	int rc;

	if (address % 8 || address & 0x80000000u)
		return PGM_SPECIFICATION;
	/* One at a time: the last one's interruption must have been taken. */
	if (first->arch.pending & PENDING_SERVICE && first->arch.service_parameter & ~7u) {
		set_cc(i->v, 2);
		return 0;
	}
	sccb = heap_alloc(SCCB_MAX);
	if (!sccb)
		return CP_NO_STORAGE;
	rc = call(i->v, command, address, sccb);
	heap_free(sccb, SCCB_MAX);
	if (rc)
		return rc;
	signal(i->v->vm, address);
	set_cc(i->v, 0);
	return 0;
}

/* ---- the operator's side -------------------------------------------------------- */

bool virtual_sclp_command(struct vm *vm, const char *text, size_t length)
{
	struct virtual_sclp *s = virtual_sclp_of(vm);

	if (!s || s->length || !length || !(vm->arch.sclp_masks_receive & EVENT_MASK(EVENT_COMMAND)))
		return false;
	s->length = (uint8_t)(length < VIRTUAL_SCLP_TEXT ? length : VIRTUAL_SCLP_TEXT);
	memcpy(s->text, text, s->length);
	ascii_to_ebcdic(s->text, s->length);
	signal(vm, 0);
	return true;
}

bool virtual_sclp_quiesce(struct vm *vm)
{
	struct virtual_sclp *s = virtual_sclp_of(vm);

	if (!s || !(vm->arch.sclp_masks_receive & EVENT_MASK(EVENT_QUIESCE)))
		return false;
	s->quiesce = true;
	signal(vm, 0);
	return true;
}

void virtual_sclp_reset(struct vm *vm)
{
	vm->arch.sclp_masks_receive = vm->arch.sclp_masks_send = 0;
	if (vm->arch.sclp)
		*vm->arch.sclp = (struct virtual_sclp){0};
}

void virtual_sclp_destroy(struct vm *vm)
{
	heap_free(vm->arch.sclp, sizeof(struct virtual_sclp));
	vm->arch.sclp = NULL;
}
