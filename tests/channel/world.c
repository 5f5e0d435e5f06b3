/*
 * world.c - what the channel and DIAGNOSE need of CP, besides what every device does (tests/shared/world.c).
 *
 * Owns: one virtual machine with 1 MiB of storage, a console, reader, punch, printer and two disks; spool files in lists. After:
 * test_channel.c, test_calls.c, test_state.c, fuzz.c.
 */
#include "world.h"
#include <cp/volume.h>
#include <arch/sclp.h>
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/command.h>
#include <cp/format.h>
#include <cp/heap.h>
#include <cp/panic.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <cp/string.h>

/* ---- storage ---------------------------------------------------------------- */

struct page *storage_page(struct vm *vm, gabs_t a)
{
	(void)vm;
	return a < WORLD_STORAGE ? &world->pages[a / PAGE_SIZE] : NULL;
}

int vcpu_read(struct vcpu *v, gva_t a, void *buf, size_t n)
{
	return guest_read(v->vm, a, buf, n);
}

int vcpu_write(struct vcpu *v, gva_t a, const void *buf, size_t n)
{
	return guest_write(v->vm, a, buf, n);
}

int real_write(struct vcpu *v, uint64_t real, const void *buf, size_t n)
{
	return guest_write(v->vm, real, buf, n);
}

gva_t address_narrow(const struct vcpu *v, gva_t a)
{
	return a & (v->arch.psw.mask & PSW_BA ? 0x7fffffffu : 0xffffffu);
}

void put32(uint32_t a, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		world->storage[a + (uint32_t)i] = (uint8_t)(value >> (24 - 8 * i));
}

void put64(uint32_t a, uint64_t value)
{
	put32(a, (uint32_t)(value >> 32));
	put32(a + 4, (uint32_t)value);
}

uint32_t get32(uint32_t a)
{
	const uint8_t *p = world->storage + a;

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

void ccw0(uint32_t at, uint8_t command, uint32_t data, uint8_t flags, uint16_t count)
{
	put32(at, (uint32_t)command << 24 | data);
	put32(at + 4, (uint32_t)flags << 24 | count);
}

void ccw1(uint32_t at, uint8_t command, uint32_t data, uint8_t flags, uint16_t count)
{
	put32(at, (uint32_t)command << 24 | (uint32_t)flags << 16 | count);
	put32(at + 4, data);
}

void put_text(uint32_t a, const char *ascii)
{
	memcpy(world->storage + a, ascii, strlen(ascii));
	ascii_to_ebcdic(world->storage + a, strlen(ascii));
}

/* ---- the machine and its CPU -------------------------------------------------- */

void arch_vcpu_reset(struct vcpu *v, bool initial)
{
	(void)initial;
	memset(&v->arch, 0, sizeof(v->arch));
	v->arch.architecture = &guest_z;
}

void vm_times_seen(const struct vm *vm, tod_t *guest, tod_t *total)
{
	(void)vm;
	*guest = 5 * TOD_SECOND;
	*total = 7 * TOD_SECOND;
}

void io_interrupt_changed(struct vm *vm)
{
	(void)vm;
	world->io_changes++;
}

bool psw_valid(const struct vcpu *v, const struct psw *p)
{
	(void)v;
	return !(p->mask & PSW_RESERVED) && !(p->address & 1);
}

struct psw psw_from_short(uint64_t w)
{
	return (struct psw){.mask = (w ^ PSW_ESA390) & 0xffffffff80000000ull, .address = w & 0x7fffffff};
}

int psw_load(struct vcpu *v, struct psw new)
{
	v->arch.psw = new;
	return 0;
}

/* ---- the CPU: no tables are shadowed ---------------------------------------------- */

/* Nothing of it stands in the real one. */
void registers_save(struct vcpu *v)
{
	(void)v;
}

void registers_forget(struct vcpu *v)
{
	(void)v;
}

void architecture_set(struct vcpu *v, bool z)
{
	v->arch.z = z;
	v->arch.architecture = z ? &guest_z : &guest_esa390;
}

uint64_t cpu_timer_get(const struct vcpu *v)
{
	return v->arch.cpu_timer;
}

void cpu_timer_set(struct vcpu *v, uint64_t value)
{
	v->arch.cpu_timer = value;
}

void shadow_reset(struct vm *vm)
{
	(void)vm;
	world->shadow_resets++;
}

/* ---- commands ----------------------------------------------------------------- */

static void nowhere(struct reply *r, const char *line, size_t length)
{
	(void)r;
	(void)line;
	(void)length;
}

struct reply reply_nowhere = {.put = nowhere};

struct reply *session_reply(struct session *s)
{
	(void)s;
	return &reply_nowhere;
}

static void buffer_put(struct reply *r, const char *line, size_t length)
{
	struct reply_buffer *b = container_of(r, struct reply_buffer, reply);

	for (size_t i = 0; i <= length; i++) {
		if (b->used == b->size)
			b->lost++;
		else
			b->data[b->used++] = i == length ? '\n' : line[i];
	}
}

void reply_buffer_init(struct reply_buffer *b, char *data, size_t size, struct session *s)
{
	(void)s;
	*b = (struct reply_buffer){.reply = {.put = buffer_put}, .data = data, .size = size};
}

/* Every command answers with itself; the return code is its length. */
int command_run(const char *text, struct vm *vm, struct session *session, struct vcpu *vcpu, uint32_t classes,
		struct reply *reply)
{
	(void)vm;
	(void)session;
	(void)vcpu;
	(void)classes;
	snprintf(world->command, sizeof(world->command), "%s", text);
	reply->put(reply, text, strlen(text));
	return (int)strlen(text);
}

/* ---- spool --------------------------------------------------------------------- */

struct record {
	uint8_t control, text[SPOOL_RECORD_MAX];
	size_t length;
};

struct deck {
	struct spool_file file;
	struct record *record[64];
};

static struct deck *decks[32];

static struct deck *deck_of(const struct spool_file *f)
{
	return container_of(f, struct deck, file);
}

struct spool_file *spool_create(const char *owner, enum spool_queue device, char class)
{
	for (unsigned n = 0; n < ARRAY_SIZE(decks) && !world->spool_full; n++)
		if (!decks[n]) {
			decks[n] = calloc(1, sizeof(*decks[n]));
			decks[n]->file = (struct spool_file){
				.id = (uint16_t)(n + 1), .class = class, .device = device, .open = true};
			string_copy(decks[n]->file.owner, sizeof(decks[n]->file.owner), owner);
			return &decks[n]->file;
		}
	return NULL;
}

int spool_append(struct spool_file *f, uint8_t control, const void *record, size_t length)
{
	struct record *r;

	if (f->records == ARRAY_SIZE(deck_of(f)->record))
		return -1;
	r = calloc(1, sizeof(*r));
	r->control = control;
	r->length = length;
	memcpy(r->text, record, length);
	deck_of(f)->record[f->records++] = r;
	return 0;
}

int spool_close(struct spool_file *f, const char *owner, enum spool_queue queue)
{
	string_copy(f->owner, sizeof(f->owner), owner);
	f->queue = queue;
	f->open = false;
	return 0;
}

int spool_purge(struct spool_file *f)
{
	unsigned n = f->id - 1u;

	for (unsigned i = 0; i < f->records; i++)
		free(decks[n]->record[i]);
	free(decks[n]);
	decks[n] = NULL;
	return 0;
}

int spool_change(struct spool_file *f)
{
	(void)f;
	return 0;
}

struct spool_file *spool_next(const char *owner, enum spool_queue queue, char class, bool held,
			      struct spool_file *after)
{
	for (unsigned n = after ? after->id : 0; n < ARRAY_SIZE(decks); n++) {
		struct spool_file *f = decks[n] ? &decks[n]->file : NULL;

		if (f && !f->open && f->queue == queue && strcmp(f->owner, owner) == 0 &&
		    (held || !f->hold) && (class == '*' || class == f->class))
			return f;
	}
	return NULL;
}

struct spool_file *spool_find(uint16_t id)
{
	return id >= 1 && id <= ARRAY_SIZE(decks) && decks[id - 1] ? &decks[id - 1]->file : NULL;
}

void spool_open(struct spool_file *f, struct spool_position *p)
{
	*p = (struct spool_position){.id = f->id};
}

int spool_read(struct spool_position *p, uint8_t *control, void *record, size_t size)
{
	struct spool_file *f = spool_find(p->id);
	struct record *r;

	if (!f)
		return -2;
	if (p->record >= f->records)
		return -1;
	r = deck_of(f)->record[p->record++];
	*control = r->control;
	memcpy(record, r->text, r->length < size ? r->length : size);
	return (int)r->length;
}

struct spool_file *world_deck(const char *const *cards, unsigned count)
{
	struct spool_file *f = spool_create(world->vm.userid, SPOOL_PUNCH, 'A');

	for (unsigned n = 0; f && n < count; n++) {
		uint8_t card[CARD_SIZE];
		size_t length = strlen(cards[n]);

		memcpy(card, cards[n], length);
		ascii_to_ebcdic(card, length);
		spool_append(f, 0x41, card, length);
	}
	if (f)
		spool_close(f, world->vm.userid, SPOOL_READER);
	return f;
}

struct spool_file *world_file(unsigned n)
{
	for (unsigned i = 0; i < ARRAY_SIZE(decks); i++)
		if (decks[i] && n-- == 0)
			return &decks[i]->file;
	return NULL;
}

int world_record(const struct spool_file *f, unsigned n, uint8_t *control, char text[200])
{
	struct record *r;

	if (n >= f->records)
		return -1;
	r = deck_of(f)->record[n];
	*control = r->control;
	memcpy(text, r->text, r->length);
	ebcdic_to_ascii(text, r->length);
	text[r->length] = '\0';
	return (int)r->length;
}

/* ---- the machine ------------------------------------------------------------------- */

void world_begin(void)
{
	static struct page *segment;

	world_create();
	segment = world->pages;
	world->vm.storage.segment = &segment; /* no page has a frame: nothing is near (arch/near.h) */
	architecture_set(&world->vcpu, true);
	world->vm.options = SET_AUTOCR | SET_EMSG_CODE | SET_EMSG_TEXT;
	world->vcpu.arch.psw.mask = PSW_EA | PSW_BA;
	world->vcpu.arch.cr[6] = 0xff000000;
	world_make(WORLD_CONSOLE, "3215", false);
	world_make(WORLD_READER, "2540", false);
	world_make(WORLD_PUNCH, "2540P", false);
	world_make(WORLD_PRINTER, "1403", false);
	world_make(WORLD_DISK, "9336", false);
	world_make(WORLD_DISK_READ_ONLY, "9336", true);
}

void world_end(void)
{
	world->vm.session = NULL;
	devices_destroy(&world->vm);
	for (unsigned n = 0; n < ARRAY_SIZE(decks); n++)
		if (decks[n])
			spool_purge(&decks[n]->file);
	virtual_sclp_destroy(&world->vm);
	world_destroy();
}

static int outcome(int rc)
{
	return rc ? -rc : (int)((world->vcpu.arch.psw.mask & PSW_CC) >> PSW_CC_SHIFT);
}

int run_io(int (*simulate)(struct instruction *), uint32_t gr1, uint32_t a2)
{
	struct instruction i = {.v = &world->vcpu, .a2 = a2};

	gpr_set_low(&world->vcpu, 1, gr1);
	return outcome(simulate(&i));
}

void world_enable(struct device *d)
{
	run_io(sim_stsch, 0x10000u | d->arch.number, IRB);
	put32(IRB + 4, get32(IRB + 4) | 0x18800000);
	run_io(sim_msch, 0x10000u | d->arch.number, IRB);
}

int world_start(struct device *d, uint32_t orb, uint32_t ccw)
{
	put32(IRB, 0xcafe);
	put32(IRB + 4, orb | 0xff00);
	put32(IRB + 8, ccw);
	return run_io(sim_ssch, 0x10000u | d->arch.number, IRB);
}

int world_test(struct device *d)
{
	return run_io(sim_tsch, 0x10000u | d->arch.number, IRB);
}

int run_diagnose(unsigned x, unsigned y, uint16_t code)
{
	struct instruction i = {.v = &world->vcpu, .a2 = code, .r1 = x, .r3 = y};

	return outcome(sim_diag(&i));
}

/* ---- no volume, no directory ---------------------------------------------------------------------------------- */

struct volume *volume_find(const char *label)
{
	(void)label;
	return NULL;
}

int directory_swap(const uint8_t *identity, directory_report *report, void *context)
{
	(void)identity;
	(void)report;
	(void)context;
	return 1;
}

int directory_update(const char *userid, directory_change *change, void *context)
{
	(void)userid;
	(void)change;
	(void)context;
	return 1;
}
