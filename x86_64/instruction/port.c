/*
 * port.c - IN, OUT, INS and OUTS.
 *
 * Owns: what they do to registers and storage; what is behind a port is pc/'s. Comes after driver.c. On s390x its place is the
 * channel's. Source: AMD64 Architecture Programmer's Manual volume 3, IN, INS, OUT, OUTS; volume 2, 15.10.2.
 *
 * The string forms are done here element by element, for the processor tells neither the address size nor the segment:
 * the prefixes are read from the text. A repeated one is done in pieces, so that its guest can be interrupted.
 * Known simplification: limits of segments are not checked.
 */
#include <arch/instruction.h>
#include <arch/pc.h>
#include <cp/arch.h>
#include <cp/format.h>
#include <cp/string.h>

#define BEYOND 5   /* from guest_read() and guest_write(): there is no storage */
#define PIECE  256 /* elements done before the guest is entered again: as many as a console's line has */

struct port_access {
	uint16_t port;
	unsigned size;
	bool in, string, repeat;
};

static struct port_access access_of(const struct vcpu *v)
{
	uint32_t info = (uint32_t)v->arch.exit_info;

	return (struct port_access){
		.port = info >> PORT_SHIFT,
		.size = info >> PORT_SIZE_SHIFT & 7,
		.in = info & PORT_IN,
		.string = info & PORT_STRING,
		.repeat = info & PORT_REPEAT,
	};
}

static void accumulator_set(struct vcpu *v, unsigned size, uint32_t value)
{
	uint64_t mask = size == 1 ? 0xff : size == 2 ? 0xffff : UINT64_MAX;

	v->arch.gpr[RAX] = (v->arch.gpr[RAX] & ~mask) | (value & mask);
}

static int plain(struct vcpu *v, const struct port_access *a)
{
	uint32_t value = (uint32_t)v->arch.gpr[RAX];
	int rc;

	if (!a->in)
		return pc_port_out(v, a->port, a->size,
				   a->size == 4 ? value : value & ((1u << 8 * a->size) - 1));
	rc = pc_port_in(v, a->port, a->size, &value);
	if (rc == 0)
		accumulator_set(v, a->size, value);
	return rc;
}

/* ---- the string forms ------------------------------------------------------------- */

struct string {
	unsigned index; /* RSI or RDI */
	gva_t base;     /* of the segment */
	uint64_t mask;  /* of addresses and of the count */
	int64_t step;
	uint64_t most; /* elements to be done now */
	/* what OUTS has read from storage already */
	gva_t ahead;
	unsigned bytes;
	uint8_t buffer[PIECE];
};

static uint64_t part_set(uint64_t old, uint64_t mask, uint64_t value)
{
	value &= mask;
	return mask == 0xffffffff ? value : (old & ~mask) | value; /* 32-bit results clear the left half */
}

static uint64_t least(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static void string_find(struct vcpu *v, const struct port_access *a, struct string *s)
{
	uint8_t text[INSTRUCTION_MAX + 3] = {0}; /* what follows the prefixes is there, if only as zeros */
	unsigned segment = SEGMENT_ES, size = code_size(v);
	uint64_t flags = register_get(v, REGISTER_RFLAGS);
	struct prefixes p = {0};

	prefixes_read(v, text, instruction_text(v, text, INSTRUCTION_MAX), &p);
	if (!a->in)
		segment = p.segment ? p.segment - 1u : SEGMENT_DS;
	if (size == 64)
		s->mask = p.address ? 0xffffffff : UINT64_MAX;
	else
		s->mask = (size == 32) != p.address ? 0xffffffff : 0xffff;
	s->index = a->in ? RDI : RSI;
	s->base = 0;
	if (size != 64 || segment == SEGMENT_FS || segment == SEGMENT_GS)
		s->base = segment_get(v, segment).base;
	s->step = flags & RFLAGS_DIRECTION ? -(int64_t)a->size : a->size;
	s->most = a->repeat ? least(v->arch.gpr[RCX] & s->mask, flags & RFLAGS_TRAP ? 1 : PIECE) : 1;
	s->ahead = 0;
	s->bytes = 0;
}

/* The place is looked up before the port is read, for what was read cannot be given back. */
static int element_in(struct vcpu *v, const struct port_access *a, gva_t at)
{
	uint32_t value;
	gabs_t abs;
	int rc = arch_translate(v, at, ACCESS_STORE, &abs);

	if (rc == 0)
		rc = arch_translate(v, at + a->size - 1, ACCESS_STORE, &abs);
	if (rc == 0)
		rc = pc_port_in(v, a->port, a->size, &value);
	if (rc)
		return rc;
	rc = vcpu_write(v, at, &value, a->size);
	return rc == BEYOND ? 0 : rc;
}

/*
 * As much as will be asked for at once: a translation takes longer than the port does. Not over the end of a page, nor over that of
 * the addresses that the index has.
 */
static bool read_ahead(struct vcpu *v, const struct port_access *a, struct string *s, gva_t at)
{
	uint64_t behind = s->mask - (v->arch.gpr[s->index] & s->mask); /* the first byte */
	uint64_t left = least(PAGE_SIZE - 1 - at % PAGE_SIZE, behind) + 1;

	s->bytes = (unsigned)least(least(s->most * a->size, left), sizeof(s->buffer));
	s->ahead = at;
	if (s->step < 0 || s->bytes < a->size || vcpu_read(v, at, s->buffer, s->bytes) != 0)
		s->bytes = 0;
	return s->bytes;
}

static bool in_buffer(const struct string *s, gva_t at, unsigned size)
{
	uint64_t offset = at - s->ahead;

	return offset < s->bytes && size <= s->bytes - offset;
}

static int element_out(struct vcpu *v, const struct port_access *a, struct string *s, gva_t at)
{
	uint32_t value = UINT32_MAX;
	int rc;

	if (in_buffer(s, at, a->size) || read_ahead(v, a, s, at)) {
		memcpy(&value, s->buffer + (at - s->ahead), a->size);
		return pc_port_out(v, a->port, a->size, value);
	}
	rc = vcpu_read(v, at, &value, a->size);
	return rc && rc != BEYOND ? rc : pc_port_out(v, a->port, a->size, value);
}

/* A line for the console: its port takes it whole. How many bytes went so; 0: it is to be done one by one. */
static unsigned run_out(struct vcpu *v, const struct port_access *a, struct string *s, gva_t at)
{
	if (a->in || a->size != 1 || s->most < 2 || in_buffer(s, at, 1) || !read_ahead(v, a, s, at))
		return 0;
	return pc_port_out_run(v, a->port, s->buffer, s->bytes) ? s->bytes : 0;
}

/* n elements are done with. */
static void advance(struct vcpu *v, const struct port_access *a, struct string *s, unsigned n)
{
	uint64_t *index = &v->arch.gpr[s->index], *count = &v->arch.gpr[RCX];

	*index = part_set(*index, s->mask, *index + n * s->step);
	if (a->repeat)
		*count = part_set(*count, s->mask, *count - n);
	s->most -= n;
}

/* The next element, or several. */
static int next(struct vcpu *v, const struct port_access *a, struct string *s)
{
	gva_t at = s->base + (v->arch.gpr[s->index] & s->mask);
	unsigned n;
	int rc = 0;

	if (code_size(v) != 64)
		at &= 0xffffffff;
	n = run_out(v, a, s, at);
	if (n == 0) {
		n = 1;
		rc = a->in ? element_in(v, a, at) : element_out(v, a, s, at);
	}
	if (rc == 0)
		advance(v, a, s, n);
	return rc;
}

static int strings(struct vcpu *v, const struct port_access *a)
{
	struct string s;
	int rc = 0;

	string_find(v, a, &s);
	while (s.most && rc == 0)
		rc = next(v, a, &s);
	if (rc)
		return rc;
	if (a->repeat && v->arch.gpr[RCX] & s.mask)
		instruction_trap(v);
	else
		instruction_skip(v);
	return 0;
}

int sim_port(struct vcpu *v)
{
	struct port_access a = access_of(v);
	int rc;

	if (a.string)
		return strings(v, &a);
	rc = plain(v, &a);
	if (rc == 0)
		instruction_skip(v);
	return rc;
}

void describe_port(const struct vcpu *v, char *text, size_t size)
{
	struct port_access a = access_of(v);

	if (a.in || a.string)
		format(text, size, "%s%s %04X (%u)", a.in ? "IN" : "OUT", a.string ? "S" : "", a.port,
		       a.size);
	else
		format(text, size, "OUT %04X (%u) %0*X", a.port, a.size, (int)(2 * a.size),
		       (unsigned)v->arch.gpr[RAX] & (a.size == 4 ? 0xffffffff : (1u << 8 * a.size) - 1));
}
