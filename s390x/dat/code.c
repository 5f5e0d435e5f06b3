/*
 * code.c - the code view: what instruction fetches see.
 *
 * Owns: the scan of a page when it is first executed, and the copies of
 * pages in which something had to be replaced. Comes after shadow.c; called
 * by fault.c. A page that is shared is scanned once for all who share it.
 *
 * Why: a few instructions tell or do in problem state what a supervisor
 * must not be told or do, and do not trap (Popek and Goldberg's "sensitive
 * but not privileged"): EPSW shows the real PSW, STFLE the real machine's
 * facilities; on QEMU also SACF (executes), TPROT (tests the shadow's
 * protection) and five that can end the emulator itself: CSST, MVCRL, RNSBG
 * and its kin with the T bit, STCK and STCKF. In the copy that the code view
 * maps, their opcodes are replaced by invalid ones of the same length, so
 * that they trap; the instruction driver reads the original.
 *
 * EPSW is three bytes and is taken as found. The shorter patterns also occur
 * as operands (B2B0 is "base 11, displacement 2B0"), so a hit counts only if
 * it is the start of an instruction: code read from most earlier halfwords
 * must arrive exactly there. s390x code falls into step within a few
 * instructions, whatever the starting point.
 *
 * Known simplification: code that is built to defeat that vote makes its own
 * machine see a changed operand, or on QEMU ends the emulator; so do an
 * EXECUTE that makes one of these out of another instruction, and an RNSBG
 * with the T bit whose last two bytes stand in the next page.
 */
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/heap.h>
#include <cp/string.h>

#define VOTES     24 /* starting points tried before a hit */
#define HALFWORDS (PAGE_SIZE / 2)

static const struct pattern {
	uint16_t mask, value; /* of the first halfword */
	uint16_t instead;
	uint8_t sure;             /* third byte must be zero, and no vote is needed */
	uint8_t loose;            /* only where the machine lets it pass (keys not enforced: QEMU) */
	uint16_t second;          /* bits that must be one in the second halfword, */
	uint16_t last_mask, last; /* and the third */
} patterns[] = {
	{0xffff, 0xb98d, 0xb9ff, 1, 0, 0, 0, 0},            /* EPSW */
	{0xffff, 0xb2b0, 0xb2fe, 0, 0, 0, 0, 0},            /* STFLE */
	{0xffff, 0xb279, 0xb2fe, 0, 1, 0, 0, 0},            /* SACF */
	{0xffff, 0xe501, 0xe5ff, 0, 1, 0, 0, 0},            /* TPROT */
	{0xff0f, 0xc802, 0xc80f, 0, 1, 0, 0, 0},            /* CSST */
	{0xffff, 0xe50a, 0xe5ff, 0, 1, 0, 0, 0},            /* MVCRL */
	{0xffff, 0xb205, 0xb2fe, 0, 1, 0, 0, 0},            /* STCK */
	{0xffff, 0xb27c, 0xb2fe, 0, 1, 0, 0, 0},            /* STCKF */
	{0xff00, 0xec00, 0xc80f, 0, 1, 0x8000, 0xff, 0x54}, /* RNSBG that only tests */
	{0xff00, 0xec00, 0xc80f, 0, 1, 0x8000, 0xfe, 0x56}, /* ROSBG, RXSBG */
};

struct copy {
	struct list all;
	const struct shadow *machine;
	gabs_t abs;
	frame_t frame;
};

#define COPY_LISTS 32
static struct list copies[COPY_LISTS];

static struct list *copy_list(gabs_t abs)
{
	struct list *l = &copies[abs / PAGE_SIZE % COPY_LISTS];

	if (!l->next)
		list_init(l);
	return l;
}

static struct copy *copy_find(const struct vm *vm, gabs_t abs)
{
	struct copy *c;

	list_for_each(c, copy_list(abs), all) {
		if (c->machine == vm->arch.shadow && c->abs == abs)
			return c;
	}
	return NULL;
}

/* Instruction length in halfwords, by the first two bits. */
static unsigned step(uint16_t first)
{
	return first < 0x4000 ? 1 : first < 0xc000 ? 2 : 3;
}

/* Opcode bytes that no instruction begins with. Offsets of relative branches, the commonest trap, have them in their
 * upper halves. */
static bool impossible(uint16_t first)
{
	return first < 0x0100 || first >= 0xff00;
}

enum reading { READING_VOID, READING_MISSES, READING_ARRIVES };

/* Does code read from here arrive there? A reading that meets an impossible instruction is no reading. */
static enum reading reading(const uint16_t *text, size_t from, size_t at)
{
	while (from < at) {
		if (impossible(text[from]))
			return READING_VOID;
		from += step(text[from]);
	}
	return from == at ? READING_ARRIVES : READING_MISSES;
}

static bool is_instruction(const uint16_t *text, size_t at)
{
	size_t first = at > VOTES ? at - VOTES : 0;
	size_t for_it = 0, votes = 0;

	for (size_t from = first; from < at; from++) {
		votes += reading(text, from, at) != READING_VOID;
		for_it += reading(text, from, at) == READING_ARRIVES;
	}
	return 2 * for_it >= votes;
}

/* The bits that count of an instruction's `n` halfwords that can be seen. Only the long patterns have any past the first. */
static bool fits(const struct pattern *p, const uint16_t *text, size_t n)
{
	if ((text[0] & p->mask) != p->value || (p->loose && real_machine.keys))
		return false;
	return !p->second || (n > 2 && text[1] & p->second && (text[2] & p->last_mask) == p->last);
}

static bool matches(const struct pattern *p, const uint16_t *text, size_t at)
{
	if (!fits(p, text + at, HALFWORDS - at))
		return false;
	if (p->sure)
		return at + 1 == HALFWORDS || text[at + 1] >> 8 == 0;
	return is_instruction(text, at);
}

static uint16_t instead_of(const struct pattern *p, uint16_t first)
{
	return p->instead | (first & ~p->mask & 0xffff);
}

/* What the halfword at `at` must become, or itself. */
static __attribute__((noinline)) uint16_t replacement_sought(const uint16_t *text, size_t at)
{
	for (size_t n = 0; n < ARRAY_SIZE(patterns); n++)
		if (matches(&patterns[n], text, at))
			return instead_of(&patterns[n], text[at]);
	return text[at];
}

/* The same for what is known to be an instruction. */
__attribute__((cold)) uint16_t code_instead(const uint16_t text[3])
{
	for (size_t n = 0; n < ARRAY_SIZE(patterns); n++)
		if (fits(&patterns[n], text, 3))
			return instead_of(&patterns[n], text[0]);
	return text[0];
}

/* Could a pattern begin here? The table once more, as the shortest way to "no": every halfword of every page asks. */
static inline __attribute__((always_inline)) bool candidate(const uint16_t *text, size_t at)
{
	unsigned h = text[at];

	switch (h >> 8) {
	case 0xb2:
		return h == 0xb2b0 || h == 0xb279 || h == 0xb205 || h == 0xb27c;
	case 0xb9:
		return h == 0xb98d;
	case 0xc8:
		return (h & 15) == 2;
	case 0xe5:
		return h == 0xe501 || h == 0xe50a;
	case 0xec:
		return at + 2 < HALFWORDS && (text[at + 2] & 0xfc) == 0x54;
	}
	return false;
}

/*
 * Four halfwords at once: those in which a pattern may begin have their first bit one. No pattern begins with a byte whose first bit
 * is zero, or whose last two are ones, as those of A7, E3 and EB: that leaves few.
 */
static inline uint64_t suspects(uint64_t four)
{
	return four & ~((four & four >> 1) << 7) & 0x8000800080008000ull;
}

/* The same of one. */
static inline bool suspected(uint16_t first)
{
	return first & 0x8000 && ~first & 0x0300;
}

static __attribute__((noinline)) uint16_t replacement_suspected(const uint16_t *text, size_t at)
{
	return candidate(text, at) ? replacement_sought(text, at) : text[at];
}

static inline uint16_t replacement(const uint16_t *text, size_t at)
{
	return suspected(text[at]) ? replacement_suspected(text, at) : text[at];
}

static frame_t copy_make(const uint16_t *text)
{
	frame_t frame = frame_alloc();

	if (frame)
		memcpy((void *)(uintptr_t)frame, text, PAGE_SIZE);
	return frame;
}

static __attribute__((cold)) int copy_keep(struct vm *vm, gabs_t abs, frame_t frame)
{
	struct copy *c = heap_alloc(sizeof(*c));

	if (!c) {
		frame_free(frame);
		return CP_NO_STORAGE;
	}
	c->machine = vm->arch.shadow;
	c->abs = abs;
	c->frame = frame;
	list_append(copy_list(abs), &c->all);
	return 0;
}

/* Replaces in the copy, and makes that first, what has to be of the four halfwords at `at`, whose suspects these are. */
static int scan_four(const uint16_t *text, size_t at, uint64_t suspect, frame_t *copy)
{
	for (; suspect; suspect <<= 16, at++) {
		uint16_t now = suspect >> 63 && candidate(text, at) ? replacement_sought(text, at) : text[at];

		if (now == text[at])
			continue;
		if (!*copy)
			*copy = copy_make(text);
		if (!*copy)
			return CP_NO_STORAGE;
		((uint16_t *)(uintptr_t)*copy)[at] = now;
	}
	return 0;
}

/* A copy with what had to be replaced; 0: there was nothing. */
static int scan(const uint16_t *text, frame_t *copy)
{
	const uint64_t *fours = (const uint64_t *)text;
	int rc = 0;

	*copy = 0;
	for (size_t n = 0; n < HALFWORDS / 4 && rc == 0; n++) {
		uint64_t suspect = suspects(fours[n]);

		if (suspect)
			rc = scan_four(text, 4 * n, suspect, copy);
	}
	return rc;
}

/* The first of those who share a page scans it for all; origin has the result. */
static int page_scan(struct vm *vm, gabs_t abs, const struct page *p, struct page *origin)
{
	frame_t copy;
	int rc;

	if (origin && origin->flags & PAGE_CODE)
		return 0;
	rc = scan((const uint16_t *)((uintptr_t)p->frame_number * PAGE_SIZE), &copy);
	if (rc)
		return rc;
	if (!origin)
		return copy ? copy_keep(vm, abs, copy) : 0;
	origin->flags |= PAGE_CODE;
	origin->mappings = (void *)(uintptr_t)copy;
	return 0;
}

static frame_t copy_of(const struct vm *vm, gabs_t abs, const struct page *origin)
{
	const struct copy *c = origin ? NULL : copy_find(vm, abs);

	return origin ? (frame_t)(uintptr_t)origin->mappings : c ? c->frame : 0;
}

int code_frame(struct vm *vm, gabs_t abs, frame_t *frame)
{
	struct page *p, *origin;
	frame_t copy;
	int rc = storage_frame(vm, abs, ACCESS_INSTRUCTION, frame);

	if (rc)
		return rc;
	p = storage_page(vm, abs);
	origin = snapshot_origin(vm, p, abs);
	if (!(p->flags & PAGE_CODE)) {
		rc = page_scan(vm, abs, p, origin);
		if (rc)
			return rc;
		p->flags |= PAGE_CODE | PAGE_WATCHED;
		shadow_protect_page(vm, p);
	}
	copy = copy_of(vm, abs, origin);
	if (copy)
		*frame = copy;
	return 0;
}

__attribute__((cold)) void code_forget(struct vm *vm, gabs_t abs)
{
	struct page *p = storage_page(vm, abs);
	struct copy *c;

	if (!p || !(p->flags & PAGE_CODE))
		return;
	shadow_unmap_page(vm, p, VIEW_CODE);
	p->flags &= ~(PAGE_CODE | PAGE_WATCHED);
	c = copy_find(vm, abs);
	if (!c)
		return;
	list_remove(&c->all);
	frame_free(c->frame);
	heap_free(c, sizeof(*c));
}

/* The machine is to run without code views. */
__attribute__((cold)) void code_forget_all(struct vm *vm)
{
	struct storage *s = &vm->storage;

	for (gabs_t segment = 0; segment < s->size; segment += SEGMENT_SIZE) {
		if (!s->segment[segment / SEGMENT_SIZE])
			continue;
		for (gabs_t page = 0; page < SEGMENT_SIZE; page += PAGE_SIZE)
			code_forget(vm, segment + page);
		task_yield();
	}
}

/*
 * A page that stores into itself will do so again: from now on its code is shown in a copy, whatever it holds, and the page itself is
 * executed no more. Storing what stands there once more makes QEMU forget what it has translated there: each store beside translated
 * code costs it a microsecond and more, and a byte at a time if it is not aligned.
 */
__attribute__((cold)) void code_separate(struct vm *vm, gabs_t abs)
{
	struct page *p = storage_page(vm, abs);
	char *bytes = (char *)((uintptr_t)p->frame_number * PAGE_SIZE);
	frame_t copy;

	if (!(p->flags & PAGE_CODE) || p->flags & PAGE_SHARED || copy_find(vm, abs))
		return;
	copy = copy_make((const uint16_t *)bytes);
	if (!copy || copy_keep(vm, abs, copy) < 0)
		return; /* it will do without */
	shadow_unmap_page(vm, p, VIEW_CODE);
	memcpy(bytes, (const char *)(uintptr_t)copy, PAGE_SIZE);
}

#define HIDDEN 0 /* an operation exception to who executes it */

/*
 * Is this halfword reached by nobody but who begins there? Not if an instruction that begins before may have it in it: the one before
 * is one of two bytes, the one before that has not six.
 */
static inline bool alone(const uint16_t *text, size_t at)
{
	unsigned one, two; /* of their first two bits in one place: none, and not both */

	if (at < 2)
		return false;
	one = text[at - 1] | text[at - 1] << 1;
	two = text[at - 2] & text[at - 2] << 1;
	return !((one | two) & 0x8000);
}

/*
 * What a copy shows of a halfword that has changed. A store into translated code is dear on QEMU, even of the same; and what is stored
 * into again and again is data, as a rule, that stands among code. So it is hidden, where that can be done, until somebody executes it.
 * Not on Hercules, which fetches operands of relative loads by the code view, too.
 */
static inline uint16_t renewed(unsigned was, const uint16_t *text, size_t at)
{
	uint16_t now = replacement(text, at);

	return was != now && !real_machine.keys && alone(text, at) ? HIDDEN : now;
}

static void four_renew(uint16_t *shown, const uint16_t *text, size_t at)
{
	uint64_t was = *(const uint64_t *)&shown[at];

	for (size_t end = at + 4; at < end; at++, was <<= 16) {
		unsigned now = renewed(was >> 48, text, at);

		if (was >> 48 != now)
			shown[at] = now;
	}
}

/* Somebody executes what stands there. True: it was hidden, and is shown now. */
__attribute__((cold)) bool code_show(struct vm *vm, gabs_t a)
{
	struct page *p = storage_page(vm, a);
	struct copy *c = copy_find(vm, a & PAGE_MASK);
	size_t at = a % PAGE_SIZE / 2;
	const uint16_t *text;
	uint16_t *shown, now;

	if (!c || !p->frame_number)
		return false;
	text = (const uint16_t *)((uintptr_t)p->frame_number * PAGE_SIZE);
	shown = &((uint16_t *)(uintptr_t)c->frame)[at];
	now = replacement(text, at);
	if (*shown == now)
		return false;
	*shown = now;
	return true;
}

/* Can no pattern begin in the doublewords that these halfwords stand in? */
static inline bool unsuspected(const uint16_t *text, size_t first, size_t last)
{
	const uint64_t *fours = (const uint64_t *)text;

	for (size_t n = first / 4; n <= last / 4; n++)
		if (suspects(fours[n]))
			return false;
	return true;
}

/* By fours: as a rule most of them show what stands there. */
static void copy_review(const struct copy *c, const uint16_t *text, size_t first, size_t last)
{
	uint16_t *shown = (uint16_t *)(uintptr_t)c->frame;
	const uint64_t *now = (const uint64_t *)text, *was = (const uint64_t *)shown;

	for (size_t n = first / 4; n <= (last + 2) / 4 && n < HALFWORDS / 4; n++) {
		if (was[n] != now[n] || suspects(now[n]))
			four_renew(shown, text, 4 * n);
	}
}

/*
 * CP has stored into the page. As a rule that leaves the rest of the scan as it was: only the halfwords stored into are looked at
 * again, and the two before, for a pattern may begin there; in a copy also the two behind, for an instruction that begins earlier now
 * may have them in it. A pattern where there was none makes the whole page be scanned anew.
 */
void arch_storage_changed(struct vm *vm, gabs_t a, size_t n)
{
	const struct page *p = storage_page_known(vm, a);
	size_t first = a % PAGE_SIZE / 2, last = (a % PAGE_SIZE + n - 1) / 2;
	const uint16_t *text = (const uint16_t *)((uintptr_t)p->frame_number * PAGE_SIZE);
	const struct copy *c;

	if (!(p->flags & PAGE_CODE))
		return;
	if (n > REVIEW_MOST) {
		code_forget(vm, a & PAGE_MASK);
		return;
	}
	first = first > 2 ? first - 2 : 0;
	c = copy_find(vm, a & PAGE_MASK);
	if (c) {
		copy_review(c, text, first, last);
		return;
	}
	if (unsuspected(text, first, last))
		return;
	for (size_t at = first; at <= last; at++)
		if (replacement(text, at) != text[at]) {
			code_forget(vm, a & PAGE_MASK);
			return;
		}
}
