/*
 * single.c - one instruction in an address space of its own.
 *
 * Owns: a code view that holds one instruction of the guest at its place and invalid ones all around it, so that
 * the guest comes back right after it, wherever it went: to an invalid instruction in the same page, or to a page that
 * is not there. Comes after dat/code.c, whose text it shows; called by run.c for TRACE INSTRUCTION on QEMU, and for an
 * instruction that stores into its own page (dat/step.c) everywhere.
 *
 * Why: QEMU 7.2 has lost the condition code of the instruction before when a PER event comes, and after a taken branch
 * gives the wrong address; and a guest may have PER on itself.
 * Simplification: of an EX or EXRL its target is run in its place. An instruction over the end of a 2 GiB region, an EX
 * of an EX, one whose page cannot be fetched, and on Hercules one with a relative operand (which it fetches by the code
 * view, too) are left to run in the ordinary code view, by PER.
 */
#include <arch/instruction.h>
#include <arch/shadow.h>
#include <arch/trap.h>
#include <cp/arch.h>
#include <cp/heap.h>
#include <cp/string.h>

#define LEVELS        4 /* segment table, region-third, -second, -first */
#define TABLE_FRAMES  4
#define TABLE_ENTRIES 2048
#define PAGE_ENTRIES  256
#define ENTRY_INVALID 0x20ull
#define ASCE_PRIVATE  0x100ull
#define EX            0x44
#define EXRL          0xc6

static uint64_t *table[LEVELS]; /* [0] segment table */
static uint64_t *page_table[2]; /* of the instruction's page, and of the next if that is in another segment */
static uint8_t *page[2];        /* what is shown: the instruction's page and the next */
static uint64_t *set[LEVELS + 3]; /* entries that are valid now */
static unsigned sets;
static gva_t shown;         /* address of the instruction, */
static unsigned shows;      /* its length there, */
static unsigned stands_for; /* and that of the instruction it stands for (EX) */

static uint64_t *table_make(size_t frames, uint64_t invalid)
{
	uint64_t *t = (uint64_t *)(uintptr_t)frame_alloc_run(frames);

	for (size_t n = 0; t && n < frames * PAGE_SIZE / 8; n++)
		t[n] = invalid;
	return t;
}

/* All or nothing is needed; what was made before storage ran out is kept for the next time. */
static bool make(void)
{
	for (unsigned level = 0; level < LEVELS; level++)
		if (!table[level] && !(table[level] = table_make(TABLE_FRAMES, ENTRY_INVALID)))
			return false;
	if (!page_table[0] && !(page_table[0] = table_make(1, PTE_INVALID)))
		return false;
	page_table[1] = page_table[0] + PAGE_ENTRIES;
	for (unsigned n = 0; n < 2; n++)
		if (!page[n] && !(page[n] = (uint8_t *)(uintptr_t)frame_alloc()))
			return false;
	return true;
}

/* ---- the view ---------------------------------------------------------------- */

static void entry_set(uint64_t *entry, uint64_t value)
{
	*entry = value;
	set[sets++] = entry;
}

static void view_clear(void)
{
	while (sets > 0) {
		uint64_t *entry = set[--sets];
		*entry = entry >= page_table[0] && entry < page_table[0] + 2 * PAGE_ENTRIES ? PTE_INVALID
											    : ENTRY_INVALID;
	}
	for (unsigned n = 0; n < shows; n++)
		page[(shown % PAGE_SIZE + n) / PAGE_SIZE][(shown + n) % PAGE_SIZE] = 0;
	shows = 0;
}

static void page_set(gva_t a, unsigned which, unsigned tables)
{
	entry_set(&page_table[tables][a >> 12 & (PAGE_ENTRIES - 1)], (uintptr_t)page[which]);
}

/* The way to the page of `at`, and to the next one if the instruction runs on into it. */
static bool view_set(gva_t at, unsigned length)
{
	gva_t next = (at & PAGE_MASK) + PAGE_SIZE;
	unsigned segment = at >> 20 & (TABLE_ENTRIES - 1);
	bool over = at % PAGE_SIZE + length > PAGE_SIZE, other = next >> 20 != at >> 20;

	if (over && other && segment == TABLE_ENTRIES - 1)
		return false;
	for (unsigned level = LEVELS - 1; level > 0; level--)
		entry_set(&table[level][at >> (20 + 11 * level) & (TABLE_ENTRIES - 1)],
			  (uintptr_t)table[level - 1] | level << 2 | (TABLE_FRAMES - 1));
	entry_set(&table[0][segment], (uintptr_t)page_table[0]);
	page_set(at, 0, 0);
	if (over && other)
		entry_set(&table[0][segment + 1], (uintptr_t)page_table[1]);
	if (over)
		page_set(next, 1, other);
	return true;
}

static void text_show(gva_t at, const uint8_t *text, unsigned length)
{
	for (unsigned n = 0; n < length; n++)
		page[(at % PAGE_SIZE + n) / PAGE_SIZE][(at + n) % PAGE_SIZE] = text[n];
	shown = at;
	shows = length;
}

/* ---- the instruction ------------------------------------------------------------- */

/* As the code view would show it: what does not trap is replaced there. (Asking for the view itself would mark the page
 * as code, and a store of this very instruction into it would unmark it, for ever.) */
static bool text_get(struct vcpu *v, gva_t at, uint8_t *text)
{
	uint16_t original[3] = {0};

	if (instruction_text(v, address_wrap(v, at), (uint8_t *)original) != 0)
		return false;
	memcpy(text, original, sizeof(original));
	original[0] = code_instead(original);
	memcpy(text, original, 2);
	return true;
}

static bool is_execute(const uint8_t *text)
{
	return text[0] == EX || (text[0] == EXRL && (text[1] & 15) == 0);
}

static bool is_relative_long(const uint8_t *text)
{
	return text[0] == 0xc4 || text[0] == 0xc6;
}

static bool execute_get(struct vcpu *v, gva_t at, uint8_t *text)
{
	unsigned r1 = text[1] >> 4, x2 = text[1] & 15;
	uint8_t modifier = r1 ? (uint8_t)v->arch.gpr[r1] : 0;
	gva_t target;

	if (text[0] == EX)
		target = base_displacement(v, text + 2) + (x2 ? v->arch.gpr[x2] : 0);
	else
		target = at + 2 * (int64_t)(int32_t)((uint32_t)text[2] << 24 | text[3] << 16 | text[4] << 8 |
						     text[5]);
	if (target & 1 || !text_get(v, target, text) || is_execute(text))
		return false;
	text[1] |= modifier;
	return true;
}

bool single_prepare(struct vcpu *v)
{
	gva_t at = v->arch.psw.address;
	uint8_t text[6];
	unsigned length;

	if (!make())
		return false;
	view_clear();
	if (at & 1 || !text_get(v, at, text))
		return false;
	length = instruction_length(text[0]);
	if (is_execute(text) && !execute_get(v, at, text))
		return false;
	if (real_machine.keys && is_relative_long(text))
		return false;
	if (!view_set(at, instruction_length(text[0])))
		return false;
	text_show(at, text, instruction_length(text[0]));
	stands_for = length;
	return true;
}

/* To be done when everything else is ready, for a sleep lets others use the view. */
void single_load(void)
{
	uint64_t asce = (uintptr_t)table[LEVELS - 1] | ASCE_PRIVATE | (LEVELS - 1) << 2 | (TABLE_FRAMES - 1);

	asm volatile("	lctlg	%%c1,%%c1,%0\n	ptlb" : : "Q"(asce) : "memory");
}

/* ---- back --------------------------------------------------------------------------- */

/* What was run may be shorter or longer than the EX that it stands for. */
static void execute_adjust(struct arch_vcpu *g, unsigned class)
{
	if (shows == stands_for ||
	    g->psw.address != address_wrap(container_of(g, struct vcpu, arch), shown + shows))
		return;
	g->psw.address = g->psw.address + stands_for - shows;
	if (class == EXIT_PROGRAM || class == EXIT_SVC)
		g->exit_length = stands_for;
}

bool single_ended(struct vcpu *v, unsigned class)
{
	struct arch_vcpu *g = &v->arch;
	uint16_t code = g->exit_code;
	bool missing = code == PGM_SEGMENT || code == PGM_PAGE || code == PGM_ASCE_TYPE ||
		       (code >= PGM_REGION_FIRST && code <= PGM_REGION_THIRD);

	if (class == EXIT_PROGRAM && code == PGM_OPERATION && g->psw.address != shown + shows) {
		g->psw.address = address_wrap(v, g->psw.address - g->exit_length);
		execute_adjust(g, EXIT_IO);
		return true;
	}
	if (class == EXIT_PROGRAM && missing && g->psw.address != shown) {
		execute_adjust(g, EXIT_IO);
		return true;
	}
	execute_adjust(g, class);
	return false;
}
